package symbolic

import (
	"context"
	"math"
	"slices"
)

// raceBlends polishes blends on few points and the better ones on more, like
// race, and keeps those that are left.
func (u *univariate) raceBlends(ctx context.Context, field []blended) {
	field = u.blendRound(ctx, field, u.coarse.s, 4, roughTol, 0.4, 200)
	field = u.blendRound(ctx, field, u.coarse.s, 10, roughTol, 0.4, 60)
	field = u.blendRound(ctx, field, u.few, 25, fairTol, 0.5, 16)
	field = u.blendRound(ctx, field, u.some, 60, u.s.tolerance(), 1, u.keep+3)
	for _, c := range field {
		if c = u.shorten(ctx, c); c.b != nil && u.settleBlend(ctx, &c) {
			u.blends = append(u.blends, c)
		}
	}
}

func (u *univariate) blendRound(ctx context.Context, field []blended, s *sample, iter int, tol, share float64, keep int) []blended {
	out := field[:0]
	exact := false
	for _, c := range field {
		if ctx.Err() != nil {
			break
		}
		if u.fitBlend(ctx, &c, s, iter, tol, share) {
			out = append(out, c)
			exact = exact || s.exact(c.rms)
		}
	}
	if exact {
		out = slices.DeleteFunc(out, func(c blended) bool { return !s.exact(c.rms) })
	}
	sortBlends(out)
	return out[:min(len(out), keep)]
}

func sortBlends(list []blended) {
	slices.SortStableFunc(list, func(a, b blended) int {
		switch {
		case a.dl < b.dl:
			return -1
		case a.dl > b.dl:
			return 1
		}
		return 0
	})
}

// fitBlend fits a blend to its target on s and weighs it by the error in units
// of y.
func (u *univariate) fitBlend(ctx context.Context, c *blended, s *sample, iter int, tol, share float64) bool {
	t := c.t.of(s)
	if t == nil || len(s.x) <= len(c.b.theta)+len(c.b.cols) {
		return false
	}
	rms := u.descendBlend(ctx, c.b, t, iter, tol)
	if math.IsInf(rms, 1) {
		return false
	}
	c.rms = rms
	if c.t.outer != nil {
		c.rms /= t.stretch
	}
	w := *s
	w.count *= share
	c.dl = w.errorBits(c.rms) + c.bits() + c.b.cancellation(t)
	return true
}

// cancellation is the bits by which constants have to be known better where
// columns are larger than their sum: see descriptionLength.
func (b *blend) cancellation(s *sample) float64 {
	var most [2 * mostPieces]float64
	var v [mostPieces]float64
	for i := 0; i < len(s.x); i += max(1, len(s.x)/16) {
		b.values(s.x[i], &v)
		for j := range b.cols {
			most[j] = math.Max(most[j], math.Abs(b.coef[j]*b.cols[j].value(s.x[i], &v)))
		}
	}
	bits := 0.0
	for j := range b.cols {
		if v := 2 * math.Log2(most[j]/(2*s.size)); v > 0 && isFinite(v) {
			bits += v
		}
	}
	return bits
}

func (c *blended) bits() float64 {
	bits := c.b.bits()
	if c.t.outer != nil {
		bits += c.t.outer.Cost
	}
	return bits
}

// shorten takes columns out while that makes the description shorter.
func (u *univariate) shorten(ctx context.Context, c blended) blended {
	for ctx.Err() == nil && len(c.b.cols) > 1 {
		best := blended{dl: c.dl}
		for j := range c.b.cols {
			d := c
			d.b = c.b.clone()
			d.b.cols = slices.Delete(d.b.cols, j, j+1)
			d.b.coef = slices.Delete(d.b.coef, j, j+1)
			if u.fitBlend(ctx, &d, u.some, 40, u.s.tolerance(), 1) && d.dl <= best.dl {
				best = d
			}
		}
		if best.b == nil {
			break
		}
		c = best
	}
	return c
}

// settleBlend fits the blend to all points, writes it out and measures that.
func (u *univariate) settleBlend(ctx context.Context, c *blended) bool {
	if len(u.some.x) < len(u.s.x) && !u.fitBlend(ctx, c, u.s, 60, u.s.tolerance(), 1) {
		return false
	}
	arg := Var(blendArg)
	switch {
	case c.t.outer == nil:
		c.expr = c.b.expr(arg)
	case c.t.outer.Name == "exp":
		c.expr = Mul(constant(c.t.sign, false), c.b.exponential(arg))
	default:
		c.expr = Mul(constant(c.t.sign, false), applyNamed(c.t.outer, c.b.expr(arg), false))
	}
	c.cost = c.bits() + c.b.cancellation(c.t.of(u.s))
	return u.measureBlend(c) && (c.b.covered(u.s) || u.s.exact(c.rms))
}

// measureBlend evaluates the formula of c at all points. It reports false where
// that is not finite.
func (u *univariate) measureBlend(c *blended) bool {
	prog, err := Compile(c.expr, []string{blendArg})
	if err != nil {
		return false
	}
	c.values = make([]float64, len(u.s.x))
	if !prog.Eval(prog.NewWorkspace(), c.values, [][]float64{u.s.x}, nil) {
		return false
	}
	ss := 0.0
	for i, v := range c.values {
		r := (v - u.s.y[i]) * u.s.root(i)
		ss += r * r
	}
	c.rms = math.Sqrt(ss / float64(len(c.values)))
	c.dl = u.s.errorBits(c.rms) + c.cost
	return isFinite(c.rms)
}
