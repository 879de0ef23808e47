package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

const (
	secret = "secret+of/30=characters-length"
	token  = "CAIS+token/of=what+an/STS=call"
)

// world is a service, a traced client of it, and what was sent and recorded.
type world struct {
	server   *domaintasktest.Server
	client   *Client
	spans    *tracetest.SpanRecorder
	mu       sync.Mutex
	searched []string // the secrets, and the signatures of what was sent
	headers  []http.Header
}

func newWorld(t *testing.T, change func(*domaintask.Config)) *world {
	t.Helper()
	w := &world{
		server:   domaintasktest.NewServerWith(domaintasktest.Options{AccessKeyID: "testid", AccessKeySecret: secret, SecurityToken: token}, domaintasktest.Tasks(3, 1)...),
		spans:    tracetest.NewSpanRecorder(),
		searched: []string{secret, token},
	}
	t.Cleanup(w.server.Close)
	spans := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(w.spans))
	config := w.server.Config()
	config.Retry = domaintask.RetryPolicy{MaxAttempts: 2, BaseDelay: 1}
	config.Timeout = 200 * time.Millisecond
	config.HTTPClient = &http.Client{Transport: watched{config.HTTPClient.Transport, w}}
	change(&config)
	var err error
	w.client, err = NewClient(config, spans)
	require.NoError(t, err)
	return w
}

// watched notes the signature of what is sent. A nonce is no secret: it is used.
type watched struct {
	next  http.RoundTripper
	world *world
}

func (t watched) RoundTrip(r *http.Request) (*http.Response, error) {
	_, signature, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	t.world.mu.Lock()
	t.world.searched = append(t.world.searched, cmp.Or(signature, r.URL.Query().Get("Signature")))
	t.world.headers = append(t.world.headers, r.Header.Clone())
	t.world.mu.Unlock()
	return t.next.RoundTrip(r)
}

// recorded is all that was recorded, as one text.
func (w *world) recorded(t *testing.T) string {
	t.Helper()
	var text string
	write := func(attributes []attribute.KeyValue) {
		for _, a := range attributes {
			text += fmt.Sprintf("%s=%s\n", a.Key, a.Value.Emit())
		}
	}
	for _, span := range w.spans.Ended() {
		text += span.Name() + "\n" + span.Status().Description + "\n" + span.SpanContext().TraceState().String() + "\n"
		write(span.Attributes())
		write(span.Resource().Attributes())
		for _, event := range span.Events() {
			text += event.Name + "\n"
			write(event.Attributes)
		}
		for _, link := range span.Links() {
			write(link.Attributes)
		}
	}
	return text
}

// leaks lists what of the secrets is in the text, however it is encoded.
func (w *world) leaks(text string) (found []string) {
	for _, value := range w.searched {
		once := url.QueryEscape(value)
		for _, form := range []string{value, once, url.QueryEscape(once), base64.StdEncoding.EncodeToString([]byte(value))} {
			if strings.Contains(text, form) {
				found = append(found, form)
			}
		}
	}
	return found
}

func TestNothingSecretIsRecorded(t *testing.T) {
	t.Parallel()
	elsewhere := "https://elsewhere.example/"
	for name, tt := range map[string]struct {
		fault    domaintasktest.Fault
		attempts int
		fails    bool
	}{
		"success":              {domaintasktest.Fault{}, 1, false},
		"throttled":            {domaintasktest.Throttle(0), 2, true},
		"redirect":             {domaintasktest.Redirect(http.StatusFound, elsewhere), 1, true},
		"HTML":                 {domaintasktest.BadGateway(), 2, true},
		"reset":                {domaintasktest.ResetConnection(), 2, true},
		"cut off":              {domaintasktest.Truncate(40), 2, true},
		"hangs":                {domaintasktest.Hang(), 2, true},
		"quotes what was sent": {domaintasktest.SignatureMismatch(), 1, true},
	} {
		for _, format := range []domaintask.Format{domaintask.FormatJSON, domaintask.FormatXML} {
			for _, signature := range []domaintask.SignatureMethod{domaintask.SignatureHMACSHA1, domaintask.SignatureACS3} {
				t.Run(fmt.Sprintf("%s %v %v", name, format, signature), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t, func(c *domaintask.Config) { c.Format, c.Signature = format, signature })
					w.server.InjectAlways(tt.fault)
					_, err := w.client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
					require.Equal(t, tt.fails, err != nil, err)
					require.Len(t, w.searched, 2+tt.attempts)
					require.NotContains(t, w.searched, "", "no signature was sent")
					require.Empty(t, w.leaks(w.recorded(t)))

					operation, requests := w.tree(t)
					require.Equal(t, "Domain/PollTaskResult", operation.Name())
					require.Len(t, requests, tt.attempts, "a span an attempt")
					for i, request := range requests {
						require.Contains(t, request.Attributes(), attribute.Int("domaintask.attempt", i+1))
						require.Equal(t, tt.fails, request.Status().Code == codes.Error)
					}
				})
			}
		}
	}
}

