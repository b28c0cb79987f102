package bgpdump

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"

	"github.com/cleannet/cleannet/internal/format/bgp"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

// Writer writes records as text. Make one with [NewWriter]; one goroutine uses
// it at a time.
type Writer struct {
	w       io.Writer
	line    []byte
	entries mrt.Entries
	message mrt.Message
	update  bgp.Update
	routes  bgp.Routes
	path    mrt.Path
	attrs   attributes
}

// NewWriter returns a writer to w, which should be buffered.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// ReadError says what of a record could not be read. The lines of all else of
// it are written.
type ReadError struct {
	Offset int64 // of the record in the input, in bytes
	Name   string
	Err    error
}

// Error describes what could not be read.
func (e *ReadError) Error() string {
	return fmt.Sprintf("%s record at offset %d: %v", e.Name, e.Offset, e.Err)
}

// Unwrap returns the cause.
func (e *ReadError) Unwrap() error { return e.Err }

// Record writes the lines of a record; many records have none. The error is a
// [*ReadError], or that of the underlying writer.
func (w *Writer) Record(r mrt.Record) error {
	w.line = w.line[:0]
	var err error
	switch r.Type {
	case mrt.TypeTableDump:
		err = w.table(r, "TABLE_DUMP|")
	case mrt.TypeTableDumpV2:
		err = w.table(r, "TABLE_DUMP2|")
	case mrt.TypeBGP, mrt.TypeBGP4MP, mrt.TypeBGP4MPET:
		err = w.log(r)
	}
	if len(w.line) > 0 {
		if _, err := w.w.Write(w.line); err != nil {
			return err
		}
	}
	if err != nil {
		return &ReadError{r.Offset, r.Name(), err}
	}
	return nil
}

// table appends the entries of a record of a routing table.
func (w *Writer) table(r mrt.Record, name string) error {
	var errs []error
	for w.entries.Reset(r); w.entries.Next(); {
		e := w.entries.Entry()
		if err := w.attrs.parse(e.Attrs, e.AS4); err != nil {
			errs = append(errs, err)
			continue
		}
		if e.HasPathID {
			w.line = append(w.line, "TABLE_DUMP2_AP|"...)
		} else {
			w.line = append(w.line, name...)
		}
		w.line = strconv.AppendUint(w.line, uint64(r.Time), 10)
		w.line = append(w.line, "|B|"...)
		w.peer(e.Peer)
		w.prefix(e.Prefix)
		if e.HasPathID {
			w.number(e.PathID)
		}
		w.pathAndOrigin()
		if w.attrs.mp6 {
			w.line = appendAddr(w.line, netip.AddrFrom16(w.attrs.mpNextHop))
		} else {
			w.line = appendAddr(w.line, w.attrs.nextHop)
		}
		w.line = append(w.line, '|')
		w.preference()
		w.line = append(w.line, '|')
		w.rest()
	}
	return errors.Join(append(errs, w.entries.Err())...)
}

// log appends what a record of messages says.
func (w *Writer) log(r mrt.Record) error {
	if err := w.message.Parse(r); err != nil {
		return err
	}
	m := &w.message
	if m.Changed {
		w.head(r, "STATE")
		w.peer(&m.Peer)
		w.number(uint32(m.Old))
		w.line = strconv.AppendUint(w.line, uint64(m.New), 10)
		w.line = append(w.line, '\n')
		return nil
	}
	if m.Type != bgp.TypeUpdate {
		return nil
	}
	errs := []error{w.update.Parse(m.Body, m.Session)}
	errs = append(errs, w.attrs.parse(w.update.Attrs, m.Session.AS4))
	for _, list := range w.update.Withdrawn() {
		errs = append(errs, w.list(list, func(route *bgp.Route) {
			w.head(r, "W")
			w.peer(&m.Peer)
			prefix := route.Prefix
			if r.Type == mrt.TypeBGP { // a slip of bgpdump, which loses the address
				prefix = netip.PrefixFrom(m.Peer.Addr, prefix.Bits())
			}
			w.line = appendPrefix(w.line, prefix)
			if list.AddPath {
				w.line = append(w.line, '|')
				w.line = strconv.AppendUint(w.line, uint64(route.PathID), 10)
			}
			w.line = append(w.line, '\n')
		}))
	}
	for i, list := range w.update.Announced() {
		errs = append(errs, w.list(list, func(route *bgp.Route) { w.announcement(r, route, list, i == 1) }))
	}
	return errors.Join(errs...)
}

// list calls add for each route of a family that bgpdump knows.
func (w *Writer) list(list bgp.NLRI, add func(*bgp.Route)) error {
	const both = 3 // a SAFI of unicast and multicast, long withdrawn
	if f := list.Family; f.AFI != bgp.AFIIPv4 && f.AFI != bgp.AFIIPv6 || f.SAFI < bgp.SAFIUnicast || f.SAFI > both {
		return nil
	}
	for w.routes.Reset(list); w.routes.Next(); {
		add(w.routes.Route())
	}
	return w.routes.Err()
}

