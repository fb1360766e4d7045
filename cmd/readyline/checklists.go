package main

import (
	"fmt"
	"io/fs"
	"strings"
	"text/tabwriter"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/templates"
)

type checklistsCommand struct {
	List   checklistsList   `cmd:"" default:"1" help:"List the checklists."`
	Export checklistsExport `cmd:"" help:"Write a checklist as a file for .github/ISSUE_TEMPLATE/."`
}

type checklistsList struct{}

// Help shows examples.
func (checklistsCommand) Help() string {
	return `Examples:
  readyline checklists
  readyline checklists export gruntwork-aws > .github/ISSUE_TEMPLATE/production-readiness.md`
}

// Run lists the checklists that ship.
func (checklistsList) Run(at console) error {
	cat, err := catalogue.LoadCompiled(templates.FS, templates.Compiled)
	if err != nil {
		return fmt.Errorf("the shipped catalogue has faults:\n%w", err)
	}
	w := tabwriter.NewWriter(at.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tITEMS\tREQUIRED\tTITLE")
	for _, c := range cat.Checklists {
		required := 0
		for _, i := range c.Items {
			if i.Required {
				required++
			}
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\n", c.ID, len(c.Items), required, c.Title)
	}
	return w.Flush()
}

type checklistsExport struct {
	ID string `arg:"" help:"The checklist's id, as readyline checklists lists it."`
}

// Help shows an example.
func (checklistsExport) Help() string {
	return "Example:\n  readyline checklists export aws-deployment > .github/ISSUE_TEMPLATE/production-readiness.md"
}

// Run writes the file as it ships: it is an issue template already.
func (c checklistsExport) Run(at console) error {
	text, err := fs.ReadFile(templates.FS, "checklists/"+c.ID+".md")
	if err != nil || strings.Contains(c.ID, "/") {
		cat, _ := catalogue.LoadCompiled(templates.FS, templates.Compiled)
		return fmt.Errorf("export %s: there is no such checklist; there are %s", c.ID, strings.Join(checklistIDs(cat), ", "))
	}
	_, err = at.out.Write(text)
	return err
}
