package symbolic

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/kansym/kansym/library"
)

// MatchUnivariate searches formulas in the variable name for the n points (x, y),
// clean or noisy, and returns the best, best first by description length. Beyond
// the single functions of MatchCurve it tries polynomials to degree 6, rational
// functions, chains f(g(x)), sums a*f+b*g+d of two functions and products f*g,
// all with inner scales and shifts; polynomials plus the root of a polynomial;
// functions dressed with polynomials, P(x)+Q(x)*f, as y or as a transform of it;
// and oscillations in an envelope. Constants that were fitted are Free; a caller
// refits, simplifies and snaps. w, points that are not finite and domains are
// treated as by MatchCurve.
//
// Cheap forms come first, and the search ends with the first kind of form that
// reproduces the points to rounding. It uses no clock and no randomness: the same
// points give the same formulas. When ctx ends what was found so far is returned.
//
// Forms are ranked on about a hundred points by exhaustive evaluation of starts,
// where the linear constants follow from inner products; the survivors race
// through Levenberg-Marquardt on growing samples.
func MatchUnivariate(ctx context.Context, x, y, w []float64, name string, set *library.Set, opt MatchOptions) []*Expr {
	s := newSample(x, y, w, opt.Noise)
	if s == nil {
		return nil
	}
	if set == nil {
		set = library.DefaultSet()
	}
	u := newUnivariate(s, set, opt)
	u.run(ctx)
	return u.best(Var(name), keepOf(opt, 5))
}

// best returns the keep best formulas of both kinds, best first.
func (u *univariate) best(arg *Expr, keep int) []*Expr {
	s := u.judged()
	s.rank(u.found)
	for i := range u.blends {
		c := &u.blends[i]
		c.dl = s.errorBits(c.rms) + c.cost
	}
	sortBlends(u.blends)
	var out []*Expr
	var kept [][]float64
	models, blends := u.found, u.blends
	for len(out) < keep && len(models)+len(blends) > 0 {
		var e *Expr
		var rms float64
		values := make([]float64, len(u.few.x))
		if len(models) == 0 || len(blends) > 0 && blends[0].dl < models[0].dl {
			c := blends[0]
			blends = blends[1:]
			e, rms = c.expr.Subst(map[string]*Expr{blendArg: arg}), c.rms
			for k := range values {
				values[k] = c.values[u.s.thinned(k, len(values))]
			}
		} else {
			c := models[0]
			models = models[1:]
			e, rms = c.m.expr(arg), c.rms
			for k, x := range u.few.x {
				values[k] = c.m.value(x)
			}
		}
		if containsExpr(out, e) {
			continue
		}
		if k := u.repeats(kept, values, rms); k < 0 {
			out, kept = append(out, e), append(kept, values)
		} else if e.Complexity() < out[k].Complexity() {
			out[k] = e
		}
	}
	return out
}

// judged is sample.judged for candidates of both kinds.
func (u *univariate) judged() *sample {
	s := u.s.judged(u.found)
	least := math.Inf(1)
	for _, c := range u.found {
		least = math.Min(least, c.rms)
	}
	for _, c := range u.blends {
		if c.rms >= least {
			continue
		}
		least, s = c.rms, u.s
		if least > 10*u.s.floor {
			t := *u.s
			t.count = u.s.independent(func(i int) float64 { return c.values[i] })
			s = &t
		}
	}
	return s
}

// repeats returns the place of the first of those kept that has the values of a
// candidate which is not exact, such as x for sqrt(x^2), -1 if there is none: the
// same by the share of its error that could not matter to anyone.
func (u *univariate) repeats(kept [][]float64, values []float64, rms float64) int {
	if u.s.exact(rms) {
		return -1
	}
	return slices.IndexFunc(kept, func(k []float64) bool {
		for i, v := range k {
			if math.Abs(v-values[i]) > 1e-3*rms {
				return false
			}
		}
		return true
	})
}

func containsExpr(list []*Expr, e *Expr) bool {
	for _, o := range list {
		if o.Equal(e) {
			return true
		}
	}
	return false
}

