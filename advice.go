package domaintask

import (
	"net/http"
	"regexp"
	"strings"
)

// advices say what to check for each code that refuses the identity or the time
// of a request. The first one that covers a code applies.
var advices = [...]struct{ code, text string }{
	{mismatchCode, "check that the access key secret belongs to the access key id"},
	{"InvalidAccessKeyId.Inactive", "check the access key id, which is disabled"},
	{"InvalidAccessKeyId", "check the access key id"},
	{"InvalidSecurityToken.Expired", "renew the security token, which has expired"},
	{"InvalidSecurityToken", "check that the security token belongs to the access key id"},
	{"MissingSecurityToken", "set the security token that belongs to the access key id"},
	{"InvalidTimeStamp.Format", ""},
	{"InvalidTimeStamp", "check the clock of this machine"},
	{"IllegalTimestamp", "check the clock of this machine"},
}

// mismatchCode refuses a signature. Its message quotes what the service
// computed the signature of.
const mismatchCode = "SignatureDoesNotMatch"

// Advice returns what to check if the service refused the identity or the time
// of a request: the access key id, its secret, the security token, the clock, or
// what lies between. It is "" for other errors.
func (e *APIError) Advice() string {
	for _, advice := range advices {
		if !isCode(e.Code, advice.code) {
			continue
		}
		switch {
		case advice.code == mismatchCode && e.quote == quotesThis:
			return "check the access key secret, which does not belong to the access key id"
		case advice.code == mismatchCode && e.quote == quotesAnother:
			return "check what changes requests on the way, such as a proxy: the service received another request than was signed"
		}
		return advice.text
	}
	return ""
}

// quote is what an error quotes of the request that the service received.
type quote uint8

const (
	quotesNothing quote = iota
	quotesThis          // the string to sign of the request that was sent
	quotesAnother
)

// quoteOf returns what a refusal of req quotes.
func quoteOf(code, message string, req *http.Request) quote {
	if !isCode(code, mismatchCode) {
		return quotesNothing
	}
	start := quoteStart(message[:min(len(message), maxShortText)])
	if start < 0 {
		return quotesNothing
	}
	signed := stringToSign(req)
	message = message[start:]
	if quotes(message[:min(len(message), len(signed)+maxShortText)], signed) {
		return quotesThis
	}
	return quotesAnother
}

func isCode(code, want string) bool {
	return codeRule{code: want}.covers(strings.TrimSpace(code))
}

// quoted is how the vendor begins to quote a request: "server string to sign
// is:" or "server StringToSign is [".
var quoted = regexp.MustCompile(`(?i)(server )?string ?to ?sign`)

// quoteStart returns where a message begins to quote a request, or -1.
func quoteStart(message string) int {
	if found := quoted.FindStringIndex(message); found != nil {
		return found[0]
	}
	return -1
}

// quotes reports whether text holds signed as a whole: not as the start of a
// longer string to sign.
func quotes(text, signed string) bool {
	_, after, found := strings.Cut(text, signed)
	return found && (after == "" || !unreserved[after[0]] && after[0] != '%' && after[0] != '&')
}

// stringToSign returns what req was signed with.
func stringToSign(req *http.Request) string {
	_, names, acs3 := strings.Cut(req.Header.Get("Authorization"), "SignedHeaders=")
	if !acs3 {
		signed, _, _ := strings.Cut(req.URL.RawQuery, "&Signature=")
		return string(appendEncoded([]byte(req.Method+"&%2F&"), signed))
	}
	names, _, _ = strings.Cut(names, ",")
	var headers []param
	for name := range strings.SplitSeq(names, ";") {
		value := req.Header.Get(name)
		if name == "host" {
			value = req.Host
		}
		headers = append(headers, param{name, value})
	}
	canonical, _ := acs3CanonicalRequest(req.Method, req.URL.RawQuery, headers, emptyHash)
	return string(appendACS3StringToSign(nil, canonical))
}
