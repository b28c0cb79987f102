// Package exposure measures how much of the address space of a country or a
// network is reached through networks that a policy bars, at which place of the
// path, and what would be lost if these were cut. It measures and judges
// nothing: a figure is no finding.
//
// [NewRoll] works out who is untrusted, by the rules of package judge. [New]
// goes over a routing table (package rib) once, and the [Measure] then answers:
// [Measure.Rows] for every country, [Measure.Detail] for one country or some
// networks. docs/adr/0013-exposure.md defines every figure.
//
// What is not known stays a figure of its own: a path with a network that no
// company is known to hold is neither untrusted nor cleared.
//
// The packages below: rib reads tables, hegemony and influence weigh networks,
// relationship infers who buys transit from whom, picture draws.
package exposure
