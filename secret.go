package domaintask

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"

	"github.com/domaintask/domaintask/internal/redact"
)

// Secret is the secret of an access key, or a token. Secrets can be compared
// with ==. The zero value is no secret.
//
// Printing, logging or marshaling never reveals it, at any depth and in
// unexported fields, too: Reveal alone does. It shows as "[hidden]", or as text
// that is random in each process if its methods are passed by.
type Secret struct {
	// sealed is encrypted under a random key of the process. Equal secrets are
	// equal here, too.
	sealed string
}

// NewSecret returns s as a Secret. If s is empty, it is the zero value.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{processSeal().seal(s)}
}

// Reveal returns the secret itself.
func (s Secret) Reveal() string {
	if s.IsZero() {
		return ""
	}
	return processSeal().open(s.sealed)
}

// IsZero reports whether s is no secret.
func (s Secret) IsZero() bool { return s == Secret{} }

// String returns "[hidden]", or "" if s is zero.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return redact.Hidden
}

// Format prints what String returns, for every verb.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// LogValue logs what String returns.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText writes what String returns, for JSON, XML, YAML and the like.
// UnmarshalText refuses to read it back.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// GobEncode writes what String returns.
func (s Secret) GobEncode() ([]byte, error) { return s.MarshalText() }

// UnmarshalText reads a secret, such as one in a configuration file. It returns
// an error for "[hidden]", which was printed in place of a secret.
func (s *Secret) UnmarshalText(text []byte) error {
	if wasPrinted(string(text)) {
		return errors.New("domaintask: the secret " + printedReason)
	}
	*s = NewSecret(string(text))
	return nil
}

// GobDecode reads what UnmarshalText reads.
func (s *Secret) GobDecode(text []byte) error { return s.UnmarshalText(text) }

// printedReason says what is wrong with a value that wasPrinted.
const printedReason = "holds " + redact.Hidden + ", which was printed in place of a secret and is not one"

// wasPrinted reports whether s was read back from something that hid a secret.
func wasPrinted(s string) bool { return strings.Contains(s, redact.Hidden) }

// processSeal returns the seal of this process. It is behind a function so that
// nothing that walks values reaches its keys.
var processSeal = sync.OnceValue(func() *seal {
	var keys [2][32]byte
	rand.Read(keys[0][:]) // never fails
	rand.Read(keys[1][:])
	block, err := aes.NewCipher(keys[0][:])
	if err != nil {
		panic(err) // the length of the key is right
	}
	return &seal{block: block, macKey: keys[1][:]}
})

// seal encrypts texts deterministically: the initialization vector is a MAC of
// the text (a synthetic IV, as in RFC 5297), so it reveals only which texts are
// equal. All of it is allowed in FIPS 140-only mode.
type seal struct {
	block  cipher.Block
	macKey []byte
}

func (s *seal) seal(text string) string {
	mac := hmac.New(sha256.New, s.macKey)
	io.WriteString(mac, text)
	sealed := append(mac.Sum(nil)[:aes.BlockSize], text...)
	s.crypt(sealed)
	return base64.RawStdEncoding.EncodeToString(sealed)
}

func (s *seal) open(sealed string) string {
	text, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil {
		panic(err) // seal made it
	}
	s.crypt(text)
	return string(text[aes.BlockSize:])
}

// crypt encrypts or decrypts what follows the initialization vector, in place.
func (s *seal) crypt(b []byte) {
	cipher.NewCTR(s.block, b[:aes.BlockSize]).XORKeyStream(b[aes.BlockSize:], b[aes.BlockSize:])
}
