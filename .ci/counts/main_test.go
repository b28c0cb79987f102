package main

import (
	"strings"
	"testing"
)

// stream is the JSON of a run of go test, as the command prints it.
func stream(events ...string) string { return strings.Join(events, "\n") + "\n" }

func TestCounter(t *testing.T) {
	const (
		pass     = `{"Action":"pass","Package":"p","Test":"TestA"}`
		sub      = `{"Action":"pass","Package":"p","Test":"TestA/one"}`
		passed   = `{"Action":"pass","Package":"p","Elapsed":1.5}`
		failOut  = `{"Action":"output","Package":"p","Test":"TestB","Output":"    b_test.go:1: wrong\n"}`
		fail     = `{"Action":"fail","Package":"p","Test":"TestB"}`
		failed   = `{"Action":"fail","Package":"p"}`
		skipOut  = `{"Action":"output","Package":"p","Test":"TestC","Output":"    data.go:30: no shared evidence at \"x\"\n"}`
		skip     = `{"Action":"skip","Package":"p","Test":"TestC"}`
		noTests  = `{"Action":"skip","Package":"q"}`
		cover    = `{"Action":"output","Package":"p","Output":"coverage: 81.5% of statements\n"}`
		buildOut = `{"ImportPath":"r [r.test]","Action":"build-output","Output":"r.go:3:1: syntax error\n"}`
		build    = `{"Action":"fail","Package":"r","FailedBuild":"r [r.test]"}`
	)
	for _, tc := range []struct {
		name        string
		in          string
		requireData bool
		want        tally
		wrong       string // part of the verdict; empty for none
		prints      string
	}{
		{"pass", stream(sub, pass, cover, passed), true, tally{2, 0, 0}, "", "ok        1.5s  coverage  81.5%  p: 2 passed"},
		{"fail", stream(pass, failOut, fail, failed), false, tally{1, 1, 0}, "1 failed", "b_test.go:1: wrong"},
		{"skip", stream(pass, skipOut, skip, passed), false, tally{1, 0, 1}, "", "p TestC: data.go:30: no shared evidence"},
		{"skip for want of data", stream(pass, skipOut, skip, passed), true, tally{1, 0, 1}, "want of shared evidence", ""},
		{"package without tests", stream(pass, passed, noTests), false, tally{1, 0, 0}, "", "q: no test"},
		{"package does not build", stream(pass, passed, buildOut, build), false, tally{1, 1, 0}, "1 failed", "r.go:3:1: syntax error"},
		{"package fails by itself", stream(pass, failed), false, tally{1, 1, 0}, "1 failed", "FAIL p"},
		{"nothing ran", "make: nothing\n", false, tally{}, "no test passed", "make: nothing"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var out strings.Builder
			c := newCounter(&out)
			if err := c.read(strings.NewReader(tc.in)); err != nil {
				t.Fatal(err)
			}
			wrong := c.verdict(tc.requireData)
			if c.total != tc.want {
				t.Errorf("got %v, want %v", c.total, tc.want)
			}
			if (wrong == "") != (tc.wrong == "") || !strings.Contains(wrong, tc.wrong) {
				t.Errorf("got verdict %q, want one with %q", wrong, tc.wrong)
			}
			if !strings.Contains(out.String(), tc.prints) {
				t.Errorf("got output %q, want it to hold %q", out.String(), tc.prints)
			}
		})
	}
}
