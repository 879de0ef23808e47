package credentials

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/domaintask/domaintask"
)

const (
	// uriTimeout is that of the SDK: five seconds to connect, ten to read.
	uriTimeout = 15 * time.Second

	// renewBefore is how long before they expire the SDK renews credentials.
	renewBefore = 3 * time.Minute

	maxURIAnswer = 64 << 10
)

// uriSource is the SDK's URI provider written anew. The original prints the
// error of a failed request to standard output, address and all; what a
// library's user prints there is nobody else's, and to divert it for a while
// would divert all of the program's.
type uriSource struct {
	address string
	last    answer // used until it is about to expire
}

func (s *uriSource) ask() (answer, error) {
	if time.Until(s.last.expires) > renewBefore {
		return s.last, nil
	}
	got, err := s.fetch()
	if err != nil {
		return answer{}, err
	}
	s.last = got
	return got, nil
}

// uriAnswer is what such an address gives. All of it is required, but the token
// may be empty. A Code that some servers send the SDK does not read either.
type uriAnswer struct {
	AccessKeyID     string `json:"AccessKeyId"`
	AccessKeySecret string
	SecurityToken   *string
	Expiration      string // 2006-01-02T15:04:05Z
}

// fetch asks the address. Its errors tell neither the query of the address nor
// anything of the answer, either of which may be secret.
func (s *uriSource) fetch() (answer, error) {
	if s.address == "" {
		return answer{}, errors.New("no credentials URI")
	}
	resp, err := (&http.Client{Timeout: uriTimeout}).Get(s.address)
	if err != nil {
		return answer{}, explain(err)
	}
	defer resp.Body.Close()
	at := bareURL(s.address)
	if resp.StatusCode != http.StatusOK {
		return answer{}, fmt.Errorf("%s answered with HTTP %d", at, resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxURIAnswer))
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", at, explain(err))
	}
	var got uriAnswer
	switch {
	case json.Unmarshal(body, &got) != nil:
		return answer{}, fmt.Errorf("%s gave no credentials in JSON", at)
	case got.AccessKeyID == "" || got.AccessKeySecret == "" || got.SecurityToken == nil:
		return answer{}, fmt.Errorf("%s left out AccessKeyId, AccessKeySecret or SecurityToken", at)
	}
	expires, err := time.Parse(time.RFC3339, got.Expiration)
	if err != nil {
		return answer{}, fmt.Errorf("%s gave no Expiration like 2006-01-02T15:04:05Z", at)
	}
	return answer{
		creds:   domaintask.NewCredentials(got.AccessKeyID, got.AccessKeySecret, *got.SecurityToken),
		expires: expires,
	}, nil
}
