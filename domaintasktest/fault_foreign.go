package domaintasktest

import (
	"fmt"
	"net/http"
	"strings"
)

// The faults in this file are responses of something in front of the service.
// The operation has not been performed.

// Foreign is a response with this status, content type and body, and without a
// request id.
func Foreign(status int, contentType, body string) Fault {
	return foreign(fmt.Sprintf("Foreign %d %s", status, contentType), status, func(r *reply) {
		r.header.Set("Content-Type", contentType)
		r.body = [][]byte{[]byte(body)}
	})
}

// Gateway is the HTML page of a gateway with this status, such as 429, 502, 503
// or 504.
func Gateway(status int) Fault {
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	f := Foreign(status, "text/html", "<html>\r\n<head><title>"+title+"</title></head>\r\n"+
		"<body>\r\n<center><h1>"+title+"</h1></center>\r\n<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n")
	f.name = fmt.Sprintf("Gateway %d", status)
	return f
}

// BadGateway is Gateway(502).
func BadGateway() Fault {
	f := Gateway(http.StatusBadGateway)
	f.name = "BadGateway"
	return f
}

// EmptySuccess is a 200 with the right content type and no body.
func EmptySuccess() Fault {
	return foreign("EmptySuccess", http.StatusOK, func(*reply) {})
}

// Redirect redirects to another URL, with the status 301, 302, 303, 307 or 308.
// The query of the request is appended: a client that follows sends its signed
// query there.
func Redirect(status int, to string) Fault {
	return foreign(fmt.Sprintf("Redirect %d", status), status, func(r *reply) {
		separator := "?"
		if strings.Contains(to, "?") {
			separator = "&"
		}
		r.header.Set("Location", to+separator+r.in.http.URL.RawQuery)
		r.header.Set("Content-Type", "text/html")
	})
}

// BadRedirect redirects to a URL that cannot be parsed. It ends with the query of
// the request, which an error of net/http quotes.
func BadRedirect() Fault {
	f := Redirect(http.StatusFound, "https://[elsewhere.invalid/")
	f.name = "BadRedirect"
	return f
}

func foreign(name string, status int, alter func(*reply)) Fault {
	return Fault{name: name, before: true, foreign: true, status: status, alter: []func(*reply){alter}}
}
