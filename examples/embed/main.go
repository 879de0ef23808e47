// Command embed uses an SDK that is built on this library, package portfolio, which
// is the code to read here.
//
//	go run ./examples/embed
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/domaintask/domaintask/examples/embed/portfolio"
)

func main() {
	service := domaintasktest.NewServer(domaintasktest.Tasks(100, 1)...)
	err := run(context.Background(), service, os.Stdout)
	service.Close()
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, service *domaintasktest.Server, stdout io.Writer) error {
	// This is an in-memory service. For the real one, use a real key and no options.
	key := func(context.Context) (portfolio.Key, error) {
		return portfolio.Key{ID: domaintasktest.DefaultAccessKeyID, Secret: domaintasktest.DefaultAccessKeySecret}, nil
	}
	registrar, err := portfolio.New(key,
		portfolio.WithEndpoint(service.URL), portfolio.WithHTTPClient(service.Config().HTTPClient))
	if err != nil {
		return err
	}

	var seen []string
	for job, err := range registrar.Finished(ctx, portfolio.Filter{FailedOnly: true}) {
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(stdout, job.Ended.UTC().Format("2006-01-02 15:04 UTC"), job.Kind, job.Domain, job.Detail); err != nil {
			return err // jobs that nobody has seen are not confirmed
		}
		seen = append(seen, job.ID)
	}
	return registrar.Confirm(ctx, seen...)
}
