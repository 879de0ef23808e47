package cli

import (
	"context"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// Emulate makes config reach the in-memory service, and returns the words to
// tell the user so.
func Emulate(config *domaintask.Config, service *domaintasktest.Server) (notice string) {
	reach := service.Config()
	config.Credentials, config.Endpoint, config.HTTPClient = reach.Credentials, reach.Endpoint, reach.HTTPClient
	return "in-memory service at " + service.URL + ": nothing is real"
}

// CheckCredentials finds out at once whether there is an access key: the
// client would, too, but only with its first request.
func CheckCredentials(ctx context.Context, credentials domaintask.CredentialsProvider) error {
	if _, err := credentials.Credentials(ctx); err != nil {
		return &noCredentialsError{err}
	}
	return nil
}

// noCredentialsError is a provider that has nothing to sign with. Its error
// names the variables to set.
type noCredentialsError struct{ err error }

func (e *noCredentialsError) Error() string {
	return "no access key: " + trim(e.err) + " (or try -emulator)"
}

func (e *noCredentialsError) Unwrap() error { return e.err }
