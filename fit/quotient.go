package fit

import (
	"cmp"
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/kansym/kansym/symbolic"
)

// With noise a quotient P(x)/Q(x) of combinations of features is found by fitting
// all coefficients to the rows, which is a small problem of least squares once
// there is a start, and leaving out those that are not told from zero, one at a
// time. The relation P-Q*y = 0 that gives exact quotients would be biased, as its
// columns hold the noise; with the values of a network in place of y it is good
// enough for a start.

// mostQuotientFeatures bounds the features on either side of a noisy quotient.
const mostQuotientFeatures = 21

// quotient is P/Q in the making: P has the features above, Q those below, of which
// the first has the coefficient one.
type quotient struct {
	above, below   []int // features
	coefP, coefQ   []float64
	values         []float64 // P/Q
	denominator    []float64
	left           float64 // weighted sum of squares
	errorP, errorQ []float64
}

// noisyQuotients are the tasks of finding quotients of small dictionaries. smooth has
// the values of a network for a target.
func (s *state) noisyQuotients(smooth symbolic.Data) []task {
	raw := head(s.data.search, len(smooth.Y))
	var tasks []task
	known := map[int]bool{}
	for _, spec := range []exponents{
		{"linear", intPowers(1), 1, 1},
		{"bilinear", intPowers(1), 2, 2},
		{"quadratic", intPowers(1, 2), 2, 2},
		{"multilinear", intPowers(1), 4, 4},
		{"cubic", intPowers(1, 2, 3), 3, 3},
	} {
		fs := monomials(smooth, spec, mostQuotientFeatures)
		if fs == nil || known[len(fs)] || len(raw.Y) < 10*len(fs) {
			continue
		}
		known[len(fs)] = true
		columns := dictionary{features: fs}.columns()
		tasks = append(tasks, task{"quotients of " + spec.name + " formulas", func(ctx context.Context) []*symbolic.Expr {
			start := startQuotient(ctx, columns, smooth.Y)
			if start == nil {
				return nil
			}
			var out []*symbolic.Expr
			for _, q := range start.shorten(ctx, columns, raw.Y, raw.W) {
				out = append(out, q.expr(fs))
			}
			return out
		}})
	}
	return tasks
}

// startQuotient solves P-Q*y = 0 by linear least squares, for every feature of Q in
// turn with the coefficient one, and returns the quotient nearest to y. An error in
// y is one times Q in the relation, so rows are weighted by the Q of the last
// solution (C. Sanathanan and J. Koerner, Transfer function synthesis as a ratio of
// two complex polynomials, 1963).
//
// Of many features that depend on each other the denominator easily gets zeros;
// damping draws it towards its first feature.
func startQuotient(ctx context.Context, columns [][]float64, y []float64) *quotient {
	for _, damping := range []float64{1e-9, 1e-6, 1e-4, 1e-2} {
		if q := dampedQuotient(ctx, columns, y, damping); q != nil || ctx.Err() != nil {
			return q
		}
	}
	return nil
}

// dampedQuotient is startQuotient with one damping; nil where every denominator
// has zeros.
func dampedQuotient(ctx context.Context, columns [][]float64, y []float64, damping float64) *quotient {
	const rounds = 4
	m := len(columns)
	var best *quotient
	for p := range m {
		if ctx.Err() != nil {
			return nil
		}
		q := &quotient{below: []int{p}, coefQ: []float64{1}}
		for j := range m {
			q.above = append(q.above, j)
			if j != p {
				q.below = append(q.below, j)
			}
		}
		q.denominator = slices.Clone(columns[p])
		for range rounds {
			// The weighted relation P/Q0 - (Q-pivot)*y/Q0 = pivot*y/Q0.
			design := make([][]float64, 0, 2*m-1)
			target := make([]float64, len(y))
			small := 1e-2 * rootMeanSquare(q.denominator)
			scaled := func(c []float64, times []float64, sign float64) []float64 {
				v := make([]float64, len(y))
				for i, x := range c {
					v[i] = sign * x / math.Copysign(math.Max(math.Abs(q.denominator[i]), small), q.denominator[i])
					if times != nil {
						v[i] *= times[i]
					}
				}
				return v
			}
			for _, j := range q.above {
				design = append(design, scaled(columns[j], nil, 1))
			}
			for _, j := range q.below[1:] {
				design = append(design, scaled(columns[j], y, -1))
			}
			copy(target, scaled(columns[p], y, 1))
			coef, _ := leastSquares(design, target, damping)
			if coef == nil {
				break
			}
			q.coefP, q.coefQ = coef[:m:m], append([]float64{1}, coef[m:]...)
			if q.evaluate(columns, y, nil) && (best == nil || q.left < best.left) {
				kept := *q
				best = &kept
			}
		}
	}
	return best
}

