package catalogue

// A settingName is something that GitHub can be asked about a repository, with
// the permission of the App that it takes.
type settingName struct{ name, permission string }

// settingNames are all that rules may ask for.
var settingNames = []settingName{
	{"actions_permissions", "administration"},
	{"automated_security_fixes", "administration"},
	{"branch", "contents"},
	{"branch_protection", "administration"},
	{"branch_rules", "metadata"},
	{"code_scanning", "security_events"},
	{"codeowners_errors", "contents"},
	{"community", "contents"},
	{"custom_properties", "metadata"},
	{"dependabot_alerts", "vulnerability_alerts"},
	{"deployment", "deployments"},
	{"environment", "actions"},
	{"languages", "metadata"},
	{"package", "packages"},
	{"private_vulnerability_reporting", "metadata"},
	{"release", "contents"},
	{"repository", "metadata"},
	{"rulesets", "metadata"},
	{"secret_scanning", "secret_scanning_alerts"},
	{"tag", "metadata"},
	{"vulnerability_alerts", "administration"},
	{"workflow_run", "actions"},
}

// Permission is what the App needs to be told of a setting; false when there
// is no such setting.
func Permission(name string) (string, bool) {
	for _, s := range settingNames {
		if s.name == name {
			return s.permission, true
		}
	}
	return "", false
}

// SettingNames are all settings that rules may ask for, sorted.
func SettingNames() []string {
	var out []string
	for _, s := range settingNames {
		out = append(out, s.name)
	}
	return out
}
