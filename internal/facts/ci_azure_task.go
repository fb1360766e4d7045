package facts

import (
	"cmp"
	"strings"
)

// azureTask is the command that a task of Azure Pipelines runs, put together
// from its inputs as its documentation says, and the folder it runs in.
func azureTask(task string, with Value, dir string) (Value, string) {
	name, _, _ := strings.Cut(strings.ToLower(task), "@")
	text := func(key string) string { return strings.TrimSpace(with.Get(key).Text) }
	program, words, rest := name, "", []string(nil)
	switch name {
	case "npm", "go", "dotnetcorecli":
		words = text("command")
		if words == "custom" {
			words = cmp.Or(text("customCommand"), text("custom"))
		}
		rest = []string{text("projects"), text("arguments")}
		if name == "dotnetcorecli" {
			program = "dotnet"
		}
		dir = folderInput(dir, with.Get("workingDir"))
	case "yarn":
		words = cmp.Or(text("arguments"), text("Arguments"), "install")
		dir = folderInput(dir, firstOf(with.Get("projectDirectory"), with.Get("ProjectDirectory")))
	case "maven":
		program, words, rest = "mvn", cmp.Or(text("goals"), "package"), []string{text("options")}
	case "gradle":
		program, words, rest = "gradlew", cmp.Or(text("tasks"), "build"), []string{text("options")}
	case "bash", "shellscript", "azurecli":
		program, words = "bash", scriptInput(cmp.Or(text("filePath"), text("scriptPath")))
	case "powershell":
		program, words = "pwsh", scriptInput(text("filePath"))
	case "kubernetes":
		program, words, rest = "kubectl", text("command"), []string{text("arguments")}
	case "gulp", "grunt":
		words = text("targets")
	default:
		if strings.HasPrefix(name, "terraformtask") || name == "terraformcli" || name == "terraform" {
			program, words, rest = "terraform", text("command"), []string{text("commandOptions")}
		}
	}
	if words == "" {
		return Value{}, dir
	}
	line := program + " " + words + " " + strings.Join(rest, " ")
	return Value{Kind: String, Text: strings.Join(strings.Fields(line), " "), Start: with.Start, End: with.Start}, dir
}

// scriptInput is the path of a script, empty where only the pipeline knows it.
func scriptInput(file string) string {
	file = strings.NewReplacer("$(System.DefaultWorkingDirectory)/", "", "$(Build.SourcesDirectory)/", "").Replace(file)
	if strings.ContainsAny(file, " $") {
		return ""
	}
	return file
}

// folderInput is the folder that an input of a task names, or dir.
func folderInput(dir string, v Value) string {
	if v.Kind != String || v.Text == "" {
		return dir
	}
	return azureDir(v)
}
