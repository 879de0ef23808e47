package domaintask

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// asker asks for credentials, other than refused if that is not zero. It is a
// function so that nothing that prints or walks a Client reaches a provider.
type asker func(ctx context.Context, refused Credentials) (Credentials, error)

// newAsker returns an asker of a provider, which returns within limit even if
// the provider does not.
func newAsker(p CredentialsProvider, limit time.Duration) asker {
	switch p.(type) {
	case *staticCredentials, envCredentials: // which take no time
		return func(ctx context.Context, _ Credentials) (Credentials, error) { return p.Credentials(ctx) }
	}
	return func(ctx context.Context, refused Credentials) (Credentials, error) {
		limited, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		answers := make(chan providerAnswer, 1) // nobody may wait for it
		go func() {
			var answer providerAnswer
			guard(func() (err error) {
				if invalidator, ok := p.(CredentialsInvalidator); ok && refused != (Credentials{}) {
					invalidator.Invalidate(refused)
				}
				answer.creds, err = p.Credentials(limited)
				return err
			}, func(err error) {
				answer.err = err
				answers <- answer
			})
		}()
		var answer providerAnswer
		select {
		case answer = <-answers:
		case <-limited.Done():
			answer.err = limited.Err()
		}
		surface(answer.err)
		if answer.err != nil && limited.Err() != nil && ctx.Err() == nil {
			return Credentials{}, &lateError{limit, answer.err}
		}
		return answer.creds, answer.err
	}
}

// providerAnswer is how a call of a provider ended.
type providerAnswer struct {
	creds Credentials
	err   error
}

// lateError says that a provider took too long. It may be faster the next time.
type lateError struct {
	limit time.Duration
	err   error // what it ended with
}

// Error gives the limit.
func (e *lateError) Error() string { return fmt.Sprintf("no credentials within %v", e.limit) }

// Unwrap returns what the provider ended with, and that it was too late.
func (e *lateError) Unwrap() []error { return []error{e.err, context.DeadlineExceeded} }

// Temporary reports true.
func (e *lateError) Temporary() bool { return true }

// ask returns the key of the credentials that the provider returns. If some were
// refused, it informs the provider.
func (c *Client) ask(ctx context.Context, refused Credentials) (*signingKey, error) {
	creds, err := c.credentials(ctx, refused)
	if err != nil {
		return nil, provided(ctx, ErrCredentials, c.keys.redacted(err))
	}
	key, err := c.keys.of(creds)
	if err != nil {
		return nil, &providedError{ErrCredentials, err}
	}
	return key, nil
}

// renew returns the key of other credentials than those that the service
// refused; nil if the provider has no others.
func (c *Client) renew(ctx context.Context, refused Credentials) (*signingKey, error) {
	key, err := c.ask(ctx, refused)
	if err != nil || key.Credentials == refused {
		return nil, err
	}
	return key, nil
}

// refusesCredentials reports whether the service refused a request for its
// credentials, so that others may be accepted.
func refusesCredentials(err error) bool {
	var apiErr *APIError
	return errors.As(err, &apiErr) && apiErr.Is(ErrCredentials)
}

// provided returns the error of the limiter or the provider, or that ctx has
// ended.
func provided(ctx context.Context, kind, err error) error {
	switch {
	case ctx.Err() != nil:
		return ended(ctx)
	case errors.Is(err, kind):
		return err
	}
	return &providedError{kind, err}
}
