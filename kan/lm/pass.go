package lm

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// blockRows shapes the buffers for the rows from lo and returns their end.
func (s *Solver) blockRows(lo int) (hi int) {
	hi = min(lo+s.block, s.n)
	for k := range s.cols {
		col := s.buf[k*s.block : k*s.block+hi-lo]
		s.cols[k] = col
		if k < s.p {
			s.jac[s.perm[k]] = col
		}
	}
	return hi
}

// largest returns the largest magnitude among the residuals at s.params.
func (s *Solver) largest() (float64, bool) {
	var most float64
	for lo := 0; lo < s.n; {
		hi := s.blockRows(lo)
		r := s.cols[s.p]
		if !s.prob.Residual(r, s.params, lo, hi) || !finite(r) {
			return 0, false
		}
		most = math.Max(most, floats.Norm(r, math.Inf(1)))
		lo = hi
	}
	s.evals++
	return most, true
}

// cost returns the sum of squares of the scaled residuals. It stops early with
// a value above limit once the sum exceeds limit.
func (s *Solver) cost(params []float64, limit float64) (float64, bool) {
	var sum float64
	s.evals++
	for lo := 0; lo < s.n; {
		hi := s.blockRows(lo)
		r := s.cols[s.p]
		if !s.prob.Residual(r, params, lo, hi) {
			return 0, false
		}
		scale(r, s.rexp)
		sum += floats.Dot(r, r)
		if sum > limit {
			return sum, true
		}
		lo = hi
	}
	return sum, !math.IsNaN(sum) && !math.IsInf(sum, 0)
}

// linearise computes the factor at params into t and the weights of the columns,
// their norms.
func (s *Solver) linearise(t triangle, params []float64) bool {
	// A column that has left the range of safe squares gets a new scale, and
	// everything is done again; two repetitions are enough for any drift.
	for range 3 {
		if !s.factorise(t, params, s.p) {
			return false
		}
		again := false
		for k := range s.p {
			if !s.cset[k] {
				continue
			}
			norm := t.columnNorm(k)
			switch e := rangeExponent(norm); {
			case math.IsNaN(norm) || math.IsInf(norm, 0):
				s.cset[k], again = false, true
			case e != 0:
				s.cexp[k], again = s.cexp[k]+e, true
			case norm == 0:
				s.cset[k] = false // takes its scale from the next value that is not zero
				continue
			default:
				continue
			}
			s.rescaled = true
		}
		if !again {
			break
		}
	}
	if !finite(t.a) {
		return false
	}
	for k := range s.p {
		s.d[k] = t.columnNorm(k)
	}
	return true
}

// factorise computes into t the triangular factor of the first m columns and
// the residuals at params.
func (s *Solver) factorise(t triangle, params []float64, m int) bool {
	t.clear()
	s.evals++
	for lo := 0; lo < s.n; {
		hi := s.blockRows(lo)
		if !s.prob.Jacobian(s.cols[s.p], s.jac, params, lo, hi) {
			return false
		}
		for k := range m {
			if !s.cset[k] {
				s.chooseScale(k)
			}
			scale(s.cols[k], s.rexp+s.cexp[k])
		}
		scale(s.cols[s.p], s.rexp)
		last := s.cols[m]
		s.cols[m] = s.cols[s.p]
		t.fold(s.cols[:m+1])
		s.cols[m] = last
		lo = hi
	}
	return true
}

// chooseScale fixes the scale of column k by the first block in which it is not
// zero; until then its part of the factor is zero and has no scale.
func (s *Solver) chooseScale(k int) {
	most := floats.Norm(s.cols[k], math.Inf(1))
	if most == 0 || math.IsNaN(most) || math.IsInf(most, 0) {
		return
	}
	s.cexp[k] = 0
	if e := math.Ilogb(most) + s.rexp; e < -100 || e > 100 {
		s.cexp[k] = -e
	}
	s.cset[k] = true
}

// project replaces the linear parameters in params by those that minimise the
// sum of squares while the others are held.
func (s *Solver) project(params []float64) bool {
	m := s.nlin
	if !s.factorise(s.lin, params, m) || !finite(s.lin.a) {
		return false
	}
	for k := range m {
		s.damp[k] = linearDamping * s.lin.columnNorm(k)
		if s.damp[k] == 0 {
			s.damp[k] = 1
		}
	}
	// s.next is free at this point: its memory serves as scratch.
	work := triangle{p: m, a: s.next.a[:(m+1)*(m+1)]}
	if !s.lin.damped(s.z[:m], s.damp[:m], work, s.line[:m+1]) {
		return false
	}
	for k, z := range s.z[:m] {
		params[s.perm[k]] += math.Ldexp(z, s.cexp[k])
	}
	return finite(params)
}