// evaluate computes the values of q and what they leave of y; not ok where the
// denominator changes sign.
func (q *quotient) evaluate(columns [][]float64, y, w []float64) bool {
	n := len(y)
	q.denominator, q.values = make([]float64, n), make([]float64, n)
	for k, j := range q.below {
		floats.AddScaled(q.denominator, q.coefQ[k], columns[j])
	}
	for k, j := range q.above {
		floats.AddScaled(q.values, q.coefP[k], columns[j])
	}
	lo, hi := bounds(q.denominator)
	if !(lo*hi > 0) {
		return false
	}
	floats.Div(q.values, q.denominator)
	q.left = 0
	for i, v := range q.values {
		q.left += weightAt(w, i) * (y[i] - v) * (y[i] - v)
	}
	return finite(q.left)
}

// fit improves the coefficients by Levenberg-Marquardt steps and estimates their
// standard errors.
func (q *quotient) fit(ctx context.Context, columns [][]float64, y, w []float64, steps int) bool {
	if !q.evaluate(columns, y, w) {
		return false
	}
	n, mp := len(y), len(q.above)
	damping := 1e-3
	for range steps {
		if ctx.Err() != nil {
			return false
		}
		design := make([][]float64, 0, mp+len(q.below)-1)
		residual := make([]float64, n)
		root := make([]float64, n)
		for i := range root {
			root[i] = math.Sqrt(weightAt(w, i))
			residual[i] = root[i] * (y[i] - q.values[i])
		}
		for _, j := range q.above {
			v := make([]float64, n)
			for i, x := range columns[j] {
				v[i] = root[i] * x / q.denominator[i]
			}
			design = append(design, v)
		}
		for _, j := range q.below[1:] {
			v := make([]float64, n)
			for i, x := range columns[j] {
				v[i] = -root[i] * x * q.values[i] / q.denominator[i]
			}
			design = append(design, v)
		}
		improved, over := false, false
		for range 6 {
			step, variances := leastSquares(design, residual, damping)
			if step == nil {
				return false
			}
			next := &quotient{above: q.above, below: q.below, coefP: slices.Clone(q.coefP), coefQ: slices.Clone(q.coefQ)}
			floats.Add(next.coefP, step[:mp])
			floats.Add(next.coefQ[1:], step[mp:])
			if next.evaluate(columns, y, w) && next.left <= q.left {
				improved, over = true, next.left > (1-1e-6)*q.left
				noise := next.left / float64(n)
				for k := range variances {
					variances[k] = math.Sqrt(variances[k] * noise)
				}
				next.errorP, next.errorQ = variances[:mp:mp], variances[mp:]
				*q = *next
				damping = max(damping/8, 1e-10)
				break
			}
			damping *= 8
		}
		if !improved {
			// At the minimum, to rounding; errors are those of the last step.
			return q.errorP != nil
		}
		if over {
			break
		}
	}
	return true
}

// shorten fits q to y and drops one feature after the other, the one least certain
// first. It returns the quotients of least Bayesian information criterion.
func (q *quotient) shorten(ctx context.Context, columns [][]float64, y, w []float64) []*quotient {
	const first, next, most, tries = 30, 6, 2, 3
	if !q.turn(columns) || !q.fit(ctx, columns, y, w, first) {
		return nil
	}
	n := float64(len(y))
	var path []*quotient
	var score []float64
	for {
		kept := *q
		path = append(path, &kept)
		score = append(score, n*math.Log(q.left)+float64(len(q.above)+len(q.below))*math.Log(n))
		var order []int // places of coefP, then of coefQ
		certain := make([]float64, len(q.above)+len(q.below))
		for k, c := range q.coefP {
			certain[k] = math.Abs(c) / q.errorP[k]
			if len(q.above) > 1 {
				order = append(order, k)
			}
		}
		for k, c := range q.coefQ[1:] {
			at := len(q.above) + 1 + k
			certain[at] = math.Abs(c) / q.errorQ[k]
			order = append(order, at)
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(certain[a], certain[b]) })
		// Without a term the denominator may get zeros.
		var shorter *quotient
		for _, at := range order[:min(len(order), tries)] {
			if o := q.without(at); o.turn(columns) && o.fit(ctx, columns, y, w, next) {
				shorter = o
				break
			}
		}
		if shorter == nil {
			break
		}
		q = shorter
	}
	var out []*quotient
	for len(out) < min(most, len(path)) {
		best := 0
		for k := range score {
			if score[k] < score[best] {
				best = k
			}
		}
		if math.IsInf(score[best], 1) {
			break
		}
		// Without another term below it is a combination and not a quotient.
		if len(path[best].below) > 1 {
			out = append(out, path[best])
		}
		score[best] = math.Inf(1)
	}
	return out
}

