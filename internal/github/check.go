package github

import (
	"context"
	"fmt"

	gh "github.com/google/go-github/v60/github"
)

// Check is a check run on a commit.
type Check struct {
	Name        string
	SHA         string
	DetailsURL  string
	Conclusion  string // neutral, success, failure
	Title       string
	Summary     string // at most 65,535 characters
	Text        string
	Annotations []Annotation
}

// Annotation marks lines of the commit.
type Annotation struct {
	Path    string
	Start   int
	End     int
	Level   string // notice, warning, failure
	Title   string
	Message string
}

// annotationsPerRequest is GitHub's limit for one write.
const annotationsPerRequest = 50

// CreateCheck writes a finished check run, with as many requests as its
// annotations need.
func (c *Client) CreateCheck(ctx context.Context, r Repository, k Check) error {
	first, rest := split(k.Annotations)
	run, _, err := c.api.Checks.CreateCheckRun(ctx, r.Owner, r.Name, gh.CreateCheckRunOptions{
		Name: k.Name, HeadSHA: k.SHA, DetailsURL: optional(k.DetailsURL),
		Status: gh.String("completed"), Conclusion: &k.Conclusion, Output: output(k, first),
	})
	if err != nil {
		return fmt.Errorf("check run on %s@%.7s: %w", r.FullName(), k.SHA, translate(err))
	}
	for len(rest) > 0 {
		first, rest = split(rest)
		_, _, err := c.api.Checks.UpdateCheckRun(ctx, r.Owner, r.Name, run.GetID(), gh.UpdateCheckRunOptions{
			Name: k.Name, Output: output(k, first),
		})
		if err != nil {
			return fmt.Errorf("annotate check run on %s@%.7s: %w", r.FullName(), k.SHA, translate(err))
		}
	}
	return nil
}

func split(a []Annotation) (first, rest []Annotation) {
	n := min(len(a), annotationsPerRequest)
	return a[:n], a[n:]
}

func output(k Check, annotations []Annotation) *gh.CheckRunOutput {
	out := &gh.CheckRunOutput{Title: &k.Title, Summary: &k.Summary, Text: optional(k.Text)}
	for _, a := range annotations {
		out.Annotations = append(out.Annotations, &gh.CheckRunAnnotation{
			Path: &a.Path, StartLine: &a.Start, EndLine: &a.End, AnnotationLevel: &a.Level, Title: &a.Title, Message: &a.Message,
		})
	}
	return out
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
