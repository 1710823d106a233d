package symbolic

import (
	"math"
	"slices"

	"github.com/kansym/kansym/library"
)

// far is how far from 0 the domain of a user's function is explored.
const far = 1e6

// domainOf finds where e, a formula of x with values f, is finite: the interval
// around 1, or else the widest one within +-far, its ends infinite if they
// reach that far, and the poles inside. It is not ok if f is finite nowhere.
func domainOf(e *Expr, f func(x float64) float64) (library.Domain, bool) {
	d, ok := extent(f)
	if !ok {
		return d, false
	}
	// Far out bounds are wide and poles may be many: then a smaller part is
	// explored once, and what is outside whenever it is asked for.
	explored := Interval{max(d.Lo, -far), min(d.Hi, far)}
	known, complete := findPoles(e, f, explored, 4000)
	if complete && len(known) == 0 {
		return d, true
	}
	if !complete {
		const near = 100
		nearest := min(max(0, d.Lo), d.Hi)
		explored = Interval{max(d.Lo, nearest-near), min(d.Hi, nearest+near)}
		known, _ = findPoles(e, f, explored, 20000)
	}
	d.Poles = func(lo, hi float64) []float64 {
		var out []float64
		if !isFinite(f(lo)) {
			out = append(out, lo)
		}
		if lo == hi {
			return out
		}
		between := known
		if lo < explored.Lo || hi > explored.Hi {
			between, _ = findPoles(e, f, Interval{lo, hi}, 1000)
		}
		for _, x := range between {
			if lo < x && x < hi {
				out = append(out, x)
			}
		}
		if !isFinite(f(hi)) {
			out = append(out, hi)
		}
		return out
	}
	return d, true
}

// trials returns points between -far and far at growing distances from 0, in
// order.
func trials() []float64 {
	const steps = 240 // per side, each 12 % farther out than the one before
	xs := []float64{0}
	for k := range steps + 1 {
		x := far * math.Pow(1e-12, float64(steps-k)/steps)
		xs = append(xs, -x, x)
	}
	slices.Sort(xs)
	return xs
}

// extent finds the interval by trying points at growing distances from 0.
func extent(f func(x float64) float64) (library.Domain, bool) {
	xs := trials()
	finite := make([]bool, len(xs))
	for i, x := range xs {
		finite[i] = isFinite(f(x))
	}
	// A single point is a pole, not an end.
	for i := 1; i+1 < len(xs); i++ {
		if finite[i-1] && finite[i+1] {
			finite[i] = true
		}
	}
	from, to, best := 0, 0, -1.0
	for i := 0; i < len(xs); i++ {
		if !finite[i] {
			continue
		}
		j := i
		for j+1 < len(xs) && finite[j+1] {
			j++
		}
		width := xs[j] - xs[i]
		if xs[i] <= 1 && 1 <= xs[j] {
			width = math.Inf(1)
		}
		if width > best {
			from, to, best = i, j, width
		}
		i = j
	}
	d := library.Domain{Lo: math.Inf(-1), Hi: math.Inf(1)}
	if best < 0 {
		return d, false
	}
	if from > 0 {
		d.Lo = border(f, xs[from], xs[from-1])
	}
	if to < len(xs)-1 {
		d.Hi = border(f, xs[to], xs[to+1])
	}
	return d, d.Lo < d.Hi
}

