// Command drain-sqlite stores finished domain tasks in a SQLite database, one
// transaction a batch, and acknowledges the tasks that are stored:
//
//	cd examples/drain-sqlite
//	go run . -emulator -db tasks.db
//
// Without -emulator it calls the real service, with the access key in
// ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET. If it is killed,
// run it again: a task that was stored but not acknowledged is still listed, and
// its primary key prevents storing it twice.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	_ "modernc.org/sqlite" // written in Go; any other driver of database/sql works too
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("drain-sqlite: ")
	config := domaintask.Config{Credentials: domaintask.EnvCredentials()}
	file := flag.String("db", "tasks.db", "database file")
	size := flag.Int("batch", 0, "tasks in one transaction; 0 = a page")
	emulator := flag.Bool("emulator", false, "use an in-memory service instead; needs no key")
	flag.StringVar(&config.Endpoint, "endpoint", "", "host or URL of the service; default domain.aliyuncs.com")
	flag.Parse()
	if *emulator {
		server := domaintasktest.NewServer(domaintasktest.Tasks(3000, 1)...)
		defer server.Close()
		config = server.Config()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	result, err := run(ctx, config, *file, domaintask.WithBatchSize(*size))
	fmt.Printf("stored %d tasks, acknowledged %d\n", result.Handled, result.Acknowledged)
	if err != nil {
		log.Print(err)
		os.Exit(1)
	}
}

// run stores everything that is listed.
func run(ctx context.Context, config domaintask.Config, file string, opts ...domaintask.Option) (domaintask.DrainResult, error) {
	client, err := domaintask.NewClient(config)
	if err != nil {
		return domaintask.DrainResult{}, err
	}
	db, err := open(file)
	if err != nil {
		return domaintask.DrainResult{}, err
	}
	defer db.Close()
	return client.DrainBatches(ctx, domaintask.PollTaskResultRequest{}, func(ctx context.Context, b *domaintask.Batch) error {
		if err := store(ctx, db, b.Tasks); err != nil {
			return fmt.Errorf("%w: %w", domaintask.ErrStop, err) // the next batch would fail too
		}
		return nil // committed, so it may be acknowledged
	}, opts...)
}
