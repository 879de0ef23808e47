package main

import (
	"io"
	"log/slog"

	"github.com/domaintask/domaintask/examples/internal/cli"
)

// newLogger returns a logger that writes a line of JSON for each record. Logs are
// also read in terminals, and the service forwards text from registries and
// registrants, so nothing in a line may steer a terminal.
func newLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Value.Kind() == slog.KindString {
				a.Value = slog.StringValue(cli.Printable(a.Value.String()))
			}
			return a
		},
	}))
}
