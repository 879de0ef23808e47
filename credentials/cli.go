package credentials

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
)

// cliConfig is where the CLI's configuration lies below the home directory.
var cliConfig = filepath.Join(".aliyun", "config.json")

// cliSource is the SDK's provider for a profile of the CLI. Profiles that take
// each other as their source send it round and round until the stack is full,
// which nothing recovers from; so they are found before it is asked.
type cliSource struct {
	profile  string // "" = the current one
	provider *sdk.CLIProfileCredentialsProvider
	checked  bool // it has answered, and keeps what it has read
}

func newCLISource(profile string) *cliSource {
	return &cliSource{profile: profile, provider: sdk.NewCLIProfileCredentialsProviderBuilder().WithProfileName(profile).Build()}
}

func (s *cliSource) ask() (answer, error) {
	if !s.checked {
		if err := checkSource(s.profile); err != nil {
			return answer{}, err
		}
	}
	got, err := sdkSource{s.provider}.ask()
	s.checked = s.checked || err == nil
	return got, err
}

// checkSource finds out whether a profile of the CLI never comes to a source.
// All else about the file the SDK finds.
func checkSource(profile string) error {
	home, err := os.UserHomeDir()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(home, cliConfig))
	if err != nil {
		return err
	}
	var config struct {
		Current  string `json:"current"`
		Profiles []struct {
			Name   string `json:"name"`
			Mode   string `json:"mode"`
			Source string `json:"source_profile"`
		} `json:"profiles"`
	}
	if json.Unmarshal(text, &config) != nil {
		return errors.New(cliConfig + " is not the JSON that the CLI writes")
	}
	sources := map[string]string{} // of those profiles that have one
	for _, p := range slices.Backward(config.Profiles) {
		delete(sources, p.Name) // the SDK takes the first of a name
		if p.Mode == "ChainableRamRoleArn" {
			sources[p.Name] = p.Source
		}
	}
	name := cmp.Or(profile, config.Current)
	for range len(sources) + 1 {
		source, ok := sources[name]
		if !ok {
			return nil
		}
		name = source
	}
	return fmt.Errorf("profile %q of %s is its own source in the end", name, cliConfig)
}
