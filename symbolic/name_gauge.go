package symbolic

import (
	"context"
	"math"

	"github.com/kansym/kansym/kan"
)

// A sum inside a function is a product inside another one, and the other way
// around where factors are positive:
//
//	g(p(x)+q(y)) = g(log(v)/k), v = exp(k*p(x))*exp(k*q(y)).
//
// Training settles on either, and curves that are simple in one need not be in
// the other: m/sqrt(1-v^2) learned as exp of a sum has the edge log(1-v^2). The
// exponent k is free; what suggests one is an edge that it turns into a power
// or makes linear.

// mostGauges bounds the exponents that are tried at a node.
const mostGauges = 3

// A hidden node that might be of the other kind.
type hidden struct {
	layer, node int
	next        place   // the one edge that leaves it
	edges       []place // those that enter it, all splines
}

// gauges tries the combinations of names that result when a hidden node turns
// from a sum into a product, with its neighbours' curves changed accordingly.
func (n *naming) gauges(ctx context.Context) {
	t := traceOf(n.net, n.some.Cols)
	rms := n.networkError(n.net)
	together := n.net.Clone()
	all := n.choices()
	changed := 0
	for _, h := range n.hiddenNodes() {
		for i, k := range n.exponents(h) {
			if ctx.Err() != nil || n.exact() {
				return
			}
			choices := n.gauged(ctx, t, h, k, rms)
			if choices == nil {
				continue
			}
			net := n.net.Clone()
			net.Layers[h.layer].Ops[h.node] = kan.Product
			one := n.choices()
			for p, c := range choices {
				one[p] = c
				if i == 0 {
					all[p] = c
				}
			}
			if i == 0 {
				together.Layers[h.layer].Ops[h.node] = kan.Product
				changed++
			}
			n.combinations(ctx, net, one)
		}
	}
	if changed > 1 && !n.exact() {
		n.combinations(ctx, together, all)
	}
}

// hiddenNodes lists the nodes between splines with one way out.
func (n *naming) hiddenNodes() []hidden {
	var list []hidden
	for l := 0; l+1 < len(n.net.Layers); l++ {
		layer, next := n.net.Layers[l], n.net.Layers[l+1]
		for j := range layer.Out {
			h := hidden{layer: l, node: j}
			ways := 0
			for to := range next.Out {
				if e := next.Edge(j, to); e.Active() {
					ways++
					h.next = place{l + 1, j, to}
				}
			}
			splines := ways == 1 && h.next.in(n.net).Kind == kan.Spline
			for i := range layer.In {
				if e := layer.Edge(i, j); e.Active() {
					splines = splines && e.Kind == kan.Spline
					h.edges = append(h.edges, place{l, i, j})
				}
			}
			if splines && len(h.edges) > 1 {
				list = append(list, h)
			}
		}
	}
	return list
}

// exponents proposes exponents k for a node, those first that the best matches
// suggest.
func (n *naming) exponents(h hidden) []float64 {
	var list []float64
	add := func(k float64) {
		// Exponents of opposite sign give reciprocals, which are found by the
		// same matches.
		for _, o := range list {
			if math.Abs(math.Abs(k/o)-1) < 1e-3 {
				return
			}
		}
		if isFinite(k) && k != 0 && len(list) < mostGauges {
			list = append(list, k)
		}
	}
	product := n.net.Layers[h.layer].Ops[h.node] == kan.Product
	for rank := range 2 {
		for _, p := range h.edges {
			if m := n.matches[p]; rank < len(m) {
				switch f := m[rank].Func; {
				case product && f.IsPower && m[rank].B == 0 && m[rank].D == 0:
					add(1 / f.Exponent)
				case !product && f.Name == "log":
					add(1 / m[rank].C)
				}
			}
		}
		if m := n.matches[h.next]; rank < len(m) && !product && m[rank].Func.Name == "exp" {
			add(m[rank].A)
		}
	}
	return list
}

// gauged matches the curves around a node that has become a product of powers
// k, or returns nil where that is not possible.
func (n *naming) gauged(ctx context.Context, t *trace, h hidden, k, rms float64) map[place][]choice {
	product := n.net.Layers[h.layer].Ops[h.node] == kan.Product
	choices := map[place][]choice{}
	rows := len(n.some.Y)
	v := make([]float64, rows)
	for r := range v {
		v[r] = 1
	}
	for _, p := range h.edges {
		x, y, w := t.curve(n.net, p)
		noise := t.noise(n.net, p, rms)
		mid := 0.0
		for r := range y {
			if product {
				y[r] = math.Log(y[r])
			}
			mid += y[r] / float64(rows)
		}
		if !isFinite(mid) {
			return nil
		}
		scale, ss := make([]float64, rows), 0.0
		for r := range y {
			// dh = h*k*dp for a sum and (h*k/p)*dp for a product.
			was := 1.0
			if product {
				was = math.Exp(y[r])
			}
			y[r] = math.Exp(k * (y[r] - mid))
			v[r] *= y[r]
			scale[r] = math.Abs(y[r] * k / was)
			ss += w[r] * scale[r] * scale[r]
		}
		total := 0.0
		for r := range w {
			total += w[r]
			w[r] /= scale[r] * scale[r]
		}
		choices[p] = choicesOf(n.matchPoints(ctx, n.net, p, x, y, w, noise*math.Sqrt(ss/total)))
	}
	_, y, w := t.curve(n.net, h.next)
	choices[h.next] = choicesOf(n.matchPoints(ctx, n.net, h.next, v, y, w, t.noise(n.net, h.next, rms)))
	return choices
}

// poorly is how many times the error that a curve is given credit for a match
// must miss it by to be no description of it.
const poorly = 4

// edgeWork bounds the search for a formula of one edge.
const edgeWork = 12

// composed tries formulas of more than one function for the edges that no single
// one describes.
func (n *naming) composed(ctx context.Context) {
	t := traceOf(n.net, n.some.Cols)
	rms := n.networkError(n.net)
	choices := n.choices()
	found := false
	if len(n.splines) > wideNetwork {
		return // a formula in every edge would describe anything
	}
	for _, p := range n.splines {
		if ctx.Err() != nil {
			return
		}
		x, y, w := t.curve(n.net, p)
		s := n.sampleOf(n.net, p, x, y, w, t.noise(n.net, p, rms))
		if s == nil || (len(n.matches[p]) > 0 && n.matches[p][0].RMSE < poorly*s.floor) {
			continue
		}
		u := newUnivariate(s, n.set, MatchOptions{Keep: n.opt.Candidates, Work: edgeWork})
		u.run(ctx)
		s.judged(u.found).rank(u.found)
		var formulas []choice
		for _, c := range u.found[:min(len(u.found), n.opt.Candidates)] {
			errors := Match{RMSE: c.rms, R2: 1 - (c.rms/s.sd)*(c.rms/s.sd)}
			formulas = append(formulas, choice{match: errors, formula: c.m.expr(Var(edgeVar)), bits: c.dl})
		}
		if len(formulas) > 0 {
			// Single functions come after them, and are the runners-up.
			choices[p], found = append(formulas, choices[p]...), true
		}
	}
	if found {
		n.combinations(ctx, n.net, choices)
	}
}
