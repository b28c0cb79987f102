package carrier

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/cleannet/cleannet/internal/evidence"
)

// account tells the shard what was examined and what could not be.
func (m *tables) account(path string, out *evidence.Shard) {
	all := tally{other: make(map[string]uint64)}
	var problems []problem
	for _, w := range m.workers {
		all.records += w.counts.records
		all.entries += w.counts.entries
		all.pathless += w.counts.pathless
		all.lost += w.counts.lost
		all.problems += w.counts.problems
		for name, n := range w.counts.other {
			all.other[name] += n
		}
		problems = append(problems, w.problems...)
	}
	for _, b := range m.broken() {
		all.lost += b.count
		all.problems++
		problems = append(problems, problem{b.first.offset, fmt.Sprintf("%d entries like that of %s: %v", b.count, b.first.prefix(), b.err)})
	}
	out.Count("mrt: records", all.records)
	out.Count("mrt: RIB entries", all.entries)
	if all.pathless > 0 {
		out.Count("mrt: routes without AS path", all.pathless)
	}
	if all.lost > 0 {
		out.Count("mrt: routes not understood", all.lost)
	}
	m.accountMessages(path, out)
	for _, name := range slices.Sorted(maps.Keys(all.other)) {
		out.Skip(path, fmt.Sprintf("%d %s records: this reader takes routing tables and BGP messages only", all.other[name], name))
	}
	slices.SortFunc(problems, func(a, b problem) int {
		return cmp.Or(cmp.Compare(a.offset, b.offset), cmp.Compare(a.message, b.message))
	})
	problems = problems[:min(len(problems), maxWorkerProblems)] // what each worker kept whole
	for _, p := range problems {
		out.Problem(evidence.Problem{Path: path, Offset: p.offset, Reader: MRT{}.Name(), Message: p.message,
			Next: "the rest was read; fetch the file again if the source is sound"})
	}
	out.MoreProblems(all.problems - uint64(len(problems)))
}

// brokenPaths is a raw path that cannot be decoded, of all peers and workers.
type brokenPaths struct {
	brokenPath
	count uint64
}

// broken returns what could not be decoded, once for each raw path.
func (m *tables) broken() []*brokenPaths {
	var all []*brokenPaths
	byPath := make(map[string]*brokenPaths)
	for _, w := range m.workers {
		for _, b := range w.broken {
			s := w.stats.at(b.no)
			raw := w.keys.get(s.key)
			known, ok := byPath[string(raw)]
			if !ok {
				known = &brokenPaths{brokenPath: b}
				byPath[string(raw)] = known
				all = append(all, known)
			}
			known.count += s.count
			if b.first.offset < known.first.offset {
				known.brokenPath = b
			}
		}
	}
	return all
}
