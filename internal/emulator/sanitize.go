package emulator

import (
	"html"
	"net/url"
	"slices"
	"strings"
)

// allowedTags are the elements that survive, each with the attributes that it may keep.
var allowedTags = map[string][]string{
	"a": {"href", "title"}, "img": {"src", "alt", "title", "width", "height", "align"},
	"ol": {"start"}, "details": {"open"}, "code": {"class"}, "p": {"align"}, "div": {"align"},
	"td": {"align", "colspan", "rowspan"}, "th": {"align", "colspan", "rowspan"},
	"h1": {"align"}, "h2": {"align"}, "h3": {"align"}, "h4": nil, "h5": nil, "h6": nil,
	"ul": nil, "li": nil, "dl": nil, "dt": nil, "dd": nil, "blockquote": nil, "pre": nil, "em": nil, "strong": nil, "b": nil, "i": nil,
	"s": nil, "del": nil, "ins": nil, "sub": nil, "sup": nil, "kbd": nil, "samp": nil, "var": nil, "tt": nil, "q": nil, "br": nil, "hr": nil,
	"table": nil, "thead": nil, "tbody": nil, "tfoot": nil, "tr": nil, "summary": nil, "span": nil, "input": nil,
}

// voidTags have no end.
var voidTags = []string{"br", "hr", "img", "input"}

// droppedTags vanish with all that is in them.
var droppedTags = []string{
	"script", "style", "textarea", "title", "iframe", "noembed", "noframes", "noscript", "xmp", "plaintext", "math", "svg",
	"template", "object", "select", "option", "form", "head", "frameset",
}

// textLinker rewrites the text outside code and links; nil leaves it alone.
type textLinker func(text string) string

// sanitizer builds its output from an allow-list: what it does not know never comes out.
type sanitizer struct {
	out   strings.Builder
	open  []string
	nonce string // prefix of data-task values that the renderer itself wrote
	may   bool   // whether the viewer may tick
	link  textLinker
}

// sanitize makes rendered Markdown safe and whole: every element it opens, it closes.
func sanitize(source, nonce string, mayTick bool, link textLinker) string {
	s := &sanitizer{nonce: nonce, may: mayTick, link: link}
	for source != "" {
		lt := strings.IndexByte(source, '<')
		if lt < 0 {
			s.text(source)
			break
		}
		s.text(source[:lt])
		source = s.markup(source[lt:])
	}
	for _, tag := range slices.Backward(s.open) {
		s.out.WriteString("</" + tag + ">")
	}
	return s.out.String()
}

func (s *sanitizer) text(raw string) {
	if raw == "" {
		return
	}
	plain := html.UnescapeString(raw)
	if s.link != nil && !slices.ContainsFunc(s.open, func(tag string) bool { return tag == "a" || tag == "code" || tag == "pre" || tag == "tt" }) {
		s.out.WriteString(s.link(plain))
		return
	}
	s.out.WriteString(html.EscapeString(plain))
}

// markup handles what begins with "<" and returns the rest.
func (s *sanitizer) markup(source string) string {
	switch {
	case strings.HasPrefix(source, "<!--"):
		_, rest, _ := strings.Cut(source[4:], "-->")
		return rest
	case strings.HasPrefix(source, "<!"), strings.HasPrefix(source, "<?"):
		_, rest, _ := strings.Cut(source, ">")
		return rest
	}
	tag, rest, ok := parseTag(source)
	if !ok {
		s.out.WriteString("&lt;")
		return source[1:]
	}
	switch {
	case tag.end:
		s.end(tag.name)
	case slices.Contains(droppedTags, tag.name):
		return afterEnd(rest, tag.name)
	default:
		s.start(tag)
	}
	return rest
}

// afterEnd skips to behind the end tag of an element, or to the end of everything.
func afterEnd(source, name string) string {
	lower := strings.ToLower(source)
	i := strings.Index(lower, "</"+name)
	if i < 0 {
		return ""
	}
	_, rest, _ := strings.Cut(source[i:], ">")
	return rest
}

func (s *sanitizer) end(name string) {
	i := -1
	for j, tag := range s.open {
		if tag == name {
			i = j
		}
	}
	if i < 0 {
		return
	}
	for _, tag := range slices.Backward(s.open[i:]) {
		s.out.WriteString("</" + tag + ">")
	}
	s.open = s.open[:i]
}

