package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/data"
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/registry/numbers"
	registryyaml "github.com/cleannet/cleannet/internal/registry/yaml"
)

// knowledge is the flags by which the user adds to, or replaces, what ships
// inside the binary, and says as of when and under which assumptions.
type knowledge struct {
	registries []string
	numbersDB  string
	data       dataFolder
	asOf       string
	asKnownAt  string
	assume     []string

	used  []finding.KnowledgeInfo // what registry read, for the record
	notes []string                // attributions that the licences of data ask for
}

func (k *knowledge) flags(cmd *cobra.Command) {
	k.fileFlags(cmd)
	cmd.Flags().StringVar(&k.asOf, "as-of", "", "date at which facts and rules are taken, YYYY-MM-DD (default today)")
	cmd.Flags().StringVar(&k.asKnownAt, "as-known-at", "", "use only what was known on this date, YYYY-MM-DD")
}

// assumeFlag is that of commands whose output says what was assumed. What
// enforces, or is kept for later, must not rest on a thought.
func (k *knowledge) assumeFlag(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&k.assume, "assume", nil,
		"assume a fact, as in 'acme owns harbor: 80%'; repeatable; the output says so")
}

// files returns what the flags name.
func (k *knowledge) files() []string { return append(slices.Clone(k.registries), k.numbersDB) }

// fileFlags are those that name files of company data.
func (k *knowledge) fileFlags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&k.registries, "registry", nil,
		"registry file or folder (YAML) to add to the built-in one, or a built one in its place; repeatable")
	cmd.Flags().StringVar(&k.numbersDB, "numbers", "",
		"table of Internet numbers made by cleannet db build, instead of the built-in one")
	k.data.flags(cmd)
}

// date returns the date to judge at.
func (k *knowledge) date() (entity.Date, error) {
	if k.asOf == "" {
		return entity.DateOf(time.Now()), nil
	}
	return dateFlag("--as-of", k.asOf)
}

// known returns the date of knowledge, zero for all there is.
func (k *knowledge) known() (entity.Date, error) {
	if k.asKnownAt == "" {
		return entity.Date{}, nil
	}
	return dateFlag("--as-known-at", k.asKnownAt)
}

func dateFlag(flag, text string) (entity.Date, error) {
	d, err := entity.ParseDate(text)
	if err != nil {
		return d, usage(fmt.Errorf("%s: %w", flag, err))
	}
	return d, nil
}

// registry loads what is known: the built-in registry, or a built one in its
// place, and the user's additions, as of the date of knowledge and under the
// assumptions.
func (k *knowledge) registry() (*entity.Registry, error) {
	k.used, k.notes = nil, nil
	known, err := k.known()
	if err != nil {
		return nil, err
	}
	on, err := k.date()
	if err != nil {
		return nil, err
	}
	folder, err := k.data.open(on)
	if err != nil {
		return nil, err
	}
	if folder != nil {
		k.used = append(k.used, folder.info)
		k.notes = folder.notes
	}
	base, more, err := k.records(folder)
	if err != nil {
		return nil, err
	}
	table, err := k.numbers(folder)
	if err != nil {
		return nil, err
	}
	reg, err := assemble(base, more, table)
	if err != nil {
		return nil, err
	}
	return assume(reg.KnownAt(known), k.assume)
}

// compile loads and checks a policy, as it was known at the date of knowledge.
func (k *knowledge) compile(name string, reg *entity.Registry) (*policy.Policy, error) {
	p, err := compilePolicy(name, reg)
	if err != nil {
		return nil, err
	}
	known, err := k.known()
	if err != nil {
		return nil, err
	}
	return policyKnownAt(p, known), nil
}

// assemble makes a registry of a built one, or of the one that ships, and of
// further records.
func assemble(base *built, more entity.Records, table *numbers.Table) (*entity.Registry, error) {
	if base != nil {
		reg, err := openSnapshot(base.raw, table, more)
		if err != nil {
			return nil, exitCode{base.exit, fmt.Errorf("%q: %w", base.name, err)}
		}
		return reg, nil
	}
	records, err := registryyaml.Load(data.Registry(), "registry")
	if err != nil {
		return nil, fmt.Errorf("built-in registry: %w", err)
	}
	records.Append(more)
	reg, err := entity.New(records, table)
	if err != nil {
		return nil, usage(fmt.Errorf("registry:\n%w", err))
	}
	return reg, nil
}

// built is a registry that cleannet db build made.
type built struct {
	name string
	raw  []byte
	exit int // code of an error in it
}

// records reads the user's registry files, and the built registry if one of
// them, or the data folder, has it.
func (k *knowledge) records(folder *dataContent) (base *built, more entity.Records, err error) {
	if folder != nil && folder.registry != nil {
		base = &built{k.data.dir, folder.registry, exitStale}
	}
	for _, name := range k.registries {
		records, snapshot, info, err := loadRegistry(name)
		if err != nil {
			return nil, more, usage(err)
		}
		k.used = append(k.used, info)
		if snapshot == nil {
			more.Append(records)
			continue
		}
		if base != nil {
			return nil, more, usagef("%q and %q are both built registries: give one, or build one of all their files", base.name, name)
		}
		base = &built{name, snapshot, exitUsage}
	}
	return base, more, nil
}

// numbers returns the table of Internet numbers: the one that the user names,
// else that of the data folder, else the built-in one.
func (k *knowledge) numbers(folder *dataContent) (*numbers.Table, error) {
	var raw []byte
	name := k.numbersDB
	switch {
	case name != "":
		var err error
		if raw, err = readUserFile(name, maxNumbers); err != nil {
			return nil, err
		}
		k.used = append(k.used, finding.KnowledgeInfo{Kind: finding.KnowledgeNumbers, Name: name, SHA256: digestOf(raw)})
	case folder != nil && folder.numbers != nil:
		name, raw = k.data.dir, folder.numbers
	default:
		return numbers.Open(data.Numbers())
	}
	table, err := numbers.Open(raw)
	if err == nil {
		err = table.Verify()
	}
	if err != nil {
		return nil, exitCode{exitStale, fmt.Errorf("%q: %w", name, err)}
	}
	return table, nil
}

// loadRegistry reads a file or folder of the user's: records, or a built
// registry as it is.
func loadRegistry(name string) (records entity.Records, snapshot []byte, info finding.KnowledgeInfo, err error) {
	info = finding.KnowledgeInfo{Kind: finding.KnowledgeRegistry, Name: name}
	stat, err := os.Stat(name)
	if err != nil {
		return records, nil, info, inputError(name, err)
	}
	if stat.IsDir() {
		folder := os.DirFS(name)
		if records, err = registryyaml.Load(folder, "."); err != nil {
			return records, nil, info, fmt.Errorf("%q: %w", name, err)
		}
		info.SHA256, err = digestFolder(folder)
		return records, nil, info, err
	}
	if raw, err := openBuilt(name); err != nil || raw != nil {
		info.SHA256 = entity.SnapshotDigest(raw)
		return records, raw, info, err
	}
	raw, err := readUserFile(name, maxDocument)
	if err != nil {
		return records, nil, info, err
	}
	info.SHA256 = digestOf(raw)
	records, err = registryyaml.LoadFile(name, raw)
	return records, nil, info, err
}

// errNoData is that of a data folder without anything to judge by.
var errNoData = errors.New("it holds neither a registry nor a table of numbers")
