package sdk2test

import (
	"cmp"
	"errors"
	"net/http"
	"strings"
	"testing"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/tea/dara"
	"github.com/alibabacloud-go/tea/tea"
	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// The signatures of the SDK, by its names.
const (
	rpc  = "v2"               // HMAC-SHA1
	acs3 = "ACS3-HMAC-SHA256" // its default
)

// client calls the service as the SDK's generated packages do.
type client struct {
	*openapi.Client
	format string
	retry  bool
}

// newClient returns a client of srv. transport is nil for the one that reaches
// srv.
func newClient(t *testing.T, srv *domaintasktest.Server, signature, token string, transport http.RoundTripper) client {
	t.Helper()
	config := &openapi.Config{
		AccessKeyId:        dara.String(domaintasktest.DefaultAccessKeyID),
		AccessKeySecret:    dara.String(domaintasktest.DefaultAccessKeySecret),
		SignatureAlgorithm: dara.String(signature),
		Endpoint:           dara.String("domain.aliyuncs.com"),
	}
	if token != "" {
		config.SecurityToken = dara.String(token)
	}
	if srv != nil {
		scheme, host, _ := strings.Cut(srv.URL, "://")
		config.Protocol, config.Endpoint = dara.String(scheme), dara.String(host)
		if transport == nil {
			transport = srv.Config().HTTPClient.Transport
		}
	}
	config.HttpClient = caller{http.Client{Transport: transport}}
	c, err := openapi.NewClient(config)
	require.NoError(t, err)
	return client{Client: c, format: "json"}
}

// caller sends what the SDK made, as net/http's client does: the SDK's own
// differs in its transport only.
type caller struct{ http.Client }

func (c caller) Call(r *http.Request, _ *http.Transport) (*http.Response, error) { return c.Do(r) }

// call calls an operation, and returns the body of the response.
func (c client) call(action string, query map[string]*string) (map[string]any, error) {
	params := &openapi.Params{
		Action: dara.String(action), Version: dara.String(domaintask.APIVersion), Protocol: cmp.Or(c.Protocol, dara.String("HTTPS")), Pathname: dara.String("/"),
		Method: dara.String(http.MethodPost), AuthType: dara.String("AK"), Style: dara.String("RPC"), ReqBodyType: dara.String("formData"),
		BodyType: dara.String(c.format),
	}
	runtime := &dara.RuntimeOptions{Autoretry: dara.Bool(c.retry)}
	resp, err := c.CallApi(params, &openapi.OpenApiRequest{Query: query}, runtime)
	if err != nil {
		return nil, err
	}
	body, _ := resp["body"].(map[string]any)
	return body, nil
}

// errorCode returns the service's code of an error of the SDK.
func errorCode(err error) string {
	var sdkErr *tea.SDKError
	if !errors.As(err, &sdkErr) {
		return ""
	}
	return tea.StringValue(sdkErr.Code)
}
