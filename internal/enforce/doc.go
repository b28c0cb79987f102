// Package enforce turns a policy into what must be cut, and defines what
// writes that for a real device.
//
// [NewPlan] joins a policy and a registry at a date, and optionally the
// findings of a run, into a [Plan]: one [Item] for each identifier that must
// be cut, with the entry, the authority and the company it rests on. A
// [Target] is a pure function from a plan to files for one sort of device.
//
// Two promises hold for every target, and package enforcetest checks them.
// What the plan cuts is cut with the id of its item beside it. What the plan
// does not cut although the policy speaks of it (companies whose control is
// undecided, exceptions in force, entries that are not in force) stands in the
// file as a comment: nothing is silently cut, and nothing is silently left.
package enforce
