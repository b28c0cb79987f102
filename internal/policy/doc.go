// Package policy turns a policy document into rules that a machine can judge
// by and a lawyer can read: which companies, under which authority, in which
// relation to whom, from when, unless what.
//
// [Compile] reads the YAML form and reports every mistake at once with its
// line, column and a suggestion. The result is immutable. The package knows no
// country and no company: those are the document's.
//
// Dates decide nothing by themselves: [Entry.State], [Unless.Status] and
// [Exception.InForce] answer for the date that they are asked about, so that
// yesterday's verdict can be derived again. A [Condition] is three-valued.
package policy
