package carrier

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/bgp"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

// messages is what a worker has read beside routing tables: the messages that
// collectors log, and the changes of state of their sessions. The routes that
// updates announce are counted like the entries of a table, and told apart from
// them only in what was examined.
type messages struct {
	counts   messageTally
	sessions map[sessionKey]*session

	message mrt.Message
	update  bgp.Update
	routes  bgp.Routes
	entry   mrt.Entry
}

// messageTally counts what was examined.
type messageTally struct {
	messages              map[string]uint64 // by type
	announced, withdrawn  uint64            // routes
	changes               uint64            // of state
	discarded, asWithdraw uint64            // updates, as RFC 7606 treats them
}

func newMessages() messages {
	return messages{sessions: make(map[sessionKey]*session), counts: messageTally{messages: make(map[string]uint64)}}
}

// takes reports whether the record is one of BGP messages.
func (m *messages) takes(r *mrt.Record) bool {
	switch r.Type {
	case mrt.TypeBGP, mrt.TypeBGP4MP, mrt.TypeBGP4MPET:
		return true
	}
	return false
}

// message counts what a record of BGP messages says.
func (t *pathTable) message(r *mrt.Record) {
	m := &t.messages
	if err := m.message.Parse(*r); err != nil {
		t.problem(r.Offset, fmt.Sprintf("%s record: %v", r.Name(), err))
		return
	}
	if m.message.Changed {
		m.counts.changes++
		m.changed(r)
		return
	}
	m.counts.messages[m.message.Type.String()]++
	if m.message.Type == bgp.TypeUpdate {
		t.announce(r)
	}
}

// announce counts the routes of an update.
func (t *pathTable) announce(r *mrt.Record) {
	m := &t.messages
	if err := m.update.Parse(m.message.Body, m.message.Session); err != nil {
		t.problem(r.Offset, fmt.Sprintf("%s record: %v", r.Name(), err))
	}
	switch m.update.Treatment {
	case bgp.Discard:
		m.counts.discarded++
	case bgp.Withdraw:
		m.counts.asWithdraw++
	}
	m.updated(r)
	for _, list := range m.update.Withdrawn() {
		for m.routes.Reset(list); m.routes.Next(); {
			m.counts.withdrawn++
		}
		t.unread(r)
	}
	m.entry = mrt.Entry{
		Peer: m.message.Speaker(), PeerIndex: -1, AS4: m.message.Session.AS4,
		Originated: r.Time, Attrs: m.update.Attrs,
	}
	t.queue.begin(placeOf(r))
	for _, list := range m.update.Announced() {
		m.entry.SAFI = mrt.SAFI(list.Family.SAFI)
		for m.routes.Reset(list); m.routes.Next(); {
			m.counts.announced++
			if m.entry.Prefix = m.routes.Route().Prefix; m.entry.Prefix.IsValid() {
				t.entry(r, &m.entry)
				t.counts.entries-- // which is of tables
			}
		}
		t.unread(r)
	}
}

// unread notes what of a list of routes could not be decoded.
func (t *pathTable) unread(r *mrt.Record) {
	if err := t.messages.routes.Err(); err != nil {
		t.problem(r.Offset, fmt.Sprintf("%s record: routes: %v", r.Name(), err))
	}
}

// accountMessages tells the shard what was examined beside tables, and which
// sessions that proves.
func (m *tables) accountMessages(path string, out *evidence.Shard) {
	all := newMessages()
	for _, w := range m.workers {
		all.absorb(&w.messages)
	}
	count := func(name string, n uint64) {
		if n > 0 {
			out.Count("mrt: "+name, n)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all.counts.messages)) {
		count(name+" messages", all.counts.messages[name])
	}
	count("announced routes", all.counts.announced)
	count("withdrawn routes", all.counts.withdrawn)
	count("changes of a session's state", all.counts.changes)
	count("updates with an attribute to discard (RFC 7606)", all.counts.discarded)
	count("updates to treat as withdrawals (RFC 7606)", all.counts.asWithdraw)
	all.observe(path, out)
}

// absorb adds up what another worker has read.
func (m *messages) absorb(o *messages) {
	for name, n := range o.counts.messages {
		m.counts.messages[name] += n
	}
	m.counts.announced += o.counts.announced
	m.counts.withdrawn += o.counts.withdrawn
	m.counts.changes += o.counts.changes
	m.counts.discarded += o.counts.discarded
	m.counts.asWithdraw += o.counts.asWithdraw
	for key, s := range o.sessions {
		if known, ok := m.sessions[key]; ok {
			known.add(s)
		} else {
			m.sessions[key] = s
		}
	}
}
