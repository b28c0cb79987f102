package watch

import (
	"fmt"
	"slices"
	"time"

	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/watch/rib"
)

// Link is a feed's connection to the watcher. All its methods are to be called
// within [Watcher.Update], which keeps the routes for one goroutine at a time.
type Link struct {
	watcher *Watcher
	name    string
	sources map[string]*linked
	up      bool
	since   time.Time // connected, or no longer
	settled bool      // everything that it held before was announced again or swept
	drop    func()    // ends the connection, see Connect
}

// linked is a source and whether this connection has named it.
type linked struct {
	*rib.Source
	named, full bool
}

// Connect says that a feed is connected. If it is already, the old connection is
// a half-open one: its drop is called, and the new one takes its place. What a
// feed of the name had announced stays, until it is announced again or known not
// to be.
func (w *Watcher) Connect(name string, drop func()) *Link {
	w.mu.Lock()
	defer w.mu.Unlock()
	old := w.links[name]
	l := &Link{watcher: w, name: name, sources: make(map[string]*linked), up: true, since: w.now(), drop: drop}
	if old != nil {
		if old.up {
			old.up = false
			old.drop()
			w.event(EventClosed, name, "a new connection takes the place of one that was still open")
		}
		l.sources = old.sources
		for _, s := range l.sources {
			s.Begin()
			s.named = false
		}
	}
	w.links[name] = l
	text := "connected"
	if n := l.routes(); n > 0 {
		text = "connected again; of before " + plural(n, "route") + " kept until announced again"
	}
	w.event(EventConnected, name, text)
	return l
}

func (l *Link) routes() int {
	n := 0
	for _, s := range l.sources {
		n += s.Routes()
	}
	return n
}

// Name returns the name of the feed.
func (l *Link) Name() string { return l.name }

// Source returns the source for a table of a peer, nil if there are too many.
func (l *Link) Source(table string, peer mrt.Peer) *rib.Source {
	if s, ok := l.sources[table]; ok {
		s.named = true
		s.Peer = peer
		return s.Source
	}
	s := l.watcher.table.Source(l.name+" "+table, peer)
	if s == nil {
		l.watcher.event(EventLimit, l.name, "too many tables of peers: that of "+table+" is left out")
		return nil
	}
	l.sources[table] = &linked{Source: s, named: true}
	return s
}

// Refused says that an announcement of a source found no room. It is told once,
// and again after the source had room in between.
func (l *Link) Refused(table string) {
	if s := l.sources[table]; s != nil && !s.full {
		s.full = true
		l.watcher.event(EventLimit, l.name, fmt.Sprintf(
			"%s: limit of routes reached at %d: further prefixes are left out, those known are followed; raise the limit if the peer is right", table, s.Routes()))
	}
}

// Synced says that a source has sent its table.
func (l *Link) Synced(s *rib.Source) {
	s.Sweep()
	for _, x := range l.sources {
		if x.Waiting() || !x.named {
			return
		}
	}
	l.settle("has sent its table")
}

// settle ends the wait for what the feed announced before.
func (l *Link) settle(why string) {
	if l.settled {
		return
	}
	l.settled = true
	for table, s := range l.sources {
		if !s.named {
			s.Close(false)
			delete(l.sources, table)
			continue
		}
		s.Sweep()
	}
	l.watcher.event(EventSynced, l.name, why+": "+plural(l.routes(), "route"))
}

// Close says that the connection ended. Its routes stay for a time.
func (l *Link) Close(why string) {
	if !l.up || l.watcher.links[l.name] != l {
		return
	}
	l.up, l.since = false, l.watcher.now()
	l.watcher.event(EventClosed, l.name, fmt.Sprintf("%s; %s kept for %s", why, plural(l.routes(), "route"), l.watcher.config.Stale))
}

// age does what time demands of the feeds.
func (w *Watcher) age() {
	now := w.now()
	for _, name := range slices.Sorted(keys(w.links)) {
		l := w.links[name]
		for _, s := range l.sources {
			s.full = s.full && s.Routes() >= w.config.Limits.MaxPerSource*9/10
		}
		switch {
		case now.Sub(l.since) < w.config.Stale:
		case l.up:
			l.settle("has had the time to send its table")
		default:
			n := l.routes()
			for _, s := range l.sources {
				s.Close(true)
			}
			delete(w.links, name)
			w.event(EventExpired, name, "it did not come back; no longer known: "+plural(n, "route"))
		}
	}
}

// sighted reports whether all the feeds are there and have told all.
func (w *Watcher) sighted(feeds []string) bool {
	for _, name := range feeds {
		if l := w.links[name]; l == nil || !l.up || !l.settled {
			return false
		}
	}
	return true
}

// Drop takes a source away: its peer's session ended, or is no longer monitored,
// in which case it is lost.
func (l *Link) Drop(table string, lost bool) {
	if s := l.sources[table]; s != nil {
		s.Close(lost)
		delete(l.sources, table)
	}
}
