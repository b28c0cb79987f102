package sarif

// The types are the parts of the SARIF object model that we write, with the
// sections of the standard. Fields are in the order of the document.

type sarifLog struct { // 3.13
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []run  `json:"runs"`
}

type run struct { // 3.14
	Tool        tool           `json:"tool"`
	Automation  automation     `json:"automationDetails"`
	Invocations []invocation   `json:"invocations"`
	Artifacts   []artifact     `json:"artifacts"`
	Results     []result       `json:"results"`
	Properties  map[string]any `json:"properties"`
}

type tool struct { // 3.18
	Driver driver `json:"driver"`
}

type driver struct { // 3.19
	Name          string       `json:"name"`
	Version       string       `json:"version,omitempty"`
	URL           string       `json:"informationUri"`
	Rules         []rule       `json:"rules"`
	Notifications []descriptor `json:"notifications"`
}

type automation struct { // 3.17
	ID string `json:"id"`
}

type rule struct { // 3.49
	ID      string   `json:"id"`
	Short   *message `json:"shortDescription,omitempty"`
	Full    *message `json:"fullDescription,omitempty"`
	HelpURI string   `json:"helpUri,omitempty"`
	Help    *message `json:"help,omitempty"`
	Default struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
	Properties map[string]any `json:"properties,omitempty"`
}

type descriptor struct { // 3.49
	ID    string   `json:"id"`
	Short *message `json:"shortDescription,omitempty"`
	Full  *message `json:"fullDescription,omitempty"`
}

type descriptorRef struct { // 3.52
	ID string `json:"id"`
}

type message struct { // 3.11
	Text string `json:"text"`
}

type invocation struct { // 3.20
	Successful    bool           `json:"executionSuccessful"`
	Start         string         `json:"startTimeUtc,omitempty"`
	Notifications []notification `json:"toolExecutionNotifications,omitempty"`
}

type notification struct { // 3.58
	Descriptor descriptorRef  `json:"descriptor"`
	Level      string         `json:"level"`
	Message    message        `json:"message"`
	Locations  []location     `json:"locations,omitempty"`
	Properties map[string]any `json:"properties,omitempty"`
}

type artifact struct { // 3.24
	Location artifactLocation  `json:"location"`
	Parent   *int              `json:"parentIndex,omitempty"`
	Length   *int64            `json:"length,omitempty"`
	Roles    []string          `json:"roles,omitempty"`
	Hashes   map[string]string `json:"hashes,omitempty"`
}

type artifactLocation struct { // 3.4
	URI   string `json:"uri"`
	Index int    `json:"index"` // -1: not among the artifacts, the default
}

type result struct { // 3.27
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Kind         string            `json:"kind"`
	Level        string            `json:"level"`
	Message      message           `json:"message"`
	Locations    []location        `json:"locations,omitempty"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Occurrences  int64             `json:"occurrenceCount,omitempty"`
	Related      []location        `json:"relatedLocations,omitempty"`
	Suppressions []suppression     `json:"suppressions,omitempty"`
	Properties   map[string]any    `json:"properties"`
}

type location struct { // 3.28
	ID       int               `json:"id,omitempty"`
	Physical *physicalLocation `json:"physicalLocation,omitempty"`
	Logical  []logicalLocation `json:"logicalLocations,omitempty"`
	Message  *message          `json:"message,omitempty"`
}

type physicalLocation struct { // 3.29
	Artifact artifactLocation `json:"artifactLocation"`
	Region   *region          `json:"region,omitempty"`
}

type region struct { // 3.30
	StartLine int      `json:"startLine,omitempty"`
	Offset    *int64   `json:"byteOffset,omitempty"`
	Length    *int64   `json:"byteLength,omitempty"`
	Snippet   *content `json:"snippet,omitempty"`
}

type content struct { // 3.3
	Text string `json:"text"`
}

type logicalLocation struct { // 3.33
	Name string `json:"name"`
	Full string `json:"fullyQualifiedName"`
	Kind string `json:"kind,omitempty"`
}

type suppression struct { // 3.35
	Kind     string    `json:"kind"`
	Status   string    `json:"status"`
	Why      string    `json:"justification,omitempty"`
	Location *location `json:"location,omitempty"`
}
