package registry

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/cleannet/cleannet/internal/source"
)

// Read runs a loader's file through next, which reads one record, counts it in
// the report and gives its facts, until next returns io.EOF; then end gives
// what could not be told before. It looks at the context and at what the sink
// says, takes a file without a record for damaged, and puts the loader's name
// before an error, unless that comes from package source and has all that a
// user needs. Errors of next end with the next step.
func (w *Writer) Read(ctx context.Context, name string, next func() error, end func()) (Report, error) {
	for turn := 0; w.err == nil; turn++ {
		if turn%256 == 0 {
			if err := ctx.Err(); err != nil {
				return w.Report, err
			}
		}
		err := next()
		if err == io.EOF {
			break
		}
		if _, placed := errors.AsType[*source.Problem](err); placed || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return w.Report, err
		}
		if err != nil {
			return w.Report, fmt.Errorf("%s: %w", name, err)
		}
	}
	if w.err == nil && w.Report.Records == 0 {
		return w.Report, fmt.Errorf("%s: the file holds no record: fetch it again and compare its size", name)
	}
	if w.err == nil {
		end()
	}
	return w.Report, w.err
}
