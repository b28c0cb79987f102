package evidence

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// options let go-cmp look into the types of this package.
func options() cmp.Option {
	return cmp.AllowUnexported(ID{}, Attr{}, sketch{})
}

// randomObservation draws from few keys, so that many fold.
func randomObservation(r *rand.Rand) Observation {
	o := Observation{
		Domain: "carrier", Kind: []string{"adjacency", "origin"}[r.IntN(2)],
		Subjects: []Subject{{"left", ASN(uint32(r.IntN(12)))}, {"right", ASN(uint32(r.IntN(3)))}}[:1+r.IntN(2)],
		Count:    uint64(r.IntN(5)),
	}
	if r.IntN(3) == 0 {
		o.Thing = ASN(uint32(r.IntN(3)))
	}
	if r.IntN(50) == 0 {
		o.Count = math.MaxUint64 - 2
	}
	if r.IntN(3) > 0 {
		zone := time.FixedZone("", r.IntN(3)*3600)
		o.First = time.Unix(r.Int64N(1000)-500, r.Int64N(1e9)).In(zone)
		o.Last = o.First.Add(time.Duration(r.Int64N(1e12)))
	}
	for range r.IntN(6) { // not in order, perhaps repeated
		word := fmt.Sprint("w", r.IntN(20))
		o.Attrs = append(o.Attrs, []Attr{
			Sum("paths", r.Int64N(9)), Min("lowest", r.Int64N(9)), Max("highest", r.Int64N(9)),
			Words("words", word), Distinct("peers", word),
		}[r.IntN(5)])
	}
	for range r.IntN(6) {
		o.Refs = append(o.Refs, Ref{Input: fmt.Sprint("in", r.IntN(2)), Offset: r.Int64N(20), Length: 1})
	}
	return o
}

// slowFold folds by a map and plain loops: the obvious reference.
func slowFold(all []Observation) []Observation {
	type sum struct {
		Observation
		attrs map[string]Attr
		refs  map[Ref]bool
	}
	sums := map[string]*sum{}
	for _, o := range all {
		key := fmt.Sprint(o.Domain, o.Kind, o.Subjects, o.Thing)
		s, ok := sums[key]
		if !ok {
			s = &sum{Observation: Observation{Domain: o.Domain, Kind: o.Kind, Subjects: o.Subjects, Thing: o.Thing},
				attrs: map[string]Attr{}, refs: map[Ref]bool{}}
			sums[key] = s
		}
		if s.Count+o.Count < s.Count {
			s.Count = math.MaxUint64
		} else {
			s.Count += o.Count
		}
		if s.First.IsZero() || !o.First.IsZero() && o.First.Before(s.First) {
			s.First = o.First.UTC()
		}
		if o.Last.After(s.Last) {
			s.Last = o.Last.UTC()
		}
		for _, a := range o.Attrs {
			if old, ok := s.attrs[a.Key]; ok {
				a = old.merge(a)
			}
			s.attrs[a.Key] = a
		}
		for _, ref := range o.Refs {
			s.refs[ref] = true
		}
	}
	var out []Observation
	for _, s := range sums {
		for _, key := range slices.Sorted(maps.Keys(s.attrs)) {
			s.Attrs = append(s.Attrs, s.attrs[key])
		}
		s.Refs = slices.SortedFunc(maps.Keys(s.refs), Ref.Compare)
		s.Refs = s.Refs[:min(len(s.Refs), MaxRefs)]
		out = append(out, s.Observation)
	}
	slices.SortFunc(out, func(a, b Observation) int { return a.Compare(&b) })
	return out
}

// same compares observations where no slice and an empty one are equal.
func same(want, got []Observation) string {
	return cmp.Diff(normal(want), normal(got), options())
}

func normal(in []Observation) []Observation {
	out := slices.Clone(in)
	for i := range out {
		if len(out[i].Attrs) == 0 {
			out[i].Attrs = nil
		}
		if len(out[i].Refs) == 0 {
			out[i].Refs = nil
		}
	}
	return out
}

func clone(o Observation) Observation {
	o.Attrs, o.Refs = slices.Clone(o.Attrs), slices.Clone(o.Refs)
	return o
}

