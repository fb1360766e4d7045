package facts

import (
	"bytes"
	"context"
	"maps"
	"slices"
)

// parts are what a file contributes to a format that joins several files.
type parts struct {
	workflow  *parsedWorkflow
	action    *parsedAction
	script    *parsedScript
	ci        *parsedCI
	packer    *packerFile
	bicep     *bicepFile
	chart     *chartFile
	terraform *terraformFile
	neighbour *textFile
	gradle    *gradleFile
	catalog   *catalogFile
	cfValues  *cfValues
	sam       *samConfig
	workshop  bool // the page it opens with calls the repository one
	samples   bool // likewise
	offered   *offers
	filling   *textFile
	filled    *filledLines // first lines of objects with blanks that something fills in
}

// textFile is a small file beside Terraform code.
type textFile struct{ text []byte }

// maxNeighbour bounds, in bytes, a text that is kept until Terraform's files
// are joined.
const maxNeighbour = 32 << 10

func readWorkflowPart(in *source, out *found) {
	w, warnings := readWorkflow(in.path, in.text)
	out.parts.workflow = &w
	out.warnings = append(out.warnings, warnings...)
}

func readActionPart(in *source, out *found) {
	if a, ok := readAction(in.path, in.text); ok {
		out.parts.action = &a
	}
}

func readScriptPart(in *source, out *found) {
	if s, ok := readScript(in.path, in.text); ok {
		out.parts.script = &s
	}
	if len(in.text) <= maxNeighbour && fills().Match(in.text) {
		out.parts.filling = &textFile{in.text}
	}
}

func readCIPart(in *source, out *found) {
	c, warnings := readCI(in.path, in.text)
	out.parts.ci = &c
	out.warnings = append(out.warnings, warnings...)
}

func readPackerPart(in *source, out *found) {
	f, warnings := readPacker(in.path, in.text)
	out.parts.packer = &f
	out.warnings = append(out.warnings, warnings...)
}

// readChartPart keeps a chart's text until charts are rendered, but for templates
// that only define kinds of objects: they run nothing, and are the largest.
func readChartPart(in *source, out *found) {
	if definesKinds(in.text) {
		return
	}
	dir, _ := in.layout.chartOf(placeOf(in.path))
	out.parts.chart = &chartFile{path: in.path, chart: dir, text: string(in.text)}
}

func readTerraformPart(in *source, out *found) {
	f, warnings := readTerraform(in.path, in.text)
	out.parts.terraform = &f
	out.warnings = append(out.warnings, warnings...)
}

func readNeighbour(in *source, out *found) {
	if len(in.text) <= maxNeighbour {
		out.parts.neighbour = &textFile{in.text}
	}
}

func readGradlePart(in *source, out *found) { out.parts.gradle = parseGradle(in.path, in.text) }

func readCatalogPart(in *source, out *found) {
	c, warnings := parseCatalog(in.path, in.text)
	out.parts.catalog = c
	out.warnings = append(out.warnings, warnings...)
}

// readObjects reads Kubernetes objects; a kustomization may do without the
// words that all other objects have.
func readObjects(in *source, out *found) {
	if bytes.Contains(in.text, []byte("apiVersion")) && !isKustomization(in.path) && madeByTemplate(in.text) && kindLine().Match(in.text) {
		if docs, faults := in.documents(); len(faults) > 0 {
			readFilledRest(in, docs, out)
		}
	}
	read := eachYAML(Kubernetes, "apiVersion", "kind", readKubernetes)
	if isKustomization(in.path) {
		read = eachYAML(Kubernetes, "", "", readKubernetes)
	}
	read(in, out)
}

