package mrt

import (
	"encoding/binary"
	"fmt"
	"time"
)

// headerSize is the length of the common header of all records in bytes
// (RFC 6396 section 2): time, type, subtype, length.
const headerSize = 12

// Type is the type of a record (RFC 6396 section 4 and appendix B).
type Type uint16

// Types that occur in routing archives. TypeBGP is deprecated; collectors
// wrote it until about 2001.
const (
	TypeBGP         Type = 5
	TypeOSPFv2      Type = 11
	TypeTableDump   Type = 12
	TypeTableDumpV2 Type = 13
	TypeBGP4MP      Type = 16
	TypeBGP4MPET    Type = 17 // BGP4MP with microseconds
	TypeISIS        Type = 32
	TypeISISET      Type = 33
	TypeOSPFv3      Type = 48
	TypeOSPFv3ET    Type = 49
)

// Subtypes of TABLE_DUMP are address families (RFC 6396 section 4.2).
const (
	TableDumpIPv4 uint16 = 1
	TableDumpIPv6 uint16 = 2
)

// Subtypes of TABLE_DUMP_V2 (RFC 6396 section 4.3, RFC 6397 section 2,
// RFC 8050 section 4).
const (
	PeerIndexTable          uint16 = 1
	RIBIPv4Unicast          uint16 = 2
	RIBIPv4Multicast        uint16 = 3
	RIBIPv6Unicast          uint16 = 4
	RIBIPv6Multicast        uint16 = 5
	RIBGeneric              uint16 = 6
	GeoPeerTable            uint16 = 7
	RIBIPv4UnicastAddPath   uint16 = 8
	RIBIPv4MulticastAddPath uint16 = 9
	RIBIPv6UnicastAddPath   uint16 = 10
	RIBIPv6MulticastAddPath uint16 = 11
	RIBGenericAddPath       uint16 = 12
)

// String returns the name that the RFCs give the type, or "type N".
func (t Type) String() string {
	switch t {
	case TypeBGP:
		return "BGP"
	case TypeOSPFv2:
		return "OSPFv2"
	case TypeTableDump:
		return "TABLE_DUMP"
	case TypeTableDumpV2:
		return "TABLE_DUMP_V2"
	case TypeBGP4MP:
		return "BGP4MP"
	case TypeBGP4MPET:
		return "BGP4MP_ET"
	case TypeISIS:
		return "ISIS"
	case TypeISISET:
		return "ISIS_ET"
	case TypeOSPFv3:
		return "OSPFv3"
	case TypeOSPFv3ET:
		return "OSPFv3_ET"
	}
	return fmt.Sprintf("type %d", uint16(t))
}

// Record is one MRT record: its header and its body as it stands.
//
// Body shares memory with the chunk that the record came from, and is valid as
// long as that chunk is; see [Chunk.Release] and [Scanner.Next]. A Record may
// be copied.
type Record struct {
	Offset  int64  // of the header in the input, in bytes
	Time    uint32 // seconds since 1970, UTC
	Type    Type
	Subtype uint16
	Body    []byte // everything after the header
	// Peers is the latest PEER_INDEX_TABLE at or before this record, nil if
	// there is none. TABLE_DUMP_V2 entries name their peer by its number there.
	Peers *PeerTable

	// batched marks a TABLE_DUMP record that holds many entries, see batchedAt.
	batched bool
}

// Name returns type and subtype in words, for example
// "TABLE_DUMP_V2/RIB_IPV4_UNICAST".
func (r Record) Name() string {
	if name := subtypeName(r.Type, r.Subtype); name != "" {
		return r.Type.String() + "/" + name
	}
	return fmt.Sprintf("%s/%d", r.Type, r.Subtype)
}

// Timestamp returns the time of the record in UTC. The extended types carry
// microseconds at the start of their body (RFC 6396 section 3); a count of a
// second or more there is ignored.
func (r Record) Timestamp() time.Time {
	var micros uint32
	switch r.Type {
	case TypeBGP4MPET, TypeISISET, TypeOSPFv3ET:
		if len(r.Body) >= 4 {
			micros = binary.BigEndian.Uint32(r.Body)
		}
		if micros >= 1_000_000 {
			micros = 0
		}
	}
	return time.Unix(int64(r.Time), int64(micros)*1000).UTC()
}

// subtypeName returns the name that the RFCs give the subtype, "" if none.
func subtypeName(t Type, subtype uint16) string {
	var names []string
	switch t {
	case TypeBGP:
		names = []string{"NULL", "UPDATE", "PREF_UPDATE", "STATE_CHANGE", "SYNC", "OPEN", "NOTIFY", "KEEPALIVE"}
	case TypeTableDump:
		names = []string{"", "AFI_IPv4", "AFI_IPv6"}
	case TypeTableDumpV2:
		names = []string{"", "PEER_INDEX_TABLE", "RIB_IPV4_UNICAST", "RIB_IPV4_MULTICAST",
			"RIB_IPV6_UNICAST", "RIB_IPV6_MULTICAST", "RIB_GENERIC", "GEO_PEER_TABLE",
			"RIB_IPV4_UNICAST_ADDPATH", "RIB_IPV4_MULTICAST_ADDPATH", "RIB_IPV6_UNICAST_ADDPATH",
			"RIB_IPV6_MULTICAST_ADDPATH", "RIB_GENERIC_ADDPATH"}
	case TypeBGP4MP, TypeBGP4MPET:
		names = []string{"STATE_CHANGE", "MESSAGE", "ENTRY", "SNAPSHOT", "MESSAGE_AS4", "STATE_CHANGE_AS4",
			"MESSAGE_LOCAL", "MESSAGE_AS4_LOCAL", "MESSAGE_ADDPATH", "MESSAGE_AS4_ADDPATH",
			"MESSAGE_LOCAL_ADDPATH", "MESSAGE_AS4_LOCAL_ADDPATH"}
	}
	if int(subtype) < len(names) {
		return names[subtype]
	}
	return ""
}
