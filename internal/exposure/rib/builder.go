package rib

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/cleannet/cleannet/internal/format/mrt"
)

// Builder reads routing tables. Make one with [NewBuilder]; it is used by one
// goroutine, and starts those that it needs itself.
type Builder struct {
	limits  Limits
	paths   *interner
	peers   *peerBook
	routes  atomic.Int64
	workers []*worker
	files   int
	failed  error
}

// Counts says what was read, and what of it is in the table.
type Counts struct {
	Records  uint64 `json:"records"`           // MRT records
	Other    uint64 `json:"other_records"`     // records that are no routing table, such as updates; not used
	Routes   uint64 `json:"routes"`            // routes in the table
	Pathless uint64 `json:"pathless"`          // routes without AS path: of the peer's own network; left out
	Default  uint64 `json:"default_routes"`    // default routes, which say nothing of a destination; left out
	NonIP    uint64 `json:"not_unicast"`       // routes of other families than unicast; left out
	Bad      uint64 `json:"bad_routes"`        // routes that could not be decoded; left out
	BadPaths uint64 `json:"bad_paths"`         // distinct paths that are malformed or of more than 500 networks; their routes count for nothing
	Gaps     uint64 `json:"gaps"`              // stretches of the input that hold no record
	Problem  string `json:"problem,omitempty"` // the first bad route or gap, in words
}

// NewBuilder returns a builder without routes that reads with the given number
// of workers, at least one.
func NewBuilder(workers int, limits Limits) *Builder {
	limits = limits.withDefaults()
	b := &Builder{
		limits: limits, paths: newInterner(limits.Paths),
		peers: &peerBook{numbers: make(map[mrt.Peer]uint32), limit: limits.Peers},
	}
	for range max(workers, 1) {
		b.workers = append(b.workers, &worker{
			b: b, indexed: make(map[*mrt.PeerTable][]uint32), heads: make(map[[2]uint32]uint32),
		})
	}
	return b
}

// Read adds the routes of an MRT input, which must be decompressed. Records and
// routes that cannot be decoded are counted and left out. The error is the
// context's, that of the reader, one of the mrt package for input that is not
// MRT, or wraps [ErrLimit]; the builder is of no use after it.
func (b *Builder) Read(ctx context.Context, r io.Reader) error {
	scanner := mrt.NewScanner(r, mrt.Limits{})
	chunks := make(chan *mrt.Chunk, 2*len(b.workers))
	failed := make(chan struct{})
	var once sync.Once
	var wg sync.WaitGroup
	for _, w := range b.workers {
		wg.Go(func() {
			for c := range chunks {
				if err := w.chunk(c, b.files); err != nil {
					once.Do(func() { b.failed = err; close(failed) })
				}
				c.Release()
			}
		})
	}
	err := feed(ctx, scanner, chunks, failed)
	close(chunks)
	wg.Wait()
	b.files++
	if b.failed != nil {
		return b.failed
	}
	return err
}

func feed(ctx context.Context, scanner *mrt.Scanner, chunks chan<- *mrt.Chunk, failed <-chan struct{}) error {
	for {
		chunk, err := scanner.NextChunk()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read MRT: %w", err)
		}
		select {
		case chunks <- chunk:
		case <-failed:
			return nil // the builder knows why
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// peerBook numbers peers for several workers.
type peerBook struct {
	mu      sync.Mutex
	list    []mrt.Peer
	numbers map[mrt.Peer]uint32
	limit   int
}

// number returns the number of a peer: its address and AS number. Its BGP
// identifier may change from file to file.
func (p *peerBook) number(peer mrt.Peer) (uint32, error) {
	peer.BGPID = netip.Addr{}
	peer.Addr = peer.Addr.WithZone("")
	p.mu.Lock()
	defer p.mu.Unlock()
	no, ok := p.numbers[peer]
	if ok {
		return no, nil
	}
	if len(p.list) == p.limit {
		return 0, fmt.Errorf("%w of %d peers: give fewer files at once", ErrLimit, p.limit)
	}
	no = uint32(len(p.list))
	p.list, p.numbers[peer] = append(p.list, peer), no
	return no, nil
}
