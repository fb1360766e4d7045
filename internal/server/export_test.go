package server

// BadgesKept is how many badges are in memory and trusted.
func (s *Server) BadgesKept() int {
	b := s.badges
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.heard.IsZero() {
		return 0
	}
	return b.count
}
