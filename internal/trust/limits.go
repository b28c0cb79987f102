package trust

// Limits of a folder. They are far above what a publisher of company data
// needs, and low enough that a hostile folder costs little before its
// signatures are known to be bad.
const (
	maxRoot      = 256 << 10 // bytes of a root file
	maxTimestamp = 64 << 10  // bytes of timestamp.json
	maxSnapshot  = 64 << 10  // bytes of a snapshot file
	maxTargets   = 8 << 20   // bytes of a targets file, which has the manifests
	maxRotations = 256       // roots after the pinned one
	maxKeys      = 32        // keys of a root
	maxFiles     = 1024      // files that a targets file names
	maxDepth     = 16        // objects and lists within each other
	maxFile      = 8 << 30   // bytes of a data file
	maxSeen      = 64 << 10  // bytes of a record of the state
	maxRecords   = 4096      // records of the state
	maxKeyFile   = 16 << 10  // bytes of a key file
)
