package lm

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"
)

// The bounds of the damping, relative to squared column norms. Below the lower
// one the step would follow rounding errors along directions that the data do
// not determine; above the upper one no step is left.
const (
	minDamping = 1e-24
	maxDamping = 1e40
)

// fastestEasing is the factor of the damping after a step as good as promised.
// Nielsen has 1/3; 1/10 saves up to a third of the steps on problems without
// noise and costs a few on others.
const fastestEasing = 1. / 10

// linearDamping keeps the elimination of linear parameters regular when they
// are redundant. It is small enough to leave determined ones alone.
const linearDamping = 1e-13

// bufferSize is the number of floats in a block of rows: 256 KB, so that a
// block stays in the second-level cache while it is folded.
const bufferSize = 1 << 15

// Solver holds the memory that Solve needs, to be used again for problems of
// any shape, one at a time. The zero value is ready. Apart from the Result, a
// second problem of the same shape allocates nothing.
type Solver struct {
	prob Problem
	opt  Options
	p, n int
	nlin int // linear parameters; they come first in perm
	perm []int

	block int         // rows in a block
	buf   []float64   // p+1 columns of block rows
	cols  [][]float64 // the same as columns in the order of perm, then the residuals
	jac   [][]float64 // the same in the order of the parameters

	tri, next, work, lin triangle
	line, z, damp        []float64

	params, trial, old []float64

	// Powers of two that keep squares finite: residuals are multiplied by
	// 2^rexp, column k of the Jacobian by 2^(rexp+cexp[k]), in the order of
	// perm. They are 0 for problems of ordinary scale.
	rexp int
	cexp []int
	cset []bool
	d    []float64 // norm of each scaled column, its weight in the damping

	// rescaled tells that cexp changed since the factor was computed.
	rescaled bool

	evals int
}

// prepare fits the memory to the problem.
func (s *Solver) prepare(prob Problem, opt Options) {
	p, n := prob.NumParams, prob.NumResiduals
	if opt.MaxIter <= 0 {
		opt.MaxIter = 200 + 20*p
	}
	if opt.StepTol <= 0 {
		opt.StepTol = 4e-16
	}
	if opt.ReductionTol <= 0 {
		opt.ReductionTol = 1e-22
	}
	if opt.Damping <= 0 {
		opt.Damping = 1e-3
	}
	block := min(n, max(64, bufferSize/(p+1)))
	if s.p != p || s.block != block || s.buf == nil {
		s.buf = make([]float64, (p+1)*block)
		s.cols = make([][]float64, p+1)
		s.jac = make([][]float64, p)
		s.tri, s.next, s.work = newTriangle(p), newTriangle(p), newTriangle(p)
		s.line = make([]float64, p+1)
		floatsOf := make([]float64, 6*p)
		cut := func() []float64 {
			v := floatsOf[:p:p]
			floatsOf = floatsOf[p:]
			return v
		}
		s.z, s.damp, s.params, s.trial, s.old, s.d = cut(), cut(), cut(), cut(), cut(), cut()
		s.perm, s.cexp, s.cset = make([]int, p), make([]int, p), make([]bool, p)
	}
	s.prob, s.opt, s.p, s.n, s.block = prob, opt, p, n, block

	nlin, at := 0, 0
	for _, want := range [2]bool{true, false} {
		for k := range p {
			if (prob.Linear != nil && prob.Linear[k]) == want {
				s.perm[at] = k
				at++
			}
		}
		if want {
			nlin = at
		}
	}
	if nlin > 0 && (s.nlin != nlin || s.lin.p != nlin) {
		s.lin = newTriangle(nlin)
	}
	s.nlin = nlin
	clear(s.cexp)
	clear(s.cset)
	clear(s.d)
	s.rexp, s.evals, s.rescaled = 0, 0, false
}