// A univariate search is the state that its stages share.
type univariate struct {
	fitter
	s, some, few *sample
	scan, coarse *scan // of few, and of fewer for the widest searches
	set          *library.Set
	keep         int
	budget       int
	found        []candidate
	blends       []blended
}

func newUnivariate(s *sample, set *library.Set, opt MatchOptions) *univariate {
	u := &univariate{s: s, some: s.thin(polishPoints), few: s.thin(scanPoints), set: set, keep: keepOf(opt, 5)}
	u.units = true
	u.scan, u.coarse = newScan(u.few), newScan(s.thin(racePoints))
	u.scan.zeros = s.swings()
	u.coarse.zeros = u.scan.zeros
	work := opt.Work
	if work <= 0 {
		work = 40
	}
	u.budget = int(work * 1e6)
	return u
}

// cheapness is the number of points of an inner product that count as one
// evaluation.
const cheapness = 16

// run goes through the stages, from the forms that are cheap and short to
// those that are neither.
func (u *univariate) run(ctx context.Context) {
	if u.s.sd <= 4e-16*u.s.size {
		u.found = append(u.found, constantCandidate(u.s))
		return
	}
	stages := []func(context.Context){
		func(ctx context.Context) {
			u.found = append(u.found, u.matchCurve(ctx, u.s, u.set, u.keep)...)
			u.polynomials(ctx)
		},
		func(ctx context.Context) {
			u.rationals(ctx)
			if u.done() {
				return
			}
			u.insidePolynomials(ctx)
			if u.done() {
				return
			}
			u.race(ctx, u.outerChains(ctx))
		},
		u.roots,
		u.raceInnerPowers,
		u.dressed,
		u.waves,
		u.racePairs,
		func(ctx context.Context) { u.race(ctx, u.innerChains(ctx)) },
	}
	if len(u.s.x) >= scatterPoints && u.s.scatter() > mostScatter && u.slowest() == 0 {
		stages = stages[:2]
	}
	for _, stage := range stages {
		stage(ctx)
		if ctx.Err() != nil || u.evals > u.budget || u.done() {
			return
		}
	}
}

// mostScatter is the share of scatter in the variance of y from which on only
// cheap forms are tried: so much tells no two of the others apart, and is mostly
// a sign that y is not a function of x. With few points a fast oscillation looks
// like it.
const (
	mostScatter   = 0.5
	scatterPoints = 200
)

// hopeless reports whether a model with this error would not be among the best
// even if it took no bits at all.
func (u *univariate) hopeless(rms float64) bool {
	better := 0
	for _, c := range u.found {
		if u.s.descriptionLength(c.rms, c.m) < u.s.errorBits(rms) {
			better++
		}
	}
	return better >= u.keep
}

// done reports whether a formula was found that is exact.
func (u *univariate) done() bool {
	for _, c := range u.found {
		if u.s.exact(c.rms) {
			return true
		}
	}
	// With enough constants anything smooth is met to rounding.
	const mostConstants = 9
	for _, c := range u.blends {
		if u.s.exact(c.rms) && len(c.expr.FreeValues()) <= mostConstants {
			return true
		}
	}
	return false
}

// raceStart is how many forms of a kind go into a race, and raceFirst how many
// are left of all after its first round. The starts of good forms that are far
// from the values they should take are behind hundreds of others, and a few
// steps on a few points bring them to the front.
const (
	raceStart   = 1000
	raceFew     = 300 // of kinds whose starts are good or that are rare
	raceFirst   = 300
	firstPoints = 24
)

// race polishes models on few points, the better ones on more, and offers
// those that are left when all points have been used. Where some turn out exact
// on the way the others are not pursued. Models are changed.
func (u *univariate) race(ctx context.Context, models []*model) {
	field := make([]candidate, 0, len(models))
	for _, m := range models {
		field = append(field, candidate{m: m})
	}
	// Errors of models that have not converged count less.
	field = u.round(ctx, field, u.s.thin(firstPoints), 3, roughTol, 0.4, raceFirst)
	field = u.round(ctx, field, u.coarse.s, 8, roughTol, 0.25, 150)
	field = u.round(ctx, field, u.few, 25, fairTol, 0.5, 30)
	field = u.round(ctx, field, u.some, 60, u.s.tolerance(), 1, len(field))
	field = u.distinct(u.withoutOffsets(ctx, field))
	field = field[:min(len(field), u.keep+3)]
	u.found = append(u.found, u.finish(ctx, field, u.s, u.keep)...)
}

