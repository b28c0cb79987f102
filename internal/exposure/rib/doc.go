// Package rib holds the routing tables of many peers in a form in which all of
// them can be weighed at once: prefixes, distinct paths and networks are
// numbered, and a route is a peer and the number of a path.
//
// A [Builder] reads MRT input (RFC 6396), several files if need be;
// [Builder.Table] then gives the [Table], which is immutable. Everything in a
// table stands in an order that depends on what was read and not on the number
// of workers: peers by AS number and address, networks by AS number, prefixes by
// address and length. Only the numbers of paths differ from run to run, so a
// result must not depend on their order.
//
// Memory is some 8 bytes a route and 50 bytes a distinct path, and [Limits]
// bound both.
package rib
