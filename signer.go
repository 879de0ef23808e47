package domaintask

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"
)

// signedCall is everything of a request that a signature covers, the
// credentials aside. Clock and nonce are part of it, so that signing is a pure
// function.
type signedCall struct {
	method  string
	host    string
	action  string
	version string
	params  []param // the operation's own and Format, in any order
	time    time.Time
	nonce   string
}

// commonParams are the parameters of RPC calls that the client sets itself.
var commonParams = []string{
	"AccessKeyId", "Action", "BearerToken", "Format", "SecurityToken", "Signature", "SignatureMethod",
	"SignatureNonce", "SignatureType", "SignatureVersion", "Timestamp", "Version",
}

// signRPC returns the query of a call signed with HMAC-SHA1 by the RPC scheme,
// signature version 1.0, and the signature in it.
//
// See https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism
func signRPC(call signedCall, creds Credentials) (query, signature string) {
	params := append(slices.Clip(call.params),
		param{"AccessKeyId", creds.AccessKeyID},
		param{"Action", call.action},
		param{"SignatureMethod", "HMAC-SHA1"},
		param{"SignatureNonce", call.nonce},
		param{"SignatureVersion", "1.0"},
		param{"Timestamp", timestamp(call.time)},
		param{"Version", call.version},
	)
	if creds.SecurityToken != "" {
		params = append(params, param{"SecurityToken", creds.SecurityToken})
	}
	if creds.BearerToken != "" {
		params = append(params, param{"BearerToken", creds.BearerToken}, param{"SignatureType", "BEARERTOKEN"})
	}
	query = canonicalQuery(params)
	signature = rpcSignature(rpcStringToSign(call.method, query), creds.AccessKeySecret)
	return query + "&Signature=" + percentEncode(signature), signature
}

// canonicalQuery encodes the parameters and joins them in the order of their
// names, byte by byte: TaskDetailNo.10 comes before TaskDetailNo.2. It sorts
// params in place.
func canonicalQuery(params []param) string {
	slices.SortFunc(params, func(a, b param) int { return cmp.Compare(a.name, b.name) })
	size := 0
	for _, p := range params {
		size += encodedLen(p.name) + encodedLen(p.value) + 2
	}
	query := make([]byte, 0, size)
	for i, p := range params {
		if i > 0 {
			query = append(query, '&')
		}
		query = appendEncoded(query, p.name)
		query = append(query, '=')
		query = appendEncoded(query, p.value)
	}
	return string(query)
}

// rpcStringToSign is what the RPC scheme signs; the path is always "/".
func rpcStringToSign(method, canonicalQuery string) string {
	return method + "&%2F&" + percentEncode(canonicalQuery)
}

// rpcSignature signs with the secret and a "&". A bearer token has no secret.
func rpcSignature(stringToSign, secret string) string {
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write([]byte(stringToSign))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// acs3Algorithm names the scheme in what is signed and in Authorization.
const acs3Algorithm = "ACS3-HMAC-SHA256"

// emptyHash is the SHA-256 of no bytes: requests have no body.
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// signACS3 signs a call with HMAC-SHA256 by the V3 scheme. It adds the signed
// headers and Authorization to header and returns the query, which holds only
// the operation's own parameters, and the signature.
//
// See https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
func signACS3(call signedCall, creds Credentials, header http.Header) (query, signature string) {
	signed := []param{
		{"host", call.host},
		{"x-acs-action", call.action},
		{"x-acs-content-sha256", emptyHash},
		{"x-acs-date", timestamp(call.time)},
		{"x-acs-signature-nonce", call.nonce},
		{"x-acs-version", call.version},
	}
	if creds.SecurityToken != "" {
		signed = append(signed, param{"x-acs-security-token", creds.SecurityToken})
	}
	query = canonicalQuery(slices.Clone(call.params))
	canonical, names := acs3CanonicalRequest(call.method, query, signed, emptyHash)
	signature = acs3Signature(acs3StringToSign(canonical), creds.AccessKeySecret)

	for _, h := range signed[1:] { // host is no header field to net/http
		header.Set(h.name, h.value)
	}
	header.Set("Authorization", acs3Algorithm+" Credential="+creds.AccessKeyID+",SignedHeaders="+names+",Signature="+signature)
	return query, signature
}

// acs3CanonicalRequest joins what is signed, and names the signed headers. It
// sorts headers in place; their names are lower-case.
func acs3CanonicalRequest(method, canonicalQuery string, headers []param, bodyHash string) (canonical, names string) {
	slices.SortFunc(headers, func(a, b param) int { return cmp.Compare(a.name, b.name) })
	var lines, list strings.Builder
	for i, h := range headers {
		lines.WriteString(h.name + ":" + strings.TrimSpace(h.value) + "\n")
		if i > 0 {
			list.WriteByte(';')
		}
		list.WriteString(h.name)
	}
	names = list.String()
	return method + "\n/\n" + canonicalQuery + "\n" + lines.String() + "\n" + names + "\n" + bodyHash, names
}

func acs3StringToSign(canonicalRequest string) string {
	hash := sha256.Sum256([]byte(canonicalRequest))
	return acs3Algorithm + "\n" + hex.EncodeToString(hash[:])
}

func acs3Signature(stringToSign, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stringToSign))
	return hex.EncodeToString(mac.Sum(nil))
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// percentEncode encodes s by RFC 3986: letters, digits, "-", "_", "." and "~"
// stay, every other byte becomes %XX. net/url has no such encoding: its
// QueryEscape writes a space as "+".
func percentEncode(s string) string {
	if encodedLen(s) == len(s) {
		return s
	}
	return string(appendEncoded(make([]byte, 0, encodedLen(s)), s))
}

func appendEncoded(dst []byte, s string) []byte {
	const digits = "0123456789ABCDEF"
	for i := range len(s) {
		if c := s[i]; unreserved(c) {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', digits[c>>4], digits[c&15])
		}
	}
	return dst
}

func encodedLen(s string) int {
	n := len(s)
	for i := range len(s) {
		if !unreserved(s[i]) {
			n += 2
		}
	}
	return n
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.' || c == '~'
}
