package main

import (
	"context"
	"log/slog"
	"strings"
)

// notices prints the library's log as messages like the others: a user at a
// terminal needs no time or level.
type notices struct {
	say   func(string)
	attrs string
}

func (n notices) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

func (n notices) Handle(_ context.Context, record slog.Record) error {
	text := strings.TrimPrefix(record.Message, "domaintask: ") + ":" + n.attrs
	record.Attrs(func(a slog.Attr) bool {
		text += " " + a.String()
		return true
	})
	n.say(text)
	return nil
}

func (n notices) WithAttrs(attrs []slog.Attr) slog.Handler {
	for _, a := range attrs {
		n.attrs += " " + a.String()
	}
	return n
}

func (n notices) WithGroup(string) slog.Handler { return n } // the library uses none
