package symbolic

import (
	"math/big"
	"slices"
	"strings"
)

// ring holds what polynomials are made of: atoms, which are variables, pi and
// everything that is not a sum or product of others.
type ring struct {
	s     *simplifier
	atoms []*Expr
	known map[string]*Expr // forms found before, by polynomial
	work  *int             // what is left of maxWork

	exponents map[uint64]int64 // see exponentials
}

// maxAtoms, maxTerms and maxPower bound polynomials.
const (
	maxAtoms = 12
	maxTerms = 80
	maxPower = 24
)

// polynomial has a coefficient, never 0, for each monomial; a monomial is
// written as a string of the exponents of the atoms, a byte each.
type polynomial map[string]*big.Rat

// atom returns the number of an atom, -1 if there are too many.
func (r *ring) atom(e *Expr) int {
	for i, a := range r.atoms {
		if a.Equal(e) {
			return i
		}
	}
	if len(r.atoms) == maxAtoms {
		return -1
	}
	r.atoms = append(r.atoms, e)
	return len(r.atoms) - 1
}

// monomialOf is the power of an atom, or 1 for the power 0.
func monomialOf(atom, power int) string {
	m := make([]byte, maxAtoms)
	if power > 0 {
		m[atom] = byte(power)
	}
	return string(m)
}

var unitMonomial = monomialOf(0, 0)

func constantPoly(c *big.Rat) polynomial {
	if c.Sign() == 0 {
		return polynomial{}
	}
	return polynomial{unitMonomial: c}
}

// keys returns the monomials from the largest to the smallest in lexicographic
// order.
func (p polynomial) keys() []string {
	out := make([]string, 0, len(p))
	for m := range p {
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b string) int { return strings.Compare(b, a) })
	return out
}

func (p polynomial) isConstant() bool {
	return len(p) == 0 || len(p) == 1 && p[unitMonomial] != nil
}

func (p polynomial) equal(q polynomial) bool {
	if len(p) != len(q) {
		return false
	}
	for m, c := range p {
		if d := q[m]; d == nil || c.Cmp(d) != 0 {
			return false
		}
	}
	return true
}

// addTo adds c*m to p.
func (p polynomial) addTo(m string, c *big.Rat) {
	if old := p[m]; old != nil {
		c = new(big.Rat).Add(old, c)
	}
	if c.Sign() == 0 {
		delete(p, m)
		return
	}
	p[m] = c
}

func (p polynomial) plus(q polynomial) polynomial {
	out := make(polynomial, len(p)+len(q))
	for m, c := range p {
		out[m] = c
	}
	for m, c := range q {
		out.addTo(m, c)
	}
	return out
}

func (p polynomial) times(c *big.Rat) polynomial {
	out := make(polynomial, len(p))
	if c.Sign() == 0 {
		return out
	}
	for m, d := range p {
		out[m] = new(big.Rat).Mul(c, d)
	}
	return out
}

func (p polynomial) minus(q polynomial) polynomial { return p.plus(q.times(big.NewRat(-1, 1))) }

// multiplyMonomials returns m*n, not ok if a power becomes too large.
func multiplyMonomials(m, n string) (string, bool) {
	out := []byte(m)
	for i := range out {
		out[i] += n[i]
		if out[i] > maxPower {
			return "", false
		}
	}
	return string(out), true
}

// divideMonomials returns m/n, not ok if it is not a monomial.
func divideMonomials(m, n string) (string, bool) {
	out := []byte(m)
	for i := range out {
		if out[i] < n[i] {
			return "", false
		}
		out[i] -= n[i]
	}
	return string(out), true
}

// product returns p*q, not ok if it is too large.
func (p polynomial) product(q polynomial) (polynomial, bool) {
	out := make(polynomial, len(p)*len(q))
	for m, c := range p {
		for n, d := range q {
			k, ok := multiplyMonomials(m, n)
			if !ok {
				return nil, false
			}
			out.addTo(k, new(big.Rat).Mul(c, d))
		}
	}
	return out, len(out) <= maxTerms
}

func (p polynomial) power(n int) (polynomial, bool) {
	out, ok := constantPoly(big.NewRat(1, 1)), true
	for range n {
		if out, ok = out.product(p); !ok {
			return nil, false
		}
	}
	return out, true
}

// quotient returns p/q if q divides p.
func (p polynomial) quotient(q polynomial) (polynomial, bool) {
	if len(q) == 0 {
		return nil, false
	}
	lead := q.keys()[0]
	out, rest := polynomial{}, p
	for len(rest) > 0 {
		m := rest.keys()[0]
		k, ok := divideMonomials(m, lead)
		if !ok || len(out) > maxTerms {
			return nil, false
		}
		c := new(big.Rat).Quo(rest[m], q[lead])
		out.addTo(k, c)
		part, ok := q.product(polynomial{k: c})
		if !ok {
			return nil, false
		}
		rest = rest.minus(part)
	}
	return out, true
}

