package server

import (
	"encoding/json"
	"strings"
	"testing"
)

// decoded is what the decoder makes of a payload.
func decoded(body []byte) (peeked, error) {
	var p payloadHead
	err := json.Unmarshal(body, &p)
	return peeked{p.Action, p.Installation.ID, p.Repository.ID}, err
}

func TestPeek(t *testing.T) {
	all := peeked{"opened", 7, 8}
	tests := []struct {
		name, body string
		want       peeked
		ok         bool
	}{
		{"as GitHub writes it", `{"action":"opened","repository":{"id":8,"owner":{"id":9,"login":"a"},"topics":["x"]},"installation":{"id":7,"node_id":"x"}}`, all, true},
		{"spread over lines", "{\n \"action\" : \"opened\" ,\n\t\"repository\" : { \"name\" : \"x\" , \"id\" : 8 } , \"installation\" : { \"id\" : 7 }\r\n}\n", all, true},
		{"of something else", `{"zen":"Speak \"like\" a \\ human: {[","hook":{"installation":{"id":1},"n":[1.5e3,-2,true,false,null,{}]}}`, peeked{}, true},
		{"empty", `{}`, peeked{}, true},
		{"a backslash at a string's end", `{"a":"\\","action":"opened"}`, peeked{action: "opened"}, true},
		{"an id that is none", `{"repository":{"id":"8"}}`, peeked{}, false},
		{"an id of nothing", `{"repository":{"id":null}}`, peeked{}, false},
		{"nothing for an object", `{"installation":null}`, peeked{}, false},
		{"a key twice", `{"action":"a","action":"b"}`, peeked{}, false},
		{"an escaped key", `{"\u0061ction":"a"}`, peeked{}, false},
		{"a key in capitals", `{"Action":"a"}`, peeked{}, false},
		{"an escaped action", `{"action":"\u0061"}`, peeked{}, false},
		{"a form", `payload=%7B%7D`, peeked{}, false},
		{"half of it", `{"action":"opened","repository":{"id":8`, peeked{}, false},
		{"more than it", `{} {}`, peeked{}, false},
		{"crossed brackets", `{"a":[{]}}`, peeked{}, false},
		{"an open string", `{"a":"`, peeked{}, false},
		{"an array", `[]`, peeked{}, false},
		{"nothing", ``, peeked{}, false},
		{"an end where an id was to come", `{"repository":{"ID":`, peeked{}, false},
		{"deep", `{"a":` + strings.Repeat(`[`, 9999) + strings.Repeat(`]`, 9999) + `,"action":"opened"}`, peeked{action: "opened"}, true},
	}
	for _, test := range tests {
		got, ok := peek([]byte(test.body))
		if ok != test.ok || ok && got != test.want {
			t.Errorf("%s: %+v, %t; want %+v, %t", test.name, got, ok, test.want, test.ok)
		}
	}
}

// FuzzPeek: of what is JSON, it says what the decoder says, or nothing.
func FuzzPeek(f *testing.F) {
	for _, body := range []string{
		`{"action":"opened","repository":{"id":8},"installation":{"id":7}}`, `{"a":"\\\"","b":[1,{"c":null}],"action":"x"}`,
		`{"repository":{"ID":8,"id":9}}`, `{"action":"é"}`, `{"installation":{"id":01}}`, `{"repository":{"id":9223372036854775808}}`,
		`{"repository":{"id":`, `{"action":"`, `{"a":"\\`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, ok := peek(body)
		if !ok || !json.Valid(body) {
			return
		}
		if want, err := decoded(body); err != nil || got != want {
			t.Errorf("%q: %+v, want %+v, %v", body, got, want, err)
		}
	})
}
