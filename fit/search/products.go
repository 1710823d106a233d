package search

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/kansym/kansym/symbolic"
)

// Products matches |y| = a*|f|^p, |y| = a*|f|^p*|g|^q and, with Triples and for
// some f and g, products of three powers with expressions of the bank, for a target y with row
// weights w. The formulas are for y; those whose sign is another than that of y
// are left out.
func (b *Bank) Products(ctx context.Context, y, w []float64) []Candidate {
	n := len(y)
	ly := make([]float64, n)
	lw := make([]float64, n)
	for i, v := range y {
		// An error e of y is an error e/y of its logarithm.
		ly[i] = math.Log(math.Abs(v))
		lw[i] = v * v
		if w != nil {
			lw[i] *= w[i]
		}
		if math.IsInf(ly[i], 0) {
			return nil
		}
	}
	top := slices.Max(lw)
	for i := range lw {
		lw[i] = max(lw[i], 1e-8*top)
	}
	logs := make([][]float64, len(b.nodes))
	for k, nd := range b.nodes {
		// The logarithm of a power is a multiple of another one.
		switch nd.op {
		case opInv, opSquare, opSqrt, opOne:
			continue
		}
		c := make([]float64, n)
		for i, v := range b.cols[k][:n] {
			if c[i] = math.Log(math.Abs(v)); math.IsInf(c[i], 0) {
				c = nil
				break
			}
		}
		logs[k] = c
	}
	b.work.Add(int64(len(b.nodes) * n))
	c, ok := standardise(ly, lw, logs, func(i int) int { return int(b.nodes[i].size) })
	if !ok {
		return nil
	}
	b.account(len(c.nodes), n)
	var out []Candidate
	for _, m := range c.rank(ctx, keptPerSize, b.Triples).worthwhile() {
		var nodes []int32
		var features [][]float64
		for _, k := range m.nodes() {
			nodes = append(nodes, c.nodes[k])
			features = append(features, logs[c.nodes[k]])
		}
		coef, ok := regress(ly, lw, features)
		if !ok {
			continue
		}
		if e := b.powers(y, nodes, coef); e != nil {
			out = append(out, Candidate{e, m.residual, m.size})
		}
	}
	return out
}

// powers writes a fit of log|y| as a product of powers, nil where the signs of
// y are not those of the product.
func (b *Bank) powers(y []float64, nodes []int32, coef []float64) *symbolic.Expr {
	sign := make([]float64, len(y))
	for i, v := range y {
		sign[i] = math.Copysign(1, v)
	}
	factors := make([]*symbolic.Expr, 1, len(nodes)+1)
	for k, nd := range nodes {
		values := b.cols[nd][:len(y)]
		p := coef[k+1]
		exponent := symbolic.Free(p)
		// Exponents of laws are mostly halves of integers.
		half := math.Round(2 * p)
		if half != 0 && math.Abs(2*p-half) < 0.1 {
			exponent = symbolic.Rat(int64(half), 2)
		}
		if slices.Min(values) <= 0 {
			if math.Mod(half, 2) != 0 || exponent.IsFree() {
				return nil
			}
			if math.Mod(half, 4) != 0 {
				for i, v := range values {
					sign[i] *= math.Copysign(1, v)
				}
			}
		}
		factors = append(factors, symbolic.Pow(b.expr(nd), exponent))
	}
	balance := floats.Sum(sign)
	if math.Abs(balance) < 0.9*float64(len(y)) {
		return nil
	}
	factors[0] = symbolic.Free(math.Copysign(math.Exp(coef[0]), balance))
	return symbolic.Mul(factors...)
}
