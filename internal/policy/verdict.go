package policy

// Verdict is the answer of a rule about one thing. The zero value is Unknown.
type Verdict uint8

// The verdicts. What is not proved is Unknown, never Clean.
const (
	Unknown   Verdict = iota
	Violation         // the rule is broken, with proof
	Pending           // a deadline or condition is not decided yet
	Excepted          // a waiver in force covers it
	Clean             // examined as far as the rule asks, and nothing found
)

// Verdicts returns the verdicts in order of precedence: the roll-up of several
// takes the first that occurs.
func Verdicts() []Verdict { return []Verdict{Violation, Unknown, Pending, Excepted, Clean} }

// String returns the word used in documents and reports.
func (v Verdict) String() string {
	switch v {
	case Violation:
		return "violation"
	case Pending:
		return "pending"
	case Excepted:
		return "excepted"
	case Clean:
		return "clean"
	}
	return "unknown"
}

// MarshalText implements encoding.TextMarshaler with the verdict's word.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads the verdict's word; any other word is Unknown, so that a
// reader of a newer report never takes a new verdict for clean.
func (v *Verdict) UnmarshalText(b []byte) error {
	*v = Unknown
	for _, w := range Verdicts() {
		if w.String() == string(b) {
			*v = w
		}
	}
	return nil
}

// Effect is what an entry asks for where it applies.
type Effect string

// The effects.
const (
	Prohibit Effect = "prohibit"
	Restrict Effect = "restrict"
	Review   Effect = "review"
)

// Severity orders findings for people.
type Severity string

// The severities, from worst to least.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)
