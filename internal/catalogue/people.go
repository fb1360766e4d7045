package catalogue

import (
	"time"

	"github.com/readyline/readyline/internal/readiness"
)

// Choose is the checklists that a configuration names, by id; the default
// where it names none. A checklist that is not there is a fault.
func (c *Catalogue) Choose(cfg Configuration, file string) ([]readiness.Checklist, error) {
	refs := cfg.Checklists
	if refs == nil {
		refs = []Reference{{ID: DefaultChecklist}}
	}
	var faults Faults
	var out []readiness.Checklist
	for _, r := range refs {
		if list, ok := c.Checklist(r.ID); ok {
			out = append(out, list)
		} else {
			faults.add(file, r.Line, "checklists: there is no checklist %q; `readyline checklists` lists them", r.ID)
		}
	}
	return out, faults.err()
}

// People is what a configuration says of the items of one checklist.
func (cfg Configuration) People(list readiness.Checklist) readiness.People {
	p := readiness.People{Waivers: map[string]readiness.Waiver{}, Exemptions: map[string]readiness.Exemption{}}
	for _, item := range list.Items {
		if w, ok := cfg.Waivers[item.ID]; ok {
			p.Waivers[item.ID] = readiness.Waiver{By: ConfigurationPath, Reason: w.Reason, Until: w.Until}
		}
		if reason, ok := cfg.NotApplicable[item.ID]; ok {
			p.Exemptions[item.ID] = readiness.Exemption{By: ConfigurationPath, Reason: reason, At: time.Time{}}
		}
	}
	return p
}

// Strangers are faults for items that a configuration speaks of and that no
// checklist of the catalogue has.
func (c *Catalogue) Strangers(cfg Configuration, file string) error {
	known := map[string]bool{}
	for _, list := range c.Checklists {
		for _, item := range list.Items {
			known[item.ID] = true
		}
	}
	var faults Faults
	for id := range cfg.Waivers {
		if !known[id] {
			faults.add(file, cfg.Places["waivers."+id], "waivers: no checklist has an item %q", id)
		}
	}
	for id := range cfg.NotApplicable {
		if !known[id] {
			faults.add(file, cfg.Places["not_applicable."+id], "not_applicable: no checklist has an item %q", id)
		}
	}
	return faults.err()
}
