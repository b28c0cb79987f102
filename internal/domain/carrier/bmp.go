package carrier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/bmp"
	"github.com/cleannet/cleannet/internal/format/pcap"
	"github.com/cleannet/cleannet/internal/source"
)

// BMP reads what routers tell a monitoring station, as a stream or in a packet
// capture, and the BGP sessions in such a capture. Every announcement counts as
// an entry of a routing table does; what is withdrawn later was seen all the
// same. Which protocol a connection speaks is told by its content, since both
// are run on any port.
type BMP struct{}

// Name implements domain.Reader.
func (BMP) Name() string { return "bmp/1" }

// Match implements domain.Reader; the file's name does not matter.
func (BMP) Match(_ string, head []byte) bool { return pcap.Plausible(head) || bmp.Plausible(head) }

// maxStreams is how many streams of a capture are followed at a time. Each may
// hold back some kilobytes before it is known what it is.
const maxStreams = 1 << 14

// Read implements domain.Reader.
func (BMP) Read(ctx context.Context, f *source.File, _ domain.Env, out *evidence.Shard) error {
	head, err := f.Head(64)
	if err != nil && err != io.EOF {
		return err
	}
	l := newListener(f.Path(), out)
	if pcap.Plausible(head) {
		err = l.capture(ctx, f)
	} else {
		err = l.station(ctx, f)
	}
	if err != nil && errors.Is(err, ctx.Err()) {
		return err
	}
	l.finish()
	return err
}

// listener takes in the messages of all streams of an input.
type listener struct {
	path   string
	out    *evidence.Shard
	table  *pathTable
	counts map[string]uint64

	streams map[int]*stream
	opens   map[pcap.Flow]*bgpStream // that have sent an OPEN
	peers   int                      // sessions remembered, of all routers
}

func newListener(path string, out *evidence.Shard) *listener {
	return &listener{
		path: path, out: out, table: newPathTable(), counts: make(map[string]uint64),
		streams: make(map[int]*stream), opens: make(map[pcap.Flow]*bgpStream),
	}
}

// station reads what a station received from one router.
func (l *listener) station(ctx context.Context, r io.Reader) error {
	s := newBMPStream(l, "the router")
	buf := make([]byte, 64<<10)
	for at := int64(0); ; {
		n, err := r.Read(buf)
		if n > 0 {
			s.piece(&pcap.Piece{Data: buf[:n], Offset: at})
			at += int64(n)
		}
		switch {
		case err == io.EOF:
			s.end()
			return nil
		case err != nil:
			return fmt.Errorf("read BMP: %w", err)
		case ctx.Err() != nil:
			return ctx.Err()
		}
	}
}

// capture reads a packet capture.
func (l *listener) capture(ctx context.Context, r io.Reader) error {
	packets := pcap.NewReader(r, pcap.Limits{})
	assembler := pcap.Assembler{Limits: pcap.Limits{MaxStreams: maxStreams}}
	var readErr error
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		packet, err := packets.Next()
		if err != nil {
			if err != io.EOF {
				readErr = fmt.Errorf("read capture: %w", err)
			}
			break
		}
		l.counts["pcap: packets"]++
		segment, err := pcap.ParseSegment(packet)
		if err != nil {
			l.counts["pcap: packets left out: "+strings.TrimPrefix(err.Error(), "pcap: ")]++
			continue
		}
		assembler.Add(&segment, l.piece)
	}
	assembler.Flush(l.piece)
	if assembler.Refused > 0 {
		l.problem(-1, fmt.Sprintf("%d segments of more than %d streams at a time were left out", assembler.Refused, maxStreams),
			"split the capture by hosts and give the parts")
	}
	for _, no := range slices.Sorted(maps.Keys(l.streams)) {
		l.streams[no].end()
	}
	return readErr
}

// piece takes in a piece of a stream of a capture.
func (l *listener) piece(p *pcap.Piece) {
	s, ok := l.streams[p.Stream]
	if !ok {
		s = &stream{listener: l, flow: p.Flow}
		l.streams[p.Stream] = s
	}
	s.piece(p)
}

// problem notes something that could not be read.
func (l *listener) problem(offset int64, message, next string) {
	l.out.Problem(evidence.Problem{Path: l.path, Offset: offset, Reader: BMP{}.Name(), Message: message, Next: next})
}

// session notes a session that is proved.
func (l *listener) session(s *Session, at position) {
	if !s.Between() {
		return
	}
	note := fmt.Sprintf("%s: session of AS%d with AS%d %s", s.Proof(), s.Local, s.Remote, s.Address)
	l.out.Observe(s.Observation(at.time, evidence.Ref{Path: l.path, Offset: at.offset, Length: at.length, Note: note}))
}

// finish hands over what was found.
func (l *listener) finish() {
	l.table.finish()
	all := merge([]*pathTable{l.table})
	c := &l.table.counts
	l.counts["bgp: routes announced"] += c.entries
	if c.pathless > 0 {
		l.counts["bgp: routes announced without AS path"] += c.pathless
	}
	for _, b := range all.broken() {
		l.problem(b.first.offset, fmt.Sprintf("%d routes like that of %s: %v", b.count, b.first.prefix(), b.err), captureAgain)
	}
	for _, name := range slices.Sorted(maps.Keys(l.counts)) {
		l.out.Count(name, l.counts[name])
	}
	l.out.Take(all.rows(l.path))
}

const captureAgain = "the rest was read; capture it again if the router is sound"