// without is q without the feature at a place among those above, then below.
func (q *quotient) without(at int) *quotient {
	s := &quotient{above: slices.Clone(q.above), below: slices.Clone(q.below), coefP: slices.Clone(q.coefP), coefQ: slices.Clone(q.coefQ)}
	if k := at - len(q.above); k < 0 {
		s.above, s.coefP = slices.Delete(s.above, at, at+1), slices.Delete(s.coefP, at, at+1)
	} else {
		s.below, s.coefQ = slices.Delete(s.below, k, k+1), slices.Delete(s.coefQ, k, k+1)
	}
	return s
}

// turn makes the largest term of the denominator its first, which is never left
// out; not ok where there is none.
func (q *quotient) turn(columns [][]float64) bool {
	largest, at := 0.0, 0
	for k, j := range q.below {
		if size := math.Abs(q.coefQ[k]) * norm(columns[j]); size > largest {
			largest, at = size, k
		}
	}
	if largest == 0 || !finite(largest) {
		return false
	}
	pivot := q.coefQ[at]
	for k := range q.coefP {
		q.coefP[k] /= pivot
	}
	for k := range q.coefQ {
		q.coefQ[k] /= pivot
	}
	q.below[0], q.below[at] = q.below[at], q.below[0]
	q.coefQ[0], q.coefQ[at] = q.coefQ[at], q.coefQ[0]
	return true
}

// expr writes q over the features fs.
func (q *quotient) expr(fs []feature) *symbolic.Expr {
	var above, below []*symbolic.Expr
	for k, j := range q.above {
		above = append(above, symbolic.Mul(symbolic.Free(q.coefP[k]), fs[j].expr))
	}
	below = append(below, fs[q.below[0]].expr)
	for k, j := range q.below[1:] {
		below = append(below, symbolic.Mul(symbolic.Free(q.coefQ[k+1]), fs[j].expr))
	}
	return symbolic.Div(symbolic.Add(above...), symbolic.Add(below...))
}

// leastSquares fits target by columns, with damping relative to the squared size
// of each column. variances are those of the coefficients for residuals of
// variance one; nil where there is no solution.
func leastSquares(columns [][]float64, target []float64, damping float64) (coef, variances []float64) {
	m := len(columns)
	gram := mat.NewSymDense(m, nil)
	rhs := mat.NewVecDense(m, nil)
	size := make([]float64, m)
	for j, c := range columns {
		if size[j] = norm(c); size[j] == 0 || !finite(size[j]) {
			return nil, nil
		}
	}
	for j, a := range columns {
		rhs.SetVec(j, floats.Dot(a, target)/size[j])
		for k := j; k < m; k++ {
			gram.SetSym(j, k, floats.Dot(a, columns[k])/(size[j]*size[k]))
		}
		gram.SetSym(j, j, 1+damping)
	}
	var chol mat.Cholesky
	var inverse mat.SymDense
	if !chol.Factorize(gram) || chol.InverseTo(&inverse) != nil {
		return nil, nil
	}
	x := mat.NewVecDense(m, nil)
	x.MulVec(&inverse, rhs)
	coef, variances = make([]float64, m), make([]float64, m)
	for j := range coef {
		coef[j] = x.AtVec(j) / size[j]
		variances[j] = inverse.At(j, j) / (size[j] * size[j])
		if !finite(coef[j]) {
			return nil, nil
		}
	}
	return coef, variances
}
