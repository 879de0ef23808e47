package credentials

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/domaintask/domaintask"
)

// signIn is what the CLI stores after a sign-in: an access token, and credentials
// for the token.
type signIn struct {
	token   domaintask.Secret
	ends    int64 // of token, in Unix seconds
	stored  domaintask.Credentials
	until   int64  // of stored, in Unix seconds
	command string // the command to run when everything has expired
}

// use returns the stored credentials while they are valid and not refused, and
// otherwise the result of exchange. The file is not written: the CLI may write it
// at the same time.
func (s signIn) use(refused domaintask.Credentials, exchange func() (answer, error)) (answer, error) {
	now := time.Now()
	complete := s.stored.AccessKeyID != "" && !s.stored.AccessKeySecret.IsZero() && !s.stored.SecurityToken.IsZero()
	if life := time.Unix(s.until, 0).Sub(now); complete && s.stored != refused && life > margin {
		return lasting(s.stored, life), nil
	}
	if s.token.IsZero() || !now.Before(time.Unix(s.ends, 0)) {
		return answer{}, errors.New("the sign-in has ended: run " + s.command)
	}
	return exchange()
}

// cloudSSO exchanges the sign-in to CloudSSO for credentials of an account.
type cloudSSO struct {
	world        *world
	signIn       signIn
	url          string // of the sign-in page
	account      string
	accessConfig string
}

func (c cloudSSO) fetch(ctx context.Context, refused domaintask.Credentials) (answer, error) {
	page, err := url.Parse(c.url)
	if err != nil || page.Scheme != "https" || page.Host == "" {
		return answer{}, errors.New("cloud_sso_sign_in_url must be an https address")
	}
	return c.signIn.use(refused, func() (answer, error) {
		body, err := json.Marshal(map[string]string{"AccountId": c.account, "AccessConfigurationId": c.accessConfig})
		if err != nil {
			return answer{}, err
		}
		r, err := c.signIn.post(ctx, c.world, "https://"+page.Host+"/cloud-credentials", body)
		if err != nil {
			return answer{}, err
		}
		var got struct{ CloudCredential keys }
		if err := r.decode(&got); err != nil {
			return answer{}, err
		}
		return got.CloudCredential.answer(r)
	})
}

// oAuth exchanges the sign-in to an account for credentials. The token is not
// renewed: a renewal returns a new refresh token, which the CLI would not have.
type oAuth struct {
	world  *world
	signIn signIn
	site   string // CN or INTL
}

// oAuthHosts are the servers of the sites.
var oAuthHosts = map[string]string{"CN": "https://oauth.aliyun.com", "INTL": "https://oauth.alibabacloud.com"}

func (o oAuth) fetch(ctx context.Context, refused domaintask.Credentials) (answer, error) {
	host, ok := oAuthHosts[strings.ToUpper(o.site)]
	if !ok {
		return answer{}, errors.New("oauth_site_type must be CN or INTL")
	}
	return o.signIn.use(refused, func() (answer, error) {
		r, err := o.signIn.post(ctx, o.world, host+"/v1/exchange", nil)
		if err != nil {
			return answer{}, err
		}
		var got keys
		if err := r.decode(&got); err != nil {
			return answer{}, err
		}
		return got.answer(r)
	})
}

// post sends body, in JSON, with the token.
func (s signIn) post(ctx context.Context, w *world, address string, body []byte) (reply, error) {
	r, err := send(ctx, w.web, remote, func(ctx context.Context) (*http.Request, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		req.Header.Set("Authorization", "Bearer "+s.token.Reveal())
		req.Header.Set("Content-Type", "application/json")
		return req, nil
	})
	switch {
	case err != nil:
		return r, err
	case r.status == http.StatusUnauthorized:
		return r, errors.New("the sign-in was not accepted: run " + s.command)
	case r.status != http.StatusOK:
		return r, r.refusal(s.token)
	}
	return r, nil
}