// degree is the largest power of an atom.
func (p polynomial) degree(atom int) int {
	d := 0
	for m := range p {
		d = max(d, int(m[atom]))
	}
	return d
}

// coefficients returns the polynomials that the powers of an atom are multiplied
// with.
func (p polynomial) coefficients(atom int) []polynomial {
	out := make([]polynomial, p.degree(atom)+1)
	for i := range out {
		out[i] = polynomial{}
	}
	for m, c := range p {
		k := []byte(m)
		power := k[atom]
		k[atom] = 0
		out[power][string(k)] = c
	}
	return out
}

// divide returns s and rest with p = s*q+rest, by long division in an atom, as
// far as the leading coefficient of q divides what is left.
func (p polynomial) divide(q polynomial, atom int) (s, rest polynomial, ok bool) {
	s, rest = polynomial{}, p
	top := q.coefficients(atom)
	n := len(top) - 1
	for rest.degree(atom) >= n && len(rest) > 0 {
		d := rest.degree(atom)
		c, exact := rest.coefficients(atom)[d].quotient(top[n])
		if !exact {
			break
		}
		if c, exact = c.product(polynomial{monomialOf(atom, d-n): big.NewRat(1, 1)}); !exact {
			return nil, nil, false
		}
		part, fits := c.product(q)
		if !fits {
			return nil, nil, false
		}
		s, rest = s.plus(c), rest.minus(part)
		if len(rest) > maxTerms {
			return nil, nil, false
		}
	}
	return s, rest, len(s) > 0
}

// common returns the largest monomial that divides p.
func (p polynomial) common() string {
	var out []byte
	for m := range p {
		if out == nil {
			out = []byte(m)
			continue
		}
		for i := range out {
			out[i] = min(out[i], m[i])
		}
	}
	if out == nil {
		return unitMonomial
	}
	return string(out)
}

// primitive returns the number that leaves coprime integers, the first of them
// positive, and p over it.
func (p polynomial) primitive() (*big.Rat, polynomial) {
	num, den := new(big.Int), big.NewInt(1)
	for _, c := range p {
		num.GCD(nil, nil, num, new(big.Int).Abs(c.Num()))
		g := new(big.Int).GCD(nil, nil, den, c.Denom())
		den.Mul(den, new(big.Int).Quo(c.Denom(), g))
	}
	if num.Sign() == 0 {
		return big.NewRat(1, 1), p
	}
	content := new(big.Rat).SetFrac(num, den)
	if p[p.keys()[0]].Sign() < 0 {
		content.Neg(content)
	}
	return content, p.times(new(big.Rat).Inv(content))
}

// shifted returns the coefficients of p, a polynomial of one atom, as a
// polynomial of that atom minus h, by Horner's scheme.
func (p polynomial) shifted(atom int, h *big.Rat) []*big.Rat {
	c := make([]*big.Rat, p.degree(atom)+1)
	for i := range c {
		c[i] = new(big.Rat)
	}
	for m, v := range p {
		c[m[atom]] = v
	}
	for i := range c {
		for k := len(c) - 2; k >= i; k-- {
			c[k] = new(big.Rat).Add(c[k], new(big.Rat).Mul(h, c[k+1]))
		}
	}
	return c
}

// bigNumber returns a rational as a constant, not ok if it leaves 53 bits.
func bigNumber(c *big.Rat) (*Expr, bool) {
	const most = 53
	if c.Num().BitLen() > most || c.Denom().BitLen() > most {
		return nil, false
	}
	return Rat(c.Num().Int64(), c.Denom().Int64()), true
}

// expr writes p as a sum in normal form.
func (r *ring) expr(p polynomial) (*Expr, bool) {
	terms := make([]*Expr, 0, len(p))
	for _, m := range p.keys() {
		n, ok := bigNumber(p[m])
		if !ok {
			return nil, false
		}
		factors := []*Expr{n}
		for i, a := range r.atoms {
			if m[i] > 0 {
				factors = append(factors, r.s.power(a, Int(int64(m[i]))))
			}
		}
		terms = append(terms, r.s.product(factors))
	}
	return r.s.sum(terms), true
}

// String identifies a polynomial of a ring.
func (p polynomial) String() string {
	var b strings.Builder
	for _, m := range p.keys() {
		b.WriteString(m)
		b.WriteString(p[m].String())
		b.WriteByte(' ')
	}
	return b.String()
}
