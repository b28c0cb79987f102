package registry

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/source"
)

func TestRead(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	odd := errors.New("line 2: it is odd: mend it")
	placed := &source.Problem{Name: "a", Err: io.ErrUnexpectedEOF, Next: "fetch it again"}
	for _, tc := range []struct {
		name    string
		ctx     context.Context //nolint:containedctx // a table of cases
		records int             // read before err
		err     error
		want    string // all of the error, empty for none
		is      error
		ended   bool
	}{
		{"to the end", t.Context(), 600, io.EOF, "", nil, true},
		{"nothing", t.Context(), 0, io.EOF, "form: the file holds no record: fetch it again and compare its size", nil, false},
		{"damaged", t.Context(), 3, odd, "form: line 2: it is odd: mend it", odd, false},
		{"a problem of the source", t.Context(), 3, placed, placed.Error(), placed, false},
		{"cancelled", cancelled, 3, io.EOF, "context canceled", context.Canceled, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := NewWriter(entity.Source{ID: "s"}, new(entity.Records))
			ended := false
			report, err := w.Read(tc.ctx, "form", func() error {
				if w.Report.Records == uint64(tc.records) {
					return tc.err
				}
				w.Report.Records++
				return nil
			}, func() { ended = true })
			text := ""
			if err != nil {
				text = err.Error()
			}
			if text != tc.want || tc.is != nil && !errors.Is(err, tc.is) || ended != tc.ended {
				t.Errorf("got error %q, ended %v, want %q, %v", text, ended, tc.want, tc.ended)
			}
			if report.Records != uint64(tc.records) && !errors.Is(err, context.Canceled) {
				t.Errorf("%d records, want %d", report.Records, tc.records)
			}
		})
	}
	sink := &full{err: errors.New("full")}
	w := NewWriter(entity.Source{ID: "s"}, sink)
	calls := 0
	_, err := w.Read(t.Context(), "form", func() error { calls++; w.Report.Records++; w.Gap(entity.Gap{}); return nil }, func() { t.Error("the end was reached") })
	if !errors.Is(err, sink.err) || calls != 2 {
		t.Errorf("a full sink: %v after %d calls", err, calls)
	}
	if got := Short(strings.Repeat("x", 200)); got != "(long text)" {
		t.Errorf("Short = %q", got)
	}
}
