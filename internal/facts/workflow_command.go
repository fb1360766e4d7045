package facts

import "strings"

// commandInputs are the actions that run what one of their inputs says, and
// the name of that input.
var commandInputs = map[string]string{
	"nick-fields/retry":                      "command",
	"nick-invision/retry":                    "command",
	"wandalen/wretry.action":                 "command",
	"coactions/setup-xvfb":                   "run",
	"gabrielbb/xvfb-action":                  "run",
	"reactivecircus/android-emulator-runner": "script",
	"addnab/docker-run-action":               "run",
	"borales/actions-yarn":                   "cmd",
	"gradle/gradle-build-action":             "arguments",
	"gradle/actions/setup-gradle":            "arguments",
	"eskatos/gradle-command-action":          "arguments",
	"actions-rs/cargo":                       "args",
	"clechasseur/rs-cargo":                   "args",
	"bcgov/action-test-and-analyse":          "commands",
	"cross-platform-actions/action":          "run",
	"uraimo/run-on-arch-action":              "run",
	"devcontainers/ci":                       "runCmd",
	"magefile/mage-action":                   "args",
	"azure/cli":                              "inlineScript",
	"azure/powershell":                       "inlineScript",
	"actions-hub/gcloud":                     "args",
	"actions-hub/kubectl":                    "args",
	"astral-sh/ruff-action":                  "args",
	"burrunan/gradle-cache-action":           "arguments",
	"chartboost/ruff-action":                 "args",
	"dawidd6/action-ansible-playbook":        "playbook",
	"gofrolist/molecule-action":              "molecule_command",
	"gruntwork-io/terragrunt-action":         "tg_command",
	"hashicorp/terraform-github-actions":     "tf_actions_subcommand",
	"helmfile/helmfile-action":               "helmfile-args",
	"maierj/fastlane-action":                 "lane",
	"netlify/actions/cli":                    "args",
	"op5dev/tf-via-pr":                       "command",
	"php-actions/composer":                   "command",
	"w9jds/firebase-action":                  "args",
	"workflow/nix-shell-action":              "script",
	"wyrihaximus/github-action-helm3":        "exec",
	"youyo/aws-cdk-github-actions":           "cdk_subcommand",
}

// commandStarts are the programs that such an input leaves out.
var commandStarts = map[string]string{
	"borales/actions-yarn":          "yarn",
	"gradle/gradle-build-action":    "gradle",
	"gradle/actions/setup-gradle":   "gradle",
	"eskatos/gradle-command-action": "gradle",
	"magefile/mage-action":          "mage",

	"actions-hub/gcloud":                 "gcloud",
	"actions-hub/kubectl":                "kubectl",
	"astral-sh/ruff-action":              "ruff",
	"burrunan/gradle-cache-action":       "gradle",
	"chartboost/ruff-action":             "ruff",
	"dawidd6/action-ansible-playbook":    "ansible-playbook",
	"gofrolist/molecule-action":          "molecule",
	"gruntwork-io/terragrunt-action":     "terragrunt",
	"hashicorp/terraform-github-actions": "terraform",
	"helmfile/helmfile-action":           "helmfile",
	"maierj/fastlane-action":             "fastlane",
	"netlify/actions/cli":                "netlify",
	"op5dev/tf-via-pr":                   "terraform",
	"php-actions/composer":               "composer",
	"w9jds/firebase-action":              "firebase",
	"youyo/aws-cdk-github-actions":       "cdk",
}

// cloudFoundry is the actions that run the cf command line; cf_command leaves
// the program out.
var cloudFoundry = map[string]bool{"cloud-gov/cg-cli-tools": true, "18f/cg-deploy-action": true}

// inputCommands are the commands that an action is given to run.
func inputCommands(uses string, with Value, dir string) []command {
	uses = strings.ToLower(uses)
	if cloudFoundry[uses] {
		if v := with.Get("cf_command"); v.Kind == String && v.Text != "" {
			v.Text = "cf " + v.Text
			return blockCommands(v, dir, false)
		}
		return blockCommands(with.Get("command"), dir, false)
	}
	if commandInputs[uses] == "" && !strings.HasPrefix(uses, ".") {
		return namedCommands(with, dir, false)
	}
	v := with.Get(commandInputs[uses])
	if v.Kind != String || strings.TrimSpace(v.Text) == "" {
		return nil
	}
	start := commandStarts[uses]
	if uses == "actions-rs/cargo" || uses == "clechasseur/rs-cargo" {
		start = "cargo " + with.Get("command").Text
	}
	if start != "" {
		v.Text = start + " " + v.Text
	}
	return blockCommands(v, dir, false)
}
