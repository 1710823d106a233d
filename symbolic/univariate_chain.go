package symbolic

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/kansym/kansym/library"
)

// links returns starting links of every function of the set on the sample's
// interval, at most limit of each, spread over those that it proposes.
func (u *univariate) links(limit int) []link {
	var links []link
	for _, f := range u.set.Funcs() {
		if f.Name == "1" || isRealPower(f) {
			continue
		}
		links = append(links, spreadLinks(u.scan.links(f), limit)...)
		if f.IsPower && !containsLink(links, newLink(f, 1, 0)) {
			links = append(links, newLink(f, 1, 0))
		}
	}
	return links
}

// fewStarts is a number of starts that is never thinned: those of functions with
// a pole or an end, which descent does not move across the sample.
const fewStarts = 16

// spreadLinks returns at most limit of the links where there are many. The step
// is odd, as starts often come in pairs of opposite sign.
func spreadLinks(all []link, limit int) []link {
	if len(all) <= max(limit, fewStarts) {
		return all
	}
	step := (len(all) + limit - 1) / limit
	step |= 1
	var out []link
	for i := 0; i < len(all); i += step {
		out = append(out, all[i])
	}
	return out
}

// peels are the powers of x that a chain may be multiplied by.
var peels = [...]int{-6, -5, -4, -3, -2, -1, 1, 2, 3, 4}

// innerChains ranks chains f(a*g(x)+b) for every pair of functions, the inner
// one at a few starts, the outer one at all the starts that suit what comes out
// of the inner one; and for an inner power, these times a power of x. A few
// points tell which starts deserve a look at all.
func (u *univariate) innerChains(ctx context.Context) []*model {
	x, glance := u.coarse.s.x, newScan(u.coarse.s.thin(glancePoints))
	mid, col, by := make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x))
	few, value := make([]float64, len(glance.s.x)), make([]float64, len(glance.s.x))
	factors := newColumns(len(x), len(peels))
	for k, p := range peels {
		for i, v := range x {
			factors[k][i] = math.Pow(v*u.coarse.sx, float64(p))
		}
	}
	top, times := newShortlist(), newShortlist()
	for _, in := range append(u.links(6), unshifted(u.scan, u.set)...) {
		if ctx.Err() != nil {
			break
		}
		lo, hi := in.column(mid, x)
		if !isFinite(lo) || !isFinite(hi) || lo == hi {
			continue
		}
		in.column(few, glance.s.x)
		scale := scaleOf(lo, hi)
		peeled := in.f.IsPower && in.b == 0
		for _, f := range u.set.Funcs() {
			if f.Name == "x" || f.Name == "1" || isRealPower(f) {
				continue
			}
			name := f.Name + "(" + in.name() + ")"
			best, bestBy := top.left(name), times.left(name)
			for _, out := range spreadLinks(startLinks(f, lo, hi, scale, u.scan.zeros), 40) {
				if out.f.IsPower && out.b == 0 && in.f.IsPower && in.b == 0 {
					continue // a power of a power
				}
				if !peeled {
					out.column(value, few)
					if glance.leaves(value) > glanceSlack*best {
						continue
					}
				}
				out.column(col, mid)
				if left := u.coarse.leaves(col); in.f.Name != "x" && left < best {
					best = left
					top.put(name, left, f.Cost+in.f.Cost, func() *model { return single(composite{in, out}) })
				}
				if !peeled {
					continue
				}
				for k, factor := range factors {
					floats.MulTo(by, col, factor)
					if left := u.coarse.leaves(by); left < bestBy {
						bestBy = left
						p := float64(peels[k])
						times.put(name, left, f.Cost+in.f.Cost+3, func() *model {
							m := single(composite{in, out})
							t := &m.terms[0]
							t.chains = append(t.chains, composite{u.powerFactor(p)})
							return m
						})
					}
				}
			}
			u.evals += len(x)
		}
	}
	return append(top.models(raceStart), times.models(raceFew)...)
}

// glancePoints is the number of points that tell whether a start is worth
// evaluating on the rest, which it is if it leaves at most glanceSlack times
// what the best of its form does.
const (
	glancePoints = 12
	glanceSlack  = 3
)

