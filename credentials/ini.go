package credentials

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/domaintask/domaintask"
)

const iniVariable = "CREDENTIALS_FILE"

// iniPlace is the credentials file of the SDKs. It is the last place with profiles,
// so a requested profile must be here.
func (f *files) iniPlace() finding {
	path, named, err := f.path(iniVariable, ".alibabacloud", "credentials")
	name := f.name()
	switch {
	case err != nil && name != "":
		return finding{state: unusable, err: fmt.Errorf("no profile %q: %w", name, err)}
	case err != nil:
		return finding{state: absent, err: err}
	}
	file, err := f.ini.get(path)
	if err != nil && name != "" && !named {
		return finding{state: unreadable, err: fmt.Errorf("no profile %q: %w", name, pathError(path, err))}
	}
	if err != nil {
		return unread(pathError(path, err), named)
	}
	return f.iniFound.get(f.asked(file, path), func() finding { return file.find(f.world, path, cmp.Or(name, "default")) })
}

// iniFile has the sections of a file by name.
type iniFile struct{ sections map[string]iniSection }

// find returns the identity of a profile.
func (i *iniFile) find(w *world, path, name string) finding {
	section, ok := i.sections[name]
	if !ok {
		return finding{state: unusable, err: fmt.Errorf("%s has no profile %q", path, name)}
	}
	source, err := section.source(w)
	return ofProfile(name, path, source, err)
}

// iniSection has the values of a section by key.
type iniSection map[string]domaintask.Secret

// source returns the source of a profile.
func (s iniSection) source(w *world) (source, error) {
	field := func(key string) named { return named{key, s[key].Reveal()} }
	id, secret, token := field("access_key_id"), field("access_key_secret"), field("security_token")
	arn, session := field("role_arn"), field("role_session_name")
	role := Role{ARN: arn.value, SessionName: session.value, Policy: s["policy"].Reveal()}
	switch kind := s["type"].Reveal(); kind {
	case "access_key":
		creds, err := accessKey(id, secret, named{})
		return static{creds}, err
	case "sts":
		if err := present(token); err != nil {
			return nil, err
		}
		creds, err := accessKey(id, secret, token)
		return static{creds}, err
	case "bearer":
		bearer := field("bearer_token")
		if err := present(bearer); err != nil {
			return nil, err
		}
		return static{domaintask.BearerCredentials(bearer.value)}, clean(bearer)
	case "ram_role_arn":
		creds, err := accessKey(id, secret, token)
		if err != nil {
			return nil, err
		}
		return assumedRole{world: w, base: static{creds}, role: role}, present(arn)
	case "oidc_role_arn":
		provider, file := field("oidc_provider_arn"), field("oidc_token_file_path")
		return oidcRole{world: w, provider: provider.value, tokenFile: file.value, role: role}, present(arn, provider, file)
	case "ecs_ram_role":
		return ecsRole{w, s["role_name"].Reveal()}, nil
	case "credentials_uri":
		return uri{w, s["credentials_uri"]}, present(field("credentials_uri"))
	case "rsa_key_pair":
		return nil, errors.New("type rsa_key_pair is not supported: use another one")
	case "":
		return nil, errors.New("type is missing")
	default:
		return nil, fmt.Errorf("type %s is not known", shownType(kind))
	}
}

// shownType returns an unknown type for an error, unless it does not look like one.
func shownType(kind string) string { return shownMode(strings.ReplaceAll(kind, "_", "")) }

// parseINI reads a file as the SDKs do: "=" or ":" separates keys from values,
// quotes around a value are removed, a comment begins with "#" or ";" at the start
// of a line or behind white space, a line that ends in a backslash continues in the
// next one, and a repeated section is continued. An error states the line number,
// and nothing of the line.
func parseINI(text []byte) (*iniFile, error) {
	text = bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF"))
	file := &iniFile{map[string]iniSection{}}
	var section iniSection
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, maxFile+1)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		first := n
		for strings.HasSuffix(line, `\`) && lines.Scan() {
			n++
			line = strings.TrimSuffix(line, `\`) + strings.TrimSpace(lines.Text())
		}
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
			continue
		case line[0] == '[':
			name, _, ok := strings.Cut(line[1:], "]")
			if !ok {
				return nil, fmt.Errorf("has a section name without an end in line %d", first)
			}
			name = strings.TrimSpace(name)
			if file.sections[name] == nil {
				file.sections[name] = iniSection{}
			}
			section = file.sections[name]
			continue
		}
		i := strings.IndexAny(line, "=:")
		switch {
		case i < 1:
			return nil, fmt.Errorf("has no key and value in line %d", first)
		case section == nil:
			return nil, fmt.Errorf("has no section name before line %d", first)
		}
		value, err := iniValue(strings.TrimSpace(line[i+1:]))
		if err != nil {
			return nil, fmt.Errorf("%w in line %d", err, first)
		}
		var secret domaintask.Secret
		if err := secret.UnmarshalText([]byte(value)); err != nil {
			return nil, fmt.Errorf("%w in line %d", errHidden, first)
		}
		section[strings.TrimSpace(line[:i])] = secret
	}
	return file, nil
}

// iniValue removes quotes or a comment.
func iniValue(value string) (string, error) {
	if strings.HasPrefix(value, `"""`) {
		return "", errors.New("has a value of several lines")
	}
	if value != "" && strings.ContainsRune("\"'`", rune(value[0])) {
		end := strings.LastIndexByte(value, value[0])
		if end == 0 {
			return "", errors.New("has a quote that is not closed")
		}
		return value[1:end], nil
	}
	for i := range len(value) {
		if (value[i] == '#' || value[i] == ';') && (i == 0 || value[i-1] == ' ' || value[i-1] == '\t') {
			return strings.TrimSpace(value[:i]), nil
		}
	}
	return value, nil
}
