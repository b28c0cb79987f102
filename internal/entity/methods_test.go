package entity_test

import (
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cleannet/cleannet/internal/entity"
)

// The reference works on completions: exact shares by asset, interest and
// owner. A bucket of persons is an owner that nobody is; what is undisclosed
// is held by undisclosed, who counts as a seed.
type (
	columnKey struct{ asset, interest string }
	world     map[columnKey]map[string]entity.Share
)

const undisclosed = "(undisclosed)"

// randomWorld draws records of every feature: kinds of interest, dates, times
// of knowledge, buckets of persons, treasury stock, complete lists.
func randomWorld(r *rand.Rand, companies, edges int, exact bool) entity.Records {
	records := entity.Records{Sources: []entity.Source{{ID: "s"}}}
	for i := range companies {
		records.Companies = append(records.Companies, entity.Company{Slug: name(i), Source: "s", OwnersComplete: r.IntN(4) == 0})
	}
	interests := []string{"shareholding", "shareholding", "shareholding", "voting-rights", "control-by-contract"}
	steps := int(entity.Whole / unit)
	for range edges {
		lo := r.IntN(steps/2 + 1)
		hi := lo
		if !exact && r.IntN(3) > 0 {
			hi = lo + r.IntN(steps-lo+1)
		}
		owner := name(r.IntN(companies))
		if r.IntN(10) == 0 {
			owner = ""
		}
		e := owns(owner, name(r.IntN(companies)), entity.Share(lo)*unit, entity.Share(hi)*unit)
		e.Interest = interests[r.IntN(len(interests))]
		e.Valid, e.Known = randomSpan(r), randomSpan(r)
		if slices.ContainsFunc(records.Edges, func(f entity.Edge) bool {
			return owner != "" && f.Owner == e.Owner && f.Asset == e.Asset && f.Interest == e.Interest
		}) {
			continue
		}
		records.Edges = append(records.Edges, e)
	}
	return records
}

func randomSpan(r *rand.Rand) entity.Interval {
	var iv entity.Interval
	if r.IntN(4) == 0 {
		iv.From = nthDay(r.IntN(10))
	}
	if r.IntN(4) == 0 {
		iv.To = nthDay(10 + r.IntN(10))
	}
	return iv
}

// nthDay returns a date of January 2020.
func nthDay(n int) entity.Date {
	d, err := entity.ParseDate(fmt.Sprintf("2020-01-%02d", n+1))
	if err != nil {
		panic(err)
	}
	return d
}

// standing returns the edges that hold and were known at a date.
func standing(records entity.Records, on, known entity.Date) []entity.Edge {
	var out []entity.Edge
	for _, e := range records.Edges {
		if e.Valid.Contains(on) && (known.IsZero() || e.Known.Contains(known)) {
			out = append(out, e)
		}
	}
	return out
}

// worlds calls yield with every completion, and returns false if there are
// more than most of them.
func worlds(records entity.Records, edges []entity.Edge, open bool, most int, yield func(world)) bool {
	complete := map[string]bool{}
	for _, c := range records.Companies {
		complete[c.Slug] = c.OwnersComplete
	}
	byKey := map[columnKey][]entity.Edge{}
	for i, e := range edges {
		if e.Owner == "" {
			e.Owner = fmt.Sprintf("(persons %d)", i)
		}
		key := columnKey{e.Asset, e.Interest}
		byKey[key] = append(byKey[key], e)
	}
	keys := slices.SortedFunc(maps.Keys(byKey), func(a, b columnKey) int {
		return slices.Compare([]string{a.asset, a.interest}, []string{b.asset, b.interest})
	})
	choices := make([][]map[string]entity.Share, len(keys))
	total := 1
	for i, key := range keys {
		var reach int64
		for _, e := range byKey[key] {
			reach += int64(e.Share.Hi)
		}
		closed := complete[key.asset] && key.interest == "shareholding" && reach >= int64(entity.Whole)
		completions(byKey[key], unit, closed, open, func(column map[string]entity.Share) {
			own := maps.Clone(column)
			if share, ok := own[""]; ok {
				delete(own, "")
				own[undisclosed] = share
			}
			choices[i] = append(choices[i], own)
		})
		if total *= len(choices[i]); total > most || total == 0 {
			return false
		}
	}
	w := world{}
	var choose func(int)
	choose = func(i int) {
		if i == len(keys) {
			yield(w)
			return
		}
		for _, column := range choices[i] {
			w[keys[i]] = column
			choose(i + 1)
		}
	}
	choose(0)
	return true
}