func TestShardFolds(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for n := range 150 {
		shard := NewShard(Input{Digest: "d", Status: StatusRead})
		var all []Observation
		for range n {
			o := randomObservation(r)
			all = append(all, clone(o))
			shard.Observe(o)
			if r.IntN(20) == 0 {
				shard.foldPending()
			}
		}
		new(Set).Add(shard)
		if diff := same(slowFold(all), shard.obs); diff != "" {
			t.Fatalf("%d observations (-want +got):\n%s", n, diff)
		}
	}
}

// randomShard draws a reading of one of three inputs; readings conflict.
func randomShard(r *rand.Rand) *Shard {
	s := NewShard(Input{
		Digest: fmt.Sprint("digest", r.IntN(3)), Size: 10,
		Names:   []string{fmt.Sprint("name", r.IntN(4)), "b"},
		Readers: []string{fmt.Sprint("mrt/", r.IntN(2)), "bmp/1"}[:1+r.IntN(2)],
		Domains: []string{"carrier"},
		Status:  []Status{StatusRead, StatusPartial, StatusFailed, ""}[r.IntN(4)],
		Lexicon: fmt.Sprint(r.IntN(2)),
	})
	for range r.IntN(3) {
		s.Observe(randomObservation(r))
	}
	for range r.IntN(3) {
		s.Problem(Problem{Input: s.Input.Digest, Name: "b", Offset: r.Int64N(3), Message: "m"})
		s.Count(fmt.Sprint("records", r.IntN(3)), r.Uint64())
		s.Skip(fmt.Sprint("member", r.IntN(3)), "why")
	}
	return s
}

func randomSet(r *rand.Rand) *Set {
	s := new(Set)
	for range r.IntN(4) {
		s.Add(randomShard(r))
	}
	for range r.IntN(3) {
		s.Unopened(Problem{Name: fmt.Sprint("n", r.IntN(3)), Message: "m"})
		s.Skip(Skip{Name: fmt.Sprint("n", r.IntN(3)), Reason: "socket"})
	}
	return s
}

func written(t testing.TB, s *Set) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func merged(sets ...*Set) *Set {
	out := new(Set)
	for _, s := range sets {
		out.Merge(s)
	}
	return out
}

func TestSetMergeLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 300 {
		a, b, c := randomSet(r), randomSet(r), randomSet(r)
		before := written(t, a)
		want := written(t, merged(a, b, c))
		for name, other := range map[string]*Set{
			"bca": merged(b, c, a), "cba": merged(c, b, a), "acb": merged(a, c, b),
			"a(bc)": merged(a, merged(b, c)), "abca": merged(a, b, c, a), "(ab)(bc)": merged(merged(a, b), merged(b, c)),
		} {
			if !bytes.Equal(want, written(t, other)) {
				t.Fatalf("merging as %s gives other bytes than abc", name)
			}
		}
		if !bytes.Equal(before, written(t, a)) {
			t.Fatal("merging changed a set that was only read")
		}
	}
}

// TestSetDigest wants the digest to tell sets apart by what they say, and not
// by the names of the inputs, the order of merging, or a way through a file.
func TestSetDigest(t *testing.T) {
	set := func(name, reader string, count uint64) *Set {
		shard := NewShard(Input{Digest: "d", Status: StatusRead, Names: []string{name}, Readers: []string{reader}})
		shard.Observe(Observation{Domain: "carrier", Kind: "origin", Count: count})
		s := new(Set)
		s.Add(shard)
		return s
	}
	same := set("a", "mrt/1", 1)
	unopened := set("a", "mrt/1", 1)
	unopened.Unopened(Problem{Name: "missing"})
	skipped := set("a", "mrt/1", 1)
	skipped.Skip(Skip{Name: "socket"})
	for _, tt := range []struct {
		name  string
		other *Set
		equal bool
	}{
		{"another name", set("b", "mrt/1", 1), true},
		{"another reader", set("a", "mrt/2", 1), false},
		{"another observation", set("a", "mrt/1", 2), false},
		{"an input not opened", unopened, false},
		{"an input left out", skipped, false},
		{"nothing", new(Set), false},
	} {
		if got := same.Digest() == tt.other.Digest(); got != tt.equal {
			t.Errorf("%s: equal is %v", tt.name, got)
		}
	}
	r := rand.New(rand.NewPCG(5, 5))
	for range 50 {
		a, b := randomSet(r), randomSet(r)
		back, err := ReadSet(bytes.NewReader(written(t, merged(a, b))))
		if err != nil {
			t.Fatal(err)
		}
		if back.Digest() != merged(b, a).Digest() {
			t.Fatal("the way through a file, or the order, changes the digest")
		}
	}
}

