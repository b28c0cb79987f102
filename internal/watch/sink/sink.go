// Package sink sends what a watcher says: as JSON lines ([Lines]), to a syslog
// server ([Syslog]) and to a web address ([Webhook]); and shows its figures to
// Prometheus ([Metrics]).
//
// What it promises: what goes over a network waits in a queue of a fixed size, is
// tried again, and never holds the watcher up; what finds no room is counted.
package sink

import (
	"context"
	"encoding/json"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cleannet/cleannet/internal/watch"
)

// Lines writes each message as a line of JSON.
type Lines struct{ enc *json.Encoder }

// NewLines returns a sink that writes lines to w.
func NewLines(w io.Writer) *Lines {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return &Lines{enc}
}

// Send implements watch.Sink.
func (l *Lines) Send(m *watch.Message) error { return l.enc.Encode(m) }

// Figures count what became of the messages of a queue.
type Figures struct{ Sent, Failed, Dropped atomic.Uint64 }

// queueSize is how many messages wait for a server.
const queueSize = 4096

// Queue sends messages in the background. It implements watch.Sink.
type Queue struct {
	Name    string
	Figures Figures

	deliver  func(context.Context, *watch.Message) error
	messages chan *watch.Message
	pause    time.Duration // before the first of further tries
	done     sync.WaitGroup
	cancel   context.CancelFunc
}

// newQueue returns a queue. It sends nothing before Start.
func newQueue(name string, deliver func(context.Context, *watch.Message) error) *Queue {
	return &Queue{Name: name, deliver: deliver, messages: make(chan *watch.Message, queueSize), pause: time.Second}
}

// Send implements watch.Sink. A message for which there is no room is dropped.
func (q *Queue) Send(m *watch.Message) error {
	select {
	case q.messages <- m:
	default:
		q.Figures.Dropped.Add(1)
	}
	return nil
}

// Start begins to send, until Close.
func (q *Queue) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	q.cancel = cancel
	q.done.Go(func() {
		for m := range q.messages {
			q.one(ctx, m)
		}
	})
}

// tries is how often a message is tried, with pauses that double.
const tries = 5

func (q *Queue) one(ctx context.Context, m *watch.Message) {
	pause := q.pause
	for n := range tries {
		if n > 0 {
			select {
			case <-ctx.Done():
			case <-time.After(pause):
			}
			pause *= 2
		}
		if q.deliver(ctx, m) == nil {
			q.Figures.Sent.Add(1)
			return
		}
		if ctx.Err() != nil {
			break
		}
	}
	q.Figures.Failed.Add(1)
}

// Close sends what waits for as long as it is given, and gives up the rest.
func (q *Queue) Close(patience time.Duration) {
	close(q.messages)
	stop := time.AfterFunc(patience, q.cancel)
	q.done.Wait()
	stop.Stop()
	q.cancel()
}
