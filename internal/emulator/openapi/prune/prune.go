package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// prune returns a document of the given operations and everything they refer to.
func prune(doc map[string]any, ops [][2]string) (map[string]any, error) {
	all := object(doc["paths"])
	paths := map[string]any{}
	correct(doc)
	for _, op := range ops {
		operation := object(object(all[op[1]])[op[0]])
		if operation == nil {
			return nil, fmt.Errorf("operation %s %s is not in the description", strings.ToUpper(op[0]), op[1])
		}
		key := routable(op[1], operation, doc)
		if paths[key] == nil {
			paths[key] = map[string]any{}
		}
		paths[key].(map[string]any)[op[0]] = slim(operation, false)
	}
	return map[string]any{
		"openapi":    doc["openapi"],
		"info":       map[string]any{"title": "GitHub REST API, pruned", "version": object(doc["info"])["version"]},
		"servers":    []any{map[string]any{"url": "/api/v3"}},
		"paths":      paths,
		"components": reached(doc, paths),
	}, nil
}

// correct mends two places where the description contradicts GitHub's own answers
// and documentation.
func correct(doc map[string]any) {
	// A date-time by declaration, a range (">=2026-01-01") by documentation.
	delete(object(lookup(doc, "#/components/parameters/created")["schema"]), "format")
	// The account of a listed installation would be a person and an enterprise at
	// once; the schema of a single installation says either.
	list := object(object(object(doc["paths"])["/app/installations"])["get"])
	ok := object(object(list["responses"])["200"])
	schema := object(object(object(ok["content"])["application/json"])["schema"])
	if schema != nil {
		schema["items"] = map[string]any{"$ref": "#/components/schemas/installation"}
	}
}

// routable writes the parameters that GitHub marks x-multi-segment (branch names,
// refs, paths) as patterns that cross slashes; a router would not match them
// otherwise. A file path may be empty: that is the root folder.
func routable(path string, operation, doc map[string]any) string {
	params, _ := operation["parameters"].([]any)
	for _, p := range params {
		param := object(p)
		if ref, ok := param["$ref"].(string); ok {
			param = lookup(doc, ref)
		}
		name, _ := param["name"].(string)
		if param["x-multi-segment"] != true {
			continue
		}
		pattern := ":.+}"
		if name == "path" {
			pattern = ":.*}"
			param["required"] = false
		}
		path = strings.Replace(path, "{"+name+"}", "{"+name+pattern, 1)
	}
	return path
}

// reached copies the components that paths refer to, and those they refer to.
func reached(doc, paths map[string]any) map[string]any {
	components := map[string]any{}
	queue := refs(paths)
	for len(queue) > 0 {
		ref := queue[0]
		queue = queue[1:]
		section, name, _ := strings.Cut(strings.TrimPrefix(ref, "#/components/"), "/")
		into := object(components[section])
		if into == nil {
			into = map[string]any{}
			components[section] = into
		}
		if into[name] != nil {
			continue
		}
		kept := slim(lookup(doc, ref), false)
		into[name] = kept
		queue = append(queue, refs(kept)...)
	}
	return components
}

// refs lists every reference into the components below v: $ref members and
// the targets of discriminator mappings alike.
func refs(v any) []string {
	switch v := v.(type) {
	case string:
		if strings.HasPrefix(v, "#/components/") {
			return []string{v}
		}
	case []any:
		var found []string
		for _, e := range v {
			found = append(found, refs(e)...)
		}
		return found
	case map[string]any:
		var found []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			found = append(found, refs(v[k])...)
		}
		return found
	}
	return nil
}

// prose names the members that say nothing about what is valid.
var prose = map[string]bool{
	"description": true, "example": true, "examples": true, "externalDocs": true,
	"summary": true, "tags": true, "x-github": true, "x-octokit": true,
}

// named lists the members whose own members are names, not keywords: a schema
// may well have a property called "description".
var named = map[string]bool{
	"properties": true, "patternProperties": true, "responses": true,
	"content": true, "headers": true, "mapping": true,
}

// slim copies v without its prose. names says that v's members are names.
func slim(v any, names bool) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = slim(e, false)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			switch {
			case names:
				out[k] = slim(e, false)
			case prose[k]:
			case k == "default" || k == "enum" || k == "const":
				out[k] = e
			default:
				out[k] = slim(e, named[k])
			}
		}
		return out
	}
	return v
}

func lookup(doc map[string]any, ref string) map[string]any {
	v := any(doc)
	for part := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		v = object(v)[part]
	}
	return object(v)
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}
