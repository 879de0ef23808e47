package credentials

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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
// One that was found behind a place which is configured, but failed, is kept to
// for a minute only. What configures a place is read at each request, a file
// when its size or its time differs from before.
func Default() domaintask.CredentialsProvider { return share(&chain{}) }

// chain asks the places one after another. It is the SDK's chain written anew:
// that one stays with the place that it tried last, found or not, and builds
// its URI provider, which prints.
type chain struct {
	found *place    // has given credentials; nil = none has
	again time.Time // from when on found is not kept to; zero = it is
	built source    // of found; nil = to be built anew
	state state     // that built was built for
	given giver     // who gave credentials last
}

// giver decides whose credentials they are.
type giver struct {
	place *place
	who   string // of its state
}

// secondChoice is for how long a place is kept to that was found behind one
// which is configured and failed.
const secondChoice = time.Minute

func (c *chain) ask() (answer, error) {
	if !c.again.IsZero() && !time.Now().Before(c.again) {
		c.found, c.built, c.again = nil, nil, time.Time{}
	}
	if c.found != nil {
		state, err := c.found.configured()
		switch {
		case err == nil:
			got, err := c.askPlace(c.found, state)
			return got, c.moved(err, giver{c.found, state.who})
		case !isUnset(err):
			return answer{}, fmt.Errorf("%s: %w", c.found.name, err)
		}
		c.found, c.built = nil, nil
	}
	var failures []error
	var asked []giver
	failed := false // a place that is configured
	for i := range places {
		p := &places[i]
		state, err := p.configured()
		if err != nil {
			failed = failed || !isUnset(err)
			failures = append(failures, fmt.Errorf("%s: %w", p.name, err))
			continue
		}
		got, err := c.askPlace(p, state)
		if err == nil {
			if c.found = p; failed {
				c.again = time.Now().Add(secondChoice)
			}
			return got, nil
		}
		failed = true
		asked = append(asked, giver{p, state.who})
		failures = append(failures, err)
	}
	return answer{}, c.moved(chainError(failures), asked...)
}

// moved adds to an error that whoever gave credentials last is not among those
// asked now.
func (c *chain) moved(err error, asked ...giver) error {
	if err == nil || c.given.place == nil || slices.Contains(asked, c.given) {
		return err
	}
	return &failure{text: err.Error(), is: func(target error) bool { return target == errMoved || errors.Is(err, target) }}
}

// askPlace asks what was built of a place, and keeps it if that answers. If it
// does not, it is built anew the next time, since the SDK's providers keep what
// they have read, be it of use or not.
func (c *chain) askPlace(p *place, state state) (answer, error) {
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
	c.built, c.state, c.given = built, state, giver{p, state.who}
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
