package credentials

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
	"unicode"

	"github.com/domaintask/domaintask"
)

// externalDelay is how long the output of a command is read after it ends or is
// killed: another process may hold the output open.
const externalDelay = time.Second

// external runs a command that prints credentials, without a shell, as the CLI
// does. The standard error of the command is discarded.
type external struct {
	world   *world
	command domaintask.Secret
}

func (e external) fetch(ctx context.Context, _ domaintask.Credentials) (answer, error) {
	words, err := splitCommand(e.command.Reveal(), e.world.windows)
	if err != nil {
		return answer{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	output := &bounded{full: cancel}
	command := exec.CommandContext(ctx, words[0], words[1:]...)
	command.Stdout = output
	command.WaitDelay = externalDelay
	started := time.Now()
	err = command.Run()
	switch {
	case output.buf.Len() > maxReply:
		return answer{}, fmt.Errorf("the command printed more than %d bytes", maxReply)
	case ctx.Err() != nil:
		return answer{}, errors.New("the command did not end in time")
	case err != nil:
		return answer{}, commandError(err)
	}
	return printed(output.buf.Bytes(), started)
}

const externalDisabled = "DISABLE_EXTERNAL_PROCESS"

// externalError is the error of profiles that run a command or call an address, if
// the environment forbids them, as in the CLI.
func (w *world) externalError() error {
	if w.enabled(externalDisabled) || w.env(externalDisabled) == "1" {
		return disabledBy(externalDisabled)
	}
	return nil
}

// bounded collects output up to a limit, and calls full beyond it.
type bounded struct {
	buf  bytes.Buffer
	full func()
}

func (b *bounded) Write(p []byte) (int, error) {
	b.buf.Write(p[:min(len(p), maxReply+1-b.buf.Len())])
	if b.buf.Len() > maxReply {
		b.full()
	}
	return len(p), nil
}

// commandError says why a command failed without showing any part of it.
func commandError(err error) error {
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return fmt.Errorf("the command failed: %s", exit.ProcessState)
	case errors.Is(err, exec.ErrNotFound):
		return errors.New("the program of the command was not found")
	case errors.Is(err, exec.ErrWaitDelay):
		return errors.New("the command ended and left its output open")
	}
	return errors.New("the program of the command cannot be run")
}

// printed parses the output of a command.
func printed(output []byte, started time.Time) (answer, error) {
	var got struct {
		Mode       string            `json:"mode"`
		ID         string            `json:"access_key_id"`
		Secret     domaintask.Secret `json:"access_key_secret"`
		Token      domaintask.Secret `json:"sts_token"`
		Expiration string            `json:"expiration"` // RFC 3339, if any
	}
	if json.Unmarshal(output, &got) != nil {
		return answer{}, errors.New("the command printed no credentials in JSON")
	}
	creds := domaintask.Credentials{AccessKeyID: got.ID, AccessKeySecret: got.Secret, SecurityToken: got.Token}
	switch {
	case got.ID == "" || got.Secret.IsZero():
		return answer{}, errors.New("the command printed no access_key_id or no access_key_secret")
	case got.Mode == modeStsToken && got.Token.IsZero():
		return answer{}, errors.New("the command printed no sts_token")
	case got.Mode != "" && got.Mode != modeAK && got.Mode != modeStsToken:
		return answer{}, errors.New("the command printed a mode that is neither AK nor StsToken")
	case got.Mode == modeAK:
		creds.SecurityToken = domaintask.Secret{}
	}
	if got.Expiration == "" {
		return undated(creds), nil
	}
	expiration, err := time.Parse(time.RFC3339, got.Expiration)
	if err != nil {
		return answer{}, errors.New("the command printed no expiration like 2006-01-02T15:04:05Z")
	}
	return dated(creds, expiration, nil, started)
}

// splitCommand splits a command into words, as a POSIX shell would: blanks
// separate, quotes group, a backslash escapes. On Windows, where a backslash
// separates the parts of a path, it escapes only a double quote.
func splitCommand(command string, windows bool) ([]string, error) {
	const blank, bare = 0, ' ' // otherwise the open quote
	var words []string
	var word strings.Builder
	within := rune(blank)
	chars := []rune(command)
	for i := 0; i < len(chars); i++ {
		c := chars[i]
		next := rune(-1)
		if i+1 < len(chars) {
			next = chars[i+1]
		}
		quoted := within == '"' || within == '\''
		switch {
		case c == '\\' && escapes(within, next, windows):
			if next < 0 {
				return nil, errors.New("the command ends with a backslash")
			}
			word.WriteRune(next)
			i++
			if !quoted {
				within = bare
			}
		case quoted && c == within:
			within = bare
		case !quoted && (c == '"' || c == '\''):
			within = c
		case !quoted && unicode.IsSpace(c):
			if within == bare {
				words = append(words, word.String())
				word.Reset()
			}
			within = blank
		default:
			word.WriteRune(c)
			if !quoted {
				within = bare
			}
		}
	}
	switch {
	case within == '"' || within == '\'':
		return nil, errors.New("the command has a quote that is not closed")
	case within == bare:
		words = append(words, word.String())
	}
	if len(words) == 0 || words[0] == "" {
		return nil, errors.New("the command is empty")
	}
	return words, nil
}

// escapes reports whether a backslash before next is an escape.
func escapes(within, next rune, windows bool) bool {
	switch {
	case within == '\'':
		return false
	case windows:
		return within == '"' && next == '"'
	case within == '"':
		return strings.ContainsRune("\"\\$`\n", next)
	}
	return true
}
