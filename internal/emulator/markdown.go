package emulator

import (
	"bytes"
	"html"
	"html/template"
	"regexp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	renderhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// taskRenderer writes checkboxes that tell which task of the text they are.
type taskRenderer struct {
	nonce string
	next  int
}

func (t *taskRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(extast.KindTaskCheckBox, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		checked := ""
		if n.(*extast.TaskCheckBox).IsChecked {
			checked = " checked"
		}
		_, err := w.WriteString(`<input type="checkbox" data-task="` + t.nonce + strconv.Itoa(t.next) + `"` + checked + `> `)
		t.next++
		return ast.WalkContinue, err
	})
}

// newMarkdown renders as GitHub does in issues: line breaks count, HTML is let through
// (and sanitized after).
func newMarkdown(tasks *taskRenderer) goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
			extension.Strikethrough, extension.Linkify, extension.TaskList,
		),
		goldmark.WithRendererOptions(
			renderhtml.WithUnsafe(), renderhtml.WithHardWraps(),
			renderer.WithNodeRenderers(util.Prioritized(tasks, 10)),
		),
	)
}

// renderMarkdown renders a text as safe HTML. mayTick makes task boxes clickable.
func renderMarkdown(source string, mayTick bool, link textLinker) template.HTML {
	tasks := &taskRenderer{nonce: randomHex(8) + "-"}
	var out bytes.Buffer
	if err := newMarkdown(tasks).Convert([]byte(source), &out); err != nil {
		return template.HTML("<pre>" + html.EscapeString(source) + "</pre>")
	}
	return template.HTML(sanitize(out.String(), tasks.nonce, mayTick, link))
}

// proseOf lists the pieces of text that GitHub looks for mentions in: what is shown,
// outside code and links.
func proseOf(source string) []string {
	if !strings.ContainsAny(source, "@#&") && !strings.Contains(source, "GH-") {
		return nil
	}
	var pieces []string
	renderMarkdown(source, false, func(text string) string {
		pieces = append(pieces, text)
		return ""
	})
	return pieces
}

// taskOffsets finds where in a text the marks of its tasks are, in order: the byte
// between the brackets.
func taskOffsets(source string) []int {
	var offsets []int
	doc := newMarkdown(&taskRenderer{}).Parser().Parse(text.NewReader([]byte(source)))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering && n.Kind() == extast.KindTaskCheckBox {
			if lines := n.Parent().Lines(); lines.Len() > 0 {
				start := lines.At(0).Start
				if i := strings.IndexByte(source[start:], '['); i >= 0 {
					offsets = append(offsets, start+i+1)
				}
			}
		}
		return ast.WalkContinue, nil
	})
	return offsets
}

// ticked is a text with its n-th task ticked or unticked; not ok when there is no such task.
func ticked(source string, n int, on bool) (string, bool) {
	offsets := taskOffsets(source)
	if n < 0 || n >= len(offsets) {
		return source, false
	}
	mark := " "
	if on {
		mark = "x"
	}
	at := offsets[n]
	return source[:at] + mark + source[at+1:], true
}

var shaText = regexp.MustCompile(`(^|[^\w/])([0-9a-f]{40})\b`)

// linkText makes @mentions, #123 and commit ids in shown text into links, as GitHub does.
func linkText(repoURL, siteURL, text string) string {
	escaped := html.EscapeString(text)
	escaped = mention.ReplaceAllStringFunc(escaped, func(m string) string {
		p := mention.FindStringSubmatch(m)
		return p[1] + `<a class="mention" href="` + siteURL + "/" + p[2] + `">@` + p[2] + p[3] + `</a>`
	})
	escaped = reference.ReplaceAllStringFunc(escaped, func(m string) string {
		p := reference.FindStringSubmatch(m)
		base := repoURL
		if other := strings.TrimSuffix(p[2], "#"); strings.Contains(other, "/") {
			base = siteURL + "/" + other
		}
		return p[1] + `<a class="reference" href="` + base + "/issues/" + p[3] + `">` + p[2] + p[3] + `</a>`
	})
	return shaText.ReplaceAllStringFunc(escaped, func(m string) string {
		p := shaText.FindStringSubmatch(m)
		return p[1] + `<a href="` + repoURL + "/commit/" + p[2] + `"><code>` + p[2][:7] + `</code></a>`
	})
}
