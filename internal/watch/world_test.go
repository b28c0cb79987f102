package watch

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cleannet/cleannet/internal/domain/carrier"
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/watch/rib"
)

// The world of the tests: AS 64496 is barred, AS 64500 is protected.
const document = `
policy: test
version: "1"
title: Test
issuer: Test
published: 2000-01-01
summary: A policy for tests.
authorities:
  - {id: a, title: Authority, date: 2000-01-01, note: Fictional.}
entries:
  - id: barred
    title: No session with the barred network
    authority: a
    citation: "1"
    domain: carrier
    select: {companies: [maker]}
    relations: [adjacency, session]
    protects: {identifiers: ["asn:64500"]}
    in_force: [{from: 2000-01-02}]
    effect: prohibit
    severity: high
`

func world(t testing.TB) (*entity.Registry, *policy.Policy) {
	t.Helper()
	reg, err := entity.New(entity.Records{
		Sources:     []entity.Source{{ID: "s", Title: "test source"}},
		Companies:   []entity.Company{{Slug: "maker", Name: "Maker", Country: "XA", Source: "s"}},
		Identifiers: []entity.Identifier{{ID: evidence.ASN(64496), Company: "maker", Source: "s"}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Compile("test.yaml", []byte(document), policy.Env{Registry: reg, Kinds: carrier.Kinds()})
	if err != nil {
		t.Fatal(err)
	}
	return reg, p
}

// told is a sink that keeps the changes and events.
type told struct {
	mu      sync.Mutex
	changes []string
	events  []EventKind
}

// Send implements Sink.
func (s *told) Send(m *Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.Event != nil {
		s.events = append(s.events, m.Event.Kind)
		return nil
	}
	f := m.Change.Finding
	s.changes = append(s.changes, fmt.Sprintf("%s %s %s-%s", m.Change.State, f.Relation, f.Party.Value(), f.Subject.Value()))
	return nil
}

// take returns what was told since the last time.
func (s *told) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.changes
	s.changes = nil
	slices.Sort(out)
	return out
}

// bench is a watcher at work inside a bubble of time.
type bench struct {
	t    *testing.T
	w    *Watcher
	sink *told
	stop func()
}

func start(t *testing.T, change func(*Config)) *bench {
	t.Helper()
	reg, p := world(t)
	sink := new(told)
	on, err := entity.ParseDate("2026-06-01")
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Registry: reg, Policy: p, AsOf: on, Sinks: []Sink{sink}, Stale: time.Minute}
	if change != nil {
		change(&c)
	}
	w := New(c)
	done := make(chan error)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { done <- w.Run(ctx) }()
	b := &bench{t, w, sink, nil}
	b.stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		b.stop = func() {}
	}
	return b
}

// wait lets time go by.
func (b *bench) wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// want compares what was told.
func (b *bench) want(what string, want ...string) {
	b.t.Helper()
	if got := b.sink.take(); !slices.Equal(got, want) {
		b.t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// feed is a link with one source.
type feed struct {
	*Link
	b *bench
	s *rib.Source
}

func (b *bench) connect(name string) *feed {
	f := &feed{b.w.Connect(name, func() {}), b, nil}
	b.w.Update(func() {
		f.s = f.Source("peer", mrt.Peer{Addr: netip.MustParseAddr("192.0.2.1"), ASN: 64500})
	})
	return f
}

func (f *feed) announce(prefix string, asns ...uint32) {
	f.b.t.Helper()
	raw := []byte{2, byte(len(asns))}
	for _, a := range asns {
		raw = binary.BigEndian.AppendUint32(raw, a)
	}
	f.b.w.Update(func() {
		err := f.s.Announce(rib.Key{Prefix: netip.MustParsePrefix(prefix)}, mrt.RawPath{ASPath: raw, AS4: true}, rib.Place{Time: f.b.w.now()})
		if err != nil {
			f.b.t.Error(err)
		}
	})
}

func (f *feed) withdraw(prefix string) {
	f.b.w.Update(func() { f.s.Withdraw(rib.Key{Prefix: netip.MustParsePrefix(prefix)}) })
}

func (f *feed) synced() { f.b.w.Update(func() { f.Synced(f.s) }) }
func (f *feed) close()  { f.b.w.Update(func() { f.Close("the test closed it") }) }

const (
	newOne     = "new adjacency 64496-64500"
	clearedOne = "cleared adjacency 64496-64500"
	lostOne    = "lost adjacency 64496-64500"
	flapping   = "flapping adjacency 64496-64500"
)