// controlled is the definition of the cascade and of control, word by word.
func controlled(rule entity.ControlRule, seeds map[string]bool, w world) map[string]bool {
	in := maps.Clone(seeds)
	in[undisclosed] = rule.CountUndisclosed
	reach := int64(rule.Threshold)
	if rule.Strict {
		reach++
	}
	for changed := true; changed; {
		changed = false
		for key, column := range w {
			if in[key.asset] {
				continue
			}
			counts := rule.Interests == nil || slices.Contains(rule.Interests, key.interest)
			var sum, largest int64
			given := false
			for owner, share := range column {
				if in[owner] {
					sum += int64(share)
					largest = max(largest, int64(share))
					given = given || owner != undisclosed
				}
			}
			if rule.Single {
				sum = largest
			}
			control := rule.Method == entity.MethodControl || rule.Method == entity.MethodFamily
			switch {
			case control && key.interest == "control-by-contract":
				counts = given
			case control && key.interest == "voting-rights":
				counts = sum > int64(entity.Whole/2) || counts && sum >= reach
			default:
				counts = counts && sum >= reach
			}
			if counts {
				in[key.asset], changed = true, true
			}
		}
	}
	delete(in, undisclosed)
	return in
}

// effective returns whose effective interest reaches the threshold, for one
// kind of interest. It writes the equations out and removes one company after
// the other: v = p·v + rest is v = rest/(1-p), and v = 0 where p is 1, which
// is the least solution since then there is no rest.
func effective(rule entity.ControlRule, seeds map[string]bool, w world) map[string]bool {
	equation := map[string]map[string]*big.Rat{} // asset: owner: share; "" is what the seeds hold
	for key, column := range w {
		if seeds[key.asset] || rule.Interests != nil && !slices.Contains(rule.Interests, key.interest) {
			continue
		}
		row := map[string]*big.Rat{"": new(big.Rat)}
		for owner, share := range column {
			part := big.NewRat(int64(share), int64(entity.Whole))
			switch {
			case seeds[owner] || owner == undisclosed:
				row[""].Add(row[""], part)
			case owner != key.asset:
				row[owner] = part
			}
		}
		equation[key.asset] = row
	}
	todo := slices.Sorted(maps.Keys(equation))
	for _, asset := range todo {
		row := equation[asset]
		if p, ok := row[asset]; ok {
			delete(row, asset)
			rest := new(big.Rat).Sub(big.NewRat(1, 1), p)
			for _, share := range row {
				if rest.Sign() == 0 {
					share.SetInt64(0)
				} else {
					share.Quo(share, rest)
				}
			}
		}
		for _, other := range todo {
			if p, ok := equation[other][asset]; ok && other != asset {
				delete(equation[other], asset)
				for owner, share := range row {
					if equation[other][owner] == nil {
						equation[other][owner] = new(big.Rat)
					}
					equation[other][owner].Add(equation[other][owner], new(big.Rat).Mul(p, share))
				}
			}
		}
	}
	in := maps.Clone(seeds)
	threshold := big.NewRat(int64(rule.Threshold), int64(entity.Whole))
	for asset, row := range equation {
		if c := row[""].Cmp(threshold); c > 0 || c == 0 && !rule.Strict {
			in[asset] = true
		}
	}
	return in
}

// attributed is MethodMultiplyControl by iteration from nothing: never above
// the truth, and below it by less than tolerance after so many rounds.
func attributed(rule entity.ControlRule, seeds map[string]bool, w world) map[string]bool {
	v := map[string]float64{undisclosed: 1}
	for s := range seeds {
		v[s] = 1
	}
	for range 2000 {
		for key, column := range w {
			if seeds[key.asset] {
				continue
			}
			sum := 0.0
			for owner, share := range column {
				switch {
				case owner == key.asset:
				case share > entity.Whole/2 && owner != undisclosed:
					sum += v[owner]
				default:
					sum += v[owner] * float64(share) / float64(entity.Whole)
				}
			}
			v[key.asset] = min(max(v[key.asset], sum), 1)
		}
	}
	in := maps.Clone(seeds)
	const tolerance = 1e-9
	for asset, sum := range v {
		if t := float64(rule.Threshold) / float64(entity.Whole); sum > t-tolerance && !rule.Strict || sum > t+tolerance {
			in[asset] = true
		}
	}
	delete(in, undisclosed)
	return in
}

// kin is MethodFamily by its definition.
func kin(rule entity.ControlRule, seeds map[string]bool, w world, companies int) map[string]bool {
	wants := func(s string) bool { return rule.Reach == nil || slices.Contains(rule.Reach, s) }
	in := maps.Clone(seeds)
	if wants("subsidiaries") {
		maps.Copy(in, controlled(rule, seeds, w))
	}
	rule.CountUndisclosed = false // what nobody is named for is no parent's
	for i := range companies {
		if seeds[name(i)] {
			continue
		}
		held := controlled(rule, map[string]bool{name(i): true}, w)
		if !slices.ContainsFunc(slices.Collect(maps.Keys(seeds)), func(s string) bool { return held[s] }) {
			continue
		}
		if wants("parents") {
			in[name(i)] = true
		}
		if wants("affiliates") {
			delete(held, name(i))
			maps.Copy(in, held)
		}
	}
	return in
}

