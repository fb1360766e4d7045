// Package facts reads files into located facts: which steps a workflow runs,
// which attributes a Terraform resource has after its variables are resolved,
// which packages a manifest declares. Reading is pure: the same tree gives the
// same facts in the same order, whatever the machine.
package facts

// Kind is the family of a fact; a rule's matcher names the same family.
type Kind string

const (
	Workflow       Kind = "workflow"       // a step of a GitHub workflow
	WorkflowJob    Kind = "workflow_job"   // a job of a GitHub workflow
	CI             Kind = "ci"             // a script line of another CI system
	Terraform      Kind = "terraform"      // a block of Terraform, OpenTofu or Terragrunt
	CloudFormation Kind = "cloudformation" // a resource of CloudFormation or SAM
	Serverless     Kind = "serverless"     // a part of serverless.yml
	Kubernetes     Kind = "kubernetes"     // an object, Helm templates included
	Helm           Kind = "helm"           // a chart, or its values
	Dockerfile     Kind = "dockerfile"     // an instruction, or the file as a whole
	Compose        Kind = "compose"        // a service
	Bicep          Kind = "bicep"          // a resource of Bicep or of a template of Azure Resource Manager
	Platform       Kind = "platform"       // an application, job or store as the file of the platform that runs it says
	Packer         Kind = "packer"         // a source, build or provisioner
	Ansible        Kind = "ansible"        // a task or play
	Construct      Kind = "construct"      // a CDK or Pulumi object made in a program
	Dependency     Kind = "dependency"     // a package that a manifest declares
	Setting        Kind = "setting"        // GitHub's answer about a repository's settings
	Activity       Kind = "activity"       // GitHub's answer about what happened there
)

// Fact is one located thing that a file, or GitHub, says.
type Fact struct {
	Kind  Kind
	Name  string // what rules index by, lower case
	Path  string // empty for settings and activity
	Start int    // first line, from 1; 0 when there is none
	End   int
	Value Value  // the attributes that rules may ask for
	Hint  string // why it can be no more than a hint, in words; empty at full strength
	Area  Area   // where in the tree it lies
	Group string // what belongs together: the job of a step, the root of a resource
	Made  bool   // by a command, by a platform's own file or by a module kept elsewhere: only rules that give its whole name are about it
	Open  bool   // it stands for more than is shown, of which nobody asks: what is not shown is no hint
}

// Area is a set of places that prove nothing about production unless a rule
// is about them. Zero is production.
type Area uint16

const (
	AreaTest       Area = 1 << iota // tests, fixtures, mocks
	AreaExample                     // examples, samples, demos, sandboxes, tutorials
	AreaDocs                        // documentation
	AreaVendored                    // copies of other people's work
	AreaGenerated                   // written by a program
	AreaDeprecated                  // archives and retired code
	AreaTemplate                    // cookiecutter and scaffolding trees
	AreaDev                         // development containers and local set-ups
)

// Warning is a file that could not be read as what it is. The controls that
// would look into it are unknown, not unmet.
type Warning struct {
	Path    string   `json:"path"`
	Line    int      `json:"line"`
	Message string   `json:"message"`
	Kinds   []Kind   `json:"-"` // the families whose facts may be missing
	Names   []string `json:"-"` // the names that these can have; nil: any
}
