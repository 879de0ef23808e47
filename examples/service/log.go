package main

import (
	"io"
	"log/slog"

	"github.com/domaintask/domaintask/examples/internal/cli"
)

// newLogger writes a line of JSON for each record. Logs are read in terminals,
// too, and the service passes on what registries and registrants wrote: nothing
// in it may do anything to a terminal.
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
