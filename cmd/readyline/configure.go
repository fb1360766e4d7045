package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/snapshot"
)

// configure reads the repository's own configuration, checklists and controls.
func configure(ctx context.Context, s *snapshot.Snapshot, shipped *catalogue.Catalogue) (catalogue.Configuration, *catalogue.Catalogue, error) {
	file := catalogue.ConfigurationPath
	if _, ok := s.Entry(file); !ok {
		return catalogue.Configuration{}, shipped, nil
	}
	text, err := s.Read(ctx, file)
	if err != nil {
		return catalogue.Configuration{}, nil, err
	}
	own, err := catalogue.ParseConfiguration(file, text)
	if err != nil {
		return catalogue.Configuration{}, nil, fmt.Errorf("the configuration has faults:\n%w", err)
	}
	cfg := catalogue.Effective(own, nil, catalogue.Repository{Name: s.Repository})
	lists, err1 := ownFiles(ctx, s, cfg.Checklists)
	controls, err2 := ownFiles(ctx, s, cfg.Controls)
	if err := errors.Join(err1, err2); err != nil {
		return cfg, nil, err
	}
	cat, err := shipped.With(lists, controls)
	if err != nil {
		return cfg, nil, fmt.Errorf("the repository's own files have faults:\n%w", err)
	}
	return cfg, cat, nil
}

func ownFiles(ctx context.Context, s *snapshot.Snapshot, refs []catalogue.Reference) ([]catalogue.TextFile, error) {
	var out []catalogue.TextFile
	for _, r := range refs {
		if r.Path == "" {
			continue
		}
		text, err := s.Read(ctx, r.Path)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", catalogue.ConfigurationPath, r.Line, err)
		}
		out = append(out, catalogue.TextFile{Path: r.Path, Text: text})
	}
	return out, nil
}

// notes are warnings about what the configuration says and a scan can't do, or
// that nothing answers to.
func notes(cat *catalogue.Catalogue, cfg catalogue.Configuration) []facts.Warning {
	var out []facts.Warning
	for _, l := range cfg.EvidenceFrom {
		out = append(out, facts.Warning{Path: catalogue.ConfigurationPath, Line: l.Line,
			Message: "evidence_from " + l.String() + " is not looked at: a scan sees this checkout only"})
	}
	var faults catalogue.Faults
	if errors.As(cat.Strangers(cfg, catalogue.ConfigurationPath), &faults) {
		for _, f := range faults {
			out = append(out, facts.Warning{Path: f.File, Line: f.Line, Message: f.Message})
		}
	}
	return out
}
