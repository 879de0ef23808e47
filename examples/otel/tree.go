package main

import (
	"fmt"
	"io"
	"strings"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// printTree prints spans below their parents, in the order that they ended.
func printTree(w io.Writer, spans []sdktrace.ReadOnlySpan) {
	var below func(parent trace.SpanID, depth int)
	below = func(parent trace.SpanID, depth int) {
		for _, span := range spans {
			if span.Parent().SpanID() != parent {
				continue
			}
			indent := strings.Repeat("    ", depth)
			fmt.Fprintf(w, "%s%s\n", indent, span.Name())
			for _, a := range span.Attributes() {
				fmt.Fprintf(w, "%s  %s = %s\n", indent, a.Key, a.Value.Emit())
			}
			for _, event := range span.Events() {
				fmt.Fprintf(w, "%s  event %s\n", indent, event.Name)
				for _, a := range event.Attributes {
					fmt.Fprintf(w, "%s    %s = %s\n", indent, a.Key, a.Value.Emit())
				}
			}
			below(span.SpanContext().SpanID(), depth+1)
		}
	}
	below(trace.SpanID{}, 0)
}
