package bird_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/enforce/bird"
	"github.com/cleannet/cleannet/internal/enforce/enforcetest"
	"github.com/cleannet/cleannet/internal/evidence"
)

func TestConformance(t *testing.T) {
	enforcetest.Run(t, enforcetest.Spec{
		Target:    bird.Target{},
		Expresses: enforcetest.InRoutes,
		Read:      readBack,
	})
}

// readBack reads the sets of a file, with the id that stands on each line. It
// knows the file only as BIRD does, line by line, and fails on any line that
// is none of the few shapes that the file may have.
func readBack(files []enforce.File) ([]enforce.Line, error) {
	member := regexp.MustCompile(`^  ([0-9a-f.:/+]+)(,?) # (\S+) `)
	also := regexp.MustCompile(`^    # also (\S+) `)
	code := regexp.MustCompile(`^(function cleannet_\w+\((bgppath p|prefix n|)\)|\{|\}|  .*[;{]|  \})$`)
	var lines []enforce.Line
	for _, f := range files {
		inSet, closed := false, false
		var id evidence.ID
		for n, line := range strings.Split(strings.TrimSuffix(string(f.Data), "\n"), "\n") {
			bad := fmt.Errorf("%s line %d: unexpected %.80q", f.Name, n+1, line)
			switch {
			case inSet && line == "];":
				if !closed {
					return nil, bad
				}
				inSet = false
			case inSet && also.MatchString(line):
				lines = append(lines, enforce.Line{Identifier: id, ID: also.FindStringSubmatch(line)[1]})
			case inSet:
				m := member.FindStringSubmatch(line)
				if m == nil || closed {
					return nil, bad
				}
				var err error
				if id, err = identifier(m[1]); err != nil {
					return nil, fmt.Errorf("%w: %w", bad, err)
				}
				closed = m[2] == ""
				lines = append(lines, enforce.Line{Identifier: id, ID: m[3]})
			case strings.HasPrefix(line, "define CLEANNET_") && strings.HasSuffix(line, " = ["):
				inSet, closed = true, false
			case line == "", strings.HasPrefix(line, "#"), code.MatchString(line):
			default:
				return nil, bad
			}
		}
	}
	return lines, nil
}

func identifier(text string) (evidence.ID, error) {
	block, isBlock := strings.CutSuffix(text, "+")
	switch {
	case !isBlock:
		return evidence.ParseID("asn:" + text)
	case block == "198.51.100.7/32": // the fixture's one address
		return evidence.ParseID("ip:198.51.100.7")
	}
	return evidence.ParseID("prefix:" + block)
}

func TestInterpreted(t *testing.T) {
	enforcetest.Replay(t, enforcetest.Interpreted(bird.Target{}), nil)
}
