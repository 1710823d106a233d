package kan

import (
	"context"

	"github.com/kansym/kansym/kan/internal/levmar"
)

// levenberg fits the parameters of one plan, a network with its grids, by
// Levenberg-Marquardt on the normal equations.
type levenberg struct {
	p           *plan
	w           *work
	data, held  *rowSet
	cache, hold *basisCache
	eq          equations

	loop *levmar.Loop
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

// run improves the plan's parameters, which are at the end those with the
// smallest held-out error met.
func (t *levenberg) run(ctx context.Context, r round) outcome {
	if t.loop == nil {
		t.loop = levmar.NewLoop(len(t.p.params), t.p.trainable)
	}
	out := t.loop.Run(ctx, penalized{t, r.curvature}, t.p.params, levmar.Round{
		Iterations: r.iterations, Slow: r.slow, Target: r.target,
	})
	return outcome{
		train: out.Train, held: out.Held, iterations: out.Iterations,
		curvature: r.curvature, status: statusOf[out.Status],
	}
}

var statusOf = [...]Status{
	levmar.Converged: StatusConverged, levmar.Heldout: StatusHeldout, levmar.Target: StatusTarget,
	levmar.Iterations: StatusIterations, levmar.Cancelled: StatusCancelled, levmar.Diverged: StatusDiverged,
}

// penalized is the problem of a round.
type penalized struct {
	*levenberg
	weight float64
}

func (t penalized) Update(params []float64) float64      { return t.eq.update(params, t.weight) }
func (t penalized) Solve(dst []float64, mu float64) bool { return t.eq.solve(dst, mu) }
func (t penalized) Train(params []float64) float64 {
	return t.p.meanSquare(t.w, t.cache, t.data, params)
}
func (t penalized) Held(params []float64) float64 {
	return t.p.meanSquare(t.w, t.hold, t.held, params)
}
func (t penalized) Penalty(params []float64) float64 { return t.weight * t.p.curvature(params) }

// denseEquations solves the full normal equations by Cholesky decomposition.
type denseEquations struct {
	t *levenberg
	q *normal
	c *levmar.Cholesky
}

func newDenseEquations(t *levenberg) *denseEquations {
	return &denseEquations{t: t, q: newNormal(t.p), c: levmar.NewCholesky(t.p.trainable)}
}

func (e *denseEquations) update(params []float64, curvature float64) float64 {
	e.q.accumulate(e.t.p, e.t.w, e.t.cache, e.t.data, params)
	if curvature > 0 {
		e.q.addCurvature(e.t.p, params, curvature)
	}
	return e.q.loss
}

func (e *denseEquations) solve(dst []float64, mu float64) bool {
	return e.c.Step(dst, e.q.h, e.q.g, mu)
}
