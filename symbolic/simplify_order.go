package symbolic

import (
	"cmp"
	"slices"
	"strings"
)

// compareExpr is the canonical order of factors: numbers, pi, variables by
// name, products, sums, calls. A power stands with its base, larger exponents
// first. Free constants come after fixed ones.
func compareExpr(a, b *Expr) int {
	if a == b {
		return 0
	}
	ab, ax := baseAndExponent(a)
	bb, bx := baseAndExponent(b)
	if ab != a || bb != b {
		if c := compareExpr(ab, bb); c != 0 {
			return c
		}
		if ax.IsConst() && bx.IsConst() {
			return cmp.Compare(bx.v, ax.v)
		}
		return compareExpr(ax, bx)
	}
	if c := cmp.Compare(rank(a), rank(b)); c != 0 {
		return c
	}
	switch a.kind {
	case KindVar:
		return strings.Compare(a.name, b.name)
	case KindRational, KindFloat, KindPi:
		if c := cmp.Compare(a.v, b.v); c != 0 {
			return c
		}
		return cmp.Compare(a.kind, b.kind)
	case KindCall:
		if c := strings.Compare(a.fn.Name, b.fn.Name); c != 0 {
			return c
		}
	}
	return slices.CompareFunc(a.args, b.args, compareExpr)
}

func baseAndExponent(e *Expr) (base, exponent *Expr) {
	if e.kind == KindPow {
		return e.args[0], e.args[1]
	}
	return e, one
}

var (
	one      = Int(1)
	minusOne = Int(-1)
)

func rank(e *Expr) int {
	switch e.kind {
	case KindRational:
		return 0
	case KindFloat:
		if e.free {
			return 2
		}
		return 1
	case KindPi:
		return 3
	case KindVar:
		return 4
	case KindMul:
		return 5
	case KindAdd:
		return 6
	}
	return 7
}

// compareTerms is the canonical order of terms: as products without their
// numbers, a constant last.
func compareTerms(a, b *Expr) int {
	av, bv := hasVar(a), hasVar(b)
	if av != bv {
		if av {
			return -1
		}
		return 1
	}
	fa, fb := significant(a), significant(b)
	if c := slices.CompareFunc(fa, fb, compareExpr); c != 0 {
		return c
	}
	return compareExpr(a, b)
}

// significant returns the factors of a term that decide its place: those with
// variables, unless it has none.
func significant(e *Expr) []*Expr {
	factors := []*Expr{e}
	if e.kind == KindMul {
		factors = e.args
	}
	if !hasVar(e) {
		return factors
	}
	out := make([]*Expr, 0, len(factors))
	for _, f := range factors {
		if hasVar(f) {
			out = append(out, f)
		}
	}
	return out
}

func sortedTerms(terms []*Expr) []*Expr {
	out := slices.Clone(terms)
	slices.SortStableFunc(out, compareTerms)
	return out
}

func sortedFactors(factors []*Expr) []*Expr {
	out := slices.Clone(factors)
	slices.SortStableFunc(out, compareExpr)
	return out
}
