package server

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// table is a list as a spreadsheet takes it.
type table struct {
	name string
	head []string
	rows [][]string
}

func (t *table) add(cells ...any) {
	row := make([]string, len(cells))
	for i, c := range cells {
		switch v := c.(type) {
		case time.Time:
			row[i] = v.UTC().Format(time.RFC3339)
		case *time.Time:
			if v != nil {
				row[i] = v.UTC().Format(time.RFC3339)
			}
		case string:
			row[i] = harmless(v)
		default:
			row[i] = harmless(fmt.Sprint(v))
		}
	}
	t.rows = append(t.rows, row)
}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(text string) string {
	if strings.HasPrefix(strings.TrimLeft(text, " \u00a0\u3000"), "\t") || strings.ContainsAny(firstRune(text), "=+-@\t\r\n＝＋－＠") {
		return "'" + text
	}
	return text
}

func firstRune(text string) string {
	for _, r := range strings.TrimLeft(text, " \u00a0\u3000") {
		return string(r)
	}
	return ""
}

func (t *table) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", `attachment; filename="`+t.name+`.csv"`)
	_, _ = w.Write(t.bytes())
}

func (t *table) bytes() []byte {
	var b strings.Builder
	out := csv.NewWriter(&b)
	out.UseCRLF = true
	_ = out.Write(t.head) // a strings.Builder takes all
	_ = out.WriteAll(t.rows)
	return []byte(b.String())
}
