package main

import (
	"cmp"
	"context"
	"errors"
	"iter"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/domaintask/domaintask"
)

// scope names this instrumentation to whoever reads the spans.
const scope = "github.com/domaintask/domaintask/examples/otel"

// Client is a domaintask.Client with a span an operation. The requests of an
// operation, one an attempt, are the children of its span.
type Client struct {
	client *domaintask.Client
	tracer trace.Tracer
}

// NewClient makes a client of config, whose hooks it takes for itself.
func NewClient(config domaintask.Config, spans trace.TracerProvider) (*Client, error) {
	tracer := spans.Tracer(scope)
	config.OnAttemptStart = func(ctx context.Context, a domaintask.Attempt) context.Context {
		return startAttempt(ctx, tracer, a)
	}
	config.OnAttempt = endAttempt
	client, err := domaintask.NewClient(config)
	if err != nil {
		return nil, err
	}
	return &Client{client, tracer}, nil
}

// PollTaskResult calls PollTaskResult of the client in a span.
func (c *Client) PollTaskResult(ctx context.Context, req domaintask.PollTaskResultRequest) (*domaintask.PollTaskResultResponse, error) {
	ctx, span := c.start(ctx, "PollTaskResult")
	defer span.End()
	page, err := c.client.PollTaskResult(ctx, req)
	fail(span, err)
	if err == nil {
		span.SetAttributes(attribute.Int("domaintask.tasks", len(page.Tasks)))
	}
	return page, err
}

// AcknowledgeTaskResult calls AcknowledgeTaskResult of the client in a span.
func (c *Client) AcknowledgeTaskResult(ctx context.Context, req domaintask.AcknowledgeTaskResultRequest) (*domaintask.AcknowledgeTaskResultResponse, error) {
	ctx, span := c.start(ctx, "AcknowledgeTaskResult")
	defer span.End()
	resp, err := c.client.AcknowledgeTaskResult(ctx, req)
	fail(span, err)
	return resp, err
}

// Tasks walks as Tasks of the client does. Its span covers the whole walk,
// including what the caller does with the tasks.
func (c *Client) Tasks(ctx context.Context, req domaintask.PollTaskResultRequest, opts ...domaintask.Option) iter.Seq2[domaintask.TaskDetail, error] {
	return func(yield func(domaintask.TaskDetail, error) bool) {
		ctx, span := c.start(ctx, "Tasks")
		defer span.End()
		tasks := 0
		defer func() { span.SetAttributes(attribute.Int("domaintask.tasks", tasks)) }()
		for task, err := range c.client.Tasks(ctx, req, opts...) {
			fail(span, err)
			if err == nil {
				tasks++
			}
			if !yield(task, err) {
				return
			}
		}
	}
}

// Drain drains as Drain of the client does. A handler that starts its own spans
// finds the span of the drain in its context.
func (c *Client) Drain(ctx context.Context, req domaintask.PollTaskResultRequest, handle func(context.Context, domaintask.TaskDetail) error, opts ...domaintask.Option) (domaintask.DrainResult, error) {
	ctx, span := c.start(ctx, "Drain")
	defer span.End()
	result, err := c.client.Drain(ctx, req, handle, opts...)
	fail(span, err)
	span.SetAttributes(
		attribute.Int("domaintask.handled", result.Handled),
		attribute.Int("domaintask.acknowledged", result.Acknowledged),
		attribute.Int("domaintask.refused", result.Refused),
	)
	return result, err
}

func (c *Client) start(ctx context.Context, operation string) (context.Context, trace.Span) {
	return c.tracer.Start(ctx, "Domain/"+operation, trace.WithAttributes(
		attribute.String("rpc.service", "Domain"),
		attribute.String("rpc.method", operation),
	))
}

// fail marks the span of an operation that failed. The message is fit to be
// shown: no error of domaintask holds a secret, a signature or a signed URL.
func fail(span trace.Span, err error) {
	if err == nil {
		return
	}
	span.SetStatus(codes.Error, err.Error())
	var apiErr *domaintask.APIError
	if !errors.As(err, &apiErr) {
		apiErr = new(domaintask.APIError)
	}
	span.SetAttributes(errorType(apiErr.Code))
}

// startAttempt starts the span of an attempt, below the span of its operation. The
// URL is omitted: its query holds the signature and the security token.
func startAttempt(ctx context.Context, tracer trace.Tracer, a domaintask.Attempt) context.Context {
	ctx, _ = tracer.Start(ctx, "HTTP POST", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("http.request.method", "POST"),
		attribute.String("rpc.method", a.Action),
		attribute.String("domaintask.call_id", a.CallID),
		attribute.Int("domaintask.attempt", a.Number),
	))
	return ctx
}

// endAttempt ends the span of an attempt. With the request id the support of
// the service finds the request.
func endAttempt(ctx context.Context, a domaintask.Attempt) {
	span := trace.SpanFromContext(ctx)
	defer span.End()
	if a.StatusCode != 0 {
		span.SetAttributes(attribute.Int("http.response.status_code", a.StatusCode))
	}
	if a.RequestID != "" {
		span.SetAttributes(attribute.String("aliyun.request_id", a.RequestID))
	}
	if a.Err != nil {
		span.SetStatus(codes.Error, a.Err.Error())
		span.SetAttributes(errorType(a.Code))
	}
	if a.WillRetry {
		span.SetAttributes(attribute.Float64("domaintask.retry_wait_seconds", a.Wait.Seconds()))
	}
}

// errorType is the error code of the service, or what the conventions have for
// errors without one.
func errorType(code string) attribute.KeyValue {
	return attribute.String("error.type", cmp.Or(code, "_OTHER"))
}
