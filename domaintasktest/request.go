package domaintasktest

import (
	"cmp"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Request is a request that the server received. It holds no key, token or
// signature.
type Request struct {
	Time            time.Time  // arrival, from Options.Now
	Method          string     // HTTP method
	Action          string     // operation
	Version         string     // version of the operation
	Params          url.Values // the operation's own parameters, one value each; nil if they could not be read
	Format          string     // format of the response: "JSON" or "XML"
	SignatureMethod string     // as sent, such as "HMAC-SHA1"; "" if there is none
	SignatureNonce  string     // as sent; it must be unique
	Timestamp       string     // the client's clock, as sent
	UserAgent       string
	Conn            int    // the number of the connection, from 1; 0 if the server is mounted in another one
	StatusCode      int    // HTTP status of the response; 0 if a fault left the request without one
	Code            string // error code of the response; "" for a success, or if the response is not the service's
	RequestID       string // request id of the response; "" if it is not the service's
	Processed       bool   // whether the operation was performed, even if its response was lost
	Fault           string // name of the fault that the request met; "" if none
}

// maxBody is the most bytes in the body of a request. A thousand ids take about
// 50 KB.
const maxBody = 1 << 20

// commonParams are the parameters of every RPC call. All others are the
// operation's own.
var commonParams = []string{
	"AccessKeyId", "Action", "BearerToken", "Format", "SecurityToken", "Signature", "SignatureMethod",
	"SignatureNonce", "SignatureType", "SignatureVersion", "Timestamp", "Version",
}

// incoming is a request that has not been checked yet.
type incoming struct {
	http   *http.Request
	query  url.Values // parameters in the URL
	params url.Values // parameters in the URL and in the form
	body   []byte
	acs3   bool     // signed with the V3 scheme, or meant to be
	format string   // format of the response: "JSON" or "XML"
	bad    *failure // set if it cannot be read
}

// readRequest reads the parameters, the scheme and the format of a request.
func readRequest(w http.ResponseWriter, r *http.Request) incoming {
	in := incoming{http: r}
	in.bad = in.readParams(w)
	// Headers of the V3 scheme alone prove nothing: the official v1 SDK sends
	// some of them with requests that it signs with the RPC scheme.
	in.acs3 = strings.HasPrefix(r.Header.Get("Authorization"), "ACS3-") ||
		in.params.Get("Action") == "" && r.Header.Get("X-Acs-Action") != ""
	badFormat := in.readFormat()
	in.bad = cmp.Or(in.bad, badFormat)
	return in
}

// readParams reads query and body. If it fails, params stays nil.
func (in *incoming) readParams(w http.ResponseWriter) *failure {
	r := in.http
	var err error
	if r.Body != nil { // nil if there is no connection
		if in.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
			return malformed("The body is incomplete or too large.")
		}
	}
	if in.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return malformed("The query string is malformed.")
	}
	var form url.Values
	if mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); mediaType == "application/x-www-form-urlencoded" {
		if form, err = url.ParseQuery(string(in.body)); err != nil {
			return malformed("The form is malformed.")
		}
	}
	params := url.Values{}
	for _, values := range []url.Values{in.query, form} {
		for name, value := range values {
			params[name] = append(params[name], value...)
		}
	}
	for name, values := range params {
		// It is not documented which of two values the service uses, so a
		// client that sends two has a bug.
		if len(values) > 1 {
			return malformed("Specified parameter " + name + " is repeated.")
		}
	}
	in.params = params
	return nil
}

// readFormat reads the format of the response. The service defaults to XML.
func (in *incoming) readFormat() *failure {
	in.format = "XML"
	switch format := in.params.Get("Format"); {
	case strings.EqualFold(format, "JSON"):
		in.format = "JSON"
	case format == "" && in.acs3 && strings.Contains(in.http.Header.Get("Accept"), "json"):
		in.format = "JSON"
	case format != "" && !strings.EqualFold(format, "XML"):
		return invalid("Format")
	}
	return nil
}

// own returns the operation's own parameters.
func (in incoming) own() url.Values {
	if in.params == nil {
		return nil
	}
	own := maps.Clone(in.params)
	for _, name := range commonParams {
		delete(own, name)
	}
	return own
}
