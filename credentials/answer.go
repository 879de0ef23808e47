package credentials

import (
	"errors"
	"net/http"
	"time"

	"github.com/domaintask/domaintask"
)

// answer is what a source returns. Both times count from the start of the fetch.
type answer struct {
	creds      domaintask.Credentials
	renewAfter time.Duration // when to fetch again
	usableFor  time.Duration // how long creds may be used
}

const (
	day = 24 * time.Hour

	// margin is how long before their end credentials stop being used: a request
	// takes time.
	margin = 10 * time.Second

	// renewBefore is how long before that a renewal starts.
	renewBefore = 5 * time.Minute
)

// lasting is an answer with credentials that end after life.
func lasting(creds domaintask.Credentials, life time.Duration) answer {
	usable := life - min(margin, life/10)
	return answer{creds: creds, renewAfter: usable - min(renewBefore, usable/2), usableFor: usable}
}

// unending is an answer with credentials that are replaced only if their source
// changes, or if the service refuses them.
func unending(creds domaintask.Credentials) answer {
	return answer{creds: creds, renewAfter: 100 * 365 * day, usableFor: 100 * 365 * day}
}

// undated is an answer with credentials whose end the source does not specify.
func undated(creds domaintask.Credentials) answer {
	return answer{creds: creds, renewAfter: 5 * time.Minute, usableFor: 15 * time.Minute}
}

// dated is an answer with credentials that end at expiration. Their validity is
// computed by the clock of the server that sent them: the local clock may be wrong.
// now is the local time of the request, which counts only if header has no credible
// Date. Credentials that have ended by the local clock alone are returned.
func dated(creds domaintask.Credentials, expiration time.Time, header http.Header, now time.Time) (answer, error) {
	life, credible := lifetime(expiration, header, now)
	switch {
	case life > 0:
		return lasting(creds, life), nil
	case credible:
		return answer{}, errors.New("sent credentials that have ended")
	}
	return undated(creds), nil
}

// lifetime returns the validity of something that ends at expiration, and reports
// whether it is computed from a credible Date. A Date is not credible if it is
// missing, repeated, or from a cache (with an Age), or if it makes the lifetime
// impossible although the local clock does not.
func lifetime(expiration time.Time, header http.Header, now time.Time) (life time.Duration, credible bool) {
	local := expiration.Sub(now)
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil || len(header["Date"]) != 1 || len(header["Age"]) > 0 {
		return local, false
	}
	life = expiration.Sub(date)
	if impossible := life < -day || life > 7*day; impossible && local > 0 && local <= 7*day {
		return local, false
	}
	return life, true
}
