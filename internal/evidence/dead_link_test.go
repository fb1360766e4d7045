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
