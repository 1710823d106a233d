package symbolic

import (
	"context"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// SnapOptions steer Snap. The zero value means the documented defaults.
type SnapOptions struct {
	// Domains are the ranges of the variables; nil means IntervalsOf the data.
	Domains map[string]Interval

	// Exact is the RMSE, relative to the root mean square of the target, below
	// which data count as free of noise. If it is 0 it is 1e-10. Tolerances then
	// follow from rounding instead of standard errors.
	Exact float64

	// Sigmas is how many standard errors a constant may move, more where these
	// come from few rows. If it is 0 it is SnapSigmas.
	Sigmas float64
}

// SnapSigmas is how many standard errors constants may move if nothing else is
// asked for.
const SnapSigmas = 4

// SnapNote tells about a constant that was replaced by an exact form.
type SnapNote struct {
	Value  float64 // as fitted before
	StdErr float64 // of Value; 0 if it was not known
	Form   string  // the exact form: "1/2", "pi", "1/sqrt(2*pi)", "2.37"
}

// Snap replaces free constants of a fitted formula by exact forms: integers,
// fractions, square roots of these, each times powers of the root of pi, or
// fractions times e, powers of e, and short decimals. A constant is tried within Sigmas standard errors (within rounding, for exact
// data), exponents first, constants inside functions next, factors and offsets
// last, one at a time, the others refitted after each. A form is kept if the
// description length of the whole does not rise, and if the form takes clearly
// fewer bits than the constant has significant bits, for otherwise some form of
// that length lies within the error of any constant by chance.
//
// The result is simplified and refitted, or f if nothing could be snapped. Notes
// come in the order of snapping.
func Snap(ctx context.Context, f Fit, d Data, opt SnapOptions) (Fit, []SnapNote) {
	s := newSnapper(d, opt)
	if len(f.Expr.FreeValues()) == 0 || d.check() != nil {
		return f, nil
	}
	if f.StdErr == nil {
		g, err := Refit(ctx, f.Expr, d, RefitOptions{})
		if err != nil {
			return f, nil
		}
		f = g
	}
	var notes []SnapNote
	for ctx.Err() == nil {
		g, note, ok := s.snapOne(ctx, f)
		if !ok {
			break
		}
		f = g
		notes = append(notes, note)
	}
	return f, notes
}

// snapper holds what stays the same while constants are snapped.
type snapper struct {
	d      Data
	opt    SnapOptions
	scale  float64 // root mean square of the target
	floor  float64 // error that rounding makes, in units of the target
	tried  map[uint64]bool
	nvars  int
	rounds int
}

func newSnapper(d Data, opt SnapOptions) *snapper {
	if opt.Exact <= 0 {
		opt.Exact = 1e-10
	}
	if opt.Sigmas <= 0 {
		opt.Sigmas = SnapSigmas
	}
	if opt.Domains == nil {
		opt.Domains = IntervalsOf(d)
	}
	floor := roundingFloor(d)
	return &snapper{d: d, opt: opt, floor: floor, scale: floor * 1e13, tried: map[uint64]bool{}, nvars: len(d.Names)}
}

// maxForms bounds the forms tried for one constant in one round, and maxRefits
// the refits in all.
const (
	maxForms  = 8
	maxRefits = 400
)

// snapOne snaps the first constant that can be.
func (s *snapper) snapOne(ctx context.Context, f Fit) (Fit, SnapNote, bool) {
	values := f.Expr.FreeValues()
	exact := f.RMSE <= s.opt.Exact*s.scale
	now := s.describe(f)
	inTrig := angles(f.Expr)
	for _, k := range snapOrder(f.Expr) {
		c := values[k]
		stderr := 0.0
		if f.StdErr != nil {
			stderr = f.StdErr[k]
		}
		tol, precision := s.tolerance(c, stderr, f.RMSE, exact, len(s.d.Y)-len(values))
		forms := formsNear(c, tol)
		if exact && math.Abs(c) > tol && s.rmse(fixConst(f.Expr, k, Int(0))) <= s.opt.Exact*s.scale {
			// How well a constant that does nothing is known depends on
			// rounding errors alone.
			forms = append([]form{{node: Int(0)}}, forms...)
		}
		tried := 0
		for _, form := range forms {
			if tried >= maxForms || s.rounds >= maxRefits || ctx.Err() != nil {
				break
			}
			chance := float64(chanceBits)
			if !exact {
				chance -= nearness(constValue(form.node)-c, tol)
			}
			if c != 0 && !form.node.IsInt(0) && form.bits > precision-chance {
				if form.bits > precision-chanceBits+mostNearness {
					break // forms come with growing bits
				}
				continue
			}
			special := float64(specialBits)
			if inTrig[k] || chance == chanceBits-mostNearness && precision >= wellKnown {
				special = chance
			}
			if !exact && !form.node.isNumeral() && form.bits > precision-special {
				continue
			}
			e := Simplify(fixConst(f.Expr, k, form.node), SimplifyOptions{Domains: s.opt.Domains})
			if s.tried[e.Hash()] {
				continue
			}
			s.tried[e.Hash()] = true
			tried++
			s.rounds++
			g, err := Refit(ctx, e, s.d, RefitOptions{})
			if err != nil || exact && g.RMSE > s.opt.Exact*s.scale {
				continue
			}
			if s.describe(g) <= now {
				return g, SnapNote{Value: c, StdErr: stderr, Form: form.node.String()}, true
			}
		}
	}
	return f, SnapNote{}, false
}

// chanceBits is by how many bits a form must be shorter than what is known of a
// constant: with 2 of them, one constant in four that is not of any form would
// be within the tolerance of one as short if all forms were as dense.
const chanceBits = 2

// mostNearness is the most that nearness gives, for a form within the default of
// SnapSigmas = 4 standard errors: that of one within a single standard error.
const mostNearness = 2

// nearness is how many bits it is worth that a form is off by no more than a part
// of the tolerance: as seldom is one so near by chance.
func nearness(off, tol float64) float64 {
	return min(mostNearness, max(0, math.Log2(tol/math.Abs(off))))
}

// wellKnown is how many bits the data must determine of a constant for a number as
// special as sqrt(2) to be believed that is within a standard error and takes fewer
// bits: of constants at random 2 in 1000 then have such a number next to them.
const wellKnown = 8

// specialBits takes the place of chanceBits for pi, e and roots where there is
// noise: of numbers so special a chance meeting is taken for a discovery, so
// 3.1 with an error of 0.03 stays what it is.
//
// In the arguments of sines and cosines multiples of pi are what one expects, and
// chanceBits do.
const specialBits = 9

// angles tells of each free constant whether it is a factor or a term of the
// argument of a trigonometric function.
func angles(e *Expr) []bool {
	var out []bool
	var visit func(n *Expr, inside bool)
	visit = func(n *Expr, inside bool) {
		if n.IsFree() {
			out = append(out, inside)
		}
		for _, a := range n.args {
			argument := n.kind == KindCall && (n.fn.Name == "sin" || n.fn.Name == "cos" || n.fn.Name == "tan") ||
				inside && (n.kind == KindAdd || n.kind == KindMul)
			visit(a, argument)
		}
	}
	visit(e, false)
	return out
}

// isNumeral reports whether e is a number written with digits alone.
func (e *Expr) isNumeral() bool { return e.kind == KindRational || e.kind == KindFloat }

// tolerance returns how far constant c may move and how many of its bits the
// data determine, where the standard error was estimated with the given degrees
// of freedom.
func (s *snapper) tolerance(c, stderr, rmse float64, exact bool, freedom int) (tol, bits float64) {
	mag := math.Abs(c)
	if !exact {
		if stderr == 0 {
			stderr = 1e-9 * mag
		}
		return studentSigmas(s.opt.Sigmas, freedom) * stderr, math.Log2(mag / stderr)
	}
	// The residuals are rounding errors and may be smaller by luck (or zero)
	// than what rounding does to the constant: take them for the floor.
	tol, known := 1e-12*mag, 0x1p-50*mag
	if stderr > 0 && rmse > 0 {
		tol = max(tol, s.opt.Sigmas*stderr*max(1, s.floor/rmse))
		known = max(known, stderr)
	}
	return tol, math.Log2(mag / known)
}

// studentSigmas is by how many standard errors a constant is off as seldom as a
// normal variable by the given number of standard deviations: more of them where
// the standard error itself comes from few degrees of freedom.
func studentSigmas(sigmas float64, freedom int) float64 {
	const many = 200
	if freedom < 1 || freedom > many {
		return sigmas
	}
	seldom := distuv.UnitNormal.CDF(-sigmas)
	return -distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(freedom)}.Quantile(seldom)
}

