package evidence

import (
	"cmp"
	"iter"
	"slices"
)

// Status says how far an input was read.
type Status string

// The statuses, from best to worst. An input that was not read to its end by a
// reader made for it never supports the verdict clean.
const (
	StatusRead         Status = "read"         // to the end, with every record understood
	StatusPartial      Status = "partial"      // read, but some records could not be
	StatusFailed       Status = "failed"       // a reader recognised it and gave up
	StatusUnrecognised Status = "unrecognised" // no reader knows the format
	StatusEmpty        Status = "empty"        // no bytes
)

// rank orders statuses for the choice between two readings of one input.
func (s Status) rank() int {
	return slices.Index([]Status{StatusRead, StatusPartial, StatusFailed, StatusUnrecognised, StatusEmpty}, s)
}

// Input describes one input and how it was read.
type Input struct {
	Digest  string   // SHA-256 of the bytes as stored, lower-case hex
	Size    int64    // in bytes, as stored
	Names   []string // under which it was met, sorted
	Readers []string // that read it or a member of it, sorted, with their version
	Domains []string // of those readers, sorted
	Status  Status
	Reason  string    // why the status is not "read", empty otherwise
	Lexicon string    // digest of the lexicon that a reader selected by; empty if all was taken
	Counts  []Counter // records examined, by name, sorted
	Skipped []Skip    // members that were not read
}

// Counter is how many records of a sort a reader examined.
type Counter struct {
	Name string // "mrt: RIB entries"
	N    uint64
}

// Skip is something that was met and not read.
type Skip struct {
	Name   string // of the input, as the user would write it
	Path   string // inside the input, empty for the input itself
	Reason string
}

// Problem is a record or file that could not be read. It is part of the
// coverage: what depended on it is never clean.
type Problem struct {
	Input   string // digest, empty if the input could not be opened
	Name    string // of the input
	Path    string // inside the input
	Offset  int64  // in bytes, in the decompressed content; -1 if not known
	Reader  string // empty if no reader was involved
	Message string // what is wrong
	Next    string // what the user can do about it
}

func (p Problem) compare(o Problem) int {
	return cmp.Or(
		cmp.Compare(p.Input, o.Input), cmp.Compare(p.Name, o.Name), cmp.Compare(p.Path, o.Path),
		cmp.Compare(p.Offset, o.Offset), cmp.Compare(p.Reader, o.Reader),
		cmp.Compare(p.Message, o.Message), cmp.Compare(p.Next, o.Next),
	)
}

func (s Skip) compare(o Skip) int {
	return cmp.Or(cmp.Compare(s.Name, o.Name), cmp.Compare(s.Path, o.Path), cmp.Compare(s.Reason, o.Reason))
}

// MaxProblems is how many problems a shard lists; further ones are counted.
const MaxProblems = 100

// Shard is what one input showed. Readers fill it through [Shard.Observe] and
// its siblings, from one goroutine; [Set.Add] seals it. The observations of a
// sealed shard are sorted, folded and immutable: sets share sealed shards, so
// adding to one panics.
type Shard struct {
	Input    Input
	problems []Problem
	more     uint64 // problems beyond MaxProblems
	obs      []Observation
	folded   int    // obs[:folded] is sorted and folded
	rows     []Rows // once sealed, either obs or one table is all there is
	sealed   bool
}

// NewShard returns an empty shard for an input. The input's slices are copied.
func NewShard(input Input) *Shard {
	input.Names = slices.Clone(input.Names)
	input.Readers = slices.Clone(input.Readers)
	input.Domains = slices.Clone(input.Domains)
	input.Counts = slices.Clone(input.Counts)
	input.Skipped = slices.Clone(input.Skipped)
	return &Shard{Input: input}
}

func (s *Shard) mustBeOpen() {
	if s.sealed {
		panic("evidence: a shard was changed after it was added to a set")
	}
}

// Observe adds an observation. The shard takes it over, with its slices. Times
// outside the years 1 to 9999 are dropped, long notes cut.
func (s *Shard) Observe(o Observation) {
	s.mustBeOpen()
	s.obs = append(s.obs, o.tidied())
	const pending = 1 << 16
	if len(s.obs)-s.folded > max(pending, s.folded) {
		s.foldPending()
	}
}

// Take adds the observations of a table. The shard takes it over.
func (s *Shard) Take(rows Rows) {
	s.mustBeOpen()
	if rows.Len() > 0 {
		s.rows = append(s.rows, rows)
	}
}

// Problem notes something that could not be read. The first MaxProblems are
// kept, the rest counted: a file of garbage must not fill the memory.
func (s *Shard) Problem(p Problem) {
	s.mustBeOpen()
	if len(s.problems) >= MaxProblems {
		s.more++
		return
	}
	s.problems = append(s.problems, p)
}

