package domaintasktest

import (
	"time"

	"github.com/domaintask/domaintask"
)

// Renew makes this the only SecurityToken that the server accepts, with no end.
// It refuses the tokens before it as expired, also in requests that are signed
// already. Providers of Config return the new token from then on.
func (s *Server) Renew(securityToken string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.expired == nil {
		s.state.expired = map[string]bool{}
	}
	s.state.expired[s.state.token] = true
	delete(s.state.expired, securityToken)
	s.state.token, s.state.tokenExpires = securityToken, time.Time{}
}

// credentials returns the credentials that the server accepts.
func (s *Server) credentials() domaintask.Credentials {
	if s.opts.BearerToken != "" {
		return domaintask.BearerCredentials(s.opts.BearerToken)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return domaintask.NewCredentials(s.opts.AccessKeyID, s.opts.AccessKeySecret, s.state.token)
}
