package credentials

import (
	"errors"
	"fmt"
	"strings"
)

// place is where an identity may be configured.
type place struct {
	name string // as the official SDK calls it
	look func() finding
}

// finding is the result of reading a place: an identity, or why there is none.
type finding struct {
	state    state
	identity identity // if configured
	err      error    // otherwise
}

type state int

const (
	configured state = iota
	absent           // nothing configures the place
	missing          // only a file would, and it does not exist, perhaps for a moment
	unreadable       // its file cannot be read, or not completely, perhaps for a moment
	unusable         // it is configured, but cannot be used
	unprobed         // whether this machine has it is not yet known
)

// identity is the identity of the program according to a place. Two identities with
// equal sources are configured the same.
type identity struct {
	place  string
	label  string // its name for logs and errors
	source source // comparable
}

func found(label string, source source) finding {
	return finding{identity: identity{label: label, source: source}}
}

// decide returns the finding of the place that identifies the program: the first
// that is configured, usable or not. held is the name of the place that has
// provided credentials before, or "". No other place is used instead while held is
// configured, or if its file is missing.
func decide(places []place, held string) finding {
	for _, p := range places {
		if p.name == held {
			if f := p.find(); f.state != absent {
				return f
			}
		}
	}
	var reasons []error
	for _, p := range places {
		f := p.find()
		if f.state != absent && f.state != missing {
			return f
		}
		reasons = append(reasons, f.err)
	}
	return finding{state: absent, err: joined("none in the default chain: ", reasons)}
}

// find reads the place and names it in the result.
func (p place) find() finding {
	f := p.look()
	f.identity.place = p.name
	if f.err != nil {
		f.err = fmt.Errorf("%s: %w", p.name, f.err)
	}
	return f
}

// joined returns errs as one error in one line.
func joined(prefix string, errs []error) error {
	texts := make([]string, len(errs))
	for i, err := range errs {
		texts[i] = err.Error()
	}
	all := errors.Join(errs...)
	return &failure{text: prefix + strings.Join(texts, "; "), is: func(target error) bool { return errors.Is(all, target) }}
}
