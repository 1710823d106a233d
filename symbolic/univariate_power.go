package symbolic

import (
	"context"
	"math"

	"github.com/kansym/kansym/library"
)

// innerExponents are the starts of the exponent of a power inside a function. An
// exponent within a quarter of the true one is near enough.
var innerExponents = [...]float64{-4.5, -3.4, -2.6, -2, -1.5, -1.15, -0.85, -0.6, -0.4, -0.25, 0.25, 0.4, 0.6, 0.85, 1.15, 1.5, 2, 2.6, 3.4, 4.5}

// raceInnerPowers tries the functions of innerPowers.
func (u *univariate) raceInnerPowers(ctx context.Context) {
	before := len(u.found)
	u.race(ctx, u.innerPowers(ctx))
	// a*x^p+b with a small p is a logarithm in disguise.
	const least = 0.05
	found := u.found[:before]
	for _, c := range u.found[before:] {
		if l := c.m.terms[0].chains[0][0]; !l.freeP || math.Abs(l.p) > least {
			found = append(found, c)
		}
	}
	u.found = found
}

// innerPowers ranks functions of a power with an exponent of its own,
// c*f(a*x^p+b)+d with b and without, for positive x. Unlike the seeds that are
// dressed they are compared with y itself: a transform that undoes f is not
// defined where noise takes y out of the range of f.
func (u *univariate) innerPowers(ctx context.Context) []*model {
	x := u.coarse.s.x
	if x[0] < 0 {
		return nil
	}
	glance := newScan(u.coarse.s.thin(glancePoints))
	mid, col := make([]float64, len(x)), make([]float64, len(x))
	few, value := make([]float64, len(glance.s.x)), make([]float64, len(glance.s.x))
	top := newShortlist()
	square := map[*library.Func]bool{}
	for _, f := range u.set.Funcs() {
		square[f] = ofSquare(f)
	}
	for _, p := range innerExponents {
		if ctx.Err() != nil {
			break
		}
		in := link{f: library.Power(p), a: 1, p: p, freeP: true}
		lo, hi := in.column(mid, x)
		if !isFinite(lo) || !isFinite(hi) || !(lo < hi) {
			continue
		}
		in.column(few, glance.s.x)
		for _, f := range u.set.Funcs() {
			if f.Name == "x" || f.Name == "1" {
				continue
			}
			for _, out := range powerStarts(f, lo, hi, u.scan.zeros) {
				if out.b == 0 && square[f] {
					continue // another function of another power
				}
				out.column(value, few)
				// Exponents of one side lead to each other.
				key := out.name() + formatFloat(math.Copysign(1, p))
				best := top.left(key)
				if glance.leaves(value) > glanceSlack*best {
					continue
				}
				out.column(col, mid)
				if left := u.coarse.leaves(col); left < best {
					top.put(key, left, f.Cost, func() *model { return single(composite{in, out}) })
				}
			}
		}
	}
	u.evals += len(innerExponents) * len(u.set.Funcs()) * len(x)
	return top.models(raceFew)
}

// powerStarts returns starts of f with a shift and, closer to each other as they
// have a scale only, without. An f that is a power has none of those, being one
// power with the other.
func powerStarts(f *library.Func, lo, hi float64, zeros int) []link {
	var links []link
	for _, l := range spreadLinks(startLinks(f, lo, hi, scaleOf(lo, hi), zeros), 40) {
		if power := f.IsPower || isRealPower(f); !power || l.b != 0 {
			links = append(links, l)
		}
	}
	if f.IsPower || isRealPower(f) {
		return links
	}
	for _, a := range scales(f, lo, hi) {
		l := newLink(f, a, 0)
		if l.freeB = false; !containsLink(links, l) {
			links = append(links, l)
		}
	}
	return links
}

// ofSquare reports whether f is a function of x^2, by its formula.
func ofSquare(f *library.Func) bool {
	e, err := Parse(f.Formula, ParseOptions{Vars: []string{"x"}})
	if err != nil {
		return false
	}
	of := true
	e.Walk(func(n *Expr) bool {
		if n.Kind() == KindPow && n.Args()[0].Kind() == KindVar && n.Args()[1].Equal(Int(2)) {
			return false
		}
		of = of && n.Kind() != KindVar
		return true
	})
	return of
}
