package credentials

import (
	"context"
	"crypto/fips140"
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/domaintask/domaintask"
)

// Role is a RAM role to assume.
type Role struct {
	// ARN names the role, such as acs:ram::123456789012****:role/domain-reader.
	// Required.
	ARN string
	// SessionName is shown in audit logs. If empty, it is
	// ALIBABA_CLOUD_ROLE_SESSION_NAME, or "domaintask" if that is not set.
	SessionName string
	// Duration is the validity of the role's credentials: from 15 minutes to the
	// maximum of the role, rounded down to seconds. 0 means an hour.
	Duration time.Duration
	// Policy restricts the permissions of the role further. If empty, nothing
	// does.
	Policy string
	// ExternalID is the external id that the role requires. If empty, none is
	// sent.
	ExternalID string
}

// AssumeRole provides the credentials of a role that is assumed with those of
// source. They are renewed before they end, by the clock of STS. If STS refuses
// the credentials of source, which is a domaintask.CredentialsInvalidator, it is
// called.
//
// STS is called over https only, at the host ALIBABA_CLOUD_STS_ENDPOINT. If that
// is not set, it is the host of the region ALIBABA_CLOUD_STS_REGION, within a VPC
// if ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED is true, or else sts.aliyuncs.com.
func AssumeRole(source domaintask.CredentialsProvider, role Role, opts ...Option) domaintask.CredentialsProvider {
	return share(assumedRole{world: newWorld(opts), base: callers{source}, role: role}, 0)
}

// assumedRole fetches the credentials of a role from STS.
type assumedRole struct {
	world *world
	base  source // its credentials assume the role
	role  Role
	host  stsHost
}

func (a assumedRole) fetch(ctx context.Context, _ domaintask.Credentials) (answer, error) {
	role, err := a.world.complete(a.role)
	if err != nil {
		return answer{}, err
	}
	endpoint, err := a.world.stsEndpoint(a.host)
	if err != nil {
		return answer{}, err
	}
	client, err := domaintask.NewClient(domaintask.Config{
		Credentials:      providerOf(a.base),
		Endpoint:         endpoint,
		Signature:        signature(),
		HTTPClient:       a.world.web,
		Timeout:          remote.timeout,
		MaxResponseBytes: maxReply,
	})
	if err != nil {
		return answer{}, explain(err)
	}
	params := url.Values{
		"RoleArn":         {role.ARN},
		"RoleSessionName": {role.SessionName},
		"DurationSeconds": {strconv.Itoa(int(role.Duration.Seconds()))},
	}
	for name, value := range map[string]string{"Policy": role.Policy, "ExternalId": role.ExternalID} {
		if value != "" {
			params.Set(name, value)
		}
	}
	sent := time.Now()
	resp, err := client.Do(ctx, domaintask.Call{Action: "AssumeRole", Version: stsVersion, Params: params, Idempotent: true})
	if err != nil {
		return answer{}, explain(err)
	}
	return stsAnswer(reply{at: endpoint, header: resp.Header, body: resp.Body, sent: sent})
}

const stsVersion = "2015-04-01"

// stsAnswer parses the response of STS for either kind of role.
func stsAnswer(r reply) (answer, error) {
	var body struct{ Credentials keys }
	if err := r.decode(&body); err != nil {
		return answer{}, err
	}
	return body.Credentials.answer(r)
}

// signature returns the default scheme unless FIPS 140-3 forbids its SHA-1.
func signature() domaintask.SignatureMethod {
	if fips140.Enabled() {
		return domaintask.SignatureACS3
	}
	return domaintask.SignatureHMACSHA1
}

// complete checks role and sets omitted fields.
func (w *world) complete(role Role) (Role, error) {
	if role.SessionName == "" {
		role.SessionName = w.env("ROLE_SESSION_NAME")
	}
	if role.SessionName == "" {
		role.SessionName = "domaintask"
	}
	if role.Duration == 0 {
		role.Duration = time.Hour
	}
	switch {
	case role.ARN == "":
		return role, errors.New("the ARN of the role is missing")
	case role.Duration < 15*time.Minute:
		return role, errors.New("the duration of the role is below 15 minutes")
	}
	return role, nil
}

// stsHost holds the fields of a profile for the host of STS. All may be empty.
type stsHost struct {
	endpoint string // a host
	region   string
	vpc      bool
}

var (
	hosts   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?$`)
	regions = regexp.MustCompile(`^[a-z0-9-]+$`)
)

// stsEndpoint returns the https URL of STS. Empty fields are taken from the
// environment.
func (w *world) stsEndpoint(h stsHost) (string, error) {
	if h.endpoint == "" {
		h.endpoint = w.env("STS_ENDPOINT")
	}
	if h.endpoint != "" {
		host := strings.TrimSuffix(strings.TrimPrefix(h.endpoint, "https://"), "/")
		if !hosts.MatchString(host) {
			return "", errors.New("the STS endpoint must be a host, which is called over https")
		}
		return "https://" + host, nil
	}
	if h.region == "" {
		h.region = w.env("STS_REGION")
	}
	switch {
	case h.region == "":
		return "https://sts.aliyuncs.com", nil
	case !regions.MatchString(h.region):
		return "", errors.New("the STS region must be a region id, such as cn-hangzhou")
	case h.vpc || w.enabled("VPC_ENDPOINT_ENABLED"):
		return "https://sts-vpc." + h.region + ".aliyuncs.com", nil
	}
	return "https://sts." + h.region + ".aliyuncs.com", nil
}

// callers is a source for the provider of a caller.
type callers struct{ domaintask.CredentialsProvider }

func (g callers) fetch(ctx context.Context, _ domaintask.Credentials) (answer, error) {
	creds, err := g.Credentials(ctx)
	return answer{creds: creds}, err
}

// providerOf returns a source as a provider for a client.
func providerOf(s source) domaintask.CredentialsProvider {
	if g, ok := s.(callers); ok {
		return g.CredentialsProvider
	}
	return &uncached{source: s}
}

// uncached fetches at every call. One goroutine at a time may use it.
type uncached struct {
	source  source
	refused domaintask.Credentials
}

func (u *uncached) Credentials(ctx context.Context) (domaintask.Credentials, error) {
	got, err := u.source.fetch(ctx, u.refused)
	return got.creds, err
}

func (u *uncached) Invalidate(refused domaintask.Credentials) { u.refused = refused }
