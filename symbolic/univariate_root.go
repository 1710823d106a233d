package symbolic

import (
	"context"
	"math"
)

// rootDegrees are the degrees of Q and P in the relations y^2+Q(x)*y+P(x) = 0
// that are tried.
var rootDegrees = [...][2]int{{1, 2}, {1, 3}, {2, 4}}

// roots looks for a quadratic relation y^2+Q(x)*y+P(x) = 0 with polynomials Q
// and P, which y = -Q/2+-sqrt(Q^2/4-P) solves: a polynomial plus the root of
// another. The relation is linear in its coefficients, however Q and P look.
func (u *univariate) roots(ctx context.Context) {
	for _, deg := range rootDegrees {
		if ctx.Err() != nil || u.done() {
			return
		}
		line, under, ok := u.relation(deg[0], deg[1])
		if !ok {
			continue
		}
		for _, sign := range [...]float64{1, -1} {
			x := Var(blendArg)
			e := Add(polynomialExpr(line, x), Mul(Int(int64(sign)), Sqrt(polynomialExpr(under, x))))
			if f, err := Refit(ctx, e, u.some.data(), RefitOptions{MaxIter: 40, NoCov: true}); err == nil {
				e = f.Expr
			}
			f, err := Refit(ctx, e, u.s.data(), RefitOptions{MaxIter: 60, NoCov: true})
			if err != nil {
				continue
			}
			c := blended{expr: f.Expr, cost: f.Expr.Bits(1) + decimalBits*float64(len(f.Expr.FreeValues()))}
			if u.measureBlend(&c) {
				u.blends = append(u.blends, c)
			}
		}
	}
}

// data is the sample as a table of one variable.
func (s *sample) data() Data {
	d := Data{Names: []string{blendArg}, Cols: [][]float64{s.x}, Y: s.y}
	if s.rw != nil {
		for _, r := range s.rw {
			d.W = append(d.W, r*r)
		}
	}
	return d
}

// polynomialExpr writes out the polynomial with the given coefficients, lowest
// first.
func polynomialExpr(coef []float64, x *Expr) *Expr {
	var sum []*Expr
	for k, c := range coef {
		sum = append(sum, Mul(Free(c), powerOf(x, float64(k))))
	}
	return Add(sum...)
}

// relation fits y^2+Q*y+P = 0 and returns -Q/2 and Q^2/4-P. Rows are weighed
// so that errors count as those of y would.
func (u *univariate) relation(q, p int) (line, under []float64, ok bool) {
	s := u.some
	sx := s.scale()
	n, k := len(s.x), q+p+2
	if n <= k {
		return nil, nil, false
	}
	cols, rhs, coef := newColumns(n, k), make([]float64, n), make([]float64, k)
	slope := make([]float64, n) // of y^2+Q*y in y
	for i := range slope {
		slope[i] = 1
	}
	for range 4 {
		for i, x := range s.x {
			w, y := s.root(i)/slope[i], s.y[i]/s.size
			pow := 1.0
			for j := range max(p, q) + 1 {
				if j <= q {
					cols[j][i] = -pow * y * w
				}
				if j <= p {
					cols[q+1+j][i] = -pow * w
				}
				pow *= x * sx
			}
			rhs[i] = y * y * w
		}
		if !leastSquares(coef, cols, rhs) {
			return nil, nil, false
		}
		for i, x := range s.x {
			d, pow := 2*s.y[i]/s.size, 1.0
			for j := range q + 1 {
				d += coef[j] * pow
				pow *= x * sx
			}
			slope[i] = math.Max(math.Abs(d), 1e-3)
		}
	}
	line = make([]float64, q+1)
	under = make([]float64, max(2*q, p)+1)
	scale := 1.0
	for j := range under {
		if j <= p {
			under[j] -= coef[q+1+j] * scale * s.size * s.size
		}
		if j <= q {
			line[j] = -coef[j] / 2 * scale * s.size
		}
		scale *= sx
	}
	for i, a := range line {
		for j, b := range line {
			under[i+j] += a * b
		}
	}
	return line, under, true
}
