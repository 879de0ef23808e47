package credentials

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
)

// place is one of the default chain.
type place struct {
	name string // the SDK's
	// configured says what keeps the place from being asked, or, in state,
	// what it would be built of: built anew when that differs.
	configured func() (state string, err error)
	build      func() (source, error)
}

// places are those of the SDK's chain, in its order.
var places = []place{
	{
		name:       "env",
		configured: func() (string, error) { return "", variables("ACCESS_KEY_ID", "ACCESS_KEY_SECRET") },
		build: func() (source, error) {
			return sdkSource{sdk.NewEnvironmentVariableCredentialsProvider()}, nil
		},
	},
	{
		name:       "oidc_role_arn",
		configured: func() (string, error) { return "", variables("ROLE_ARN", "OIDC_PROVIDER_ARN", "OIDC_TOKEN_FILE") },
		build: func() (source, error) {
			// Its builder reads all other variables than this one.
			p, err := sdk.NewOIDCCredentialsProviderBuilder().WithRoleSessionName(env("ROLE_SESSION_NAME")).Build()
			return built(p, err)
		},
	},
	{
		name: "cli_profile",
		configured: func() (string, error) {
			if err := notDisabled("CLI_PROFILE_DISABLED"); err != nil {
				return "", err
			}
			return fileState(cliConfig, "")
		},
		build: func() (source, error) {
			return &cliSource{provider: sdk.NewCLIProfileCredentialsProviderBuilder().Build()}, nil
		},
	},
	{
		name: "profile",
		configured: func() (string, error) {
			return fileState(filepath.Join(".alibabacloud", "credentials"), "CREDENTIALS_FILE")
		},
		build: func() (source, error) { return sdkSource{sdk.NewProfileCredentialsProviderBuilder().Build()}, nil },
	},
	{
		name:       "ecs_ram_role",
		configured: func() (string, error) { return "", notDisabled("ECS_METADATA_DISABLED") },
		build: func() (source, error) {
			p, err := sdk.NewECSRAMRoleCredentialsProviderBuilder().Build()
			return built(p, err)
		},
	},
	{
		name:       "credential_uri",
		configured: func() (string, error) { return env("CREDENTIALS_URI"), variables("CREDENTIALS_URI") },
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

// variables says which of the variables are not set.
func variables(names ...string) error {
	var missing []string
	for _, name := range names {
		if env(name) == "" {
			missing = append(missing, envPrefix+name)
		}
	}
	if missing != nil {
		return errors.New("not set: " + strings.Join(missing, ", "))
	}
	return nil
}

func notDisabled(name string) error {
	if strings.EqualFold(env(name), "true") {
		return errors.New("disabled by " + envPrefix + name)
	}
	return nil
}

// fileState is the state of a place that reads a file: which one, how large and
// of when. path is below the home directory, unless the variable named by
// override is set.
func fileState(path, override string) (string, error) {
	if override != "" && env(override) != "" {
		path = env(override)
	} else {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		path = filepath.Join(home, path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(path, " ", info.Size(), " ", info.ModTime().UnixNano(), " ", env("PROFILE")), nil
}
