package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"

	"github.com/domaintask/domaintask"
)

// service has three parts: a worker that does the work, and health and metrics that
// observe it.
type service struct {
	worker  *worker
	health  *health
	metrics *metrics
	server  *http.Server
	logger  *slog.Logger
}

// newService connects the parts. Nothing is sent before run.
func newService(config domaintask.Config, opts options, logger *slog.Logger) (*service, error) {
	health := &health{stale: opts.stale}
	metrics := newMetrics(health)

	config.Logger = logger
	config.OnAttempt = func(_ context.Context, attempt domaintask.Attempt) {
		metrics.attempt(attempt)
		if attempt.Action == acknowledge && attempt.Err == nil {
			// Handling a long list may take hours.
			health.succeed()
		}
	}
	client, err := domaintask.NewClient(config)
	if err != nil {
		return nil, err
	}
	return &service{
		worker: &worker{
			client:  client,
			options: opts,
			logger:  logger,
			health:  health,
			metrics: metrics,
		},
		health:  health,
		metrics: metrics,
		server:  newServer(health, metrics, logger),
		logger:  logger,
	}, nil
}

// run works and serves HTTP until ctx ends. The end of ctx is no error.
func (s *service) run(ctx context.Context, listener net.Listener) error {
	work, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	served := make(chan struct{})
	go func() {
		defer close(served)
		cancel(s.server.Serve(listener)) // early only if it fails; then the work ends too
	}()
	s.logger.Info("started", "address", listener.Addr().String())

	// While the service stops, which takes as long as acknowledging does, health
	// reports it: HTTP ends last.
	context.AfterFunc(work, s.health.stop)
	err := s.worker.run(work)
	s.shutdown()
	<-served
	s.logger.Info("stopped")

	if err == nil && ctx.Err() == nil {
		return context.Cause(work)
	}
	return err
}
