package cli

import (
	"context"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// Emulate makes config call the in-memory service, and returns a message for the
// user.
func Emulate(config *domaintask.Config, service *domaintasktest.Server) (notice string) {
	reach := service.Config()
	config.Credentials, config.Endpoint, config.HTTPClient = reach.Credentials, reach.Endpoint, reach.HTTPClient
	return "in-memory service at " + service.URL + ": nothing is real"
}

// CheckCredentials checks for an access key before the first request, when the
// client would.
func CheckCredentials(ctx context.Context, credentials domaintask.CredentialsProvider) error {
	if _, err := credentials.Credentials(ctx); err != nil {
		return &noCredentialsError{err}
	}
	return nil
}

// noCredentialsError is the error of a provider without credentials. It names the
// variables to set.
type noCredentialsError struct{ err error }

func (e *noCredentialsError) Error() string {
	return "no access key: " + trim(e.err) + " (or try -emulator)"
}

func (e *noCredentialsError) Unwrap() error { return e.err }
