// Package portfolio represents an SDK that works with several registrars, including
// Alibaba Cloud. It shows how to build on domaintask and hide it: nothing exported
// here mentions a type of that package, so it can be updated or replaced without
// breaking the users of this one.
//
// Read in this order: Registrar, New, alibaba.Finished, translate.
package portfolio

import (
	"context"
	"iter"
	"time"
)

// Registrar has the operations of every registrar.
type Registrar interface {
	// Finished yields the jobs that have ended and are not confirmed. An error
	// comes last, with a zero Job.
	Finished(context.Context, Filter) iter.Seq2[Job, error]
	// Confirm makes the registrar forget jobs, by their IDs.
	Confirm(context.Context, ...string) error
}

// Filter chooses jobs. The zero value chooses all.
type Filter struct {
	Domain     string // empty means every domain
	FailedOnly bool
}

// Job is an operation of a registrar on a domain.
type Job struct {
	ID     string
	Domain string
	Kind   string // as the registrar calls it
	State  State
	Detail string    // why it failed; empty if unknown
	Ended  time.Time // zero if unknown
}

// State is how a job ended.
type State int

// The zero State is unknown.
const (
	Unknown State = iota
	Done
	Failed
)
