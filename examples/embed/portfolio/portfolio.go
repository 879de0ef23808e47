// Package portfolio stands for an SDK that works with several registrars, of
// which Alibaba Cloud is one. It shows how to build upon domaintask without
// showing it: nothing exported here mentions a type of that package, so it can
// be updated, or replaced, without breaking who uses this one.
//
// The way to follow: Registrar, New, alibaba.Finished, translate.
package portfolio

import (
	"context"
	"iter"
	"time"
)

// Registrar is what every registrar can be asked.
type Registrar interface {
	// Finished yields the jobs that have ended and are not confirmed. An error
	// comes last, beside a zero Job.
	Finished(context.Context, Filter) iter.Seq2[Job, error]
	// Confirm has the registrar forget jobs, by their IDs.
	Confirm(context.Context, ...string) error
}

// Filter chooses jobs. The zero value chooses all.
type Filter struct {
	Domain     string // "" = every domain
	FailedOnly bool
}

// Job is something that a registrar was told to do with a domain.
type Job struct {
	ID     string
	Domain string
	Kind   string // as the registrar calls it
	State  State
	Detail string    // why it failed; "" = nobody said
	Ended  time.Time // zero = unknown
}

// State is how a job ended.
type State int

// The zero State is one that nobody can tell.
const (
	Unknown State = iota
	Done
	Failed
)
