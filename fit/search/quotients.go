package search

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/kansym/kansym/symbolic"
)

// Quotients matches t = (a+b*f)/(1-c*g) with f and g of the bank: multiplied out
// it is t = a+b*f+c*(g*t), a sum with products of expressions and the target among
// the features. The formulas are for t.
func (b *Bank) Quotients(ctx context.Context, t, w []float64) []Candidate {
	n := len(t)
	most := min(len(b.nodes), quotientNodes)
	features := make([][]float64, 2*most)
	copy(features, b.cols[:most])
	for i := range most {
		if b.nodes[i].vars == 0 {
			continue
		}
		v := make([]float64, n)
		floats.MulTo(v, b.cols[i][:n], t)
		features[most+i] = v
	}
	c, ok := standardise(t, w, features, func(i int) int { return int(b.nodes[i%most].size) })
	if !ok {
		return nil
	}
	b.account(len(c.nodes), n)
	variance := meanSquareAboutMean(symbolic.Data{Y: t, W: w})
	var out []Candidate
	// An error of t is divided by the denominator, which makes some matches
	// look better than they are: more are kept and measured again.
	r := c.rank(ctx, 4*keptPerSize, false)
	again := &ranking{kept: keptPerSize}
	for size, list := range r.bySize {
		for _, m := range list {
			if res, ok := c.quotient(b, m, t, w, features, most); ok {
				again.add(size, match{res / variance, m.f})
			}
		}
	}
	for _, m := range again.worthwhile() {
		above, below := []*symbolic.Expr{}, []*symbolic.Expr{}
		var columns [][]float64
		for _, k := range m.nodes() {
			columns = append(columns, features[c.nodes[k]])
		}
		coef, ok := regress(t, w, columns)
		if !ok {
			continue
		}
		top, bottom := []float64{coef[0]}, []float64{1}
		for i, k := range m.nodes() {
			if nd := int(c.nodes[k]); nd < most {
				above, top = append(above, b.expr(int32(nd))), append(top, coef[i+1])
			} else {
				below, bottom = append(below, b.expr(int32(nd-most))), append(bottom, -coef[i+1])
			}
		}
		den := combination(bottom, below)
		// One of the two has a fixed scale.
		den = symbolic.Add(append([]*symbolic.Expr{symbolic.Int(1)}, den.Args()[1:]...)...)
		out = append(out, Candidate{symbolic.Div(combination(top, above), den), m.residual, m.size})
	}
	return out
}

// quotient is the weighted mean square that a match of Quotients leaves of t; not
// ok for one without a denominator, which Sums finds, or with a pole among the
// rows.
func (c *columns) quotient(b *Bank, m match, t, w []float64, features [][]float64, most int) (left float64, ok bool) {
	var columns [][]float64
	below := false
	for _, k := range m.nodes() {
		columns = append(columns, features[c.nodes[k]])
		below = below || int(c.nodes[k]) >= most
	}
	if !below {
		return 0, false
	}
	coef, ok := regress(t, w, columns)
	if !ok {
		return 0, false
	}
	sum, total, sign := 0.0, 0.0, 0.0
	for i, y := range t {
		top, bottom := coef[0], 1.0
		for j, k := range m.nodes() {
			if nd := int(c.nodes[k]); nd < most {
				top += coef[j+1] * b.cols[nd][i]
			} else {
				bottom -= coef[j+1] * b.cols[nd-most][i]
			}
		}
		if sign == 0 {
			sign = bottom
		}
		if !(sign*bottom > 0) {
			return 0, false
		}
		e := top/bottom - y
		sum += weight(w, i) * e * e
		total += weight(w, i)
	}
	return sum / total, !math.IsNaN(sum) && !math.IsInf(sum, 0)
}
