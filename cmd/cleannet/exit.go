package main

// Exit codes; they are part of the help text and of the contract.
const (
	exitOK          = 0
	exitInternal    = 1
	exitUsage       = 2
	exitViolation   = 3
	exitUnknown     = 4
	exitStale       = 5
	exitInterrupted = 130
)

const exitHelp = `Exit codes:
  0  no violation
  1  internal error
  2  wrong usage, or an invalid policy or registry file
  3  violation
  4  with --strict: only unknown findings, or inputs that could not be read
  5  stale or badly signed data
  130  interrupted`

// exitCode is an error that asks for an exit code. With a nil err nothing is
// printed: the command has already said what is the matter.
type exitCode struct {
	code int
	err  error
}

func (e exitCode) Error() string {
	if e.err == nil {
		return "exit"
	}
	return e.err.Error()
}

func (e exitCode) Unwrap() error { return e.err }

// usage marks an error as the user's to mend.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return exitCode{exitUsage, err}
}
