package policy

import (
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// methods returns the words that a control rule's method may be.
func methods() []entity.Method {
	return []entity.Method{
		entity.MethodListed, entity.MethodCascade, entity.MethodMultiply,
		entity.MethodMultiplyControl, entity.MethodControl, entity.MethodFamily,
	}
}

// reaches returns the words that the reach of a family may have.
func reaches() []string { return []string{"subsidiaries", "parents", "affiliates"} }

// answers returns the words of on_unknown.
func answers() []OnUnknown {
	return []OnUnknown{UnknownStays, UnknownReview, UnknownViolates, UnknownIgnored}
}

func (c *compiler) readControl(n yamldoc.Node) {
	m := n.Map(keysOf("control")...)
	id := c.slug(m.Need("id"))
	if _, ok := c.controls[id]; ok {
		if id == listed {
			m.Get("id").Note("control rule %q always exists (no control at all): choose another id", listed)
		} else {
			m.Get("id").Note("control rule %q stands twice", id)
		}
	}
	rule := entity.ControlRule{
		Method:           oneOf(m.Need("method"), "method", methods(), ""),
		Strict:           m.Get("compare").OneOf(">=", ">") == ">",
		CountUndisclosed: m.Get("count_undisclosed").Bool(),
		Interests:        c.words(m.Get("interests"), "interest", entity.Interests()),
		Reach:            c.words(m.Get("reach"), "part of a family", reaches()),
	}
	if a := m.Get("aggregate"); !a.IsZero() {
		rule.Single = !a.Bool()
	}
	switch rule.Method {
	case entity.MethodCascade, entity.MethodMultiply, entity.MethodMultiplyControl, entity.MethodControl, entity.MethodFamily:
		rule.Threshold = c.threshold(m.Need("threshold"))
	case entity.MethodListed:
		m.KeyAt("threshold").Note("a threshold needs a method that follows ownership, like %q", entity.MethodCascade)
	}
	if rule.Method != entity.MethodFamily && slices.Contains(methods(), rule.Method) {
		m.KeyAt("reach").Note("a reach needs the method %q", entity.MethodFamily)
	}
	control := Control{
		ID: id, Rule: rule,
		OnUnknown: oneOf(m.Get("on_unknown"), "answer", answers(), UnknownStays),
		Note:      m.Get("note").Text(),
	}
	if id != "" {
		c.controls[id] = control
		c.out.Controls = append(c.out.Controls, control)
	}
}

// threshold reads percent above 0 and up to 100.
func (c *compiler) threshold(n yamldoc.Node) entity.Share {
	if n.IsZero() {
		return 0
	}
	r, err := entity.ParseRange(n.Text())
	if err != nil || r.Lo != r.Hi || r.Lo <= 0 {
		n.Note("threshold %q: want percent above 0 and up to 100, in steps of 0.0001", n.Text())
	}
	return r.Lo
}
