package trust

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Problem is why a folder, one of its files, a pinned root or the memory of
// what was seen is not trusted. No data of it must be used.
type Problem struct {
	File string // as the reader of the message would find it
	What string // is wrong
	Next string // step of the user
	Err  error  // behind it, nil if none
}

// Error writes all three parts.
func (p *Problem) Error() string { return fmt.Sprintf("%q: %s: %s", p.File, p.What, p.Next) }

// Unwrap returns the error behind the problem.
func (p *Problem) Unwrap() error { return p.Err }

// The next steps that more than one problem has.
const (
	nextCopy    = "copy the whole folder again from its publisher"
	nextNewer   = "get the newest folder from its publisher"
	nextTamper  = "do not use the folder, and ask its publisher"
	nextRenew   = "get a newer folder, or ask its publisher to renew it with: cleannet db renew"
	nextRotate  = "get a newer folder, or ask its publisher for a new root: cleannet db rotate"
	nextPin     = "pin the root file of this folder's publisher, got on a way that you trust"
	nextLimits  = "do not use the folder: no publisher's tool writes such a file"
	nextMissing = "give a private key that the root names for it"
)

// reasonOf takes operation and path off an error of the file system: the
// message names the file already.
func reasonOf(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}
