package symbolic

import (
	"context"
	"math"
	"sort"

	"github.com/kansym/kansym/library"
)

// MatchOptions steer MatchCurve and MatchUnivariate. The zero value suits a
// curve known to double precision.
type MatchOptions struct {
	// Keep is how many matches to return at most; 0 means 5.
	Keep int

	// Noise is a standard deviation of y, in its units, below which errors are
	// not told apart: what is known of the curve's own error. 0 means
	// rounding only. Noise that shows in the scatter of the points needs no
	// mention.
	Noise float64

	// Work bounds the effort of MatchUnivariate on chains and pairs of
	// functions, its widest searches, in millions of evaluations of a
	// candidate at a point; 0 means 40. MatchCurve needs about one per
	// ten functions. Unlike a time limit it gives the same answer everywhere.
	Work float64
}

// Match is a named function fitted to a curve: y = C*Func(A*x+B)+D.
type Match struct {
	Func       *library.Func
	A, B, C, D float64

	// RMSE is the weighted root mean square of y minus the match, in units of
	// y; R2 is 1 minus its square over the weighted variance of y.
	RMSE, R2 float64

	// Bits is the description length of curve and match together, by which
	// matches of one curve are ranked; smaller is better.
	Bits float64
}

// Expr spells the match out over arg. The constants are Free, but for an A of
// exactly 1 and a B or D of exactly 0, which are left out.
func (m Match) Expr(arg *Expr) *Expr {
	return namedExpr(m.Func, m.A, m.B, m.C, m.D, arg, false)
}

// namedExpr spells out c*f(a*arg+b)+d. Constants are Free, or decimals that
// refitting leaves alone where fixed is set; neutral ones are left out.
func namedExpr(f *library.Func, a, b, c, d float64, arg *Expr, fixed bool) *Expr {
	number := func(v float64) *Expr { return constant(v, !fixed) }
	if a != 1 {
		arg = Mul(number(a), arg)
	}
	if b != 0 {
		arg = Add(arg, number(b))
	}
	e := applyNamed(f, arg, !fixed)
	if c != 1 {
		e = Mul(number(c), e)
	}
	if d != 0 {
		e = Add(e, number(d))
	}
	return e
}

// applyNamed is Apply with the exponents of powers exact where they are
// multiples of 1/2, 1/3 or 1/4, and otherwise Free if free is set.
func applyNamed(f *library.Func, arg *Expr, free bool) *Expr {
	if !f.IsPower {
		return Apply(f, arg)
	}
	for _, q := range [...]float64{2, 3, 4} {
		n := math.Round(f.Exponent * q)
		switch {
		case n/q != f.Exponent || math.Abs(n) > 1<<40:
		case q == 2:
			return Apply(f, arg)
		default:
			return Pow(arg, Rat(int64(n), int64(q)))
		}
	}
	if free {
		return Pow(arg, Free(f.Exponent))
	}
	return Apply(f, arg)
}

// Sizes of the samples on which starts are scanned, survivors compared and the
// best of them polished, and the number of survivors of each function.
const (
	scanPoints   = 96
	racePoints   = 48
	polishPoints = 200
	scanKeep     = 3
)

// Tolerances of descents that only serve to choose what to go on with.
const (
	roughTol = 1e-4
	fairTol  = 1e-6
)

// MatchCurve fits c*f(a*x+b)+d to the n points (x, y) for every function of
// the set and returns the best matches, best first by description length.
// w weighs the points (n non-negative numbers, or nil for equal weights); points
// that are not finite are passed over. A match is defined on the whole interval
// of x unless it is exact and its pole lies between points.
//
// For given a and b the best c and d follow from a linear fit, so only (a, b) is
// searched: from the starts that the function proposes, scaled to the data, of
// which the best three are polished by Levenberg-Marquardt with c and d
// eliminated (variable projection, Golub and Pereyra 1973). A constant is then
// dropped where the description gets no longer without it.
//
// The result is nil when fewer than three distinct points are left. When ctx ends
// what was found so far is returned.
func MatchCurve(ctx context.Context, x, y, w []float64, set *library.Set, opt MatchOptions) []Match {
	s := newSample(x, y, w, opt.Noise)
	if s == nil {
		return nil
	}
	var f fitter
	found := f.matchCurve(ctx, s, set, keepOf(opt, 5))
	matches := make([]Match, 0, len(found))
	for _, c := range found {
		matches = append(matches, c.match(s))
	}
	return matches
}

