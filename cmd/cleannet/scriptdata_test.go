package main

import (
	"bytes"
	"os"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/cleannet/cleannet/internal/testkit/bodsfile"
	"github.com/cleannet/cleannet/internal/testkit/ftmfile"
	"github.com/cleannet/cleannet/internal/testkit/leifile"
)

// companyData writes made-up companies in the form of a loader: companydata
// FORM FILE.
func companyData(ts *testscript.TestScript, _ bool, args []string) {
	c := leifile.Config{Seed: 1, Companies: 12, Relations: 6}
	var b bytes.Buffer
	switch form := args[0]; form {
	case "gleif-lei2-csv":
		ts.Check(leifile.WriteLEI(&b, leifile.CSV, c))
	case "gleif-lei2-json":
		ts.Check(leifile.WriteLEI(&b, leifile.JSON, c))
	case "gleif-rr-csv":
		ts.Check(leifile.WriteRelations(&b, leifile.CSV, c))
	case "gleif-rr-json":
		ts.Check(leifile.WriteRelations(&b, leifile.JSON, c))
	case "gleif-repex-csv":
		ts.Check(leifile.WriteExceptions(&b, leifile.CSV, c, 4))
	case "gleif-repex-json":
		ts.Check(leifile.WriteExceptions(&b, leifile.JSON, c, 4))
	case "bods-json":
		b.Write(bodsfile.Array(bodsfile.Statements(1, 3)))
	case "ftm-json":
		b.Write(ftmfile.Nested(ftmfile.Entities(2, 3)))
	default:
		ts.Fatalf("no form %q", form)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o644))
}
