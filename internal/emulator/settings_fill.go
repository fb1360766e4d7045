package emulator

import (
	"cmp"
	"time"
)

// fill gives ids, numbers, commits and times to what has none yet.
func (v *settingsView) fill(id func() int64, now time.Time) {
	stampNew := func(n *int64, created *time.Time) {
		if *n == 0 {
			*n = id()
		}
		*created = cmp.Or(*created, now)
	}
	for i := range v.Rulesets {
		set := &v.Rulesets[i]
		stampNew(&set.ID, &set.CreatedAt)
		set.UpdatedAt = cmp.Or(set.UpdatedAt, now)
	}
	for i := range v.Environments {
		stampNew(&v.Environments[i].ID, &v.Environments[i].CreatedAt)
	}
	for i := range v.Hooks {
		stampNew(&v.Hooks[i].ID, &v.Hooks[i].CreatedAt)
	}
	for i := range v.Packages {
		stampNew(&v.Packages[i].ID, &v.Packages[i].CreatedAt)
	}
	for i := range v.Releases {
		release := &v.Releases[i]
		stampNew(&release.ID, &release.CreatedAt)
		for j := range release.Assets {
			release.Assets[j].ID = cmp.Or(release.Assets[j].ID, id())
		}
	}
	for i := range v.Deployments {
		d := &v.Deployments[i]
		stampNew(&d.ID, &d.CreatedAt)
		d.SHA = cmp.Or(d.SHA, v.sha(v.branchOf(d.Ref)))
		for j := range d.Statuses {
			stampNew(&d.Statuses[j].ID, &d.Statuses[j].CreatedAt)
		}
	}
	for i := range v.CodeScanningAnalyses {
		a := &v.CodeScanningAnalyses[i]
		stampNew(&a.ID, &a.CreatedAt)
		a.CommitSHA = cmp.Or(a.CommitSHA, v.sha(v.repo.DefaultBranch))
	}
	v.fillRuns(stampNew)
	v.fillAlerts(now)
}

// fillRuns numbers runs within their workflow; the list is newest first.
func (v *settingsView) fillRuns(stampNew func(*int64, *time.Time)) {
	last := map[string]int{}
	for _, run := range v.WorkflowRuns {
		last[run.Path] = max(last[run.Path], run.Number)
	}
	for i := len(v.WorkflowRuns) - 1; i >= 0; i-- {
		run := &v.WorkflowRuns[i]
		stampNew(&run.ID, &run.CreatedAt)
		run.SHA = cmp.Or(run.SHA, v.sha(v.branchOf(run.Branch)))
		if run.Number == 0 {
			last[run.Path]++
			run.Number = last[run.Path]
		}
	}
}

// fillAlerts numbers the alerts of each kind from 1.
func (v *settingsView) fillAlerts(now time.Time) {
	number := func(last int, n *int, created *time.Time) int {
		if *n == 0 {
			*n = last + 1
		}
		*created = cmp.Or(*created, now)
		return max(last, *n)
	}
	last := 0
	for i := range v.DependabotAlerts {
		a := &v.DependabotAlerts[i]
		last = number(last, &a.Number, &a.CreatedAt)
	}
	last = 0
	for i := range v.SecretScanningAlerts {
		a := &v.SecretScanningAlerts[i]
		last = number(last, &a.Number, &a.CreatedAt)
	}
	last = 0
	for i := range v.CodeScanningAlerts {
		a := &v.CodeScanningAlerts[i]
		last = number(last, &a.Number, &a.CreatedAt)
	}
}
