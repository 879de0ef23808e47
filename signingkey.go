package domaintask

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"hash"
	"sync"
	"sync/atomic"

	"github.com/domaintask/domaintask/internal/redact"
)

// keyring keeps the last signing key. It has functions alone, so that nothing
// that prints or walks a Client reaches a key.
type keyring struct {
	// of returns the key of credentials, or why they cannot sign.
	of func(Credentials) (*signingKey, error)
	// redacted returns an error of what the program provided without the
	// secrets of the last key.
	redacted func(error) error
}

// newKeyring returns a keyring that keeps a key for as long as the credentials
// stay the same.
func newKeyring(method SignatureMethod) keyring {
	var last atomic.Pointer[signingKey]
	of := func(creds Credentials) (*signingKey, error) {
		if key := last.Load(); key != nil && key.Credentials == creds {
			return key, nil
		}
		key := newSigningKey(creds)
		if err := key.check(method); err != nil {
			return nil, err
		}
		last.Store(key)
		return key, nil
	}
	redacted := func(err error) error { return redactor{key: last.Load()}.error(err) }
	return keyring{of, redacted}
}

// signingKey is credentials, opened, with what is the same in every request
// that they sign: to open a secret, to encode a security token, or to key an
// HMAC, takes as long as all the rest.
type signingKey struct {
	Credentials
	secret, securityToken, bearerToken string

	hide       func() redact.Redactor // of these
	token      []byte                 // securityToken, encoded
	tokenAgain []byte                 // token, encoded
	rpc, acs3  hmacs
}

func newSigningKey(creds Credentials) *signingKey {
	k := &signingKey{
		Credentials:   creds,
		secret:        creds.AccessKeySecret.Reveal(),
		securityToken: creds.SecurityToken.Reveal(),
		bearerToken:   creds.BearerToken.Reveal(),
	}
	k.hide = sync.OnceValue(func() redact.Redactor { return redact.New(k.secret, k.securityToken, k.bearerToken) })
	k.token = appendEncoded(nil, k.securityToken)
	k.tokenAgain = appendEncoded(nil, k.token)
	k.rpc.key(sha1.New, k.secret+"&") // a bearer token has no secret
	k.acs3.key(sha256.New, k.secret)
	return k
}

// check says why k cannot sign by method, without repeating any of it.
func (k *signingKey) check(method SignatureMethod) error {
	for _, field := range []struct{ name, value string }{
		{"access key id", k.AccessKeyID},
		{"access key secret", k.secret},
		{"security token", k.securityToken},
		{"bearer token", k.bearerToken},
	} {
		if wasPrinted(field.value) {
			return errors.New("the " + field.name + " " + printedReason)
		}
		// A key copied together with its line break is the commonest mistake.
		for i := range len(field.value) {
			if c := field.value[i]; c <= ' ' || c >= 0x7f {
				return errors.New("the " + field.name + " holds white space, a control character or a character beyond ASCII")
			}
		}
	}
	switch {
	case k.bearerToken != "" && (k.AccessKeyID != "" || k.secret != "" || k.securityToken != ""):
		return errors.New("both a bearer token and an access key are set")
	case k.bearerToken != "" && method != SignatureHMACSHA1:
		return errors.New("a bearer token needs " + SignatureHMACSHA1.String())
	case k.bearerToken != "":
		return nil
	case k.AccessKeyID == "":
		return errors.New("the access key id is empty")
	case k.secret == "":
		return errors.New("the access key secret is empty")
	case method == SignatureACS3 && !hmacAllowed(sha256.New, k.secret):
		return errors.New("the access key secret is shorter than FIPS 140-only mode allows")
	}
	return nil
}

// hmacAllowed reports whether an HMAC of this hash and key can be made. In FIPS
// 140-only mode SHA-1 and keys of less than 112 bits panic. It is tried, since
// Go 1.25 has no way to ask for that mode.
func hmacAllowed(hash func() hash.Hash, key string) (ok bool) {
	defer func() { ok = recover() == nil }()
	hmac.New(hash, []byte(key))
	return
}

// hmacs are HMACs of one key that wait for the next request.
type hmacs struct{ idle sync.Pool }

func (h *hmacs) key(hash func() hash.Hash, secret string) {
	h.idle.New = func() any { return &keyedHash{hash: hmac.New(hash, []byte(secret))} }
}

// get returns one that nobody else uses until it is put back.
func (h *hmacs) get() *keyedHash { return h.idle.Get().(*keyedHash) }

func (h *hmacs) put(k *keyedHash) {
	if cap(k.text) <= maxPooledText {
		h.idle.Put(k)
	}
}

// maxPooledText is more than servers take of a query, which is what is signed.
const maxPooledText = 64 << 10

// keyedHash is an HMAC with room for what it signs and for what comes of it,
// which go through an interface: elsewhere each would be an allocation.
type keyedHash struct {
	hash      hash.Hash
	text, sum []byte
}

// sign returns the HMAC of text. It is valid until the next one.
func (k *keyedHash) sign() []byte {
	k.hash.Reset()
	k.hash.Write(k.text)
	k.sum = k.hash.Sum(k.sum[:0])
	return k.sum
}
