// Package policy turns a policy document into rules that a machine can judge
// by and a lawyer can read: which companies, under which authority, in which
// relation to whom, from when, unless what.
//
// [Compile] reads the YAML form and reports every mistake at once with its
// line, column and a suggestion. The result is immutable. The package knows no
// country and no company: those are the document's.
package policy
