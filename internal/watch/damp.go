package watch

import (
	"cmp"
	"math"
	"time"
)

// Damping says when a finding that comes and goes is no longer told of. It is
// the route flap damping of RFC 2439 with the figures of findings: each coming or
// going adds a penalty of 1, which halves with time.
type Damping struct {
	HalfLife time.Duration // default 15 minutes
	Suppress float64       // penalty above which it is damped; default 5
	Reuse    float64       // penalty below which it is told of again; default 1
	// Hold is for how long a finding has to be gone before that is told: paths
	// are explored before a route settles. Default 2 seconds.
	Hold time.Duration
}

func (d Damping) withDefaults() Damping {
	d.HalfLife = cmp.Or(max(d.HalfLife, 0), 15*time.Minute)
	d.Suppress = cmp.Or(max(d.Suppress, 0), 5)
	d.Reuse = cmp.Or(max(d.Reuse, 0), 1)
	d.Hold = cmp.Or(max(d.Hold, 0), 2*time.Second)
	return d
}

// penalty is what a finding has gathered. The zero value is none.
type penalty struct {
	Value float64   `json:"value"`
	At    time.Time `json:"at,omitzero"`
}

// now returns the penalty at a time.
func (p penalty) now(d *Damping, t time.Time) float64 {
	if p.Value == 0 {
		return 0
	}
	return p.Value * math.Exp2(-max(0, t.Sub(p.At).Seconds())/d.HalfLife.Seconds())
}

// add adds a coming or going. It grows to twice the threshold at most, so that
// no finding is silent for longer than two or three half-lives after it rests.
func (p *penalty) add(d *Damping, t time.Time) {
	*p = penalty{min(p.now(d, t)+1, 2*d.Suppress), t}
}
