package credentials

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

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

// cliConfig is a config.json of the CLI.
type cliConfig struct {
	current  string
	profiles []cliProfile
}

// parseCLI parses a config.json. A fault in one profile does not affect the others.
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

// jsonError returns an error for invalid JSON that does not quote the text.
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

// errHidden is the error of a file written by a program that hides secrets.
var errHidden = errors.New("has a value in place of which [hidden] was printed")

// profile returns the first profile of a name, or nil.
func (c *cliConfig) profile(name string) *cliProfile {
	i := slices.IndexFunc(c.profiles, func(p cliProfile) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return &c.profiles[i]
}
