package server

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/store"
)

// fillWaves tells how fast new issues of an installation come, and until when.
func (s *Server) fillWaves(r *http.Request, v *installationView) error {
	v.PerHour, v.PerDay = v.Installation.Wave(s.Clock)
	v.UsualHour, v.UsualDay = store.Installation{}.Wave(s.Clock)
	p, err := s.Store.Progress(r.Context(), v.Installation, s.Now(), s.Clock)
	if err == nil && !p.By.IsZero() {
		v.Done = until(s.Now(), p.By)
	}
	return err
}

// until says when something is over, by the clock and from now.
func until(now, then time.Time) string {
	layout := "2 January, 15:04 UTC"
	if then.Sub(now) < 12*time.Hour {
		layout = "15:04 UTC"
	}
	return "at " + then.UTC().Format(layout) + ", in " + strings.TrimPrefix(roughly(then.Sub(now)), "about ")
}

// mostWave is the largest number of issues that somebody may ask for.
const mostWave = 100_000

// setWaves pauses, resumes or changes the waves of new issues of an installation.
func (s *Server) setWaves(w http.ResponseWriter, r *http.Request) {
	ours, _, err := s.administered(r)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	id, err := strconv.ParseInt(r.PostFormValue("installation"), 10, 64)
	at := slices.IndexFunc(ours, func(i store.Installation) bool { return i.ID == id })
	if err != nil || at < 0 {
		s.notFound(w, r)
		return
	}
	in := ours[at]
	switch do := r.PostFormValue("do"); do {
	case "pause", "resume":
		in.WavePaused = do == "pause"
	case "set":
		for name, to := range map[string]*int{"per_hour": &in.IssuesPerHour, "per_day": &in.IssuesPerDay} {
			n, err := strconv.Atoi(r.PostFormValue(name))
			if err != nil || n < 0 || n > mostWave {
				s.failed(w, r, badRequest(name+": a number from 0 to "+strconv.Itoa(mostWave)+" is wanted"))
				return
			}
			*to = n
		}
	default:
		s.failed(w, r, badRequest("do: set, pause or resume is wanted"))
		return
	}
	if err := s.Store.SetWave(r.Context(), in.ID, in.Mode, in.IssuesPerHour, in.IssuesPerDay, in.WavePaused); err != nil {
		s.failed(w, r, err)
		return
	}
	s.Log.InfoContext(r.Context(), "waves of new issues set", "installation", in.ID, "account", in.AccountLogin, "by", visitorOf(r).viewer.Login,
		"paused", in.WavePaused, "per_hour", in.IssuesPerHour, "per_day", in.IssuesPerDay)
	http.Redirect(w, r, "/admin?retried=waves", http.StatusSeeOther)
}
