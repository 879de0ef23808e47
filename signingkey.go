package domaintask

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"hash"
	"sync"
)

// signingKey is credentials with what is the same in every request that they
// sign: to encode a security token, or to key an HMAC, takes as long as all
// the rest.
type signingKey struct {
	Credentials
	token      []byte // SecurityToken, encoded
	tokenAgain []byte // token, encoded
	rpc, acs3  hmacs
}

func newSigningKey(creds Credentials) *signingKey {
	k := &signingKey{Credentials: creds, token: appendEncoded(nil, creds.SecurityToken)}
	k.tokenAgain = appendEncoded(nil, k.token)
	k.rpc.key(sha1.New, creds.AccessKeySecret+"&") // a bearer token has no secret
	k.acs3.key(sha256.New, creds.AccessKeySecret)
	return k
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
