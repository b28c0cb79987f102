package registry

import (
	"context"
	"fmt"
	"slices"
)

// Record counts a record that was read, for loaders that are called back with
// each and so cannot use [Writer.Read]; they end with [Writer.End]. It returns what the sink refused with,
// and from time to time asks the context, whose end is an error too.
func (w *Writer) Record(ctx context.Context) error {
	w.Report.Records++
	if w.Report.Records%256 == 1 && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return w.err
}

// End finishes a loading and returns its report. A file without a single record
// is an error: it is a download that failed, or of another form. The form is
// named in words for the user.
func (w *Writer) End(ctx context.Context, form string) (Report, error) {
	switch {
	case w.err != nil:
		return w.Report, w.err
	case ctx.Err() != nil:
		return w.Report, context.Cause(ctx)
	case w.Report.Records == 0:
		return w.Report, fmt.Errorf("no record of the form %q in the file: it is empty or of another form, fetch it again", form)
	}
	return w.Report, nil
}

// Line is [Clean] for texts that may be left out: one that is too long for a
// line is empty.
func Line(text string) string {
	line, _ := Clean(text)
	return line
}

// Aliases cleans the other names of a company and leaves out those that are
// empty, too long, repeated or its name. It returns nil if none is left.
func Aliases(name string, others ...string) []string {
	var out []string
	for _, other := range others {
		if other = Line(other); other != "" && other != name && !slices.Contains(out, other) {
			out = append(out, other)
		}
	}
	return out
}
