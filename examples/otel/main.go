// Command otel traces the library with OpenTelemetry: a span for each operation,
// and below it one for each attempt, with the request id of the service.
//
//	cd examples/otel && go run .
//
// asks an in-memory service that is not well, and prints the spans. It is a
// module of its own, so that nobody else downloads OpenTelemetry. The spans of the
// attempts come from the hooks of the library, in client.go: no transport is
// wrapped, so nothing that records URLs sees the signed query.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("otel: ")
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, stdout io.Writer) error {
	server := domaintasktest.NewServer(domaintasktest.Tasks(50, 1)...)
	defer server.Close()
	server.Inject(domaintasktest.Throttle(0), domaintasktest.BadGateway())

	// A program that runs on has an exporter in place of the recorder.
	recorder := tracetest.NewSpanRecorder()
	spans := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
	client, err := NewClient(server.Config(), spans)
	if err != nil {
		return err
	}

	failed := 0
	for _, err := range client.Tasks(ctx, domaintask.PollTaskResultRequest{TaskResultStatus: domaintask.OnlyFailed, PageSize: 10}) {
		if err != nil {
			return err
		}
		failed++
	}
	if err := spans.Shutdown(ctx); err != nil {
		return err
	}
	fmt.Fprintln(stdout, failed, "failed tasks")
	printTree(stdout, recorder.Ended())
	return nil
}
