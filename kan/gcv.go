package kan

import (
	"context"
	"math"
	"math/rand/v2"
)

// validated trains with the curvature penalty proposed by generalised
// cross-validation: training and choosing take turns until the choice stands,
// and a choice counts only if it lowers the held-out error. (Without that
// condition the criterion, blind to what scaling one edge against another does
// to the penalty, made three of ten noisy test problems worse.) It needs the
// normal matrix; where that is too large the penalty stays as it is.
func (s *stretches) validated(ctx context.Context, steps int) {
	const turns = 4
	lambda := s.t.firstCurvature(s.c)
	for turn := range turns {
		lm, _ := s.run(ctx, round{iterations: max(1, (steps-s.used)/(turns-turn)), curvature: lambda, slow: 0.01})
		dense, ok := lm.eq.(*denseEquations)
		if !ok || turn == turns-1 || s.over(ctx, steps) {
			return
		}
		better := dense.validate(lm.p.params, s.t.variance)
		if better > lambda/2 && better < 2*lambda && s.c.out.status != StatusIterations {
			return
		}
		lambda = better
		respan(s.c.net, s.t.data, 0)
	}
}

// Penalties tried by cross-validation, relative to the variance of the target.
const (
	leastPenalty = 1e-12
	mostPenalty  = 1e3 // excluded
	penaltyStep  = 10
)

// dearness is the price of a degree of freedom. 1 is the classical criterion,
// which now and then picks a wildly rough curve; 1.4 hardly ever does (C. Gu,
// Smoothing Spline ANOVA Models, section 3.2).
const dearness = 1.4

// validate returns the curvature penalty with the least generalised
// cross-validation score mse(lambda) / (1 - dearness*edf(lambda)/rows)^2 in
// the model linearised at params, where edf is the trace of the matrix that
// maps targets to predictions (P. Craven and G. Wahba, Smoothing noisy data
// with spline functions, 1979). The trace is estimated with fixed random
// signs, the same for all penalties (M. Hutchinson, 1990).
func (e *denseEquations) validate(params []float64, variance float64) float64 {
	q := e.q
	n, ld := q.n, q.stride
	q.accumulate(e.t.p, e.t.w, e.t.cache, e.t.data, params)
	mse := q.loss
	h := append([]float64(nil), q.h...)
	g := append([]float64(nil), q.g...)
	mean := 0.0
	for i := range n {
		mean += h[i*ld+i] / float64(n)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	const probes = 16
	signs := make([][]float64, probes)
	for k := range signs {
		signs[k] = make([]float64, n)
		for i := range n {
			signs[k][i] = float64(2*rng.IntN(2) - 1)
		}
	}
	hv := make([]float64, n)
	step := make([]float64, n)
	rows := float64(effectiveRows(e.t.data))
	best, bestScore := leastPenalty*variance, math.Inf(1)
	for rel := leastPenalty; rel < mostPenalty; rel *= penaltyStep {
		lambda := rel * variance
		copy(q.h, h)
		copy(q.g, g)
		q.addCurvature(e.t.p, params, lambda)
		for i := range n {
			copy(e.c.A[i*ld+i:(i+1)*ld], q.h[i*ld+i:(i+1)*ld])
			e.c.A[i*ld+i] += 1e-10 * mean
		}
		if !e.c.Factorize() {
			continue
		}
		copy(step, q.g)
		e.c.Solve(step)
		symmetricProduct(hv, h, ld, step)
		fit := mse
		for i := range n {
			fit += step[i] * (hv[i] - 2*g[i])
		}
		edf := 0.0
		for _, s := range signs {
			symmetricProduct(hv, h, ld, s)
			e.c.Solve(hv)
			for i := range n {
				edf += s[i] * hv[i] / probes
			}
		}
		left := 1 - dearness*edf/rows
		if left <= 0 {
			continue
		}
		if score := math.Max(fit, 0) / (left * left); score < bestScore {
			best, bestScore = lambda, score
		}
	}
	return best
}

// effectiveRows counts the rows whose weight is not zero.
func effectiveRows(d *rowSet) int {
	n := 0
	for _, s := range d.sw {
		if s > 0 {
			n++
		}
	}
	return n
}

// symmetricProduct writes the product of the symmetric matrix whose upper
// triangle is h and v into dst.
func symmetricProduct(dst, h []float64, stride int, v []float64) {
	clear(dst)
	for i, x := range v {
		row := h[i*stride+i : i*stride+len(v)]
		sum := row[0] * x
		for k, a := range row[1:] {
			sum += a * v[i+1+k]
			dst[i+1+k] += a * x
		}
		dst[i] += sum
	}
}
