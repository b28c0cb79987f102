package main

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// runJSON runs a command line in this process and returns the messages that it
// prints, each as its one key and what stands under it.
func runJSON(t *testing.T, wantCode int, args ...string) (keys []string, bodies []map[string]any) {
	t.Helper()
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	var out, problems bytes.Buffer
	code := execute(t.Context(), args, streams{in: strings.NewReader(""), out: &out, err: &problems})
	if code != wantCode {
		t.Fatalf("%q: exit code %d, want %d: %s", args, code, wantCode, &problems)
	}
	for line := range bytes.Lines(out.Bytes()) {
		var message map[string]map[string]any
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		if err := d.Decode(&message); err != nil {
			t.Fatalf("%v: %.200s", err, line)
		}
		if len(message) != 1 {
			t.Fatalf("%d keys in a message, want one: %.200s", len(message), line)
		}
		for key, body := range message {
			keys, bodies = append(keys, key), append(bodies, body)
		}
	}
	return keys, bodies
}

// TestCollectContract holds the observations that collect prints against the
// contract: one message a line, with these fields.
func TestCollectContract(t *testing.T) {
	keys, observations := runJSON(t, exitOK, "collect", "../../examples/harbor", "--format", "json")
	if got := slices.Compact(keys); !slices.Equal(got, []string{"observation"}) {
		t.Fatalf("messages %q, want observations only", got)
	}
	kinds := map[string]int{}
	for _, o := range observations {
		allowed := []string{"attrs", "count", "domain", "first", "kind", "last", "refs", "subjects"}
		for _, key := range slices.Sorted(maps.Keys(o)) {
			if !slices.Contains(allowed, key) {
				t.Errorf("field %q is not of the contract", key)
			}
		}
		if o["domain"] != "carrier" || !positive(o["count"]) {
			t.Errorf("domain %v, count %v", o["domain"], o["count"])
		}
		kind, _ := o["kind"].(string)
		kinds[kind]++
		var roles []string
		for _, s := range o["subjects"].([]any) {
			subject := s.(map[string]any)
			roles = append(roles, subject["role"].(string))
			if id := subject["id"].(string); !strings.Contains(id, ":") {
				t.Errorf("identifier %q: want scheme:value", id)
			}
			if len(subject) != 2 {
				t.Errorf("subject %v: want role and id", subject)
			}
		}
		if kind == "adjacency" {
			if diff := cmp.Diff([]string{"near", "far"}, roles); diff != "" {
				t.Errorf("roles (-want +got):\n%s", diff)
			}
			attrs := o["attrs"].(map[string]any)
			for _, key := range []string{"peers", "peer_ases"} {
				if _, ok := attrs[key].(json.Number); !ok {
					t.Errorf("attribute %q is %v, want a number", key, attrs[key])
				}
			}
		}
		checkRefs(t, o["refs"])
	}
	for _, kind := range []string{"adjacency", "origin", "transit"} {
		if kinds[kind] == 0 {
			t.Errorf("no observation of the kind %s", kind)
		}
	}
}

func positive(v any) bool {
	n, ok := v.(json.Number)
	return ok && !strings.HasPrefix(n.String(), "-") && n != "0"
}

// checkRefs wants places in inputs that are named by their digest.
func checkRefs(t *testing.T, v any) {
	t.Helper()
	digest := regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	refs, _ := v.([]any)
	if len(refs) == 0 {
		t.Error("an observation without a place")
	}
	for _, r := range refs {
		ref := r.(map[string]any)
		input, _ := ref["input"].(string)
		if !digest.MatchString(input) {
			t.Errorf("input %q: want sha256:…", input)
		}
		for _, key := range []string{"offset", "length"} {
			if _, ok := ref[key].(json.Number); !ok {
				t.Errorf("%s is %v, want a number", key, ref[key])
			}
		}
	}
}

// TestRunContract wants run first, coverage last, and findings before problems.
func TestRunContract(t *testing.T) {
	keys, bodies := runJSON(t, exitViolation, "check", "../../examples/harbor/evidence", "missing.mrt",
		"--registry", "../../examples/harbor/registry.yaml", "--as-of", "2020-08-05", "--format", "json")
	want := []string{"run", "finding", "problem", "coverage"}
	if diff := cmp.Diff(want, slices.Compact(slices.Clone(keys))); diff != "" {
		t.Errorf("order of messages (-want +got):\n%s", diff)
	}
	for _, key := range []string{"tool", "version", "policy", "registry", "as_of", "knowledge", "evidence", "started", "inputs", "data_notes"} {
		if _, ok := bodies[0][key]; !ok {
			t.Errorf("the run lacks %q, which replay or its reader needs", key)
		}
	}
	if p, _ := bodies[0]["policy"].(map[string]any); p["file"] != defaultPolicy {
		t.Errorf("the run's policy is named %v, want %s", p["file"], defaultPolicy)
	}
	seen := map[string]bool{}
	for i, body := range bodies {
		if keys[i] != "finding" {
			continue
		}
		for _, key := range []string{"id", "domain", "relation", "verdict", "effect", "severity", "policy", "entry", "reason", "chain"} {
			if _, ok := body[key]; !ok {
				t.Errorf("finding %v lacks %q", body["id"], key)
			}
		}
		id, _ := body["id"].(string)
		if seen[id] {
			t.Errorf("two findings have the id %s", id)
		}
		seen[id] = true
	}
}

// TestInterruptedBefore starts with a context that has ended.
func TestInterruptedBefore(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, problems bytes.Buffer
	code := execute(ctx, []string{"check", "../../examples/harbor"}, streams{in: strings.NewReader(""), out: &out, err: &problems})
	if code != exitInterrupted || out.Len() > 0 || !strings.Contains(problems.String(), "no output was written") {
		t.Errorf("exit code %d, %d bytes of output, %q", code, out.Len(), &problems)
	}
}