// TestConflictingReadings merges readings of one input that differ only late
// in the order of preference, in all orders.
func TestConflictingReadings(t *testing.T) {
	reading := func(name string, count uint64, status Status) *Set {
		shard := NewShard(Input{Digest: "d", Status: status, Names: []string{name}, Readers: []string{"mrt/1"}})
		shard.Observe(Observation{Domain: "carrier", Kind: "origin", Count: count})
		s := new(Set)
		s.Add(shard)
		return s
	}
	sets := []*Set{
		reading("a", 1, StatusRead), reading("b", 2, StatusRead), reading("c", 3, StatusRead),
		reading("d", 2, StatusRead), reading("e", 9, StatusPartial),
	}
	want := written(t, merged(sets...))
	r := rand.New(rand.NewPCG(4, 4))
	for range 120 {
		r.Shuffle(len(sets), func(i, j int) { sets[i], sets[j] = sets[j], sets[i] })
		all := merged(sets...)
		if !bytes.Equal(want, written(t, all)) {
			t.Fatal("the order of merging shows")
		}
		if diff := cmp.Diff([]string{"a", "b", "c", "d", "e"}, all.Shards()[0].Input.Names); diff != "" {
			t.Fatalf("names (-want +got):\n%s", diff)
		}
	}
}

func TestObservationsFoldAcrossShards(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 300 {
		s := new(Set)
		var all []Observation
		for i := range r.IntN(6) {
			shard := NewShard(Input{Digest: fmt.Sprint(i), Status: StatusRead})
			for range r.IntN(30) {
				o := randomObservation(r)
				all = append(all, clone(o))
				shard.Observe(o)
			}
			s.Add(shard)
		}
		before := written(t, s)
		var got []Observation
		for o := range s.Observations() {
			got = append(got, *o)
		}
		if diff := same(slowFold(all), got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		for range s.Observations() {
			break // stopping early is allowed
		}
		if !bytes.Equal(before, written(t, s)) {
			t.Fatal("reading the observations changed the set")
		}
	}
}

// TestSharedInput makes shards of one description, as an engine does for many
// files: sealing one must not touch what the others hold.
func TestSharedInput(t *testing.T) {
	in := Input{Digest: "a", Status: StatusRead, Readers: []string{"z", "a", "z"}, Counts: make([]Counter, 0, 4)}
	one, two := NewShard(in), NewShard(in)
	one.Count("records", 1)
	two.Count("others", 2)
	new(Set).Add(one)
	if diff := cmp.Diff([]string{"z", "a", "z"}, in.Readers); diff != "" {
		t.Errorf("the caller's slice changed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Counter{{"records", 1}}, one.Input.Counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestSealedShardRefusesChanges(t *testing.T) {
	shard := NewShard(Input{Digest: "a"})
	new(Set).Add(shard)
	if got := shard.Input.Status; got != StatusFailed {
		t.Errorf("a shard without a status has %q, want %q", got, StatusFailed)
	}
	for name, change := range map[string]func(){
		"Observe": func() { shard.Observe(Observation{}) },
		"Problem": func() { shard.Problem(Problem{}) },
		"Count":   func() { shard.Count("", 1) },
		"Skip":    func() { shard.Skip("", "") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s on a sealed shard did not panic", name)
				}
			}()
			change()
		}()
	}
}

func TestProblemsAreBounded(t *testing.T) {
	shard := NewShard(Input{Digest: "a", Status: StatusPartial})
	for i := range MaxProblems + 7 {
		shard.Problem(Problem{Offset: int64(-i)})
	}
	s := new(Set)
	s.Add(shard)
	again, err := ReadSet(bytes.NewReader(written(t, s)))
	if err != nil {
		t.Fatal(err)
	}
	problems, more := again.Shards()[0].Problems()
	if len(problems) != MaxProblems || more != 7 {
		t.Errorf("got %d problems and %d more, want %d and 7", len(problems), more, MaxProblems)
	}
}
