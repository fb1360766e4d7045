package emulator

import (
	"sort"
	"strings"
)

// DefaultOwner, DefaultWriter and DefaultReader are the people, and DefaultOrganization the
// organization, that every emulator starts with. The owner owns the organization; the
// writer and the reader get their roles on each of its repositories.
const (
	DefaultOwner        = "alice"
	DefaultWriter       = "bob"
	DefaultReader       = "carol"
	DefaultOrganization = "demo"
)

func (s *Server) addDefaultAccounts() {
	for _, login := range []string{DefaultOwner, DefaultWriter, DefaultReader} {
		s.AddUser(login)
	}
	s.AddOrganization(DefaultOrganization, DefaultOwner, DefaultWriter, DefaultReader)
}

// AddUser returns the person of that login, added when there was none.
func (s *Server) AddUser(login string) *Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addAccountLocked(login, typeUser)
}

// AddOrganization returns the organization of that login with the given members,
// of whom the first owns it.
func (s *Server) AddOrganization(login string, members ...string) *Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	org := s.addAccountLocked(login, typeOrganization)
	for i, member := range members {
		role := "member"
		if i == 0 && len(org.Members) == 0 {
			role = "admin"
		}
		account := s.addAccountLocked(member, typeUser)
		if org.Members[account.ID] == "" {
			org.Members[account.ID] = role
		}
	}
	return org
}

func (s *Server) addAccountLocked(login, kind string) *Account {
	if account := s.accountLocked(login); account != nil {
		return account
	}
	account := &Account{ID: s.state.id(), Login: login, Type: kind, Name: login, CreatedAt: s.now().UTC(), Members: map[int64]string{}}
	s.state.Accounts[account.ID] = account
	return account
}

// accountLocked finds an account by its login, in any case; nil when there is none.
func (s *Server) accountLocked(login string) *Account {
	for _, account := range s.state.Accounts {
		if strings.EqualFold(account.Login, login) {
			return account
		}
	}
	return nil
}

// personLocked finds a person by login; nil when there is none or it is no person.
func (s *Server) personLocked(login string) *Account {
	if account := s.accountLocked(login); account != nil && account.Type == typeUser {
		return account
	}
	return nil
}

// peopleLocked lists the people by login.
func (s *Server) peopleLocked() []*Account {
	var people []*Account
	for _, account := range s.state.Accounts {
		if account.Type == typeUser {
			people = append(people, account)
		}
	}
	sort.Slice(people, func(i, j int) bool { return people[i].Login < people[j].Login })
	return people
}

// roleLocked is a person's role on a repository: the account's owner has admin, others what
// was given them, members of the organization else read, strangers none.
func (s *Server) roleLocked(userID int64, repo *Repository) string {
	owner := s.state.Accounts[repo.OwnerID]
	if owner.ID == userID || owner.Members[userID] == "admin" {
		return "admin"
	}
	if role, ok := repo.Roles[userID]; ok {
		return role
	}
	if owner.Members[userID] != "" {
		return "read"
	}
	return "none"
}

// SetRole gives a person admin, maintain, write, triage, read or none on a repository.
func (s *Server) SetRole(repo *Repository, login, role string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	repo.Roles[s.addAccountLocked(login, typeUser).ID] = role
}
