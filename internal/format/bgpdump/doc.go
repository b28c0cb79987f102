// Package bgpdump writes MRT records as the program bgpdump does with -m: one
// line for each route and each change of a session's state. Much software reads
// that form; where bgpdump prints something odd, so does this package, because
// equal bytes are its promise.
//
// A [Writer] is what to use. It prints what bgpdump 1.6.2 prints for the records
// that both understand; it also prints the batched tables of January 2000, which
// bgpdump does not read, in the form of the other tables.
package bgpdump
