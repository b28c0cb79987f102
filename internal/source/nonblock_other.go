//go:build !unix

package source

// openNonblock is nothing where opening never waits for another process.
const openNonblock = 0
