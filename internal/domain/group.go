package domain

import (
	"fmt"
	"sync"
)

// PanicError is a panic of a reader: a mistake of its code that some input has
// brought to light. It fails that input and nothing else.
type PanicError struct{ Value any }

// Error says that the reader panicked, and with what.
func (e *PanicError) Error() string { return fmt.Sprintf("the reader panicked: %v", e.Value) }

// Contain turns a panic of the function that defers it into a [PanicError].
func Contain(err *error) { //nolint:gocritic // a deferred call can set the result in no other way
	if v := recover(); v != nil {
		*err = &PanicError{v}
	}
}

// Group runs the goroutines of a reader. Inputs are hostile and a panic in a
// goroutine that nobody guards ends the process with all its other inputs, so
// readers start theirs by a group and by nothing else. Make one with
// [NewGroup]; it is for one use.
type Group struct {
	wg     sync.WaitGroup
	once   sync.Once
	failed chan struct{}
	err    error // before failed is closed
}

// NewGroup returns a group without goroutines.
func NewGroup() *Group { return &Group{failed: make(chan struct{})} }

// Go runs f in a goroutine of its own.
func (g *Group) Go(f func()) {
	g.wg.Go(func() {
		var err error
		defer func() {
			if err != nil {
				g.once.Do(func() { g.err = err; close(g.failed) })
			}
		}()
		defer Contain(&err)
		f()
	})
}

// Failed returns a channel that is closed once a goroutine has panicked. Who
// sends to goroutines of the group must watch it, because nobody may receive
// any more.
func (g *Group) Failed() <-chan struct{} { return g.failed }

// Wait waits for all goroutines. Its error is the first panic, a [*PanicError]:
// what the goroutines made is then not to be used.
func (g *Group) Wait() error {
	g.wg.Wait()
	return g.err
}
