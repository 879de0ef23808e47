package sdktest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	sdkcredentials "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	official "github.com/aliyun/alibaba-cloud-sdk-go/services/domain"
	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// TestComparison lets this library and the official SDK do the same, and notes
// what came of it. Both have the settings that they have by default, but that
// the SDK's retries are turned on. The table in the README is what it finds.
func TestComparison(t *testing.T) {
	t.Parallel()
	cell := map[bool]string{true: "yes", false: "no"}
	var table strings.Builder
	table.WriteString("| | domaintask | official SDK |\n|---|---|---|\n")
	for _, property := range properties {
		fmt.Fprintf(&table, "| %s | %s | %s |\n", property.name, cell[property.holds(t, newOurs)], cell[property.holds(t, newTheirs)])
	}
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	require.Contains(t, string(readme), table.String(), "README.md should have:\n%s", &table)
}

// peer is one of the two clients, asking one service.
type peer interface {
	// method is what makes a call, for a look at its type.
	method() any
	// poll asks for the first 20 tasks. again is whether the request of the
	// call before is used once more, with the name changed.
	poll(domainName string, again bool) (tasks int, more bool, err error)
	// code is the error code of the service.
	code(err error) string
	credentials() any
}

// newPeer makes a client that asks for answers in JSON unless told otherwise.
// transport is nil for the one that reaches srv.
type newPeer func(t *testing.T, srv *domaintasktest.Server, format domaintask.Format, transport http.RoundTripper) peer

var properties = []struct {
	name  string
	holds func(*testing.T, newPeer) bool
}{
	{"a call takes a context", func(t *testing.T, newPeer newPeer) bool {
		call := reflect.TypeOf(newPeer(t, service(t), domaintask.FormatJSON, nil).method())
		return call.In(0) == reflect.TypeFor[context.Context]()
	}},
	{"the second page is known of where the service leaves NextPage out", func(t *testing.T, newPeer newPeer) bool {
		srv := newServer(t, domaintasktest.Options{OmitPageFlags: true}, domaintasktest.Tasks(40, 1)...)
		tasks, more, err := newPeer(t, srv, domaintask.FormatJSON, nil).poll("", false)
		require.NoError(t, err)
		require.Equal(t, 20, tasks)
		return more
	}},
	{"a success with nothing in it, or an error, is an error", func(t *testing.T, newPeer newPeer) bool {
		return fails(domaintasktest.EmptySuccess())(t, newPeer) && fails(domaintasktest.APIError(http.StatusOK, "Forbidden.RAM", "denied"))(t, newPeer)
	}},
	{"an answer without end is cut off", fails(domaintasktest.LargeAnswer(domaintask.DefaultMaxResponseBytes + 1))},
	{"an error in XML keeps its code", func(t *testing.T, newPeer newPeer) bool {
		srv := service(t, domaintasktest.APIError(http.StatusForbidden, "Forbidden.RAM", "denied"))
		p := newPeer(t, srv, domaintask.FormatXML, nil)
		_, _, err := p.poll("", false)
		require.Error(t, err)
		return p.code(err) == "Forbidden.RAM"
	}},
	{"a call that was throttled, or met a 503, is repeated no sooner than the service asks", func(t *testing.T, newPeer newPeer) bool {
		return repeats(t, newPeer, domaintasktest.Throttle(0)) && repeats(t, newPeer, domaintasktest.ServiceUnavailable())
	}},
	{"a clock that is off by hours is made up for", func(t *testing.T, newPeer newPeer) bool {
		srv := newServer(t, domaintasktest.Options{Now: func() time.Time { return time.Now().Add(2 * time.Hour) }})
		_, _, err := newPeer(t, srv, domaintask.FormatJSON, nil).poll("", false)
		return err == nil
	}},
	{"errors of the connection hold no signature", func(t *testing.T, newPeer newPeer) bool {
		srv := service(t)
		srv.Close()
		_, _, err := newPeer(t, srv, domaintask.FormatJSON, nil).poll("", false)
		require.Error(t, err)
		return !strings.Contains(err.Error(), "Signature=")
	}},
	{"a signed request does not follow redirects", func(t *testing.T, newPeer newPeer) bool {
		var arrived atomic.Int64
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { arrived.Add(1) }))
		t.Cleanup(other.Close)
		srv := service(t)
		srv.InjectAlways(domaintasktest.Redirect(http.StatusFound, other.URL))
		newPeer(t, srv, domaintask.FormatJSON, nil).poll("", false) // what it makes of the other's answer is no matter here
		return arrived.Load() == 0
	}},
	{"https is the default", func(t *testing.T, newPeer newPeer) bool {
		var scheme string
		newPeer(t, nil, domaintask.FormatJSON, roundTrip(func(r *http.Request) (*http.Response, error) {
			scheme = r.URL.Scheme
			return nil, errors.New("not sent")
		})).poll("", false)
		return scheme == "https"
	}},
	{"credentials are printed without their secrets", func(t *testing.T, newPeer newPeer) bool {
		return !strings.Contains(fmt.Sprintf("%+v", newPeer(t, service(t), domaintask.FormatJSON, nil).credentials()), domaintasktest.DefaultAccessKeySecret)
	}},
	{"a filter that was cleared is not sent again", func(t *testing.T, newPeer newPeer) bool {
		srv := service(t)
		p := newPeer(t, srv, domaintask.FormatJSON, nil)
		for _, name := range []string{"example.com", ""} {
			_, _, err := p.poll(name, name == "")
			require.NoError(t, err)
		}
		sent := srv.Requests()
		require.Equal(t, "example.com", sent[0].Params.Get("DomainName"))
		return sent[1].Params.Get("DomainName") == ""
	}},
}

