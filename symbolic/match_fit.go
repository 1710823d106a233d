package symbolic

import (
	"context"
	"math"

	"github.com/kansym/kansym/kan/lm"
	"github.com/kansym/kansym/library"
)

// A fitter polishes models. It keeps the memory that this takes.
type fitter struct {
	solver lm.Solver
	evals  int  // point evaluations of a model so far, the unit of work
	units  bool // whether settling looks for factors and offsets of 1 and -1
}

// polish minimises the model's weighted squares over s by Levenberg-Marquardt
// with at most iter steps, the linear constants eliminated, and returns the
// root mean square. Where the model is not finite at its start it is left as it
// is and the result is +Inf.
func (f *fitter) polish(ctx context.Context, m *model, s *sample, iter int) float64 {
	return f.descend(ctx, m, s, iter, s.tolerance())
}

// descend is polish that ends when a step promises to lower the squares by no
// more than the share tol. Squares on their way to zero fall by a large share
// at every step, so that a generous tol costs wrong models their last digits
// and a right one nothing.
func (f *fitter) descend(ctx context.Context, m *model, s *sample, iter int, tol float64) float64 {
	start, linear := m.params()
	res := f.solver.Solve(ctx, lm.Problem{
		NumParams:    len(start),
		NumResiduals: len(s.x),
		Linear:       linear,
		Residual: func(dst, params []float64, lo, hi int) bool {
			m.setParams(params)
			return m.residual(dst, s, lo, hi)
		},
		Jacobian: func(dst []float64, jac [][]float64, params []float64, lo, hi int) bool {
			m.setParams(params)
			return m.jacobian(dst, jac, s, lo, hi)
		},
	}, start, lm.Options{MaxIter: iter, TargetRMS: s.floor * 1e-4, ReductionTol: tol})
	f.evals += res.Evals * len(s.x)
	m.setParams(res.Params)
	if res.Status == lm.NonFinite || !isFinite(res.RMS) {
		return math.Inf(1)
	}
	return res.RMS
}

// tolerance is the relative reduction of squares that is still worth a step: a
// curve known only within its floor needs no more.
func (s *sample) tolerance() float64 {
	if s.floor > 1e-9*s.sd {
		return 1e-8
	}
	return 1e-12
}

// descriptionLength is the number of bits that it takes to send the sample
// with a model and an error: n/2*log2 of the mean square, relative to the
// spread and floored, plus the model's own bits. It does not saturate until the
// floor, which is what tells near-equal functions apart.
// Source: Rissanen, Modeling by shortest data description (1978).
//
// Terms that are larger than the target and cancel cost the bits by which their
// constants have to be known better: a parabola is not the top of a huge cosine.
func (s *sample) descriptionLength(rms float64, m *model) float64 {
	bits := m.bits()
	if s.sd == 0 {
		return bits
	}
	over := func(v float64) float64 { return math.Max(0, 2*math.Log2(v/(2*s.size))) }
	if m.outer == nil {
		bits += over(math.Abs(m.d))
	}
	for i := range m.terms {
		if m.outer != nil {
			break // sizes inside a function say nothing about those outside
		}
		t := &m.terms[i]
		most := 0.0
		for k := 0; k < len(s.x); k += max(1, len(s.x)/16) {
			most = math.Max(most, math.Abs(t.value(s.x[k])))
		}
		if v := over(math.Abs(t.c) * most); isFinite(v) {
			bits += v
		}
	}
	return s.errorBits(rms) + bits
}

// errorBits is the part of the description length that pays for the errors.
func (s *sample) errorBits(rms float64) float64 {
	return s.count * math.Log2(math.Hypot(rms, s.floor)/s.sd)
}

// exact reports whether an error is within rounding of zero.
func (s *sample) exact(rms float64) bool {
	return rms <= math.Max(1e-11*s.sd, 4e-15*s.size)
}

