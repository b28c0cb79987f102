package carrier

import "github.com/cleannet/cleannet/internal/evidence"

// Names of the kinds that are more, or less, than what paths show.
const (
	KindSession = "session"
	KindMeeting = "meeting"
	KindASPA    = "aspa"
)

// Roles and attributes of those kinds.
const (
	roleLocal    = "local"
	roleRemote   = "remote"
	roleCustomer = "customer"
	roleProvider = "provider"
	roleMember   = "member"
	roleFellow   = "fellow"

	attrAddresses    = "addresses"
	attrDescriptions = "descriptions"
	attrEnded        = "ended"
	attrEstablished  = "established"
	attrExchanges    = "exchanges"
	attrExpires      = "expires"
	attrProof        = "proof"
)

// What proves a session, as a value of attrProof.
const (
	proofBMP      = "BMP"
	proofMessages = "messages"
	proofConfig   = "configuration"
)

// sessionKind is a session that both or one of its ends testify.
func sessionKind() *evidence.Kind {
	return &evidence.Kind{
		Domain: Name, Name: KindSession,
		Doc: "Two networks that hold a BGP session: a log of its messages, what a router tells a BMP station, or the configuration of a router at one end proves it. " +
			"A configured session need not be up.",
		Phrase:   "{party} and {subject} have agreed on a BGP session",
		Confirms: KindAdjacency,
		Roles: []evidence.Role{
			{Name: roleLocal, Doc: "the network that testifies: its collector or router", Party: true},
			{Name: roleRemote, Doc: "the network at the far end", Party: true},
		},
		Attrs: []evidence.AttrSpec{
			{Key: attrAddresses, Op: evidence.OpSet, Doc: "addresses of the far end"},
			{Key: attrDescriptions, Op: evidence.OpSet, Doc: "what the configuration says about the neighbour"},
			{Key: attrEnded, Op: evidence.OpSum, Doc: "times that the session was said to have ended"},
			{Key: attrEstablished, Op: evidence.OpSum, Doc: "times that the session was seen to come up"},
			{Key: attrProof, Op: evidence.OpSet, Doc: "BMP, messages, configuration"},
		},
	}
}

// meetingKind is a chance to connect, and no more.
func meetingKind() *evidence.Kind {
	return &evidence.Kind{
		Domain: Name, Name: KindMeeting,
		Doc: "Two networks that are connected to the same Internet exchange, by a list of its members. " +
			"They can meet there; that they hold a session it does not say.",
		Phrase: "{party} and {subject} are at the same exchange",
		Roles: []evidence.Role{
			{Name: roleMember, Doc: "the network with the lower AS number", Party: true},
			{Name: roleFellow, Doc: "the other network", Party: true},
		},
		Attrs: []evidence.AttrSpec{{Key: attrExchanges, Op: evidence.OpSet, Doc: "names of the exchanges"}},
	}
}

// aspaKind is what a customer has signed.
func aspaKind() *evidence.Kind {
	return &evidence.Kind{
		Domain: Name, Name: KindASPA,
		Doc: "A network that has signed, in the RPKI, that another one is its provider. It is the best proof " +
			"of who buys transit from whom; that the provider is in use it does not say.",
		Phrase:   "{party} and {subject} are customer and provider by an ASPA",
		Confirms: KindAdjacency,
		Roles: []evidence.Role{
			{Name: roleCustomer, Doc: "the network that signed", Party: true},
			{Name: roleProvider, Doc: "the provider that it names", Party: true},
		},
		Attrs: []evidence.AttrSpec{{Key: attrExpires, Op: evidence.OpMax, Doc: "when the authorisation ends, seconds since 1970"}},
	}
}
