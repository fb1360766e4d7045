package emulator

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

func (v settingsView) topics(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, object{"names": append([]string{}, v.repo.Topics...)})
}

func (v settingsView) hooks(w http.ResponseWriter, r *http.Request) {
	list := []object{}
	for _, h := range v.Hooks {
		list = append(list, v.hookJSON(h))
	}
	writeJSON(w, http.StatusOK, pageOf(w, r, v.s.URL(), list))
}

func (v settingsView) hookJSON(h Hook) object {
	at := fmt.Sprintf("%s/hooks/%d", v.api, h.ID)
	config := object{"url": h.URL, "content_type": cmp.Or(h.ContentType, "json"), "insecure_ssl": "0"}
	if h.InsecureSSL {
		config["insecure_ssl"] = "1"
	}
	if h.HasSecret {
		config["secret"] = "********"
	}
	events := h.Events
	if len(events) == 0 {
		events = []string{"push"}
	}
	return object{
		"type": "Repository", "id": h.ID, "name": "web", "active": !h.Inactive, "events": events, "config": config,
		"created_at": v.since(h.CreatedAt), "updated_at": v.since(h.CreatedAt), "url": at, "test_url": at + "/test",
		"ping_url": at + "/pings", "deliveries_url": at + "/deliveries",
		"last_response": object{"code": nil, "status": "unused", "message": nil},
	}
}

func (v settingsView) properties(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, propertiesJSON(v.Properties))
}

// propertiesJSON lists custom properties by name.
func propertiesJSON(values map[string]any) []object {
	list := []object{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		list = append(list, object{"property_name": name, "value": values[name]})
	}
	return list
}

// sbom is the bill of materials; the repository itself is its first package.
func (v settingsView) sbom(w http.ResponseWriter, _ *http.Request) {
	root := "SPDXRef-com.github." + v.owner.Login + "-" + v.repo.Name
	packages := []object{{
		"SPDXID": root, "name": "com.github." + v.fullName(), "versionInfo": v.repo.DefaultBranch,
		"downloadLocation": "git+" + v.html, "filesAnalyzed": false,
	}}
	relations := []object{{"relationshipType": "DESCRIBES", "spdxElementId": "SPDXRef-DOCUMENT", "relatedSpdxElement": root}}
	for i, p := range v.SBOM {
		id := fmt.Sprintf("SPDXRef-%s-%d", p.Name, i+1)
		o := object{
			"SPDXID": id, "name": p.Name, "versionInfo": p.Version, "downloadLocation": "NOASSERTION", "filesAnalyzed": false,
			"licenseConcluded": cmp.Or(p.License, "NOASSERTION"),
		}
		if p.PURL != "" {
			o["externalRefs"] = []object{{
				"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": p.PURL,
			}}
		}
		packages = append(packages, o)
		relations = append(relations, object{"relationshipType": "DEPENDS_ON", "spdxElementId": root, "relatedSpdxElement": id})
	}
	writeJSON(w, http.StatusOK, object{"sbom": object{
		"SPDXID": "SPDXRef-DOCUMENT", "spdxVersion": "SPDX-2.3", "name": "com.github." + v.fullName(), "dataLicense": "CC0-1.0",
		"creationInfo":      object{"created": v.since(v.repo.PushedAt), "creators": []string{"Tool: emulator"}},
		"documentNamespace": v.html + "/dependency_graph/sbom", "packages": packages, "relationships": relations,
	}})
}

// attestations answers 404 for a digest that nothing attests, as GitHub does. The
// bundles are not signed: nobody could have signed them.
func (v settingsView) attestations(w http.ResponseWriter, r *http.Request) {
	list := []object{}
	digest := param(r, "digest")
	for _, a := range v.Attestations {
		if a.SubjectDigest != digest {
			continue
		}
		algorithm, hash, _ := strings.Cut(digest, ":")
		statement, err := json.Marshal(object{
			"_type": "https://in-toto.io/Statement/v1", "predicateType": a.PredicateType, "predicate": object{},
			"subject": []object{{"name": v.repo.Name, "digest": object{algorithm: hash}}},
		})
		if err != nil {
			writeError(w, http.StatusInternalServerError, err.Error())
			return
		}
		list = append(list, object{"repository_id": v.repo.ID, "bundle": object{
			"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": object{},
			"dsseEnvelope": object{
				"payloadType": "application/vnd.in-toto+json", "payload": base64.StdEncoding.EncodeToString(statement), "signatures": []object{},
			},
		}})
	}
	if len(list) == 0 {
		writeNotFound(w)
		return
	}
	writeJSON(w, http.StatusOK, object{"attestations": list})
}
