package carrier

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/format/routetext"
	"github.com/cleannet/cleannet/internal/source"
)

// Text reads routing tables that routers and tools print: bgpdump -m, "show ip
// bgp", "birdc show route all", FRR's JSON. Their routes count like the entries of
// a table in MRT.
type Text struct{}

// Name implements domain.Reader.
func (Text) Name() string { return "routetext/1" }

// Match implements domain.Reader; the file's name does not matter.
func (Text) Match(_ string, head []byte) bool { return routetext.Detect(head) != routetext.None }

// Read implements domain.Reader.
func (x Text) Read(ctx context.Context, f *source.File, _ domain.Env, out *evidence.Shard) error {
	head, err := f.Head(source.HeadMax)
	if err != nil {
		return err
	}
	form := routetext.Detect(head)
	t := newTextTable()
	counts, readErr := routetext.Read(f, form, func(r *routetext.Route) error {
		if t.routes++; t.routes%checkRoutes == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		t.route(r)
		return nil
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	t.table.finish()
	all := merge([]*pathTable{t.table})
	out.Count("text: routes", t.routes)
	if n := t.table.counts.pathless; n > 0 {
		out.Count("text: routes without AS path", n)
	}
	if counts.Withdrawn+counts.Changes > 0 {
		out.Count("text: withdrawals and changes of state passed over", counts.Withdrawn+counts.Changes)
	}
	if counts.Malformed > 0 {
		out.Problem(evidence.Problem{
			Path: f.Path(), Offset: counts.FirstMalformed, Reader: x.Name(),
			Message: fmt.Sprintf("%d lines of %s could not be understood, the first of them here", counts.Malformed, form),
			Next:    "the others were read; let the router print the table again, without line breaks",
		})
	}
	out.Take(all.rows(f.Path()))
	return readErr
}

// checkRoutes is after how many routes the context is asked.
const checkRoutes = 4096

// textTable is a table of paths with what makes a text's routes into entries.
type textTable struct {
	table  *pathTable
	routes uint64
	peer   mrt.Peer
	entry  mrt.Entry
	attrs  []byte
	blank  []byte
}

func newTextTable() *textTable {
	return &textTable{table: newPathTable(), blank: make([]byte, routetext.MaxLine)}
}

// route counts a route. The table wants it as it would stand in MRT: a record of
// the line's length, and attributes of which only the path is there.
func (t *textTable) route(r *routetext.Route) {
	const extendedTransitive, asPath = byte(mrt.FlagExtendedLength | mrt.FlagTransitive), byte(mrt.AttrASPath)
	t.attrs = binary.BigEndian.AppendUint16(append(t.attrs[:0], extendedTransitive, asPath), uint16(len(r.Path)))
	t.attrs = append(t.attrs, r.Path...)
	t.peer = mrt.Peer{Addr: r.Peer, ASN: r.PeerASN}
	if !t.peer.Addr.IsValid() {
		t.peer.Addr = netip.IPv4Unspecified()
	}
	t.entry = mrt.Entry{
		Prefix: r.Prefix, Peer: &t.peer, PeerIndex: -1, SAFI: mrt.SAFIUnicast, AS4: true,
		Originated: r.Time, Attrs: t.attrs,
	}
	record := mrt.Record{Offset: r.Offset, Time: r.Time, Body: t.blank[:max(r.Length-recordHeader, 0)]}
	t.table.entry(&record, &t.entry, uint32(t.routes))
}

// clock returns a time of evidence, the zero time for a clock that was not set or
// a text that has none.
func clock(seconds uint32) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}
