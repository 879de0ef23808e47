package credentials

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/domaintask/domaintask"
)

// The modes of a profile, in the case that the CLI requires.
const (
	modeAK                     = "AK"
	modeStsToken               = "StsToken"
	modeRAMRoleARN             = "RamRoleArn"
	modeECSRAMRole             = "EcsRamRole"
	modeRAMRoleARNWithRoleName = "RamRoleArnWithRoleName"
	modeChainableRAMRoleARN    = "ChainableRamRoleArn"
	modeOIDC                   = "OIDC"
	modeCredentialsURI         = "CredentialsURI"
	modeExternal               = "External"
	modeBearerToken            = "BearerToken"
	modeCloudSSO               = "CloudSSO"
	modeOAuth                  = "OAuth"
	modeRSAKeyPair             = "RsaKeyPair"
	modeAnonymous              = "Anonymous"
)

// source returns the source of a profile. seen are the profiles whose source it is,
// directly or not.
func (c *cliConfig) source(w *world, name string, seen ...string) (source, error) {
	p := c.profile(name)
	switch {
	case p == nil:
		return nil, errors.New("does not exist")
	case p.err != nil:
		return nil, p.err
	}
	switch mode := p.mode(); mode {
	case modeAK:
		return p.key(domaintask.Secret{})
	case modeStsToken:
		if p.SecurityToken.IsZero() {
			return nil, p.lacks("sts_token")
		}
		return p.key(p.SecurityToken)
	case modeRAMRoleARN:
		base, err := p.key(p.SecurityToken)
		return p.assume(w, base, err)
	case modeECSRAMRole:
		return ecsRole{w, p.RoleName}, nil
	case modeRAMRoleARNWithRoleName:
		withoutID := *p
		withoutID.ExternalID = ""
		return withoutID.assume(w, ecsRole{w, p.RoleName}, nil)
	case modeChainableRAMRoleARN:
		base, err := c.base(w, p, seen)
		return p.assume(w, base, err)
	case modeOIDC:
		return p.oidc(w)
	case modeCredentialsURI:
		return p.uri(w)
	case modeExternal:
		if p.ProcessCommand.IsZero() {
			return nil, p.lacks("process_command")
		}
		return external{w, p.ProcessCommand}, w.externalError()
	case modeBearerToken:
		return p.bearer()
	case modeCloudSSO:
		return p.cloudSSO(w)
	case modeOAuth:
		return p.oAuth(w)
	case modeRSAKeyPair, modeAnonymous:
		return nil, fmt.Errorf("mode %s is not supported: use another one", mode)
	case "":
		return nil, errors.New("is not configured: run " + p.configure())
	default:
		return nil, fmt.Errorf("mode %s is not known", shownMode(mode))
	}
}

var modes = regexp.MustCompile(`^[A-Za-z]{1,40}$`)

// shownMode returns an unknown mode for an error, unless it does not look like one.
func shownMode(mode string) string {
	if !modes.MatchString(mode) {
		return "[hidden]"
	}
	return mode
}

// key returns the access key.
func (p *cliProfile) key(token domaintask.Secret) (source, error) {
	id, secret := named{"access_key_id", p.AccessKeyID}, named{"access_key_secret", p.AccessKeySecret.Reveal()}
	if err := p.require(id, secret); err != nil {
		return nil, err
	}
	creds, err := accessKey(id, secret, named{"sts_token", token.Reveal()})
	return static{creds}, err
}

// base returns the source of the credentials that assume the role.
func (c *cliConfig) base(w *world, p *cliProfile, seen []string) (source, error) {
	if p.SourceProfile == "" {
		return nil, p.lacks("source_profile")
	}
	if seen = append(seen, p.Name); slices.Contains(seen, p.SourceProfile) {
		return nil, fmt.Errorf("source_profile %q is its own source, directly or not", p.SourceProfile)
	}
	base, err := c.source(w, p.SourceProfile, seen...)
	if err != nil {
		return nil, fmt.Errorf("source_profile %q: %w", p.SourceProfile, err)
	}
	if s, ok := base.(static); ok && !s.creds.BearerToken.IsZero() {
		return nil, fmt.Errorf("source_profile %q has a bearer token, which cannot assume a role", p.SourceProfile)
	}
	return base, nil
}

// assume returns the role of p, assumed with the credentials of base.
func (p *cliProfile) assume(w *world, base source, err error) (source, error) {
	if err != nil {
		return nil, err
	}
	if p.RoleARN == "" {
		return nil, p.lacks("ram_role_arn")
	}
	return assumedRole{w, base, p.role(), p.host()}, nil
}

func (p *cliProfile) oidc(w *world) (source, error) {
	err := p.require(named{"oidc_provider_arn", p.OIDCProvider}, named{"oidc_token_file", p.OIDCTokenFile}, named{"ram_role_arn", p.RoleARN})
	return oidcRole{w, p.OIDCProvider, p.OIDCTokenFile, p.role(), p.host()}, err
}

func (p *cliProfile) role() Role {
	return Role{
		ARN:         p.RoleARN,
		SessionName: p.SessionName,
		Duration:    time.Duration(p.ExpiredSeconds) * time.Second,
		Policy:      p.Policy,
		ExternalID:  p.ExternalID,
	}
}

func (p *cliProfile) host() stsHost { return stsHost{p.STSEndpoint, p.STSRegion, p.EnableVPC} }

// bearer returns the bearer token, without the line breaks that the CLI removes.
func (p *cliProfile) bearer() (source, error) {
	token := named{"bearer_token", strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(p.BearerToken.Reveal())}
	if err := p.require(token); err != nil {
		return nil, err
	}
	if !strings.EqualFold(p.BearerHeader, "x-acs-bearer-token") && p.BearerHeader != "" {
		return nil, errors.New("bearer_token_header_key is not supported")
	}
	return static{domaintask.BearerCredentials(token.value)}, clean(token)
}

// uri returns the address of the profile, or of the environment.
func (p *cliProfile) uri(w *world) (source, error) {
	address := p.CredentialsURI
	if address.IsZero() {
		address = domaintask.NewSecret(w.env(uriVariable))
	}
	if address.IsZero() {
		return nil, p.lacks("credentials_uri")
	}
	return uri{w, address}, w.externalError()
}

func (p *cliProfile) cloudSSO(w *world) (source, error) {
	err := p.require(named{"cloud_sso_sign_in_url", p.SSOSignInURL}, named{"cloud_sso_account_id", p.SSOAccount}, named{"cloud_sso_access_config", p.SSOAccessConfig})
	return cloudSSO{w, p.signIn(p.SSOToken, p.SSOTokenExpire, p.configure()), p.SSOSignInURL, p.SSOAccount, p.SSOAccessConfig}, err
}

func (p *cliProfile) oAuth(w *world) (source, error) {
	command := p.configure()
	if _, ok := oAuthHosts[strings.ToUpper(p.OAuthSite)]; !ok {
		return nil, errors.New("oauth_site_type must be CN or INTL: run " + command)
	}
	command += " --oauth-site-type " + strings.ToUpper(p.OAuthSite)
	return oAuth{w, p.signIn(p.OAuthToken, p.OAuthExpire, command), p.OAuthSite}, nil
}

func (p *cliProfile) signIn(token domaintask.Secret, ends int64, command string) signIn {
	stored := domaintask.Credentials{AccessKeyID: p.AccessKeyID, AccessKeySecret: p.AccessKeySecret, SecurityToken: p.SecurityToken}
	return signIn{token: token, ends: ends, stored: stored, until: p.STSExpiration, command: command}
}
