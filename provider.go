package domaintask

import (
	"context"
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

// providerAnswer is what came of asking a provider.
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
