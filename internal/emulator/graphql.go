package emulator

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// node is an object of the GraphQL schema: a type's name and a way to get at its fields.
type node struct {
	kind  string
	field func(name string, args map[string]any) (any, error)
}

// graphqlFault is an error with GitHub's machine-readable type.
type graphqlFault struct{ kind, message string }

func (f graphqlFault) Error() string { return f.message }

// noField says that a type lacks a field; like a schema's validation it fails the whole query.
type noField struct{ field, kind string }

func (f noField) Error() string {
	return fmt.Sprintf("Field '%s' doesn't exist on type '%s'", f.field, f.kind)
}

// execution runs one document.
type execution struct {
	doc    document
	vars   map[string]any
	errors []object
	fields int
}

// maxFields bounds the work of one query.
const maxFields = 500_000

func (s *Server) serveGraphQL(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		writeNotFound(w)
		return
	}
	c := s.caller(r)
	if c.user == nil && c.installation == nil {
		writeError(w, http.StatusUnauthorized, "This endpoint requires you to be authenticated.")
		return
	}
	var in struct {
		Query     string
		Variables map[string]any
	}
	if !readJSON(w, r, &in) {
		return
	}
	doc, err := parseGraphQL(in.Query)
	if err != nil {
		writeJSON(w, http.StatusOK, object{"errors": []object{{"message": err.Error(), "locations": []any{}}}})
		return
	}
	x := &execution{doc: doc, vars: in.Variables}
	root := s.queryRoot(r, c)
	if doc.Kind == "mutation" {
		root = s.mutationRoot(c)
	}
	data, err := x.object(root, doc.Fields, nil)
	if err != nil {
		writeJSON(w, http.StatusOK, object{"errors": []object{{"message": err.Error(), "locations": []any{}}}})
		return
	}
	out := object{"data": data}
	if len(x.errors) > 0 {
		out["errors"] = x.errors
	}
	writeJSON(w, http.StatusOK, out)
}

// object resolves the selected fields of a node. An error ends the query; what is
// merely not there becomes null and a note in errors.
func (x *execution) object(n node, fields []selection, path []any) (object, error) {
	out := object{}
	for _, f := range fields {
		if x.fields++; x.fields > maxFields {
			return nil, fmt.Errorf("this query requests more than %d nodes", maxFields)
		}
		if f.Spread != "" || f.On != "" {
			if err := x.fragment(n, f, path, out); err != nil {
				return nil, err
			}
			continue
		}
		if f.Name == "__typename" {
			out[f.Alias] = n.kind
			continue
		}
		here := append(path[:len(path):len(path)], f.Alias)
		value, err := n.field(f.Name, x.resolve(f.Args).(object))
		if fault := (graphqlFault{}); errors.As(err, &fault) {
			x.errors = append(x.errors, object{"type": fault.kind, "path": here, "message": fault.message, "locations": []any{}})
			out[f.Alias] = nil
			continue
		}
		if err != nil {
			return nil, err
		}
		if out[f.Alias], err = x.complete(value, f, here); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (x *execution) fragment(n node, f selection, path []any, out object) error {
	if f.Spread != "" {
		named, ok := x.doc.Fragments[f.Spread]
		if !ok {
			return fmt.Errorf("fragment %s was used, but not defined", f.Spread)
		}
		f = named
		if len(path) > maxGraphQLDepth {
			return fmt.Errorf("fragment %s is nested too deeply", f.Spread)
		}
		path = append(path[:len(path):len(path)], "")
	}
	if f.On != "*" && f.On != n.kind && f.On != "Node" && f.On != "GitObject" && f.On != "Actor" {
		return nil
	}
	got, err := x.object(n, f.Fields, path)
	for name, value := range got {
		out[name] = value
	}
	return err
}

// complete turns what a field answered into JSON.
func (x *execution) complete(value any, f selection, path []any) (any, error) {
	switch v := value.(type) {
	case node:
		if len(f.Fields) == 0 {
			return nil, fmt.Errorf("Field must have selections (field '%s' returns %s but has no selections. Did you mean '%s { ... }'?)", f.Name, v.kind, f.Name)
		}
		return x.object(v, f.Fields, path)
	case []node:
		list := []any{}
		for i, one := range v {
			got, err := x.object(one, f.Fields, append(path[:len(path):len(path)], i))
			if err != nil {
				return nil, err
			}
			list = append(list, got)
		}
		return list, nil
	}
	return value, nil
}

// resolve puts the variables' values into arguments.
func (x *execution) resolve(value any) any {
	switch v := value.(type) {
	case variable:
		if got, ok := x.vars[string(v)]; ok {
			return got
		}
		return x.doc.Defaults[string(v)]
	case map[string]any:
		out := object{}
		for name, one := range v {
			out[name] = x.resolve(one)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = x.resolve(one)
		}
		return out
	}
	return value
}

// fields makes a node of named values; functions are called when asked for.
func fields(kind string, values map[string]any) node {
	return node{kind, func(name string, _ map[string]any) (any, error) {
		value, ok := values[name]
		if !ok {
			return nil, noField{name, kind}
		}
		if get, ok := value.(func() (any, error)); ok {
			return get()
		}
		return value, nil
	}}
}

func argString(args map[string]any, name string) string {
	s, _ := args[name].(string)
	return s
}

func argInt(args map[string]any, name string) int {
	n, _ := args[name].(float64)
	return int(n)
}

// connection pages a list the way GitHub's connections do, for first and last.
func connection(kind string, all []node, args map[string]any) node {
	part := all
	if n := argInt(args, "first"); n > 0 {
		part = all[:min(n, len(all))]
	} else if n := argInt(args, "last"); n > 0 {
		part = all[max(len(all)-n, 0):]
	}
	return fields(kind+"Connection", map[string]any{
		"nodes": part, "totalCount": len(all),
		"pageInfo": fields("PageInfo", map[string]any{"hasNextPage": len(part) < len(all), "endCursor": nil, "hasPreviousPage": false, "startCursor": nil}),
	})
}

func notFound(what string) error {
	return graphqlFault{"NOT_FOUND", "Could not resolve to " + what + "."}
}

// isBinary guesses as git does: a NUL byte near the beginning.
func isBinary(data []byte) bool {
	return strings.IndexByte(string(data[:min(len(data), 8000)]), 0) >= 0
}
