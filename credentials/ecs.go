package credentials

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/domaintask/domaintask"
)

// ECSRole provides the credentials of the RAM role of this ECS instance. If name is
// empty, it is the instance's only role. The metadata service is called without a
// proxy, with a token (hardened mode), and without a token if it returns none and
// ALIBABA_CLOUD_IMDSV1_DISABLED is not true.
func ECSRole(name string, opts ...Option) domaintask.CredentialsProvider {
	return share(ecsRole{newWorld(opts), name}, 0)
}

// ecsRole fetches the credentials of an instance's role.
type ecsRole struct {
	world *world
	name  string // if empty, the instance's role
}

func (e ecsRole) fetch(ctx context.Context, _ domaintask.Credentials) (answer, error) {
	if e.world.enabled(metadataDisabled) {
		return answer{}, disabledBy(metadataDisabled)
	}
	m := metadata{world: e.world, effort: effort{timeout: 2 * time.Second, attempts: 3}}
	name := e.name
	if name == "" {
		var err error
		if name, err = m.roleName(ctx); err != nil {
			return answer{}, err
		}
	}
	if !roleNames.MatchString(name) {
		return answer{}, errors.New("the name of the instance's role is malformed")
	}
	r, err := m.get(ctx, rolesPath+name)
	switch {
	case err != nil:
		return answer{}, err
	case r.status == http.StatusNotFound:
		return answer{}, fmt.Errorf("this instance has no role %s", name)
	case r.status != http.StatusOK:
		return answer{}, r.unexpected()
	}
	var got keys
	if err := r.decode(&got); err != nil {
		return answer{}, err
	}
	return got.answer(r)
}

const (
	metadataDisabled = "ECS_METADATA_DISABLED"
	metadataTokenTTL = "21600" // seconds, the most that is allowed

	tokenPath = "/latest/api/token"
	rolesPath = "/latest/meta-data/ram/security-credentials/"
)

// roleNames are those that RAM allows.
var roleNames = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// errNoRole is the error of an instance without a role.
var errNoRole = errors.New("this ECS instance has no RAM role")

// metadata calls the metadata service, for one fetch.
type metadata struct {
	world  *world
	effort effort
	token  *string // nil if not requested, "" if there is none
	silent bool    // the last request had no response
}

// roleName returns the name of the instance's role, or errNoRole.
func (m *metadata) roleName(ctx context.Context) (string, error) {
	r, err := m.get(ctx, rolesPath)
	switch {
	case err != nil:
		return "", err
	case r.status == http.StatusNotFound:
		return "", errNoRole
	case r.status != http.StatusOK:
		return "", r.unexpected()
	}
	names := strings.Fields(string(r.body))
	switch {
	case len(names) == 0:
		return "", errNoRole
	case len(names) > 1 || !roleNames.MatchString(names[0]):
		return "", fmt.Errorf("%s sent no name of a role", r.at)
	}
	return names[0], nil
}

// get reads one document, with a token if the service has tokens.
func (m *metadata) get(ctx context.Context, path string) (reply, error) {
	if m.token == nil {
		token, err := m.newToken(ctx)
		if err != nil {
			return reply{}, err
		}
		m.token = &token
	}
	header := http.Header{}
	if *m.token != "" {
		header.Set("X-Aliyun-Ecs-Metadata-Token", *m.token)
	}
	return m.send(ctx, m.effort, http.MethodGet, path, header)
}

// newToken returns a token, or "" if the service returns none and may be called
// without. In a container its response may not arrive, since its number of hops is
// limited.
func (m *metadata) newToken(ctx context.Context) (string, error) {
	required := m.world.enabled("IMDSV1_DISABLED")
	e := m.effort
	if !required {
		e.attempts = 1
	}
	r, err := m.send(ctx, e, http.MethodPut, tokenPath, http.Header{"X-Aliyun-Ecs-Metadata-Token-Ttl-Seconds": {metadataTokenTTL}})
	token := strings.TrimSpace(string(r.body))
	switch {
	case err != nil && !r.connected:
		return "", err
	case r.status == http.StatusOK && token != "" && !strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c >= 0x7f }):
		return token, nil
	case required && err != nil:
		return "", err
	case required:
		return "", fmt.Errorf("%s gave no token (HTTP %d), and %sIMDSV1_DISABLED is true", r.at, r.status, envPrefix)
	}
	return "", nil
}

func (m *metadata) send(ctx context.Context, e effort, method, path string, header http.Header) (reply, error) {
	r, err := send(ctx, m.world.near, e, func(ctx context.Context) (*http.Request, error) {
		req, err := http.NewRequestWithContext(ctx, method, m.world.metadata+path, nil)
		if err == nil {
			req.Header = header
		}
		return req, err
	})
	m.silent = err != nil && r.status == 0
	return r, err
}
