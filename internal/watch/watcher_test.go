package watch

import (
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cleannet/cleannet/internal/domain/carrier"
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/watch/rib"
)

func TestWatch(t *testing.T) {
	for _, tc := range []struct {
		name string
		run  func(b *bench)
	}{
		{"a finding comes and goes with its routes", func(b *bench) {
			f := b.connect("r1")
			f.announce("203.0.113.0/24", 64500, 64501, 64502)
			b.wait(time.Second)
			b.want("a clean route")
			f.announce("198.18.0.0/15", 64500, 64496)
			f.announce("192.0.2.0/24", 64500, 64496, 64499)
			b.wait(time.Second)
			b.want("two routes", newOne)
			if s := b.w.Stats(); s.Findings["violation"] != 1 || s.Changes[StateNew] != 1 || s.Routes != 3 || s.Pending != 0 {
				b.t.Errorf("got figures %+v", s)
			}
			f.withdraw("198.18.0.0/15")
			b.wait(5 * time.Second)
			b.want("one of them withdrawn")
			f.announce("192.0.2.0/24", 64500, 64501)
			b.wait(5 * time.Second)
			b.want("the other over another path", clearedOne)
		}},
		{"a route that is gone for a moment", func(b *bench) {
			f := b.connect("r1")
			f.announce("192.0.2.0/24", 64500, 64496)
			b.wait(time.Second)
			f.withdraw("192.0.2.0/24")
			b.wait(time.Second)
			f.announce("192.0.2.0/24", 64500, 64496)
			b.wait(10 * time.Second)
			b.want("all of it", newOne)
		}},
		{"a route that comes and goes all the time", func(b *bench) {
			f := b.connect("r1")
			for range 20 {
				f.announce("192.0.2.0/24", 64500, 64496)
				b.wait(5 * time.Second)
				f.withdraw("192.0.2.0/24")
				b.wait(5 * time.Second)
			}
			b.want("flapping", clearedOne, clearedOne, flapping, newOne, newOne, newOne)
			f.announce("192.0.2.0/24", 64500, 64496)
			b.wait(2 * time.Hour)
			b.want("at rest", newOne)
			f.withdraw("192.0.2.0/24")
			b.wait(time.Minute)
			b.want("gone for good", clearedOne)
			b.wait(2 * time.Hour)
			b.stop()
			if len(b.w.records.byID) != 0 {
				b.t.Errorf("%d findings are still kept", len(b.w.records.byID))
			}
		}},
		{"a feed that is lost and does not come back", func(b *bench) {
			f := b.connect("r1")
			f.announce("192.0.2.0/24", 64500, 64496)
			b.wait(time.Second)
			f.close()
			b.wait(30 * time.Second)
			b.want("for a short time", newOne)
			b.wait(time.Minute)
			b.want("for good", lostOne)
			if !slices.Equal(b.sink.events, []EventKind{EventConnected, EventClosed, EventExpired}) {
				b.t.Errorf("got events %q", b.sink.events)
			}
		}},
		{"a feed that comes back with the route", func(b *bench) {
			f := b.connect("r1")
			f.announce("192.0.2.0/24", 64500, 64496)
			b.wait(time.Second)
			f.close()
			b.wait(30 * time.Second)
			f = b.connect("r1")
			f.announce("192.0.2.0/24", 64500, 64496)
			f.synced()
			b.wait(time.Hour)
			b.want("all of it", newOne)
		}},
		{"a feed that comes back without the route", func(b *bench) {
			f := b.connect("r1")
			f.announce("192.0.2.0/24", 64500, 64496)
			b.wait(time.Second)
			f.close()
			f = b.connect("r1")
			f.announce("203.0.113.0/24", 64500, 64501)
			b.wait(5 * time.Second)
			b.want("before it has told all", newOne)
			f.synced()
			b.wait(5 * time.Second)
			b.want("after", clearedOne)
		}},
		{"a feed that comes back and never says that it has told all", func(b *bench) {
			f := b.connect("r1")
			f.announce("192.0.2.0/24", 64500, 64496)
			b.wait(time.Second)
			b.connect("r1")
			b.wait(50 * time.Second)
			b.want("while it has time", newOne)
			b.wait(time.Minute)
			b.want("after", clearedOne)
		}},
		{"a finding of two feeds of which one is lost", func(b *bench) {
			f, g := b.connect("r1"), b.connect("r2")
			f.announce("192.0.2.0/24", 64500, 64496)
			g.announce("192.0.2.0/24", 64501, 64500, 64496)
			b.wait(time.Second)
			f.close()
			b.wait(time.Hour)
			b.want("all of it", newOne)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := start(t, nil)
				tc.run(b)
				b.stop()
			})
		})
	}
}

// TestRestart stops a watcher and begins another one with its state file.
func TestRestart(t *testing.T) {
	for _, tc := range []struct {
		name  string
		after func(b *bench)
	}{
		{"the route is still there", func(b *bench) {
			f := b.connect("r1")
			f.announce("203.0.113.0/24", 64500, 64501)
			b.wait(time.Second)
			f.announce("192.0.2.0/24", 64500, 64496)
			f.synced()
			b.wait(time.Hour)
			b.want("nothing to say")
			f.withdraw("192.0.2.0/24")
			b.wait(5 * time.Second)
			b.want("its end", clearedOne)
		}},
		{"the route is gone", func(b *bench) {
			b.wait(10 * time.Second)
			f := b.connect("r1")
			f.announce("203.0.113.0/24", 64500, 64501)
			b.wait(10 * time.Second)
			b.want("before the feed has told all")
			f.synced()
			b.wait(5 * time.Second)
			b.want("after", clearedOne)
		}},
		{"the feed does not come back", func(b *bench) {
			b.wait(time.Minute)
			b.want("for a time")
			b.wait(2 * time.Minute)
			b.want("then", lostOne)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "state.json")
				keep := func(c *Config) { c.StateFile = file }
				b := start(t, keep)
				b.connect("r1").announce("192.0.2.0/24", 64500, 64496)
				b.wait(time.Second)
				b.want("before", newOne)
				b.stop()
				b = start(t, keep)
				tc.after(b)
				b.stop()
			})
		})
	}
}

// TestMidnight lets a rule come into force while nothing else changes.
func TestMidnight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // time begins on 2000-01-01
		b := start(t, func(c *Config) { c.AsOf = entity.Date{} })
		b.connect("r1").announce("192.0.2.0/24", 64500, 64496)
		b.wait(time.Minute)
		b.want("before the rule is in force")
		b.wait(24 * time.Hour)
		b.want("from then on", newOne)
		b.stop()
	})
}

func TestTooManyFindings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, func(c *Config) { c.MaxFindings = 1 })
		f := b.connect("r1")
		f.announce("192.0.2.0/24", 64500, 64496)
		b.w.Update(func() {
			f.s.Session(carrier.Fact{Kind: carrier.KindSession, Left: 64500, Right: 64496}, rib.Place{Time: b.w.now()})
		})
		b.wait(time.Second)
		if got := b.sink.take(); len(got) != 1 || !slices.Contains(b.sink.events, EventLimit) {
			t.Errorf("got %q and events %q, want one finding and the limit", got, b.sink.events)
		}
		b.stop()
	})
}
