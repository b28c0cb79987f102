// Package trust keeps data files in a folder that proves where they are from
// and that they are the newest: a repository of The Update Framework
// (theupdateframework.github.io/specification, version 1.0), read from disk
// only. It opens no connection.
//
// [Open] is the way in for a reader: from a pinned root file it follows the
// chain of roots in the folder, then timestamp, snapshot and targets, and gives
// a [Snapshot] whose files are checked when they are read. It refuses bad or
// too few signatures, expired metadata (a frozen folder), versions older than
// those seen before (a rolled back folder, or clock), files of different
// versions mixed, and any changed byte. Each refusal is a [*Problem] that names
// the file and the next step.
//
// [Init], [Add], [Renew], [Rotate] and [Sign] write such a folder. What a
// reader may see appears last and by renaming, so that readers need no lock:
// each sees the folder of before or of after.
//
// A folder is laid out so, N being a version and HASH a SHA-256:
//
//	N.root.json       who may sign; the chain begins with the pinned one
//	timestamp.json    names the newest snapshot
//	N.snapshot.json   names the newest targets
//	N.targets.json    names the files, each with its [Manifest]
//	targets/HASH.NAME the files
//	staged.root.json  a root that still lacks signatures
//
// Metadata must stand exactly as this package writes it, byte for byte: what a
// lenient parser would pass over (blanks, unknown keys, repeated keys) is where
// two readers of one file can differ.
package trust
