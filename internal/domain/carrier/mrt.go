package carrier

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/source"
)

// MRT reads routing tables and BGP messages in MRT format (RFC 6396): the dumps
// and logs of route collectors and of routers.
type MRT struct{}

// Name implements domain.Reader.
func (MRT) Name() string { return "mrt/2" }

// Match implements domain.Reader; the file's name does not matter.
func (MRT) Match(_ string, head []byte) bool { return mrt.Plausible(head) }

// Read implements domain.Reader. Chunks of records are decoded by several
// workers, each into a table of its own; what they found is then put together
// in an order that depends on the file alone.
func (MRT) Read(ctx context.Context, f *source.File, env domain.Env, out *evidence.Shard) error {
	scanner := mrt.NewScanner(f, mrt.Limits{})
	workers, readErr := decode(ctx, scanner.NextChunk, max(env.Workers, 1))
	if workers == nil || readErr != nil && errors.Is(readErr, ctx.Err()) {
		return readErr
	}
	all := merge(workers)
	all.account(f.Path(), out)
	out.Take(all.rows(f.Path()))
	return readErr
}

// decode has n workers decode the chunks that next yields until io.EOF. The
// error is that of next; a panic of a worker leaves no tables, since what they
// hold may be half of something.
func decode(ctx context.Context, next func() (*mrt.Chunk, error), n int) ([]*pathTable, error) {
	chunks := make(chan *mrt.Chunk, 2*n)
	workers := make([]*pathTable, n)
	group := domain.NewGroup()
	for i := range workers {
		workers[i] = newPathTable()
		group.Go(func() {
			for c := range chunks {
				workers[i].chunk(c)
				c.Release()
			}
			workers[i].finish()
			if n > 1 { // what is put together is to be little
				workers[i].trim()
			}
		})
	}
	readErr := feed(ctx, next, chunks, group.Failed())
	close(chunks)
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return workers, readErr
}

// feed sends the chunks of the input until its end, or until nobody may take
// them any more.
func feed(ctx context.Context, next func() (*mrt.Chunk, error), chunks chan<- *mrt.Chunk, failed <-chan struct{}) error {
	for {
		chunk, err := next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read MRT: %w", err)
		}
		select {
		case chunks <- chunk:
		case <-failed:
			return nil // the group knows why
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
