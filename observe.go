package domaintask

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"time"
)

// Attempt is one request and what came of it. Nothing in it is secret.
type Attempt struct {
	Action     string
	Number     int    // 1 for the first
	StatusCode int    // of HTTP, even if the response broke off; 0 means that there was none
	Code       string // of the service's error; "" = there was none
	RequestID  string // "" = there was none
	Err        error  // nil = it succeeded
	Duration   time.Duration
	Wait       time.Duration // before the next attempt; 0 = at once, or none follows
}

// observer reports attempts to the program.
type observer struct {
	logger    *slog.Logger
	onAttempt func(context.Context, Attempt) // nil means nothing is called
}

// report logs an attempt and passes it to OnAttempt. again reports whether
// another attempt follows.
func (o observer) report(ctx context.Context, a Attempt, again bool) {
	level, message := slog.LevelDebug, "domaintask: attempt"
	if again {
		level, message = slog.LevelWarn, "domaintask: attempt failed, another follows"
	}
	if o.logger.Enabled(ctx, level) {
		o.logger.LogAttrs(ctx, level, message, a.attrs()...)
	}
	if o.onAttempt != nil {
		o.onAttempt(ctx, a)
	}
}

func (a Attempt) attrs() []slog.Attr {
	attrs := []slog.Attr{slog.String("action", a.Action), slog.Int("attempt", a.Number), slog.Duration("duration", a.Duration)}
	add := func(name, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(name, oneLine(value)))
		}
	}
	if a.StatusCode != 0 {
		attrs = append(attrs, slog.Int("status", a.StatusCode))
	}
	add("code", a.Code)
	add("request_id", a.RequestID)
	add("error", cause(a.Err))
	if a.Wait > 0 {
		attrs = append(attrs, slog.Duration("wait", a.Wait))
	}
	return attrs
}

func errorCode(err error) string {
	var apiErr *APIError
	if errors.As(err, &apiErr) {
		return apiErr.Code
	}
	return ""
}

// cause is what a log says of an error: that of the service by its message
// nothing, since its code is there; of others the innermost text, without the
// URL that net/http puts before it.
func cause(err error) string {
	var urlErr *url.Error
	var decodeErr *DecodeError
	var callErr *CallError
	switch {
	case errors.As(err, &urlErr):
		return urlErr.Err.Error()
	case errors.As(err, &decodeErr):
		return decodeErr.Err.Error()
	case errors.As(err, &callErr):
		return callErr.Err.Error()
	}
	return ""
}
