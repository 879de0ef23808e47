package redact

import "regexp"

var (
	userinfo = regexp.MustCompile(`://[^\s"'<>]*@`)
	proxy    = regexp.MustCompile(`(invalid proxy address) .*`)
)

// Passwords returns s without the user and password of every URL in it. It removes
// all of an invalid proxy address, which net/http quotes unchanged.
func Passwords(s string) string {
	return userinfo.ReplaceAllLiteralString(proxy.ReplaceAllString(s, "$1 "+Hidden), "://"+Hidden+"@")
}
