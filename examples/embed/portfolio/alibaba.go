package portfolio

import (
	"context"
	"iter"
	"log/slog"
	"net/http"
	"time"

	"github.com/domaintask/domaintask"
)

// settings holds what options change. The type is unexported, so that the
// underlying library stays hidden.
type settings struct{ domaintask.Config }

// Option changes how a Registrar is called. Options are passed to the underlying
// library, and use only types of the standard library.
type Option func(*settings)

// WithHTTPClient sends requests by client, which is not changed. If nil, the
// registrar uses its own.
func WithHTTPClient(client *http.Client) Option {
	return func(s *settings) { s.HTTPClient = client }
}

// WithEndpoint sends requests to url. If empty, the usual endpoint is used.
func WithEndpoint(url string) Option { return func(s *settings) { s.Endpoint = url } }

// WithLogger logs to logger. If nil, nothing is logged.
func WithLogger(logger *slog.Logger) Option { return func(s *settings) { s.Logger = logger } }

// WithTimeout bounds one attempt. 0 means the usual bound.
func WithTimeout(d time.Duration) Option { return func(s *settings) { s.Timeout = d } }

// Key is an access key.
type Key struct {
	ID, Secret string
	Token      string // of a temporary key; otherwise empty
}

// New returns the registrar Alibaba Cloud. key is called before every attempt, by
// many goroutines at once.
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
				yield(Job{}, translate(ctx, err)) // and the walk ends
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

// job converts a task.
func job(task domaintask.TaskDetail) Job {
	j := Job{ID: task.TaskDetailNo, Domain: task.DomainName, Kind: task.TaskType}
	switch {
	case task.Succeeded():
		j.State = Done
	case task.Failed():
		j.State, j.Detail = Failed, task.ErrorMsg
	}
	j.Ended, _ = task.Updated() // zero if the task has no time
	return j
}
