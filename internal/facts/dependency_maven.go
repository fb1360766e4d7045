package facts

import "strings"

func isPom(p place, _ *layout) bool { return p.base == "pom.xml" }

// readPom reads a Maven project: what it depends on, its parent (which brings
// packages and versions along), and its plugins. What dependencyManagement and
// pluginManagement say is for those who declare the package.
func readPom(path string, text []byte) ([]Fact, []Warning) {
	root, line, err := xmlTree(text)
	if err != nil {
		return nil, broken(path, line, "pom.xml: "+err.Error())
	}
	var out []Fact
	for _, project := range root.all("project") {
		p := pom{project, pomProperties(project)}
		out = append(out, dependencies("maven", path, p.each(project.all("parent")))...)
		for _, scope := range append([]*xmlNode{project}, project.all("profiles", "profile")...) {
			used := dependencies("maven", path, p.each(scope.all("dependencies", "dependency")))
			for i := range used {
				used[i].Hint = onDemand(scope)
			}
			plugins := dependencies("maven-plugin", path, p.each(scope.all("build", "plugins", "plugin")))
			out = append(append(out, used...), plugins...)
		}
	}
	return out, nil
}

// onDemand says of a profile that somebody has to ask for that they have to. One
// for production is asked for when it matters.
func onDemand(scope *xmlNode) string {
	if scope.name != "profile" || strings.HasPrefix(strings.ToLower(scope.child("id")), "prod") {
		return ""
	}
	for _, activation := range scope.all("activation") {
		if activation.child("activeByDefault") != "false" {
			return ""
		}
	}
	return "of a Maven profile that is not on by default: " + scope.child("id")
}

type pom struct {
	project *xmlNode
	props   map[string]string
}

func pomProperties(project *xmlNode) map[string]string {
	props := map[string]string{"project.groupId": project.child("groupId"), "project.version": project.child("version")}
	for _, parent := range project.all("parent") {
		for _, key := range []string{"groupId", "version"} {
			props["project.parent."+key] = parent.child(key)
			if props["project."+key] == "" {
				props["project."+key] = parent.child(key)
			}
		}
	}
	for _, group := range project.all("properties") {
		for _, p := range group.nodes {
			props[p.name] = p.text
		}
	}
	return props
}

func (p pom) each(nodes []*xmlNode) []declared {
	out := make([]declared, len(nodes))
	for i, n := range nodes {
		out[i] = p.declared(n)
	}
	return out
}

func (p pom) declared(n *xmlNode) declared {
	group, artifact := p.resolve(n.child("groupId")), p.resolve(n.child("artifactId"))
	if group == "" && n.name == "plugin" {
		group = "org.apache.maven.plugins"
	}
	if group == "" || artifact == "" {
		return declared{}
	}
	return declared{
		name: group + ":" + artifact, version: p.resolve(n.child("version")),
		dev: p.resolve(n.child("scope")) == "test", line: n.line,
	}
}

// resolve puts properties in; one that is not known here stays as written.
func (p pom) resolve(s string) string {
	for range 5 {
		from := strings.Index(s, "${")
		if from < 0 {
			return s
		}
		to := strings.IndexByte(s[from:], '}')
		if to < 0 {
			return s
		}
		value, ok := p.props[s[from+2:from+to]]
		if !ok || len(value) > 200 {
			return s
		}
		s = s[:from] + value + s[from+to+1:]
	}
	return s
}
