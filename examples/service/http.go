package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// shutdownTime bounds the end of running requests.
const shutdownTime = 5 * time.Second

// newServer serves health and metrics. Its limits keep clients from holding
// resources forever.
func newServer(health, metrics http.Handler, logger *slog.Logger) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", health)
	mux.Handle("GET /debug/vars", metrics)
	return &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
}

// shutdown ends HTTP gracefully, and after shutdownTime immediately.
func (s *service) shutdown() {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	if err := s.server.Shutdown(ctx); err != nil {
		s.logger.Warn("HTTP requests are aborted", "error", err.Error())
		s.server.Close()
	}
}
