package main

import "syscall"

// errNotDir is the error of opening x/cleannet.yaml where x is a file.
func errNotDir() error { return syscall.ENOTDIR }
