// Package numbers is a compact table of who holds the Internet's number
// resources: AS number → holder's name and country, and address → the AS
// number that originates it, and the country that its block is registered in.
// It names the networks that no curated company claims; it judges nothing.
//
// [Open] reads a snapshot and answers through [entity.Numbers]; it is what
// most callers want. [Build] makes a snapshot from text files in the common
// published forms (see [Form]); [IPLocationDB] describes the files of the
// ip-location-db project, which the embedded snapshot is made of.
//
// # What it promises
//
// The same inputs give the same bytes. A snapshot that is cut, changed by one
// bit, or made by a later version of the format is refused by Open, with an
// error and never with wrong answers. An opened [Table] is immutable and safe
// for concurrent use. Each part (names, IPv4 ranges, IPv6 ranges) is unpacked
// when it is first asked for, so that asking for one holder's name stays
// cheap.
//
// # What it does not promise
//
// A table is as good as its inputs. It holds one origin for an address, so an
// address that several AS numbers originate shows one of them; it holds merged
// ranges and not the announced prefixes; and it is a state of one day. The
// country of an AS number is its registered country only where
// [entity.ASHolder.CountryBasis] says "registered".
//
// The embedded snapshot has more to confess, and its [Manifest] says it in
// Caveats: its origins are merged from routing, registration and commercial
// data; the project that publishes it has declared the release to contain
// incorrect data and asks users to move to its later releases; and its
// countries are those of address space. Do not rest an accusation on it alone.
//
// # Making the embedded snapshot again
//
// Fetch the packages @ip-location-db/asn and @ip-location-db/asn-country with
// npm pack, unpack them, name their folders in ASN_DIR and COUNTRY_DIR and the
// day they were fetched in RETRIEVED (YYYY-MM-DD), and run go generate here.
package numbers

//go:generate go run ./gen -asn $ASN_DIR -country $COUNTRY_DIR -retrieved $RETRIEVED -out ../../../data/numbers/snapshot.bin
