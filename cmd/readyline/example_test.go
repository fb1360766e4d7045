package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hashicorp/hcl/v2/hclwrite"
)

// The example for AWS, scanned as the repository that somebody makes of it, is
// ready: by what is in its files, but for two required items that it waives.
func TestExampleForAWSIsReady(t *testing.T) {
	dir := filepath.Join("..", "..", "docs", "deploy", "aws")
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), []string{"scan", "--worktree", "--format", "json", dir}, &stdout, &stderr); code != exitDone {
		t.Fatalf("left with %d: %s", code, &stderr)
	}
	var report struct {
		Checklists []struct {
			ID    string
			Ready bool
			Score int
			Items []struct {
				ID, State, Reason string
				Required          bool
			}
		}
		Warnings []any
	}
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Checklists) != 1 || !report.Checklists[0].Ready || report.Checklists[0].Score < 70 || len(report.Warnings) > 0 {
		t.Errorf("not ready, or with warnings %v:\n%+v", report.Warnings, report.Checklists)
	}
	waivable := []string{"do-code-reviews", "configure-encryption-in-transit"}
	for _, it := range report.Checklists[0].Items {
		if it.Required && it.State != "met" && it.State != "not_applicable" && !(it.State == "waived" && slices.Contains(waivable, it.ID)) || it.State == "unknown" {
			t.Errorf("%s is %s: %s", it.ID, it.State, it.Reason)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.tf"))
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(hclwrite.Format(text), text) {
			t.Errorf("%s is not as terraform fmt has it", name)
		}
	}
}
