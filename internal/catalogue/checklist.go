package catalogue

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/readyline/readyline/internal/readiness"
)

var (
	taskLine = regexp.MustCompile(`^\s*(?:[-*+]|\d+[.)])\s+\[[ xX]\]\s+(.+)$`)
	heading  = regexp.MustCompile(`^\s{0,3}(#{1,6})\s+(.+?)\s*#*\s*$`)
	comment  = regexp.MustCompile(`\s*<!--(.*?)-->\s*$`)
	marker   = regexp.MustCompile(`^\s*(item|control|controls|required)\s*(:|;|$)`)
	boldLead = regexp.MustCompile(`^(?:\*\*|__)(.+?)(?:\*\*|__)\s*[:.–—-]?\s*(.*)$`)
	escaped  = regexp.MustCompile(`\\([[:punct:]])`)
	fence    = regexp.MustCompile("^\\s*(```+|~~~+)")
	itemID   = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._-]*$`)
)

// checklistReader reads one issue template.
type checklistReader struct {
	file    string
	faults  *Faults
	list    readiness.Checklist
	because map[string]string
	line    int // of the front matter's required_because
	section string
	intro   []string
	taken   map[string]int // item id to the line that has it
	slugs   []int          // items whose id is still to be made of their title
}

// readChecklist reads an issue template. What is wrong in it is noted, and the
// rest is read on.
func readChecklist(file string, text []byte, faults *Faults) readiness.Checklist {
	r := &checklistReader{file: file, faults: faults, taken: map[string]int{}}
	r.list.ID = ChecklistID(file)
	body, at := r.frontMatter(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
	r.body(strings.Split(string(body), "\n"), at)
	r.nameItems()
	r.list.Intro = strings.TrimSpace(strings.Join(r.intro, "\n"))
	if r.list.Title == "" {
		r.list.Title = r.list.ID
	}
	if len(r.list.Items) == 0 {
		faults.add(file, 0, "no task-list item (a line like “- [ ] Do this”)")
	}
	r.reasons()
	return r.list
}

// frontMatter reads what stands between the two lines of dashes, and returns
// the rest with the number of its first line. Keys of GitHub's own are left to
// GitHub.
func (r *checklistReader) frontMatter(text []byte) (body []byte, line int) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	rest, ok := bytes.CutPrefix(text, []byte("---\n"))
	if !ok {
		return text, 1
	}
	head, body, ok := bytes.Cut(rest, []byte("\n---\n"))
	if !ok {
		r.faults.add(r.file, 1, "the front matter has no end (a line of three dashes)")
		return nil, 1
	}
	s := source{file: r.file, offset: 1, faults: r.faults}
	if root := s.parse(head); root != nil {
		o := s.object(root, "front matter")
		r.list.Title, r.list.About = o.text("name"), o.text("about")
		if n := o.get("source"); n != nil {
			src := s.object(n, "front matter: source")
			r.list.Source = readiness.Source{Title: src.text("title"), URL: src.text("url"), License: src.text("license"), Note: src.text("note")}
			src.done()
		}
		if n := o.get("required_because"); n != nil && n.Kind == yaml.MappingNode {
			r.line = n.Line
			why := s.object(n, "front matter: required_because")
			r.because = map[string]string{}
			for _, id := range why.keys {
				r.because[id] = why.text(id)
			}
		}
	}
	return body, 3 + bytes.Count(head, []byte("\n")) + 1
}

func (r *checklistReader) body(lines []string, at int) {
	fenced := ""
	var item *readiness.Item
	for i, line := range lines {
		if m := fence.FindStringSubmatch(line); m != nil && (fenced == "" || strings.HasPrefix(m[1], fenced)) {
			if fenced == "" {
				fenced = m[1]
			} else {
				fenced = ""
			}
			continue
		}
		if fenced != "" {
			continue
		}
		if m := heading.FindStringSubmatch(line); m != nil {
			item = nil
			if len(m[1]) > 1 {
				r.section = plain(m[2])
			}
			continue
		}
		if m := taskLine.FindStringSubmatch(line); m != nil {
			item = r.item(m[1], at+i)
			continue
		}
		switch {
		case strings.TrimSpace(line) == "":
			if item == nil && len(r.list.Items) == 0 && r.section == "" {
				r.intro = append(r.intro, "")
			}
		case item != nil && (line[0] == ' ' || line[0] == '\t'):
			r.more(item, line, at+i)
		case len(r.list.Items) == 0 && r.section == "":
			if text := comment.ReplaceAllString(line, ""); text != "" {
				r.intro = append(r.intro, text)
			}
		default:
			item = nil
		}
	}
}

// item reads a task. Its id may have to wait until all given ids are known.
func (r *checklistReader) item(text string, line int) *readiness.Item {
	it := readiness.Item{Section: r.section, Line: line}
	text = r.mark(&it, text)
	if m := boldLead.FindStringSubmatch(text); m != nil {
		it.Title, it.Guidance = plain(m[1]), m[2]
	} else {
		it.Title = plain(text)
	}
	if it.Title == "" {
		r.faults.add(r.file, line, "an item without a title")
	}
	r.list.Items = append(r.list.Items, it)
	if it.ID == "" {
		r.slugs = append(r.slugs, len(r.list.Items)-1)
	}
	return &r.list.Items[len(r.list.Items)-1]
}

// more reads a line that continues an item.
func (r *checklistReader) more(item *readiness.Item, line string, at int) {
	had := item.ID
	text := strings.TrimSpace(r.mark(item, strings.TrimSpace(line)))
	if had == "" && item.ID != "" {
		r.slugs = r.slugs[:len(r.slugs)-1]
	}
	if text != "" {
		item.Guidance = strings.TrimSpace(item.Guidance + " " + text)
	}
}

// mark takes the marker off the end of a line and puts into the item what it
// says. Other comments are dropped.
func (r *checklistReader) mark(it *readiness.Item, text string) string {
	for {
		m := comment.FindStringSubmatchIndex(text)
		if m == nil {
			return strings.TrimSpace(text)
		}
		inner := text[m[2]:m[3]]
		text = text[:m[0]]
		if marker.MatchString(inner) {
			r.marker(it, inner)
		}
	}
}

func (r *checklistReader) marker(it *readiness.Item, inner string) {
	for part := range strings.SplitSeq(inner, ";") {
		key, value, _ := strings.Cut(part, ":")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		switch key {
		case "item":
			r.claim(it, value)
		case "control", "controls":
			for id := range strings.SplitSeq(value, ",") {
				if id = strings.TrimSpace(id); id != "" && !slices.Contains(it.Controls, id) {
					it.Controls = append(it.Controls, id)
				}
			}
		case "required":
			it.Required = value == "" || value == "true"
		case "":
		default:
			r.faults.add(r.file, it.Line, "marker: unknown part %q (item: ID; control: ID, ID; required)", key)
		}
	}
}

func (r *checklistReader) claim(it *readiness.Item, id string) {
	if id == "" {
		return
	}
	if !itemID.MatchString(id) {
		r.faults.add(r.file, it.Line, "item id %q: letters, digits, dots, dashes and underlines only", id)
	}
	if line, ok := r.taken[id]; ok {
		r.faults.add(r.file, it.Line, "item id %q is already on line %d", id, line)
	}
	r.taken[id] = it.Line
	it.ID = id
}

// nameItems gives items without an id the slug of their title; a repeat, or
// one that an item further down has claimed, gets the next free number.
func (r *checklistReader) nameItems() {
	for _, i := range r.slugs {
		it := &r.list.Items[i]
		slug := Slug(it.Title)
		id := slug
		for n := 2; r.taken[id] != 0; n++ {
			id = fmt.Sprintf("%s-%d", slug, n)
		}
		r.taken[id] = it.Line
		it.ID = id
	}
}

// reasons hands out why items are required. A reason for something else is a
// slip of the pen.
func (r *checklistReader) reasons() {
	for i := range r.list.Items {
		it := &r.list.Items[i]
		if why, ok := r.because[it.ID]; ok {
			it.RequiredBecause = why
			if !it.Required {
				r.faults.add(r.file, it.Line, "item %s has a reason in required_because and is not marked required", it.ID)
			}
			delete(r.because, it.ID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(r.because)) {
		r.faults.add(r.file, r.line, "required_because: there is no item %q", id)
	}
}

// Slug makes an id of a title: lower case, everything but letters and digits
// to single dashes.
func Slug(title string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(title) {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			b.WriteRune(c)
		} else if s := b.String(); s != "" && !strings.HasSuffix(s, "-") {
			b.WriteByte('-')
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "item"
}

// plain takes the escapes out of a title.
func plain(s string) string { return strings.TrimSpace(escaped.ReplaceAllString(s, "$1")) }
