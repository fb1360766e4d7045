package emulator

import (
	"cmp"
	"context"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// watchEvery is the pause between two looks at the refs.
const watchEvery = 150 * time.Millisecond

// keepProcesses is the number of repositories whose git processes are kept running.
const keepProcesses = 40

// watch looks for new commits until Close. With many repositories a look takes
// longer, and so does the pause: never more than a fifth of a core.
func (s *Server) watch() {
	for {
		start := time.Now()
		s.Poll(s.ctx)
		s.trimProcesses()
		pause := max(cmp.Or(s.options.WatchEvery, watchEvery), 4*time.Since(start))
		select {
		case <-s.ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// Poll looks once for refs that changed in the git directories and announces the pushes.
func (s *Server) Poll(ctx context.Context) {
	s.polling.Lock()
	defer s.polling.Unlock()
	s.mu.Lock()
	repos := s.repositoriesLocked()
	s.mu.Unlock()
	fresh := map[string]bool{}
	prints := map[string]string{}
	for _, repo := range repos {
		git, err := s.git(ctx, repo)
		if err != nil || ctx.Err() != nil {
			continue
		}
		if _, looked := fresh[git.dir]; !looked {
			prints[git.dir] = git.fingerprint()
			s.mu.Lock()
			fresh[git.dir] = s.seen[git.dir] != prints[git.dir]
			s.mu.Unlock()
		}
		if fresh[git.dir] {
			s.announce(ctx, repo, git)
		}
	}
	s.mu.Lock()
	for dir, print := range prints {
		s.seen[dir] = print
	}
	s.mu.Unlock()
}

// fingerprint sums up everything that says where a repository's refs point, without running git.
func (g *gitRepo) fingerprint() string {
	h := fnv.New64a()
	for _, name := range []string{"packed-refs", filepath.Join("reftable", "tables.list")} {
		if info, err := os.Stat(filepath.Join(g.common, name)); err == nil {
			h.Write([]byte(name + info.ModTime().String() + strconv.FormatInt(info.Size(), 10)))
		}
	}
	if head, err := os.ReadFile(filepath.Join(g.dir, "HEAD")); err == nil {
		h.Write(head)
	}
	for _, dir := range []string{"heads", "tags"} {
		_ = filepath.WalkDir(filepath.Join(g.common, "refs", dir), func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && !strings.HasSuffix(path, ".lock") {
				content, _ := os.ReadFile(path)
				h.Write([]byte(path))
				h.Write(content)
			}
			return nil
		})
	}
	return strconv.FormatUint(h.Sum64(), 16)
}

// refMove is one ref that moved; an empty id means that it was or is not there.
type refMove struct{ name, before, after string }

// announce compares a repository's refs with those last announced.
func (s *Server) announce(ctx context.Context, repo *Repository, git *gitRepo) {
	refs, err := git.refs(ctx)
	if err != nil {
		s.log.Warn("emulator: read refs", "error", err)
		return
	}
	s.mu.Lock()
	old := repo.Refs
	repo.Refs = refs
	s.mu.Unlock()
	moves := movesBetween(old, refs)
	if len(moves) == 0 {
		return
	}
	tags, branches := 0, 0
	for _, m := range moves {
		if strings.HasPrefix(m.name, "refs/tags/") {
			tags++
		} else {
			branches++
		}
	}
	for _, m := range moves {
		// GitHub says nothing of pushes of more than three tags or 5,000 branches at once.
		if strings.HasPrefix(m.name, "refs/tags/") && tags > 3 || branches > 5000 {
			continue
		}
		s.announceMove(ctx, repo, git, m, old)
	}
	s.syncPulls(ctx, repo, git, moves)
}

func movesBetween(old, new map[string]string) []refMove {
	var moves []refMove
	for name, sha := range new {
		if old[name] != sha {
			moves = append(moves, refMove{name, old[name], sha})
		}
	}
	for name, sha := range old {
		if new[name] == "" {
			moves = append(moves, refMove{name, sha, ""})
		}
	}
	sort.Slice(moves, func(i, j int) bool { return moves[i].name < moves[j].name })
	return moves
}

// announceMove sends push, and create or delete, for one ref.
func (s *Server) announceMove(ctx context.Context, repo *Repository, git *gitRepo, m refMove, old map[string]string) {
	commits, touched := pushed(ctx, git, m, old)
	forced := m.before != "" && m.after != "" && !git.isAncestor(ctx, m.before, m.after)
	s.mu.Lock()
	defer s.mu.Unlock()
	repo.PushedAt = s.now().UTC()
	pusher := s.pusherLocked(repo, commits)
	list := []object{}
	for _, c := range commits {
		list = append(list, s.pushCommitJSONLocked(repo, c, touched[c.SHA]))
	}
	before, after := m.before, m.after
	if before == "" {
		before = zeroSHA
	}
	var head any
	if after == "" {
		after = zeroSHA
	} else if len(list) > 0 {
		head = list[len(list)-1]
	} else if sha, _, _, err := git.info(m.after + "^{commit}"); err == nil {
		if c, err := git.readCommit(sha); err == nil {
			head = s.pushCommitJSONLocked(repo, c, nil)
		}
	}
	kind, name := "branch", strings.TrimPrefix(m.name, "refs/heads/")
	if tag, ok := strings.CutPrefix(m.name, "refs/tags/"); ok {
		kind, name = "tag", tag
	}
	email := pusher.Login + "@users.noreply.localhost"
	s.emitLocked("push", repo, pusher, object{
		"ref": m.name, "before": before, "after": after, "created": m.before == "", "deleted": m.after == "", "forced": forced,
		"base_ref": nil, "compare": s.URL() + "/" + s.fullNameLocked(repo) + "/compare/" + before[:12] + "..." + after[:12],
		"commits": list, "head_commit": head, "pusher": object{"name": pusher.Login, "email": email},
	})
	brief := object{"ref": name, "ref_type": kind, "pusher_type": "user"}
	if m.before == "" {
		brief["master_branch"], brief["description"] = repo.DefaultBranch, orNull(repo.Description)
		s.emitLocked("create", repo, pusher, brief)
	} else if m.after == "" {
		s.emitLocked("delete", repo, pusher, brief)
	}
}

// pushed lists the commits that a push brings, oldest first, at most the 2,048 newest.
func pushed(ctx context.Context, git *gitRepo, m refMove, old map[string]string) ([]*commit, map[string]*change) {
	if m.after == "" || strings.HasPrefix(m.name, "refs/tags/") {
		return nil, nil
	}
	args := []string{"--max-count=2048", m.after, "--not"}
	if m.before != "" {
		args = append(args, m.before)
	} else {
		known := map[string]bool{}
		for name, sha := range old {
			if strings.HasPrefix(name, "refs/heads/") && !known[sha] && len(args) < 2000 {
				known[sha] = true
				args = append(args, sha)
			}
		}
	}
	shas, err := git.commits(ctx, args...)
	if err != nil {
		return nil, nil
	}
	slices.Reverse(shas)
	touched, err := git.changes(ctx, shas)
	if err != nil {
		return nil, nil
	}
	var commits []*commit
	for _, sha := range shas {
		if c, err := git.readCommit(sha); err == nil {
			commits = append(commits, c)
		}
	}
	return commits, touched
}

// pusherLocked is who pushed: the last commit's committer when the emulator knows them,
// else the repository's owner.
func (s *Server) pusherLocked(repo *Repository, commits []*commit) *Account {
	if len(commits) > 0 {
		if a := s.byEmailLocked(commits[len(commits)-1].Committer.Email); a != nil {
			return a
		}
	}
	return s.ownerOfLocked(s.state.Accounts[repo.OwnerID])
}

// trimProcesses ends the git processes of those repositories that were read longest ago.
func (s *Server) trimProcesses() {
	s.mu.Lock()
	var open []*gitRepo
	for _, g := range s.gits {
		if !g.idleSince().IsZero() && !slices.Contains(open, g) {
			open = append(open, g)
		}
	}
	s.mu.Unlock()
	if len(open) <= keepProcesses {
		return
	}
	sort.Slice(open, func(i, j int) bool { return open[i].idleSince().Before(open[j].idleSince()) })
	for _, g := range open[:len(open)-keepProcesses] {
		g.close()
	}
}
