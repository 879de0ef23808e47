package credentials

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
)

// cliConfig is where the CLI's configuration lies below the home directory.
var cliConfig = filepath.Join(".aliyun", "config.json")

// cliSource is the SDK's provider for a profile of the CLI. Profiles that take
// each other as their source send it round and round until the stack is full,
// which nothing recovers from; so they are found before it is asked.
type cliSource struct {
	provider *sdk.CLIProfileCredentialsProvider
	checked  bool // it has answered, and keeps what it has read
}

func (s *cliSource) ask() (answer, error) {
	if !s.checked {
		if err := checkSources(); err != nil {
			return answer{}, err
		}
	}
	got, err := sdkSource{s.provider}.ask()
	s.checked = err == nil
	return got, err
}

// checkSources finds profiles of the CLI that never come to a source. All else
// about the file the SDK finds.
func checkSources() error {
	home, err := os.UserHomeDir()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(home, cliConfig))
	if err != nil {
		return err
	}
	type profile struct {
		Name   string `json:"name"`
		Mode   string `json:"mode"`
		Source string `json:"source_profile"`
	}
	var config struct {
		Profiles []profile `json:"profiles"`
	}
	if json.Unmarshal(text, &config) != nil {
		return errors.New(cliConfig + " is not the JSON that the CLI writes")
	}
	byName := map[string]profile{}
	for _, p := range config.Profiles {
		if _, again := byName[p.Name]; !again { // the SDK takes the first of a name
			byName[p.Name] = p
		}
	}
	for name, p := range byName {
		for range byName {
			if p.Mode != "ChainableRamRoleArn" {
				break
			}
			p = byName[p.Source]
		}
		if p.Mode == "ChainableRamRoleArn" {
			return fmt.Errorf("profile %q of %s is its own source in the end", name, cliConfig)
		}
	}
	return nil
}
