package search

import (
	"context"
	"math"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// inside is a function of an expression of the index, for formulas too long for
// the index itself.
type inside struct {
	size  int
	of    func(v float64) float64
	write func(e *symbolic.Expr) *symbolic.Expr
}

var insides = [...]inside{
	{2, math.Sin, called(fnSin)},
	{2, math.Cos, called(fnCos)},
	{2, math.Exp, called(fnExp)},
	{3, func(v float64) float64 { return math.Exp(-v) }, func(e *symbolic.Expr) *symbolic.Expr { return called(fnExp)(symbolic.Neg(e)) }},
	{2, math.Log, called(fnLog)},
	{4, math.Log1p, func(e *symbolic.Expr) *symbolic.Expr { return called(fnLog)(symbolic.Add(symbolic.Int(1), e)) }},
	{3, math.Tanh, called(fnTanh)},
	{3, math.Atan, called(fnAtan)},
	{1, math.Sqrt, symbolic.Sqrt},
	{3, func(v float64) float64 { return math.Sqrt(1 + v) }, func(e *symbolic.Expr) *symbolic.Expr {
		return symbolic.Sqrt(symbolic.Add(symbolic.Int(1), e))
	}},
}

func called(f *library.Func) func(*symbolic.Expr) *symbolic.Expr {
	return func(e *symbolic.Expr) *symbolic.Expr { return symbolic.Call(f, e) }
}

func (h *inside) values(v *[indexRows]float64) (out [indexRows]float64) {
	for k, u := range v {
		out[k] = h.of(u)
	}
	return out
}

// FindInside returns formulas of which T(y), or what is left of it as for
// FindThree, is a+b*h(f) with f any expression of the index and h a function. The
// inverses of T do not reach periodic functions and those with a summand. Here
// the targets are what is looked up, since they are the fewer.
func (x *Index) FindInside(ctx context.Context, outputs []Output, thirds int) []Candidate {
	var targets []*target
	for _, out := range outputs {
		for _, t := range x.targets(out, outputs, thirds) {
			if t != nil {
				targets = append(targets, t)
			}
		}
	}
	at := newPlaces(4 * len(targets))
	for i, t := range targets {
		if p, q, ok := alikeShares(t.t[0], t.t[1], t.t[2], t.t[3], x.least); ok {
			x.edges(p, q, func(h uint64) { at.add(h, int32(i)) })
		}
	}
	const least = 1e-5
	var found hits
	for i := range x.nodes {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil
		}
		n := x.nodes[i]
		if n.vars == 0 {
			continue
		}
		if int(n.size) > found.shortest() {
			break
		}
		v := &x.vals[i]
		x.work.Add(int64(4 * len(insides)))
		for k := range insides {
			f := insides[k].of
			p, q, ok := alikeShares(f(v[0]), f(v[1]), f(v[2]), f(v[3]), least)
			if !ok {
				continue
			}
			h := alikeHash(x.cells(p, q))
			for place := h & at.mask; at.at[place] != 0; place = (place + 1) & at.mask {
				if at.at[place]>>32 != h>>32 {
					continue
				}
				t := targets[int32(uint32(at.at[place]))-1]
				if values := insides[k].values(v); x.agrees(&t.t, &values) {
					x.note(hit{target: t, form: formInside, factor: k, f: int32(i), g: int32(i), size: t.size + int(n.size) + insides[k].size}, &found)
				}
			}
		}
	}
	return found.candidates(mostFound)
}
