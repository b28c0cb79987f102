// Package mrt reads MRT routing data: the dumps that route collectors and
// routers write of their BGP tables and messages (RFC 6396, with the
// additional paths of RFC 8050).
//
// It decodes the routing tables, TABLE_DUMP (type 12, with the batched form
// that some collectors wrote in January 2000) and TABLE_DUMP_V2 (type 13), and
// the logs of messages and of sessions' states, BGP (type 5, deprecated), BGP4MP
// (type 16) and BGP4MP_ET (type 17); what their messages say is for package bgp.
// All other types come out as records with their body undecoded.
//
// # Promises
//
//   - Every byte of the input is accounted for: it is part of a [Record], or
//     of a [Gap] that is reported with its offset and size, or the input ends
//     with an error. Nothing is skipped in silence.
//   - Walking entries, attributes and AS paths does not allocate.
//   - Input is hostile: every length is checked, memory is bounded by
//     [Limits], and no input makes the package panic.
//   - The result does not depend on how the reader hands out the bytes, nor on
//     the size of chunks.
//
// # What to use first
//
// A [Scanner] splits the input into chunks of whole records; [Entries] walks
// the routing table entries of a record; [Attributes] finds the path
// attributes of an entry; [Path] decodes its AS path:
//
//	scanner := mrt.NewScanner(r, mrt.Limits{})
//	var entries mrt.Entries
//	var attrs mrt.Attributes
//	var path mrt.Path
//	for {
//		chunk, err := scanner.NextChunk()
//		if err == io.EOF {
//			break
//		} else if err != nil {
//			return err
//		}
//		for record := range chunk.Records() {
//			entries.Reset(record)
//			for entries.Next() {
//				entry := entries.Entry()
//				if err := attrs.Parse(entry.Attrs); err != nil {
//					... // this entry only
//				}
//				if err := path.Decode(attrs.RawPath(entry.AS4)); err != nil {
//					... // this entry only
//				}
//			}
//			if err := entries.Err(); err != nil {
//				... // this record only
//			}
//		}
//		for _, gap := range chunk.Gaps() {
//			... // bytes that hold no record
//		}
//		chunk.Release()
//	}
//
// A [Message] decodes a record of a message or of a change of state.
//
// Chunks are independent of each other and of the scanner, so they may be
// decoded on several goroutines. [Scanner.Next] is the simpler way, record by
// record on one goroutine.
//
// The input must be decompressed; the package opens no files.
package mrt
