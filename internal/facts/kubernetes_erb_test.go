package facts

import (
	"strings"
	"testing"
)

// TestERBManifests reads Kubernetes objects that ERB fills in.
func TestERBManifests(t *testing.T) {
	const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  <% if environment == 'staging' %>
  replicas: 1
  <% else %>
  replicas: 3
  <% end %>
  template:
    spec:
      containers:
      - name: web
        image: acme/web:<%= current_sha %>
`
	for _, c := range []struct{ name, text, replicas, hint string }{
		{"production's branch", deployment, "3", ""},
		{"another condition", strings.Replace(deployment, "environment == 'staging'", "small?", 1), "1", erbHint},
		{"a loop", deployment + "<% names.each do |name| %>\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: <%= name %>\n<% end %>\n", "3", erbHint},
		{"a part", deployment + "<%= partial 'sidecar' %>\n", "3", erbHint},
		{"no end", strings.Replace(deployment, "<% end %>", "", 1), "3", ""},
		{"a tag that stays open", deployment + "# <% if\n", "3", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out found
			readERBManifest(&source{path: "config/deploy/web.yaml.erb", text: []byte(c.text)}, &out)
			if len(out.facts) == 0 {
				t.Fatal("no object")
			}
			f := out.facts[0]
			if got := f.Value.Get("spec").Get("replicas").Text; got != c.replicas || f.Hint != c.hint {
				t.Errorf("replicas %s, hint %q; want %s, %q", got, f.Hint, c.replicas, c.hint)
			}
			image := f.Value.Get("_pod").Get("containers").Items[0].Get("image")
			if image.Kind != Unknown || image.Start != 15 {
				t.Errorf("image %v %q on line %d; want it unknown, on 15", image.Kind, image.Text, image.Start)
			}
		})
	}
}

// TestERBElsewhere leaves alone what is no manifest.
func TestERBElsewhere(t *testing.T) {
	var out found
	readERBManifest(&source{path: "config/database.yml.erb", text: []byte("production:\n  url: <%= ENV['URL'] %>\n")}, &out)
	if len(out.facts) > 0 || len(out.warnings) > 0 {
		t.Errorf("%d facts, %d warnings", len(out.facts), len(out.warnings))
	}
}
