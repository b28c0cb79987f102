//go:build unix

package source

import "syscall"

// openNonblock keeps an open from waiting for the writer of a pipe that took
// the place of a regular file. Reads of regular files do not heed it.
const openNonblock = syscall.O_NONBLOCK
