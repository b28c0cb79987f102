package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/data"
	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/domain/all"
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
	"github.com/cleannet/cleannet/internal/policy"
)

// shippedPolicies returns the ids of the policies inside the binary, sorted.
func shippedPolicies() []string {
	names, err := fs.Glob(data.Policies(), "policies/*.yaml")
	if err != nil {
		return nil // the pattern is constant and valid
	}
	for i, n := range names {
		names[i] = strings.TrimSuffix(path.Base(n), ".yaml")
	}
	slices.Sort(names)
	return names
}

// policySource returns the document of a policy: a file of the user's if the
// name looks like one or exists, else a shipped one.
func policySource(name string) (file string, raw []byte, err error) {
	looksLikeFile := strings.ContainsRune(name, filepath.Separator) || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
	if !looksLikeFile {
		raw, err = fs.ReadFile(data.Policies(), "policies/"+name+".yaml")
		if err == nil {
			return "policies/" + name + ".yaml", raw, nil
		}
	}
	raw, err = readUserFile(name, maxDocument)
	if errors.Is(err, fs.ErrNotExist) {
		ids := shippedPolicies()
		if hint := yamldoc.Suggest(name, slices.Values(ids)); hint != "" {
			return "", nil, fmt.Errorf("no policy %q%s: see cleannet policy list", name, hint)
		}
		return "", nil, fmt.Errorf("no policy %q: it is neither a file nor one of %s", name, strings.Join(ids, ", "))
	}
	if err != nil {
		return "", nil, err
	}
	return name, raw, nil
}

// compilePolicy loads and checks a policy by name or file.
func compilePolicy(name string, reg *entity.Registry) (*policy.Policy, error) {
	file, raw, err := policySource(name)
	if err != nil {
		return nil, usage(err)
	}
	p, err := policy.Compile(file, raw, policy.Env{Registry: reg, Kinds: domain.Kinds(all.Domains())})
	if err != nil {
		return nil, usagef("invalid policy, %s to mend:\n%w", countOf(len(yamldoc.Problems(err)), "mistake"), err)
	}
	return p, nil
}

// countOf returns "1 mistake", "2 mistakes".
func countOf(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
