package domaintasktest

import (
	"crypto/sha256"
	"time"
)

// clockWindow is how far a timestamp may be from the clock of the service.
const clockWindow = 15 * time.Minute

// maxNonces bounds a generation of nonces, should requests come so fast that
// time does not.
const maxNonces = 1 << 17

// nonces knows the nonces that were used. It keeps them in two generations,
// each at most maxNonces, and drops the elder when the younger is as old as a
// request can be valid: a timestamp from the far end of the future half of the
// window is accepted until the far end of the other half.
type nonces struct {
	young, old map[[sha256.Size]byte]struct{}
	since      time.Time // when young began
}

// use reports whether the nonce is new to this access key, and remembers it.
func (n *nonces) use(accessKeyID, nonce string, now time.Time) bool {
	if n.young == nil || now.Sub(n.since) >= 2*clockWindow || len(n.young) >= maxNonces {
		n.old, n.young, n.since = n.young, make(map[[sha256.Size]byte]struct{}), now
	}
	// The hash is of one size, whatever a client sends.
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
