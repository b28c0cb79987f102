package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// caseFile is the file that a folder may hold to say how it is to be checked,
// so that `cleannet check FOLDER` needs no flags. Flags win over it.
const caseFile = "cleannet.yaml"

// applyCase reads the case file of the folder, if the arguments are one folder
// that has it, and returns the evidence to read instead of the folder.
func applyCase(args []string, policyName *string, k *knowledge) ([]string, error) {
	if len(args) != 1 {
		return args, nil
	}
	dir := args[0]
	file := filepath.Join(dir, caseFile)
	raw, err := readUserFile(file, maxDocument)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNotDir()) {
		return args, nil
	}
	if err != nil {
		return nil, err
	}
	doc, root, err := yamldoc.Parse(file, raw)
	if err != nil {
		return nil, usage(err)
	}
	m := root.Map("policy", "registry", "as_of", "evidence", "about")
	name := m.Need("policy").Text()
	registries := m.Get("registry").Texts()
	asOf := m.Get("as_of").Text()
	evidence := m.Need("evidence").Texts()
	if err := doc.Err(); err != nil {
		return nil, usage(err)
	}
	if _, err := entity.ParseDate(asOf); asOf != "" && err != nil {
		return nil, usagef("%q: as_of: %w", file, err)
	}
	if *policyName == "" {
		*policyName = name
		if local := filepath.Join(dir, name); fileExists(local) {
			*policyName = local
		}
	}
	for _, r := range registries {
		k.registries = append(k.registries, filepath.Join(dir, r))
	}
	if k.asOf == "" {
		k.asOf = asOf
	}
	inputs := make([]string, len(evidence))
	for i, e := range evidence {
		inputs[i] = filepath.Join(dir, e)
	}
	return inputs, nil
}

// caseIn returns the case file of the folder, if the arguments are one folder
// that has it.
func caseIn(args []string) []string {
	if len(args) != 1 {
		return nil
	}
	if file := filepath.Join(args[0], caseFile); fileExists(file) {
		return []string{file}
	}
	return nil
}

func fileExists(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