// TestMethodsAreExact compares every method with all completions of small
// graphs. Where the method is exact, its answer is that of the completions;
// where it is only sound, In and Out are.
func TestMethodsAreExact(t *testing.T) {
	for _, test := range []struct {
		name   string
		rule   entity.ControlRule
		graphs int
		sound  bool // not exact
	}{
		{"cascade", entity.ControlRule{Method: entity.MethodCascade}, 10_000, false},
		{"control", entity.ControlRule{Method: entity.MethodControl}, 10_000, false},
		{"control by shares", entity.ControlRule{Method: entity.MethodControl, Interests: []string{"shareholding"}}, 3000, false},
		{"multiply", entity.ControlRule{Method: entity.MethodMultiply, Interests: []string{"shareholding"}}, 10_000, false},
		{"multiply-control", entity.ControlRule{Method: entity.MethodMultiplyControl, Interests: []string{"shareholding"}}, 2000, true},
		{"subsidiaries", entity.ControlRule{Method: entity.MethodFamily, Reach: []string{"subsidiaries"}}, 3000, false},
		{"parents", entity.ControlRule{Method: entity.MethodFamily, Reach: []string{"parents"}}, 3000, false},
		{"family", entity.ControlRule{Method: entity.MethodFamily}, 3000, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(11, uint64(len(test.name))))
			seen := map[entity.State]int{}
			for done := 0; done < test.graphs; {
				n := 2 + r.IntN(4)
				records := randomWorld(r, n, 1+r.IntN(8), r.IntN(5) == 0)
				registry, err := entity.New(records, nil)
				if err != nil {
					continue
				}
				rule := test.rule
				drawn := randomRule(r, unit)
				rule.Threshold, rule.Strict, rule.CountUndisclosed = drawn.Threshold, drawn.Strict, drawn.CountUndisclosed
				seeds := map[string]bool{name(0): true}
				if multiply := rule.Method == entity.MethodMultiply || rule.Method == entity.MethodMultiplyControl; !multiply {
					rule.Single = drawn.Single
				}
				if r.IntN(3) == 0 {
					seeds[name(1)] = true
				}
				on, known := nthDay(r.IntN(20)), entity.Date{}
				if r.IntN(2) == 0 {
					known = nthDay(r.IntN(20))
				}
				if checkCompletions(t, registry, records, rule, seeds, on, known, n, test.sound, seen) {
					done++
				}
			}
			for _, s := range []entity.State{entity.In, entity.Out, entity.Unknown} {
				if seen[s] < test.graphs/20 {
					t.Errorf("only %d answers of state %d: the graphs test little", seen[s], s)
				}
			}
		})
	}
}

func checkCompletions(
	t *testing.T, registry *entity.Registry, records entity.Records, rule entity.ControlRule, seeds map[string]bool,
	on, known entity.Date, n int, sound bool, seen map[entity.State]int,
) bool {
	t.Helper()
	var edges []entity.Edge
	for _, e := range standing(records, on, known) {
		if rule.Method == entity.MethodControl || rule.Method == entity.MethodFamily || rule.Interests == nil || slices.Contains(rule.Interests, e.Interest) {
			edges = append(edges, e)
		}
	}
	all, some := map[string]int{}, map[string]int{}
	count := 0
	if !worlds(records, edges, rule.CountUndisclosed, 300, func(w world) {
		count++
		var in map[string]bool
		switch rule.Method {
		case entity.MethodMultiply:
			in = effective(rule, seeds, w)
		case entity.MethodMultiplyControl:
			in = attributed(rule, seeds, w)
		case entity.MethodFamily:
			in = kin(rule, seeds, w, n)
		default:
			in = controlled(rule, seeds, w)
		}
		for c := range in {
			all[c]++
			some[c]++
		}
	}) {
		return false
	}
	control := registry.KnownAt(known).Control(rule, slices.Collect(maps.Keys(seeds)), on)
	for i := range n {
		want := entity.Unknown
		switch all[name(i)] {
		case count:
			want = entity.In
		case 0:
			want = entity.Out
		}
		got := control.State(name(i))
		seen[got]++
		if got != want && (!sound || got != entity.Unknown) {
			t.Fatalf("company %s under %+v on %s, seeds %v: got %d, want %d (in %d of %d completions)\n%+v",
				name(i), rule, on, seeds, got, want, all[name(i)], count, edges)
		}
		checkDeciding(t, control, name(i), got)
	}
	return true
}

// checkDeciding wants proofs of what is not out, sums that grow, and for what
// is unknown something that would decide.
func checkDeciding(t *testing.T, control *entity.Control, slug string, state entity.State) {
	t.Helper()
	chain, deciding := control.Chain(slug), control.Deciding(slug)
	if listed := control.Listed(slug); (state == entity.Out || listed) != (len(chain) == 0) {
		t.Fatalf("%s is %d, listed %t, and has a chain of %d", slug, state, listed, len(chain))
	}
	if undecided := len(deciding.Edges)+len(deciding.Room) > 0; state != entity.Unknown && undecided {
		t.Fatalf("%s is %d, and yet has deciding edges %v", slug, state, deciding)
	}
	for _, p := range chain {
		if len(p.Sums) != len(p.Edges) || !slices.IsSorted(p.Sums) {
			t.Fatalf("%s: %d edges with the sums %v", slug, len(p.Edges), p.Sums)
		}
	}
}
