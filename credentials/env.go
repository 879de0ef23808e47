package credentials

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/domaintask/domaintask"
)

// envPlace is the access key in the environment.
func (w *world) envPlace() finding {
	const id, secret, token = "ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN"
	if w.env(id) == "" && w.env(secret) == "" && w.env(token) == "" {
		return finding{state: absent, err: unset(id, secret)}
	}
	creds, err := accessKey(
		named{envPrefix + id, w.env(id)},
		named{envPrefix + secret, w.env(secret)},
		named{envPrefix + token, w.env(token)})
	if err != nil {
		return finding{state: unusable, err: err}
	}
	return found("access key "+creds.AccessKeyID+" of the environment", static{creds})
}

// unset is the error of a place that no variable configures.
func unset(names ...string) error {
	return errors.New("not set: " + envPrefix + strings.Join(names, ", "+envPrefix))
}

// named is a value and the name of its variable or field. The value may be a
// secret, so it is not kept.
type named struct{ name, value string }

// accessKey makes credentials from the parts of an access key. The token may be
// empty. Its errors name the invalid part.
func accessKey(id, secret, token named) (domaintask.Credentials, error) {
	if err := present(id, secret); err != nil {
		return domaintask.Credentials{}, err
	}
	if err := clean(id, secret, token); err != nil {
		return domaintask.Credentials{}, err
	}
	return domaintask.NewCredentials(id.value, secret.value, token.value), nil
}

// present returns an error that names the empty fields.
func present(fields ...named) error {
	var missing []string
	for _, field := range fields {
		if field.value == "" {
			missing = append(missing, field.name)
		}
	}
	switch len(missing) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%s is missing", missing[0])
	}
	return fmt.Errorf("%s are missing", strings.Join(missing, ", "))
}

// clean returns an error that names a field that cannot be part of credentials. A
// line break copied together with a key is the most common mistake.
func clean(fields ...named) error {
	for _, field := range fields {
		if strings.ContainsFunc(field.value, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			return fmt.Errorf("%s holds white space, a control character or a character beyond ASCII", field.name)
		}
	}
	return nil
}

// static is a source of fixed credentials.
type static struct{ creds domaintask.Credentials }

func (s static) fetch(context.Context, domaintask.Credentials) (answer, error) {
	return unending(s.creds), nil
}