// Solve is the function Solve in memory of its own.
func (s *Solver) Solve(ctx context.Context, prob Problem, start []float64, opt Options) Result {
	switch {
	case prob.NumParams < 0 || prob.NumResiduals <= 0:
		panic("lm: problem without residuals")
	case len(start) != prob.NumParams:
		panic("lm: wrong number of starting values")
	case prob.Linear != nil && len(prob.Linear) != prob.NumParams:
		panic("lm: wrong length of the linear mask")
	}
	s.prepare(prob, opt)
	copy(s.params, start)
	res := Result{Status: NonFinite}
	cost, ok := s.begin()
	if ok {
		cost = s.iterate(ctx, &res, cost)
		res.Norm = math.Ldexp(math.Sqrt(cost), -s.rexp)
		res.RMS = math.Ldexp(math.Sqrt(cost/float64(s.n)), -s.rexp)
		res.factor = s.factor()
	}
	res.Params = append([]float64(nil), s.params...)
	res.Evals = s.evals
	s.prob = Problem{} // do not keep the caller's data alive
	return res
}

// begin evaluates the starting point, fixes the scale of the residuals and
// returns the sum of their squares.
func (s *Solver) begin() (float64, bool) {
	if !finite(s.params) {
		return 0, false
	}
	most, ok := s.largest()
	if !ok {
		return 0, false
	}
	s.rexp = rangeExponent(most)
	cost, ok := s.cost(s.params, math.Inf(1))
	if ok && s.nlin > 0 && cost > 0 {
		copy(s.trial, s.params)
		if s.project(s.trial) {
			if c, ok := s.cost(s.trial, cost); ok && c < cost {
				copy(s.params, s.trial)
				cost = c
			}
		}
	}
	return cost, ok
}

// iterate runs the method from a point with finite residuals and returns the
// sum of squares at s.params. It leaves the factor at s.params in s.tri.
func (s *Solver) iterate(ctx context.Context, res *Result, cost float64) float64 {
	if !s.linearise(s.tri, s.params) {
		res.Status = NonFinite
		s.tri.clear()
		return cost
	}
	mu, nu := s.opt.Damping, 2.0
	res.Cosine = s.tri.cosine()
	// How large the first step tried from the present point was, relative to
	// the parameters, in parameters and in residuals.
	first, firstImage := math.Inf(1), math.Inf(1)
	target := math.Ldexp(s.opt.TargetRMS, s.rexp)
	target *= target * float64(s.n)

	for {
		switch {
		case cost <= target:
			res.Status = Converged
			return cost
		case res.Iter >= s.opt.MaxIter:
			res.Status = MaxIter
			return cost
		case ctx.Err() != nil:
			res.Status = Canceled
			return cost
		}
		res.Iter++

		step, image, damped, ok := s.step(mu)
		pred := image + 2*damped
		if ok {
			size := s.paramNorm()
			if math.IsInf(first, 1) {
				first, firstImage = step/size, math.Sqrt(image)/size
			}
			if step <= s.opt.StepTol*size || pred <= s.opt.ReductionTol*cost {
				res.Status = Converged
				if mu > 1 && res.Cosine > 1e-6 && first > 1e-7 && firstImage > 1e-12 {
					res.Status = Stalled
				}
				return cost
			}
		}
		if ok && pred < 1e-9*cost && (mu < 1e-2 || res.Cosine < 1e-6) {
			// The reduction is below the rounding error of the sum of squares,
			// which can no longer tell a good step from a bad one; the
			// gradient still can.
			after, improved := s.polish(cost, pred, mu)
			if !improved {
				res.Status = Converged
				return cost
			}
			cost = after
			res.Cosine = s.tri.cosine()
			mu, nu = max(mu/10, minDamping), 2
			first, firstImage = math.Inf(1), math.Inf(1)
			continue
		}
		if ok {
			var after float64
			if after, ok = s.try(cost); ok && after < cost && s.linearise(s.next, s.trial) {
				s.accept()
				s.rescaled = false
				gain := (cost - after) / pred
				cost = after
				res.Cosine = s.tri.cosine()
				t := 2*gain - 1
				mu = max(mu*max(fastestEasing, 1-t*t*t), minDamping)
				nu = 2
				first, firstImage = math.Inf(1), math.Inf(1)
				continue
			}
		}
		mu *= nu
		nu *= 2
		if !s.restore() || mu > maxDamping {
			res.Status = Stalled
			if res.Cosine < 1e-6 {
				res.Status = Converged
			}
			return cost
		}
	}
}

