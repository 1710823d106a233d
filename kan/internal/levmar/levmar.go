// Package levmar is the Levenberg-Marquardt method with early stopping by which
// networks are trained: damped normal equations, a loop that keeps the
// parameters of the smallest error on held-out rows, and a decomposition of
// symmetric matrices of a few hundred rows that costs no more than it must.
//
// Splines and perceptrons are both trained by this one loop, so that a
// comparison of them compares nothing else. For least-squares problems of few
// parameters that need all digits there is package lm.
package levmar

import (
	"context"
	"math"
)

// Problem is a least-squares problem with a penalty. Errors are mean squares,
// +Inf where a value is not finite.
type Problem interface {
	// Update forms the equations at params and returns the error on the
	// training rows plus the penalty.
	Update(params []float64) float64
	// Solve writes the step for damping mu, to be subtracted from the
	// parameters, into dst. It returns false when mu must be raised.
	Solve(dst []float64, mu float64) bool
	// Train and Held return the error on the training and the held-out rows,
	// Penalty what is added to the former.
	Train(params []float64) float64
	Held(params []float64) float64
	Penalty(params []float64) float64
}

// Round says how long one call of Run may take.
type Round struct {
	Iterations int
	// Slow ends the round when five steps together lower the loss by less
	// than this fraction.
	Slow float64
	// Target ends it when the held-out error is not above this.
	Target float64
}

// Status tells why a round ended.
type Status uint8

// The reasons.
const (
	Converged  Status = iota // further steps gain too little
	Heldout                  // the held-out error stopped falling
	Target                   // the held-out error reached the target
	Iterations               // all steps were made
	Cancelled                // the context ended
	Diverged                 // the starting point is not finite on the data
)

// Outcome is what a round reached. Errors belong to the parameters kept.
type Outcome struct {
	Train, Held float64
	Iterations  int
	Status      Status
}

const (
	firstDamping = 1e-2
	minDamping   = 1e-13
	maxDamping   = 1e8
	patience     = 16 // steps without a better held-out error
)

// Loop is the memory of Run for problems of one size.
type Loop struct {
	step, trial, best []float64
}

// NewLoop returns memory for problems with so many parameters, of which the
// first steps of them are trained.
func NewLoop(params, steps int) *Loop {
	return &Loop{step: make([]float64, steps), trial: make([]float64, params), best: make([]float64, params)}
}

// Run improves params in place, which are at the end those with the smallest
// held-out error met.
func (l *Loop) Run(ctx context.Context, p Problem, params []float64, r Round) Outcome {
	copy(l.best, params)
	out := Outcome{Status: Iterations}
	out.Train = p.Train(params)
	out.Held = p.Held(params)
	loss := p.Update(params)
	if math.IsInf(loss, 1) {
		out.Status = Diverged
		return out
	}
	var past [5]float64
	for k := range past {
		past[k] = math.Inf(1)
	}
	mu, worse := firstDamping, 0
loop:
	for out.Iterations < r.Iterations {
		out.Iterations++
		grow := 4.0
		accepted := false
		for !accepted {
			if mu > maxDamping {
				out.Status = Converged
				break loop
			}
			if ctx.Err() != nil {
				out.Status = Cancelled
				break loop
			}
			if p.Solve(l.step, mu) {
				copy(l.trial, params)
				for k, s := range l.step {
					l.trial[k] -= s
				}
				train := p.Train(l.trial)
				trial := train + p.Penalty(l.trial)
				if trial < loss {
					accepted = true
					loss = trial
					copy(params, l.trial)
					held := p.Held(params)
					worse++
					if held < out.Held {
						if held < 0.999*out.Held {
							worse = 0
						}
						out.Held, out.Train = held, train
						copy(l.best, params)
					}
					break
				}
			}
			mu *= grow
			grow *= 2
		}
		mu = math.Max(mu/6, minDamping)
		if out.Held <= r.Target {
			out.Status = Target
			break
		}
		if worse >= patience {
			out.Status = Heldout
			break
		}
		k := out.Iterations % len(past)
		if past[k]-loss < r.Slow*past[k] {
			out.Status = Converged
			break
		}
		past[k] = loss
		if out.Iterations < r.Iterations {
			p.Update(params)
		}
	}
	copy(params, l.best)
	return out
}
