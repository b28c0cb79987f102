package feed

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cleannet/cleannet/internal/domain/carrier"
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/watch"
)

// document bars the company that holds AS 64510.
const document = `
policy: test
version: "1"
title: Test
issuer: Test
published: 2020-01-01
summary: A policy for tests.
authorities:
  - {id: a, title: Authority, date: 2020-01-01, note: Fictional.}
entries:
  - id: barred
    title: No route by way of the barred network
    authority: a
    citation: "1"
    domain: carrier
    select: {companies: [maker]}
    relations: [adjacency, origin, transit, session]
    in_force: [{from: 2020-01-01}]
    effect: prohibit
    severity: high
`

const barred = 64510

// said is a sink that others may wait on.
type said struct {
	mu    sync.Mutex
	lines []string
}

// Send implements watch.Sink.
func (s *said) Send(m *watch.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := m.Change; c != nil {
		s.lines = append(s.lines, fmt.Sprintf("%s %s %s", c.State, c.Finding.Relation, strings.TrimSpace(c.Finding.Party.Value()+" "+c.Finding.Subject.Value())))
	} else {
		s.lines = append(s.lines, string(m.Event.Kind)+" "+m.Event.Text)
	}
	return nil
}

// lab is a watcher with a listener.
type lab struct {
	t       *testing.T
	watcher *watch.Watcher
	said    *said
	addr    string
}

func start(t *testing.T, change func(*watch.Config), speak func(*watch.Watcher) Protocol) *lab {
	t.Helper()
	reg, err := entity.New(entity.Records{
		Sources:     []entity.Source{{ID: "s", Title: "test source"}},
		Companies:   []entity.Company{{Slug: "maker", Name: "Maker", Country: "XA", Source: "s"}},
		Identifiers: []entity.Identifier{{ID: evidence.ASN(barred), Company: "maker", Source: "s"}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Compile("test.yaml", []byte(document), policy.Env{Registry: reg, Kinds: carrier.Kinds()})
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{t: t, said: new(said)}
	c := watch.Config{
		Registry: reg, Policy: p, Sinks: []watch.Sink{l.said},
		Interval: 10 * time.Millisecond, Damping: watch.Damping{Hold: 10 * time.Millisecond},
	}
	if change != nil {
		change(&c)
	}
	l.watcher = watch.New(c)
	listener, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.addr = listener.Addr().String()
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for _, run := range []func() error{
		func() error { return l.watcher.Run(ctx) },
		func() error { return Serve(ctx, listener, speak(l.watcher)) },
	} {
		group.Go(func() {
			if err := run(); err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(func() {
		cancel()
		group.Wait()
	})
	return l
}

// await waits until a line that contains the text was said, and forgets it.
func (l *lab) await(text string) {
	l.t.Helper()
	patience := time.After(30 * time.Second)
	for {
		l.said.mu.Lock()
		i := slices.IndexFunc(l.said.lines, func(s string) bool { return strings.Contains(s, text) })
		if i >= 0 {
			l.said.lines = slices.Delete(l.said.lines, i, i+1)
			l.said.mu.Unlock()
			return
		}
		now := slices.Clone(l.said.lines)
		l.said.mu.Unlock()
		select {
		case <-patience:
			l.t.Fatalf("nobody said %q; said was:\n%s", text, strings.Join(now, "\n"))
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// forget forgets and returns all that was said.
func (l *lab) forget() []string {
	l.said.mu.Lock()
	defer l.said.mu.Unlock()
	out := l.said.lines
	l.said.lines = nil
	return out
}

func (l *lab) dial() net.Conn {
	l.t.Helper()
	c, err := net.Dial("tcp", l.addr)
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { c.Close() })
	return c
}

func write(t *testing.T, c net.Conn, parts ...[]byte) {
	t.Helper()
	for _, p := range parts {
		if _, err := c.Write(p); err != nil {
			t.Fatal(err)
		}
	}
}

func bgpSpeaker(asn uint32) func(*watch.Watcher) Protocol {
	return func(w *watch.Watcher) Protocol {
		return BGP{Watcher: w, ASN: asn, ID: netip.MustParseAddr("192.0.2.99")}
	}
}

func bmpStation(w *watch.Watcher) Protocol { return BMP{w} }

// portOf returns the port of an address.
func portOf(t *testing.T, addr string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// freePort returns a port that nobody listened on a moment ago.
func freePort(t *testing.T) int {
	t.Helper()
	c, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.Addr().(*net.TCPAddr).Port
}
