package symbolic

import (
	"context"
	"math"

	"github.com/kansym/kansym/kan/lm"
	"github.com/kansym/kansym/library"
)

// A blend is a linear combination of columns, each a power of x times a product
// of pieces, that is meant to equal a transform of y. Unlike the terms of a
// model, columns share pieces and pieces share constants: x*f+g*f with one f, the
// sine and the cosine of one frequency and its multiples.
type blend struct {
	theta  []float64 // constants of the pieces
	pieces []piece
	cols   []column
	coef   []float64 // of the columns
}

// A piece is f(a*u+b), where u is x^pow or an earlier piece. Constants are
// members of theta, or fixed where their index is none.
type piece struct {
	f       *library.Func // nil for the identity
	of      int           // piece that u is, none for x^pow
	pow     float64
	mult    float64 // a is mult times the member of theta
	a, b, p int     // indices into theta of a, b and an exponent that is f
	by      int     // with product, the earlier piece that u is multiplied by
	product bool
}

// productOf is the product of two earlier pieces.
func productOf(i, j int) piece {
	return piece{of: i, by: j, product: true, mult: 1, a: none, b: none, p: none}
}

// A column is x^pow, or log(x), times the pieces.
type column struct {
	pow    float64
	log    bool
	pieces []int
}

const none = -1

// The limits of blends, so that values and derivatives fit on the stack.
const (
	mostPieces = 16
	mostTheta  = 6
)

func (b *blend) clone() *blend {
	return &blend{
		theta: append([]float64(nil), b.theta...), pieces: append([]piece(nil), b.pieces...),
		cols: append([]column(nil), b.cols...), coef: append([]float64(nil), b.coef...),
	}
}

// constants returns the scale and shift of a piece.
func (p *piece) constants(theta []float64) (a, b float64) {
	a = p.mult
	if p.a != none {
		a *= theta[p.a]
	}
	if p.b != none {
		b = theta[p.b]
	}
	return a, b
}

func (p *piece) apply(t float64, theta []float64) float64 {
	switch {
	case p.p != none:
		return math.Pow(t, theta[p.p])
	case p.f != nil:
		return p.f.Value(t)
	}
	return t
}

// raised is x^p, by multiplication where p is a small whole number.
func raised(x, p float64) float64 {
	switch p {
	case 0:
		return 1
	case 1:
		return x
	case 2:
		return x * x
	case 3:
		return x * x * x
	case -1:
		return 1 / x
	case -2:
		return 1 / (x * x)
	}
	return math.Pow(x, p)
}

// values writes the values of the pieces at x.
func (b *blend) values(x float64, v *[mostPieces]float64) {
	for i := range b.pieces {
		p := &b.pieces[i]
		if p.product {
			v[i] = v[p.of] * v[p.by]
			continue
		}
		a, shift := p.constants(b.theta)
		u := 0.0
		if p.of != none {
			u = v[p.of]
		} else {
			u = raised(x, p.pow)
		}
		v[i] = p.apply(a*u+shift, b.theta)
	}
}

// gradients writes the values of the pieces at x and their derivatives in theta.
func (b *blend) gradients(x float64, v *[mostPieces]float64, dv *[mostPieces][mostTheta]float64) {
	for i := range b.pieces {
		p := &b.pieces[i]
		a, shift := p.constants(b.theta)
		d := &dv[i]
		*d = [mostTheta]float64{}
		if p.product {
			v[i] = v[p.of] * v[p.by]
			for k := range b.theta {
				d[k] = v[p.of]*dv[p.by][k] + v[p.by]*dv[p.of][k]
			}
			continue
		}
		u := 0.0
		if p.of != none {
			u = v[p.of]
			for k := range b.theta {
				d[k] = a * dv[p.of][k]
			}
		} else {
			u = raised(x, p.pow)
		}
		if p.a != none {
			d[p.a] += p.mult * u
		}
		if p.b != none {
			d[p.b]++
		}
		t := a*u + shift
		v[i] = t
		switch {
		case p.p != none:
			e := b.theta[p.p]
			v[i] = math.Pow(t, e)
			df := e * math.Pow(t, e-1)
			for k := range b.theta {
				d[k] *= df
			}
			if t > 0 {
				d[p.p] += v[i] * math.Log(t)
			}
		case p.f != nil:
			f, df, _ := p.f.Derivatives(t)
			v[i] = f
			for k := range b.theta {
				d[k] *= df
			}
		}
	}
}

func (c *column) base(x float64) float64 {
	if c.log {
		return math.Log(x)
	}
	return raised(x, c.pow)
}

func (c *column) value(x float64, v *[mostPieces]float64) float64 {
	w := c.base(x)
	for _, i := range c.pieces {
		w *= v[i]
	}
	return w
}

// value returns the combination at x.
func (b *blend) value(x float64) float64 {
	var v [mostPieces]float64
	b.values(x, &v)
	y := 0.0
	for j := range b.cols {
		y += b.coef[j] * b.cols[j].value(x, &v)
	}
	return y
}

