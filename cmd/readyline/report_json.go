package main

import (
	"encoding/json"
	"io"
	"time"

	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/readiness"
)

// jsonReport is what `scan --format json` prints. Keys are stable.
type jsonReport struct {
	Schema      int                 `json:"schema"`
	Repository  string              `json:"repository"`
	Commit      string              `json:"commit"`
	GeneratedAt string              `json:"generated_at"`
	Checklists  []jsonChecklist     `json:"checklists"`
	Controls    []readiness.Finding `json:"controls"`
	Warnings    []facts.Warning     `json:"warnings"`
}

type jsonChecklist struct {
	ID     string           `json:"id"`
	Title  string           `json:"title"`
	Score  int              `json:"score"`
	Ready  bool             `json:"ready"`
	Totals readiness.Totals `json:"totals"`
	Items  []jsonItem       `json:"items"`
}

type jsonItem struct {
	ID       string          `json:"id"`
	Section  string          `json:"section"`
	Title    string          `json:"title"`
	Controls []string        `json:"controls"`
	Required bool            `json:"required"`
	State    readiness.State `json:"state"`
	Reason   string          `json:"reason"`
	Progress [2]int          `json:"progress"`
}

func writeJSON(w io.Writer, s *scan) error {
	out := jsonReport{Schema: 1, Repository: s.Repository, Commit: s.Commit, Controls: s.findings,
		Checklists: []jsonChecklist{}, Warnings: append([]facts.Warning{}, s.warnings...)}
	if !s.Time.IsZero() {
		out.GeneratedAt = s.Time.Format(time.RFC3339)
	}
	for _, a := range s.assessments {
		list := jsonChecklist{ID: a.Checklist.ID, Title: a.Checklist.Title, Score: a.Score, Ready: a.Ready, Totals: a.Totals, Items: []jsonItem{}}
		for _, i := range a.Items {
			list.Items = append(list.Items, jsonItem{ID: i.Item.ID, Section: i.Item.Section, Title: i.Item.Title,
				Controls: append([]string{}, i.Item.Controls...), Required: i.Item.Required, State: i.State, Reason: i.Reason, Progress: i.Progress})
		}
		out.Checklists = append(out.Checklists, list)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
