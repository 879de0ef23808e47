package credentials

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/domaintask/domaintask"
)

// URI provides the credentials that a server sends at address, as the ECS
// metadata service would: AccessKeyId, AccessKeySecret, SecurityToken (which may
// be empty) and Expiration, in JSON.
//
// An http address is called without a proxy, and only on this machine and in
// private networks: anyone in between reads the response. No error shows the query
// of the address or its user.
func URI(address string, opts ...Option) domaintask.CredentialsProvider {
	return share(uri{newWorld(opts), domaintask.NewSecret(address)}, 0)
}

const uriVariable = "CREDENTIALS_URI"

// uriPlace is the address in the environment.
func (w *world) uriPlace() finding {
	address := w.env(uriVariable)
	if address == "" {
		return finding{state: absent, err: unset(uriVariable)}
	}
	return found(envPrefix+uriVariable+" ("+bareURL(address)+")", uri{w, domaintask.NewSecret(address)})
}

// uri fetches credentials from an address.
type uri struct {
	world   *world
	address domaintask.Secret // its query may be secret
}

func (u uri) fetch(ctx context.Context, _ domaintask.Credentials) (answer, error) {
	address, err := url.Parse(u.address.Reveal())
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return answer{}, errors.New("the credentials URI must be an http or https address")
	}
	client := u.world.web
	if address.Scheme == "http" {
		client = u.world.near
	}
	r, err := send(ctx, client, remote, func(ctx context.Context) (*http.Request, error) {
		return http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	})
	switch {
	case err != nil:
		return answer{}, err
	case r.status != http.StatusOK:
		return answer{}, r.unexpected()
	}
	got := keys{longLived: true}
	if err := r.decode(&got); err != nil {
		return answer{}, err
	}
	return got.answer(r)
}
