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

// Request is one request as the server saw it. No key, token or signature is
// in it.
type Request struct {
	Time            time.Time  // of arrival, by Options.Now
	Method          string     // of HTTP
	Action          string     // the operation
	Version         string     // of the operation
	Params          url.Values // the operation's own parameters, each with one value; nil where they could not be read
	Format          string     // what was answered in: "JSON" or "XML"
	SignatureMethod string     // as the client named it, such as "HMAC-SHA1"; "" where it named none
	SignatureNonce  string     // as sent; no two may be the same
	Timestamp       string     // the client's clock, as sent
	UserAgent       string
	Conn            int    // the number of the connection, from 1; 0 if the server is mounted in another one
	StatusCode      int    // of the answer; 0 where a fault left the request without one
	Code            string // the error code of the answer; "" for success, and where the service did not write the answer
	RequestID       string // of the answer; "" where the service did not write it
	Processed       bool   // whether the operation was carried out, whatever became of the answer
	Fault           string // the fault that the request met; "" for none
}

// maxBody bounds the body of a request. A thousand ids take about 50 KB.
const maxBody = 1 << 20

// commonParams are those of every RPC call; the rest is the operation's own.
var commonParams = []string{
	"AccessKeyId", "Action", "BearerToken", "Format", "SecurityToken", "Signature", "SignatureMethod",
	"SignatureNonce", "SignatureType", "SignatureVersion", "Timestamp", "Version",
}

// incoming is a request that was read but is not believed yet.
type incoming struct {
	http   *http.Request
	query  url.Values // those in the URL
	params url.Values // those in the URL and in the form
	body   []byte
	acs3   bool     // which scheme it is, or wants to be, signed by
	format string   // what to answer in: "JSON" or "XML"
	bad    *failure // what keeps it from being understood at all
}

// readRequest reads what there is to read.
func readRequest(w http.ResponseWriter, r *http.Request) incoming {
	in := incoming{http: r}
	in.bad = in.readParams(w)
	// The headers of the V3 scheme prove nothing: the official v1 SDK sends
	// some of them with what it signs by the other one.
	in.acs3 = strings.HasPrefix(r.Header.Get("Authorization"), "ACS3-") ||
		in.params.Get("Action") == "" && r.Header.Get("X-Acs-Action") != ""
	badFormat := in.readFormat()
	in.bad = cmp.Or(in.bad, badFormat)
	return in
}

// readParams reads query and body. A failure leaves params nil.
func (in *incoming) readParams(w http.ResponseWriter) *failure {
	r := in.http
	var err error
	if r.Body != nil { // nil in a request that came without a connection
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
		// Which of two values a service takes is anybody's guess, and so a
		// client that sends two has a bug.
		if len(values) > 1 {
			return malformed("Specified parameter " + name + " is repeated.")
		}
	}
	in.params = params
	return nil
}

// readFormat finds out what to answer in. XML is the service's default.
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

// own are the operation's own parameters.
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
