package rib

import (
	"cmp"
	"errors"
)

// Limits bound what a table may hold. A zero field stands for its default.
type Limits struct {
	Routes int // routes of all peers; default 256 million
	Paths  int // distinct paths; default 48 million
	Peers  int // peers; default 65,536
}

func (l Limits) withDefaults() Limits {
	return Limits{
		Routes: cmp.Or(max(l.Routes, 0), 256<<20),
		Paths:  cmp.Or(max(l.Paths, 0), 48<<20),
		Peers:  cmp.Or(max(l.Peers, 0), 1<<16),
	}
}

// ErrLimit is the error of input that holds more than [Limits] allow.
var ErrLimit = errors.New("the routing table is larger than the limit")
