package domaintasktest

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/url"
)

// rpcClaim reads a request signed with the RPC scheme, signature version 1.0, in
// which everything is a parameter.
//
// See https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism
func rpcClaim(in incoming) claim {
	c := claim{
		action:          in.params.Get("Action"),
		version:         in.params.Get("Version"),
		signatureMethod: in.params.Get("SignatureMethod"),
		timestamp:       in.params.Get("Timestamp"),
		nonce:           in.params.Get("SignatureNonce"),
		accessKeyID:     in.params.Get("AccessKeyId"),
		securityToken:   in.params.Get("SecurityToken"),
		bearerToken:     in.params.Get("BearerToken"),
		bearer:          in.params.Get("SignatureType") == "BEARERTOKEN",
		signature:       in.params.Get("Signature"),
		stringToSign:    in.http.Method + "&%2F&" + encode(canonicalQuery(in.params, "Signature")),
		sign:            rpcSign,
	}
	c.bad = rpcCheckParams(in.params, c)
	return c
}

func rpcCheckParams(params url.Values, c claim) *failure {
	key := "AccessKeyId"
	if c.bearer {
		key = "BearerToken"
	}
	for _, name := range []string{"Action", "Version", key, "Timestamp", "SignatureNonce", "SignatureMethod", "SignatureVersion", "Signature"} {
		if params.Get(name) == "" {
			return missing(name)
		}
	}
	switch {
	case c.signatureMethod != "HMAC-SHA1":
		return invalid("SignatureMethod")
	case params.Get("SignatureVersion") != "1.0":
		return invalid("SignatureVersion")
	case params.Get("SignatureType") != "" && !c.bearer:
		return invalid("SignatureType")
	}
	return nil
}

func rpcSign(stringToSign, secret string) string {
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write([]byte(stringToSign))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
