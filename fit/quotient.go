package fit

import (
	"cmp"
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/kansym/kansym/library"
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
	covariance     *mat.SymDense // of coefP, then coefQ but for the first; nil if they are not determined
}

// noisyQuotients are the tasks of finding quotients of small dictionaries, of the
// inputs and of the inputs but for one that is replaced by a function of it. smooth
// has the values of a network for a target.
func (s *state) noisyQuotients(smooth symbolic.Data) []task {
	known := map[int]bool{}
	var tasks []task
	for _, spec := range []exponents{
		{"linear", intPowers(1), 1, 1},
		{"bilinear", intPowers(1), 2, 2},
		{"quadratic", intPowers(1, 2), 2, 2},
		{"multilinear", intPowers(1), 4, 4},
		{"cubic", intPowers(1, 2, 3), 3, 3},
	} {
		fs := monomials(smooth, spec, mostQuotientFeatures)
		if fs != nil && !known[len(fs)] {
			known[len(fs)] = true
			for _, t := range outputTransforms() {
				if t.name == identity.name || t.name == "y^2" || t.name == "log(y)" {
					tasks = append(tasks, s.noisyQuotient(spec.name, fs, smooth.Y, t)...)
				}
			}
		}
	}
	spec := exponents{"quadratic", intPowers(1, 2), 2, 2}
	if len(smooth.Names) < 3 {
		spec = exponents{"cubic", intPowers(1, 2, 3), 3, 3}
	}
	for v, name := range smooth.Names {
		for _, function := range []string{"sin", "cos", "exp", "log", "sqrt"} {
			f, ok := library.Lookup(function)
			values := mapped(smooth.Cols[v], f.Value)
			if !ok || !usable(values) {
				continue
			}
			d := smooth
			d.Cols = slices.Clone(d.Cols)
			d.Cols[v] = values
			fs := monomials(d, spec, mostQuotientFeatures)
			of := symbolic.Call(f, symbolic.Var(name))
			for k := range fs {
				fs[k].expr = fs[k].expr.Subst(map[string]*symbolic.Expr{name: of})
			}
			if fs != nil {
				tasks = append(tasks, s.noisyQuotient(spec.name+" and "+function, fs, smooth.Y, identity)...)
			}
		}
	}
	return tasks
}

