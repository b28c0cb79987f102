// Package pcap reads captured packets and puts the TCP streams in them together
// again: pcap files with micro- and nanoseconds, pcapng files, and the link
// layers under which BGP and BMP are captured.
//
// # Promises
//
//   - What is missing is said: a cut packet, a stretch of a stream that nobody
//     captured, a stream too many to follow. Nothing is glued over a hole in
//     silence.
//   - Input is hostile: every length is checked, and memory is bounded by
//     [Limits] whatever the packets say.
//   - The result depends on the bytes alone.
//
// # What to use first
//
// A [Reader] yields packets, [ParseSegment] finds the TCP segment in one, and an
// [Assembler] hands out the bytes of each direction of each connection in order:
//
//	r := pcap.NewReader(file, pcap.Limits{})
//	var a pcap.Assembler
//	for {
//		packet, err := r.Next()
//		if err == io.EOF {
//			break
//		} else if err != nil {
//			return err // what was read so far holds
//		}
//		segment, err := pcap.ParseSegment(packet)
//		if err != nil {
//			continue // no TCP
//		}
//		a.Add(&segment, use)
//	}
//	a.Flush(use)
//
// The formats are described in draft-ietf-opsawg-pcap and
// draft-ietf-opsawg-pcapng; TCP in RFC 9293.
package pcap
