// Package delimited reads tables of text: values parted by commas, semicolons,
// tabs or bars (RFC 4180 and what spreadsheets write), in UTF-8 or UTF-16.
//
// It finds out the encoding and the delimiter, hands out one row at a time with
// the bytes that it was read from, and goes on after a row that is broken. Start
// with [NewReader]; a [Writer] of the reader's [Format] writes rows back with
// columns added, the rest as it was.
package delimited