// join runs the formats that need all their files, in a fixed order. Each of
// them may give up without taking the others along.
func (r *reader) join(ctx context.Context, out *Facts) error {
	p := r.gather()
	packer := ahead(func() ([]Fact, []Warning) { return joinPacker(p.packer), nil })
	bicep := ahead(func() ([]Fact, []Warning) { return joinBicep(p.bicep, r.area), nil })
	roots := p.terraformRoots(out.All)
	terraform := ahead(func() ([]Fact, []Warning) {
		return joinTerraform(p.terraform, terraformContext{
			roots: roots,
			area:  r.area,
			asked: func(name string) Asked { return r.asking.about(Terraform, name) },
			text:  func(path string) ([]byte, bool) { t, ok := p.neighbours[path]; return t, ok },
		})
	})
	charts := ahead(func() ([]Fact, []Warning) { return joinHelm(p.charts) })
	r.joinOne(out, workflowKinds, func() ([]Fact, []Warning) {
		return joinWorkflows(p.workflows, p.actions, p.scripts), nil
	})
	r.joinOne(out, []Kind{CI}, func() ([]Fact, []Warning) { return joinCI(p.ci, p.scripts), nil })
	r.joinOne(out, []Kind{Dockerfile}, func() ([]Fact, []Warning) {
		markRuns(out.All, p.scripts)
		return nil, nil
	})
	var unread error
	r.joinOne(out, []Kind{CloudFormation}, func() ([]Fact, []Warning) {
		out.All, unread = r.refillStacks(ctx, out.All, p.sam)
		return nil, nil
	})
	r.joinOne(out, []Kind{Packer}, packer)
	r.joinOne(out, []Kind{Bicep}, bicep)
	r.joinOne(out, []Kind{Terraform}, terraform)
	r.joinOne(out, []Kind{Dependency}, func() ([]Fact, []Warning) { return joinGradle(p.gradle, p.catalogs), nil })
	r.joinOne(out, []Kind{Compose}, func() ([]Fact, []Warning) {
		files, known := p.composeDeployed(), map[string]bool{}
		for _, f := range out.All {
			known[f.Path] = known[f.Path] || f.Kind == Compose
		}
		p.composeOnHosts(files, known)
		markDeployed(out.All, files)
		return nil, nil
	})
	r.joinOne(out, []Kind{Platform}, func() ([]Fact, []Warning) {
		out.All = fillManifests(out.All, p.cfValues)
		markOffered(out.All, p.offered)
		return nil, nil
	})
	r.joinOne(out, []Kind{Ansible}, func() ([]Fact, []Warning) {
		markRoles(out.All, r.area)
		return nil, nil
	})
	r.joinOne(out, []Kind{Helm, Kubernetes}, charts)
	r.joinOne(out, []Kind{Kubernetes}, func() ([]Fact, []Warning) {
		markUnfilled(out.All, &p, r.area)
		return nil, nil
	})
	r.joinOne(out, []Kind{Kubernetes}, func() ([]Fact, []Warning) {
		var objects []Fact
		out.All = slices.DeleteFunc(out.All, func(f Fact) bool {
			if f.Kind != Kubernetes {
				return false
			}
			objects = append(objects, f)
			return true
		})
		return joinKustomize(objects), nil
	})
	r.joinOne(out, []Kind{Construct}, func() ([]Fact, []Warning) {
		out.All = joinClasses(joinProps(out.All))
		return joinManifests(out.All), nil
	})
	r.joinOne(out, []Kind{Kubernetes}, func() ([]Fact, []Warning) { return joinTerraformObjects(out.All), nil })
	r.joinOne(out, []Kind{Kubernetes}, func() ([]Fact, []Warning) { return joinNais(out.All), nil })
	r.joinOne(out, []Kind{Kubernetes}, func() ([]Fact, []Warning) { return joinClowder(out.All), nil })
	r.joinOne(out, []Kind{CI}, func() ([]Fact, []Warning) { return joinCI(inlineBuilds(out.All), p.scripts), nil })
	r.joinOne(out, madeKinds, func() ([]Fact, []Warning) {
		markRegistered(out.All, r.files)
		return joinMade(out.All), nil
	})
	r.joinOne(out, []Kind{Helm, Kubernetes}, func() ([]Fact, []Warning) {
		releases := joinReleases(out.All)
		out.All = slices.DeleteFunc(out.All, isNamed)
		return append(releases, joinAppTemplates(releases)...), nil
	})
	r.joinOne(out, nil, func() ([]Fact, []Warning) {
		markWorkloads(out.All, r.area)
		markRunners(out.All)
		markAppEngine(out.All)
		markSystems(out.All, r.area, &p)
		markCollection(out.All, r.files)
		if p.workshop {
			markWorkshop(out.All)
		}
		if p.samples {
			markSamples(out.All, r.files)
		}
		return nil, nil
	})
	return unread
}

