// Package mrtfile writes real MRT routing tables from Go values, for tests and
// for the generators of example evidence. What it writes is read by bgpdump
// and by any other reader of RFC 6396.
//
// A [Table] is the state of a route collector: its peers and the routes that
// they announced. [Table.WriteV2] writes it as TABLE_DUMP_V2, the form of
// today; [Table.WriteV1] as TABLE_DUMP, the form before 2009, with AS numbers
// of two bytes:
//
//	table := mrtfile.Table{
//		Time:      time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC),
//		Collector: netip.MustParseAddr("192.0.2.1"),
//		Peers: []mrtfile.Peer{
//			{Addr: netip.MustParseAddr("192.0.2.2"), ASN: 64496},
//		},
//		Routes: []mrtfile.Route{{
//			Prefix:  netip.MustParsePrefix("198.51.100.0/24"),
//			Peer:    0,
//			Path:    mrtfile.MustPath("64496 64497 {64498,64499}"),
//			NextHop: netip.MustParseAddr("192.0.2.2"),
//		}},
//	}
//	err := table.WriteV2(w)
//
// The bytes depend on the values only. The Append functions write single
// records, for input that no sound writer would produce.
//
// The package shares no code with the reader, so that each checks the other.
package mrtfile