// withoutOffsets takes the offset out where the description is shorter without,
// and sorts again: laws mostly have none, and among those that come near with one
// there are many.
func (u *univariate) withoutOffsets(ctx context.Context, field []candidate) []candidate {
	for i := range field {
		c := &field[i]
		if !c.m.freeD || c.m.outer != nil || u.s.exact(c.rms) || ctx.Err() != nil {
			continue
		}
		trial := c.m.clone()
		trial.d, trial.freeD = 0, false
		rms := u.descend(ctx, trial, u.some, 20, fairTol)
		if math.IsInf(rms, 1) {
			continue
		}
		if dl := u.some.descriptionLength(rms, trial); dl <= c.dl {
			*c = candidate{m: trial, rms: rms, dl: dl}
		}
	}
	sortCandidates(field)
	return field
}

// distinct returns the candidates without those that repeat an earlier one.
func (u *univariate) distinct(field []candidate) []candidate {
	var kept [][]float64
	out := field[:0]
	for _, c := range field {
		values := make([]float64, len(u.few.x))
		for i, x := range u.few.x {
			values[i] = c.m.value(x)
		}
		if u.repeats(kept, values, c.rms) < 0 {
			out, kept = append(out, c), append(kept, values)
		}
	}
	return out
}

// round polishes all candidates of a race and returns the keep best, of which
// errors count for a share of the points.
func (u *univariate) round(ctx context.Context, field []candidate, s *sample, iter int, tol, share float64, keep int) []candidate {
	t := *s
	t.count *= share
	out := field[:0]
	exact := false
	for _, c := range field {
		if ctx.Err() != nil || u.evals > u.budget {
			break
		}
		if c.rms = u.descend(ctx, c.m, s, iter, tol); !math.IsInf(c.rms, 1) {
			c.dl = t.descriptionLength(c.rms, c.m)
			out = append(out, c)
			exact = exact || s.exact(c.rms)
		}
	}
	if exact {
		some := out
		out = out[:0]
		for _, c := range some {
			if s.exact(c.rms) {
				out = append(out, c)
			}
		}
	}
	sortCandidates(out)
	return out[:min(len(out), keep)]
}

// A shortlist keeps the best start of every form, named by key. Forms are
// ranked by the share of variance that their start leaves and the cost of their
// functions. As a start is rough, the share counts for startCount points only:
// short forms get a chance to be polished.
type shortlist struct {
	at   map[string]int
	list []entry
}

const startCount = 8

type entry struct {
	left, cost float64
	model      func() *model
}

func startScore(left, cost float64) float64 {
	return startCount/2*math.Log2(math.Max(left, 1e-30)) + cost
}

func newShortlist() *shortlist { return &shortlist{at: map[string]int{}} }

// wants reports whether a start that leaves the given share would be the best
// of its form.
func (l *shortlist) wants(key string, left float64) bool {
	i, ok := l.at[key]
	return !ok || left < l.list[i].left
}

// left returns the share that the best start of the form leaves so far, at
// most 1.
func (l *shortlist) left(key string) float64 {
	if i, ok := l.at[key]; ok {
		return l.list[i].left
	}
	return 1
}

func (l *shortlist) put(key string, left, cost float64, model func() *model) {
	if i, ok := l.at[key]; ok {
		l.list[i] = entry{left, cost, model}
		return
	}
	l.at[key] = len(l.list)
	l.list = append(l.list, entry{left, cost, model})
}

// models returns the n best.
func (l *shortlist) models(n int) []*model {
	type ranked struct {
		score float64
		at    int
	}
	order := make([]ranked, len(l.list))
	for i, e := range l.list {
		order[i] = ranked{startScore(e.left, e.cost), i}
	}
	slices.SortFunc(order, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(a.at, b.at))
	})
	var out []*model
	for _, r := range order[:min(n, len(order))] {
		out = append(out, l.list[r.at].model())
	}
	return out
}
