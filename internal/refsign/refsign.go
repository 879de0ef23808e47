// Package refsign signs by the RPC scheme in the simplest way, for tests: one
// compares this module's signer with it, another the official SDK's, so that both
// sign alike without importing one in the test of the other.
package refsign

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Sign returns the query of the parameters, without their signature, and the
// signature.
func Sign(method string, params map[string]string, secret string) (query, signature string) {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(params)) {
		pairs = append(pairs, Encode(name)+"="+Encode(params[name]))
	}
	query = strings.Join(pairs, "&")
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write([]byte(method + "&%2F&" + Encode(query)))
	return query, base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Encode percent-encodes by RFC 3986. net/url differs in how it writes a
// space, an asterisk and a tilde.
func Encode(s string) string {
	return strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(url.QueryEscape(s))
}

// Call is the input of a signer.
type Call struct {
	Params                            map[string]string // the operation's own
	ID, Secret, SecurityToken, Bearer string
}

// awkward holds texts that signers have been seen to encode wrong.
var awkward = []string{"", " ", "+", "*", "~", "%", "/", "&", "=", "\n", "%20", "a", "Z", "0", "-_.", "中文", "é", "🀄", "\x00", "\xff", "'()!", `"{}`}

// Random returns a call of awkward texts, with a list of up to 30 elements. The
// same seed returns the same call.
func Random(seed uint64) Call {
	random := rand.New(rand.NewPCG(seed, 0))
	text := func() string {
		var b strings.Builder
		for range random.IntN(6) {
			b.WriteString(awkward[random.IntN(len(awkward))])
		}
		return b.String()
	}
	call := Call{Params: map[string]string{}, ID: text(), Secret: text()}
	for range random.IntN(5) {
		call.Params["P"+text()] = text()
	}
	for i := range random.IntN(30) {
		call.Params["TaskDetailNo."+strconv.Itoa(i+1)] = text()
	}
	switch random.IntN(4) {
	case 0, 1:
		call.SecurityToken = "CAIS" + text()
	case 2:
		call.Bearer = "bearer" + text()
	}
	return call
}
