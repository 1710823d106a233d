package symbolic

import (
	"math"

	"github.com/kansym/kansym/library"
)

// A link is one step f(a*u+b) of a chain of functions. A free exponent p makes
// it the power (a*u+b)^p, whatever f's own exponent is.
type link struct {
	f                   *library.Func
	a, b, p             float64
	freeA, freeB, freeP bool
}

// A composite applies its links one after the other, the first to the variable.
type composite []link

// A term is c times the product of its chains.
type term struct {
	c      float64
	fixC   bool // c is 1 or -1 and no parameter
	chains []composite
}

// A model is a sum of terms plus an offset d, over a denominator 1 + sum of
// q*x^k that is usually empty, all of it inside an outer function times a gain
// if there is one: everything of one variable that matching tries. Its
// parameters, in this order, are for each term c, unless fixed, and then the free constants of
// its links, then d if it is free, the coefficients q, and the gain if it is free.
type model struct {
	terms []term
	d     float64
	freeD bool
	den   []monomial

	outer    *library.Func // nil for none
	gain     float64
	freeGain bool
}

type monomial struct {
	k int
	q float64
}

// The limits of models, so that derivatives fit into arrays on the stack.
const (
	maxLinks     = 3
	maxChains    = 3
	maxConstants = 3 * maxLinks * maxChains // of the links of a term
)

func single(c composite) *model {
	m := &model{terms: []term{{c: 1, chains: []composite{c}}}, freeD: true}
	m.untangle()
	return m
}

func (m *model) clone() *model {
	out := *m
	out.den, out.terms = append([]monomial(nil), m.den...), nil
	for _, t := range m.terms {
		k := term{c: t.c, fixC: t.fixC}
		for _, c := range t.chains {
			k.chains = append(k.chains, append(composite(nil), c...))
		}
		out.terms = append(out.terms, k)
	}
	return &out
}

// eachParam calls visit for every free parameter in order, with whether the
// model is linear in it.
func (m *model) eachParam(visit func(p *float64, linear bool)) {
	plain := m.outer == nil
	for i := range m.terms {
		t := &m.terms[i]
		if !t.fixC {
			visit(&t.c, plain)
		}
		for _, c := range t.chains {
			for k := range c {
				l := &c[k]
				if l.freeA {
					visit(&l.a, false)
				}
				if l.freeB {
					visit(&l.b, false)
				}
				if l.freeP {
					visit(&l.p, false)
				}
			}
		}
	}
	if m.freeD {
		visit(&m.d, plain)
	}
	for i := range m.den {
		visit(&m.den[i].q, false)
	}
	if m.freeGain {
		visit(&m.gain, true)
	}
}

func (m *model) params() (values []float64, linear []bool) {
	m.eachParam(func(p *float64, lin bool) {
		values = append(values, *p)
		linear = append(linear, lin)
	})
	return values, linear
}

func (m *model) setParams(values []float64) {
	i := 0
	m.eachParam(func(p *float64, _ bool) {
		*p = values[i]
		i++
	})
}

func (l *link) value(t float64) float64 {
	if l.freeP {
		return math.Pow(t, l.p)
	}
	return l.f.Value(t)
}

// derivatives returns the link's function at t, its derivative, and where the
// exponent is free the derivative in the exponent.
func (l *link) derivatives(t float64) (f, df, dp float64) {
	if !l.freeP {
		f, df, _ = l.f.Derivatives(t)
		return f, df, 0
	}
	f = math.Pow(t, l.p)
	if t > 0 {
		dp = f * math.Log(t)
		df = l.p * f / t
	} else {
		df = l.p * math.Pow(t, l.p-1)
	}
	return f, df, dp
}

func (c composite) value(x float64) float64 {
	for k := range c {
		l := &c[k]
		x = l.value(l.a*x + l.b)
	}
	return x
}

// value returns the product of the term's chains at x, without the factor c.
func (t *term) value(x float64) float64 {
	v := 1.0
	for _, c := range t.chains {
		v *= c.value(x)
	}
	return v
}

func (m *model) value(x float64) float64 {
	y := m.inner(x)
	if m.outer != nil {
		y = m.gain * m.outer.Value(y)
	}
	return y
}

// inner returns the value inside the outer function.
func (m *model) inner(x float64) float64 {
	y := m.d
	for i := range m.terms {
		y += m.terms[i].c * m.terms[i].value(x)
	}
	if len(m.den) > 0 {
		y /= m.denominator(x)
	}
	return y
}

func (m *model) denominator(x float64) float64 {
	v := 1.0
	for _, t := range m.den {
		v += t.q * wholePower(x, t.k)
	}
	return v
}

func wholePower(x float64, k int) float64 {
	v := 1.0
	for range k {
		v *= x
	}
	return v
}

// gradient returns the chain's value at x and writes its derivatives in its
// free constants to dst; n says how many there are.
func (c composite) gradient(x float64, dst []float64) (value float64, n int) {
	for k := range c {
		l := &c[k]
		u := x
		f, df, dp := l.derivatives(l.a*u + l.b)
		// What came before reaches the output through this link.
		for i := range n {
			dst[i] *= df * l.a
		}
		if l.freeA {
			dst[n] = df * u
			n++
		}
		if l.freeB {
			dst[n] = df
			n++
		}
		if l.freeP {
			dst[n] = dp
			n++
		}
		x = f
	}
	return x, n
}

// gradient returns the term's value at x without c and writes the derivatives
// of that value in the constants of its links to dst.
func (t *term) gradient(x float64, dst *[maxConstants]float64) (value float64, n int) {
	value = 1
	for _, c := range t.chains {
		v, k := c.gradient(x, dst[n:])
		for i := range n {
			dst[i] *= v
		}
		for i := n; i < n+k; i++ {
			dst[i] *= value
		}
		value *= v
		n += k
	}
	return value, n
}

