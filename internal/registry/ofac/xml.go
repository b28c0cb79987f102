package ofac

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/cleannet/cleannet/internal/format/stream"
	"github.com/cleannet/cleannet/internal/registry"
)

const (
	maxToken   = 64 << 10 // bytes of a tag or a text
	maxElement = 2 << 20  // bytes of a record
	maxNodes   = 20_000   // elements of a record
	maxDepth   = 16       // of elements within each other
)

// node is an element of a record.
type node struct {
	name string
	attr []xml.Attr
	text string
	kids []*node
}

// get returns an attribute, empty if there is none.
func (n *node) get(name string) string {
	for _, a := range n.attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// of yields the descendants along a path of names.
func (n *node) of(path ...string) []*node {
	found := []*node{n}
	for _, name := range path {
		var next []*node
		for _, f := range found {
			for _, k := range f.kids {
				if k.name == name {
					next = append(next, k)
				}
			}
		}
		found = next
	}
	return found
}

// first returns the text of the first descendant along a path.
func (n *node) first(path ...string) string {
	if found := n.of(path...); len(found) > 0 {
		return found[0].text
	}
	return ""
}

// elements reads a document as a stream of records. It expands no entities but
// the five of XML, and refuses document type declarations.
type elements struct {
	text *stream.Reader
	dec  *xml.Decoder
}

func newElements(r io.Reader) *elements {
	t := stream.NewReader(r)
	dec := xml.NewDecoder(t)
	dec.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		if c := strings.ToLower(charset); c == "utf-16" || c == "us-ascii" {
			return in, nil // package text has made it UTF-8
		}
		return nil, fmt.Errorf("the file is in the encoding %.20q: convert it to UTF-8", charset)
	}
	return &elements{text: t, dec: dec}
}

// next returns the next start, end or text. The end of the file is io.EOF.
func (e *elements) next() (xml.Token, error) {
	for {
		e.text.Allow(maxToken)
		tok, err := e.dec.RawToken()
		var syntax *xml.SyntaxError
		switch {
		case err == io.EOF:
			return nil, io.EOF
		case errors.As(err, &syntax) && strings.HasSuffix(syntax.Msg, "unexpected EOF"):
			return nil, e.cut()
		case err != nil:
			line, _ := e.dec.InputPos()
			return nil, fmt.Errorf("line %d: %w: the file is no XML or is damaged, fetch it again", line, shorten(err))
		}
		switch tok := tok.(type) {
		case xml.StartElement, xml.EndElement, xml.CharData:
			return tok, nil
		case xml.Directive:
			line, _ := e.dec.InputPos()
			return nil, fmt.Errorf("line %d: a document type declaration, which these files do not have: fetch the file from its publisher", line)
		}
	}
}

// shorten keeps an error to a line: parsers quote what they read.
func shorten(err error) error {
	if s := err.Error(); len(s) > 200 || strings.ContainsAny(s, "\n\r") {
		return errors.New(registry.Line(s[:min(len(s), 200)]))
	}
	return err
}

func (e *elements) cut() error {
	line, _ := e.dec.InputPos()
	return fmt.Errorf("line %d: the file ends before its last tag: it is cut off, fetch it again", line)
}

// record reads the rest of an element whose start was read.
func (e *elements) record(start xml.StartElement) (*node, error) {
	from := e.dec.InputOffset()
	count := 0
	var read func(start xml.StartElement, depth int) (*node, error)
	read = func(start xml.StartElement, depth int) (*node, error) {
		if count++; count > maxNodes || depth > maxDepth || e.dec.InputOffset()-from > maxElement {
			return nil, stream.ErrLong
		}
		n := &node{name: start.Name.Local, attr: start.Attr}
		for {
			tok, err := e.next()
			if err == io.EOF {
				err = e.cut()
			}
			if err != nil {
				return nil, err
			}
			switch tok := tok.(type) {
			case xml.StartElement:
				kid, err := read(tok, depth+1)
				if err != nil {
					return nil, err
				}
				n.kids = append(n.kids, kid)
			case xml.CharData:
				if e.dec.InputOffset()-from > maxElement {
					return nil, stream.ErrLong
				}
				if len(n.kids) == 0 && n.text == "" {
					n.text = strings.TrimSpace(string(tok))
				}
			case xml.EndElement:
				return n, e.closes(tok, n.name)
			}
		}
	}
	return read(start, 1)
}

// closes checks that an end tag is that of the element it should end.
func (e *elements) closes(end xml.EndElement, name string) error {
	if end.Name.Local != name {
		line, _ := e.dec.InputPos()
		return fmt.Errorf("line %d: the end of %.40q where %.40q should end: the file is damaged, fetch it again", line, end.Name.Local, name)
	}
	return nil
}

// walk reads the document. The root must have the given name. Enter is asked
// of each element below it, with the names of those around it but the root's:
// if it says so, its children are asked in their turn, and else the element is
// a record, which goes to take.
func (e *elements) walk(root string, enter func(path []string, start xml.StartElement) bool, take func(path []string, n *node) error) error {
	var open []string
	rooted := false
	for {
		tok, err := e.next()
		switch {
		case err == io.EOF && rooted && len(open) == 0:
			return nil
		case err == io.EOF && rooted:
			return e.cut()
		case err == io.EOF:
			return fmt.Errorf("no element %q in the file: it is empty or of another form, fetch it again", root)
		case err != nil:
			return err
		}
		switch tok := tok.(type) {
		case xml.EndElement:
			if len(open) == 0 {
				return e.closes(tok, "nothing")
			}
			if err := e.closes(tok, open[len(open)-1]); err != nil {
				return err
			}
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) == 0 && strings.Trim(string(tok), " \t\r\n\ufeff") != "" {
				return fmt.Errorf("text outside of all elements: the file is damaged or of another form, fetch it again")
			}
		case xml.StartElement:
			switch {
			case len(open) == 0 && (rooted || tok.Name.Local != root):
				return fmt.Errorf("the element %.40q where %q should be: the file is of another form", tok.Name.Local, root)
			case len(open) == 0:
				rooted = true
				open = append(open, root)
			case len(open) < maxDepth && enter(open[1:], tok):
				open = append(open, tok.Name.Local)
			default:
				n, err := e.record(tok)
				if err != nil {
					return err
				}
				if err := take(open[1:], n); err != nil {
					return err
				}
			}
		}
	}
}
