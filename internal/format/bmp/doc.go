// Package bmp reads the BGP Monitoring Protocol: what a router tells a station
// about its BGP sessions and the routes on them. It knows RFC 7854 (routes before
// and after policy), RFC 8671 (routes sent to a peer) and RFC 9069 (the router's
// own table), in version 3, and version 4 of draft-ietf-grow-bmp-tlv, in which
// everything stands in TLVs.
//
// # Promises
//
//   - Every byte of a stream is part of a [Message] or of a [Gap] that is
//     reported with its place and size.
//   - A message whose body is malformed is still a message: headers and bodies
//     are judged apart.
//   - Input is hostile: every length is checked and memory is bounded by the
//     largest message that the [Framer] takes.
//
// # What to use first
//
// A [Framer] splits a stream into messages as it arrives; [NewPeer],
// [ParsePeerUp] and their siblings read the bodies:
//
//	var f bmp.Framer
//	f.Write(data)
//	for {
//		m, err := f.Next()
//		if err == bmp.ErrShort {
//			break // until more data comes
//		}
//		...
//	}
//
// The BGP messages inside are left as they stand, for package bgp.
package bmp
