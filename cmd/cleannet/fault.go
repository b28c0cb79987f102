package main

import (
	"errors"
	"runtime/debug"
)

// guardFaults runs do, and makes an error of the fault that reading a mapped
// file raises when another program has made the file shorter in the meantime:
// the system would end the process without a word on the reason. A goroutine
// that do begins and that reads company data needs a guard of its own.
func guardFaults(do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch fault := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }: // see runtime/debug.SetPanicOnFault
			err = exitCode{exitStale, errors.New("a built registry became shorter while it was read: " +
				"run the command again when nothing writes to it, and replace such a file by renaming a new one to its name")}
		default:
			panic(fault)
		}
	}()
	return do()
}
