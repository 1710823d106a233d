package symbolic

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/lm"
	"github.com/kansym/kansym/library"
)

// settleRows bounds the rows on which single constants are tried; the fit that
// ends the work has all.
const settleRows = 500

// Settle returns a network of named edges with the constants that fit the
// training rows of data best, exponents of powers included, and as many of them
// as possible neutral. A network has more constants than its function needs:
// the shift of exp is a factor, the scale of a node that one edge leaves is also
// in that edge. Constants are therefore made 0 (shifts and offsets), 1 or -1
// (scales, in units of the data) or a simple fraction (exponents) one by one,
// the others refitted each time, as long as the fit gets no worse than the lack
// of a constant explains by the Bayesian information criterion. On data without
// error those that are left are rounded to simple fractions of pi, or to decimals
// of up to ten digits, where that changes nothing either.
//
// Fixed edges keep their constants. net is left alone. The error is
// not nil if an edge is a spline, if the data do not fit, or if the network is
// not finite on them. When ctx ends the best so far is returned.
func Settle(ctx context.Context, net *kan.Network, data kan.Data) (*kan.Network, error) {
	return settle(ctx, net, data, func(*kan.Network) bool { return true })
}

// errNotWorth is returned by settle for a network that is not worth going on with.
var errNotWorth = errors.New("settle: the constants do not fit")

// settle is Settle that gives up if the network, its constants fitted, is not
// worth the rest of the work, which is the longer part.
func settle(ctx context.Context, net *kan.Network, data kan.Data, worth func(fitted *kan.Network) bool) (*kan.Network, error) {
	if err := net.Check(); err != nil {
		return nil, fmt.Errorf("settle: %w", err)
	}
	if err := data.Check(); err != nil {
		return nil, fmt.Errorf("settle: %w", err)
	}
	if len(data.Cols) != len(net.Inputs) {
		return nil, fmt.Errorf("settle: %d columns for %d inputs", len(data.Cols), len(net.Inputs))
	}
	all := Data{Names: net.Inputs, Cols: data.Cols, Y: data.Y, W: data.W}
	s := &settling{net: net.Clone()}
	for l, layer := range s.net.Layers {
		for k, e := range layer.Edges {
			p := place{l, k % layer.In, k / layer.In}
			switch {
			case e.Kind == kan.Spline:
				return nil, fmt.Errorf("settle: edge %d:%d:%d is not named", p.layer, p.from, p.to)
			case e.Kind == kan.Named:
				s.add(p, e)
			}
		}
	}
	s.use(thinData(all, settleRows))
	if s.fit(ctx, 0); !isFinite(s.rms) {
		return nil, fmt.Errorf("settle: the network is not finite on the data")
	}
	if s.store(s.values); !worth(s.net) {
		return nil, errNotWorth
	}
	s.neutral(ctx)
	s.use(all)
	s.fit(ctx, 0)
	if s.rms <= s.floor {
		s.round(ctx)
	}
	s.store(s.values)
	return s.constants(), nil
}

// constants returns the network with the edges that have become constant gone,
// or called "1" where that would take nodes out with them.
func (s *settling) constants() *kan.Network {
	one := library.Power(0)
	for l, layer := range s.net.Layers {
		for k, e := range layer.Edges {
			p := place{l, k % layer.In, k / layer.In}
			if e.Kind == kan.Named && !e.Fixed && s.value(p, 'c') == 0 {
				e.Func, e.A, e.B, e.C, e.D = one, 1, 0, e.D, 0
			}
		}
	}
	if small, ok := s.net.FoldConstants(); ok && slices.Equal(small.Shape(), s.net.Shape()) {
		return small
	}
	return s.net
}

// A knob is a constant of an edge.
type knob struct {
	p    place
	what byte // a, b, c, d, or p for the exponent of a power
}

// A settling is the state of one call of Settle.
type settling struct {
	net    *kan.Network
	knobs  []knob
	values []float64
	held   []bool // knobs that are neutral by now

	data  Data
	floor float64 // error that counts as zero
	rms   float64
}

func (s *settling) add(p place, e *kan.Edge) {
	for _, k := range []struct {
		what  byte
		value float64
	}{{'a', e.A}, {'b', e.B}, {'c', e.C}, {'d', e.D}} {
		// A constant edge is c+d, whatever a and b.
		s.knobs = append(s.knobs, knob{p, k.what})
		s.values = append(s.values, k.value)
		s.held = append(s.held, e.Fixed || e.Func.Name == "1" && k.what != 'c')
	}
	if e.Func.IsPower && simpleExponent(e.Func.Exponent, math.Inf(1)) != e.Func.Exponent {
		s.knobs = append(s.knobs, knob{p, 'p'})
		s.values = append(s.values, e.Func.Exponent)
		s.held = append(s.held, e.Fixed)
	}
}

// simpleExponent returns the multiple of 1/2, 1/3 or 1/4 nearest to p if it is
// within tol, else p.
func simpleExponent(p, tol float64) float64 {
	best := p
	least := math.Inf(1)
	for _, q := range [...]float64{2, 3, 4} {
		f := math.Round(p*q) / q
		// Of equally near ones the first has the smallest denominator.
		if d := math.Abs(f - p); f != 0 && d <= tol && d < least {
			best, least = f, d
		}
	}
	return best
}

func (s *settling) use(d Data) {
	s.data = d
	sd, size := spreadOf(d)
	s.floor = math.Hypot(1e-12*sd, 1e-14*size)
}

