package kan

import (
	"context"
	"math"
)

// levenberg fits the parameters of one plan, a network with its grids, by
// Levenberg-Marquardt on the normal equations.
type levenberg struct {
	p           *plan
	w           *work
	data, held  *rowSet
	cache, hold *basisCache
	eq          equations

	step, trial, best []float64
}

// equations is a way to find damped Gauss-Newton steps.
type equations interface {
	// update forms the equations at params and returns the mean squared error
	// plus curvature times the penalty, +Inf where the network is not finite.
	update(params []float64, curvature float64) float64
	// solve writes the step for damping mu into dst. It returns false when mu
	// must be raised.
	solve(dst []float64, mu float64) bool
}

// round says how long one call of levenberg.run may take.
type round struct {
	iterations int
	curvature  float64
	// slow ends the round when five steps together lower the loss by less
	// than this fraction.
	slow float64
	// target ends it when the held-out mean squared error is below this.
	target float64
}

// outcome is what a round reached. Errors are mean squares, weighted, of the
// scaled target; they belong to the parameters that were kept.
type outcome struct {
	train, held float64
	iterations  int
	curvature   float64
	status      Status
}

const (
	firstDamping = 1e-2
	minDamping   = 1e-13
	maxDamping   = 1e8
	patience     = 16 // steps without a better held-out error
)

// run improves the plan's parameters, which are at the end those with the
// smallest held-out error met.
func (t *levenberg) run(ctx context.Context, r round) outcome {
	p := t.p
	copy(t.best, p.params)
	out := outcome{curvature: r.curvature, status: StatusIterations}
	out.train = p.meanSquare(t.w, t.cache, t.data, p.params)
	out.held = p.meanSquare(t.w, t.hold, t.held, p.params)
	loss := t.eq.update(p.params, r.curvature)
	if math.IsInf(loss, 1) {
		out.status = StatusDiverged
		return out
	}
	var past [5]float64
	for k := range past {
		past[k] = math.Inf(1)
	}
	mu, worse := firstDamping, 0
loop:
	for out.iterations < r.iterations {
		out.iterations++
		grow := 4.0
		accepted := false
		for !accepted {
			if mu > maxDamping {
				out.status = StatusConverged
				break loop
			}
			if ctx.Err() != nil {
				out.status = StatusCancelled
				break loop
			}
			if t.eq.solve(t.step, mu) {
				copy(t.trial, p.params)
				for k, s := range t.step {
					t.trial[k] -= s
				}
				train := p.meanSquare(t.w, t.cache, t.data, t.trial)
				trial := train + r.curvature*p.curvature(t.trial)
				if trial < loss {
					accepted = true
					loss = trial
					copy(p.params, t.trial)
					held := p.meanSquare(t.w, t.hold, t.held, p.params)
					worse++
					if held < out.held {
						if held < 0.999*out.held {
							worse = 0
						}
						out.held, out.train = held, train
						copy(t.best, p.params)
					}
					break
				}
			}
			mu *= grow
			grow *= 2
		}
		mu = math.Max(mu/6, minDamping)
		if out.held <= r.target {
			out.status = StatusTarget
			break
		}
		if worse >= patience {
			out.status = StatusHeldout
			break
		}
		k := out.iterations % len(past)
		if past[k]-loss < r.slow*past[k] {
			out.status = StatusConverged
			break
		}
		past[k] = loss
		if out.iterations < r.iterations {
			t.eq.update(p.params, r.curvature)
		}
	}
	copy(p.params, t.best)
	return out
}

// denseEquations solves the full normal equations by Cholesky decomposition.
type denseEquations struct {
	t *levenberg
	q *normal
	c *cholesky
}

func newDenseEquations(t *levenberg) *denseEquations {
	return &denseEquations{t: t, q: newNormal(t.p), c: newCholesky(t.p.trainable)}
}

func (e *denseEquations) update(params []float64, curvature float64) float64 {
	e.q.accumulate(e.t.p, e.t.w, e.t.cache, e.t.data, params)
	if curvature > 0 {
		e.q.addCurvature(e.t.p, params, curvature)
	}
	return e.q.loss
}

// solve damps each parameter by its own diagonal element and, because a
// parameter that no row touches has none, by a little of the mean one.
func (e *denseEquations) solve(dst []float64, mu float64) bool {
	q, ld := e.q, e.q.stride
	mean := 0.0
	for i := range q.n {
		mean += q.h[i*ld+i]
	}
	mean /= float64(q.n)
	if !(mean > 0) || !finite(mean) {
		return false
	}
	for i := range q.n {
		copy(e.c.a[i*ld+i:(i+1)*ld], q.h[i*ld+i:(i+1)*ld])
		e.c.a[i*ld+i] += mu*(q.h[i*ld+i]+1e-3*mean) + 1e-15*mean
	}
	if !e.c.factorize() {
		return false
	}
	copy(dst, q.g)
	e.c.solve(dst)
	return allFinite(dst)
}
