package routerconf

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Bounds of what is read.
const (
	MaxSize     = 64 << 20 // bytes of a configuration
	MaxEntities = 1 << 17  // neighbours, groups and instances
	maxInherit  = 16       // groups above a neighbour
	maxDepth    = 64       // blocks within each other
	maxOpening  = 16       // words kept of what opens a block; each statement in it repeats them
)

// Errors of configurations.
var (
	// ErrTooLarge: the configuration has more than [MaxSize] bytes or more than
	// [MaxEntities] neighbours and groups.
	ErrTooLarge = errors.New("configuration too large")
	// ErrSyntax: quotes or braces do not match, or nest too deep.
	ErrSyntax = errors.New("malformed configuration")
)

// Neighbour is a BGP neighbour as a router is configured.
type Neighbour struct {
	Name        string // how the configuration calls it: an address, an interface, a protocol's name
	Addr        netip.Addr
	Instance    string // routing instance or VRF, empty for the main one
	Local       uint32 // own AS number towards it, 0 if the configuration does not say
	Remote      uint32 // its AS number, 0 if the configuration does not say
	Description string
	Off         bool  // the session is switched off
	Offset      int64 // where the configuration first names it, in bytes
	Length      int64 // of that line or statement
}

// Read reads the neighbours of a configuration in their order. The error wraps
// [ErrTooLarge] or [ErrSyntax], or is the reader's; the neighbours found before
// the damage are returned with it.
func Read(r io.Reader, d Dialect) ([]Neighbour, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MaxSize {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, MaxSize)
	}
	c := newCollector()
	switch d {
	case IOS:
		readIOS(c, string(text))
	case Classic:
		readClassic(c, string(text))
	case BIRD:
		err = readBIRD(c, string(text))
	case Junos:
		err = readJunos(c, string(text))
	case ModelDriven:
		err = readModelDriven(c, string(text))
	}
	if c.full {
		err = fmt.Errorf("%w: more than %d neighbours and groups", ErrTooLarge, MaxEntities)
	}
	return c.neighbours(), err
}

// entity is a neighbour, a group of neighbours, or an instance, with what the
// configuration says of it itself.
type entity struct {
	key
	local, remote      uint32
	internal, off      bool
	description, group string
	addr               netip.Addr
	offset, length     int64
}

// key names an entity.
type key struct {
	kind     entityKind
	instance string
	name     string
}

type entityKind uint8

const (
	aNeighbour entityKind = iota
	aGroup
	anInstance
)

// collector gathers entities.
type collector struct {
	entities map[key]*entity
	full     bool
}

func newCollector() *collector { return &collector{entities: make(map[key]*entity)} }

// at returns the entity, a new one if need be. Beyond the bound it returns one
// that nobody keeps.
func (c *collector) at(k key, offset, length int) *entity {
	if e, ok := c.entities[k]; ok {
		return e
	}
	e := &entity{key: k, offset: int64(offset), length: int64(length)}
	if len(c.entities) >= MaxEntities {
		c.full = true
		return e
	}
	c.entities[k] = e
	return e
}

// neighbours resolves what neighbours inherit, and returns them in order.
func (c *collector) neighbours() []Neighbour {
	var out []Neighbour
	for k, e := range c.entities {
		if k.kind != aNeighbour {
			continue
		}
		n := Neighbour{
			Name: k.name, Addr: e.addr, Instance: k.instance, Local: e.local, Remote: e.remote,
			Description: e.description, Off: e.off, Offset: e.offset, Length: e.length,
		}
		internal := e.internal
		for g, depth := e.group, 0; g != "" && depth < maxInherit; depth++ {
			up, ok := c.entities[key{aGroup, k.instance, g}]
			if !ok {
				up, ok = c.entities[key{aGroup, "", g}]
			}
			if !ok {
				break
			}
			n.Local = cmp.Or(n.Local, up.local)
			n.Remote = cmp.Or(n.Remote, up.remote)
			n.Description = cmp.Or(n.Description, up.description)
			n.Off, internal = n.Off || up.off, internal || up.internal
			g = up.group
		}
		for _, instance := range []string{k.instance, ""} {
			if up, ok := c.entities[key{anInstance, instance, ""}]; ok {
				n.Local = cmp.Or(n.Local, up.local)
			}
		}
		if n.Remote == 0 && internal {
			n.Remote = n.Local
		}
		if !n.Addr.IsValid() {
			n.Addr, _ = netip.ParseAddr(n.Name) // a name is no address
		}
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b Neighbour) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Instance, b.Instance), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// number reads an AS number, in one part or two (RFC 5396); 0 is none.
func number(word string) uint32 {
	if high, low, dotted := strings.Cut(word, "."); dotted {
		h, errHigh := strconv.ParseUint(high, 10, 16)
		l, errLow := strconv.ParseUint(low, 10, 16)
		if errHigh != nil || errLow != nil {
			return 0
		}
		return uint32(h<<16 | l)
	}
	n, err := strconv.ParseUint(word, 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}

// peerAS takes in what a configuration says of the neighbour's AS number.
func (e *entity) peerAS(word string) {
	switch word {
	case "internal":
		e.internal = true
	case "external", "auto":
	default:
		e.remote = number(word)
	}
}
