package credentials

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/domaintask/domaintask"
)

// files are the places that read a configuration file.
type files struct {
	world   *world
	profile string // from Profile; "" means the variable PROFILE

	cli      watched[*cliConfig]
	cliFound memo
	ini      watched[*iniFile]
	iniFound memo
}

func newFiles(w *world, profile string) *files {
	return &files{world: w, profile: profile, cli: watched[*cliConfig]{parse: parseCLI}, ini: watched[*iniFile]{parse: parseINI}}
}

// asked holds everything that the finding in a file depends on.
type asked struct {
	file       any // a pointer to the parsed content
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

// name returns the requested profile, or "".
func (f *files) name() string {
	if f.profile != "" {
		return f.profile
	}
	return f.world.env("PROFILE")
}

// path returns the file that a variable names, or otherwise one below the home
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

// describe returns the identity whose credentials a source fetches, for logs.
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
