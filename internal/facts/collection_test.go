package facts

import (
	"fmt"
	"testing"
)

func TestCollection(t *testing.T) {
	tests := []struct {
		name     string
		programs int
		command  string
		beside   string // another file of each
		hints    bool
	}{
		{"samples to take from", manyPrograms, "npm run build", "README.md", true},
		{"many services that are deployed", manyPrograms, "npx cdk deploy --all", "README.md", false},
		{"many services with a stack in production", manyPrograms, "npm test", "Pulumi.Production.yaml", false},
		{"samples with a stack to try", manyPrograms, "npm test", "Pulumi.dev.yaml", true},
		{"a few services", 3, "npm test", "README.md", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var files []File
			all := []Fact{{Kind: Workflow, Path: ".github/workflows/ci.yml", Value: Value{Kind: Map, Fields: []Field{
				{"commands", Value{Kind: List, Items: []Value{{Kind: Map, Fields: []Field{{"text", Str(tt.command)}}}}}},
			}}}}
			for i := range tt.programs {
				files = append(files, File{Path: fmt.Sprintf("apps/p%d/cdk.json", i)},
					File{Path: fmt.Sprintf("apps/p%d/%s", i, tt.beside)})
				all = append(all, Fact{Kind: Dockerfile, Path: fmt.Sprintf("apps/p%d/image/Dockerfile", i)})
			}
			markCollection(all, files)
			for _, f := range all[1:] {
				if (f.Hint != "") != tt.hints {
					t.Errorf("%s: hint %q", f.Path, f.Hint)
				}
			}
		})
	}
}

func TestCollectionOfPatterns(t *testing.T) {
	for _, tt := range []struct {
		folder string
		count  int
		hints  bool
	}{
		{"patterns", manyPatterns, true},
		{"patterns", manyPatterns - 1, false},
		{"services", manyPatterns, false},
	} {
		var files []File
		var all []Fact
		for i := range tt.count {
			p := fmt.Sprintf("%s/p%d/main.tf", tt.folder, i)
			files = append(files, File{Path: p})
			all = append(all, Fact{Kind: Terraform, Path: p})
		}
		markCollection(all, files)
		for _, f := range all {
			if (f.Hint != "") != tt.hints {
				t.Errorf("%d %s: %s: hint %q", tt.count, tt.folder, f.Path, f.Hint)
			}
		}
	}
}
