package symbolic

import "math"

// near is how far from 1 a constant may be to be taken for 1: the errors that
// noise makes of constants which do the same nearly are large.
const near = 1.5

// unitSteps lists the steps that may make the factor of a single term, its
// offset or the constant inside of its last function 1 or -1, for settle to try;
// none where all are far from it.
func unitSteps(m *model) []func(m *model) bool {
	if len(m.terms) != 1 || len(m.terms[0].chains) != 1 || len(m.den) > 0 || m.outer != nil {
		return nil
	}
	var list []func(m *model) bool
	for _, step := range [...]func(m *model) bool{unitInside, logOfUnitSum, unitOffset, unitFactor} {
		if step(m.clone()) {
			list = append(list, step)
		}
	}
	return list
}

// toUnit sets *v to 1 or -1 where it is near that.
func toUnit(v *float64) bool {
	if size := math.Abs(*v); *v == math.Trunc(*v) || size > near || size < 1/near {
		return false
	}
	*v = math.Copysign(1, *v)
	return true
}

func unitFactor(m *model) bool {
	t := &m.terms[0]
	if t.fixC || !toUnit(&t.c) {
		return false
	}
	t.fixC = true
	return true
}

func unitOffset(m *model) bool {
	if !m.freeD || !toUnit(&m.d) {
		return false
	}
	m.freeD = false
	return true
}

// last returns the last link of the only chain if it has a shift.
func (m *model) last() *link {
	c := m.terms[0].chains[0]
	if l := &c[len(c)-1]; l.freeB && l.b != 0 {
		return l
	}
	return nil
}

// exponent returns that of a power, and whether the link is one.
func (l *link) exponent() (p float64, ok bool) {
	if l.freeP {
		return l.p, true
	}
	return l.f.Exponent, l.f.IsPower
}

// logOfUnitSum writes c*log(u+b)+d as c*log(a*u+1) where that is what the constants
// are near.
func logOfUnitSum(m *model) bool {
	l := m.last()
	if l == nil || l.f.Name != "log" || l.freeA || !m.freeD {
		return false
	}
	a := math.Exp(m.d / m.terms[0].c)
	if b := a * l.b; !(a > 0) || !isFinite(a) || b < 0 || !toUnit(&b) {
		return false
	}
	l.a, l.b, l.freeA, l.freeB = l.a/l.b, 1, true, false
	m.d, m.freeD = 0, false
	return true
}

// unitInside writes c*(u+b)^q as (a*u+1)^q or -(a*u+1)^q where that is what the
// constants are near.
func unitInside(m *model) bool {
	l, t := m.last(), &m.terms[0]
	if l == nil || l.freeA || t.fixC || l.b < 0 {
		return false
	}
	q, ok := l.exponent()
	if !ok {
		return false
	}
	// b to the power of q comes out as a factor.
	c := t.c * math.Pow(l.b, q)
	if !isFinite(c) || !toUnit(&c) {
		return false
	}
	l.a, l.b, l.freeA, l.freeB = l.a/l.b, 1, true, false
	t.c, t.fixC = c, true
	return true
}