// MoreProblems counts problems that were not even made, because a reader had
// met enough of them.
func (s *Shard) MoreProblems(n uint64) {
	s.mustBeOpen()
	s.more = addCounts(s.more, n)
}

// Count adds to the number of records examined under a name.
func (s *Shard) Count(name string, n uint64) {
	s.mustBeOpen()
	for i := range s.Input.Counts {
		if s.Input.Counts[i].Name == name {
			s.Input.Counts[i].N = addCounts(s.Input.Counts[i].N, n)
			return
		}
	}
	s.Input.Counts = append(s.Input.Counts, Counter{name, n})
}

// Skip notes a member of the input that was not read.
func (s *Shard) Skip(path, reason string) {
	s.mustBeOpen()
	s.Input.Skipped = append(s.Input.Skipped, Skip{Path: path, Reason: reason})
}

// Len returns how many observations the shard has been given, of a sealed one
// how many it has.
func (s *Shard) Len() int {
	n := len(s.obs)
	for _, r := range s.rows {
		n += r.Len()
	}
	return n
}

// Observations yields the observations of a sealed shard, sorted. They are not
// to be changed.
func (s *Shard) Observations() iter.Seq[*Observation] {
	return func(yield func(*Observation) bool) {
		for i := range s.Len() {
			if !yield(s.at(i)) {
				return
			}
		}
	}
}

// Problems returns the problems of a sealed shard, sorted, and how many more
// there were.
func (s *Shard) Problems() ([]Problem, uint64) { return s.problems, s.more }

// FirstProblem returns the problem noted first and how many there are.
func (s *Shard) FirstProblem() (Problem, uint64) {
	if len(s.problems) == 0 {
		return Problem{}, 0
	}
	return s.problems[0], uint64(len(s.problems)) + s.more
}

// seal sorts and folds everything. Sealing twice is harmless.
func (s *Shard) seal() {
	if s.sealed {
		return
	}
	s.settleRows()
	s.fillInputs()
	s.foldPending()
	if s.Input.Status.rank() < 0 {
		// Nobody said how far the input was read: never take that for read.
		s.Input.Status, s.Input.Reason = StatusFailed, "the reader gave no status"
	}
	slices.SortFunc(s.problems, Problem.compare)
	slices.SortFunc(s.Input.Counts, func(a, b Counter) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.N, b.N))
	})
	slices.SortFunc(s.Input.Skipped, Skip.compare)
	s.Input.Skipped = slices.Compact(s.Input.Skipped)
	s.Input.Names = sortedSet(s.Input.Names)
	s.Input.Readers = sortedSet(s.Input.Readers)
	s.Input.Domains = sortedSet(s.Input.Domains)
	s.sealed = true
}

// fillInputs names this input in refs and problems that name none: the digest
// is known only after the reader that made them has finished.
func (s *Shard) fillInputs() {
	for i := range s.obs {
		for j := range s.obs[i].Refs {
			if r := &s.obs[i].Refs[j]; r.Input == "" {
				r.Input = s.Input.Digest
			}
		}
	}
	for i := range s.problems {
		if p := &s.problems[i]; p.Input == "" {
			p.Input = s.Input.Digest
		}
	}
}

// foldPending sorts what came since the last time and merges it into what is
// folded already. The order of equal observations does not matter: folding is
// associative and commutative.
func (s *Shard) foldPending() {
	head, tail := s.obs[:s.folded], s.obs[s.folded:]
	if len(tail) == 0 {
		return
	}
	order := make([]*Observation, len(tail)) // pointers: observations are large to move
	for i := range tail {
		order[i] = &tail[i]
	}
	slices.SortFunc(order, (*Observation).Compare)

	out := make([]Observation, 0, len(s.obs))
	add := func(o *Observation) {
		if n := len(out); n > 0 && out[n-1].Compare(o) == 0 {
			out[n-1] = out[n-1].fold(o)
			return
		}
		out = append(out, *o)
	}
	for _, o := range order {
		for len(head) > 0 && head[0].Compare(o) <= 0 {
			add(&head[0])
			head = head[1:]
		}
		add(o)
	}
	s.obs = append(out, head...)
	s.folded = len(s.obs)
}

// prefer reports whether s is the better reading of the input that both have
// read: the one that got further, then the one by the larger reader list and
// with more observations. At last the digest decides, so that the choice does
// not depend on the order of merging. Names play no part: the merged shard has
// those of both readings.
func (s *Shard) prefer(t *Shard) bool {
	if c := cmp.Or(
		cmp.Compare(t.Input.Status.rank(), s.Input.Status.rank()),
		slices.Compare(s.Input.Readers, t.Input.Readers),
		cmp.Compare(s.Len(), t.Len()),
	); c != 0 {
		return c > 0
	}
	return s.digest() > t.digest()
}

// sortedSet returns the words sorted and once each, in a slice of its own.
func sortedSet(words []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(words)))
}
