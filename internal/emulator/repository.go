package emulator

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// RepoSpec says which repository to add.
type RepoSpec struct {
	Owner  string
	Name   string
	GitDir string // a bare repository or a work tree; read, never written
	// Private, Archived and Fork are as on GitHub.
	Private  bool
	Archived bool
	Fork     bool
	// HasIssues is true when nil, except on a fork.
	HasIssues *bool
	// DefaultBranch is the branch of HEAD when empty.
	DefaultBranch string
	Topics        []string
	Description   string
}

var repositoryName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)

// AddRepository serves a local git repository as owner/name. Its present commits are
// not announced; the later ones are. One that is known already, by owner and name, is returned as it is.
func (s *Server) AddRepository(spec RepoSpec) (*Repository, error) {
	if !repositoryName.MatchString(spec.Name) || spec.Name == "." || spec.Name == ".." {
		return nil, fmt.Errorf("emulator: add repository: %q is not a repository's name", spec.Name)
	}
	git, err := s.openGit(s.ctx, spec.GitDir)
	if err != nil {
		return nil, fmt.Errorf("emulator: add %s/%s: %w", spec.Owner, spec.Name, err)
	}
	refs, head, err := git.refsAndHead(s.ctx)
	if err != nil {
		return nil, fmt.Errorf("emulator: add %s/%s: %w", spec.Owner, spec.Name, err)
	}
	branch := cmp.Or(spec.DefaultBranch, head)
	s.mu.Lock()
	defer s.mu.Unlock()
	owner := s.accountLocked(spec.Owner)
	if owner == nil {
		return nil, fmt.Errorf("emulator: add %s/%s: no account %s", spec.Owner, spec.Name, spec.Owner)
	}
	if known := s.repositoryLocked(spec.Owner, spec.Name); known != nil {
		known.GitDir = git.dir
		return known, nil
	}
	repo := s.newRepositoryLocked(owner, spec, git.dir, branch, refs)
	s.announceCreatedLocked(repo)
	return repo, nil
}

func (s *Server) newRepositoryLocked(owner *Account, spec RepoSpec, dir, branch string, refs map[string]string) *Repository {
	now := s.now().UTC()
	repo := &Repository{
		ID: s.state.id(), OwnerID: owner.ID, Name: spec.Name, GitDir: dir, Description: spec.Description,
		DefaultBranch: branch, Topics: slices.Clone(spec.Topics), Private: spec.Private, Archived: spec.Archived,
		Fork: spec.Fork, HasIssues: !spec.Fork, CreatedAt: now, UpdatedAt: now, PushedAt: now,
		Roles: map[int64]string{}, Refs: refs, Issues: map[int]*Issue{}, Settings: map[string]json.RawMessage{},
	}
	if spec.HasIssues != nil {
		repo.HasIssues = *spec.HasIssues
	}
	if writer := s.personLocked(DefaultWriter); writer != nil && strings.EqualFold(owner.Login, DefaultOrganization) {
		repo.Roles[writer.ID] = "write"
	}
	s.state.Repositories[repo.ID] = repo
	name := strings.ToLower(owner.Login + "/" + repo.Name)
	delete(s.state.Redirects, name)
	s.sorted = nil
	if s.names != nil {
		s.names[name] = repo.ID
	}
	return repo
}

// Repository returns owner/name, or nil.
func (s *Server) Repository(owner, name string) *Repository {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.repositoryLocked(owner, name)
}

func (s *Server) repositoryLocked(owner, name string) *Repository {
	if s.names == nil {
		s.names = make(map[string]int64, len(s.state.Repositories))
		for _, repo := range s.state.Repositories {
			s.names[strings.ToLower(s.fullNameLocked(repo))] = repo.ID
		}
	}
	return s.state.Repositories[s.names[strings.ToLower(owner+"/"+name)]]
}

// byFullNameLocked finds a repository by "owner/name".
func (s *Server) byFullNameLocked(full string) *Repository {
	owner, name, _ := strings.Cut(full, "/")
	return s.repositoryLocked(owner, name)
}

// findRepositoryLocked also follows what was renamed or transferred, and says so.
func (s *Server) findRepositoryLocked(owner, name string) (repo *Repository, moved bool) {
	if repo := s.repositoryLocked(owner, name); repo != nil {
		return repo, false
	}
	repo = s.state.Repositories[s.state.Redirects[strings.ToLower(owner+"/"+name)]]
	return repo, repo != nil
}

// repositoriesLocked lists the repositories by full name. The list is the caller's to change.
func (s *Server) repositoriesLocked() []*Repository {
	if s.sorted == nil {
		s.sorted = slices.Collect(maps.Values(s.state.Repositories))
		slices.SortFunc(s.sorted, func(a, b *Repository) int {
			owners := strings.Compare(s.state.Accounts[a.OwnerID].Login, s.state.Accounts[b.OwnerID].Login)
			return cmp.Or(owners, strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
		})
	}
	return slices.Clone(s.sorted)
}

// forgetNamesLocked has to follow every change of a repository's name or owner.
func (s *Server) forgetNamesLocked() { s.names, s.sorted = nil, nil }

func (s *Server) fullNameLocked(repo *Repository) string {
	return s.state.Accounts[repo.OwnerID].Login + "/" + repo.Name
}

// FullName is owner/name as it is now.
func (s *Server) FullName(repo *Repository) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fullNameLocked(repo)
}

// git returns the opened git directory of a repository.
func (s *Server) git(ctx context.Context, repo *Repository) (*gitRepo, error) {
	s.mu.Lock()
	dir := repo.GitDir
	s.mu.Unlock()
	return s.openGit(ctx, dir)
}
