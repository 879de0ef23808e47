package redact

import "regexp"

var (
	userinfo = regexp.MustCompile(`://[^\s"'<>]*@`)
	proxy    = regexp.MustCompile(`(invalid proxy address) .*`)
)

// Passwords returns s without the user and password of every URL in it. Of a
// proxy's address that cannot be parsed, which net/http quotes as it is, nothing
// is left.
func Passwords(s string) string {
	return userinfo.ReplaceAllLiteralString(proxy.ReplaceAllString(s, "$1 "+Hidden), "://"+Hidden+"@")
}
