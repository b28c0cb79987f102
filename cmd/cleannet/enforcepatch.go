package main

import (
	"fmt"

	"github.com/cleannet/cleannet/internal/enforce"
)

// patched returns the files, or what turns a running configuration into them.
// Where the device takes its filters as a whole file, the whole file is the
// change, and only the count of what differs is said.
func patched(s streams, target enforce.Target, files []enforce.File, against string) ([]enforce.File, error) {
	if against == "" {
		return files, nil
	}
	running, err := readUserFile(against, maxDocument)
	if err != nil {
		return nil, err
	}
	patcher, ok := target.(enforce.Patcher)
	if !ok {
		return nil, usagef("target %s loads its file whole and needs no patch: write it without --against, and compare with diff", target.Name())
	}
	patch, err := patcher.Patch(running, files)
	if err != nil {
		return nil, usagef("%q: %w", against, err)
	}
	if _, err := fmt.Fprintf(s.err, "%d added, %d removed, %d unchanged\n", patch.Added, patch.Removed, patch.Unchanged); err != nil {
		return nil, err
	}
	return []enforce.File{patch.File}, nil
}
