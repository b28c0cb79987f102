// Package yamldoc reads YAML documents that people write by hand, keeping the
// line and column of everything, and reports all mistakes of a document at
// once, each with a suggestion where a near word exists.
//
// Use [Parse], then walk the [Node] with its typed accessors: each notes a
// [Problem] in the document instead of stopping, and [Doc.Err] returns them
// all in the end. Anchors, aliases and merge keys are refused: they make a
// document that must be quoted line by line ambiguous, and they are the usual
// way to make a small file huge.
package yamldoc

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// MaxBytes is the largest document that Parse accepts.
const MaxBytes = 16 << 20

// maxDepth bounds the nesting of a document.
const maxDepth = 64

// maxProblems bounds the problems kept: nobody reads more, and a hostile
// document must not make its report much larger than itself.
const maxProblems = 1000

// Problem is one mistake in a document. It is an error.
type Problem struct {
	File         string
	Line, Column int // from 1; 0 if the place is not known
	Message      string
}

// Error returns "file:line:column: message".
func (p *Problem) Error() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", p.File, p.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// Doc is a document being read: its root and the problems found so far. It is
// not safe for concurrent use.
type Doc struct {
	File     string
	problems []*Problem
	more     int // problems beyond maxProblems
}

// Place is a position in a document, for findings that cite a rule.
type Place struct {
	File         string
	Line, Column int
}

// String returns "file:line".
func (p Place) String() string { return p.File + ":" + strconv.Itoa(p.Line) }

// Node is a value in a document. The zero Node is "absent": its accessors
// return zero values and note nothing.
type Node struct {
	doc *Doc
	y   *yaml.Node
}

// Parse reads the one YAML document in data. File is the name that problems
// carry. The error, if any, holds every syntax problem that the YAML reader
// gave; mistakes of meaning are noted later, by the accessors.
func Parse(file string, data []byte) (*Doc, Node, error) {
	doc := &Doc{File: file}
	if len(data) > MaxBytes {
		doc.note(0, 0, "document of %d bytes is larger than the limit of %d", len(data), MaxBytes)
		return doc, Node{}, doc.Err()
	}
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	var root yaml.Node
	if err := decode(dec, &root); err != nil {
		if errors.Is(err, io.EOF) {
			doc.note(1, 1, "document is empty")
		} else {
			doc.noteSyntax(err)
		}
		return doc, Node{}, doc.Err()
	}
	var extra yaml.Node
	if err := decode(dec, &extra); !errors.Is(err, io.EOF) {
		doc.note(max(extra.Line, 1), max(extra.Column, 1), "more than one YAML document in the file: split it")
		return doc, Node{}, doc.Err()
	}
	doc.refuseAliases(&root, 0)
	if err := doc.Err(); err != nil {
		return doc, Node{}, err
	}
	return doc, Node{doc, root.Content[0]}, nil
}

// decode calls the YAML decoder and turns a panic of it into an error: the
// document may be hostile, and one bad file must not end a run.
func decode(dec *yaml.Decoder, into *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: cannot be read: %v", r)
		}
	}()
	return dec.Decode(into)
}

// noteSyntax turns an error of the YAML reader ("yaml: line 3: …") into a problem.
func (d *Doc) noteSyntax(err error) {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if rest, ok := strings.CutPrefix(msg, "line "); ok {
		if number, text, ok := strings.Cut(rest, ": "); ok {
			if n, err := strconv.Atoi(number); err == nil {
				line, msg = n, text
			}
		}
	}
	d.note(line, 1, "not YAML: %s", msg)
}

func (d *Doc) refuseAliases(n *yaml.Node, depth int) {
	switch {
	case depth > maxDepth:
		d.note(n.Line, n.Column, "nested deeper than %d levels", maxDepth)
		return
	case n.Kind == yaml.AliasNode, n.Anchor != "":
		d.note(n.Line, n.Column, "anchors and aliases are not allowed: write the value out")
		return
	}
	for _, c := range n.Content {
		d.refuseAliases(c, depth+1)
	}
}

func (d *Doc) note(line, column int, format string, args ...any) {
	if len(d.problems) >= maxProblems {
		d.more++
		return
	}
	d.problems = append(d.problems, &Problem{d.File, line, column, fmt.Sprintf(format, args...)})
}

// Err returns all problems noted, in order of their place, joined; nil if none.
func (d *Doc) Err() error {
	if len(d.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(d.problems, func(a, b *Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	errs := make([]error, len(d.problems))
	for i, p := range d.problems {
		errs[i] = p
	}
	if d.more > 0 {
		errs = append(errs, &Problem{File: d.File, Message: fmt.Sprintf("and %d more problems", d.more)})
	}
	return errors.Join(errs...)
}

// Problems returns the problems in an error of [Doc.Err], however wrapped.
func Problems(err error) []*Problem {
	var out []*Problem
	var visit func(error)
	visit = func(err error) {
		switch e := err.(type) { //nolint:errorlint // it walks the tree of wrapped errors itself
		case *Problem:
			out = append(out, e)
		case interface{ Unwrap() []error }:
			for _, sub := range e.Unwrap() {
				visit(sub)
			}
		case interface{ Unwrap() error }:
			visit(e.Unwrap())
		}
	}
	visit(err)
	return out
}
