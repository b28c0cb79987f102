package domain_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/cleannet/cleannet/internal/domain"
)

func TestGroup(t *testing.T) {
	g := domain.NewGroup()
	var sum atomic.Int64
	for i := range 10 {
		g.Go(func() { sum.Add(int64(i)) })
	}
	if err := g.Wait(); err != nil || sum.Load() != 45 {
		t.Errorf("got sum %d and error %v, want 45 and none", sum.Load(), err)
	}
}

func TestGroupContainsPanics(t *testing.T) {
	g := domain.NewGroup()
	var finished atomic.Bool
	g.Go(func() { panic("out of range") })
	g.Go(func() { panic("out of range") })
	g.Go(func() { <-g.Failed(); finished.Store(true) })
	err := g.Wait()
	p, ok := errors.AsType[*domain.PanicError](err)
	if !ok || p.Value != "out of range" {
		t.Errorf("got error %v, want the panic", err)
	}
	if !finished.Load() {
		t.Error("Wait returned before all goroutines had ended")
	}
}
