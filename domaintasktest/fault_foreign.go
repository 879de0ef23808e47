package domaintasktest

import (
	"fmt"
	"net/http"
	"strings"
)

// Faults of this file are answers that something in front of the service
// gives in its place. They hit before the operation is carried out.

// Foreign is an answer that is not the service's: with this status, content
// type and body, and without a request id.
func Foreign(status int, contentType, body string) Fault {
	return foreign(fmt.Sprintf("Foreign %d %s", status, contentType), status, func(r *reply) {
		r.header.Set("Content-Type", contentType)
		r.body = [][]byte{[]byte(body)}
	})
}

// BadGateway is the 502 of a gateway, in HTML.
func BadGateway() Fault {
	f := Foreign(http.StatusBadGateway, "text/html", "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"+
		"<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n")
	f.name = "BadGateway"
	return f
}

// EmptySuccess is a 200 with the right content type and no body.
func EmptySuccess() Fault {
	return foreign("EmptySuccess", http.StatusOK, func(*reply) {})
}

// Redirect sends the client to another URL, with the status 301, 302, 303, 307
// or 308. The query of the request is appended to it: a client that follows
// takes what it signed there.
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

func foreign(name string, status int, alter func(*reply)) Fault {
	return Fault{name: name, before: true, foreign: true, status: status, alter: []func(*reply){alter}}
}
