package domaintask_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// TestAdvice: an error says which of key id, secret, token, clock or way to
// check, in few words, and keeps what the service quotes in Message.
func TestAdvice(t *testing.T) {
	t.Parallel()
	const secretIsWrong = "check the access key secret, which does not belong to the access key id"
	const onTheWay = "check what changes requests on the way, such as a proxy: the service received another request than was signed"
	bothSignatures(t, func(t *testing.T, method domaintask.SignatureMethod) {
		for _, format := range []domaintask.Format{domaintask.FormatJSON, domaintask.FormatXML} {
			for _, tt := range []struct {
				name   string
				change func(*domaintask.Config)
				advice string
			}{
				{"another secret", func(c *domaintask.Config) {
					c.Credentials = domaintask.StaticCredentials(domaintasktest.DefaultAccessKeyID, "another-secret-of-some-length", "")
				}, secretIsWrong},
				{"another key id", func(c *domaintask.Config) {
					c.Credentials = domaintask.StaticCredentials("another", domaintasktest.DefaultAccessKeySecret, "")
				}, "check the access key id"},
				{"a proxy that changes a parameter", func(c *domaintask.Config) {
					c.HTTPClient.Transport = changing{c.HTTPClient.Transport, func(query string) string { return strings.Replace(query, "PageNum=1", "PageNum=2", 1) }}
				}, onTheWay},
				{"a proxy that adds a parameter", func(c *domaintask.Config) {
					c.HTTPClient.Transport = changing{c.HTTPClient.Transport, func(query string) string { return query + "&zone=1" }}
				}, onTheWay},
			} {
				server := domaintasktest.NewServer()
				config := server.Config()
				config.Signature, config.Format, config.Retry = method, format, once
				tt.change(&config)
				_, err := newClient(t, config).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{DomainName: "a b.example"})
				server.Close()
				var apiErr *domaintask.APIError
				require.ErrorAs(t, err, &apiErr, tt.name)
				require.Equal(t, tt.advice, apiErr.Advice(), tt.name)
				require.ErrorContains(t, err, "; "+tt.advice+" (HTTP ")
				require.NotContains(t, err.Error(), "tring to sign")
				require.Less(t, len(err.Error()), 300)
				if apiErr.Code == "SignatureDoesNotMatch" {
					require.Contains(t, apiErr.Message, "string to sign is:")
				}
			}
		}
	})
}

// changing is a way to the service that changes the query of a request.
type changing struct {
	next   http.RoundTripper
	change func(query string) string
}

func (c changing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL = &url.URL{Scheme: r.URL.Scheme, Host: r.URL.Host, Path: "/", RawQuery: c.change(r.URL.RawQuery)}
	return c.next.RoundTrip(r)
}

// TestAdviceByCode states for each code that refuses an identity or a time what
// to check.
func TestAdviceByCode(t *testing.T) {
	t.Parallel()
	for code, advice := range map[string]string{
		"SignatureDoesNotMatch":         "check that the access key secret belongs to the access key id",
		"InvalidAccessKeyId.NotFound":   "check the access key id",
		"InvalidAccessKeyId.Inactive":   "check the access key id, which is disabled",
		"InvalidSecurityToken.Expired":  "renew the security token, which has expired",
		"InvalidSecurityToken.Mismatch": "check that the security token belongs to the access key id",
		"MissingSecurityToken":          "set the security token that belongs to the access key id",
		"InvalidTimeStamp.Expired":      "check the clock of this machine",
		"InvalidTimeStamp.Format":       "",
		"illegaltimestamp":              "check the clock of this machine",
		"Forbidden.RAM":                 "",
		"Throttling.User":               "",
	} {
		client := newClient(t, domaintask.Config{Retry: once, HTTPClient: &http.Client{Transport: &replies{list: []reply{refusal(400, code)}}}})
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		var apiErr *domaintask.APIError
		require.ErrorAs(t, err, &apiErr)
		require.Equal(t, advice, apiErr.Advice(), code)
	}
}

// TestQuotedRequestsAreNotInTheText of an error, whoever made it.
func TestQuotedRequestsAreNotInTheText(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"Specified signature is not matched with our calculation. server string to sign is:POST&%2F&A%3D1": ": Specified signature is not matched with our calculation",
		"The request signature does not conform. Server StringToSign is [POST&%2F&A%3D1]":                  ": The request signature does not conform",
		"server string to sign is:POST&%2F&A%3D1":                                                          "",
		"no request in here.":        ": no request in here.",
		strings.Repeat("long ", 100): ": " + strings.Repeat("long ", 60) + "…",
	} {
		err := error(&domaintask.APIError{Action: "X", Code: "Y", StatusCode: 400, Message: message})
		require.EqualError(t, err, "domaintask: X: Y"+want+" (HTTP 400)")
		require.True(t, errors.As(err, new(*domaintask.APIError)))
	}
}