// Bits for the parts of a formula: an operator, and a number that is known to
// about its standard error only. Whole and simple numbers cost less.
const (
	operatorBits = 2
	decimalBits  = 14
)

// constantBits returns the bits of a number: about 2*log2 of a small whole
// number, a little more for simple fractions and multiples of pi, decimalBits
// for others.
func constantBits(v float64) float64 {
	const tol = 1e-9
	size := math.Abs(v)
	simple := func(v float64) bool {
		n := math.Round(v)
		return n != 0 && n <= 16 && math.Abs(v-n) <= tol*v
	}
	cost := func(v float64) float64 { return 2*math.Log2(math.Round(v)) + 2 }
	switch {
	case simple(size):
		return cost(size)
	case size != 0 && simple(1/size):
		return cost(1/size) + 1
	case simple(size / math.Pi):
		return cost(size/math.Pi) + 3
	case simple(2 * size):
		return cost(2*size) + 2
	}
	return decimalBits
}

// bits returns the description length of the model itself.
func (m *model) bits() float64 {
	bits := 0.0
	for i := range m.terms {
		t := &m.terms[i]
		bits += operatorBits
		if math.Abs(t.c-1) > 1e-9 {
			bits += operatorBits + constantBits(t.c)
		}
		for _, c := range t.chains {
			bits += operatorBits
			for k := range c {
				bits += c[k].bits()
			}
		}
	}
	if m.freeD || m.d != 0 {
		bits += operatorBits + constantBits(m.d)
	}
	for _, t := range m.den {
		bits += 2*operatorBits + constantBits(t.q) + constantBits(float64(t.k))
	}
	if m.outer != nil {
		bits += m.outer.Cost
		if m.freeGain {
			bits += operatorBits + constantBits(m.gain)
		}
	}
	return bits
}

func (l *link) bits() float64 {
	bits := l.f.Cost
	if l.freeP {
		bits += decimalBits
	}
	if l.a != 1 {
		bits += operatorBits + constantBits(l.a)
	}
	if l.b != 0 {
		bits += operatorBits + constantBits(l.b)
	}
	return bits
}

// newLink returns f(a*u+b) with those constants free that are not redundant
// with a factor and an offset outside.
func newLink(f *library.Func, a, b float64) link {
	l := link{f: f, a: a, b: b, freeA: true, freeB: true}
	switch {
	case f.Name == "x" || f.Name == "1":
		l.a, l.b, l.freeA, l.freeB = 1, 0, false, false
	case f.IsPower && b == 0:
		l.a, l.freeA, l.freeB = 1, false, false
	case f.IsPower && a != 0:
		// Only b/a matters; the sign of the argument too, for roots.
		l.a, l.b, l.freeA = math.Copysign(1, a), b/math.Abs(a), false
	case f.Name == "exp":
		l.b, l.freeB = 0, false
	case f.Name == "log" && b == 0 && a != 0:
		// Scales of the argument are offsets outside.
		l.a, l.freeA, l.freeB = math.Copysign(1, a), false, false
	}
	return l
}

// untangle fixes scales that the offset of the model makes redundant: those
// inside a logarithm that is a term by itself.
func (m *model) untangle() {
	for i := range m.terms {
		if !m.freeD || len(m.den) > 0 || m.outer != nil || len(m.terms[i].chains) > 1 {
			continue
		}
		c := m.terms[i].chains[0]
		l := &c[len(c)-1]
		if l.f.Name == "log" && !l.freeP && l.freeA && l.a != 0 {
			l.a, l.b, l.freeA = math.Copysign(1, l.a), l.b/math.Abs(l.a), false
		}
	}
}

