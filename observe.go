package domaintask

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/url"
	"time"
)

// Attempt is one request and what came of it. Nothing in it is secret.
// OnAttemptStart is given the first three fields.
type Attempt struct {
	Action string
	CallID string // random; the same for all attempts of a call, and for no other call
	Number int    // 1 for the first

	StatusCode int    // of HTTP, even if the response broke off; 0 means that there was none
	Code       string // of the service's error; "" = there was none
	RequestID  string // "" = there was none
	Err        error  // nil = it succeeded
	Duration   time.Duration

	WillRetry bool          // another attempt follows, unless the call ends before it
	Wait      time.Duration // before the next attempt; 0 means at once if WillRetry
}

// observer reports attempts to the program.
type observer struct {
	logger  *slog.Logger
	onStart func(context.Context, Attempt) context.Context // nil means nothing is called
	onEnd   func(context.Context, Attempt)                 // nil means nothing is called
}

// observed is the attempts of one call.
type observed struct {
	observer
	action string
	callID string // "" until it is needed
}

// id returns the id of the call.
func (o *observed) id() string {
	if o.callID == "" {
		var b [8]byte
		rand.Read(b[:]) // never fails
		o.callID = hex.EncodeToString(b[:])
	}
	return o.callID
}

// start calls OnAttemptStart before the attempt with the given number and
// returns the context whose values are those of the attempt.
func (o *observed) start(ctx context.Context, number int) (values context.Context) {
	if o.onStart != nil {
		values = o.onStart(ctx, Attempt{Action: o.action, CallID: o.id(), Number: number})
	}
	if values == nil {
		return ctx
	}
	return values
}

// attemptContext ends as its Context does, and has the values of another.
type attemptContext struct {
	context.Context
	values context.Context
}

// Value returns the value of the other context.
func (c attemptContext) Value(key any) any { return c.values.Value(key) }

// end logs an attempt and passes it to OnAttempt.
func (o *observed) end(ctx context.Context, a Attempt) {
	level, message := slog.LevelDebug, "domaintask: attempt"
	if a.WillRetry {
		level, message = slog.LevelWarn, "domaintask: attempt failed, another follows"
	}
	logs := o.logger.Enabled(ctx, level)
	if !logs && o.onEnd == nil {
		return
	}
	a.Action, a.CallID = o.action, o.id()
	if logs {
		o.logger.LogAttrs(ctx, level, message, a.attrs()...)
	}
	if o.onEnd != nil {
		o.onEnd(ctx, a)
	}
}

func (a Attempt) attrs() []slog.Attr {
	attrs := []slog.Attr{slog.String("action", a.Action), slog.String("call_id", a.CallID), slog.Int("attempt", a.Number), slog.Duration("duration", a.Duration)}
	add := func(name, value string) { attrs = appendText(attrs, name, value) }
	if a.StatusCode != 0 {
		attrs = append(attrs, slog.Int("status", a.StatusCode))
	}
	add("code", a.Code)
	add("request_id", a.RequestID)
	add("error", cause(a.Err))
	if a.WillRetry {
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

// cause returns what the log says about err: nothing for an APIError, whose code
// is logged, and otherwise the innermost text, without the URL that net/http adds.
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
