package credentials

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/domaintask/domaintask"
)

// oidcPlace is the role that a pod of Container Service may assume (RRSA).
func (w *world) oidcPlace() finding {
	const arn, provider, file = "ROLE_ARN", "OIDC_PROVIDER_ARN", "OIDC_TOKEN_FILE"
	var names []string
	for _, name := range []string{arn, provider, file} {
		if w.env(name) == "" {
			names = append(names, name)
		}
	}
	switch len(names) {
	case 0:
		return found("role "+w.env(arn)+" by OIDC", oidcRole{
			world: w, provider: w.env(provider), tokenFile: w.env(file), role: Role{ARN: w.env(arn)},
		})
	case 3:
		return finding{state: absent, err: unset(names...)}
	}
	return finding{state: unusable, err: unset(names...)}
}

// oidcRole exchanges a token that identifies a workload for the credentials of a
// role.
type oidcRole struct {
	world     *world
	provider  string // its ARN
	tokenFile string // read at each fetch: it is replaced before the token ends
	role      Role
	host      stsHost
}

func (o oidcRole) fetch(ctx context.Context, _ domaintask.Credentials) (answer, error) {
	role, err := o.world.complete(o.role)
	if err != nil {
		return answer{}, err
	}
	endpoint, err := o.world.stsEndpoint(o.host)
	if err != nil {
		return answer{}, err
	}
	token, err := readFile(o.tokenFile)
	if err != nil {
		return answer{}, explain(err)
	}
	if token = bytes.TrimSpace(token); len(token) == 0 {
		return answer{}, errors.New(o.tokenFile + " is empty")
	}
	form := url.Values{
		"RoleArn":         {role.ARN},
		"OIDCProviderArn": {o.provider},
		"OIDCToken":       {string(token)},
		"RoleSessionName": {role.SessionName},
		"DurationSeconds": {strconv.Itoa(int(role.Duration.Seconds()))},
	}
	if role.Policy != "" {
		form.Set("Policy", role.Policy)
	}
	r, err := send(ctx, o.world.web, remote, func(ctx context.Context) (*http.Request, error) {
		query := url.Values{
			"Action":    {"AssumeRoleWithOIDC"},
			"Version":   {stsVersion},
			"Format":    {"JSON"},
			"Timestamp": {time.Now().UTC().Format(time.RFC3339)},
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint+"/?"+query.Encode(), strings.NewReader(form.Encode()))
		if err == nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		return req, err
	})
	switch {
	case err != nil:
		return answer{}, err
	case r.status != http.StatusOK:
		return answer{}, r.refusal(domaintask.NewSecret(string(token)))
	}
	return stsAnswer(r)
}
