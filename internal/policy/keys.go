package policy

// keysOf lists the keys that an object of the document may have, in the order
// in which people write them. It is the one place that names them: the
// compiler reads by it, and a test holds docs/schema/policy.schema.json
// against it in both directions.
func keysOf(object string) []string {
	switch object {
	case "document":
		return []string{"policy", "version", "title", "issuer", "jurisdiction", "published", "withdrawn",
			"summary", "unconfirmed", "authorities", "control", "groups", "defaults", "entries", "exceptions", "tests"}
	case "authority":
		return []string{"id", "title", "url", "date", "retrieved", "note"}
	case "control":
		return []string{"id", "method", "threshold", "compare", "aggregate", "interests", "count_undisclosed",
			"reach", "on_unknown", "note"}
	case "defaults":
		return []string{"effect", "severity", "control"}
	case "entry":
		return []string{"id", "title", "authority", "citation", "domain", "known", "withdrawn",
			"select", "all_but", "control", "relations", "protects", "in_force", "suspended",
			"requires", "uses", "when", "also", "phases", "except", "unless", "awaits",
			"effect", "severity", "remedy", "unconfirmed"}
	case "select":
		return []string{"companies", "groups", "countries", "headquarters", "lists", "tags", "state_owned",
			"identifiers", "product_class", "produced_in", "produced_outside"}
	case "all_but":
		return []string{"companies", "groups"}
	case "relation":
		return []string{"roles"}
	case "protects":
		return []string{"countries", "companies", "identifiers"}
	case "interval":
		return []string{"from", "to", "end", "known"}
	case "known":
		return []string{"from", "to"}
	case "suspension":
		return []string{"from", "to", "reason", "known"}
	case "also":
		return []string{"relation", "on", "as", "when"}
	case "phase":
		return []string{"id", "title", "due", "where", "at_most", "known"}
	case "except":
		return []string{"id", "title", "where", "from", "until", "known"}
	case "unless":
		return []string{"event", "by", "determinations"}
	case "determination":
		return []string{"outcome", "date", "until", "by", "document", "url", "known"}
	case "exception":
		return []string{"id", "who", "approved_by", "authority", "reason", "conditions", "when", "from", "expires",
			"known", "entries", "companies", "identifiers"}
	case "test":
		return []string{"name", "as_of", "as_known_at", "observations", "expect"}
	case "observation": // and one key for each role of the kind
		return []string{"kind", "thing", "count", "first", "last", "attrs"}
	case "expectation":
		return []string{"entry", "company", "subject", "suppose", "state", "due", "verdict", "none"}
	}
	return nil
}

// objects lists the objects of a document, for [keysOf].
func objects() []string {
	return []string{"document", "authority", "control", "defaults", "entry", "select", "all_but", "relation",
		"protects", "interval", "known", "suspension", "also", "phase", "except", "unless", "determination",
		"exception", "test",
		"observation", "expectation"}
}

// Domains returns the words that an entry's domain may be.
func Domains() []string { return []string{"carrier", "store", "apps", "cloud", "cable"} }

// Effects returns what an entry may ask for, strictest first.
func Effects() []Effect { return []Effect{Prohibit, Restrict, Review} }

// Severities returns the severities, from worst to least.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low} }
