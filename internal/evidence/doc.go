// Package evidence holds the nouns of what was seen, before anyone judges it.
//
// An [Observation] says that a kind of thing was seen: a list of identifiers,
// each in a role, with counts, times, attributes and a few exemplars. Equal
// observations fold into one. Observations of one input, together with what
// was read and what could not be, form a [Shard]; shards by input digest form
// a [Set], which is a file of its own (see [Set.Write]) and knows nothing of
// any policy.
//
// What it promises: merging sets is associative, commutative and idempotent
// per input digest; the same inputs give the same bytes, however they were
// split among workers or machines; every [ID] is normalised, so that equal
// things compare equal.
//
// Use [ParseID] to get an identifier, [NewShard] to collect, [ReadSet] to load.
package evidence