// ahead begins a join that needs nothing of what others make, beside them. What
// comes back waits for it, and panics where it did.
func ahead(join func() ([]Fact, []Warning)) func() ([]Fact, []Warning) {
	var facts []Fact
	var warnings []Warning
	var fault any
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { fault = recover() }()
		facts, warnings = join()
	}()
	return func() ([]Fact, []Warning) {
		if <-done; fault != nil {
			panic(fault)
		}
		return facts, warnings
	}
}

func (r *reader) joinOne(out *Facts, kinds []Kind, join func() ([]Fact, []Warning)) {
	defer func() {
		if p := recover(); p != nil {
			out.Warnings = append(out.Warnings, gaveUp("", "the files as a whole", kinds, p))
		}
	}()
	facts, warnings := join()
	out.All = append(out.All, facts...)
	out.Warnings = append(out.Warnings, warnings...)
}

// gathered are the parts of all files, in the order of their paths.
type gathered struct {
	workflows  []parsedWorkflow
	actions    []parsedAction
	scripts    []parsedScript
	ci         []parsedCI
	packer     []packerFile
	bicep      []bicepFile
	charts     []chartFile
	terraform  []terraformFile
	workshop   bool
	samples    bool
	offered    map[string]bool
	filled     map[string][]int  // see parts
	filling    map[string][]byte // scripts that may fill them in
	neighbours map[string][]byte
	gradle     []*gradleFile
	catalogs   []*catalogFile
	cfValues   []cfValues
	sam        []samConfig
}

func (r *reader) gather() gathered {
	g := gathered{neighbours: map[string][]byte{}, filled: map[string][]int{}, filling: map[string][]byte{}, offered: map[string]bool{}}
	for i := range r.tasks {
		if r.tasks[i].found == nil {
			continue
		}
		p := &r.tasks[i].found.parts
		g.workflows = appendPart(g.workflows, p.workflow)
		g.actions = appendPart(g.actions, p.action)
		g.scripts = appendPart(g.scripts, p.script)
		g.ci = appendPart(g.ci, p.ci)
		g.packer = appendPart(g.packer, p.packer)
		g.bicep = appendPart(g.bicep, p.bicep)
		g.charts = appendPart(g.charts, p.chart)
		g.terraform = appendPart(g.terraform, p.terraform)
		g.cfValues = appendPart(g.cfValues, p.cfValues)
		g.sam = appendPart(g.sam, p.sam)
		if p.neighbour != nil {
			g.neighbours[r.tasks[i].file.Path] = p.neighbour.text
		}
		if p.filling != nil {
			g.filling[r.tasks[i].file.Path] = p.filling.text
		}
		if p.filled != nil {
			g.filled[r.tasks[i].file.Path] = p.filled.first
		}
		if p.gradle != nil {
			g.gradle = append(g.gradle, p.gradle)
		}
		if p.catalog != nil {
			g.catalogs = append(g.catalogs, p.catalog)
		}
		g.workshop = g.workshop || p.workshop
		g.samples = g.samples || p.samples
		if p.offered != nil {
			maps.Copy(g.offered, p.offered.platforms)
		}
		r.tasks[i].found = nil
	}
	dropIdleHooks(g.scripts, r.files)
	g.ci = expandConcourse(expandAzure(g.ci), g.scripts)
	g.settleCloudBuilds(len(r.unread) > 0)
	for _, name := range r.unread {
		g.terraform = append(g.terraform, unreadTerraform(name))
	}
	g.terraform = append(g.terraform, r.linkedTerraform(g.terraform)...)
	return g
}

func appendPart[T any](all []T, part *T) []T {
	if part == nil {
		return all
	}
	return append(all, *part)
}
