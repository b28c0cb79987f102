package stream

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxElement is how many bytes an element of a JSON array may take.
const MaxElement = 2 << 20

// maxNesting is how deep the arrays that [Arrays] looks for may lie.
const maxNesting = 6

// ErrCutJSON says that the text ends within a JSON value.
var ErrCutJSON = errors.New("the file ends within a JSON value: it is cut off, fetch it again")

// Arrays reads one JSON value (RFC 8259) and hands the elements of every array
// in it to each, one at a time, wherever the array lies: path names the keys
// of the objects around it and is empty for an array at the top. The rest of
// the value is passed over.
//
// Each must call decode once, with what it wants as by [json.Unmarshal]. An
// element that is of other types than v gives a [*json.UnmarshalTypeError]; the
// next one can be read. Any error that each returns ends the reading.
func Arrays(r *Reader, each func(path []string, decode func(v any) error) error) error {
	w := &walker{text: r, dec: json.NewDecoder(r), each: each}
	open, err := w.token()
	if err == nil {
		if _, ok := open.(json.Delim); !ok {
			return errors.New("the file is neither a JSON object nor an array: it is of another form")
		}
		err = w.value(open, nil)
	}
	if err != nil {
		return err
	}
	if _, err := w.token(); !errors.Is(err, ErrCutJSON) {
		return fmt.Errorf("byte %d: text after the end of the JSON value: the file is damaged, fetch it again", w.dec.InputOffset())
	}
	return nil
}

type walker struct {
	text *Reader
	dec  *json.Decoder
	each func(path []string, decode func(v any) error) error
}

// token reads one token. The end of the text is ErrCutJSON.
func (w *walker) token() (json.Token, error) {
	w.text.Allow(MaxElement)
	tok, err := w.dec.Token()
	return tok, w.explain(err)
}

// explain adds the place to what is wrong with the JSON.
func (w *walker) explain(err error) error {
	var syntax *json.SyntaxError
	switch {
	case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF):
		return ErrCutJSON
	case errors.As(err, &syntax):
		return fmt.Errorf("byte %d: %w: the file is no JSON or is damaged, fetch it again", w.dec.InputOffset(), err)
	}
	return err
}

// value reads the rest of a value whose first token was read.
func (w *walker) value(open json.Token, path []string) error {
	switch {
	case open == json.Delim('[') && len(path) < maxNesting:
		for w.more() {
			if err := w.each(path, w.decode); err != nil {
				return err
			}
		}
	case open == json.Delim('{') && len(path) < maxNesting:
		for w.more() {
			key, err := w.token()
			if err != nil {
				return err
			}
			inner, err := w.token()
			if err != nil {
				return err
			}
			name, _ := key.(string)
			if err := w.value(inner, append(path, name)); err != nil {
				return err
			}
		}
	case open == json.Delim('['), open == json.Delim('{'):
		return fmt.Errorf("byte %d: values are nested too deep: the file is of another form", w.dec.InputOffset())
	default:
		return nil // a word, a number, a truth value
	}
	_, err := w.token() // the closing bracket
	return err
}

func (w *walker) more() bool {
	w.text.Allow(MaxElement)
	return w.dec.More()
}

func (w *walker) decode(v any) error {
	w.text.Allow(MaxElement)
	return w.explain(w.dec.Decode(v))
}
