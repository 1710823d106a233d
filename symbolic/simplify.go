package symbolic

import (
	"cmp"
	"math"
)

// SimplifyOptions say what Simplify may rely on.
type SimplifyOptions struct {
	// Domains are the ranges of the variables in the data, from IntervalsOf. A
	// variable without an entry may be any real number. Rules that hold for
	// some signs only, such as sqrt(x^2) = x, are used where the ranges allow.
	Domains map[string]Interval

	// Rows, if not nil, are data whose ranges are Domains. A sum whose sign the
	// ranges leave open is taken to have the sign that it has on all rows,
	// which drops the bars of |t-u*x/c^2| where the data lie on one side.
	Rows *Data
}

// Simplify returns a formula of at most the same Complexity that has the value
// of e wherever e is finite and the variables are within opt.Domains.
//
// Like terms and powers are collected, exact numbers folded (a free constant
// folded with any number stays free), exponentials, logarithms, powers of powers
// and trigonometric shifts merged; then, of the forms that factoring, expanding
// and regrouping give, the smallest is taken, in a canonical order of terms and
// factors. A free constant is never duplicated, and two of them become one only
// where both cannot be determined. Simplify(Simplify(e)) equals Simplify(e).
func Simplify(e *Expr, opt SimplifyOptions) *Expr {
	s := &simplifier{domains: opt.Domains, rows: opt.Rows}
	seen := []*Expr{e}
	for range maxRounds {
		next := s.round(seen[len(seen)-1])
		for i, old := range seen {
			if !next.Equal(old) {
				continue
			}
			// A fixed point, or equally small forms in turn: the least of
			// these is the same wherever the turn begins.
			best := next
			for _, c := range seen[i:] {
				if cmp.Or(c.Complexity()-best.Complexity(), quotients(c)-quotients(best), compareExpr(c, best)) < 0 {
					best = c
				}
			}
			return best
		}
		seen = append(seen, next)
	}
	return seen[len(seen)-1]
}

// maxRounds bounds the rounds; formulas settle in two or three.
const maxRounds = 12

// StructureKey identifies a formula up to the values of its free constants and
// the order of terms and factors; e should come from Simplify. Keys are stable
// within a version of the program only.
func StructureKey(e *Expr) uint64 {
	s := &simplifier{}
	return s.sorted(e.Map(func(n *Expr) *Expr {
		if n.IsFree() {
			return Free(1)
		}
		return n
	})).Hash()
}

type simplifier struct {
	domains map[string]Interval
	rows    *Data
	signs   map[uint64]int // of sums on rows, by hash: 1, -1, 0 for either
}

// round simplifies once.
func (s *simplifier) round(e *Expr) *Expr {
	best := e
	size, free := e.Complexity(), freeCount(e)
	normal := s.normal(e)
	try := func(c *Expr) {
		// Of equal forms the one of fewer quotients wins, then the later, so that
		// the order becomes canonical.
		n, f := c.Complexity(), freeCount(c)
		if f <= free && (n < size || n == size && (best == e || quotients(c) < quotients(best))) && wellFormed(c) {
			best, size = c, n
		}
	}
	try(s.compact(normal))
	try(normal)
	if x, changed := s.expand(normal); changed {
		if x = s.normal(x); freeCount(x) <= free {
			try(s.compact(x))
		}
	}
	if x, changed := s.together(normal); changed {
		try(s.compact(s.normal(x)))
	}
	for _, x := range s.divideThrough(normal) {
		try(s.compact(s.normal(x)))
	}
	for _, x := range s.multiplyInto(normal) {
		x = s.normal(x)
		try(s.compact(x))
		for _, y := range s.multiplyInto(x) {
			try(s.compact(s.normal(y)))
		}
	}
	return best
}

// quotients counts the negative powers.
func quotients(e *Expr) int {
	count := 0
	e.Walk(func(n *Expr) bool {
		if n.kind == KindPow && n.args[1].IsConst() && n.args[1].v < 0 {
			count++
		}
		return true
	})
	return count
}

// wellFormed reports whether all constants are finite.
func wellFormed(e *Expr) bool {
	ok := true
	e.Walk(func(n *Expr) bool {
		ok = ok && !(n.IsConst() && (math.IsNaN(n.v) || math.IsInf(n.v, 0)))
		return ok
	})
	return ok
}

// normal rebuilds e from the leaves up in the normal form: sums and products
// flat and collected, numbers folded, numeric factors distributed over sums that
// stand alone.
func (s *simplifier) normal(e *Expr) *Expr {
	if len(e.args) == 0 {
		return exactNumber(e, false)
	}
	args := make([]*Expr, len(e.args))
	for i, a := range e.args {
		args[i] = s.normal(a)
	}
	switch e.kind {
	case KindAdd:
		return s.sum(args)
	case KindMul:
		return s.product(args)
	case KindPow:
		return s.power(args[0], exactNumber(args[1], true))
	}
	return s.call(e.fn, args[0])
}

// sorted puts terms and factors into canonical order and changes nothing else.
func (s *simplifier) sorted(e *Expr) *Expr {
	return e.Map(func(n *Expr) *Expr {
		switch n.kind {
		case KindAdd:
			return Add(sortedTerms(n.args)...)
		case KindMul:
			return Mul(sortedFactors(n.args)...)
		}
		return n
	})
}

func hasVar(e *Expr) bool {
	if e.kind == KindVar {
		return true
	}
	for _, a := range e.args {
		if hasVar(a) {
			return true
		}
	}
	return false
}

func freeCount(e *Expr) int {
	if e.IsFree() {
		return 1
	}
	n := 0
	for _, a := range e.args {
		n += freeCount(a)
	}
	return n
}

func hasFree(e *Expr) bool { return freeCount(e) > 0 }

// foldFree returns a free constant for an expression of constants one of which
// is free.
func foldFree(e *Expr) *Expr {
	if e.IsConst() || hasVar(e) || !hasFree(e) {
		return e
	}
	if v := constValue(e); !math.IsNaN(v) && !math.IsInf(v, 0) {
		return Free(v)
	}
	return e
}

// constValue evaluates an expression without variables.
func constValue(e *Expr) float64 {
	switch e.kind {
	case KindAdd:
		v := 0.0
		for _, a := range e.args {
			v += constValue(a)
		}
		return v
	case KindMul:
		v := 1.0
		for _, a := range e.args {
			v *= constValue(a)
		}
		return v
	case KindPow:
		return math.Pow(constValue(e.args[0]), constValue(e.args[1]))
	case KindCall:
		return e.fn.Value(constValue(e.args[0]))
	}
	return e.Const()
}
