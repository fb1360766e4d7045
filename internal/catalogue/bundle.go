package catalogue

import "encoding/json"

// Bundle is a configuration file with the files that it names, as it was when
// it last was without fault. It is kept whole, so that nothing of it has to be
// read again to know what holds.
type Bundle struct {
	Text  string            `json:"text"`
	Files map[string]string `json:"files,omitempty"` // own checklists and controls, by path
}

// OpenBundle reads a bundle that is kept as JSON; nil where there is none.
func OpenBundle(raw json.RawMessage) (*Configuration, map[string]string) {
	var b *Bundle
	if len(raw) == 0 || json.Unmarshal(raw, &b) != nil {
		return nil, nil
	}
	return b.Open()
}

// Open is the configuration of a bundle and the files that it names; nil for
// none, and for one kept by a version that took what this one refuses.
func (b *Bundle) Open() (*Configuration, map[string]string) {
	if b == nil {
		return nil, nil
	}
	c, err := ParseConfiguration(ConfigurationPath, []byte(b.Text))
	if err != nil {
		return nil, nil
	}
	return c, b.Files
}

// Under is what holds for a repository under its own file and its
// organisation's, each with the files that it names, and the catalogue with
// the checklists and controls that they bring.
func (c *Catalogue) Under(own *Configuration, ownFiles map[string]string, organisation *Configuration, orgFiles map[string]string, about Repository) (Configuration, *Catalogue) {
	holds := Effective(own, organisation, about)
	// Faults of these files were found, and told, when they were kept.
	with, _ := c.With(named(holds.Checklists, ownFiles, orgFiles), named(holds.Controls, ownFiles, orgFiles))
	return holds, with
}

// named are the files that references name, from where they are found first.
func named(refs []Reference, from ...map[string]string) []TextFile {
	var out []TextFile
	for _, r := range refs {
		for _, files := range from {
			if text, ok := files[r.Path]; ok && r.Path != "" {
				out = append(out, TextFile{Path: r.Path, Text: []byte(text)})
				break
			}
		}
	}
	return out
}
