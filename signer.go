package domaintask

import (
	"bytes"
	"cmp"
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
// signature version 1.0, and the signature in it. It sorts call.params.
//
// See https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism
func signRPC(call signedCall, key *signingKey) (query, signature string) {
	// What has a common size is built on the stack, and grows out of it where it
	// is larger.
	var queryRoom [2 << 10]byte
	var timeRoom [len("2006-01-02T15:04:05Z")]byte
	var macRoom [rpcSignatureLen]byte
	sortByName(call.params)
	common := rpcParams(call, string(call.time.UTC().AppendFormat(timeRoom[:0], timestampLayout)), key)
	canonical := appendCanonicalQuery(queryRoom[:0], call.params, common[:], key.token)
	hmac := key.rpc.get()
	defer key.rpc.put(hmac)
	hmac.text = appendRPCStringToSign(hmac.text[:0], call.method, canonical, key)
	mac := appendRPCSignature(macRoom[:0], hmac)

	signed := appendEncoded(append(canonical, "&Signature="...), mac)
	both := string(append(signed, mac...)) // one allocation
	return both[:len(signed)], both[len(signed):]
}

// rpcParams are the parameters that every call has, in the order of their
// names. Those that this one does without have none.
func rpcParams(call signedCall, timestamp string, key *signingKey) [10]param {
	optional := func(name, value string, given bool) param {
		if !given {
			return param{}
		}
		return param{name, value}
	}
	return [...]param{
		{"AccessKeyId", key.AccessKeyID},
		{"Action", call.action},
		optional("BearerToken", key.bearerToken, key.bearerToken != ""),
		optional("SecurityToken", key.securityToken, key.securityToken != ""),
		{"SignatureMethod", "HMAC-SHA1"},
		{"SignatureNonce", call.nonce},
		optional("SignatureType", "BEARERTOKEN", key.bearerToken != ""),
		{"SignatureVersion", "1.0"},
		{"Timestamp", timestamp},
		{"Version", call.version},
	}
}

func sortByName(params []param) {
	slices.SortFunc(params, func(a, b param) int { return cmp.Compare(a.name, b.name) })
}

// appendCanonicalQuery encodes the parameters of two sorted lists and joins
// them in the order of their names, byte by byte: TaskDetailNo.10 comes before
// TaskDetailNo.2. It passes over common ones without a name. dst is empty; token
// is the security token among the common ones, encoded.
func appendCanonicalQuery(dst []byte, own, common []param, token []byte) []byte {
	for _, p := range common {
		if p.name == "" {
			continue
		}
		for ; len(own) > 0 && own[0].name < p.name; own = own[1:] {
			dst = appendParam(dst, own[0])
		}
		if p.name == "SecurityToken" {
			dst = append(appendName(dst, p.name), token...)
		} else {
			dst = appendParam(dst, p)
		}
	}
	for _, p := range own {
		dst = appendParam(dst, p)
	}
	return dst
}

func appendParam(query []byte, p param) []byte {
	return appendEncoded(appendName(query, p.name), p.value)
}

func appendName(query []byte, name string) []byte {
	if len(query) > 0 {
		query = append(query, '&')
	}
	return append(appendEncoded(query, name), '=')
}

// appendRPCStringToSign appends what the RPC scheme signs; the path is always
// "/".
func appendRPCStringToSign(dst []byte, method string, canonicalQuery []byte, key *signingKey) []byte {
	dst = append(dst, method...)
	dst = append(dst, "&%2F&"...)
	if before, after, found := bytes.Cut(canonicalQuery, key.token); found && len(key.token) > 0 {
		dst = append(appendEncoded(dst, before), key.tokenAgain...)
		canonicalQuery = after
	}
	return appendEncoded(dst, canonicalQuery)
}

// rpcSignatureLen is how long a signature is, in base64.
const rpcSignatureLen = (sha1.Size + 2) / 3 * 4

// appendRPCSignature appends the HMAC of the string to sign, in base64.
func appendRPCSignature(dst []byte, hmac *keyedHash) []byte {
	return base64.StdEncoding.AppendEncode(dst, hmac.sign())
}

// acs3Algorithm names the scheme in what is signed and in Authorization.
const acs3Algorithm = "ACS3-HMAC-SHA256"

// emptyHash is the SHA-256 of no bytes: requests have no body.
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// signACS3 signs a call with HMAC-SHA256 by the V3 scheme. It adds the signed
// headers and Authorization to header and returns the query, which holds only
// the operation's own parameters, and the signature. It sorts call.params.
//
// See https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
func signACS3(call signedCall, key *signingKey, header http.Header) (query, signature string) {
	signed := []param{
		{"host", call.host},
		{"x-acs-action", call.action},
		{"x-acs-content-sha256", emptyHash},
		{"x-acs-date", call.time.UTC().Format(timestampLayout)},
		{"x-acs-signature-nonce", call.nonce},
		{"x-acs-version", call.version},
	}
	if key.securityToken != "" {
		signed = append(signed, param{"x-acs-security-token", key.securityToken})
	}
	query = canonicalQuery(call.params)
	canonical, names := acs3CanonicalRequest(call.method, query, signed, emptyHash)
	hmac := key.acs3.get()
	defer key.acs3.put(hmac)
	hmac.text = appendACS3StringToSign(hmac.text[:0], canonical)
	signature = hex.EncodeToString(hmac.sign())

	for _, h := range signed[1:] { // host is no header field to net/http
		header.Set(h.name, h.value)
	}
	header.Set("Authorization", acs3Algorithm+" Credential="+key.AccessKeyID+",SignedHeaders="+names+",Signature="+signature)
	return query, signature
}

// canonicalQuery sorts and encodes the operation's own parameters.
func canonicalQuery(params []param) string {
	sortByName(params)
	return string(appendCanonicalQuery(nil, params, nil, nil))
}

// acs3CanonicalRequest joins what is signed, and names the signed headers. It
// sorts headers in place; their names are lower-case.
func acs3CanonicalRequest(method, canonicalQuery string, headers []param, bodyHash string) (canonical, names string) {
	sortByName(headers)
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

func appendACS3StringToSign(dst []byte, canonicalRequest string) []byte {
	hash := sha256.Sum256([]byte(canonicalRequest))
	return hex.AppendEncode(append(dst, acs3Algorithm+"\n"...), hash[:])
}

// timestampLayout is the layout of both schemes. In UTC, the only zone that they
// know, it is RFC 3339. The time package has a fast way for that one.
const timestampLayout = time.RFC3339
