package facts

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// maxHCLText is the size in bytes above which a file is not parsed.
const maxHCLText = 1 << 20

// hclFile is one parsed file of HCL, in its native syntax or its JSON form.
type hclFile struct {
	path string
	dir  string // "." at the top, as path.Dir has it
	text string
	body *hclsyntax.Body // native syntax; nil for JSON, and where there are spans
	json Value           // JSON syntax: a Map

	spans []hclSpan // the blocks, which are parsed one by one; nil where it is parsed
	open  *openBlocks
}

// parseHCL reads native syntax. What parsed is in the file even when a warning
// comes with it; a file that can't be parsed at all has an empty body.
func parseHCL(name string, text []byte, kinds ...Kind) (file hclFile, warnings []Warning) {
	file = hclFile{path: name, dir: path.Dir(name), body: &hclsyntax.Body{}, text: hclClean(text)}
	warn := func(line int, format string, args ...any) {
		warnings = append(warnings, Warning{Path: name, Line: line, Message: fmt.Sprintf(format, args...), Kinds: kinds})
	}
	if len(text) > maxHCLText {
		warn(1, "parse HCL: larger than 1 MiB")
		return file, warnings
	}
	if line := hclTooDeep(file.text); line > 0 {
		warn(line, "parse HCL: nested more than %d deep", maxHCLDepth)
		return file, warnings
	}
	defer func() {
		if p := recover(); p != nil {
			file.body = &hclsyntax.Body{}
			warn(1, "parse HCL: the parser gave up: %v", p)
		}
	}()
	parsed, diags := hclsyntax.ParseConfig([]byte(file.text), name, hcl.InitialPos)
	if parsed != nil {
		if body, ok := parsed.Body.(*hclsyntax.Body); ok {
			file.body = body
		}
	}
	if line, message := hclFirstError(diags); message != "" {
		warn(line, "parse HCL: %s", message)
	}
	return file, warnings
}

// hclClean is the text of a file as the parser takes it; none of one too large.
func hclClean(text []byte) string {
	if len(text) > maxHCLText {
		return ""
	}
	out := strings.TrimPrefix(string(text), "\ufeff")
	if !utf8.ValidString(out) {
		out = strings.ToValidUTF8(out, "?")
	}
	return out
}

// outlineHCL is the file by its blocks, where that is possible.
func outlineHCL(name string, text []byte) (hclFile, bool) {
	file := hclFile{path: name, dir: path.Dir(name), text: hclClean(text)}
	var ok bool
	file.spans, ok = hclOutline(file.text)
	return file, ok && len(text) <= maxHCLText
}

// parseHCLJSON reads the JSON form of HCL, and variable files in JSON.
func parseHCLJSON(name string, text []byte, kinds ...Kind) (hclFile, []Warning) {
	file := hclFile{path: name, dir: path.Dir(name)}
	if len(text) > maxHCLText {
		return file, []Warning{{Path: name, Line: 1, Message: "parse JSON: larger than 1 MiB", Kinds: kinds}}
	}
	node, err := jsonDocument(cleanText(text))
	if err != nil {
		return file, []Warning{{Path: name, Line: 1, Message: "parse JSON: " + strings.TrimPrefix(err.Error(), "read JSON: "), Kinds: kinds}}
	}
	file.json = nodeValue(node)
	return file, nil
}

func hclFirstError(diags hcl.Diagnostics) (line int, message string) {
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		if line = 1; d.Subject != nil {
			line = d.Subject.Start.Line
		}
		return line, d.Summary
	}
	return 0, ""
}

// hclSource is the text of a range of the file the range was parsed from.
func hclSource(text string, r hcl.Range) string {
	const enough = 4 << 10
	from, to := r.Start.Byte, r.End.Byte
	if from < 0 || to > len(text) || from > to {
		return ""
	}
	if to-from > enough {
		to = from + enough
		for to > from && !utf8.RuneStart(text[to]) {
			to--
		}
	}
	return strings.Clone(text[from:to]) // it may outlive the text
}
