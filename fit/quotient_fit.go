package fit

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/kansym/kansym/kan/lm"
)

// quotientFit fits quotients to rows.
type quotientFit struct {
	columns [][]float64 // of features
	y, root []float64   // target, and roots of the weights
	solver  lm.Solver
	// Q and P/Q in a block of rows.
	denominator, values []float64
}

func newQuotientFit(columns [][]float64, y, w []float64) *quotientFit {
	n := len(y)
	return &quotientFit{
		columns: columns, y: y, root: rootsOf(w, n),
		denominator: make([]float64, n), values: make([]float64, n),
	}
}

// problem is the least squares of P/Q-y with the coefficients of P, then those of Q
// but for the first. Q keeps the sign that it has.
func (f *quotientFit) problem(q *quotient) lm.Problem {
	mp := len(q.above)
	pivot, below := f.columns[q.below[0]], q.below[1:]
	first := pivot[0]
	for k, j := range below {
		first += q.coefQ[k+1] * f.columns[j][0]
	}
	sign := math.Copysign(1, first)
	residual := func(dst, params []float64, lo, hi int) bool {
		d, v := f.denominator[:hi-lo], f.values[:hi-lo]
		copy(d, pivot[lo:hi])
		for k, j := range below {
			floats.AddScaled(d, params[mp+k], f.columns[j][lo:hi])
		}
		clear(v)
		for k, j := range q.above {
			floats.AddScaled(v, params[k], f.columns[j][lo:hi])
		}
		for i, x := range d {
			if !(x*sign > 0) {
				return false
			}
			v[i] /= x
			dst[i] = f.root[lo+i] * (v[i] - f.y[lo+i])
		}
		return finite(floats.Sum(dst))
	}
	linear := make([]bool, mp+len(below))
	for k := range q.above {
		linear[k] = true
	}
	return lm.Problem{
		NumParams: len(linear), NumResiduals: len(f.y), Linear: linear,
		Residual: residual,
		Jacobian: func(dst []float64, jac [][]float64, params []float64, lo, hi int) bool {
			if !residual(dst, params, lo, hi) {
				return false
			}
			d, v := f.denominator[:hi-lo], f.values[:hi-lo]
			floats.DivTo(d, f.root[lo:hi], d)
			for k, j := range q.above {
				floats.MulTo(jac[k], d, f.columns[j][lo:hi])
			}
			floats.Mul(d, v)
			floats.Scale(-1, d)
			for k, j := range below {
				floats.MulTo(jac[mp+k], d, f.columns[j][lo:hi])
			}
			return true
		},
	}
}

// fit takes q to the least squares in at most so many steps and estimates the
// standard errors of its coefficients; not ok where that cannot be. Of coefficients
// that are not determined some have infinite errors, without which the others are.
func (f *quotientFit) fit(ctx context.Context, q *quotient, steps int) bool {
	start := slices.Concat(q.coefP, q.coefQ[1:])
	if len(f.y) <= len(start) {
		return false
	}
	res := f.solver.Solve(ctx, f.problem(q), start, lm.Options{
		MaxIter:      steps,
		ReductionTol: 0.01 / float64(len(f.y)), // within a tenth of a standard error
	})
	if res.Status == lm.NonFinite || res.Status == lm.Canceled {
		return false
	}
	mp := len(q.above)
	copy(q.coefP, res.Params)
	copy(q.coefQ[1:], res.Params[mp:])
	q.left = res.Norm * res.Norm
	q.covariance = res.Covariance()
	errs := make([]float64, len(start))
	if q.covariance != nil {
		for k := range errs {
			errs[k] = math.Sqrt(q.covariance.At(k, k))
		}
	} else {
		// Looser than the rank that the covariance asks for, so that there are some.
		const dependent = 1e-9
		needless := res.Redundant(dependent)
		if len(needless) == 0 {
			return false
		}
		for _, k := range needless {
			errs[k] = math.Inf(1)
		}
	}
	q.errorP, q.errorQ = errs[:mp:mp], errs[mp:]
	return finite(q.left)
}
