package main

import (
	"context"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// tracedTransport lets otelhttp make a span of every request that goes to next,
// without the query: a query of this service is signed, and holds the security
// token, and otelhttp records the whole URL.
//
// Above otelhttp the query is taken off the URL and put into the context, and
// below it back on. So otelhttp, whatever it may record in times to come, is
// never given it.
//
// Nothing is propagated: a trace of ours is no business of the service, which
// would not go on with it.
func tracedTransport(next http.RoundTripper, spans trace.TracerProvider, metrics metric.MeterProvider) http.RoundTripper {
	return withoutQuery{otelhttp.NewTransport(withQuery{next},
		otelhttp.WithTracerProvider(spans),
		otelhttp.WithMeterProvider(metrics),
		otelhttp.WithPropagators(propagation.NewCompositeTextMapPropagator()))}
}

// queryKey is where the context of a request holds its query.
type queryKey struct{}

type withoutQuery struct{ next http.RoundTripper }

func (t withoutQuery) RoundTrip(r *http.Request) (*http.Response, error) {
	return t.next.RoundTrip(withRawQuery(context.WithValue(r.Context(), queryKey{}, r.URL.RawQuery), r, ""))
}

type withQuery struct{ next http.RoundTripper }

func (t withQuery) RoundTrip(r *http.Request) (*http.Response, error) {
	query, _ := r.Context().Value(queryKey{}).(string)
	return t.next.RoundTrip(withRawQuery(r.Context(), r, query))
}

// withRawQuery copies the request: a RoundTripper must not change the one that
// it is given.
func withRawQuery(ctx context.Context, r *http.Request, query string) *http.Request {
	r = r.WithContext(ctx)
	url := *r.URL
	url.RawQuery = query
	r.URL = &url
	return r
}
