package carrier

import (
	"errors"
	"io"
	"testing"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

// TestWorkerPanics gives the workers chunks that no scanner makes. The panic of
// one of them, or of all, must end the reading with an error: neither the
// process nor a wait for ever.
func TestWorkerPanics(t *testing.T) {
	for _, workers := range []int{1, 2, 7} {
		for _, bad := range []int{1, 1000} { // more than the channel holds
			tables, err := decode(t.Context(), func() (*mrt.Chunk, error) {
				if bad--; bad < 0 {
					return nil, io.EOF
				}
				return nil, nil
			}, workers)
			if _, ok := errors.AsType[*domain.PanicError](err); !ok || tables != nil {
				t.Errorf("%d workers: got %d tables and error %v, want the panic", workers, len(tables), err)
			}
		}
	}
}
