package emulator

import (
	"context"
	"encoding/base64"
	"math"
	"net/http"
	"path"
	"slices"
	"strings"
)

// sha is the head of a branch, all zeros when git does not have it.
func (v settingsView) sha(branch string) string {
	if v.git != nil {
		if sha, err := v.git.commitID(branch, v.repo.DefaultBranch); err == nil {
			return sha
		}
	}
	return zeroSHA
}

// tree lists what lies on the default branch; nothing when there is no commit.
func (v settingsView) tree(ctx context.Context) []treeEntry {
	if v.git == nil {
		return nil
	}
	oid, err := v.git.treeID("", v.repo.DefaultBranch)
	if err != nil {
		return nil
	}
	entries, err := v.git.tree(ctx, oid, true)
	if err != nil {
		v.s.log.Warn("emulator: settings from files", "error", err)
	}
	return entries
}

// folder lists what lies directly in one folder, "" for the root; paths are base names.
func (v settingsView) folder(ctx context.Context, dir string) []treeEntry {
	var list []treeEntry
	for _, entry := range v.tree(ctx) {
		if at, name := path.Split(entry.Path); strings.TrimSuffix(at, "/") == dir {
			entry.Path = name
			list = append(list, entry)
		}
	}
	return list
}

// file reads one file of the default branch.
func (v settingsView) file(name string) ([]byte, bool) {
	if v.git == nil {
		return nil, false
	}
	kind, data, err := v.git.object("refs/heads/" + v.repo.DefaultBranch + ":" + name)
	return data, err == nil && kind == "blob"
}

// licences are told apart by words that only they have.
var licences = []struct{ key, spdx, name, words string }{
	{"apache-2.0", "Apache-2.0", "Apache License 2.0", "apache license version 2.0"},
	{"agpl-3.0", "AGPL-3.0", "GNU Affero General Public License v3.0", "gnu affero general public license version 3"},
	{"lgpl-3.0", "LGPL-3.0", "GNU Lesser General Public License v3.0", "gnu lesser general public license version 3"},
	{"gpl-3.0", "GPL-3.0", "GNU General Public License v3.0", "gnu general public license version 3"},
	{"gpl-2.0", "GPL-2.0", "GNU General Public License v2.0", "gnu general public license version 2"},
	{"mpl-2.0", "MPL-2.0", "Mozilla Public License 2.0", "mozilla public license version 2.0"},
	{"bsd-3-clause", "BSD-3-Clause", `BSD 3-Clause "New" or "Revised" License`, "neither the name of"},
	{"bsd-2-clause", "BSD-2-Clause", `BSD 2-Clause "Simplified" License`, "redistributions in binary form must reproduce"},
	{"isc", "ISC", "ISC License", "permission to use, copy, modify, and/or distribute this software"},
	{"unlicense", "Unlicense", "The Unlicense", "this is free and unencumbered software"},
	{"mit", "MIT", "MIT License", "permission is hereby granted, free of charge, to any person obtaining a copy"},
}

// licenceFile finds the licence at the root of the default branch.
func (v settingsView) licenceFile(ctx context.Context) (treeEntry, object) {
	for _, entry := range v.folder(ctx, "") {
		stem := strings.ToLower(strings.TrimSuffix(entry.Path, path.Ext(entry.Path)))
		if entry.Type == "blob" && slices.Contains([]string{"license", "licence", "copying", "unlicense"}, stem) {
			data, _ := v.file(entry.Path)
			return entry, v.licenceJSON(string(data))
		}
	}
	return treeEntry{}, nil
}

func (v settingsView) licenceJSON(text string) object {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	text = strings.ReplaceAll(text, "license, version", "license version")
	for _, l := range licences {
		if strings.Contains(text, l.words) {
			return object{
				"key": l.key, "name": l.name, "spdx_id": l.spdx, "url": v.s.APIURL() + "/licenses/" + l.key, "node_id": "L_" + l.key,
			}
		}
	}
	return object{"key": "other", "name": "Other", "spdx_id": "NOASSERTION", "url": nil, "node_id": "L_other"}
}

func (v settingsView) license(w http.ResponseWriter, r *http.Request) {
	entry, licence := v.licenceFile(r.Context())
	if licence == nil {
		writeNotFound(w)
		return
	}
	data, _ := v.file(entry.Path)
	branch := v.repo.DefaultBranch
	self := v.api + "/contents/" + escapePath(entry.Path) + "?ref=" + pathEscape(branch)
	git := v.api + "/git/blobs/" + entry.SHA
	html := v.html + "/blob/" + escapePath(branch) + "/" + escapePath(entry.Path)
	writeJSON(w, http.StatusOK, object{
		"name": entry.Path, "path": entry.Path, "sha": entry.SHA, "size": entry.Size, "url": self, "html_url": html, "git_url": git,
		"download_url": v.html + "/raw/" + escapePath(branch) + "/" + escapePath(entry.Path), "type": "file",
		"content": base64.StdEncoding.EncodeToString(data), "encoding": "base64",
		"_links": object{"self": self, "git": git, "html": html}, "license": licence,
	})
}

// communityProfile looks for the files that GitHub looks for, where it does.
func (v settingsView) communityProfile(w http.ResponseWriter, r *http.Request) {
	if v.repo.Fork {
		writeNotFound(w)
		return
	}
	tree := v.tree(r.Context())
	files := object{}
	present := 0
	for key, stem := range map[string]string{
		"code_of_conduct_file": "code_of_conduct", "contributing": "contributing", "readme": "readme",
		"issue_template": "issue_template", "pull_request_template": "pull_request_template",
	} {
		files[key] = nil
		if name := communityFile(tree, stem); name != "" {
			present++
			files[key] = object{
				"url":      v.api + "/contents/" + escapePath(name),
				"html_url": v.html + "/blob/" + escapePath(v.repo.DefaultBranch) + "/" + escapePath(name),
			}
		}
	}
	files["code_of_conduct"], files["license"] = nil, nil
	if file := files["code_of_conduct_file"]; file != nil {
		files["code_of_conduct"] = object{
			"key": "other", "name": "Other", "url": v.s.APIURL() + "/codes_of_conduct/other", "html_url": file.(object)["html_url"],
		}
	}
	if entry, licence := v.licenceFile(r.Context()); licence != nil {
		licence["html_url"] = v.html + "/blob/" + escapePath(v.repo.DefaultBranch) + "/" + escapePath(entry.Path)
		files["license"] = licence
		present++
	}
	if v.repo.Description != "" {
		present++
	}
	writeJSON(w, http.StatusOK, object{
		"health_percentage": int(math.Round(float64(present) * 100 / 7)), "description": orNull(v.repo.Description),
		"documentation": nil, "files": files, "updated_at": v.since(v.repo.PushedAt), "content_reports_enabled": false,
	})
}

// communityFile finds a community file in .github, the root or docs, in that
// order; templates may be a folder of files.
func communityFile(tree []treeEntry, stem string) string {
	for _, dir := range []string{".github", "", "docs"} {
		for _, entry := range tree {
			at, name := path.Split(entry.Path)
			at = strings.TrimSuffix(at, "/")
			plain := strings.EqualFold(strings.TrimSuffix(name, path.Ext(name)), stem) && at == dir
			within := strings.EqualFold(at, path.Join(dir, stem))
			if entry.Type == "blob" && (plain || within) {
				return entry.Path
			}
		}
	}
	return ""
}
