package enforce

// Target writes a plan for one sort of device or system.
type Target interface {
	// Name is what a user calls the target by: "bird". It is one lower-case
	// word, as users say it; dashes are allowed.
	Name() string
	// Doc says in one sentence what the files are for and which versions of
	// the device take them.
	Doc() string
	// Domains returns the domains whose items the target can express. It
	// passes over items of any other domain.
	Domains() []string
	// Files writes the plan. It is pure: equal plans give equal bytes. A plan
	// without items for the target gives valid files that cut nothing and say
	// so. An error means that no file may be used, for example because a list
	// is longer than the device takes: a list is never cut short.
	Files(*Plan) ([]File, error)
}

// File is a file that a target wrote.
type File struct {
	Name string // a plain file name without folders: "cleannet.conf"
	Data []byte
}