// store writes the values into the network.
func (s *settling) store(values []float64) {
	for i, k := range s.knobs {
		e, v := k.p.in(s.net), values[i]
		switch k.what {
		case 'a':
			e.A = v
		case 'b':
			e.B = v
		case 'c':
			e.C = v
		case 'd':
			e.D = v
		case 'p':
			e.Func = finitePower(v)
		}
	}
}

// largestExponent keeps powers from becoming exponentials in disguise.
const largestExponent = 12

func finitePower(p float64) *library.Func {
	if !isFinite(p) || p == 0 {
		p = 1e-300 // as good as constant, and no other function
	}
	return library.Power(p)
}

// fit lets all knobs that are not held fit the data, with at most iter steps (0:
// to the end).
func (s *settling) fit(ctx context.Context, iter int) {
	var free []int
	for i, h := range s.held {
		if !h {
			free = append(free, i)
		}
	}
	if len(free) == 0 {
		s.store(s.values)
		s.rms = s.error()
		return
	}
	start := make([]float64, len(free))
	for i, k := range free {
		start[i] = s.values[k]
	}
	roots := make([]float64, len(s.data.Y))
	total := 0.0
	for r := range roots {
		roots[r] = 1
		if s.data.W != nil {
			roots[r] = s.data.W[r]
		}
		total += roots[r]
	}
	for r, w := range roots {
		roots[r] = math.Sqrt(w / total * float64(len(roots)))
	}
	values := append([]float64(nil), s.values...)
	set := func(params []float64) {
		for i, k := range free {
			values[k] = params[i]
		}
		s.store(values)
	}
	res := lm.Solve(ctx, lm.Problem{
		NumParams: len(free), NumResiduals: len(s.data.Y),
		Residual: func(dst, params []float64, lo, hi int) bool {
			for i, k := range free {
				if s.knobs[k].what == 'p' && math.Abs(params[i]) > largestExponent {
					return false
				}
			}
			set(params)
			return s.residual(dst, roots, lo, hi)
		},
		Jacobian: func(dst []float64, jac [][]float64, params []float64, lo, hi int) bool {
			set(params)
			return s.residual(dst, roots, lo, hi) && s.jacobian(jac, free, roots, lo, hi)
		},
	}, start, lm.Options{MaxIter: iter, TargetRMS: s.floor * 1e-4, ReductionTol: 1e-14})
	set(res.Params)
	copy(s.values, values)
	s.rms = res.RMS
	if res.Status == lm.NonFinite {
		s.rms = math.Inf(1)
	}
}

// block returns the rows lo to hi of the inputs.
func (s *settling) block(lo, hi int) [][]float64 {
	cols := make([][]float64, len(s.data.Cols))
	for i, c := range s.data.Cols {
		cols[i] = c[lo:hi]
	}
	return cols
}

func (s *settling) residual(dst, roots []float64, lo, hi int) bool {
	s.net.Predict(dst, s.block(lo, hi))
	for r := range dst {
		dst[r] = roots[lo+r] * (dst[r] - s.data.Y[lo+r])
		if !isFinite(dst[r]) {
			return false
		}
	}
	return true
}

func (s *settling) jacobian(jac [][]float64, free []int, roots []float64, lo, hi int) bool {
	t := traceOf(s.net, s.block(lo, hi))
	for i, k := range free {
		knob := s.knobs[k]
		e := knob.p.in(s.net)
		x := t.values[knob.p.layer][knob.p.from]
		factor := t.factor[knob.p.layer][knob.p.to*s.net.Layers[knob.p.layer].In+knob.p.from]
		for r, v := range x {
			u := e.A*v + e.B
			f, df, _ := e.Func.Derivatives(u)
			var d float64
			switch knob.what {
			case 'a':
				d = e.C * df * v
			case 'b':
				d = e.C * df
			case 'c':
				d = f
			case 'd':
				d = 1
			case 'p':
				// Where the power vanishes so does its derivative.
				if f != 0 {
					d = e.C * f * math.Log(math.Abs(u))
				}
			}
			d *= factor[r] * s.net.OutputScale * roots[lo+r]
			if !isFinite(d) {
				return false
			}
			jac[i][r] = d
		}
	}
	return true
}

// roundDigits is the number of digits that constants of exact formulas are
// rounded to.
const roundDigits = 10

// round shortens the constants that are left, in units of the data, where the
// network stays exact.
func (s *settling) round(ctx context.Context) {
	for i, k := range s.knobs {
		if s.held[i] || ctx.Err() != nil {
			continue
		}
		u := s.unit(k)
		was, rms := s.values[i], s.rms
		short := roundTo(was*u, roundDigits)
		if p, q, ok := fractionOfPi(was*u, math.Pow10(-roundDigits)); ok {
			short = piTimes(p, q)
		}
		s.values[i] = short / u
		s.store(s.values)
		if s.rms = s.error(); s.rms > s.floor {
			s.values[i], s.rms = was, rms
			s.store(s.values)
		}
	}
}

// error returns the root mean square error of the network as it is.
func (s *settling) error() float64 {
	one := make([]float64, len(s.data.Y))
	for r := range one {
		one[r] = 1
	}
	res := make([]float64, len(one))
	if !s.residual(res, one, 0, len(one)) {
		return math.Inf(1)
	}
	ss := 0.0
	for _, v := range res {
		ss += v * v
	}
	return math.Sqrt(ss / float64(len(res)))
}

// roundTo rounds to so many decimal digits.
func roundTo(v float64, digits int) float64 {
	if v == 0 || !isFinite(v) {
		return v
	}
	scale := math.Pow10(digits - 1 - int(math.Floor(math.Log10(math.Abs(v)))))
	if r := math.Round(v*scale) / scale; isFinite(r) {
		return r
	}
	return v
}
