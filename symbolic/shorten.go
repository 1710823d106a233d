package symbolic

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// Shorten returns a formula that has the value of e wherever e is finite and the
// variables are within opt.Domains, with at most the same Complexity as
// Simplify(e). It does what is too slow for a formula that is only a candidate:
// sums, products and quotients anywhere in e are taken for rational functions
// of what they are made of and written anew, as one quotient, as a polynomial and
// a proper fraction, with polynomials factored, grouped or their powers completed,
// and common factors are taken out of roots.
//
// Decimals that are not free count as the fractions that they are.
func Shorten(e *Expr, opt SimplifyOptions) *Expr {
	s := &simplifier{domains: opt.Domains, rows: opt.Rows}
	best := Simplify(e, opt)
	starts := []*Expr{best}
	// The normal form, which Simplify passes over where it is longer, may have
	// merged what the shorter one has not.
	if n := s.compact(s.normal(best)); !n.Equal(best) && freeCount(n) <= freeCount(best) && wellFormed(n) {
		starts = append(starts, n)
	}
	for _, from := range starts {
		const rounds = 6
		for range rounds {
			next := s.shortenOnce(from, opt)
			if next == from {
				break
			}
			from = next
		}
		if shorterThan(from, best) {
			best = from
		}
	}
	return best
}

// shorterThan tells which of two equal formulas is easier to read: by symbols,
// then by sums that are all minus signs, then by quotients, which have poles;
// otherwise a is preferred only if its numbers are much shorter.
func shorterThan(a, b *Expr) bool {
	if c := cmp.Or(cmp.Compare(a.Complexity(), b.Complexity()), cmp.Compare(negativeSums(a), negativeSums(b)),
		cmp.Compare(quotients(a), quotients(b))); c != 0 {
		return c < 0
	}
	const variables, much = 8, 16
	return a.Bits(variables) < b.Bits(variables)-much
}

// negativeSums counts the sums all of whose terms are printed with a minus.
func negativeSums(e *Expr) int {
	n := 0
	e.Walk(func(x *Expr) bool {
		if x.kind == KindAdd && !slices.ContainsFunc(x.args, func(t *Expr) bool { return !t.isNegative() }) {
			n++
		}
		return true
	})
	return n
}

// maxWork bounds, in each pass over a formula, the sum of the squares of the
// numbers of terms of the polynomials whose forms are looked for; laws need up to
// 2000.
const maxWork = 8000

// shortenOnce rewrites one part of e, the one that gains most.
func (s *simplifier) shortenOnce(e *Expr, opt SimplifyOptions) *Expr {
	// Rewriting would double free constants or take two of equal value for one;
	// under names of their own they can be counted.
	named, inner := e.namedConstants(s.domains)
	t := &simplifier{domains: inner, rows: nil}
	best := e
	seen := map[uint64]bool{}
	work := maxWork
	var raw []*Expr
	consider := func(c *Expr) {
		c, ok := e.constantsBack(c)
		if !ok || seen[c.hash] || !wellFormed(c) {
			return
		}
		seen[c.hash] = true
		raw = append(raw, s.sorted(c))
	}
	named.Walk(func(n *Expr) bool {
		if n.kind != KindAdd && n.kind != KindMul && n.kind != KindPow || seen[n.hash] || !hasSum(n) {
			return true
		}
		seen[n.hash] = true
		for _, form := range t.rationalForms(n, &work) {
			consider(named.Map(func(m *Expr) *Expr {
				if m.Equal(n) {
					return form
				}
				return m
			}))
		}
		return true
	})
	consider(t.compact(t.normal(named.Map(t.outOfRoot))))
	for _, c := range append(t.halfAngles(named), t.partners(named)...) {
		consider(t.compact(t.normal(c)))
	}
	// What a form gains where it stands in the whole is seen for the best only.
	const simplified, longer = 4, 8
	slices.SortStableFunc(raw, func(a, b *Expr) int { return cmp.Compare(a.Complexity(), b.Complexity()) })
	for i, c := range raw {
		if shorterThan(c, best) {
			best = c
		}
		if i < simplified && c.Complexity() <= e.Complexity()+longer {
			if c = Simplify(c, opt); freeCount(c) <= freeCount(e) && shorterThan(c, best) {
				best = c
			}
		}
	}
	return best
}

// hasSum reports whether a sum is part of e.
func hasSum(e *Expr) bool {
	if e.kind == KindAdd {
		return true
	}
	return slices.ContainsFunc(e.args, hasSum)
}

// constantName is what free constant k is called while a formula is rewritten.
func constantName(k int) string { return fmt.Sprintf("\x00%d", k) }

// namedConstants replaces free constants by variables; the domains include
// theirs. Decimals that are fixed become fractions.
func (e *Expr) namedConstants(domains map[string]Interval) (*Expr, map[string]Interval) {
	all := make(map[string]Interval, len(domains))
	for k, v := range domains {
		all[k] = v
	}
	values := e.FreeValues()
	nodes := make([]*Expr, len(values))
	for k, v := range values {
		nodes[k] = Var(constantName(k))
		all[constantName(k)] = Interval{v, v}
	}
	named := e.WithFree(nodes).Map(func(n *Expr) *Expr {
		if n.kind == KindFloat {
			if r, ok := decimalFraction(n.v); ok {
				return r
			}
		}
		return n
	})
	return named, all
}

// constantsBack undoes namedConstants for a formula made from what that gave; not
// ok if a constant of e occurs more than once.
func (e *Expr) constantsBack(c *Expr) (*Expr, bool) {
	values := e.FreeValues()
	if len(values) == 0 {
		return c, true
	}
	used := make(map[string]int, len(values))
	c.Walk(func(n *Expr) bool {
		if n.kind == KindVar && strings.HasPrefix(n.name, "\x00") {
			used[n.name]++
		}
		return true
	})
	back := make(map[string]*Expr, len(values))
	for k, v := range values {
		if used[constantName(k)] > 1 {
			return nil, false
		}
		back[constantName(k)] = Free(v)
	}
	return c.Subst(back), true
}

