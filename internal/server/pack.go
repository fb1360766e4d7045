package server

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/store"
)

// packFile is one file of an evidence pack.
type packFile struct {
	name string
	body []byte
}

// manifest names what a pack holds; its signature vouches for all of it.
type manifest struct {
	Repository string            `json:"repository"`
	At         time.Time         `json:"at"`
	Made       time.Time         `json:"made"`
	By         string            `json:"by"`
	Files      map[string]string `json:"sha256"`
	PublicKey  string            `json:"public_key"` // ed25519, base64
}

// packReport is what summary.html shows.
type packReport struct {
	Repo    store.Repository
	At      time.Time
	Made    time.Time
	Lists   []listView
	Said    []store.Statement // what stood then
	GitHub  string
	Link    string
	MadeFor string
}

// evidencePack is all that is known of a repository, as of a time, for people
// who audit it: every item, state, proof, attestation and waiver, as one signed
// archive.
func (s *Server) evidencePack(w http.ResponseWriter, r *http.Request) {
	repo, err := s.visible(r)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	at, err := s.pastOf(r)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	made := s.Now().UTC()
	files, err := s.packFiles(r, repo, at, made)
	if err == nil && at.IsZero() {
		at = made
	}
	var body []byte
	if err == nil {
		body, err = s.pack(files, manifest{Repository: repo.FullName(), At: at, Made: made, By: visitorOf(r).viewer.Login})
	}
	if err != nil {
		s.failed(w, r, err)
		return
	}
	name := strings.Map(func(c rune) rune {
		if c == '-' || c == '.' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return c
		}
		return '-'
	}, repo.Owner+"-"+repo.Name)
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="evidence-%s-%s.zip"`, name, at.Format("20060102")))
	_, _ = w.Write(body)
}

func (s *Server) packFiles(r *http.Request, repo store.Repository, at, made time.Time) ([]packFile, error) {
	ctx := r.Context()
	lists, err := s.listsOf(ctx, repo, at)
	if err != nil {
		return nil, err
	}
	e, err := s.effective(ctx, visitorOf(r).sight, repo)
	if err != nil {
		return nil, err
	}
	if at.IsZero() {
		at = made
	}
	said, err := s.Store.StatementsAsOf(ctx, repo.ID, at)
	if err != nil {
		return nil, err
	}
	report := packReport{
		Repo: repo, At: at, Made: made, Said: said, GitHub: s.githubURL() + "/" + escaped(repo.FullName()),
		Link: s.PublicURL + repoLink(repo.Owner, repo.Name), MadeFor: visitorOf(r).viewer.Login,
	}
	items, standings := []apiItem{}, []apiStanding{}
	for _, l := range lists {
		changed := l.At
		items, standings = append(items, s.itemsOf(repo, e, l)...), append(standings, standingOf(l.Checklist, l.Title, l.Standing, &changed))
		v := listView{Assessment: l.Assessment}
		v.group(s.itemViews(repo, e, l), "")
		report.Lists = append(report.Lists, v)
	}
	evidence, err := json.MarshalIndent(map[string]any{
		"repository": repo.FullName(), "repository_id": repo.ID, "at": at, "made": made, "checklists": standings, "items": items, "statements": statementsOf(said),
	}, "", "  ")
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	if err := s.looks.pack.Execute(&page, report); err != nil {
		return nil, err
	}
	return []packFile{
		{"evidence.json", evidence}, {"items.csv", itemTable(items).bytes()}, {"summary.html", page.Bytes()}, {"README.txt", []byte(packReadme)},
	}, nil
}

type packStatement struct {
	Checklist   string     `json:"checklist"`
	Item        string     `json:"item"`
	Kind        string     `json:"kind"`
	By          string     `json:"by"`
	At          time.Time  `json:"at"`
	Note        string     `json:"note"`
	Until       *time.Time `json:"until"`
	Via         string     `json:"via"`
	WithdrawnAt *time.Time `json:"withdrawn_at"`
	WithdrawnBy string     `json:"withdrawn_by"`
}

func statementsOf(all []store.Statement) []packStatement {
	out := []packStatement{}
	for _, n := range all {
		out = append(out, packStatement{n.Checklist, n.Item, string(n.Kind), n.By, n.At, n.Note, n.Until, string(n.Via), n.WithdrawnAt, n.WithdrawnBy})
	}
	return out
}

const packReadme = `This archive holds what Readyline knew of one repository at one time.

summary.html   to read
items.csv      every item, for a spreadsheet
evidence.json  every item, proof, attestation and waiver, for programs
manifest.json  the SHA-256 of each file, and the public key
manifest.sig   the ed25519 signature of manifest.json, as base64

To check it, in the folder where it was unpacked, with the server's address:

curl -s https://SERVER/api/v1/evidence-key | jq -r .pem > key.pem
base64 -d manifest.sig > manifest.bin
openssl pkeyutl -verify -rawin -pubin -inkey key.pem -in manifest.json -sigfile manifest.bin
jq -r '.sha256 | to_entries[] | .value + "  " + .key' manifest.json | sha256sum -c
`

// pack zips files with a manifest of their sums and its signature. The same
// content gives the same bytes.
func (s *Server) pack(files []packFile, m manifest) ([]byte, error) {
	m.Files, m.PublicKey = map[string]string{}, s.publicKey()
	for _, f := range files {
		sum := sha256.Sum256(f.body)
		m.Files[f.name] = hex.EncodeToString(sum[:])
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	signature := base64.StdEncoding.EncodeToString(ed25519.Sign(s.sealer.sign, text))
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range append(files, packFile{"manifest.json", text}, packFile{"manifest.sig", []byte(signature + "\n")}) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: m.Made})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.body); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (s *Server) publicKey() string {
	return base64.StdEncoding.EncodeToString(s.sealer.sign.Public().(ed25519.PublicKey))
}

// apiEvidenceKey is the key that evidence packs are checked by.
func (s *Server) apiEvidenceKey(w http.ResponseWriter, r *http.Request) {
	der, err := x509.MarshalPKIXPublicKey(s.sealer.sign.Public())
	if err != nil {
		s.failed(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{
		"algorithm": "ed25519", "public_key": s.publicKey(),
		"pem": string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})),
	})
}
