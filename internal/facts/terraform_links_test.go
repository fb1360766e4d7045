package facts

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// Folders that share a file by a symbolic link each have it as one of theirs;
// links that lead out of the repository, nowhere or in circles are none.
func TestTerraformLinks(t *testing.T) {
	texts := map[string]string{
		"terraform/providers.tf":           "provider \"aws\" {}\n",
		"terraform/bosh/main.tf":           "resource \"aws_db_instance\" \"bosh\" {\n  multi_az = var.bosh_multi_az\n}\nvariable \"bosh_multi_az\" { default = false }\n",
		"terraform/vpc/main.tf":            "resource \"aws_vpc\" \"main\" {}\n",
		"terraform/bosh/production.tfvars": "bosh_size = 2\n",
		"terraform/production.tfvars":      "bosh_multi_az = true\n",
		"terraform/bosh/providers.tf":      "../providers.tf",
		"terraform/vpc/again.tf":           "../bosh/providers.tf",
		"terraform/vpc/out.tf":             "../../../etc/passwd",
		"terraform/vpc/self.tf":            "self.tf",
		"terraform/vpc/gone.tf":            "../gone.tf",
	}
	links := []string{"terraform/bosh/providers.tf", "terraform/vpc/again.tf", "terraform/vpc/gone.tf", "terraform/vpc/lost.tf", "terraform/vpc/out.tf", "terraform/vpc/self.tf"}
	tree := Tree{Links: links, Text: func(_ context.Context, paths []string, yield func(string, []byte, error)) error {
		for _, p := range paths {
			text, ok := texts[p]
			if !ok {
				yield(p, nil, errors.New("no such file"))
				continue
			}
			yield(p, []byte(text), nil)
		}
		return nil
	}}
	for p := range texts {
		if !slices.Contains(links, p) {
			tree.Files = append(tree.Files, File{Path: p, Size: int64(len(texts[p]))})
		}
	}
	read, err := Read(t.Context(), tree, Options{})
	if err != nil {
		t.Fatal(err)
	}
	roots := map[string]bool{}
	for _, f := range read.All {
		if f.Name == "aws_db_instance" || f.Name == "aws_vpc" {
			roots[f.Name] = f.Value.Get("_root").Text == "true" && f.Hint == ""
		}
		if f.Name == "aws_db_instance" && f.Value.Get("multi_az").Text != "true" {
			t.Errorf("the values that folders share do not count: %v", f.Value.Get("multi_az"))
		}
	}
	if !roots["aws_db_instance"] || !roots["aws_vpc"] {
		t.Errorf("folders with a linked provider are no roots: %v", roots)
	}
	if len(read.Warnings) > 0 {
		t.Errorf("warnings: %v", read.Warnings)
	}
}

// What each of several folders is run with may lie in a folder beside them.
func TestTerraformValuesBeside(t *testing.T) {
	read, err := Read(t.Context(), memTree(map[string]string{
		"stacks/vars/production.tfvars": "account_id = \"111111111111\"\nsize = 3\n",
		"stacks/vars/staging.tfvars":    "account_id = \"222222222222\"\nsize = 1\n",
		"stacks/web/main.tf":            "variable \"account_id\" {}\nvariable \"size\" {}\nprovider \"aws\" {}\nresource \"aws_web\" \"main\" {\n  size = var.size\n}\n",
		"stacks/jobs/main.tf":           "variable \"account_id\" {}\nvariable \"size\" {}\nprovider \"aws\" {}\nresource \"aws_jobs\" \"main\" {\n  size = var.size\n}\n",
		"stacks/boot/main.tf":           "variable \"account_id\" {}\nprovider \"aws\" {}\nresource \"aws_boot\" \"main\" {\n  id = var.account_id\n}\n",
	}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range read.All {
		got[f.Name] += f.Value.Get("_env").Text + f.Value.Get("size").Text + " "
	}
	want := map[string]string{"aws_web": "production3 ", "aws_jobs": "production3 ", "aws_boot": " ", "tfvars": "production3 staging1 "}
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s: got %q, want %q", name, got[name], text)
		}
	}
}
