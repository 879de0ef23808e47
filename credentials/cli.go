package credentials

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/domaintask/domaintask"
)

// files are the places that read a configuration file.
type files struct {
	world   *world
	profile string // from Profile; "" means the one of the environment

	cli      watched[*cliConfig]
	cliFound memo
	ini      watched[*iniFile]
	iniFound memo
}

func newFiles(w *world, profile string) *files {
	return &files{world: w, profile: profile, cli: watched[*cliConfig]{parse: parseCLI}, ini: watched[*iniFile]{parse: parseINI}}
}

// asked is everything that the finding in a file depends on.
type asked struct {
	file       any // a pointer to what was parsed
	path, name string
	uri        domaintask.Secret // of the environment, for profiles without one
	forbidden  bool              // by externalError
}

func (f *files) asked(file any, path string) asked {
	return asked{file, path, f.name(), domaintask.NewSecret(f.world.env(uriVariable)), f.world.externalError() != nil}
}

// memo is the last finding in a file.
type memo struct {
	asked   asked
	finding finding
}

func (m *memo) get(asked asked, find func() finding) finding {
	if m.asked != asked {
		m.asked, m.finding = asked, find()
	}
	return m.finding
}

// name returns the profile that is asked for, or "".
func (f *files) name() string {
	if f.profile != "" {
		return f.profile
	}
	return f.world.env("PROFILE")
}

// path returns the file that a variable names, or else one below the home
// directory.
func (f *files) path(variable string, inHome ...string) (path string, named bool, err error) {
	if path := f.world.env(variable); path != "" {
		return path, true, nil
	}
	path, err = f.world.inHome(inHome...)
	return path, false, err
}

// unread is the finding of a place whose file cannot be read.
func unread(err error, named bool) finding {
	if errors.Is(err, fs.ErrNotExist) && !named {
		return finding{state: missing, err: err}
	}
	return finding{state: unreadable, err: err}
}

const (
	cliDisabled = "CLI_PROFILE_DISABLED"
	cliVariable = "CONFIG_FILE"
)

// cliPlace is the configuration of the aliyun CLI.
func (f *files) cliPlace() finding {
	if f.world.enabled(cliDisabled) {
		return finding{state: absent, err: disabledBy(cliDisabled)}
	}
	path, named, err := f.path(cliVariable, ".aliyun", "config.json")
	if err != nil {
		return finding{state: absent, err: err}
	}
	config, err := f.cli.get(path)
	if err != nil {
		return unread(pathError(path, err), named)
	}
	return f.cliFound.get(f.asked(config, path), func() finding { return config.find(f.world, path, f.name()) })
}

// find returns the identity of a profile, or of the current one if name is empty.
func (c *cliConfig) find(w *world, path, name string) finding {
	named := name != ""
	if !named {
		name = c.current
	}
	profile := c.profile(name)
	switch {
	case profile == nil && named:
		return finding{state: absent, err: fmt.Errorf("%s has no profile %q", path, name)}
	case profile == nil:
		return finding{state: unusable, err: fmt.Errorf("%s names %q as the current profile and does not have it", path, name)}
	case !named && profile.blank():
		return finding{state: absent, err: fmt.Errorf("profile %q of %s is not configured", name, path)}
	}
	source, err := c.source(w, name)
	return ofProfile(name, path, source, err)
}

// ofProfile is the finding of a profile that names source, unless err.
func ofProfile(name, path string, source source, err error) finding {
	label := fmt.Sprintf("profile %q of %s", name, path)
	if err != nil {
		return finding{state: unusable, err: fmt.Errorf("%s: %w", label, err)}
	}
	return found(label+" ("+describe(source)+")", source)
}

// pathError returns err, of a file, with the path in its text.
func pathError(path string, err error) error {
	var with *fs.PathError
	if errors.As(err, &with) {
		return explain(err)
	}
	return fmt.Errorf("%s %w", path, err)
}

// describe says whose credentials a source fetches, in logs.
func describe(s source) string {
	switch s := s.(type) {
	case static:
		if s.creds.SecurityToken.IsZero() && s.creds.BearerToken.IsZero() {
			return "access key " + s.creds.AccessKeyID
		}
		return "token"
	case assumedRole:
		return "role " + s.role.ARN
	case oidcRole:
		return "role " + s.role.ARN
	case ecsRole:
		return "role of the ECS instance"
	case cloudSSO:
		return "CloudSSO"
	case oAuth:
		return "OAuth"
	case uri:
		return bareURL(s.address.Reveal())
	}
	return "command"
}

// cliConfig is a config.json of the CLI.
type cliConfig struct {
	current  string
	profiles []cliProfile
}

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

// parseCLI reads a config.json. What is wrong with one profile does not matter to
// the others.
func parseCLI(text []byte) (*cliConfig, error) {
	text = bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF")) // some editors write it
	file := struct {
		Current  string            `json:"current"`
		Profiles []json.RawMessage `json:"profiles"`
	}{Current: "default"} // as the CLI does
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, jsonError(text, err)
	}
	config := &cliConfig{current: file.Current}
	for _, raw := range file.Profiles {
		var p cliProfile
		if err := json.Unmarshal(raw, &p); err != nil {
			p = cliProfile{Name: p.Name, err: jsonError(raw, err)}
		}
		config.profiles = append(config.profiles, p)
	}
	return config, nil
}

// jsonError says what is wrong with a text in JSON without quoting it.
func jsonError(text []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return errors.New("is empty")
	case errors.As(err, &syntax):
		line := 1 + bytes.Count(text[:min(int(syntax.Offset), len(text))], []byte("\n"))
		return fmt.Errorf("is not the JSON that the aliyun CLI writes: syntax error in line %d", line)
	case errors.As(err, &kind):
		of, _, _ := strings.Cut(kind.Value, " ") // the value itself may follow
		return fmt.Errorf("is not the JSON that the aliyun CLI writes: %s has the wrong type (%s)", cmp.Or(kind.Field, "all of it"), of)
	}
	return errHidden
}

// errHidden is the error of a file that something wrote which hides secrets.
var errHidden = errors.New("has a value in place of which [hidden] was printed")

// profile returns the first profile of a name, or nil.
func (c *cliConfig) profile(name string) *cliProfile {
	i := slices.IndexFunc(c.profiles, func(p cliProfile) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return &c.profiles[i]
}
