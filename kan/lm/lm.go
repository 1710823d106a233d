// Package lm minimises sums of squares with the method of Levenberg and
// Marquardt, for problems of few parameters (up to about 50) and up to
// millions of residuals.
//
// The step is computed from a QR factorisation of the Jacobian, never from
// normal equations: their condition number is the square of the Jacobian's,
// which costs half of the digits. The factor R is built from blocks of rows,
// each folded into the triangle by Householder reflections (Golub and Van Loan,
// Matrix Computations, section 5.1 and 6.5.3), so memory does not grow with the
// number of residuals and a problem without noise converges until the residuals
// themselves are rounding errors.
//
// Columns are scaled by their norms (Moré, The Levenberg-Marquardt algorithm:
// implementation and theory, 1978, but by those at the present point: the largest
// so far holds parameters back after a start where they mattered much), and the damping follows the gain
// ratio (Nielsen, Damping parameter in Marquardt's method, IMM-REP-1999-05).
// Parameters that enter linearly can be declared: they are then eliminated by
// variable projection (Golub and Pereyra 1973, in the form of Kaufman 1975).
package lm

import (
	"context"
	"fmt"
)

// Problem is a nonlinear least-squares problem: find the parameters p that
// minimise the sum of r_i(p)^2 over NumResiduals residuals. Weights are folded
// in by the caller: a row of weight w contributes sqrt(w) times its residual.
//
// Both functions are asked for the rows lo to hi-1 only. They must not keep the
// slices they are given, and must give the same values whenever they are asked
// again.
type Problem struct {
	NumParams    int
	NumResiduals int

	// Residual writes r_lo to r_{hi-1} into dst, which has length hi-lo. It
	// returns false if one of them is not a finite number; the parameters are
	// then taken to be outside the domain of the problem.
	Residual func(dst, params []float64, lo, hi int) bool

	// Jacobian writes the residuals into dst like Residual, and the derivative
	// of residual i with respect to parameter k into jac[k][i-lo]. jac has
	// NumParams slices of length hi-lo. It returns false if a value is not finite.
	Jacobian func(dst []float64, jac [][]float64, params []float64, lo, hi int) bool

	// Linear marks the parameters in which every residual is affine when the
	// others are held; nil marks none. Solve eliminates them: after each step
	// of the others they take their best values, which makes their starting
	// values unimportant and convergence faster and surer.
	Linear []bool
}

// Options steer Solve. The zero value converges to the limits of double
// precision.
type Options struct {
	// MaxIter bounds the number of trial steps. If it is 0 it is 200+20p for
	// p parameters.
	MaxIter int

	// StepTol ends the work when a step, in the norm in which every parameter
	// is weighed by its column of the Jacobian, is that small relative to
	// the parameters. If it is 0 it is 4e-16.
	StepTol float64

	// ReductionTol ends the work when the linear model promises to lower the
	// sum of squares by less than this share of it. The parameters are then
	// about sqrt(ReductionTol) standard errors from the minimum, times
	// sqrt(n-p). If it is 0 it is 1e-22.
	ReductionTol float64

	// TargetRMS ends the work when the root mean square of the residuals is
	// not above it. If it is 0, only an exact zero ends the work.
	TargetRMS float64

	// Damping is the starting damping relative to the squared column norms of
	// the Jacobian. If it is 0 it is 1e-3. Small values trust the starting
	// point, large values take short first steps.
	Damping float64
}

// Status tells how Solve ended.
type Status uint8

// The ways to end.
const (
	// Converged: no step within double precision, or within the tolerances,
	// lowers the sum of squares.
	Converged Status = iota
	// MaxIter: the bound on trial steps was reached.
	MaxIter
	// Stalled: no step lowers the sum of squares although the gradient says
	// that one should: derivatives are wrong, or the residuals jump.
	Stalled
	// NonFinite: residuals or derivatives at the starting point are not finite.
	NonFinite
	// Canceled: the context was done.
	Canceled
)

// String returns the status in words.
func (s Status) String() string {
	switch s {
	case Converged:
		return "converged"
	case MaxIter:
		return "iteration limit"
	case Stalled:
		return "stalled"
	case NonFinite:
		return "not finite at the start"
	case Canceled:
		return "canceled"
	}
	return fmt.Sprintf("Status(%d)", uint8(s))
}

// Result is what Solve found. It owns its slices.
type Result struct {
	// Params are the best parameters, the starting values if nothing better
	// was found.
	Params []float64

	// Norm is the Euclidean norm of the residuals at Params and RMS their root
	// mean square. Both are 0 if Status is NonFinite.
	Norm, RMS float64

	Status Status

	// Iter counts trial steps, Evals calls for all residuals or all derivatives.
	Iter, Evals int

	// Cosine is the largest cosine of the angle between the residuals and a
	// column of the Jacobian: 0 at an exact minimum.
	Cosine float64

	factor factor
}

// Solve minimises p's sum of squares from start, which it does not change. It
// returns the best point seen whatever happens. It panics if the shapes of p and
// start do not agree.
func Solve(ctx context.Context, p Problem, start []float64, opt Options) Result {
	var s Solver
	return s.Solve(ctx, p, start, opt)
}
