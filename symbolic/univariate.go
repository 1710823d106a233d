package symbolic

import (
	"context"
	"math"
	"sort"

	"github.com/kansym/kansym/library"
)

// MatchUnivariate searches formulas in the variable name for the n points (x, y),
// clean or noisy, and returns the best, best first by description length. Beyond
// the single functions of MatchCurve it tries polynomials to degree 6, rational
// functions, chains f(g(x)), sums a*f+b*g+d of two functions and products f*g,
// all with inner scales and shifts. Constants that were fitted are Free; a caller
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
	keep := keepOf(opt, 5)
	sortCandidates(u.found)
	var out []*Expr
	for _, c := range u.found {
		if e := c.m.expr(Var(name)); len(out) < keep && !containsExpr(out, e) {
			out = append(out, e)
		}
	}
	return out
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
}

func newUnivariate(s *sample, set *library.Set, opt MatchOptions) *univariate {
	u := &univariate{s: s, some: s.thin(polishPoints), few: s.thin(scanPoints), set: set, keep: keepOf(opt, 5)}
	u.scan, u.coarse = newScan(u.few), newScan(s.thin(coarsePoints))
	u.coarse.zeros = u.scan.zeros
	work := opt.Work
	if work <= 0 {
		work = 40
	}
	u.budget = int(work * 1e6)
	return u
}

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
			u.race(ctx, u.outerChains(ctx))
		},
		func(ctx context.Context) { u.race(ctx, u.pairs(ctx)) },
		func(ctx context.Context) { u.race(ctx, u.innerChains(ctx)) },
	}
	for _, stage := range stages {
		stage(ctx)
		if ctx.Err() != nil || u.evals > u.budget || u.done() {
			return
		}
	}
}

// done reports whether a formula was found that is exact.
func (u *univariate) done() bool {
	for _, c := range u.found {
		if u.s.exact(c.rms) {
			return true
		}
	}
	return false
}

// How many models a race starts with, and how many go into its second round
// and the finish.
const (
	raceStart  = 80
	raceSecond = 20
)

// coarsePoints is the number of points on which the largest dictionaries are
// ranked.
const coarsePoints = 48

// race polishes models on few points, the better ones on more, and offers
// those that are left when all points have been used. Models are changed.
func (u *univariate) race(ctx context.Context, models []*model) {
	field := make([]candidate, 0, len(models))
	round := func(s *sample, iter, keep int) {
		out := field[:0]
		for _, c := range field {
			if ctx.Err() != nil || u.evals > u.budget {
				break
			}
			if c.rms = u.polish(ctx, c.m, s, iter); !math.IsInf(c.rms, 1) {
				c.dl = s.descriptionLength(c.rms, c.m)
				out = append(out, c)
			}
		}
		field = out
		sortCandidates(field)
		field = field[:min(len(field), keep)]
	}
	for _, m := range models {
		field = append(field, candidate{m: m})
	}
	round(u.few, 12, raceSecond)
	round(u.some, 60, u.keep+3)
	u.found = append(u.found, u.finish(ctx, field, u.s, u.keep)...)
}

// A shortlist keeps the best start of every form, named by key.
type shortlist struct {
	at   map[string]int
	list []entry
}

type entry struct {
	left  float64
	model func() *model
}

func newShortlist() *shortlist { return &shortlist{at: map[string]int{}} }

// wants reports whether a start that leaves the given share would be the best
// of its form.
func (l *shortlist) wants(key string, left float64) bool {
	i, ok := l.at[key]
	return !ok || left < l.list[i].left
}

func (l *shortlist) put(key string, left float64, model func() *model) {
	if i, ok := l.at[key]; ok {
		l.list[i] = entry{left, model}
		return
	}
	l.at[key] = len(l.list)
	l.list = append(l.list, entry{left, model})
}

// models returns the n best.
func (l *shortlist) models(n int) []*model {
	sort.SliceStable(l.list, func(i, j int) bool { return l.list[i].left < l.list[j].left })
	var out []*model
	for _, e := range l.list[:min(n, len(l.list))] {
		out = append(out, e.model())
	}
	l.at = nil
	return out
}
