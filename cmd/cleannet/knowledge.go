package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/data"
	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/domain/all"
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/registry/numbers"
	registryyaml "github.com/cleannet/cleannet/internal/registry/yaml"
)

// knowledge is the flags by which the user adds to, or replaces, what ships
// inside the binary.
type knowledge struct {
	registries []string
	numbersDB  string
	asOf       string
}

func (k *knowledge) flags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&k.registries, "registry", nil,
		"registry file or folder (YAML) to add to the built-in one; repeatable")
	cmd.Flags().StringVar(&k.numbersDB, "numbers", "",
		"table of Internet numbers made by cleannet db build, instead of the built-in one")
	cmd.Flags().StringVar(&k.asOf, "as-of", "", "date at which facts and rules are taken, YYYY-MM-DD (default today)")
}

// files returns what the flags name.
func (k *knowledge) files() []string { return append(slices.Clone(k.registries), k.numbersDB) }

// date returns the date to judge at.
func (k *knowledge) date() (entity.Date, error) {
	if k.asOf == "" {
		return entity.DateOf(time.Now()), nil
	}
	d, err := entity.ParseDate(k.asOf)
	if err != nil {
		return d, usage(fmt.Errorf("--as-of: %w", err))
	}
	return d, nil
}

// registry loads the built-in registry and the user's additions.
func (k *knowledge) registry() (*entity.Registry, error) {
	records, err := registryyaml.Load(data.Registry(), "registry")
	if err != nil {
		return nil, fmt.Errorf("built-in registry: %w", err)
	}
	for _, name := range k.registries {
		more, err := loadRegistry(name)
		if err != nil {
			return nil, usage(err)
		}
		records.Append(more)
	}
	table, err := k.numbers()
	if err != nil {
		return nil, err
	}
	reg, err := entity.New(records, table)
	if err != nil {
		return nil, usage(fmt.Errorf("registry:\n%w", err))
	}
	return reg, nil
}

// lexicon gives the identifiers of a registry to readers that ask for them.
type lexicon = func() (*evidence.Lexicon, error)

func lexiconOf(reg *entity.Registry) lexicon {
	return sync.OnceValues(func() (*evidence.Lexicon, error) { return reg.Lexicon(), nil })
}

// lexicon loads the registry when a reader asks. What the user added is loaded
// at once, because it may be wrong.
func (k *knowledge) lexicon() (lexicon, error) {
	if len(k.registries) > 0 || k.numbersDB != "" {
		reg, err := k.registry()
		return lexiconOf(reg), err
	}
	return sync.OnceValues(func() (*evidence.Lexicon, error) {
		reg, err := k.registry()
		if err != nil {
			return nil, err
		}
		return reg.Lexicon(), nil
	}), nil
}

func (k *knowledge) numbers() (*numbers.Table, error) {
	if k.numbersDB == "" {
		return numbers.Open(data.Numbers())
	}
	raw, err := readUserFile(k.numbersDB, maxNumbers)
	if err != nil {
		return nil, err
	}
	table, err := numbers.Open(raw)
	if err == nil {
		err = table.Verify()
	}
	if err != nil {
		return nil, exitCode{exitStale, fmt.Errorf("%q: %w", k.numbersDB, err)}
	}
	return table, nil
}

func loadRegistry(name string) (entity.Records, error) {
	info, err := os.Stat(name)
	if err != nil {
		return entity.Records{}, inputError(name, err)
	}
	if info.IsDir() {
		records, err := registryyaml.Load(os.DirFS(name), ".")
		if err != nil {
			return entity.Records{}, fmt.Errorf("%q: %w", name, err)
		}
		return records, nil
	}
	raw, err := readUserFile(name, maxDocument)
	if err != nil {
		return entity.Records{}, err
	}
	return registryyaml.LoadFile(name, raw)
}

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
		return "", nil, fmt.Errorf("no policy %q%s: it is neither a file nor one of %s",
			name, yamldoc.Suggest(name, slices.Values(ids)), strings.Join(ids, ", "))
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
