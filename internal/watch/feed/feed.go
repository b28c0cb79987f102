// Package feed receives routes for a watcher: as the station that routers send
// BMP to ([BMP]), and as a BGP speaker that listens and announces nothing ([BGP]).
//
// What it promises: whatever a router sends, the others are followed on; a
// malformed update is treated as RFC 7606 demands, and said; a connection that is
// dead without being closed is found by keepalives of TCP or BGP, or by the new one
// that takes its place.
//
// [Serve] runs either of them on a listener that [Listen] made.
package feed

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/cleannet/cleannet/internal/format/bgp"
	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/watch"
	"github.com/cleannet/cleannet/internal/watch/rib"
)

// Listen opens a listener whose connections are found dead within a minute.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	c := net.ListenConfig{KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 15 * time.Second, Interval: 10 * time.Second, Count: 4,
	}}
	l, err := c.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w: give a free port on an address of this machine, for example 127.0.0.1:5000", address, err)
	}
	return l, nil
}

// Protocol is what is spoken on a connection. Its error says why the connection
// ended, in words for an event.
type Protocol interface {
	Speak(ctx context.Context, c net.Conn) error
}

// maxConnections is how many connections are open at a time.
const maxConnections = 1024

// Serve accepts connections until the context is done, which is no error. It
// returns after all of them have ended.
func Serve(ctx context.Context, l net.Listener, p Protocol) error {
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	var group sync.WaitGroup
	defer group.Wait()
	slots := make(chan struct{}, maxConnections)
	for {
		c, err := l.Accept()
		switch {
		case ctx.Err() != nil:
			if c != nil {
				_ = c.Close()
			}
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil: // out of descriptors, or gone before it was accepted
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
			continue
		}
		select {
		case slots <- struct{}{}:
		default:
			_ = c.Close()
			continue
		}
		group.Go(func() {
			defer func() { <-slots }()
			end := context.AfterFunc(ctx, func() { _ = c.Close() })
			defer end()
			_ = p.Speak(ctx, c) // it has told the watcher
			_ = c.Close()
		})
	}
}

// bufferSize is how much is read at a time. What is read is taken in at once, so
// it bounds for how long the routes are held.
const bufferSize = 128 << 10

// mostMalformed is how many malformed messages of a connection are told of one by
// one. All are counted.
const mostMalformed = 20

// connection is what both protocols keep of a connection.
type connection struct {
	link      *watch.Link
	malformed int
	update    bgp.Update
	walk      bgp.Routes
}

// blame tells of something malformed.
func (c *connection) blame(text string) {
	switch c.malformed++; {
	case c.malformed < mostMalformed:
		c.link.Event(watch.EventMalformed, text)
	case c.malformed == mostMalformed:
		c.link.Event(watch.EventMalformed, text+"; further ones on this connection are not told of")
	}
}

// apply takes in the routes of an update: what it withdraws, and what it
// announces over a path. Where the path is of no use, what it announces counts as
// withdrawn (RFC 7606 section 2).
func (c *connection) apply(s *rib.Source, table string, raw mrt.RawPath, usable bool, at rib.Place) {
	for _, list := range c.update.Withdrawn() {
		for c.walk.Reset(list); c.walk.Next(); {
			if k, ok := keyOf(list.Family, c.walk.Route()); ok {
				s.Withdraw(k)
			}
		}
	}
	for _, list := range c.update.Announced() {
		for c.walk.Reset(list); c.walk.Next(); {
			k, ok := keyOf(list.Family, c.walk.Route())
			if !ok {
				continue
			}
			if !usable {
				s.Withdraw(k)
				continue
			}
			switch err := s.Announce(k, raw, at); {
			case errors.Is(err, rib.ErrFull):
				c.link.Refused(table)
			case err != nil:
				c.blame(fmt.Sprintf("%s: %s: %v: taken as withdrawn", table, k.Prefix, err))
			}
		}
	}
}

// keyOf names a route. Routes of the same prefix in different families are
// different routes; those that are no prefixes are left out.
func keyOf(f bgp.Family, r *bgp.Route) (rib.Key, bool) {
	k := rib.Key{Prefix: r.Prefix, RD: r.RD, PathID: r.PathID}
	if f.SAFI != bgp.SAFIUnicast && k.RD == 0 {
		k.RD = 1<<63 | uint64(f.SAFI) // no distinguisher of RFC 4364 is like it
	}
	return k, r.Prefix.IsValid()
}

// ends is what the End-of-RIBs of a table have told of (RFC 4724 section 2): one
// comes for each family.
type ends struct{ wanted, seen bgp.Families }

// endsOf returns the ends that a session will have, by its OPENs.
func endsOf(a, b *bgp.Open) ends {
	var of, both bgp.Families
	for _, f := range a.Families {
		of = of.With(f)
	}
	for _, f := range b.Families {
		if of.Has(f) {
			both = both.With(f)
		}
	}
	if both == 0 {
		both = both.With(bgp.IPv4())
	}
	return ends{wanted: both}
}

// take takes in an end, and reports whether it was the last.
func (e *ends) take(f bgp.Family) bool {
	e.seen = e.seen.With(f)
	return e.seen&e.wanted == e.wanted
}

// nameOf makes the name of a feed of its parts. Names are one word.
func nameOf(parts ...string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return '_'
		}
		return r
	}, strings.Join(parts, "/"))
}

// addrOf returns the address at the other end, without its port.
func addrOf(c net.Conn) string {
	host, _, err := net.SplitHostPort(c.RemoteAddr().String())
	if err != nil {
		return c.RemoteAddr().String()
	}
	return host
}

// end says in words why a connection ended.
func end(ctx context.Context, err error) string {
	switch {
	case ctx.Err() != nil:
		return "the watcher stops"
	case err == nil:
		return "closed by the other end"
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return "nothing was heard for too long"
	}
	return err.Error()
}
