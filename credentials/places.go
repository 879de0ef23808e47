package credentials

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
)

// place is one of the default chain.
type place struct {
	name string // the SDK's
	// configured says what keeps the place from being asked, or else what it
	// would be built of.
	configured func() (state, error)
	build      func() (source, error)
}

// state is what a place is built of: built anew when that differs.
type state struct {
	who  string // decides whose credentials the place gives
	file string // which version of its file there is
}

// places are those of the SDK's chain, in its order.
var places = []place{
	{
		name:       "env",
		configured: func() (state, error) { return state{}, variables("ACCESS_KEY_ID", "ACCESS_KEY_SECRET") },
		build: func() (source, error) {
			return sdkSource{sdk.NewEnvironmentVariableCredentialsProvider()}, nil
		},
	},
	{
		name: "oidc_role_arn",
		configured: func() (state, error) {
			return state{who: values("ROLE_ARN", "OIDC_PROVIDER_ARN", "OIDC_TOKEN_FILE", "ROLE_SESSION_NAME", "STS_REGION", "VPC_ENDPOINT_ENABLED")},
				variables("ROLE_ARN", "OIDC_PROVIDER_ARN", "OIDC_TOKEN_FILE")
		},
		build: func() (source, error) {
			// Its builder reads all other variables than this one.
			p, err := sdk.NewOIDCCredentialsProviderBuilder().WithRoleSessionName(env("ROLE_SESSION_NAME")).Build()
			return built(p, err)
		},
	},
	{
		name: "cli_profile",
		configured: func() (state, error) {
			if err := notDisabled("CLI_PROFILE_DISABLED"); err != nil {
				return state{}, err
			}
			return fileState(cliConfig, "")
		},
		build: func() (source, error) { return newCLISource(env("PROFILE")), nil },
	},
	{
		name: "profile",
		configured: func() (state, error) {
			return fileState(filepath.Join(".alibabacloud", "credentials"), "CREDENTIALS_FILE")
		},
		build: func() (source, error) { return sdkSource{sdk.NewProfileCredentialsProviderBuilder().Build()}, nil },
	},
	{
		name: "ecs_ram_role",
		configured: func() (state, error) {
			return state{who: values("ECS_METADATA", "IMDSV1_DISABLED")}, notDisabled("ECS_METADATA_DISABLED")
		},
		build: func() (source, error) {
			p, err := sdk.NewECSRAMRoleCredentialsProviderBuilder().Build()
			return built(p, err)
		},
	},
	{
		name:       "credential_uri",
		configured: func() (state, error) { return state{who: env("CREDENTIALS_URI")}, variables("CREDENTIALS_URI") },
		build:      func() (source, error) { return &uriSource{address: env("CREDENTIALS_URI")}, nil },
	},
}

// built is a provider out of the SDK's builders, which may return one with the error.
func built(p sdk.CredentialsProvider, err error) (source, error) {
	if err != nil {
		return nil, explain(err)
	}
	return sdkSource{p}, nil
}

const envPrefix = "ALIBABA_CLOUD_"

func env(name string) string { return os.Getenv(envPrefix + name) }

// values are what the variables are set to, as one text.
func values(names ...string) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = env(name)
	}
	return fmt.Sprintf("%q", texts)
}

// unset is an error that says why a place is not configured.
type unset string

func (u unset) Error() string { return string(u) }

// isUnset tells such errors, and that there is no file, from errors that may
// pass, as those of a file system on a network do.
func isUnset(err error) bool {
	_, ok := err.(unset)
	return ok || errors.Is(err, fs.ErrNotExist)
}

// variables says which of the variables are not set.
func variables(names ...string) error {
	var missing []string
	for _, name := range names {
		if env(name) == "" {
			missing = append(missing, envPrefix+name)
		}
	}
	if missing != nil {
		return unset("not set: " + strings.Join(missing, ", "))
	}
	return nil
}

func notDisabled(name string) error {
	if strings.EqualFold(env(name), "true") {
		return unset("disabled by " + envPrefix + name)
	}
	return nil
}

// fileState is the state of a place that reads a file. path is below the home
// directory, unless the variable named by override is set.
func fileState(path, override string) (state, error) {
	if override != "" && env(override) != "" {
		path = env(override)
	} else {
		home, err := os.UserHomeDir()
		if err != nil {
			return state{}, unset(err.Error())
		}
		path = filepath.Join(home, path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return state{}, explain(err)
	}
	return state{who: fmt.Sprintf("%q %q", path, env("PROFILE")), file: fmt.Sprint(info.Size(), " ", info.ModTime().UnixNano())}, nil
}
