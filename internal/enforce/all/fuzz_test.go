package all_test

import (
	"bytes"
	"net/netip"
	"testing"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/enforce/all"
	"github.com/cleannet/cleannet/internal/enforce/enforcetest"
	"github.com/cleannet/cleannet/internal/evidence"
)

// FuzzRead gives arbitrary files to what reads filters: interpreters and
// patchers. None may panic, and what one accepts can be carried out.
func FuzzRead(f *testing.F) {
	plan, err := enforcetest.Deny(f, enforce.Direct|enforce.Transit, []uint32{4134, 64496}, "192.0.2.0/24").WithWaivers([]enforce.Waiver{{
		ID: "w", Peer: netip.MustParseAddr("192.0.2.1"), Owner: "o", Until: enforcetest.Date(f, "2027-01-01"),
		Pass: []evidence.ID{evidence.ASN(64496)},
	}})
	if err != nil {
		f.Fatal(err)
	}
	for _, target := range all.Targets() {
		files, err := target.Files(plan)
		if err != nil {
			f.Fatal(err)
		}
		// Without most of the comments, which only make the inputs long.
		var short []byte
		for line := range bytes.Lines(files[len(files)-1].Data) {
			if words := bytes.Fields(line); len(words) < 2 || len(words) > 2 && bytes.HasPrefix(words[2], []byte("id-")) ||
				!bytes.ContainsAny(words[0], "#!") {
				short = append(short, line...)
			}
		}
		f.Add(short)
	}
	path, err := enforce.ParsePath("64511 4134 {64496,64497}")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, target := range all.Targets() {
			file := []enforce.File{{Name: "f", Data: data}}
			if reader, ok := target.(enforce.Interpreter); ok {
				if program, err := reader.Interpret(file); err == nil {
					route := enforce.Route{Prefix: netip.MustParsePrefix("192.0.2.0/24"), Path: path}
					program.Drops(netip.MustParseAddr("192.0.2.1"), &route)
				}
			}
			if patcher, ok := target.(enforce.Patcher); ok {
				if _, err := patcher.Patch(data, file); err != nil {
					t.Errorf("%s: %v", target.Name(), err)
				}
			}
		}
	})
}

// TestTellApart makes sure that each target's files are read by that target
// alone, since verify finds it so.
func TestTellApart(t *testing.T) {
	for _, target := range all.Targets() {
		files, err := target.Files(enforcetest.Plan(t, ""))
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range all.Targets() {
			reader, ok := other.(enforce.Interpreter)
			if !ok {
				t.Fatalf("%s has no interpreter", other.Name())
			}
			if _, err := reader.Interpret(files); (err == nil) != (other == target) {
				t.Errorf("files of %s read as %s: got %v", target.Name(), other.Name(), err)
			}
		}
	}
}
