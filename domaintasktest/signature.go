package domaintasktest

import (
	"crypto/hmac"
	"net/url"
	"slices"
	"strings"
	"time"
)

// claim is the part of a request that a signature proves, and the signature, for
// either scheme.
type claim struct {
	action, version  string
	signatureMethod  string
	timestamp, nonce string
	accessKeyID      string
	securityToken    string
	bearerToken      string
	bearer           bool // signed with a bearer token instead of an access key
	signature        string
	stringToSign     string
	sign             func(stringToSign, secret string) string
	bad              *failure // set if it is incomplete
}

// claim reads the claim of a request. It may be incomplete.
func (in incoming) claim() claim {
	if in.acs3 {
		return acs3Claim(in)
	}
	return rpcClaim(in)
}

// verify refuses a claim with a wrong signature or time. It checks the nonce last,
// since only a signed request uses one up.
func (s *Server) verify(c claim, now time.Time) *failure {
	at, err := time.Parse("2006-01-02T15:04:05Z", c.timestamp)
	if err != nil {
		return badTimestamp()
	}
	if now.Sub(at).Abs() > clockWindow {
		return expiredTimestamp()
	}
	secret, failed := s.secret(c, now)
	if failed != nil {
		return failed
	}
	if !hmac.Equal([]byte(c.sign(c.stringToSign, secret)), []byte(c.signature)) {
		return mismatch(c.stringToSign)
	}
	if !s.state.nonces.use(c.accessKeyID, c.nonce, now) {
		return usedNonce()
	}
	return nil
}

// secret returns the secret that the claim must be signed with.
func (s *Server) secret(c claim, now time.Time) (string, *failure) {
	switch {
	case c.bearer && (s.opts.BearerToken == "" || c.bearerToken != s.opts.BearerToken):
		return "", badBearerToken()
	case c.bearer:
		return "", nil
	case c.accessKeyID != s.opts.AccessKeyID:
		return "", unknownKey()
	case c.securityToken == "" && s.state.token != "":
		return "", missing("SecurityToken")
	case s.state.expired[c.securityToken]:
		return "", expiredToken()
	case c.securityToken != s.state.token:
		return "", badToken()
	case c.securityToken != "" && !s.state.tokenExpires.IsZero() && !now.Before(s.state.tokenExpires):
		return "", expiredToken()
	}
	return s.opts.AccessKeySecret, nil
}

// canonicalQuery joins all parameters except one, sorted by name.
func canonicalQuery(params url.Values, except string) string {
	var pairs []string
	for _, name := range sortedNames(params) {
		if name != except {
			pairs = append(pairs, encode(name)+"="+encode(params.Get(name)))
		}
	}
	return strings.Join(pairs, "&")
}

func sortedNames(params url.Values) []string {
	names := make([]string, 0, len(params))
	for name := range params {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// encode percent-encodes as the specification requires. QueryEscape differs from
// that only for blanks.
func encode(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}
