package entity_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/testkit"
)

// ownershipCase is a case of registry/ownership_cases.json.
type ownershipCase struct {
	ID               string      `json:"id"`
	Listed           []string    `json:"listed"`
	Threshold        json.Number `json:"threshold"`
	Cmp              string      `json:"cmp"`
	Edges            [][3]any    `json:"edges"`
	Must             []string    `json:"must"`
	May              []string    `json:"may"`
	Closed           []string    `json:"closed"`
	CountUndisclosed bool        `json:"count_undisclosed"`
	Expect           string      `json:"expect"`
}

// rangeText turns a share of the file into the text that ParseRange reads.
func rangeText(t *testing.T, v any) string {
	t.Helper()
	switch v := v.(type) {
	case json.Number:
		return v.String()
	case string:
		return v
	case map[string]any:
		open, low, high, closing := "[", "0", "100", "]"
		for key, bound := range v {
			switch text := fmt.Sprint(bound); key {
			case "ge":
				low = text
			case "gt":
				open, low = "(", text
			case "le":
				high = text
			case "lt":
				high, closing = text, ")"
			}
		}
		return open + low + "," + high + closing
	}
	t.Fatalf("share %v is neither a number nor a range", v)
	return ""
}

func TestOwnershipCases(t *testing.T) {
	file, err := os.Open(testkit.Data(t, "registry/ownership_cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var cases struct{ Cases []ownershipCase }
	dec := json.NewDecoder(file)
	dec.UseNumber()
	if err := dec.Decode(&cases); err != nil || len(cases.Cases) < 20 {
		t.Fatalf("%d cases, %v", len(cases.Cases), err)
	}
	for _, c := range cases.Cases {
		t.Run(c.ID, func(t *testing.T) { checkCase(t, c) })
	}
}

func checkCase(t *testing.T, c ownershipCase) {
	slug := strings.ToLower
	names := map[string]bool{}
	for _, s := range c.Listed {
		names[slug(s)] = true
	}
	records := entity.Records{Sources: []entity.Source{{ID: "s"}}}
	for _, e := range c.Edges {
		owner, asset := slug(e[0].(string)), slug(e[1].(string))
		names[owner], names[asset] = true, true
		share, err := entity.ParseRange(rangeText(t, e[2]))
		if err != nil {
			t.Fatal(err)
		}
		records.Edges = append(records.Edges, owns(owner, asset, share.Lo, share.Hi))
	}
	for name := range names {
		complete := slices.Contains(c.Closed, strings.ToUpper(name))
		records.Companies = append(records.Companies, entity.Company{Slug: name, Source: "s", OwnersComplete: complete})
	}
	r, err := entity.New(records, nil)
	if c.Expect == "error:shares-over-100" {
		if err == nil || !strings.Contains(err.Error(), "more than the whole: correct the shares") || strings.Contains(err.Error(), "in always") {
			t.Errorf("got %v, want an error about more than the whole", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	threshold, err := entity.ParseRange(c.Threshold.String())
	if err != nil {
		t.Fatal(err)
	}
	rule := entity.ControlRule{
		Method: entity.MethodCascade, Threshold: threshold.Lo, Strict: c.Cmp == ">", CountUndisclosed: c.CountUndisclosed,
	}
	var seeds []string
	for _, s := range c.Listed {
		seeds = append(seeds, slug(s))
	}
	control := r.Control(rule, seeds, entity.Date{})
	must, may := []string{}, []string{}
	for _, name := range slices.Sorted(mapKeys(names)) {
		if control.Listed(name) {
			continue
		}
		switch control.State(name) {
		case entity.In:
			must = append(must, strings.ToUpper(name))
			fallthrough
		case entity.Unknown:
			may = append(may, strings.ToUpper(name))
		}
	}
	if diff := cmp.Diff([][]string{c.Must, c.May}, [][]string{must, may}); diff != "" {
		t.Errorf("must and may (-want +got):\n%s", diff)
	}
}

func mapKeys(m map[string]bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
