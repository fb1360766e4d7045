package main

import (
	"cmp"
	"encoding/json"
	"io"
	"net/url"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/readiness"
)

// The parts of SARIF 2.1.0 that code scanning reads: one rule for each item,
// one result for each item that is neither ticked nor out of scope.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool    sarifTool     `json:"tool"`
	Results []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"semanticVersion,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID       string        `json:"id"`
	Short    sarifText     `json:"shortDescription"`
	Full     sarifText     `json:"fullDescription"`
	Help     sarifText     `json:"help"`
	Config   sarifConfig   `json:"defaultConfiguration"`
	Property sarifProperty `json:"properties"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifConfig struct {
	Level string `json:"level"`
}

type sarifProperty struct {
	Tags []string `json:"tags"`
}

type sarifResult struct {
	RuleID      string            `json:"ruleId"`
	RuleIndex   int               `json:"ruleIndex"`
	Kind        string            `json:"kind"`
	Level       string            `json:"level"`
	Message     sarifText         `json:"message"`
	Locations   []sarifLocation   `json:"locations"`
	Fingerprint map[string]string `json:"partialFingerprints"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI  string `json:"uri"`
	Base string `json:"uriBaseId"`
}

type sarifRegion struct {
	Start int `json:"startLine"`
	End   int `json:"endLine,omitempty"`
}

func writeSARIF(w io.Writer, s *scan) error {
	run := sarifRun{Tool: sarifTool{sarifDriver{Name: "Readyline", Rules: []sarifRule{}}}, Results: []sarifResult{}}
	home := homeFile(s)
	for _, a := range s.assessments {
		for i := range a.Items {
			run.add(a.Checklist.ID, &a.Items[i], home)
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func (r *sarifRun) add(list string, s *readiness.ItemState, home string) {
	level := "note"
	if s.Item.Required {
		level = "error"
	}
	id := list + "/" + s.Item.ID
	help := s.Item.Guidance
	if help == "" {
		help = s.Item.Title
	}
	r.Tool.Driver.Rules = append(r.Tool.Driver.Rules, sarifRule{ID: id, Short: sarifText{s.Item.Title}, Full: sarifText{help}, Help: sarifText{help},
		Config: sarifConfig{level}, Property: sarifProperty{[]string{"production-readiness"}}})
	if s.State.Ticked() || s.State == readiness.StateNA {
		return
	}
	kind, text := "fail", s.Item.Title
	text += ": " + cmp.Or(reason(s), "no evidence found")
	if s.State == readiness.StateUnsure {
		kind, level = "review", "none"
	}
	r.Results = append(r.Results, sarifResult{RuleID: id, RuleIndex: len(r.Tool.Driver.Rules) - 1, Kind: kind, Level: level, Message: sarifText{text},
		Locations: []sarifLocation{sarifPlace(s, home)}, Fingerprint: map[string]string{"readylineItem/v1": id}})
}

// sarifPlace is where the item is contradicted, else where it is hinted at,
// else the repository's front page: code scanning refuses results that lie
// nowhere.
func sarifPlace(s *readiness.ItemState, home string) sarifLocation {
	e := best(s.Evidence, readiness.Contradicts)
	if e == nil {
		e = best(s.Evidence, readiness.Suggests)
	}
	if e == nil || e.Path == "" || e.Repository != "" {
		return sarifLocation{sarifPhysical{sarifArtifact{escapePath(home), "%SRCROOT%"}, &sarifRegion{Start: 1}}}
	}
	p := sarifPhysical{Artifact: sarifArtifact{escapePath(e.Path), "%SRCROOT%"}}
	if e.StartLine > 0 {
		p.Region = &sarifRegion{e.StartLine, e.EndLine}
	}
	return sarifLocation{p}
}

func escapePath(path string) string { return (&url.URL{Path: path}).EscapedPath() }

// homeFile is the file that results are pinned to which no line speaks of.
func homeFile(s *scan) string {
	for _, is := range []func(string) bool{
		func(p string) bool { return p == catalogue.ConfigurationPath },
		func(p string) bool { return strings.HasPrefix(strings.ToLower(p), "readme") },
		func(string) bool { return true },
	} {
		for _, e := range s.Entries {
			if e.Mode.IsFile() && is(e.Path) {
				return e.Path
			}
		}
	}
	return "README.md"
}
