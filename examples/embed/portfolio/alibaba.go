package portfolio

import (
	"context"
	"iter"
	"log/slog"
	"net/http"
	"time"

	"github.com/domaintask/domaintask"
)

// settings are what options change. The type has no exported name, so that the
// library beneath has none, either.
type settings struct{ domaintask.Config }

// Option changes how a Registrar is reached. Options are passed through to the
// library beneath; all that they say is in types of the standard library.
type Option func(*settings)

// WithHTTPClient sends requests by client, which is not changed; nil means one
// of its own.
func WithHTTPClient(client *http.Client) Option {
	return func(s *settings) { s.HTTPClient = client }
}

// WithEndpoint sends requests there; "" means the usual endpoint.
func WithEndpoint(url string) Option { return func(s *settings) { s.Endpoint = url } }

// WithLogger logs to logger; nil means nowhere.
func WithLogger(logger *slog.Logger) Option { return func(s *settings) { s.Logger = logger } }

// WithTimeout bounds one attempt; 0 means the usual bound.
func WithTimeout(d time.Duration) Option { return func(s *settings) { s.Timeout = d } }

// Key is an access key.
type Key struct {
	ID, Secret string
	Token      string // of a temporary key; else ""
}

// New returns the registrar Alibaba Cloud. key is asked before every attempt,
// and by many goroutines at once.
func New(key func(context.Context) (Key, error), opts ...Option) (Registrar, error) {
	s := settings{domaintask.Config{UserAgent: "portfolio"}}
	if key != nil {
		s.Credentials = domaintask.CredentialsFunc(func(ctx context.Context) (domaintask.Credentials, error) {
			k, err := key(ctx)
			return domaintask.NewCredentials(k.ID, k.Secret, k.Token), err
		})
	}
	for _, opt := range opts {
		opt(&s)
	}
	client, err := domaintask.NewClient(s.Config)
	if err != nil {
		return nil, translate(context.Background(), err)
	}
	return &alibaba{client}, nil
}

type alibaba struct{ client *domaintask.Client }

func (a *alibaba) Finished(ctx context.Context, filter Filter) iter.Seq2[Job, error] {
	req := domaintask.PollTaskResultRequest{DomainName: filter.Domain}
	if filter.FailedOnly {
		req.TaskResultStatus = domaintask.OnlyFailed
	}
	return func(yield func(Job, error) bool) {
		for task, err := range a.client.Tasks(ctx, req) {
			if err != nil {
				yield(Job{}, translate(ctx, err)) // and the walk is over
				return
			}
			if !yield(job(task), nil) {
				return
			}
		}
	}
}

func (a *alibaba) Confirm(ctx context.Context, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	if _, err := a.client.AcknowledgeTaskResult(ctx, domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: ids}); err != nil {
		return translate(ctx, err)
	}
	return nil
}

// job says in this package's words what a task is.
func job(task domaintask.TaskDetail) Job {
	j := Job{ID: task.TaskDetailNo, Domain: task.DomainName, Kind: task.TaskType}
	switch {
	case task.Succeeded():
		j.State = Done
	case task.Failed():
		j.State, j.Detail = Failed, task.ErrorMsg
	}
	j.Ended, _ = task.Updated() // zero where the task does not say
	return j
}
