// Package data holds what ships inside the binary: the curated registry, the
// policies, and the table of Internet numbers. It only hands out the files as
// they lie in this folder, read-only; whoever needs them parses them. See
// README.md for what the registry promises and how to add to it.
package data

import (
	"embed"
	"io/fs"
)

//go:embed registry/*.yaml
var registry embed.FS

//go:embed policies/*.yaml
var policies embed.FS

//go:embed numbers/snapshot.bin
var numbers string

// Registry returns the curated registry: the folder "registry" of YAML files.
func Registry() fs.FS { return registry }

// Policies returns the shipped policies: the folder "policies" of YAML files.
func Policies() fs.FS { return policies }

// Numbers returns the table of Internet numbers in its own binary form. Each
// call returns a copy, so that nobody can change what others read.
func Numbers() []byte { return []byte(numbers) }
