// Package sarif writes a run as SARIF 2.1.0 (OASIS Standard, Static Analysis
// Results Interchange Format), which code hosts and security dashboards read.
//
// It promises that every finding is one result under its id as a partial
// fingerprint, that only what is proved and not waived is an open failure, and
// that equal runs give equal bytes. What could not be read is a notification
// of the invocation, never a result. Use [New].
//
// Offsets are those of the evidence: in the decompressed content of an
// artifact, which the property byteOffsets of the run says.
package sarif

import (
	"encoding/json"
	"io"
	"time"

	"github.com/cleannet/cleannet/internal/finding"
)

// Options has no settings: the format has one form.
type Options struct{}

// New returns a handler that gathers the run and writes one log to w when it
// is closed.
func New(w io.Writer, _ Options) finding.Handler {
	return &report{w: w, files: newArtifacts(), ruleIndex: map[string]int{}}
}

// The log that is written.
const (
	version   = "2.1.0"
	schemaURL = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	homeURL   = "https://github.com/cleannet/cleannet"
)

// report gathers a run.
type report struct {
	w             io.Writer
	run           *finding.Run
	files         *artifacts
	rules         []rule
	ruleIndex     map[string]int // by entry
	results       []result
	notifications []notification
	coverage      *finding.Coverage
}

// Run notes the inputs, which are the artifacts that results point into.
func (r *report) Run(run *finding.Run) error {
	r.run = run
	for _, in := range run.Inputs {
		r.files.input(in)
	}
	return nil
}

// Finding adds a result, and the rule if it is the first of its entry.
func (r *report) Finding(f *finding.Finding) error {
	index, ok := r.ruleIndex[f.Entry]
	if !ok {
		index = len(r.rules)
		r.ruleIndex[f.Entry] = index
		r.rules = append(r.rules, ruleOf(f))
	}
	r.results = append(r.results, r.result(f, index))
	return nil
}

// Problem adds a notification.
func (r *report) Problem(p *finding.Problem) error {
	r.notifications = append(r.notifications, r.notification(p))
	return nil
}

// Coverage notes that the run came to its end.
func (r *report) Coverage(c *finding.Coverage) error {
	r.coverage = c
	return nil
}

// Close writes the log. A stream without a run writes nothing.
func (r *report) Close() error {
	if r.run == nil {
		return nil
	}
	enc := json.NewEncoder(r.w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(sarifLog{Schema: schemaURL, Version: version, Runs: []run{r.sarifRun()}})
}

// sarifRun puts the parts together. The invocation succeeded if the run came
// to its end, however much of the inputs could not be read: that is told by
// the notifications.
func (r *report) sarifRun() run {
	inv := invocation{Successful: r.coverage != nil, Notifications: r.notifications}
	if r.run.Started != nil {
		inv.Start = r.run.Started.UTC().Format(time.RFC3339Nano)
	}
	p := r.run.Policy
	properties := map[string]any{
		"policy": p, "registry": r.run.Registry, "asOf": r.run.AsOf,
		"byteOffsets": "in the decompressed content of the artifact",
	}
	if !r.run.AsKnownAt.IsZero() {
		properties["asKnownAt"] = r.run.AsKnownAt
	}
	if len(r.run.Assume) > 0 {
		properties["assume"] = r.run.Assume
	}
	if len(r.run.DataNotes) > 0 {
		properties["dataNotes"] = r.run.DataNotes
	}
	if r.coverage != nil {
		properties["coverage"] = r.coverage
	}
	return run{
		Tool: tool{driver{
			Name: r.run.Tool, Version: r.run.Version, URL: homeURL, Rules: orEmpty(r.rules),
			Notifications: []descriptor{{
				ID: problemID, Short: &message{"A file or record could not be read."},
				Full: &message{"What depended on it is never reported as clean."},
			}},
		}},
		Automation:  automation{ID: "cleannet/" + p.ID + "/"},
		Invocations: []invocation{inv},
		Artifacts:   orEmpty(r.files.list),
		Results:     orEmpty(r.results),
		Properties:  properties,
	}
}

// orEmpty gives an empty list for none: null would mean that the run failed
// before it could look (section 3.14.23).
func orEmpty[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}
