package main

import (
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/unicode"
)

// toUTF16 writes a text file as UTF-16LE with a byte order mark: utf16 FILE OUT.
func toUTF16(ts *testscript.TestScript, _ bool, args []string) {
	out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(out), 0o644))
}

// fromUTF16 reads such a file, whose mark must be there: fromutf16 FILE OUT.
func fromUTF16(ts *testscript.TestScript, _ bool, args []string) {
	out, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().String(ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(out), 0o644))
}

// hugeLine writes a table with a line that is longer than any row: hugeline FILE.
func hugeLine(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte("name\n"+strings.Repeat("x", 2<<20)+"\n"), 0o644))
}
