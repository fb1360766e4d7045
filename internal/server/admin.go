package server

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/store"
)

type adminPage struct {
	Installations []installationView
	Deliveries    []deliveryView
	State         string
	States        []option
	Troubles      []troubleView
	Jobs          []store.JobCount // only for who administers all
	Counts        *store.Counts
	Retried       string
	Events        store.OutgoingCount // only for who administers all
	Outgoing      []outgoingView
}

type installationView struct {
	store.Installation
	store.InstallationSum
	Budgets []store.Budget
	Written int // pieces of content in the last hour
	Most    int // of them
	Granted []string
	Paused  string
	Link    string

	PerHour, PerDay     int    // new issues
	UsualHour, UsualDay int    // where nothing else is said
	Done                string // when the last one may be opened
}

type deliveryView struct {
	store.Delivery
	Account string
	Advice  string
}

// outgoingView is an event that did not reach its endpoint.
type outgoingView struct {
	store.Outgoing
	Host string
}

type troubleView struct {
	store.Trouble
	Link   string
	Advice string
}

// administered are the installations that the visitor administers, and whether
// those are all there are.
func (s *Server) administered(r *http.Request) (ours []store.Installation, whole bool, err error) {
	v := visitorOf(r)
	if v.viewer.ID == 0 {
		return nil, false, store.ErrNotFound
	}
	ours, err = s.Store.Administered(r.Context(), v.sight)
	if err == nil && len(ours) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, false, err
	}
	all, err := s.Store.CountInstallations(r.Context())
	return ours, all == len(ours), err
}

// admin shows how the server fares to those who administer installations.
func (s *Server) admin(w http.ResponseWriter, r *http.Request) {
	ours, whole, err := s.administered(r)
	if errors.Is(err, store.ErrNotFound) && visitorOf(r).viewer.ID != 0 {
		s.problem(w, r, http.StatusNotFound, "This page is for those who administer every repository of an installation at GitHub.")
		return
	}
	if err != nil {
		s.failed(w, r, err)
		return
	}
	p := adminPage{State: r.URL.Query().Get("state"), Retried: r.URL.Query().Get("retried")}
	for _, o := range []option{{Label: "All"}, {Label: "Received", Value: "received"}, {Label: "Processed", Value: "processed"}, {Label: "Ignored", Value: "ignored"}, {Label: "Failed", Value: "failed"}} {
		o.Link, o.Current = "/admin?state="+o.Value+"#deliveries", o.Value == p.State
		p.States = append(p.States, o)
	}
	ids, accounts := []int64{}, map[int64]string{}
	for _, i := range ours {
		ids, accounts[i.ID] = append(ids, i.ID), i.AccountLogin
	}
	if whole {
		ids = append(ids, 0) // of no installation
	}
	err = s.fillInstallations(r, &p, ours)
	if err == nil {
		err = s.fillTrouble(r, &p, ids, accounts)
	}
	if err == nil && whole {
		err = s.fillServer(r, &p)
	}
	if err != nil {
		s.failed(w, r, err)
		return
	}
	s.page(w, r, http.StatusOK, "admin", "Administration", "admin", p)
}

func (s *Server) fillInstallations(r *http.Request, p *adminPage, ours []store.Installation) error {
	ids := []int64{}
	for _, i := range ours {
		ids = append(ids, i.ID)
	}
	sums, err := s.Store.InstallationSums(r.Context(), ids)
	if err != nil {
		return err
	}
	budgets, err := s.Store.Budgets(r.Context())
	if err != nil {
		return err
	}
	written, err := s.Store.Spent(r.Context(), store.ContentHour, s.Clock.Lasts(time.Hour))
	if err != nil {
		return err
	}
	for _, i := range ours {
		v := installationView{Installation: i, Link: orgLink(i.AccountLogin), Most: store.ContentPerHour}
		for _, w := range written {
			if w.InstallationID == i.ID {
				v.Written = w.Used
			}
		}
		for _, sum := range sums {
			if sum.InstallationID == i.ID {
				v.InstallationSum = sum
			}
		}
		for _, b := range budgets {
			if b.InstallationID == i.ID {
				v.Budgets = append(v.Budgets, b)
			}
		}
		for _, name := range sortedKeys(i.Permissions) {
			v.Granted = append(v.Granted, strings.ReplaceAll(name, "_", " ")+": "+i.Permissions[name])
		}
		if left, reason, err := s.Store.Paused(r.Context(), i.ID); err != nil {
			return err
		} else if left > 0 {
			v.Paused = "until " + s.Now().Add(left).UTC().Format("15:04") + " UTC, for " + count(int(left.Minutes())+1, "minute") + ": " + reason
		}
		if err := s.fillWaves(r, &v); err != nil {
			return err
		}
		p.Installations = append(p.Installations, v)
	}
	return nil
}

