package numbers

import (
	"sync"
	"sync/atomic"
)

// lazy is a value that is made when it is first asked for. It differs from
// sync.OnceValues in what it costs afterwards, one load that the compiler can
// inline, which counts at ten million lookups a second.
type lazy[T any] struct {
	ready atomic.Pointer[T]
	once  sync.Once
	make  func() (*T, error) // not called again, whatever it returned
	err   error
}

// value returns the value, nil if making it failed.
func (l *lazy[T]) value() *T {
	if v := l.ready.Load(); v != nil {
		return v
	}
	return l.first()
}

func (l *lazy[T]) first() *T {
	l.once.Do(func() {
		v, err := l.make()
		if err != nil {
			l.err = err
			return
		}
		l.ready.Store(v)
	})
	return l.ready.Load()
}

// failure returns the error of making the value, and makes it if need be.
func (l *lazy[T]) failure() error {
	l.first()
	return l.err
}
