package entity_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cleannet/cleannet/internal/entity"
)

// unit is the grain of shares in random graphs: few values, many ties.
const unit = entity.Whole / 4

// randomRecords draws companies and edges whose shares are multiples of
// grain; faults that New finds are left for it to find.
func randomRecords(r *rand.Rand, companies, edges int, grain entity.Share, exact bool) entity.Records {
	records := entity.Records{Sources: []entity.Source{{ID: "s"}}}
	for i := range companies {
		records.Companies = append(records.Companies, entity.Company{Slug: name(i), Source: "s", OwnersComplete: r.IntN(3) == 0})
	}
	type pair struct{ owner, asset int }
	seen := map[pair]bool{}
	steps := int(entity.Whole / grain)
	for range edges {
		p := pair{r.IntN(companies), r.IntN(companies)}
		if seen[p] {
			continue
		}
		seen[p] = true
		lo := r.IntN(steps/2 + 1)
		hi := lo
		if !exact && r.IntN(3) > 0 {
			hi = lo + r.IntN(steps-lo+1)
		}
		records.Edges = append(records.Edges, owns(name(p.owner), name(p.asset), entity.Share(lo)*grain, entity.Share(hi)*grain))
	}
	return records
}

func name(i int) string { return fmt.Sprintf("c%05d", i) }

func randomRule(r *rand.Rand, grain entity.Share) entity.ControlRule {
	steps := int(entity.Whole / grain)
	return entity.ControlRule{
		Method: entity.MethodCascade, Threshold: entity.Share(1+r.IntN(steps-1)) * grain,
		Strict: r.IntN(4) == 0, Single: r.IntN(4) == 0, CountUndisclosed: r.IntN(4) == 0,
	}
}

// blocked computes the cascade for exact shares: the definition, word by word.
// The share of the owner "" is undisclosed and in the hand of a seed.
func blocked(rule entity.ControlRule, seeds map[string]bool, columns map[string]map[string]entity.Share) map[string]bool {
	in := map[string]bool{"": true}
	for s := range seeds {
		in[s] = true
	}
	for changed := true; changed; {
		changed = false
		for asset, owners := range columns {
			if in[asset] {
				continue
			}
			var sum, largest entity.Share
			for owner, share := range owners {
				if in[owner] {
					sum += share
					largest = max(largest, share)
				}
			}
			if rule.Single {
				sum = largest
			}
			if sum > rule.Threshold || sum == rule.Threshold && !rule.Strict {
				in[asset], changed = true, true
			}
		}
	}
	return in
}

// completions calls yield with every way to fill in the shares of an asset in
// steps of a grain.
func completions(edges []entity.Edge, grain entity.Share, complete, undisclosed bool, yield func(map[string]entity.Share)) {
	column := map[string]entity.Share{}
	var fill func(int, entity.Share)
	fill = func(i int, sum entity.Share) {
		if sum > entity.Whole {
			return
		}
		if i == len(edges) {
			if complete && sum < entity.Whole {
				return
			}
			yield(column)
			if undisclosed && !complete { // the rest may be anybody's: all of it a seed's at most
				column[""] = entity.Whole - sum
				yield(column)
				delete(column, "")
			}
			return
		}
		for s := edges[i].Share.Lo; s <= edges[i].Share.Hi; s += grain {
			column[edges[i].Owner] = s
			fill(i+1, sum+s)
		}
		delete(column, edges[i].Owner)
	}
	fill(0, 0)
}

// TestControlIsExact enumerates all completions of small graphs: In must hold
// in all of them, Out in none, and Unknown in some only.
func TestControlIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for done := 0; done < 3000; {
		n := 2 + r.IntN(4)
		records := randomRecords(r, n, 1+r.IntN(6), unit, false)
		registry, err := entity.New(records, nil)
		if err != nil {
			continue
		}
		rule := randomRule(r, unit)
		seeds := map[string]bool{name(0): true}
		if r.IntN(3) == 0 {
			seeds[name(1)] = true
		}
		inAll, inSome, ok := enumerate(rule, seeds, records)
		if !ok {
			continue // too many completions
		}
		done++
		control := registry.Control(rule, slices.Collect(mapKeys(seeds)), entity.Date{})
		for i := range n {
			want := entity.Unknown
			switch {
			case inAll[name(i)]:
				want = entity.In
			case !inSome[name(i)]:
				want = entity.Out
			}
			if got := control.State(name(i)); got != want {
				t.Fatalf("company %s of %v\nunder %+v: got %d, want %d", name(i), records, rule, got, want)
			}
		}
	}
}

// enumerate returns which companies are blocked in all and in some completions.
func enumerate(rule entity.ControlRule, seeds map[string]bool, records entity.Records) (inAll, inSome map[string]bool, ok bool) {
	choices := map[string][]map[string]entity.Share{}
	total := 1
	for _, c := range records.Companies {
		var edges []entity.Edge
		for _, e := range records.Edges {
			if e.Asset == c.Slug {
				edges = append(edges, e)
			}
		}
		if len(edges) == 0 {
			continue
		}
		completions(edges, unit, c.OwnersComplete, rule.CountUndisclosed, func(column map[string]entity.Share) {
			own := map[string]entity.Share{}
			maps.Copy(own, column)
			choices[c.Slug] = append(choices[c.Slug], own)
		})
		if total *= len(choices[c.Slug]); total > 3000 || total == 0 {
			return nil, nil, false
		}
	}
	inAll, inSome = map[string]bool{}, map[string]bool{}
	for _, c := range records.Companies {
		inAll[c.Slug] = true
	}
	columns := map[string]map[string]entity.Share{}
	assets := slices.Sorted(func(yield func(string) bool) {
		for a := range choices {
			if !yield(a) {
				return
			}
		}
	})
	var choose func(int)
	choose = func(i int) {
		if i < len(assets) {
			for _, column := range choices[assets[i]] {
				columns[assets[i]] = column
				choose(i + 1)
			}
			return
		}
		in := blocked(rule, seeds, columns)
		for _, c := range records.Companies {
			inAll[c.Slug] = inAll[c.Slug] && in[c.Slug]
			inSome[c.Slug] = inSome[c.Slug] || in[c.Slug]
		}
	}
	choose(0)
	return inAll, inSome, true
}
