package watch

import (
	"maps"
	"sync"
	"time"
)

// Stats are the figures of a watcher.
type Stats struct {
	Feeds    int // connected
	Routes   int
	Facts    int
	Sources  map[string]int    // routes, by source
	Refused  map[string]uint64 // announcements without room, by source
	Pending  int               // facts that wait to be judged
	Findings map[string]int    // that hold, by verdict
	Changes  map[State]uint64  // told so far
	Events   map[EventKind]uint64
	Judged   uint64        // pairs
	Judging  time.Duration // time spent on it
}

// stats are the figures that are not read off elsewhere.
type stats struct {
	mu sync.Mutex
	Stats
}

func newStats() stats {
	return stats{Stats: Stats{Findings: map[string]int{}, Changes: map[State]uint64{}, Events: map[EventKind]uint64{}}}
}

func (s *stats) event(kind EventKind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Events[kind]++
}

func (s *stats) change(state State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Changes[state]++
}

func (s *stats) judged(pairs int, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Judged += uint64(pairs)
	s.Judging += took
}

// follow counts the findings that hold.
func (s *stats) follow(r *records) {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.Findings)
	for _, x := range r.byID {
		if x.holds {
			s.Findings[x.Finding.Verdict.String()]++
		}
	}
}

// Stats returns the figures as they are now.
func (w *Watcher) Stats() Stats {
	w.stats.mu.Lock()
	out := w.stats.Stats
	out.Findings, out.Changes, out.Events = maps.Clone(out.Findings), maps.Clone(out.Changes), maps.Clone(out.Events)
	w.stats.mu.Unlock()
	out.Sources, out.Refused = map[string]int{}, map[string]uint64{}
	w.mu.Lock()
	defer w.mu.Unlock()
	out.Routes, out.Facts, out.Pending = w.table.Routes(), w.table.Facts(), w.table.Pending()
	for _, l := range w.links {
		if l.up {
			out.Feeds++
		}
		for _, s := range l.sources {
			out.Sources[s.Name] = s.Routes()
			out.Refused[s.Name] = s.Refused()
		}
	}
	return out
}