// scaleOf returns the power of two that brings the values from lo to hi to size
// 1.
func scaleOf(lo, hi float64) float64 {
	_, e := math.Frexp(math.Max(math.Abs(lo), math.Abs(hi)))
	return math.Ldexp(1, -min(max(e, -1000), 1000))
}

// column writes the link's values at x to dst and returns their range, which
// is not finite where a value is not.
func (l *link) column(dst, x []float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for i, v := range x {
		v = l.value(l.a*v + l.b)
		dst[i] = v
		if v != v {
			return v, v
		}
		if v < lo {
			lo = v
		}
		if v > hi {
			hi = v
		}
	}
	return lo, hi
}

// powerFactor returns x^p as a factor: where x is positive the exponent is
// free, to be fixed again where it turns out simple.
func (u *univariate) powerFactor(p float64) link {
	l := newLink(library.Power(p), 1, 0)
	if u.s.x[0] > 0 {
		l.p, l.freeP = p, true
	}
	return l
}

// An inverse pairs an outer function with the transform of y that undoes it,
// and the derivative of that transform.
type inverse struct {
	outer     string
	transform func(y float64) (t, dt float64)
}

// inverses lists outer functions with a scale of 1; powers, whose scale an
// inner factor makes up for, are there for both signs.
var inverses = [...]inverse{
	{"1/x", func(y float64) (float64, float64) { return 1 / y, -1 / (y * y) }},
	{"sqrt", func(y float64) (float64, float64) { return y * y, 2 * y }},
	{"1/sqrt", func(y float64) (float64, float64) { return 1 / (y * y), -2 / (y * y * y) }},
	{"x^2", func(y float64) (float64, float64) { r := math.Sqrt(y); return r, 0.5 / r }},
	{"1/x^2", func(y float64) (float64, float64) { r := 1 / math.Sqrt(y); return r, -0.5 * r / y }},
	{"x^3", func(y float64) (float64, float64) { r := math.Cbrt(y); return r, 1 / (3 * r * r) }},
	{"x^1.5", func(y float64) (float64, float64) { r := math.Cbrt(y * y); return r, 2 * r / (3 * y) }},
	{"exp", func(y float64) (float64, float64) { return math.Log(y), 1 / y }},
	{"log", func(y float64) (float64, float64) { e := math.Exp(y); return e, e }},
	{"asin", func(y float64) (float64, float64) { return within(y, math.Pi/2, math.Sin(y)), math.Cos(y) }},
	{"acos", func(y float64) (float64, float64) {
		return within(y-math.Pi/2, math.Pi/2, math.Cos(y)), -math.Sin(y)
	}},
	{"atan", func(y float64) (float64, float64) {
		t := within(y, math.Pi/2, math.Tan(y))
		return t, 1 + t*t
	}},
	{"tanh", func(y float64) (float64, float64) { return math.Atanh(y), 1 / (1 - y*y) }},
	{"asinh", func(y float64) (float64, float64) { return math.Sinh(y), math.Cosh(y) }},
	{"sin", func(y float64) (float64, float64) { return math.Asin(y), 1 / math.Sqrt(1-y*y) }},
	{"tan", func(y float64) (float64, float64) { return math.Atan(y), 1 / (1 + y*y) }},
}

// within returns v where |y| is at most limit and NaN elsewhere.
func within(y, limit, v float64) float64 {
	if math.Abs(y) > limit {
		return math.NaN()
	}
	return v
}

// outerFunc finds an outer function by its name or, for powers, by exponent.
func (u *univariate) outerFunc(name string) (*library.Func, bool) {
	switch name {
	case "1/x":
		return library.Power(-1), true
	case "sqrt":
		return library.Power(0.5), true
	case "1/sqrt":
		return library.Power(-0.5), true
	case "x^2":
		return library.Power(2), true
	case "1/x^2":
		return library.Power(-2), true
	case "x^3":
		return library.Power(3), true
	case "x^1.5":
		return library.Power(1.5), true
	}
	return u.set.Lookup(name)
}

