package watch

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/cleannet/cleannet/internal/domain/carrier"
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/watch/rib"
)

// Config is what a watcher needs. Fields without a default must be set.
type Config struct {
	Registry *entity.Registry
	Policy   *policy.Policy
	// AsOf is the date to judge at; zero for the day that it is.
	AsOf   entity.Date
	Limits rib.Limits
	// Interval is how often changes are judged. Default half a second.
	Interval time.Duration
	// Stale is for how long the routes of a lost feed are kept, and how long a
	// feed has to send its table. Default 2 minutes.
	Stale   time.Duration
	Damping Damping
	// MaxFindings is how many findings are followed. Default 20,000.
	MaxFindings int
	// Verdicts are those that make a finding worth telling. Default violation.
	Verdicts []policy.Verdict
	// StateFile keeps the findings over a restart; empty for none.
	StateFile string
	Sinks     []Sink
}

func (c Config) withDefaults() Config {
	c.Interval = cmp.Or(max(c.Interval, 0), 500*time.Millisecond)
	c.Stale = cmp.Or(max(c.Stale, 0), 2*time.Minute)
	c.MaxFindings = cmp.Or(max(c.MaxFindings, 0), 20_000)
	c.Limits.MaxPerSource = cmp.Or(max(c.Limits.MaxPerSource, 0), 4_000_000)
	c.Damping = c.Damping.withDefaults()
	if len(c.Verdicts) == 0 {
		c.Verdicts = []policy.Verdict{policy.Violation}
	}
	return c
}

// Watcher follows the findings on routes that come and go. Its methods may be
// called from several goroutines.
type Watcher struct {
	config  Config
	seconds bool // an entry asks for second observations

	mu     sync.Mutex // of the table, the links and the events
	table  *rib.Table
	links  map[string]*Link
	events []*Event
	lost   uint64 // events for which there was no room

	// Of the goroutine in Run alone:
	records records
	started time.Time
	day     entity.Date
	saved   time.Time
	// confirmed says that no finding of the state file waits for its routes.
	confirmed bool
	loaded    bool

	stats stats
}

// New returns a watcher. It does nothing before [Watcher.Run].
func New(c Config) *Watcher {
	w := &Watcher{
		config: c.withDefaults(), links: make(map[string]*Link), records: newRecords(),
		stats: newStats(),
	}
	w.table = rib.New(w.config.Limits)
	for _, e := range c.Policy.Entries {
		for _, a := range e.Also {
			w.seconds = w.seconds || a.Kind != nil && a.Kind.Domain == carrier.Name
		}
	}
	return w
}

// now is the clock.
func (w *Watcher) now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// Update runs a change of the routes, alone.
func (w *Watcher) Update(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
}

// maxEvents is how many events wait to be told. Feeds that make more are not
// held up by it.
const maxEvents = 4096

// Event tells of an event. It is to be called within [Watcher.Update].
func (l *Link) Event(kind EventKind, text string) { l.watcher.event(kind, l.name, text) }

func (w *Watcher) event(kind EventKind, feed, text string) {
	w.stats.event(kind)
	if len(w.events) >= maxEvents {
		w.lost++
		return
	}
	w.events = append(w.events, &Event{Kind: kind, Time: w.now(), Feed: feed, Text: text})
}

// Run judges until the context is done, which is no error. It then writes the
// state file once more.
func (w *Watcher) Run(ctx context.Context) error {
	w.started = w.now()
	if err := w.Load(); err != nil {
		return err
	}
	tick := time.NewTicker(w.config.Interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return w.save(true)
		case <-tick.C:
		}
		if err := w.turn(ctx); err != nil {
			if ctx.Err() != nil {
				return w.save(true)
			}
			return err
		}
	}
}

// mostPairs is how many pairs are judged at a time, which bounds the memory for
// their observations.
const mostPairs = 10_000

// turn judges what has changed and tells what follows from it.
func (w *Watcher) turn(ctx context.Context) error {
	for {
		w.mu.Lock()
		w.age()
		w.newDay()
		most := mostPairs
		if w.seconds && w.table.Pending() > 0 {
			w.table.MarkAll()
			most = w.table.Facts() + w.table.Pending()
		}
		changes := w.table.Changed(most)
		more := w.table.Pending() > 0
		w.mu.Unlock()
		if err := w.judge(ctx, changes); err != nil {
			return err
		}
		if !more {
			break
		}
		if err := w.tell(); err != nil {
			return err
		}
	}
	w.confirm()
	if err := w.tell(); err != nil {
		return err
	}
	return w.save(false)
}

// newDay judges everything again when the date changes: rules come into force
// and ownership ends at midnight.
func (w *Watcher) newDay() {
	if on := w.asOf(); on != w.day {
		if !w.day.IsZero() {
			w.table.MarkAll()
		}
		w.day = on
	}
}

func (w *Watcher) asOf() entity.Date {
	if !w.config.AsOf.IsZero() {
		return w.config.AsOf
	}
	return entity.DateOf(w.now())
}

// tell sends the events and the changes of findings that are due.
func (w *Watcher) tell() error {
	w.mu.Lock()
	events, lost := w.events, w.lost
	w.events, w.lost = nil, 0
	w.mu.Unlock()
	if lost > 0 {
		events = append(events, &Event{Kind: EventLimit, Time: w.now(), Text: plural(lost, "event") + " left out: more came than could be told"})
	}
	for _, e := range events {
		if err := w.send(&Message{Event: e}); err != nil {
			return err
		}
	}
	for _, c := range w.records.due(&w.config.Damping, w.now()) {
		w.stats.change(c.State)
		if err := w.send(&Message{Change: c}); err != nil {
			return err
		}
	}
	w.stats.follow(&w.records)
	return nil
}

func (w *Watcher) send(m *Message) error {
	for _, s := range w.config.Sinks {
		if err := s.Send(m); err != nil {
			return err
		}
	}
	return nil
}

func keys[K comparable, V any](m map[K]V) iter.Seq[K] { return maps.Keys(m) }

// tells reports whether findings of a verdict are told of.
func (w *Watcher) tells(v policy.Verdict) bool { return slices.Contains(w.config.Verdicts, v) }
