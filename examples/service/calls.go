package main

import (
	"expvar"
	"strconv"

	"github.com/domaintask/domaintask"
)

// callMetrics counts the attempts of one operation.
type callMetrics struct {
	vars     expvar.Map
	attempts labels       // by outcome
	errors   expvar.Int   // attempts that failed
	retries  expvar.Int   // attempts after a failed one
	seconds  expvar.Float // of all attempts together, without waits between them
}

func newCallMetrics() *callMetrics {
	c := new(callMetrics)
	c.vars.Set("attempts", &c.attempts)
	c.vars.Set("errors", &c.errors)
	c.vars.Set("retries", &c.retries)
	c.vars.Set("seconds", &c.seconds)
	return c
}

func (c *callMetrics) add(a domaintask.Attempt) {
	c.attempts.add(outcome(a))
	if a.Err != nil {
		c.errors.Add(1)
	}
	if a.Number > 1 {
		c.retries.Add(1)
	}
	c.seconds.Add(a.Duration.Seconds())
}

// outcome returns the HTTP status, and the error code if the service sent one.
func outcome(a domaintask.Attempt) string {
	status := strconv.Itoa(a.StatusCode)
	switch {
	case a.StatusCode == 0:
		return "no answer"
	case a.Code != "":
		return status + " " + a.Code
	case a.Err != nil:
		return status + " unreadable"
	}
	return status
}
