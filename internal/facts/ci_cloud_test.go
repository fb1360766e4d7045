package facts

import (
	"strings"
	"testing"
)

// TestCloudBuildSubstitutes writes a build's own variables out, in either
// spelling, and leaves alone what the shell is to see.
func TestCloudBuildSubstitutes(t *testing.T) {
	v := Value{Kind: String, Text: "push $_HOST/$PROJECT_ID/${_NAME}:$_NAME_TAG $$_NAME $_OTHER"}
	got := substituted(v, []Field{
		{Key: "_NAME", Value: Value{Kind: String, Text: "web"}},
		{Key: "_HOST", Value: Value{Kind: String, Text: "eu.gcr.io"}},
		{Key: "_NAME_TAG", Value: Value{Kind: String, Text: "v1"}},
		{Key: "PROJECT_ID", Value: Value{Kind: String, Text: "not ours to set"}},
		{Key: "_OTHER", Value: Value{Kind: String, Text: strings.Repeat("x", maxDefault+1)}},
	})
	const want = "push eu.gcr.io/$PROJECT_ID/web:v1 $$_NAME $_OTHER"
	if got.Text != want {
		t.Errorf("substituted: %q, want %q", got.Text, want)
	}
}