func keepOf(opt MatchOptions, standard int) int {
	if opt.Keep > 0 {
		return opt.Keep
	}
	return standard
}

// A candidate is a fitted model with its description length.
type candidate struct {
	m       *model
	rms, dl float64
}

func (f *fitter) matchCurve(ctx context.Context, s *sample, set *library.Set, keep int) []candidate {
	if s.sd <= 4e-16*s.size {
		return []candidate{constantCandidate(s)}
	}
	few, some := s.thin(racePoints), s.thin(polishPoints)
	sc := newScan(s.thin(scanPoints))
	sc.zeros = s.swings()
	var found []candidate
	for _, fn := range set.Funcs() {
		if ctx.Err() != nil {
			break
		}
		// With a shift and without: where both come near, the one with the
		// shift may have lost its way.
		for _, links := range [...][]link{sc.best(fn, scanKeep), sc.bestUnshifted(fn)} {
			best := candidate{rms: math.Inf(1)}
			for _, l := range links {
				c := candidate{m: single(composite{l})}
				if c.rms = f.descend(ctx, c.m, few, 15, roughTol); c.rms < best.rms {
					best = c
				}
			}
			if math.IsInf(best.rms, 1) {
				continue
			}
			if best.rms = f.descend(ctx, best.m, some, 40, fairTol); !math.IsInf(best.rms, 1) {
				found = append(found, best)
			}
		}
	}
	some.judged(found).rank(found)
	// More than asked for, as dropping constants changes the order.
	found = found[:min(len(found), 3*keep)]
	found = f.finish(ctx, found, s, len(found))
	seen := map[string]bool{}
	out := found[:0]
	for _, c := range found {
		// One way to write a function is enough.
		if name := c.m.terms[0].chains[0][0].family(); !seen[name] {
			seen[name] = true
			out = append(out, c)
		}
	}
	return out[:min(len(out), keep)]
}

// finish settles candidates on the whole sample, drops those that are not
// defined throughout, and returns the best of them.
func (f *fitter) finish(ctx context.Context, found []candidate, s *sample, keep int) []candidate {
	some := s.thin(polishPoints).judged(found)
	some.rank(found)
	best := math.Inf(1)
	for _, c := range found {
		best = math.Min(best, c.dl)
	}
	out := found[:0]
	for _, c := range found {
		// One that even without a bit for its own sake stays behind does
		// not become the best by losing constants.
		if c.dl-c.m.bits() < best && math.IsInf(f.settle(ctx, c.m, some, 60), 1) {
			continue
		}
		c.rms = f.polish(ctx, c.m, s, 60)
		if math.IsInf(c.rms, 1) || (!c.m.covered(s) && !s.exact(c.rms)) {
			continue
		}
		out = append(out, c)
	}
	s.judged(out).rank(out)
	return out[:min(len(out), keep)]
}

func sortCandidates(c []candidate) {
	sort.SliceStable(c, func(i, j int) bool { return c[i].dl < c[j].dl })
}

func constantCandidate(s *sample) candidate {
	var n, sum float64
	for i, y := range s.y {
		w := s.root(i) * s.root(i)
		n += w
		sum += w * (y / math.Max(s.size, math.SmallestNonzeroFloat64))
	}
	one, _ := library.Lookup("1")
	m := single(composite{newLink(one, 1, 0)})
	m.terms[0].c, m.freeD = sum/n*s.size, false
	return candidate{m: m, dl: m.bits()}
}

// match returns a candidate of a single link as a Match.
func (c candidate) match(s *sample) Match {
	t := c.m.terms[0]
	l := t.chains[0][0]
	m := Match{Func: l.f, A: l.a, B: l.b, C: t.c, D: c.m.d, RMSE: c.rms, Bits: c.dl, R2: 1}
	if l.freeP {
		m.Func = library.Power(l.p)
	}
	if s.sd > 0 {
		m.R2 = 1 - (c.rms/s.sd)*(c.rms/s.sd)
	}
	return m
}