// outOfRoot takes the common factors of a sum whose sign is known out of its
// root: sqrt(x^4+x^2*y^2) becomes x*sqrt(x^2+y^2).
func (s *simplifier) outOfRoot(n *Expr) *Expr {
	if n.kind != KindPow || n.args[0].kind != KindAdd || n.args[1].kind != KindRational || n.args[1].q == 1 {
		return n
	}
	r := &ring{s: s}
	p, ok := r.polynomial(s.normal(n.args[0]))
	if !ok {
		return n
	}
	common := []byte(p.common())
	var out []*Expr
	for i, a := range r.atoms {
		if common[i] == 0 {
			continue
		}
		switch sign := s.rangeOf(a); {
		case sign.nonNegative():
			out = append(out, s.power(a, times64(int64(common[i]), n.args[1])))
		case common[i]%2 == 0 && sign.nonPositive():
			out = append(out, s.power(s.product([]*Expr{minusOne, a}), times64(int64(common[i]), n.args[1])))
		default:
			common[i] = 0
		}
	}
	if len(out) == 0 {
		return n
	}
	rest, ok := p.quotient(polynomial{string(common): big.NewRat(1, 1)})
	if !ok {
		return n
	}
	sum, ok := r.expr(rest)
	if !ok {
		return n
	}
	return s.product(append(out, s.power(sum, n.args[1])))
}

// halfAngles writes each cosine by the square of the sine, or of the cosine, of
// half the angle: a-a*cos(2*x) becomes 2*a*sin(x)^2.
func (s *simplifier) halfAngles(e *Expr) []*Expr {
	var out []*Expr
	sin, _ := builtinFunc("sin")
	e.Walk(func(n *Expr) bool {
		if n.kind != KindCall || n.fn.Name != "cos" || !isBuiltin(n.fn) {
			return true
		}
		half := s.normal(Mul(Rat(1, 2), n.args[0]))
		if half.Complexity() > n.args[0].Complexity() {
			return true // sin(x/2)^2 is hardly shorter
		}
		for _, c := range []*Expr{Sub(one, Mul(Int(2), Pow(Call(sin, half), Int(2)))), Sub(Mul(Int(2), Pow(Call(n.fn, half), Int(2))), one)} {
			out = append(out, e.Map(func(m *Expr) *Expr {
				if m.Equal(n) {
					return c
				}
				return m
			}))
		}
		return true
	})
	return out
}

// partners writes the square of a function by that of its partner, once for each
// function: 1/(1-tanh(x)^2) becomes cosh(x)^2, 1-sin(x)^2 cos(x)^2.
func (s *simplifier) partners(e *Expr) []*Expr {
	call := func(name string, x *Expr, power int64) *Expr {
		f, ok := builtinFunc(name)
		if !ok {
			panic("symbolic: the library lacks " + name)
		}
		return Pow(Call(f, x), Int(power))
	}
	partner := map[string]func(x *Expr) *Expr{
		"sin":  func(x *Expr) *Expr { return Sub(one, call("cos", x, 2)) },
		"cos":  func(x *Expr) *Expr { return Sub(one, call("sin", x, 2)) },
		"tan":  func(x *Expr) *Expr { return Sub(call("cos", x, -2), one) },
		"sinh": func(x *Expr) *Expr { return Sub(call("cosh", x, 2), one) },
		"cosh": func(x *Expr) *Expr { return Add(one, call("sinh", x, 2)) },
		"tanh": func(x *Expr) *Expr { return Sub(one, call("cosh", x, -2)) },
	}
	var out []*Expr
	seen := map[uint64]bool{}
	e.Walk(func(n *Expr) bool {
		if n.kind != KindPow || !n.args[1].IsInt(2) || n.args[0].kind != KindCall || seen[n.hash] {
			return true
		}
		c := n.args[0]
		write, ok := partner[c.fn.Name]
		if !ok || !isBuiltin(c.fn) {
			return true
		}
		seen[n.hash] = true
		other := write(c.args[0])
		out = append(out, e.Map(func(m *Expr) *Expr {
			if m.Equal(n) {
				return other
			}
			return m
		}))
		return true
	})
	return out
}

func times64(n int64, r *Expr) *Expr { return Rat(n*r.p, r.q) }

// polynomial expands e, not ok if it is not a polynomial or too large.
func (r *ring) polynomial(e *Expr) (polynomial, bool) {
	f, ok := r.fraction(e)
	if !ok {
		return nil, false
	}
	return f.expand()
}

// MultipliedOut returns e with products of sums multiplied out and decimals,
// free or not, multiplied into free constants of their own. A formula whose
// constants are no round numbers when factored may have round ones multiplied
// out: (x+1.8333)*(0.6*y+1.7) is 0.6*x*y+1.7*x+1.1*y+3.1166. It is not ok if
// nothing could be multiplied out.
func MultipliedOut(e *Expr, opt SimplifyOptions) (*Expr, bool) {
	s := &simplifier{domains: opt.Domains}
	fixed := e.Map(func(n *Expr) *Expr {
		if n.IsFree() {
			return Float(n.v)
		}
		return n
	})
	out, changed := s.expand(s.normal(fixed))
	if !changed {
		return e, false
	}
	out = s.normal(out).Map(func(n *Expr) *Expr {
		if n.kind == KindFloat {
			return Free(n.v)
		}
		return n
	})
	return Simplify(out, opt), wellFormed(out)
}