// descendBlend fits the blend to s like descend: the coefficients follow by
// variable projection.
func (f *fitter) descendBlend(ctx context.Context, b *blend, s *sample, iter int, tol float64) float64 {
	n := len(b.theta)
	start := append(append([]float64(nil), b.theta...), b.coef...)
	linear := make([]bool, len(start))
	for i := n; i < len(start); i++ {
		linear[i] = true
	}
	set := func(params []float64) {
		copy(b.theta, params[:n])
		copy(b.coef, params[n:])
	}
	res := f.solver.Solve(ctx, lm.Problem{
		NumParams:    len(start),
		NumResiduals: len(s.x),
		Linear:       linear,
		Residual: func(dst, params []float64, lo, hi int) bool {
			set(params)
			for i := lo; i < hi; i++ {
				y := b.value(s.x[i])
				if !isFinite(y) {
					return false
				}
				dst[i-lo] = (y - s.y[i]) * s.root(i)
			}
			return true
		},
		Jacobian: func(dst []float64, jac [][]float64, params []float64, lo, hi int) bool {
			set(params)
			return b.jacobian(dst, jac, s, lo, hi)
		},
	}, start, lm.Options{MaxIter: iter, TargetRMS: s.floor * 1e-4, ReductionTol: tol})
	set(res.Params)
	if res.Status == lm.NonFinite || !isFinite(res.RMS) {
		return math.Inf(1)
	}
	return res.RMS
}

func (b *blend) jacobian(dst []float64, jac [][]float64, s *sample, lo, hi int) bool {
	var v [mostPieces]float64
	var dv [mostPieces][mostTheta]float64
	n := len(b.theta)
	for i := lo; i < hi; i++ {
		x, w := s.x[i], s.root(i)
		b.gradients(x, &v, &dv)
		var grad [mostTheta]float64
		y := 0.0
		for j := range b.cols {
			c := &b.cols[j]
			base := c.base(x)
			value := base
			for _, k := range c.pieces {
				value *= v[k]
			}
			y += b.coef[j] * value
			jac[n+j][i-lo] = value * w
			if !isFinite(value) {
				return false
			}
			for at, k := range c.pieces {
				rest := b.coef[j] * base
				for other, l := range c.pieces {
					if other != at {
						rest *= v[l]
					}
				}
				for p := range n {
					grad[p] += rest * dv[k][p]
				}
			}
		}
		for p := range n {
			if !isFinite(grad[p]) {
				return false
			}
			jac[p][i-lo] = grad[p] * w
		}
		dst[i-lo] = (y - s.y[i]) * w
	}
	return true
}

// used reports which pieces occur in a column, and which constants in those.
func (b *blend) used() (pieces [mostPieces]bool, theta [mostTheta]bool) {
	for _, c := range b.cols {
		for _, i := range c.pieces {
			pieces[i] = true
		}
	}
	for i := len(b.pieces) - 1; i >= 0; i-- {
		if !pieces[i] {
			continue
		}
		p := &b.pieces[i]
		if p.of != none {
			pieces[p.of] = true
		}
		if p.product {
			pieces[p.by] = true
		}
		for _, k := range [...]int{p.a, p.b, p.p} {
			if k != none {
				theta[k] = true
			}
		}
	}
	return pieces, theta
}

// bits is the description length of the blend itself.
func (b *blend) bits() float64 {
	bits := 0.0
	pieces, theta := b.used()
	for j, c := range b.cols {
		bits += operatorBits + constantBits(b.coef[j])
		if c.pow != 0 || c.log {
			bits += 2 * operatorBits
		}
		bits += operatorBits * float64(len(c.pieces))
	}
	for i := range b.pieces {
		if pieces[i] && b.pieces[i].f != nil {
			bits += b.pieces[i].f.Cost
		}
	}
	for k := range b.theta {
		if theta[k] {
			bits += operatorBits + constantBits(b.theta[k])
		}
	}
	return bits
}

// covered reports whether the pieces are defined all over the sample, and not
// only at its points.
func (b *blend) covered(s *sample) bool {
	pieces, _ := b.used()
	var v [mostPieces]float64
	for i := range b.pieces {
		p := &b.pieces[i]
		if !pieces[i] || p.f == nil && p.p == none {
			continue
		}
		a, shift := p.constants(b.theta)
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, x := range s.x {
			u := 0.0
			if p.of != none {
				b.values(x, &v)
				u = v[p.of]
			} else {
				u = raised(x, p.pow)
			}
			lo, hi = math.Min(lo, a*u+shift), math.Max(hi, a*u+shift)
		}
		if p.p != none && !(lo > 0 || lo == 0 && b.theta[p.p] > 0) || p.f != nil && !p.f.Domain.Covers(lo, hi) {
			return false
		}
	}
	return true
}