// noisyQuotient is the task of finding quotients of the features fs for the target
// under t. A network has the given values at the rows where the features are known.
// There is none for few rows, and where t is not defined for some row.
func (s *state) noisyQuotient(name string, fs []feature, smooth []float64, t transform) []task {
	raw := head(s.data.search, len(smooth))
	y, w, ok := raw.Y, raw.W, true
	if t.name != identity.name {
		smooth, _, _ = t.apply(smooth, nil)
		y, w, ok = t.apply(raw.Y, raw.W)
	}
	if !ok || smooth == nil || len(y) < 10*len(fs) {
		return nil
	}
	columns, negative := dictionary{features: fs}.columns(), allNegative(raw.Y)
	return []task{{"quotients of " + name + " formulas for " + t.name, func(ctx context.Context) []*symbolic.Expr {
		start := startQuotient(ctx, columns, smooth)
		if start == nil {
			return nil
		}
		var out []*symbolic.Expr
		for _, q := range start.shorten(ctx, columns, y, w) {
			out = append(out, t.inverse(q.expr(fs), negative))
		}
		return out
	}}}
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
// has zeros. The first rows are enough for a start, while its denominator is looked
// at in all of them.
func dampedQuotient(ctx context.Context, columns [][]float64, y []float64, damping float64) *quotient {
	const rounds, rowsEach = 4, 30
	m := len(columns)
	n := min(len(y), rowsEach*2*m)
	// The weighted relation P/Q0 - (Q-pivot)*y/Q0 = pivot*y/Q0.
	design, target := newColumns(2*m-1, n), make([]float64, n)
	over, times := make([]float64, n), make([]float64, n) // 1/Q0 and y/Q0
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
			small := 1e-2 * rootMeanSquare(q.denominator)
			for i := range over {
				d := q.denominator[i]
				over[i] = 1 / math.Copysign(math.Max(math.Abs(d), small), d)
				times[i] = y[i] * over[i]
			}
			for k, j := range q.above {
				floats.MulTo(design[k], columns[j][:n], over)
			}
			for k, j := range q.below[1:] {
				floats.MulTo(design[m+k], columns[j][:n], times)
			}
			floats.MulTo(target, columns[p][:n], times)
			coef, _ := leastSquares(design, target, damping)
			if coef == nil {
				break
			}
			q.coefP, q.coefQ = coef[:m:m], append([]float64{1}, coef[m:]...)
			floats.Scale(-1, q.coefQ[1:])
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

// shorten fits q to y and drops one feature after the other, the one least certain
// first. It returns the quotients of least Bayesian information criterion.
func (q *quotient) shorten(ctx context.Context, columns [][]float64, y, w []float64) []*quotient {
	const first, most = 30, 2
	f := newQuotientFit(columns, y, w)
	if !q.turn(columns) || !f.fit(ctx, q, first) {
		return nil
	}
	n := float64(len(y))
	var path []*quotient
	var score []float64
	for ; q != nil; q = f.shorter(ctx, q) {
		path = append(path, q)
		score = append(score, n*math.Log(q.left)+float64(len(q.above)+len(q.below))*math.Log(n))
	}
	var out []*quotient
	for len(out) < min(most, len(path)) {
		best := floats.MinIdx(score)
		if math.IsInf(score[best], 1) {
			break
		}
		// Without another term below it is a combination and not a quotient.
		if len(path[best].below) > 1 && path[best].evaluate(columns, y, w) {
			out = append(out, path[best])
		}
		score[best] = math.Inf(1)
	}
	return out
}

// shorter fits q without the feature of which it is least certain; nil if there is
// none to leave out.
func (f *quotientFit) shorter(ctx context.Context, q *quotient) *quotient {
	const steps, tries = 6, 3
	var order []int // parameters
	certain := make([]float64, len(q.errorP)+len(q.errorQ))
	for k, e := range slices.Concat(q.errorP, q.errorQ) {
		if k < len(q.above) {
			certain[k] = math.Abs(q.coefP[k]) / e
		} else {
			certain[k] = math.Abs(q.coefQ[k-len(q.above)+1]) / e
		}
		if k >= len(q.above) || len(q.above) > 1 {
			order = append(order, k)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(certain[a], certain[b]) })
	// Without a term the denominator may get zeros.
	for _, k := range order[:min(len(order), tries)] {
		for _, o := range q.without(k) {
			if o.turn(f.columns) && f.fit(ctx, o, steps) {
				return o
			}
		}
	}
	return nil
}

// without returns starts for q without the feature of a parameter: with the others
// where their least squares are as far as the linear model tells, and where they
// were.
func (q *quotient) without(param int) []*quotient {
	mp := len(q.above)
	drop := func(coef []float64) *quotient {
		o := &quotient{above: slices.Clone(q.above), below: slices.Clone(q.below)}
		o.coefP, o.coefQ = slices.Clone(coef[:mp]), slices.Concat([]float64{1}, coef[mp:])
		if param < mp {
			o.above, o.coefP = slices.Delete(o.above, param, param+1), slices.Delete(o.coefP, param, param+1)
		} else {
			k := param - mp + 1
			o.below, o.coefQ = slices.Delete(o.below, k, k+1), slices.Delete(o.coefQ, k, k+1)
		}
		return o
	}
	coef := slices.Concat(q.coefP, q.coefQ[1:])
	var out []*quotient
	if c := q.covariance; c != nil && c.At(param, param) > 0 {
		moved := slices.Clone(coef)
		for k := range moved {
			moved[k] -= c.At(k, param) / c.At(param, param) * coef[param]
		}
		out = append(out, drop(moved))
	}
	return append(out, drop(coef))
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
