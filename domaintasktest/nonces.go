package domaintasktest

import (
	"crypto/sha256"
	"time"
)

// clockWindow is the largest difference between a timestamp and the clock of the
// service.
const clockWindow = 15 * time.Minute

// maxNonces is the most nonces in a generation. It bounds the memory for fast
// requests.
const maxNonces = 1 << 17

// nonces stores the used nonces in two generations of at most maxNonces each. It
// drops the older generation when the younger one is as old as a request can be:
// a timestamp may be a clockWindow ahead, and is accepted until it is a
// clockWindow behind.
type nonces struct {
	young, old map[[sha256.Size]byte]struct{}
	since      time.Time // the start of young
}

// use reports whether the nonce is new for this access key, and stores it.
func (n *nonces) use(accessKeyID, nonce string, now time.Time) bool {
	if n.young == nil || now.Sub(n.since) >= 2*clockWindow || len(n.young) >= maxNonces {
		n.old, n.young, n.since = n.young, make(map[[sha256.Size]byte]struct{}), now
	}
	// The hash bounds the size of the key.
	key := sha256.Sum256([]byte(accessKeyID + "\x00" + nonce))
	if _, used := n.young[key]; used {
		return false
	}
	if _, used := n.old[key]; used {
		return false
	}
	n.young[key] = struct{}{}
	return true
}
