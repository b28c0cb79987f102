// Package decision is the record of what people found out about names: that a
// name is that of a company, or is not, with who says so, when and why. The
// record is a YAML document that people read and keep under version control;
// [Parse] reads one, and a later decision on the same pair replaces an earlier.
package decision