func (s *Server) fillTrouble(r *http.Request, p *adminPage, ids []int64, accounts map[int64]string) error {
	deliveries, err := s.Store.DeliveriesOf(r.Context(), ids, store.DeliveryState(p.State), 50)
	if err != nil {
		return err
	}
	for _, d := range deliveries {
		p.Deliveries = append(p.Deliveries, deliveryView{d, cmp.Or(accounts[d.InstallationID], "the App"), advice(d.Error)})
	}
	troubles, err := s.Store.Troubles(r.Context(), ids, 50)
	for _, t := range troubles {
		p.Troubles = append(p.Troubles, troubleView{t, repoLink(t.Owner, t.Name), advice(t.Error)})
	}
	return err
}

func (s *Server) fillServer(r *http.Request, p *adminPage) error {
	counts, err := s.Store.Counts(r.Context())
	if err != nil {
		return err
	}
	p.Counts = &counts
	if p.Jobs, err = s.Store.JobCounts(r.Context()); err != nil {
		return err
	}
	if p.Events, err = s.Store.CountOutgoing(r.Context()); err != nil {
		return err
	}
	open, err := s.Store.OpenOutgoing(r.Context(), 50)
	for _, o := range open {
		view := outgoingView{o, "an endpoint"}
		if u, err := url.Parse(o.Endpoint); err == nil { // the rest may hold a password
			view.Host = u.Host
		}
		p.Outgoing = append(p.Outgoing, view)
	}
	return err
}

// retryDelivery has a failed delivery processed again.
func (s *Server) retryDelivery(w http.ResponseWriter, r *http.Request) {
	ours, whole, err := s.administered(r)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	d, err := s.Store.Delivery(r.Context(), r.PostFormValue("guid"))
	if err != nil {
		s.failed(w, r, err)
		return
	}
	mine := slices.ContainsFunc(ours, func(i store.Installation) bool { return i.ID == d.InstallationID })
	if !mine && (d.InstallationID != 0 || !whole) {
		s.notFound(w, r)
		return
	}
	// The inbox requeues what has failed, as it does when GitHub delivers it
	// again.
	outcome, err := s.Inbox.Accept(r.Context(), d)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	retried := "waiting"
	if outcome == store.Requeued {
		retried = "yes"
	}
	http.Redirect(w, r, "/admin?retried="+retried+"#deliveries", http.StatusSeeOther)
}

// resendEvent has a dead event sent anew.
func (s *Server) resendEvent(w http.ResponseWriter, r *http.Request) {
	_, whole, err := s.administered(r)
	if err == nil && !whole {
		err = store.ErrNotFound
	}
	if err != nil {
		s.failed(w, r, err)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	id, err := strconv.ParseInt(r.PostFormValue("id"), 10, 64)
	if err != nil {
		s.failed(w, r, badRequest("id: the number of an event is wanted"))
		return
	}
	retried := "yes"
	err = s.Resend(r.Context(), id)
	if errors.Is(err, store.ErrNotFound) {
		retried, err = "waiting", nil
	}
	if err != nil {
		s.failed(w, r, err)
		return
	}
	http.Redirect(w, r, "/admin?retried="+retried+"#events", http.StatusSeeOther)
}

// advice is what to do about an error, by what it says.
func advice(message string) string {
	m := strings.ToLower(message)
	for _, known := range []struct{ says, do string }{
		{"rate limited", "GitHub asked us to wait; the job goes on by itself when the limit resets."},
		{"not permitted", "The installation lacks a permission. Accept the App's new permissions in the organisation's settings on GitHub."},
		{"credentials rejected", "GitHub refused the App's key. Check the private key and the App's id, or make a new key."},
		{"archived", "The repository is archived; unarchive it on GitHub or leave it out of the installation."},
		{"issues switched off", "Switch issues on in the repository's settings on GitHub."},
		{"gone", "It was deleted or switched off on GitHub; nothing to do if that was on purpose."},
		{"out of sight", "The App can't see it. Add the repository to the installation on GitHub."},
		{"not found", "It is not there any more, or the App can't see it. Check the installation's repositories on GitHub."},
		{"empty", "Push a first commit to the default branch."},
		{"timeout", "GitHub or the network was slow; it is tried again by itself."},
		{"deadline", "GitHub or the network was slow; it is tried again by itself."},
		{"connection refused", "GitHub can't be reached from this server. Check its network and READYLINE_GITHUB_API_URL."},
		{"no such host", "GitHub's name does not resolve on this server. Check DNS and READYLINE_GITHUB_API_URL."},
	} {
		if strings.Contains(m, known.says) {
			return known.do
		}
	}
	if message == "" {
		return ""
	}
	return "It is tried again with growing pauses. If it stays, the server's log tells more; run readyline doctor."
}