// rmse is the error of e as it stands, +Inf where it is not finite.
func (s *snapper) rmse(e *Expr) float64 {
	r, err := newRefitter(e, s.d)
	if err != nil {
		return math.Inf(1)
	}
	return r.rmse()
}

func (s *snapper) describe(f Fit) float64 {
	n := len(s.d.Y)
	return DescriptionLength(f.Expr, f.RMSE*f.RMSE*float64(n), n, s.floor, s.nvars)
}

// snapOrder returns the indices of the free constants in the order in which
// they are snapped: exponents, then from the inside out, since what is outside
// adapts to what is inside.
func snapOrder(e *Expr) []int {
	type place struct {
		exponent bool
		depth    int
	}
	var places []place
	var visit func(n *Expr, exponent bool, depth int)
	visit = func(n *Expr, exponent bool, depth int) {
		if n.IsFree() {
			places = append(places, place{exponent, depth})
			return
		}
		for i, a := range n.args {
			d := depth
			if n.kind == KindCall || n.kind == KindPow {
				d++ // depth counts what is not linear
			}
			visit(a, exponent || n.kind == KindPow && i == 1, d)
		}
	}
	visit(e, false, 0)
	order := make([]int, 0, len(places))
	for k := range places {
		i := len(order)
		order = append(order, k)
		before := func(a, b place) bool {
			if a.exponent != b.exponent {
				return a.exponent
			}
			return a.depth > b.depth
		}
		for ; i > 0 && before(places[k], places[order[i-1]]); i-- {
			order[i] = order[i-1]
		}
		order[i] = k
	}
	return order
}
