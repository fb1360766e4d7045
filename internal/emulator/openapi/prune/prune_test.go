package main

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const small = `{
 "openapi": "3.0.3", "info": {"title": "x", "version": "1"},
 "paths": {
  "/r/{ref}/s": {"get": {"summary": "prose", "parameters": [{"$ref": "#/components/parameters/ref"}],
    "responses": {"200": {"content": {"application/json": {"examples": {}, "schema": {"$ref": "#/components/schemas/a"}}}}}}},
  "/other": {"get": {}}},
 "components": {
  "parameters": {"ref": {"name": "ref", "in": "path", "required": true, "x-multi-segment": true}},
  "schemas": {
   "a": {"properties": {"description": {"type": "string", "description": "prose"}, "b": {"$ref": "#/components/schemas/b"}}},
   "b": {"enum": ["one"], "example": "one", "items": {"$ref": "#/components/schemas/a"}},
   "unused": {}}}}`

const smaller = `{
 "openapi": "3.0.3", "info": {"title": "GitHub REST API, pruned", "version": "1"}, "servers": [{"url": "/api/v3"}],
 "paths": {
  "/r/{ref:.+}/s": {"get": {"parameters": [{"$ref": "#/components/parameters/ref"}],
    "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/a"}}}}}}}},
 "components": {
  "parameters": {"ref": {"name": "ref", "in": "path", "required": true, "x-multi-segment": true}},
  "schemas": {
   "a": {"properties": {"description": {"type": "string"}, "b": {"$ref": "#/components/schemas/b"}}},
   "b": {"enum": ["one"], "items": {"$ref": "#/components/schemas/a"}}}}}`

func TestPrune(t *testing.T) {
	var doc, want map[string]any
	for text, into := range map[string]*map[string]any{small: &doc, smaller: &want} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	got, err := prune(doc, operations("# comment\n\nGET /r/{ref}/s\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := prune(doc, operations("PUT /other\n")); err == nil {
		t.Error("an operation that is not there was accepted")
	}
}