func (s *sanitizer) start(t htmlTag) {
	allowed, known := allowedTags[t.name]
	switch {
	case !known:
		return
	case t.name == "input":
		s.checkbox(t)
		return
	case t.name == "img" && !localImage(t.attr("src")):
		s.out.WriteString(`<span class="away">image: ` + html.EscapeString(t.attr("alt")) + `</span>`)
		return
	}
	if t.name == "li" || t.name == "tr" || t.name == "td" || t.name == "th" || t.name == "p" {
		if n := len(s.open); n > 0 && s.open[n-1] == t.name {
			s.end(t.name)
		}
	}
	s.out.WriteString("<" + t.name)
	for _, a := range t.attrs {
		if value, ok := safeAttribute(t.name, a[0], a[1]); ok && slices.Contains(allowed, a[0]) {
			s.out.WriteString(" " + a[0] + `="` + html.EscapeString(value) + `"`)
		}
	}
	if t.name == "a" {
		s.out.WriteString(` rel="nofollow noopener noreferrer"`)
	}
	s.out.WriteByte('>')
	if !slices.Contains(voidTags, t.name) {
		s.open = append(s.open, t.name)
	}
}

// checkbox lets through only the boxes that the renderer wrote for task items.
func (s *sanitizer) checkbox(t htmlTag) {
	index, ok := strings.CutPrefix(t.attr("data-task"), s.nonce)
	if !ok || s.nonce == "" || index == "" || strings.Trim(index, "0123456789") != "" {
		return
	}
	s.out.WriteString(`<input type="checkbox" class="task" aria-label="task" data-task="` + index + `"`)
	if slices.ContainsFunc(t.attrs, func(a [2]string) bool { return a[0] == "checked" }) {
		s.out.WriteString(" checked")
	}
	if !s.may {
		s.out.WriteString(" disabled")
	}
	s.out.WriteByte('>')
}

// localImage says whether an image comes from this machine; GitHub would fetch others through its proxy.
func localImage(src string) bool {
	u, err := url.Parse(strings.TrimSpace(src))
	if err != nil || src == "" {
		return false
	}
	host := u.Hostname()
	return u.Scheme == "" && host == "" || (u.Scheme == "http" || u.Scheme == "https") && (host == "127.0.0.1" || host == "localhost" || host == "::1")
}

func safeAttribute(tag, name, value string) (string, bool) {
	switch name {
	case "href":
		u, err := url.Parse(strings.TrimSpace(value))
		if err != nil || strings.ContainsAny(value, "\x00\t\n\r") {
			return "", false
		}
		switch u.Scheme {
		case "", "http", "https", "mailto":
			return strings.TrimSpace(value), true
		}
		return "", false
	case "class":
		return value, tag == "code" && strings.HasPrefix(value, "language-")
	case "open":
		return "", true
	}
	return value, true
}

// htmlTag is one start or end tag; names are in lower case, values unescaped.
type htmlTag struct {
	name  string
	end   bool
	attrs [][2]string
}

func (t htmlTag) attr(name string) string {
	for _, a := range t.attrs {
		if a[0] == name {
			return a[1]
		}
	}
	return ""
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// parseTag reads a tag at the beginning of source; not ok when there is none.
func parseTag(source string) (t htmlTag, rest string, ok bool) {
	i := 1
	if i < len(source) && source[i] == '/' {
		t.end = true
		i++
	}
	start := i
	for i < len(source) && (isLetter(source[i]) || i > start && strings.IndexByte("0123456789-:", source[i]) >= 0) {
		i++
	}
	if i == start {
		return t, source, false
	}
	t.name = strings.ToLower(source[start:i])
	for {
		i = skipBlanks(source, i)
		if i >= len(source) {
			return t, source, false
		}
		if source[i] == '>' {
			return t, source[i+1:], true
		}
		if source[i] == '/' {
			i++
			continue
		}
		var a [2]string
		if a, i, ok = parseAttribute(source, i); !ok {
			return t, source, false
		}
		t.attrs = append(t.attrs, a)
	}
}

func skipBlanks(s string, i int) int {
	for i < len(s) && strings.IndexByte(" \t\r\n\f", s[i]) >= 0 {
		i++
	}
	return i
}

func parseAttribute(s string, i int) (a [2]string, next int, ok bool) {
	start := i
	for i < len(s) && strings.IndexByte(" \t\r\n\f/>=", s[i]) < 0 {
		i++
	}
	if i == start {
		i++ // a stray "=" begins a name
	}
	a[0] = strings.ToLower(s[start:min(i, len(s))])
	i = skipBlanks(s, i)
	if i >= len(s) || s[i] != '=' {
		return a, i, i < len(s)
	}
	i = skipBlanks(s, i+1)
	if i >= len(s) {
		return a, i, false
	}
	if quote := s[i]; quote == '"' || quote == '\'' {
		end := strings.IndexByte(s[i+1:], quote)
		if end < 0 {
			return a, i, false
		}
		a[1] = html.UnescapeString(s[i+1 : i+1+end])
		return a, i + end + 2, true
	}
	start = i
	for i < len(s) && strings.IndexByte(" \t\r\n\f>", s[i]) < 0 {
		i++
	}
	a[1] = html.UnescapeString(s[start:i])
	return a, i, true
}
