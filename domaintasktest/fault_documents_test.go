package domaintasktest_test

import (
	"context"
	"encoding/json"
	stdxml "encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/domaintasktest"
)

func TestDocumentsOnTheWire(t *testing.T) {
	t.Parallel()
	// becomes wants a fault to change the document, and nothing else.
	becomes := func(fault domaintasktest.Fault, document func(own, format string) string) onTheWire {
		return onTheWire{fault: fault, status: 200, processed: true, what: func(t *testing.T, got arrival, own, format string, _ way) {
			require.NoError(t, got.bodyErr)
			require.Equal(t, document(own, format), got.body)
			require.EqualValues(t, len(got.body), got.resp.ContentLength)
			require.Equal(t, []string{ownType(format)}, got.resp.Header["Content-Type"])
		}}
	}
	requireOnTheWire(t, []onTheWire{
		becomes(domaintasktest.Truncate(10), func(own, _ string) string { return own[:10] }),
		becomes(domaintasktest.Truncate(-1), func(string, string) string { return "" }),
		becomes(domaintasktest.Truncate(1<<30), func(own, _ string) string { return own[:len(own)-1] }),
		becomes(domaintasktest.Prefix("\ufeff\n"), func(own, _ string) string { return "\ufeff\n" + own }),
		becomes(domaintasktest.TrailingGarbage(), func(own, _ string) string { return own + "\ntrailing garbage" }),
		becomes(domaintasktest.InvalidUTF8(), func(own, format string) string {
			if format == "JSON" {
				return strings.Replace(own, `"RequestId":"`, "\"RequestId\":\"\xff\xfe", 1)
			}
			return strings.Replace(own, `<RequestId>`, "<RequestId>\xff\xfe", 1)
		}),
		becomes(domaintasktest.DeeplyNested(3), func(own, format string) string {
			if format == "JSON" {
				return strings.Replace(own, `{`, `{"Nested":[[[]]],`, 1)
			}
			const root = "<AcknowledgeTaskResultResponse>"
			return strings.Replace(own, root, root+"<Nested><Nested><Nested></Nested></Nested></Nested>", 1)
		}),
		becomes(domaintasktest.WrongRoot(), func(own, format string) string {
			if format == "JSON" {
				return "[" + own + "]"
			}
			return strings.ReplaceAll(own, "AcknowledgeTaskResultResponse", "QueryTaskListResponse")
		}),
		{fault: domaintasktest.BillionLaughs(), status: 200, processed: true, what: func(t *testing.T, got arrival, _, _ string, _ way) {
			require.Equal(t, []string{"text/xml;charset=utf-8"}, got.resp.Header["Content-Type"])
			require.True(t, strings.HasPrefix(got.body, `<?xml version='1.0' encoding='UTF-8'?><!DOCTYPE laughs [<!ENTITY laughs0 "laugh">`+
				`<!ENTITY laughs1 "`+strings.Repeat("&laughs0;", 10)+`">`), got.body)
			require.Contains(t, got.body, `]><AcknowledgeTaskResultResponse><Laughs>&laughs9;</Laughs><RequestId>`)
			require.Equal(t, 10, strings.Count(got.body, "<!ENTITY"))
		}},
	})
}

// TestDamagedPages: a document with a fault that leaves it readable is the page.
func TestDamagedPages(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(3, 1)
	srv := newServer(t, domaintasktest.Options{InMemory: true}, tasks...)
	for _, fault := range []domaintasktest.Fault{domaintasktest.DeeplyNested(100), domaintasktest.LargeAnswer(10_000), domaintasktest.GzipBomb(10_000)} {
		for _, format := range []string{"JSON", "XML"} {
			srv.Inject(fault)
			r := rpcRequest(format, map[string][]string{"PageNum": {"1"}, "PageSize": {"20"}})
			r.signRPC()
			require.Equal(t, 3, r.send(t, srv).TotalItemNum)
		}
	}
	srv.InjectAlways(domaintasktest.InvalidUTF8())
	for _, format := range []string{"JSON", "XML"} {
		r := rpcRequest(format, map[string][]string{"PageNum": {"1"}, "PageSize": {"20"}})
		r.signRPC()
		got := arrive(srv.Config().HTTPClient, r.http(t.Context(), t, srv))
		require.Equal(t, 4, strings.Count(got.body, "\xff\xfe"), "three domain names and a request id")
		require.Contains(t, got.body, "\xff\xfe"+tasks[0].DomainName)
		if format == "XML" {
			require.Error(t, stdxml.Unmarshal([]byte(got.body), &answer{}))
		} else {
			require.True(t, json.Valid([]byte(got.body)), "encoding/json is lenient about it")
		}
	}
}

// TestDamagedRefusals: every fault can also apply to an error of the service.
func TestDamagedRefusals(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"JSON", "XML"} {
		for _, fault := range domaintasktest.Faults() {
			srv := newServer(t, domaintasktest.Options{InMemory: true, PlainHTTP: true, AccessKeyID: "another"})
			ctx, cancel := context.WithCancel(t.Context())
			srv.InjectFunc(func(domaintasktest.Request) domaintasktest.Fault {
				if waits(fault) {
					cancel()
				}
				return fault
			})
			if resp, err := srv.Config().HTTPClient.Do(acknowledgement(format).http(ctx, t, srv)); err == nil {
				io.ReadFull(resp.Body, make([]byte, 1))
				resp.Body.Close()
			}
			cancel()
			require.False(t, srv.Requests()[0].Processed, fault)
		}
	}
}
