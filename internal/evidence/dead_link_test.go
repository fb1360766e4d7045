package evidence

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLinksOfAReadme(t *testing.T) {
	text := strings.Join([]string{
		"[guide](docs/guide.md#run) and [the same](./docs/guide.md?plain=1) and ![picture](/img/a%20b.png \"A\")",
		"<img src=\"img/logo.svg\" width=\"100\"> [site](https://example.test/x) [mail](mailto:a@b.test) [top](#top)",
		"[out](../../issues) [person](someone@example.test) [blank](${URL}) [not a link](two words.md)",
		"```", "[code](gone.md)", "```",
		"[ref]: docs/ref.md",
	}, "\n")
	want := []string{"docs/guide.md", "docs/guide.md", "img/a b.png", "img/logo.svg", "docs/ref.md"}
	if diff := cmp.Diff(want, linksOf("README.md", []byte(text))); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	if got := linksOf("README.md", []byte(strings.Repeat("[a](b)", 200_000))); len(got) != maxLinks {
		t.Errorf("%d links of a page of nothing else, want %d", len(got), maxLinks)
	}
}

func TestLinksOfOtherMarkup(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"README.rst": {"See the `guide <docs/guide.rst>`_ and `site <https://example.test>`_.\n\n.. image:: ./img/a.png\n   :target: x\n\n" +
			"    echo `code <gone.md>`_\n\n.. _ref: docs/ref.rst\n.. |sub| replace:: x\n", []string{"docs/guide.rst", "img/a.png", "docs/ref.rst"}},
		"README.adoc": {"See link:docs/guide.adoc[the guide], xref:docs/ref.adoc#top[] and link:https://example.test[site].\n\nimage::img/a.png[A]\n" +
			"----\nlink:gone.md[code]\n----\n", []string{"docs/guide.adoc", "docs/ref.adoc", "img/a.png"}},
		"README.txt": {"[a](b.md)", nil},
	} {
		if diff := cmp.Diff(c.want, linksOf(name, []byte(c.text))); diff != "" {
			t.Errorf("%s: links (-want +got):\n%s", name, diff)
		}
	}
}
