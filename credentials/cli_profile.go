package credentials

import (
	"fmt"
	"strings"

	"github.com/domaintask/domaintask"
)

// cliProfile has the fields that the CLI writes, and policy, enable_vpc, which
// the official SDKs read in addition.
type cliProfile struct {
	Name            string            `json:"name"`
	Mode            string            `json:"mode"`
	AccessKeyID     string            `json:"access_key_id"`
	AccessKeySecret domaintask.Secret `json:"access_key_secret"`
	SecurityToken   domaintask.Secret `json:"sts_token"`
	STSExpiration   int64             `json:"sts_expiration"` // Unix seconds
	STSRegion       string            `json:"sts_region"`
	STSEndpoint     string            `json:"sts_endpoint"`
	EnableVPC       bool              `json:"enable_vpc"`
	RoleName        string            `json:"ram_role_name"`
	RoleARN         string            `json:"ram_role_arn"`
	SessionName     string            `json:"ram_session_name"`
	ExpiredSeconds  int               `json:"expired_seconds"`
	Policy          string            `json:"policy"`
	ExternalID      string            `json:"external_id"`
	SourceProfile   string            `json:"source_profile"`
	OIDCProvider    string            `json:"oidc_provider_arn"`
	OIDCTokenFile   string            `json:"oidc_token_file"`
	ProcessCommand  domaintask.Secret `json:"process_command"`
	CredentialsURI  domaintask.Secret `json:"credentials_uri"`
	PrivateKey      domaintask.Secret `json:"private_key"`
	BearerToken     domaintask.Secret `json:"bearer_token"`
	BearerHeader    string            `json:"bearer_token_header_key"`
	SSOSignInURL    string            `json:"cloud_sso_sign_in_url"`
	SSOAccount      string            `json:"cloud_sso_account_id"`
	SSOAccessConfig string            `json:"cloud_sso_access_config"`
	SSOToken        domaintask.Secret `json:"access_token"`
	SSOTokenExpire  int64             `json:"cloud_sso_access_token_expire"` // Unix seconds
	OAuthSite       string            `json:"oauth_site_type"`
	OAuthToken      domaintask.Secret `json:"oauth_access_token"`
	OAuthExpire     int64             `json:"oauth_access_token_expire"` // Unix seconds

	err error // why the other fields cannot be read
}

// mode returns the mode. If it is empty, mode infers it from the other fields, as the CLI does.
func (p *cliProfile) mode() string {
	switch {
	case p.Mode != "":
		return p.Mode
	case p.AccessKeyID != "" && !p.AccessKeySecret.IsZero() && !p.SecurityToken.IsZero():
		return modeStsToken
	case p.AccessKeyID != "" && !p.AccessKeySecret.IsZero() && p.RoleARN != "":
		return modeRAMRoleARN
	case p.AccessKeyID != "" || !p.AccessKeySecret.IsZero():
		return modeAK
	case !p.PrivateKey.IsZero():
		return modeRSAKeyPair
	case p.RoleName != "":
		return modeECSRAMRole
	case !p.ProcessCommand.IsZero():
		return modeExternal
	case p.OIDCProvider != "" || p.OIDCTokenFile != "":
		return modeOIDC
	case p.SSOSignInURL != "":
		return modeCloudSSO
	case !p.BearerToken.IsZero():
		return modeBearerToken
	}
	return ""
}

// blank reports whether no field of p identifies the program, as in a file that the
// CLI has just created.
func (p *cliProfile) blank() bool {
	return *p == cliProfile{Name: p.Name, STSRegion: p.STSRegion}
}

// require returns an error that names the empty fields and the command to set them.
func (p *cliProfile) require(fields ...named) error {
	if err := present(fields...); err != nil {
		return fmt.Errorf("%w: run %s", err, p.configure())
	}
	return nil
}

func (p *cliProfile) lacks(field string) error { return p.require(named{name: field}) }

// configure returns the command that configures the profile.
func (p *cliProfile) configure() string {
	name := p.Name
	if word(name) != name {
		name = "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	command := "aliyun configure --profile " + name
	if mode := p.mode(); mode != "" {
		command += " --mode " + mode
	}
	return command
}
