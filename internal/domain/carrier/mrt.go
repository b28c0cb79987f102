package carrier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/source"
)

// MRT reads routing tables in MRT format (RFC 6396): the dumps of route
// collectors and of routers. Update messages in such files are counted and
// reported as not read.
type MRT struct{}

// Name implements domain.Reader.
func (MRT) Name() string { return "mrt/1" }

// Match implements domain.Reader; the file's name does not matter.
func (MRT) Match(_ string, head []byte) bool { return mrt.Plausible(head) }

// Read implements domain.Reader. Chunks of records are decoded by several
// workers, each into a table of its own; what they found is then put together
// in an order that depends on the file alone.
func (MRT) Read(ctx context.Context, f *source.File, env domain.Env, out *evidence.Shard) error {
	scanner := mrt.NewScanner(f, mrt.Limits{})
	chunks := make(chan *mrt.Chunk, 2*env.Workers)
	workers := make([]*pathTable, max(env.Workers, 1))
	var wg sync.WaitGroup
	for i := range workers {
		workers[i] = newPathTable()
		wg.Go(func() {
			for c := range chunks {
				workers[i].chunk(c)
				c.Release()
			}
			workers[i].prove()
		})
	}
	readErr := feed(ctx, scanner, chunks)
	close(chunks)
	wg.Wait()
	if readErr != nil && errors.Is(readErr, ctx.Err()) {
		return readErr
	}
	all := merge(workers)
	all.account(f.Path(), out)
	out.Take(all.rows(f.Path()))
	return readErr
}

// feed sends the chunks of the input until its end.
func feed(ctx context.Context, scanner *mrt.Scanner, chunks chan<- *mrt.Chunk) error {
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
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
