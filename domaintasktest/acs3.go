package domaintasktest

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"net/textproto"
	"slices"
	"strings"
)

// acs3Algorithm is the only signature algorithm of the V3 scheme that the server
// accepts.
const acs3Algorithm = "ACS3-HMAC-SHA256"

// acs3Required are the headers that must be sent and signed.
var acs3Required = []string{
	"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256",
}

// acs3Claim reads a request signed with the V3 scheme, in which all parameters
// but the operation's own are headers.
//
// See https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
func acs3Claim(in incoming) claim {
	header := in.http.Header
	c := claim{
		action:        header.Get("x-acs-action"),
		version:       header.Get("x-acs-version"),
		timestamp:     header.Get("x-acs-date"),
		nonce:         header.Get("x-acs-signature-nonce"),
		securityToken: header.Get("x-acs-security-token"),
		sign:          acs3Sign,
	}
	algorithm, rest, ok := strings.Cut(header.Get("Authorization"), " ")
	if !ok {
		algorithm = "" // it may be anything, even a secret
	}
	c.signatureMethod = algorithm
	fields := map[string]string{}
	for field := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		fields[name] = value
	}
	c.accessKeyID, c.signature = fields["Credential"], fields["Signature"]
	signed := strings.Split(fields["SignedHeaders"], ";")
	c.stringToSign = fmt.Sprintf("%s\n%x", acs3Algorithm, sha256.Sum256([]byte(acs3CanonicalRequest(in, signed))))

	switch {
	case algorithm == "":
		c.bad = missing("Signature")
	case algorithm != acs3Algorithm:
		c.bad = incomplete("The algorithm is not " + acs3Algorithm + ".")
	case c.accessKeyID == "":
		c.bad = missing("AccessKeyId")
	case c.signature == "":
		c.bad = missing("Signature")
	default:
		c.bad = acs3CheckHeaders(in, signed)
	}
	return c
}

// acs3CheckHeaders refuses a request if a required header, or any other x-acs-
// header, is not signed, or if the hash does not match the body.
func acs3CheckHeaders(in incoming, signed []string) *failure {
	if !slices.IsSorted(signed) {
		return incomplete("SignedHeaders is not sorted.")
	}
	for _, name := range acs3Required {
		if acs3Header(in, name) == "" {
			return incomplete("The header " + name + " is mandatory.")
		}
		if !slices.Contains(signed, name) {
			return incomplete("The header " + name + " is not signed.")
		}
	}
	for key := range in.http.Header {
		if name := strings.ToLower(key); strings.HasPrefix(name, "x-acs-") && !slices.Contains(signed, name) {
			return incomplete("The header " + name + " is not signed.")
		}
	}
	if in.http.Header.Get("x-acs-content-sha256") != fmt.Sprintf("%x", sha256.Sum256(in.body)) {
		return incomplete("The header x-acs-content-sha256 is not the hash of the body.")
	}
	return nil
}

func acs3CanonicalRequest(in incoming, signed []string) string {
	var headers strings.Builder
	for _, name := range signed {
		headers.WriteString(name + ":" + acs3Header(in, name) + "\n")
	}
	return strings.Join([]string{
		in.http.Method,
		"/",
		canonicalQuery(in.query, ""),
		headers.String(),
		strings.Join(signed, ";"),
		fmt.Sprintf("%x", sha256.Sum256(in.body)),
	}, "\n")
}

// acs3Header returns the value of a header as it is signed. net/http stores the
// host separately.
func acs3Header(in incoming, name string) string {
	if name == "host" {
		return in.http.Host
	}
	values := slices.Clone(in.http.Header[textproto.CanonicalMIMEHeaderKey(name)])
	for i := range values {
		values[i] = strings.TrimSpace(values[i])
	}
	return strings.Join(values, ",")
}

func acs3Sign(stringToSign, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stringToSign))
	return fmt.Sprintf("%x", mac.Sum(nil))
}
