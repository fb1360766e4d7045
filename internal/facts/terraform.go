package facts

import (
	"path"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// terraformRole is what a file is to Terraform, OpenTofu or Terragrunt.
type terraformRole uint8

const (
	notTerraform     terraformRole = iota
	terraformCode                  // *.tf, *.tofu and their JSON forms
	terraformValues                // *.tfvars
	terragruntUnit                 // terragrunt.hcl
	terragruntHelper               // another *.hcl, which Terragrunt's files may read
	terraformBackend               // *.tfbackend, prod.backend
)

// terraformRoleOf tells by its path what a file is.
func terraformRoleOf(p string) terraformRole {
	base := path.Base(p)
	name := strings.TrimSuffix(base, ".json")
	switch ext := path.Ext(name); {
	case ext == ".tf" || ext == ".tofu":
		return terraformCode
	case ext == ".tfvars":
		return terraformValues
	case ext == ".tfbackend", ext == ".backend" && environmentOf(base) != "":
		return terraformBackend
	case base == "terragrunt.hcl":
		return terragruntUnit
	case path.Ext(base) == ".hcl" && strings.Count(base, ".") == 1 && !strings.HasPrefix(base, "docker-bake"):
		return terragruntHelper
	}
	return notTerraform
}

// terraformFile is one parsed file; joinTerraform turns them into facts.
type terraformFile struct {
	hclFile
	role terraformRole
}

// readTerraform parses a file that terraformRoleOf knows.
func readTerraform(name string, text []byte) (terraformFile, []Warning) {
	role := terraformRoleOf(name)
	var file hclFile
	var warnings []Warning
	if strings.HasSuffix(name, ".json") {
		file, warnings = parseHCLJSON(name, text, Terraform)
	} else if outline, ok := outlineHCL(name, text); ok && role == terraformCode {
		file = outline
	} else {
		file, warnings = parseHCL(name, text, Terraform)
	}
	if role == terragruntHelper || role == terraformBackend || role == terraformValues && madeByTemplate(text) {
		warnings = nil // any program's HCL may be called that, and values may still be to fill in
	}
	return terraformFile{file, role}, warnings
}

// unreadTerraform is a file of code of which it is enough to know that it is there.
func unreadTerraform(name string) terraformFile {
	return terraformFile{hclFile{path: name, dir: path.Dir(name), body: &hclsyntax.Body{}}, terraformCode}
}

// terraformContext is what joinTerraform asks of the rest of the tree. Its
// functions may be nil.
type terraformContext struct {
	roots []string                                 // folders where something runs Terraform, "." for the top
	area  func(path string) Area                   // where a path lies
	asked func(name string) Asked                  // what anybody asks for of facts of a name
	text  func(path string) (text []byte, ok bool) // a small file beside the code, for file()
}

// tfExpr is an expression: of native syntax, or a value of the JSON syntax.
type tfExpr struct {
	file *hclFile
	x    hclsyntax.Expression
	json Value
}

// tfBlock is a top-level block.
type tfBlock struct {
	file       *hclFile
	kind       string
	labels     []string
	tree       *hclsyntax.Body // nil in JSON, and while it is folded: see body
	json       Value
	start, end int
	span       *hclSpan // of a block that is parsed when it is asked for
	line       int      // of its first fault
	fault      string
}

func (b *tfBlock) label(i int) string {
	if i >= 0 && i < len(b.labels) {
		return b.labels[i]
	}
	return ""
}

// attr is an attribute of the block; ok is false when it has none such.
func (b *tfBlock) attr(name string) (x tfExpr, ok bool) {
	if body := b.body(); body != nil {
		if a := body.Attributes[name]; a != nil {
			return tfExpr{file: b.file, x: a.Expr}, true
		}
		return tfExpr{}, false
	}
	v := b.json.Get(name)
	return tfExpr{file: b.file, json: v}, v.Kind != Absent
}

// tfModule is a folder of code.
type tfModule struct {
	dir    string
	files  []*hclFile
	blocks []tfBlock
	values []*hclFile // its *.tfvars

	variables map[string]*tfBlock
	outputs   map[string]*tfBlock
	made      map[string]*tfBlock // resources by "type.name", data sources by "data.type.name"
	calls     map[string]*tfBlock
	locals    map[string]tfExpr
	folded    []*tfBlock          // of locals that are parsed when they are asked for
	localIn   map[string]*tfBlock // which of them has one; nil until somebody asks

	callers []tfSite
	root    bool
	hint    string
}

// tfJoin is one reading of a repository.
type tfJoin struct {
	terraformContext
	run       *hclRun
	modules   map[string]*tfModule
	dirs      []string // of modules, sorted
	instances map[string][]*tfInstance
	units     []*tgUnit
	open      openBlocks
	names     madeNames
	sole      string          // the only environment that folders name, when it is not production
	plain     map[string]bool // folders beside one of an environment before production
	facts     []Fact
	warnings  []Warning
}

// joinTerraform resolves what the files of a repository say together.
func joinTerraform(files []terraformFile, more terraformContext) ([]Fact, []Warning) {
	j := &tfJoin{terraformContext: more, run: newHCLRun(), modules: map[string]*tfModule{}, instances: map[string][]*tfInstance{}}
	if j.area == nil {
		j.area = func(string) Area { return 0 }
	}
	if j.asked == nil {
		j.asked = func(string) Asked { return nil }
	}
	if j.text == nil {
		j.text = func(string) ([]byte, bool) { return nil, false }
	}
	files = append([]terraformFile(nil), files...)
	sort.SliceStable(files, func(a, b int) bool { return files[a].path < files[b].path })
	j.gather(files)
	j.terragrunt(files)
	j.settle()
	j.emitModules()
	j.emitTfvars()
	j.emitBackends(files)
	return j.facts, j.warnings
}
