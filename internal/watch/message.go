package watch

import (
	"time"

	"github.com/cleannet/cleannet/internal/finding"
)

// State is what became of a finding.
type State string

// The states. A finding that is damped is told of again as new or cleared once
// it has come to rest.
const (
	StateNew      State = "new"      // it holds now
	StateCleared  State = "cleared"  // it held, and no route shows it any more
	StateLost     State = "lost"     // it held, and what showed it is no longer seen
	StateFlapping State = "flapping" // it comes and goes; nothing more until it rests
)

// Change is a finding that has come or gone.
type Change struct {
	State State     `json:"state"`
	Time  time.Time `json:"time"` // UTC
	// Route is one that shows the finding, or did last: prefix, peer and path.
	Route   string           `json:"route,omitempty"`
	Since   time.Time        `json:"since,omitzero"` // when it was first told of
	Finding *finding.Finding `json:"finding"`
}

// EventKind says what an event is about.
type EventKind string

// The kinds of events.
const (
	EventConnected EventKind = "connected" // a feed
	EventClosed    EventKind = "closed"    // a feed
	EventSynced    EventKind = "synced"    // a feed has sent its table
	EventExpired   EventKind = "expired"   // a feed did not come back
	EventSession   EventKind = "session"   // of a router came up or ended
	EventMalformed EventKind = "malformed" // something received
	EventLimit     EventKind = "limit"     // one is reached, and what is beyond it is left out
)

// Event is what else a watcher has to say, so that its silence can be weighed.
type Event struct {
	Kind EventKind `json:"kind"`
	Time time.Time `json:"time"` // UTC
	Feed string    `json:"feed,omitempty"`
	Text string    `json:"text"`
}

// Message is a line of the watcher's stream: exactly one field is set.
type Message struct {
	Change *Change `json:"change,omitempty"`
	Event  *Event  `json:"event,omitempty"`
}

// Sink receives messages, in order and one at a time. It must not keep them
// waiting: one that sends over a network queues. An error ends the watcher.
type Sink interface {
	Send(m *Message) error
}
