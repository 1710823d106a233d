package search

import (
	"context"
	"math"

	"github.com/kansym/kansym/symbolic"
)

// Candidate is a formula for the target that was matched.
type Candidate struct {
	Expr *symbolic.Expr // constants that fitting may change are free
	// Residual is the weighted mean square that is left of the target, over
	// its variance.
	Residual float64
	Size     int // grows with the length of the formula
}

// keptPerSize is how many candidates of each size a match returns.
const keptPerSize = 3

// Sums matches t = a+b*f, t = a+b*f+c*g and, with Triples and for some f and g,
// t = a+b*f+c*g+d*h with f, g and h of the bank, for a target t with row weights
// w (nil for equal) on the first rows of the table. The formulas are for t.
func (b *Bank) Sums(ctx context.Context, t, w []float64) []Candidate {
	c, ok := standardise(t, w, b.cols, func(i int) int { return int(b.nodes[i].size) })
	if !ok {
		return nil
	}
	b.account(len(c.nodes), c.n)
	var out []Candidate
	for _, m := range c.rank(ctx, keptPerSize, b.Triples).worthwhile() {
		var features [][]float64
		var exprs []*symbolic.Expr
		for _, k := range m.nodes() {
			features = append(features, b.cols[c.nodes[k]])
			exprs = append(exprs, b.expr(c.nodes[k]))
		}
		if coef, ok := regress(t, w, features); ok {
			out = append(out, Candidate{combination(coef, exprs), m.residual, m.size})
		}
	}
	return out
}

// combination is coef[0]+coef[1]*exprs[0]+... with free coefficients.
func combination(coef []float64, exprs []*symbolic.Expr) *symbolic.Expr {
	terms := []*symbolic.Expr{symbolic.Free(coef[0])}
	for k, e := range exprs {
		terms = append(terms, symbolic.Mul(symbolic.Free(coef[k+1]), e))
	}
	return symbolic.Add(terms...)
}

// quotientNodes bounds the expressions of the bank that quotients are made of.
const quotientNodes = 800

// account counts the work of a match of m features on n rows: the products of
// all pairs.
func (b *Bank) account(m, n int) { b.work.Add(int64(m) * int64(m) / 2 * int64(n)) }

// regress fits t by an intercept and at most mostTerms features. The coefficients
// start values of a later fit, so the normal equations are accurate enough.
func regress(t, w []float64, features [][]float64) (coef []float64, ok bool) {
	p := len(features) + 1
	const right = mostTerms + 1
	var a [right][right + 1]float64
	x := [right]float64{1}
	for i, y := range t {
		wi := 1.0
		if w != nil {
			wi = w[i]
		}
		for k, f := range features {
			x[k+1] = f[i]
		}
		for k := range p {
			for l := range p {
				a[k][l] += wi * x[k] * x[l]
			}
			a[k][right] += wi * x[k] * y
		}
	}
	for k := range p {
		at := k
		for l := k + 1; l < p; l++ {
			if math.Abs(a[l][k]) > math.Abs(a[at][k]) {
				at = l
			}
		}
		a[k], a[at] = a[at], a[k]
		if a[k][k] == 0 {
			return nil, false
		}
		for l := range p {
			if l == k {
				continue
			}
			f := a[l][k] / a[k][k]
			for j := k; j <= right; j++ {
				a[l][j] -= f * a[k][j]
			}
		}
	}
	for k := range p {
		c := a[k][right] / a[k][k]
		if math.IsNaN(c) || math.IsInf(c, 0) {
			return nil, false
		}
		coef = append(coef, c)
	}
	return coef, true
}
