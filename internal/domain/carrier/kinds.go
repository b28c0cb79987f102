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

	attrAddresses    = "addresses"
	attrDescriptions = "descriptions"
	attrEnded        = "ended"
	attrEstablished  = "established"
	attrExchanges    = "exchanges"
	attrProof        = "proof"
	attrSessions     = "sessions"
)

// What proves a session, as a value of attrProof.
const (
	proofBMP      = "BMP"
	proofConfig   = "configuration"
	proofMessages = "messages"
)

// sessionKind is a session that both or one of its ends testify.
func sessionKind() *evidence.Kind {
	return &evidence.Kind{
		Domain: Name, Name: KindSession,
		Doc: "Two networks that hold a BGP session: its messages, what a router at one end tells a BMP station, or that router's " +
			"configuration proves it. Unlike an adjacency it is not inferred; a session that is only configured need not be up.",
		Phrase: "{party} and {subject} hold a BGP session",
		Roles: []evidence.Role{
			{Name: roleLocal, Doc: "the network that testifies: its collector or router", Party: true},
			{Name: roleRemote, Doc: "the network at the far end", Party: true},
		},
		Attrs: []evidence.AttrSpec{
			{Key: attrAddresses, Op: evidence.OpSet, Doc: "addresses of the far end"},
			{Key: attrDescriptions, Op: evidence.OpSet, Doc: "what the configuration says about the neighbour"},
			{Key: attrEnded, Op: evidence.OpSum, Doc: "times that a session was said to have ended"},
			{Key: attrEstablished, Op: evidence.OpSum, Doc: "times that the session was seen to come up"},
			{Key: attrProof, Op: evidence.OpSet, Doc: "what proves it: BMP, configuration, messages"},
			{Key: attrSessions, Op: evidence.OpDistinct, Doc: "different sessions: pairs of addresses, the testifying end first"},
		},
	}
}
