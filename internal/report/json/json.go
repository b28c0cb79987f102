// Package json writes a run as its public contract: newline-delimited JSON,
// one message a line, each an object with exactly one key (run, finding,
// problem, coverage), as docs/schema/run.schema.json says.
//
// It promises that equal runs give equal bytes, that lists are never null,
// that <, > and & stand as themselves, and that a saved run which is replayed
// with [finding.Read] comes out as the same bytes. Use [New] for a run; use
// [Observation] to write single observations in the same form.
package json

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
)

// Options has no settings: the contract has one form.
type Options struct{}

// New returns a handler that writes each message to w as it comes.
func New(w io.Writer, _ Options) finding.Handler { return &writer{w: w} }

// Observation writes an observation, with its refs, as a message of its own.
// A stream of them has no run and no coverage.
func Observation(w io.Writer, o *evidence.Observation) error {
	return (&writer{w: w}).message(struct {
		Observation *evidence.Observation `json:"observation"`
	}{o})
}

// writer writes messages; buf is kept from line to line.
type writer struct {
	w   io.Writer
	buf bytes.Buffer
}

// Run writes the run message.
func (w *writer) Run(r *finding.Run) error {
	c := *r
	c.Inputs = list(c.Inputs)
	return w.message(finding.Message{Run: &c})
}

// Finding writes a finding message.
func (w *writer) Finding(f *finding.Finding) error {
	c := *f
	c.Chain = list(c.Chain)
	return w.message(finding.Message{Finding: &c})
}

// Problem writes a problem message.
func (w *writer) Problem(p *finding.Problem) error {
	return w.message(finding.Message{Problem: p})
}

// Coverage writes the coverage message.
func (w *writer) Coverage(c *finding.Coverage) error {
	d := *c
	d.Read, d.Skipped = slices.Clone(list(c.Read)), list(c.Skipped)
	d.Records, d.Observed = list(c.Records), list(c.Observed)
	for i := range d.Read {
		d.Read[i].Readers = list(d.Read[i].Readers)
	}
	return w.message(finding.Message{Coverage: &d})
}

// Close has nothing left to write.
func (w *writer) Close() error { return nil }

// message writes one line with a single call of Write, so that lines stay
// whole where several programs append to one log.
func (w *writer) message(m any) error {
	w.buf.Reset()
	enc := json.NewEncoder(&w.buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m); err != nil {
		return err
	}
	_, err := w.w.Write(plainReplacement(w.buf.Bytes()))
	return err
}

// list gives an empty list for none.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

// plainReplacement writes the replacement character U+FFFD as itself.
// encoding/json escapes it where it stands for invalid UTF-8 and not where the
// text holds it, so that without this a replayed run would differ from the
// saved one. It works in place: the result is never longer.
func plainReplacement(line []byte) []byte {
	escaped := []byte(`\ufffd`)
	if !bytes.Contains(line, escaped) {
		return line
	}
	out := line[:0]
	for i := 0; i < len(line); {
		switch {
		case bytes.HasPrefix(line[i:], escaped):
			out = append(out, "\uFFFD"...)
			i += len(escaped)
		case line[i] == '\\' && i+1 < len(line): // an escape, perhaps of a backslash
			out = append(out, line[i], line[i+1])
			i += 2
		default:
			out = append(out, line[i])
			i++
		}
	}
	return out
}