// announcement appends a line for an announced route, mp saying that it stands
// in MP_REACH_NLRI.
func (w *Writer) announcement(r mrt.Record, route *bgp.Route, list bgp.NLRI, mp bool) {
	w.head(r, "A")
	w.peer(&w.message.Peer)
	w.prefix(route.Prefix)
	if list.AddPath {
		w.number(route.PathID)
	}
	w.pathAndOrigin()
	switch {
	case mp && list.Family.AFI == bgp.AFIIPv6:
		w.line = appendAddr(w.line, netip.AddrFrom16(w.attrs.mpNextHop))
	case mp:
		w.line = appendAddr(w.line, netip.AddrFrom4([4]byte(w.attrs.mpNextHop[:4])))
	default:
		w.line = appendAddr(w.line, w.attrs.nextHop)
	}
	w.line = append(w.line, '|')
	w.preference()
	if r.Type == mrt.TypeBGP && w.attrs.communities != nil {
		w.rest() // glued to the number before it, by a slip of bgpdump
		return
	}
	w.line = append(w.line, '|')
	if r.Type != mrt.TypeBGP || w.attrs.communities != nil {
		w.rest()
		return
	}
	w.aggregation()
}

// head appends the form, time and kind of a line.
func (w *Writer) head(r mrt.Record, kind string) {
	form := "BGP4MP"
	switch r.Type {
	case mrt.TypeBGP:
		form = "BGP"
	case mrt.TypeBGP4MPET:
		form = "BGP4MP_ET"
	}
	w.line = append(w.line, form...)
	if r.Type != mrt.TypeBGP && kind != "STATE" {
		if w.message.Sent {
			w.line = append(w.line, "_LOCAL"...)
		}
		if w.message.Session.AddPath != 0 {
			w.line = append(w.line, "_AP"...)
		}
	}
	w.line = append(w.line, '|')
	w.line = strconv.AppendUint(w.line, uint64(r.Time), 10)
	if r.Type == mrt.TypeBGP4MPET {
		w.line = append(w.line, '.')
		micros := binary.BigEndian.Uint32(r.Body) // which Parse has seen
		for digit := uint32(100_000); digit > micros && digit > 1; digit /= 10 {
			w.line = append(w.line, '0')
		}
		w.line = strconv.AppendUint(w.line, uint64(micros), 10)
	}
	w.line = append(w.line, '|')
	w.line = append(append(w.line, kind...), '|')
}

func (w *Writer) peer(p *mrt.Peer) {
	w.line = appendAddr(w.line, p.Addr)
	w.line = append(w.line, '|')
	w.number(p.ASN)
}

func (w *Writer) number(n uint32) {
	w.line = strconv.AppendUint(w.line, uint64(n), 10)
	w.line = append(w.line, '|')
}

func (w *Writer) prefix(p netip.Prefix) {
	w.line = append(appendPrefix(w.line, p), '|')
}

// pathAndOrigin appends the AS path and how the route arose.
func (w *Writer) pathAndOrigin() {
	if err := w.path.Decode(w.attrs.path); err != nil {
		w.line = append(w.line, "! Error !"...)
	} else {
		w.line, _ = w.path.AppendText(w.line) // never fails
	}
	switch w.attrs.origin {
	case 0:
		w.line = append(w.line, "|IGP|"...)
	case 1:
		w.line = append(w.line, "|EGP|"...)
	default:
		w.line = append(w.line, "|INCOMPLETE|"...)
	}
}

// preference appends LOCAL_PREF and MULTI_EXIT_DISC.
func (w *Writer) preference() {
	w.number(w.attrs.localPref)
	w.line = strconv.AppendUint(w.line, uint64(w.attrs.med), 10)
}

// rest appends the communities and what aggregation left.
func (w *Writer) rest() {
	for i, b := 0, w.attrs.communities; len(b) >= 4; i, b = i+1, b[4:] {
		if i > 0 {
			w.line = append(w.line, ' ')
		}
		w.line = appendCommunity(w.line, binary.BigEndian.Uint32(b))
	}
	w.line = append(w.line, '|')
	w.aggregation()
}

// aggregation ends a line by what aggregation left.
func (w *Writer) aggregation() {
	if w.attrs.aggregated {
		w.line = append(w.line, "AG|"...)
	} else {
		w.line = append(w.line, "NAG|"...)
	}
	if w.attrs.aggregator.Addr.IsValid() {
		w.line = strconv.AppendUint(w.line, uint64(w.attrs.aggregator.ASN), 10)
		w.line = append(w.line, ' ')
		w.line = appendAddr(w.line, w.attrs.aggregator.Addr)
	}
	w.line = append(w.line, "|\n"...)
}