// residual writes sqrt(w)*(model-y) for rows lo to hi-1.
func (m *model) residual(dst []float64, s *sample, lo, hi int) bool {
	for i := lo; i < hi; i++ {
		v := m.value(s.x[i])
		if !isFinite(v) {
			return false
		}
		dst[i-lo] = (v - s.y[i]) * s.root(i)
	}
	return true
}

// jacobian writes the residuals and their derivatives in the parameters. Where
// a derivative is infinite, as that of asin at 1, the row has no say in the
// step: a value there counts, though no step can follow from it.
func (m *model) jacobian(dst []float64, jac [][]float64, s *sample, lo, hi int) bool {
	var grad [maxConstants]float64
	for i := lo; i < hi; i++ {
		x := s.x[i]
		// The weight of the row, and the denominator with it.
		w := s.root(i)
		if len(m.den) > 0 {
			w /= m.denominator(x)
		}
		y, k := m.d, 0
		for j := range m.terms {
			t := &m.terms[j]
			v, n := t.gradient(x, &grad)
			y += t.c * v
			if !t.fixC {
				jac[k][i-lo] = v * w
				k++
			}
			for _, g := range grad[:n] {
				jac[k][i-lo] = g * t.c * w
				k++
			}
		}
		if m.freeD {
			jac[k][i-lo] = w
			k++
		}
		if len(m.den) > 0 {
			y /= m.denominator(x)
			for _, q := range m.den {
				jac[k][i-lo] = -y * wholePower(x, q.k) * w
				k++
			}
		}
		if m.outer != nil {
			f, df, _ := m.outer.Derivatives(y)
			df *= m.gain
			for j := range k {
				jac[j][i-lo] *= df
			}
			y = m.gain * f
			if m.freeGain {
				jac[k][i-lo] = f * s.root(i)
				k++
			}
		}
		if !isFinite(y) {
			return false
		}
		for j := range k {
			if !isFinite(jac[j][i-lo]) {
				for l := range k {
					jac[l][i-lo] = 0
				}
				break
			}
		}
		dst[i-lo] = (y - s.y[i]) * s.root(i)
	}
	return true
}

// covered reports whether every function of the model is defined on the whole
// of the interval that its argument takes over the sample, poles included.
// The first link's interval follows from the ends of the sample, the others'
// from the values at its points. A denominator must keep its sign.
func (m *model) covered(s *sample) bool {
	if len(m.den) > 0 {
		first := m.denominator(s.x[0])
		for _, x := range s.x {
			if !(m.denominator(x)*first > 0) {
				return false
			}
		}
	}
	for i := range m.terms {
		for _, c := range m.terms[i].chains {
			if !c.covered(s) {
				return false
			}
		}
	}
	if m.outer != nil {
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, x := range s.x {
			v := m.inner(x)
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
		return m.outer.Domain.Covers(lo, hi)
	}
	return true
}

func (c composite) covered(s *sample) bool {
	lo, hi := s.x[0], s.x[len(s.x)-1]
	for k := range c {
		l := &c[k]
		lo, hi = ordered(l.a*lo+l.b, l.a*hi+l.b)
		switch {
		case l.freeP:
			if lo < 0 || (lo == 0 && l.p < 0) {
				return false
			}
		case !l.f.Domain.Covers(lo, hi):
			return false
		}
		if k == len(c)-1 {
			return true
		}
		lo, hi = math.Inf(1), math.Inf(-1)
		for _, x := range s.x {
			v := c[:k+1].value(x)
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	return true
}

func ordered(a, b float64) (lo, hi float64) {
	if a > b {
		return b, a
	}
	return a, b
}

func isFinite(x float64) bool { return x-x == 0 }

// expr spells the model out over arg. Constants that were fitted are Free;
// factors 1 and offsets 0 that were not are left out.
func (m *model) expr(arg *Expr) *Expr {
	var sum []*Expr
	for i := range m.terms {
		t := &m.terms[i]
		factors := []*Expr{constant(t.c, !t.fixC)}
		for _, c := range t.chains {
			factors = append(factors, c.expr(arg))
		}
		sum = append(sum, Mul(factors...))
	}
	if m.freeD || m.d != 0 {
		sum = append(sum, constant(m.d, m.freeD))
	}
	e := Add(sum...)
	if len(m.den) > 0 {
		den := []*Expr{Int(1)}
		for _, t := range m.den {
			power := arg
			if t.k > 1 {
				power = Pow(arg, Int(int64(t.k)))
			}
			den = append(den, Mul(Free(t.q), power))
		}
		e = Div(e, Add(den...))
	}
	if m.outer != nil {
		e = applyNamed(m.outer, e, false)
		if m.freeGain || m.gain != 1 {
			e = Mul(constant(m.gain, m.freeGain), e)
		}
	}
	return e
}

func (c composite) expr(arg *Expr) *Expr {
	for k := range c {
		l := &c[k]
		if l.freeA || l.a != 1 {
			arg = Mul(constant(l.a, l.freeA), arg)
		}
		if l.freeB || l.b != 0 {
			arg = Add(arg, constant(l.b, l.freeB))
		}
		if l.freeP {
			arg = Pow(arg, Free(l.p))
		} else {
			arg = applyNamed(l.f, arg, false)
		}
	}
	return arg
}

// constant returns v as a free constant, or exactly where it is a whole number
// that was not fitted.
func constant(v float64, free bool) *Expr {
	switch {
	case free:
		return Free(v)
	case v == math.Trunc(v) && math.Abs(v) < 1<<53:
		return Int(int64(v))
	}
	return Float(v)
}