// service is one that meets its first request with the faults.
func service(t *testing.T, faults ...domaintasktest.Fault) *domaintasktest.Server {
	t.Helper()
	srv := newServer(t, domaintasktest.Options{}, domaintasktest.Tasks(3, 1)...)
	srv.Inject(faults...)
	return srv
}

// fails is that a fault which goes on is told.
func fails(fault domaintasktest.Fault) func(*testing.T, newPeer) bool {
	return func(t *testing.T, newPeer newPeer) bool {
		srv := service(t)
		srv.InjectAlways(fault)
		_, _, err := newPeer(t, srv, domaintask.FormatJSON, nil).poll("", false)
		return err != nil
	}
}

// repeats is that a fault which passes is not told, and that the service is not
// asked again before the time that it named with it.
func repeats(t *testing.T, newPeer newPeer, fault domaintasktest.Fault) bool {
	const named = 200 * time.Millisecond
	srv := service(t, fault.WithHeader("X-Ratelimit-User", fmt.Sprintf("TimeLeft:%d", named.Milliseconds())))
	var answered time.Time
	var waited time.Duration
	_, _, err := newPeer(t, srv, domaintask.FormatJSON, roundTrip(func(r *http.Request) (*http.Response, error) {
		if !answered.IsZero() {
			waited = time.Since(answered)
		}
		resp, err := srv.Config().HTTPClient.Transport.RoundTrip(r)
		answered = time.Now()
		return resp, err
	})).poll("", false)
	return err == nil && waited >= named
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type ours struct {
	*domaintask.Client
	config domaintask.Config
}

func newOurs(t *testing.T, srv *domaintasktest.Server, format domaintask.Format, transport http.RoundTripper) peer {
	t.Helper()
	config := domaintask.Config{Credentials: domaintask.StaticCredentials(domaintasktest.DefaultAccessKeyID, domaintasktest.DefaultAccessKeySecret, "")}
	if srv != nil {
		config = srv.Config()
	}
	if transport != nil {
		config.HTTPClient = &http.Client{Transport: transport}
	}
	config.Format = format
	return ours{newClient(t, config), config}
}

func (o ours) method() any { return o.PollTaskResult }

func (o ours) poll(domainName string, _ bool) (tasks int, more bool, err error) {
	page, err := o.PollTaskResult(context.Background(), domaintask.PollTaskResultRequest{DomainName: domainName})
	if err != nil {
		return 0, false, err
	}
	return len(page.Tasks), page.HasNextPage(), nil
}

func (o ours) code(err error) string {
	var apiErr *domaintask.APIError
	errors.As(err, &apiErr)
	return cmp.Or(apiErr, new(domaintask.APIError)).Code
}

func (o ours) credentials() any {
	creds, _ := o.config.Credentials.Credentials(context.Background())
	return creds
}

type theirs struct {
	*official.Client
	aim     func(*requests.RpcRequest)
	request *official.PollTaskResultRequest
}

func newTheirs(t *testing.T, srv *domaintasktest.Server, format domaintask.Format, transport http.RoundTripper) peer {
	t.Helper()
	p := &theirs{aim: func(r *requests.RpcRequest) {
		r.AcceptFormat = format.String()
		if srv != nil {
			r.Scheme, r.Domain, _ = strings.Cut(srv.URL, "://")
		}
	}}
	config := sdk.NewConfig().WithAutoRetry(true)
	if config.Transport = transport; transport == nil {
		config.Transport = roundTrip(srv.Config().HTTPClient.Transport.RoundTrip) // it would change a *http.Transport
	}
	var err error
	p.Client, err = official.NewClientWithOptions("cn-hangzhou", config, p.credentials().(*sdkcredentials.AccessKeyCredential))
	require.NoError(t, err)
	return p
}

func (p *theirs) method() any { return p.PollTaskResult }

func (p *theirs) poll(domainName string, again bool) (tasks int, more bool, err error) {
	if !again {
		p.request = official.CreatePollTaskResultRequest()
		p.aim(p.request.RpcRequest)
		p.request.PageNum, p.request.PageSize = requests.NewInteger(1), requests.NewInteger(20)
	}
	p.request.DomainName = domainName
	page, err := p.PollTaskResult(p.request)
	if err != nil {
		return 0, false, err
	}
	return len(page.Data.TaskDetail), page.NextPage, nil
}

func (p *theirs) code(err error) string {
	var serverErr *sdkerrors.ServerError
	if !errors.As(err, &serverErr) {
		return ""
	}
	return serverErr.ErrorCode()
}

func (p *theirs) credentials() any {
	return sdkcredentials.NewAccessKeyCredential(domaintasktest.DefaultAccessKeyID, domaintasktest.DefaultAccessKeySecret)
}