// outerChains looks at y through the inverse of an outer function: what is left
// is a single function c*g(a*x+b)+d of x, found by its starts.
func (u *univariate) outerChains(ctx context.Context) []*model {
	top := newShortlist()
	list, forms := words(u.coarse, u.set)
	// The best start of every form for the transform at hand.
	best, at := make([]float64, forms), make([]int, forms)
	for _, inv := range inverses {
		if ctx.Err() != nil {
			break
		}
		outer, ok := u.outerFunc(inv.outer)
		if !ok {
			continue
		}
		for _, sign := range [...]float64{1, -1} {
			t := u.coarse.s.through(inv.transform, sign)
			if t == nil {
				continue
			}
			sc := newScan(t)
			j := sc.judge()
			for k := range best {
				best[k] = 0.5
			}
			for k := range list {
				w := &list[k]
				if left := j.leaves(w); left < best[w.form] {
					best[w.form], at[w.form] = left, k
				}
			}
			u.evals += len(list) * len(t.x) / cheapness
			for form := range forms {
				if best[form] >= 0.5 {
					continue
				}
				in := list[at[form]].link
				c, d, left := sc.line(in)
				key := inv.outer + "(" + in.name() + ")"
				if left < 0.5 && top.wants(key, left) {
					top.put(key, left, in.f.Cost+outer.Cost, func() *model {
						m := single(composite{in, outerLink(outer, c, d)})
						m.terms[0].c = sign
						return m
					})
				}
			}
		}
	}
	return top.models(raceFew)
}

// mostShift is the shift inside of an exponential that may go outside, as a factor,
// without overflow.
const mostShift = 300

// outerLink returns f(c*u+d) with both constants free: unlike for a link on x,
// the scale is what distinguishes the shapes.
func outerLink(f *library.Func, c, d float64) link {
	if f.IsPower && c != 0 && d == 0 {
		return newLink(f, c, d)
	}
	if f.Name == "exp" && math.Abs(d) < mostShift {
		return newLink(f, c, 0) // the shift is a factor outside
	}
	return link{f: f, a: c, b: d, freeA: true, freeB: f.Name != "exp"}
}

// through returns the sample with y replaced by a transform of sign*y, its
// weights following so that errors in y keep their meaning, or nil where the
// transform is not finite.
func (s *sample) through(transform func(float64) (t, dt float64), sign float64) *sample {
	n := len(s.x)
	out := &sample{x: s.x, y: make([]float64, n), rw: make([]float64, n), count: s.count}
	ss, most := 0.0, 0.0
	for i, y := range s.y {
		t, dt := transform(sign * y)
		if !isFinite(t) || math.IsNaN(dt) || dt == 0 {
			return nil
		}
		out.y[i], out.rw[i] = t, s.root(i)/math.Abs(dt)
		most = math.Max(most, out.rw[i])
	}
	if most == 0 || !isFinite(most) {
		return nil
	}
	for i := range out.rw {
		out.rw[i] /= most
		ss += out.rw[i] * out.rw[i]
	}
	norm := math.Sqrt(float64(n) / ss)
	for i := range out.rw {
		out.rw[i] *= norm
	}
	out.stretch = norm / most
	out.measure(0)
	return out
}

// line returns the best scale and offset of the link's function against the
// target, and the share of the variance left.
func (sc *scan) line(l link) (c, d, left float64) {
	s := sc.s
	var mf, my float64
	for i, x := range s.x {
		w := sc.rw[i] * sc.rw[i]
		sc.col[i] = l.value(l.a*x + l.b)
		mf += w * sc.col[i]
		my += w * s.y[i]
	}
	mf, my = mf/sc.wsum, my/sc.wsum
	var sff, sfy float64
	for i := range s.x {
		w := sc.rw[i] * sc.rw[i]
		sff += w * (sc.col[i] - mf) * (sc.col[i] - mf)
		sfy += w * (sc.col[i] - mf) * (s.y[i] - my)
	}
	if !(sff > 0) {
		return 0, my, 1
	}
	c = sfy / sff
	if !sc.normalise(sc.col) {
		return 0, my, 1
	}
	return c, my - c*mf, sc.unexplained(sc.col)
}
