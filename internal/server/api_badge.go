package server

import (
	"net/http"
	"net/url"

	"github.com/readyline/readyline/internal/store"
)

type apiToken struct {
	Token string `json:"token"`
	URL   string `json:"url"` // of the badge, token and all
}

// writable is the repository that a request names, if the caller may write to
// it; for everybody else its token is not there.
func (s *Server) writable(r *http.Request) (store.Repository, error) {
	repo, err := s.visible(r)
	if err != nil {
		return repo, err
	}
	may, err := s.writes(r, repo.ID)
	if err == nil && !may {
		err = store.ErrNotFound
	}
	return repo, err
}

// apiBadgeToken is the token by which a badge is shown to people who can't see
// the repository. The first who asks for it makes it.
func (s *Server) apiBadgeToken(w http.ResponseWriter, r *http.Request) {
	repo, err := s.writable(r)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	token, err := s.Store.BadgeToken(r.Context(), repo.ID, newSecret())
	s.answerToken(w, r, repo, token, err)
}

// apiNewBadgeToken makes a new token; badges with the old one show nothing any
// more.
func (s *Server) apiNewBadgeToken(w http.ResponseWriter, r *http.Request) {
	repo, err := s.writable(r)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	token := newSecret()
	s.answerToken(w, r, repo, token, s.Store.SetBadgeToken(r.Context(), repo.ID, token))
}

func (s *Server) answerToken(w http.ResponseWriter, r *http.Request, repo store.Repository, token string, err error) {
	if err != nil {
		s.failed(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	badge := s.PublicURL + "/badge/" + url.PathEscape(repo.Owner) + "/" + url.PathEscape(repo.Name) + ".svg?" + url.Values{"token": {token}}.Encode()
	writeJSON(w, http.StatusOK, apiToken{token, badge})
}

// apiDropBadgeToken takes the token away.
func (s *Server) apiDropBadgeToken(w http.ResponseWriter, r *http.Request) {
	repo, err := s.writable(r)
	if err == nil {
		err = s.Store.SetBadgeToken(r.Context(), repo.ID, "")
	}
	if err != nil {
		s.failed(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
