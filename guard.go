package domaintask

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// PanicError is the value of a panic that began in a goroutine that this package
// started: in a handler, hook, limiter, transport or credentials provider. The
// panic continues with it in the goroutine of the caller.
type PanicError struct {
	Value any    // the value that was passed to panic
	Stack string // where the panic began, as runtime/debug.Stack formats it
}

// Error returns the value and the stack. Unlike other errors of this package it
// has many lines: a program that crashes with it prints where the panic began.
func (e *PanicError) Error() string { return fmt.Sprintf("%v\n\n%s", e.Value, e.Stack) }

// Unwrap returns the value if it is an error, and nil otherwise.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// errExited is the error of a function that neither returned nor panicked.
var errExited = errors.New("it ended its goroutine (runtime.Goexit)")

// guard calls f and passes its error to done. The error is a *PanicError if f
// panicked, and errExited if it ended its goroutine.
func guard(f func() error, done func(error)) {
	err := errExited
	defer func() {
		if v := recover(); v != nil {
			var ok bool
			if err, ok = v.(*PanicError); !ok { // it did not begin in yet another goroutine
				err = &PanicError{Value: v, Stack: string(debug.Stack())}
			}
		}
		done(err)
	}()
	err = f()
}
