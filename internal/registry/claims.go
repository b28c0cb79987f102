package registry

import (
	"errors"

	"github.com/cleannet/cleannet/internal/entity"
)

// maxClaims bounds the identifiers that are held.
const maxClaims = 1 << 20

var errClaims = errors.New("more than a million identifiers: the file is damaged or of another form, fetch it again")

// Claims holds the identifiers of a file until all are known. A list of names
// writes down what its makers found on letterheads and websites, so that one
// number or domain may stand with several companies; such a one says nothing
// about who holds it, and an identifier decides. The zero Claims is empty.
type Claims struct {
	order   []entity.Identifier
	holders map[string]int // companies by identifier
	seen    map[string]bool
}

// Add holds an identifier. One that a company names twice is held once.
func (c *Claims) Add(d entity.Identifier) error {
	if c.holders == nil {
		c.holders, c.seen = map[string]int{}, map[string]bool{}
	}
	key := d.ID.String()
	switch claim := d.Company + " " + key; {
	case c.seen[claim]:
		return nil
	case len(c.order) >= maxClaims:
		return errClaims
	default:
		c.seen[claim] = true
	}
	c.holders[key]++
	c.order = append(c.order, d)
	return nil
}

// Give gives the identifiers that one company alone claims, in the order in
// which they came. The others are counted as dropped.
func (c *Claims) Give(w *Writer) {
	for _, d := range c.order {
		if c.holders[d.ID.String()] > 1 {
			w.Report.Drop("identifier that several companies name")
			continue
		}
		w.Identifier(d)
	}
}