// step computes the step for damping mu into s.z and from it s.trial. It
// returns the norm of the step weighed by the columns, the squared norm of its
// image under the Jacobian, and its damping term.
func (s *Solver) step(mu float64) (norm, image, damped float64, ok bool) {
	root := math.Sqrt(mu)
	for k := range s.p {
		s.damp[k] = root * s.d[k]
		if k < s.nlin {
			s.damp[k] = linearDamping * s.d[k]
		}
		if s.d[k] == 0 {
			s.damp[k] = 1 // no residual depends on it: any weight keeps it where it is
		}
	}
	if !s.tri.damped(s.z, s.damp, s.work, s.line) {
		return 0, 0, 0, false
	}
	for k, z := range s.z {
		j := s.perm[k]
		s.trial[j] = s.params[j] + math.Ldexp(z, s.cexp[k])
		norm += sq(s.d[k] * z)
		damped += sq(s.damp[k] * z)
	}
	return math.Sqrt(norm), s.tri.imageNorm2(s.z), damped, finite(s.trial)
}

// paramNorm returns the norm of the parameters weighed like a step.
func (s *Solver) paramNorm() float64 {
	var ss float64
	for k, j := range s.perm {
		ss += sq(s.d[k] * math.Ldexp(s.params[j], -s.cexp[k]))
	}
	return math.Sqrt(ss)
}

// try completes the trial point by its best linear parameters and returns its
// sum of squares, anything above limit if it exceeds limit.
func (s *Solver) try(limit float64) (float64, bool) {
	if s.nlin > 0 && !s.project(s.trial) {
		return 0, false
	}
	return s.cost(s.trial, limit)
}

// polish takes the step if it does not raise the sum of squares beyond its
// rounding error and if the reduction that remains after it is less than half
// of pred, the one promised for it.
func (s *Solver) polish(cost, pred, mu float64) (after float64, improved bool) {
	limit := cost * (1 + 1e-9)
	after, ok := s.try(limit)
	if !ok || after > limit || !s.linearise(s.next, s.trial) {
		return cost, false
	}
	copy(s.old, s.params)
	s.accept()
	_, image, damped, ok := s.step(mu)
	if ok && image+2*damped <= pred/2 {
		s.rescaled = false
		return after, true
	}
	s.tri, s.next = s.next, s.tri
	copy(s.params, s.old)
	s.restore()
	return cost, false
}

// restore makes s.tri agree with s.params again after a trial point that was
// not taken has changed the scale of a column.
func (s *Solver) restore() bool {
	if !s.rescaled {
		return true
	}
	s.rescaled = false
	return s.linearise(s.tri, s.params)
}

func (s *Solver) accept() {
	s.tri, s.next = s.next, s.tri
	s.params, s.trial = s.trial, s.params
}

func sq(x float64) float64 { return x * x }

func finite(v []float64) bool {
	for _, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}

// rangeExponent returns the exponent e for which x*2^e is about 1, or 0 if x is
// zero or its square is far from overflow and underflow.
func rangeExponent(x float64) int {
	if x == 0 {
		return 0
	}
	if e := math.Ilogb(x); e < -100 || e > 100 {
		return -e
	}
	return 0
}

// scale multiplies v by 2^e.
func scale(v []float64, e int) {
	if e == 0 {
		return
	}
	// A factor beyond the range of float64 is applied in two steps.
	half := e / 2
	floats.Scale(math.Ldexp(1, half), v)
	floats.Scale(math.Ldexp(1, e-half), v)
}
