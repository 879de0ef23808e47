package domaintask

import (
	"encoding/json"
)

// MarshalJSON writes the plain settings of c. It returns an error if NewClient
// did not make c. A struct that embeds a Client has this method, too, unless it
// has its own.
func (c Client) MarshalJSON() ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		Credentials      string // the type of the provider
		Endpoint         string
		AllowHTTP        bool
		Format           string
		Signature        string
		Timeout          string
		CallTimeout      string
		Retry            RetryPolicy
		UserAgent        string
		MaxResponseBytes int64
	}{
		c.providerType, c.endpoint.String(), c.endpoint.Scheme == "http", c.format.String(), c.signature.String(), c.timeout.String(), c.callTimeout.String(),
		c.retry, c.header.Get("User-Agent"), c.maxBytes,
	})
}

// check returns an error if c is nil or was not made by NewClient.
func (c *Client) check() error {
	if c == nil || c.credentials == nil {
		return &ParamError{Param: "Client", Reason: "must be made by NewClient"}
	}
	return nil
}