// isConstant reports whether f has, to rounding, one value on its domain.
func isConstant(f func(x float64) float64, d library.Domain) bool {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, x := range trials() {
		if v := f(x); d.Lo <= x && x <= d.Hi && isFinite(v) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	return hi-lo <= 1e-12*max(math.Abs(lo), math.Abs(hi))
}

// border returns the last point on the way from in, where f is finite, to out,
// where it is not, at which it still is.
func border(f func(x float64) float64, in, out float64) float64 {
	for {
		mid := in + (out-in)/2
		if mid == in || mid == out {
			return in
		}
		if isFinite(f(mid)) {
			in = mid
		} else {
			out = mid
		}
	}
}

// poleFinder bisects an interval until interval arithmetic proves a part free
// of poles or the part is narrow. Intervals in which a formula uses x twice
// are too wide, so that around a pole narrow parts are left side by side.
type poleFinder struct {
	expr  *Expr
	f     func(x float64) float64
	cells int        // that may still be looked at
	left  []Interval // narrow parts, from left to right, joined where they touch
}

// findPoles returns points inside an interval, in order, where f is not finite,
// one for a whole gap. It looks at so many parts at most; if that was not
// enough, it is not complete: of poles that are near each other some are missed.
func findPoles(e *Expr, f func(x float64) float64, in Interval, parts int) (poles []float64, complete bool) {
	p := poleFinder{expr: e, f: f, cells: parts}
	p.visit(in.Lo, in.Hi)
	for _, part := range p.left {
		if x, ok := p.judge(part); ok {
			poles = append(poles, x)
		}
	}
	return poles, p.cells > 0
}

func (p *poleFinder) visit(lo, hi float64) {
	if p.cells > 0 {
		p.cells--
		if _, ok := boundsOf(p.expr, Interval{lo, hi}); ok {
			return
		}
	}
	const narrow, least = 1e-3, 1e-5
	mid := lo + (hi-lo)/2
	if p.cells == 0 || hi-lo <= max(least, narrow*max(math.Abs(lo), math.Abs(hi))) || mid == lo || mid == hi {
		if n := len(p.left); n > 0 && p.left[n-1].Hi == lo {
			p.left[n-1].Hi = hi
		} else {
			p.left = append(p.left, Interval{lo, hi})
		}
		return
	}
	if lo < 0 && 0 < hi {
		mid = 0
	}
	p.visit(lo, mid)
	p.visit(mid, hi)
}

// judge looks for a pole or a gap in a part.
func (p *poleFinder) judge(part Interval) (x float64, ok bool) {
	const steps = 32
	top, highest, undefined := 0, -1.0, 0
	for i := range steps + 1 {
		x := part.at(float64(i) / steps)
		v := math.Abs(p.f(x))
		switch {
		case math.IsInf(v, 0):
			return x, true
		case math.IsNaN(v):
			if undefined++; undefined == 2 {
				return x, true
			}
		case v > highest:
			top, highest = i, v
		}
		if !math.IsNaN(v) {
			undefined = 0
		}
	}
	// A pole is where |f| still grows when the distance shrinks to a rounding
	// error; a quotient 0/0 or a peak is flat there.
	a, b := part.at(float64(max(top-1, 0))/steps), part.at(float64(min(top+1, steps))/steps)
	for range 150 {
		u, v := a+(b-a)/3, b-(b-a)/3
		fu, fv := math.Abs(p.f(u)), math.Abs(p.f(v))
		if math.IsInf(fu, 0) {
			return u, true
		}
		if math.IsInf(fv, 0) {
			return v, true
		}
		if fu > fv {
			b = v
		} else {
			a = u
		}
	}
	x = a + (b-a)/2
	away := 1e-6 * max(math.Abs(x), 1e-10)
	near := min(math.Abs(p.f(x-away)), math.Abs(p.f(x+away)))
	return x, math.Abs(p.f(x)) > 1.5*near
}

// at returns the point that divides a at the given share.
func (a Interval) at(share float64) float64 { return a.Lo + share*(a.Hi-a.Lo) }

// boundsOf bounds e, a formula of x, over an interval of x by interval arithmetic.
// It is ok if that shows that e is real and finite on the whole interval, up to
// rounding.
func boundsOf(e *Expr, x Interval) (Interval, bool) {
	var out Interval
	switch e.kind {
	case KindVar:
		out = x
	case KindAdd, KindMul:
		for i, a := range e.args {
			b, ok := boundsOf(a, x)
			switch {
			case !ok:
				return b, false
			case i == 0:
				out = b
			case e.kind == KindAdd:
				out = Interval{out.Lo + b.Lo, out.Hi + b.Hi}
			default:
				out = out.times(b)
			}
		}
	case KindPow:
		base, ok := boundsOf(e.args[0], x)
		if !ok {
			return base, false
		}
		p, ok := boundsOf(e.args[1], x)
		if !ok {
			return p, false
		}
		if out, ok = base.power(p); !ok {
			return out, false
		}
	case KindCall:
		a, ok := boundsOf(e.args[0], x)
		if !ok || !e.fn.Domain.Covers(a.Lo, a.Hi) {
			return a, false
		}
		out = a.call(e.fn)
	default:
		out = Interval{e.v, e.v}
	}
	return out, isFinite(out.Lo) && isFinite(out.Hi)
}

// power bounds a^p, not ok if it may be infinite or not real.
func (a Interval) power(p Interval) (Interval, bool) {
	whole := p.Lo == p.Hi && p.Lo == math.Trunc(p.Lo)
	touchesZero := a.Lo <= 0 && 0 <= a.Hi
	switch {
	case !whole && a.Lo < 0, touchesZero && p.Lo < 0, touchesZero && p.Lo != p.Hi:
		return a, false
	}
	c := [...]float64{math.Pow(a.Lo, p.Lo), math.Pow(a.Lo, p.Hi), math.Pow(a.Hi, p.Lo), math.Pow(a.Hi, p.Hi)}
	out := Interval{slices.Min(c[:]), slices.Max(c[:])}
	if whole && math.Mod(p.Lo, 2) == 0 && touchesZero && p.Lo != 0 {
		out.Lo = 0
	}
	return out, true
}

// call bounds f(a), for a inside the domain of f.
func (a Interval) call(f *library.Func) Interval {
	lo, hi := f.Value(a.Lo), f.Value(a.Hi)
	switch f.Name {
	case "sqrt", "cbrt", "exp", "log", "tan", "asin", "atan", "sinh", "tanh", "asinh", "erf", "sign":
		return Interval{lo, hi} // growing
	case "acos":
		return Interval{hi, lo}
	case "cosh", "abs":
		if a.Lo <= 0 && 0 <= a.Hi {
			return Interval{f.Value(0), max(lo, hi)}
		}
		return Interval{min(lo, hi), max(lo, hi)}
	case "sin", "cos":
		// The slope is at most 1.
		mid, half := f.Value(a.Lo+(a.Hi-a.Lo)/2), (a.Hi-a.Lo)/2
		return Interval{max(-1, mid-half), min(1, mid+half)}
	}
	return Interval{-math.MaxFloat64, math.MaxFloat64}
}
