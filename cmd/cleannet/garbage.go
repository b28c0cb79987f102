package main

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
)

// spareGarbage is how much memory a command may take, in bytes, before garbage
// is collected for the first time.
const spareGarbage = 128 << 20

// collectLate puts off the collection of garbage: most commands end before they
// have made any that matters, and the cycles of a small growing heap take a
// twentieth of their time. After the first cycle all is as usual. A user who has
// set GOGC or GOMEMLIMIT is obeyed.
func collectLate() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	percent := debug.SetGCPercent(-1)
	debug.SetMemoryLimit(spareGarbage)
	sentinel := new([16]byte)
	runtime.AddCleanup(sentinel, func(percent int) {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(math.MaxInt64)
	}, percent)
}
