// Package local is the engine that runs in one process: inputs side by side,
// each read by the first reader that claims it.
//
// It promises that the set does not depend on the number of workers, and that
// an input which cannot be read stands in the set's coverage with the reason.
package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/engine"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/source"
)

// Engine implements engine.Engine on the processors of this machine.
type Engine struct{}

// Collect implements engine.Engine. Evidence files among the inputs are merged
// as they are.
func (Engine) Collect(ctx context.Context, r engine.Request) (*evidence.Set, error) {
	c := collection{Request: r}
	gate := make(chan struct{}, max(r.Workers, 1))
	var wg sync.WaitGroup
	for in, err := range source.Walk(ctx, r.Args, r.Options) {
		if err != nil {
			c.notOpened(in.Name, err)
			continue
		}
		gate <- struct{}{}
		wg.Go(func() {
			defer func() { <-gate }()
			if err := c.contained(ctx, in); err != nil {
				c.notOpened(in.Name, err)
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &c.set, nil
}

// collection is one run of Collect.
type collection struct {
	engine.Request
	mu  sync.Mutex
	set evidence.Set
}

// notOpened notes an input without content in the coverage: as left out where
// there is nothing to read, else as a problem.
func (c *collection) notOpened(name string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := problemOf(err)
	if p.Name == "" {
		p.Name = name
	}
	switch source.ReasonOf(err) {
	case source.Special, source.Outside:
		c.set.Skip(evidence.Skip{Name: p.Name, Reason: p.Message})
	default:
		c.set.Unopened(p)
	}
}

// contained reads an input; its error is a panic.
func (c *collection) contained(ctx context.Context, in source.Input) (err error) {
	defer domain.Contain(&err)
	c.input(ctx, in)
	return nil
}

func (c *collection) input(ctx context.Context, in source.Input) {
	f, err := in.Open(ctx)
	if err != nil {
		if ctx.Err() == nil {
			c.notOpened(in.Name, err)
		}
		return
	}
	defer f.Close() //nolint:errcheck // reading is over, and what it said counts
	if head, err := f.Head(64); err == nil && evidence.IsSet(head) {
		c.evidenceFile(in.Name, f)
		return
	}
	shard := evidence.NewShard(evidence.Input{
		Names: []string{in.Name}, Status: evidence.StatusUnrecognised,
	})
	c.file(ctx, f, shard)
	digest, err := f.Digest()
	if err != nil {
		if ctx.Err() == nil {
			c.notOpened(in.Name, err)
		}
		return
	}
	for _, note := range f.Notes() {
		p := problemOf(note)
		shard.Problem(p)
	}
	shard.Input.Digest, shard.Input.Size = digest.String(), digest.Size
	finish(shard)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set.Add(shard)
}

// evidenceFile merges a set that was collected before.
func (c *collection) evidenceFile(name string, f *source.File) {
	set, err := evidence.ReadSet(f)
	if err != nil {
		c.notOpened(name, err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set.Merge(set)
}

// headSize is how much of a file readers are shown to recognise it.
const headSize = 16 << 10

// file gives a file to the first reader that claims it, else goes into it if
// it is an archive.
func (c *collection) file(ctx context.Context, f *source.File, shard *evidence.Shard) {
	head, err := f.Head(headSize)
	switch {
	case errors.Is(err, io.EOF), f.Path() != "" && source.ReasonOf(err) == source.Empty:
		shard.Skip(f.Path(), "it is empty")
		return
	case err != nil:
		shard.Problem(problemOf(err))
		if f.Path() == "" {
			demote(shard, evidence.StatusFailed)
		} else { // the other members may be sound
			demote(shard, evidence.StatusPartial)
		}
		return
	}
	name := cmp.Or(f.Path(), f.Name())
	for _, d := range c.Domains {
		for _, r := range d.Readers {
			claimed, err := claims(r, name, head)
			if claimed || err != nil {
				c.read(ctx, f, shard, d.Name, r, err)
				return
			}
		}
	}
	if !f.IsArchive() {
		shard.Skip(f.Path(), "no reader recognises the content")
		return
	}
	for member, err := range f.Members(ctx) {
		switch {
		case err == nil:
			c.file(ctx, member, shard)
		case source.ReasonOf(err) == source.Empty: // it holds nothing: no damage
			shard.Skip(problemOf(err).Path, "it is empty")
		default:
			shard.Problem(problemOf(err))
			demote(shard, evidence.StatusPartial)
		}
	}
}

// read has the reader take the file in, unless it failed already.
func (c *collection) read(ctx context.Context, f *source.File, shard *evidence.Shard, domainName string, r domain.Reader, err error) {
	if shard.Input.Status == evidence.StatusUnrecognised {
		shard.Input.Status = evidence.StatusRead
	}
	shard.Input.Readers = append(shard.Input.Readers, r.Name())
	shard.Input.Domains = append(shard.Input.Domains, domainName)
	var env domain.Env
	if err == nil {
		env, err = c.env(r, shard)
	}
	if err == nil {
		err = take(ctx, r, f, env, shard)
	}
	if err == nil || ctx.Err() != nil {
		return
	}
	p := problemOf(err)
	p.Path, p.Reader = f.Path(), r.Name()
	if p.Offset < 0 {
		p.Offset = f.Offset()
	}
	p.Next = cmp.Or(p.Next, "fetch or export the file again, and compare its checksum")
	status := evidence.StatusPartial
	if isPanic(err) {
		status = evidence.StatusFailed
	}
	shard.Problem(p)
	demote(shard, status)
}

// env returns what the reader may use. A [domain.Selective] one gets the
// lexicon, and the shard notes which.
func (c *collection) env(r domain.Reader, shard *evidence.Shard) (domain.Env, error) {
	env := domain.Env{Workers: max(c.Workers, 1)}
	if _, ok := r.(domain.Selective); !ok || c.Lexicon == nil {
		return env, nil
	}
	lexicon, err := c.Lexicon()
	if err != nil {
		return env, fmt.Errorf("load the registry to select by: %w", err)
	}
	env.Lexicon, shard.Input.Lexicon = lexicon, lexicon.Digest()
	return env, nil
}

// Inputs are hostile, and a reader is code of many hands: one that panics
// fails its own input and not the run. What it had observed until then stays,
// and the status keeps anybody from calling the input clean. The goroutines
// that a reader starts are out of reach here: domain.Group contains theirs, and
// hands the panic on as the error of Read. A panic anywhere else between the
// opening of an input and the sealing of its shard leaves the input not opened.

// isPanic reports whether an error is a panic that was contained.
func isPanic(err error) bool {
	_, ok := errors.AsType[*domain.PanicError](err)
	return ok
}

// claims asks the reader whether the file is its own.
func claims(r domain.Reader, name string, head []byte) (ok bool, err error) {
	defer domain.Contain(&err)
	return r.Match(name, head), nil
}

// take has the reader read the file.
func take(ctx context.Context, r domain.Reader, f *source.File, env domain.Env, shard *evidence.Shard) (err error) {
	defer domain.Contain(&err)
	return r.Read(ctx, f, env, shard)
}

// demote lowers the status; it never raises it again.
func demote(shard *evidence.Shard, status evidence.Status) {
	if shard.Input.Status != evidence.StatusFailed {
		shard.Input.Status = status
	}
}

// finish settles the status: an input with problems was read in part, and one
// that was read in part but showed nothing has failed.
func finish(shard *evidence.Shard) {
	in := &shard.Input
	first, problems := shard.FirstProblem()
	if in.Status == evidence.StatusRead && problems > 0 {
		in.Status = evidence.StatusPartial
	}
	if in.Status == evidence.StatusPartial && shard.Len() == 0 && len(in.Readers) > 0 {
		in.Status = evidence.StatusFailed
	}
	switch {
	case problems > 0:
		in.Reason = first.Message
	case in.Status == evidence.StatusUnrecognised:
		in.Reason = "no reader recognises the content"
	}
}

// problemOf turns an error into a problem, keeping place and next step of
// those that have them.
func problemOf(err error) evidence.Problem {
	if p, ok := errors.AsType[*source.Problem](err); ok {
		return evidence.Problem{Name: p.Name, Path: p.Path, Offset: p.Offset, Message: p.Err.Error(), Next: p.Next}
	}
	p := evidence.Problem{Offset: -1, Message: err.Error()}
	if isPanic(err) {
		p.Next = "report it as a mistake of this version; the other inputs are not concerned"
	}
	return p
}
