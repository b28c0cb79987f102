package text

import (
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
)

// maxListed is how many problems and how many gaps are shown unless everything
// is asked for.
const maxListed = 10

// listProblems writes what could not be read and what to do about it.
func (r *report) listProblems() {
	p, total := r.out, uint64(len(r.problems))
	if r.coverage != nil {
		total = max(total, r.coverage.Problems)
	}
	if total == 0 {
		return
	}
	p.line("")
	p.line("Problems: " + finding.Number(total))
	shown := len(r.problems)
	if !r.verbose {
		shown = min(shown, maxListed)
	}
	for _, pr := range r.problems[:shown] {
		p.wrap("  ", place(pr))
		p.wrap("    ", finding.Plain(pr.Message))
		if pr.Next != "" {
			p.wrap("    ", "next: "+finding.Plain(pr.Next))
		}
	}
	if left := total - uint64(shown); left > 0 {
		p.wrap("  ", more(int(min(left, 1<<62)), "--format json lists those that were kept"))
	}
}

// place says where a problem is.
func place(pr *finding.Problem) string {
	s := finding.Plain(pr.Input)
	if pr.Path != "" {
		s += " › " + finding.Plain(pr.Path)
	}
	if pr.Offset >= 0 {
		s += ", at byte " + finding.Number(uint64(pr.Offset))
	}
	if pr.Reader != "" {
		s += " (" + finding.Plain(pr.Reader) + ")"
	}
	return s
}

// listCoverage writes what was examined and what was not.
func (r *report) listCoverage(c *finding.Coverage) {
	p := r.out
	p.line("")
	p.line("Examined")
	whole := 0
	for _, in := range c.Read {
		if in.Status == evidence.StatusRead {
			whole++
		}
	}
	p.wrap("  ", finding.Number(uint64(whole))+" of "+counted(uint64(len(c.Read)), "input")+" read to the end")
	for _, n := range c.Records {
		p.columns("  ", "records: "+n.Name, finding.Number(n.Count))
	}
	for _, n := range c.Observed {
		p.columns("  ", "different observations: "+n.Domain+", "+n.Kind, finding.Number(n.Count))
	}
	r.gaps(c)
	p.line("")
	p.wrap("", "cleannet says what was examined and what was found in it. It never says that anything is safe.")
	for _, note := range r.run.DataNotes {
		p.wrap("", finding.Plain(note))
	}
}

// gaps writes what was not examined, or not to the end.
func (r *report) gaps(c *finding.Coverage) {
	var list []string
	for _, in := range c.Read {
		if in.Status != evidence.StatusRead {
			list = append(list, gap(in.Name, "", string(in.Status), in.Reason))
		}
	}
	for _, s := range c.Skipped {
		list = append(list, gap(s.Name, s.Path, "skipped", s.Reason))
	}
	for _, note := range c.Notes {
		list = append(list, finding.Plain(note))
	}
	p := r.out
	p.line("")
	p.line("Not examined")
	if len(list) == 0 {
		p.wrap("  ", "nothing of what was given was left out")
	}
	for i, line := range list {
		if i == maxListed && !r.verbose {
			p.wrap("  ", more(len(list)-i, "--verbose"))
			break
		}
		p.wrap("  ", line)
	}
}

func gap(name, path, status, reason string) string {
	s := finding.Plain(name)
	if path != "" {
		s += " › " + finding.Plain(path)
	}
	s += ": " + status
	if reason != "" {
		s += ", " + finding.Plain(reason)
	}
	return s
}
