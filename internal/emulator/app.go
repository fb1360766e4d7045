package emulator

import (
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// AppSpec says which GitHub App to register.
type AppSpec struct {
	Name       string
	Owner      string // DefaultOwner when empty
	WebhookURL string
	// Permissions are as in an app manifest, for instance {"issues": "write"}; metadata: read is implied.
	Permissions map[string]string
	// Events are those subscribed to; GitHub sends some others in any case.
	Events       []string
	Description  string
	HomepageURL  string
	CallbackURLs []string
	SetupURL     string
	Public       bool
}

// App is a registered GitHub App.
type App struct {
	ID            int64
	OwnerID       int64
	BotID         int64
	Slug          string
	Name          string
	Description   string
	HomepageURL   string
	ClientID      string
	ClientSecret  string
	PEM           string // PKCS #1 private key
	WebhookURL    string
	WebhookSecret string
	ContentType   string
	InsecureSSL   string
	Permissions   map[string]string
	Events        []string
	CallbackURLs  []string
	SetupURL      string
	Public        bool
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// Installation is an app's installation on an account.
type Installation struct {
	ID            int64
	AppID         int64
	AccountID     int64
	All           bool // every repository of the account, also later ones
	Repositories  map[int64]bool
	Permissions   map[string]string
	Events        []string
	CreatedAt     time.Time
	UpdatedAt     time.Time
	SuspendedAt   time.Time
	SuspendedByID int64
}

func (i *Installation) covers(repo *Repository) bool {
	return i != nil && repo.OwnerID == i.AccountID && (i.All || i.Repositories[repo.ID])
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// RegisterApp registers an app and makes its key and secrets.
func (s *Server) RegisterApp(spec AppSpec) (*App, error) {
	block, err := newPEM()
	if err != nil {
		return nil, fmt.Errorf("emulator: register app %s: %w", spec.Name, err)
	}
	slug := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(spec.Name), "-"), "-")
	if slug == "" {
		return nil, fmt.Errorf("emulator: register app: %q is no name for an app", spec.Name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	owner := s.accountLocked(cmp.Or(spec.Owner, DefaultOwner))
	if owner == nil {
		return nil, fmt.Errorf("emulator: register app %s: no account %s", spec.Name, spec.Owner)
	}
	if s.appBySlugLocked(slug) != nil {
		return nil, fmt.Errorf("emulator: register app: the name %q is taken", spec.Name)
	}
	now := s.now().UTC()
	app := &App{
		ID: s.state.id(), OwnerID: owner.ID, Slug: slug, Name: spec.Name, Description: spec.Description,
		HomepageURL: spec.HomepageURL, ClientID: "Iv23li" + randomHex(7), ClientSecret: randomHex(20), PEM: block,
		WebhookURL: spec.WebhookURL, WebhookSecret: randomHex(20), ContentType: "json", InsecureSSL: "0",
		Permissions: maps.Clone(spec.Permissions), Events: slices.Clone(spec.Events),
		CallbackURLs: slices.Clone(spec.CallbackURLs), SetupURL: spec.SetupURL, Public: spec.Public, CreatedAt: now, UpdatedAt: now,
	}
	if app.Permissions == nil {
		app.Permissions = map[string]string{}
	}
	app.Permissions["metadata"] = "read"
	app.BotID = s.addAccountLocked(slug+"[bot]", typeBot).ID
	s.state.Apps[app.ID] = app
	return app, nil
}

// NewPrivateKey gives an app another private key and returns it; the old one is
// as if it had been deleted.
func (s *Server) NewPrivateKey(app *App) (string, error) {
	text, err := newPEM()
	if err != nil {
		return "", fmt.Errorf("emulator: private key of %s: %w", app.Slug, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	app.PEM = text
	return text, nil
}

// NewClientSecret gives an app another client secret and returns it; the old one
// is as if it had been deleted.
func (s *Server) NewClientSecret(app *App) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	app.ClientSecret = randomHex(20)
	return app.ClientSecret
}

func newPEM() (string, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})), nil
}

func (s *Server) appBySlugLocked(slug string) *App {
	for _, app := range s.state.Apps {
		if app.Slug == slug {
			return app
		}
	}
	return nil
}

func (s *Server) appByClientIDLocked(id string) *App {
	for _, app := range s.state.Apps {
		if id != "" && app.ClientID == id {
			return app
		}
	}
	return nil
}

// Install installs an app on an account, on the given repositories or on all of
// them, now and later, when none is given. It sends installation.created.
func (s *Server) Install(app *App, account string, repos ...*Repository) (*Installation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	owner := s.accountLocked(account)
	if owner == nil {
		return nil, fmt.Errorf("emulator: install %s: no account %s", app.Slug, account)
	}
	for _, known := range s.installationsLocked() {
		if known.AppID == app.ID && known.AccountID == owner.ID {
			return known, nil
		}
	}
	now := s.now().UTC()
	inst := &Installation{
		ID: s.state.id(), AppID: app.ID, AccountID: owner.ID, All: len(repos) == 0, Repositories: map[int64]bool{},
		Permissions: maps.Clone(app.Permissions), Events: slices.Clone(app.Events), CreatedAt: now, UpdatedAt: now,
	}
	for _, repo := range repos {
		if repo.OwnerID != owner.ID {
			return nil, fmt.Errorf("emulator: install %s on %s: %s belongs to another account", app.Slug, account, repo.Name)
		}
		inst.Repositories[repo.ID] = true
	}
	s.state.Installations[inst.ID] = inst
	s.installationEventLocked(inst, "created", object{"repositories": s.briefReposLocked(s.coveredLocked(inst)), "requester": nil})
	return inst, nil
}

// Installations lists an app's installations by id.
func (s *Server) Installations(app *App) []*Installation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(s.installationsLocked(), func(i *Installation) bool { return i.AppID != app.ID })
}

func (s *Server) installationsLocked() []*Installation {
	list := slices.Collect(maps.Values(s.state.Installations))
	slices.SortFunc(list, func(a, b *Installation) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// installationOfLocked is the installation of an app that covers repo, or nil.
func (s *Server) installationOfLocked(appID int64, repo *Repository) *Installation {
	for _, inst := range s.state.Installations {
		if inst.AppID == appID && inst.covers(repo) {
			return inst
		}
	}
	return nil
}

// coveredLocked lists the repositories of an installation by name.
func (s *Server) coveredLocked(inst *Installation) []*Repository {
	return slices.DeleteFunc(s.repositoriesLocked(), func(r *Repository) bool { return !inst.covers(r) })
}

func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// App returns the app of that slug, or nil.
func (s *Server) App(slug string) *App {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.appBySlugLocked(slug)
}
