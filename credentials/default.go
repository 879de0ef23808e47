package credentials

import (
	"errors"
	"fmt"
	"strings"

	"github.com/domaintask/domaintask"
)

// Default provides the credentials of the official default chain, the first
// found of:
//
//  1. the access key in ALIBABA_CLOUD_ACCESS_KEY_ID and _ACCESS_KEY_SECRET,
//     with ALIBABA_CLOUD_SECURITY_TOKEN where that is set;
//  2. the role ALIBABA_CLOUD_ROLE_ARN, with the OIDC token in
//     ALIBABA_CLOUD_OIDC_TOKEN_FILE and ALIBABA_CLOUD_OIDC_PROVIDER_ARN (RRSA);
//  3. the CLI's ~/.aliyun/config.json, profile ALIBABA_CLOUD_PROFILE or its
//     current one, unless ALIBABA_CLOUD_CLI_PROFILE_DISABLED is true;
//  4. ~/.alibabacloud/credentials, or the file ALIBABA_CLOUD_CREDENTIALS_FILE
//     names, profile ALIBABA_CLOUD_PROFILE or default;
//  5. the RAM role of the ECS instance, ALIBABA_CLOUD_ECS_METADATA or the one
//     it has, unless ALIBABA_CLOUD_ECS_METADATA_DISABLED is true. Elsewhere
//     than on ECS it takes up to four seconds to find that there is none;
//  6. the address in ALIBABA_CLOUD_CREDENTIALS_URI.
//
// Nothing is read or asked before the first request. A chain that found nothing
// starts over at the next request, and its error tells what each place said.
// A place that has given credentials is kept to for as long as it is
// configured, even while it fails: an outage never changes who the program is.
// Its files are read again when they have changed.
func Default() domaintask.CredentialsProvider { return share(&chain{}) }

// chain asks the places one after another. It is the SDK's chain written anew:
// that one stays with the place that it tried last, found or not, and builds
// its URI provider, which prints.
type chain struct {
	found *place // has given credentials; nil = none has
	built source // of found; nil = to be built anew
	state string // of found, as built was built for
}

func (c *chain) ask() (answer, error) {
	if c.found != nil {
		if state, err := c.found.configured(); err == nil {
			return c.askPlace(c.found, state)
		}
		c.found, c.built = nil, nil
	}
	var failures []error
	for i := range places {
		p := &places[i]
		state, err := p.configured()
		if err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", p.name, err))
			continue
		}
		got, err := c.askPlace(p, state)
		if err == nil {
			c.found = p
			return got, nil
		}
		failures = append(failures, err)
	}
	return answer{}, chainError(failures)
}

// askPlace asks what was built of a place, and keeps it if that answers. If it
// does not, it is built anew the next time, since the SDK's providers keep what
// they have read, be it of use or not.
func (c *chain) askPlace(p *place, state string) (answer, error) {
	built, err := c.built, error(nil)
	c.built = nil
	if built == nil || c.state != state {
		built, err = p.build()
	}
	var got answer
	if err == nil {
		got, err = askSafely(built)
	}
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", p.name, err)
	}
	c.built, c.state = built, state
	return got, nil
}

// chainError tells in one line what every place said.
func chainError(failures []error) error {
	texts := make([]string, len(failures))
	for i, err := range failures {
		texts[i] = err.Error()
	}
	all := errors.Join(failures...)
	return &failure{
		text: "none in the default chain: " + strings.Join(texts, "; "),
		is:   func(target error) bool { return errors.Is(all, target) },
	}
}