// TestNothingIsPropagated: the service learns nothing of the trace, whatever
// the caller has in its context.
func TestNothingIsPropagated(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(*domaintask.Config) {})
	member, err := baggage.NewMember("customer", "42")
	require.NoError(t, err)
	bag, err := baggage.New(member)
	require.NoError(t, err)
	_, err = w.client.PollTaskResult(baggage.ContextWithBaggage(t.Context(), bag), domaintask.PollTaskResultRequest{})
	require.NoError(t, err)
	require.Len(t, w.headers, 1)
	for _, name := range []string{"Traceparent", "Tracestate", "Baggage"} {
		require.Empty(t, w.headers[0].Values(name), name)
	}
}

// TestErrorsMarkTheSpan: of the operation, with the code of the service.
func TestErrorsMarkTheSpan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(*domaintask.Config) {})
	w.server.InjectAlways(domaintasktest.APIError(http.StatusForbidden, "Forbidden.RAM", "no"))
	_, err := w.client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.Error(t, err)
	operation, _ := w.tree(t)
	require.Equal(t, sdktrace.Status{Code: codes.Error, Description: err.Error()}, operation.Status())
	require.Contains(t, operation.Attributes(), attribute.String("error.type", "Forbidden.RAM"))
}

func TestTasksCountsThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(*domaintask.Config) {})
	for _, err := range w.client.Tasks(t.Context(), domaintask.PollTaskResultRequest{PageSize: 2}) {
		require.NoError(t, err)
	}
	operation, requests := w.tree(t)
	require.Equal(t, "Domain/Tasks", operation.Name())
	require.Contains(t, operation.Attributes(), attribute.Int("domaintask.tasks", 3))
	require.Equal(t, codes.Unset, operation.Status().Code)
	require.Len(t, requests, 2)
}

// TestCancelled: what a caller gives up on ends its spans, too.
func TestCancelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *domaintask.Config) { c.Timeout = time.Minute })
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.server.InjectFunc(func(domaintasktest.Request) domaintasktest.Fault {
		cancel()
		return domaintasktest.Hang()
	})
	_, err := w.client.AcknowledgeTaskResult(ctx, domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: []string{"1"}})
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, w.leaks(w.recorded(t)))
	operation, requests := w.tree(t)
	require.Equal(t, "Domain/AcknowledgeTaskResult", operation.Name())
	require.Len(t, requests, 1)
}

// TestRequestID finds the id that the service gave the request in the span.
func TestRequestID(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(*domaintask.Config) {})
	page, err := w.client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.NoError(t, err)
	operation, requests := w.tree(t)
	require.Contains(t, requests[0].Attributes(), attribute.String("aliyun.request_id", page.RequestID))
	require.Contains(t, operation.Attributes(), attribute.Int("domaintask.tasks", 3))
}

func TestDrain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(*domaintask.Config) {})
	_, err := w.client.Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(ctx context.Context, _ domaintask.TaskDetail) error {
		trace.SpanFromContext(ctx).AddEvent("handled")
		return nil
	})
	require.NoError(t, err)
	operation, requests := w.tree(t)
	require.Contains(t, operation.Attributes(), attribute.Int("domaintask.acknowledged", 3))
	require.Len(t, requests, 3, "a look, an acknowledgement, a look")
	require.Len(t, operation.Events(), 3)
}

func TestRun(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	require.Contains(t, out.String(), "11 failed tasks\nDomain/Tasks\n")
	require.Equal(t, 4, strings.Count(out.String(), "\n    HTTP POST\n"))
}

// tree tells the one span of an operation from those of its requests.
func (w *world) tree(t *testing.T) (operation sdktrace.ReadOnlySpan, requests []sdktrace.ReadOnlySpan) {
	t.Helper()
	for _, span := range w.spans.Ended() {
		if span.Parent().IsValid() {
			requests = append(requests, span)
		} else {
			require.Nil(t, operation)
			operation = span
		}
	}
	require.NotNil(t, operation)
	for _, span := range requests {
		require.Equal(t, operation.SpanContext().SpanID(), span.Parent().SpanID())
	}
	return operation, requests
}