// settle polishes the model on s and then takes out, one after the other, the
// constants without which the description is not longer: inner shifts, the
// offset, inner scales that might be 1, exponents that might be simple. It
// returns the root mean square reached.
func (f *fitter) settle(ctx context.Context, m *model, s *sample, iter int) float64 {
	rms := f.polish(ctx, m, s, iter)
	if math.IsInf(rms, 1) {
		return rms
	}
	f.reduce(ctx, m, &rms, s, iter, perLink(m, snapFraction), fractionBits)
	any := math.Inf(1)
	shorter, least := m.clone(), rms
	f.reduce(ctx, shorter, &least, s, iter, reductions(m), any)
	if list := unitSteps(m); f.units && len(list) > 0 {
		// A factor of 1 may be what tells the offset, and the other way round.
		f.reduce(ctx, m, &rms, s, iter, append(list, reductions(m)...), any)
		f.reduce(ctx, shorter, &least, s, iter, unitSteps(shorter), any)
		if s.descriptionLength(rms, m) < s.descriptionLength(least, shorter) {
			return rms
		}
	}
	*m = *shorter
	return least
}

// fractionBits is how many bits of error a step to a third or a quarter may cost:
// any number lies near one of them.
const fractionBits = 0.5

// reduce takes those steps in order after which the description of m, of error
// rms, is not longer, and that cost no more than most bits of error each.
func (f *fitter) reduce(ctx context.Context, m *model, rms *float64, s *sample, iter int, steps []func(m *model) bool, most float64) {
	best := s.descriptionLength(*rms, m)
	for _, change := range steps {
		if ctx.Err() != nil {
			return
		}
		trial := m.clone()
		if !change(trial) {
			continue
		}
		r := f.polish(ctx, trial, s, iter)
		if math.IsInf(r, 1) {
			continue
		}
		// Two constants that do the same are one too many even when the
		// decimals left behind cost as much.
		if dl := s.descriptionLength(r, trial); dl <= best && s.errorBits(r) <= s.errorBits(*rms)+most {
			*m, *rms, best = *trial, r, dl
		}
	}
}

// reductions lists the simplifications that settle tries, in order.
func reductions(m *model) []func(m *model) bool {
	var list []func(m *model) bool
	each := func(do func(l *link) bool) { list = append(list, perLink(m, do)...) }
	each(snapExponent)
	each(func(l *link) bool {
		if !l.freeB {
			return false
		}
		l.b, l.freeB = 0, false
		if l.f.IsPower || l.freeP {
			// Without a shift the scale is redundant.
			l.freeA = false
			if l.a > 0 || evenPower(l) {
				l.a = 1
			} else {
				l.a = -1
			}
		}
		return true
	})
	list = append(list, func(m *model) bool {
		if !m.freeD {
			return false
		}
		m.d, m.freeD = 0, false
		return true
	})
	each(func(l *link) bool {
		if !l.freeA {
			return false
		}
		l.a, l.freeA = math.Copysign(1, l.a), false
		return true
	})
	return list
}

// perLink lists a step for every link of m.
func perLink(m *model, do func(l *link) bool) []func(m *model) bool {
	var list []func(m *model) bool
	for i := range m.terms {
		for j := range m.terms[i].chains {
			for k := range m.terms[i].chains[j] {
				list = append(list, func(m *model) bool { return do(&m.terms[i].chains[j][k]) })
			}
		}
	}
	return list
}

func evenPower(l *link) bool {
	return !l.freeP && l.f.IsPower && math.Mod(l.f.Exponent, 2) == 0
}

// snapExponent fixes a free exponent that lies near a multiple of 1/2 there.
func snapExponent(l *link) bool { return l.snap(0.02, 1, 2) }

// snapFraction fixes a free exponent that lies near a multiple of 1/3 or 1/4, but
// none of 1/2, there.
func snapFraction(l *link) bool {
	half := *l
	return !snapExponent(&half) && l.snap(0.005, 3, 4)
}

func (l *link) snap(near float64, denominators ...float64) bool {
	if !l.freeP {
		return false
	}
	for _, q := range denominators {
		p := math.Round(l.p*q) / q
		if p != 0 && math.Abs(l.p-p) < near {
			l.f, l.p, l.freeP = library.Power(p), 0, false
			return true
		}
	}
	return false
}
