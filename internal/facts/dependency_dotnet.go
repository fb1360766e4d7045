package facts

import "strings"

func isDotnet(p place, _ *layout) bool {
	switch p.ext {
	case ".csproj", ".fsproj", ".vbproj":
		return true
	}
	switch p.base {
	case "directory.build.props", "directory.packages.props", "packages.config":
		return true
	}
	return false
}

// readDotnet reads an MSBuild project. PackageVersion (central versions) only
// names versions for the projects, which say themselves what they use.
func readDotnet(path string, text []byte) ([]Fact, []Warning) {
	root, line, err := xmlTree(text)
	if err != nil {
		return nil, broken(path, line, path[strings.LastIndexByte(path, '/')+1:]+": "+err.Error())
	}
	var all []declared
	for _, p := range root.all("packages", "package") {
		all = append(all, declared{p.attr("id"), p.attr("version"), p.attr("developmentDependency") == "true", p.line})
	}
	for _, project := range root.all("Project") {
		tests := strings.EqualFold(strings.Join(texts(project.all("PropertyGroup", "IsTestProject")), ""), "true")
		if strings.EqualFold(project.attr("Sdk"), "Microsoft.NET.Sdk.Web") {
			all = append(all, declared{"Microsoft.AspNetCore.App", "", tests, project.line})
		}
		from := len(all)
		for _, item := range project.all("ItemGroup") {
			for _, n := range item.nodes {
				switch n.name {
				case "PackageReference", "GlobalPackageReference", "FrameworkReference":
					tests = tests || strings.EqualFold(n.attr("Include"), "Microsoft.NET.Test.Sdk")
					all = append(all, nugetReference(n))
				}
			}
		}
		for i := range all[from:] {
			all[from+i].dev = all[from+i].dev || tests
		}
	}
	return dependencies("nuget", path, all), nil
}

func nugetReference(n *xmlNode) declared {
	version := n.attr("Version")
	if version == "" {
		version = n.child("Version")
	}
	private := n.attr("PrivateAssets") + n.child("PrivateAssets")
	return declared{n.attr("Include"), version, strings.EqualFold(private, "all"), n.line}
}

func texts(nodes []*xmlNode) (out []string) {
	for _, n := range nodes {
		out = append(out, n.text)
	}
	return out
}
