package symbolic

import (
	"context"
	"math"
	"sort"

	"github.com/kansym/kansym/kan"
)

// mostCombinations bounds the combinations of matches that are tried as they
// are.
const mostCombinations = 24

// Formulas of many edges are slow to fit and seldom right.
const (
	wideNetwork      = 5
	wideCombinations = 6
)

// afterExact is how many more are tried when one is exact: functions that are
// each other's limits (exp and 1/cosh far out) can both be exact, and the
// shorter formula need not come first.
const afterExact = 5

// A choice is what an edge may be: a match, or a formula in edgeVar of which
// match has the errors only.
type choice struct {
	match   Match
	formula *Expr
	bits    float64
}

func choicesOf(matches []Match) []choice {
	var out []choice
	for _, m := range matches {
		out = append(out, choice{match: m, bits: m.Bits})
	}
	return out
}

// plain tries the matches of the network as it is.
func (n *naming) plain(ctx context.Context) {
	n.combinations(ctx, n.net, n.choices())
}

// choices returns the matches of all edges.
func (n *naming) choices() map[place][]choice {
	choices := map[place][]choice{}
	for p, m := range n.matches {
		choices[p] = choicesOf(m)
	}
	return choices
}

// combinations tries names for all splines of net at once, in the order of the
// sum of their description lengths, until one is exact. The k best of all
// combinations follow from those before them by taking the next choice of one
// edge.
func (n *naming) combinations(ctx context.Context, net *kan.Network, of map[place][]choice) {
	choices := make([][]choice, len(n.splines))
	for i, p := range n.splines {
		choices[i] = of[p]
		if len(choices[i]) == 0 {
			return
		}
	}
	type combination struct {
		pick []int
		bits float64
	}
	bits := func(pick []int) float64 {
		sum := 0.0
		for i, k := range pick {
			sum += choices[i][k].bits
		}
		return sum
	}
	first := make([]int, len(choices))
	open := []combination{{first, bits(first)}}
	seen := map[string]bool{key(first): true}
	left := mostCombinations
	if len(choices) > wideNetwork {
		left = wideCombinations
	}
	for len(open) > 0 && left > 0 && ctx.Err() == nil {
		left--
		if n.exact() {
			left = min(left, afterExact)
		}
		sort.SliceStable(open, func(i, j int) bool { return open[i].bits < open[j].bits })
		c := open[0]
		open = open[1:]
		named, formulas := net.Clone(), map[place]*Expr{}
		for i, p := range n.splines {
			pick := choices[i][c.pick[i]]
			if pick.formula != nil {
				formulas[p] = pick.formula
				continue
			}
			put(named, p, pick.match)
		}
		n.offer(ctx, named, of, formulas)
		for i := range c.pick {
			if c.pick[i]+1 >= len(choices[i]) {
				continue
			}
			next := append([]int(nil), c.pick...)
			next[i]++
			if k := key(next); !seen[k] {
				seen[k] = true
				open = append(open, combination{next, bits(next)})
			}
		}
	}
}

func key(pick []int) string {
	b := make([]byte, len(pick))
	for i, k := range pick {
		b[i] = byte(k)
	}
	return string(b)
}

// A partial is a network some of whose splines have got their names.
type partial struct {
	net  *kan.Network
	rms  float64
	bits float64
}

// beam names one edge after the other, the one whose best match stands out most
// first, and refits the rest each time.
func (n *naming) beam(ctx context.Context) {
	order := n.order()
	first := n.networkError(n.net)
	states := []partial{{net: n.net.Clone(), rms: first}}
	for _, p := range order {
		var next []partial
		for _, s := range states {
			if ctx.Err() != nil {
				return
			}
			next = append(next, n.expand(ctx, s, p)...)
		}
		if len(next) == 0 {
			return
		}
		sort.SliceStable(next, func(i, j int) bool { return next[i].bits < next[j].bits })
		states = next[:min(len(next), n.opt.Beam)]
		// Names that cost the fit are not the ones of the law.
		if states[0].rms > lostFactor*first+lostShare*n.sd {
			return
		}
	}
	for _, s := range states {
		if ctx.Err() != nil || n.exact() {
			return
		}
		n.offer(ctx, s.net, n.choices(), nil)
	}
}

// A beam search is given up when its best network has become lostFactor times
// worse and misses more than lostShare of the spread.
const (
	lostFactor = 30
	lostShare  = 0.01
)

// order lists the edges by how far the description of the best match is ahead
// of the second best.
func (n *naming) order() []place {
	lead := func(p place) float64 {
		m := n.matches[p]
		if len(m) < 2 {
			return 0
		}
		return m[1].Bits - m[0].Bits
	}
	order := append([]place(nil), n.splines...)
	sort.SliceStable(order, func(i, j int) bool { return lead(order[i]) > lead(order[j]) })
	return order
}

// expand names one edge of a partial network in all ways that are worth it.
func (n *naming) expand(ctx context.Context, s partial, p place) []partial {
	t := traceOf(s.net, n.some.Cols)
	matches := n.matchEdge(ctx, s.net, t, p, s.rms)
	var out []partial
	for _, m := range matches {
		if ctx.Err() != nil {
			break
		}
		// What is far behind on its own will not come first in context.
		if m.RMSE > 30*matches[0].RMSE && m.R2 < 0.999 {
			continue
		}
		net := s.net.Clone()
		put(net, p, m)
		if !hasSplines(net) {
			// The formula's own refit is better and cheaper.
			out = append(out, n.score(net))
			continue
		}
		refitted, _, err := net.Train(ctx, n.train, kan.TrainOptions{Grid: []int{1}, MaxIter: n.opt.MaxIter})
		if err != nil {
			continue
		}
		out = append(out, n.score(refitted))
	}
	return out
}

func hasSplines(net *kan.Network) bool {
	for _, l := range net.Layers {
		for _, e := range l.Edges {
			if e.Kind == kan.Spline {
				return true
			}
		}
	}
	return false
}

// coefficientBits is charged for each coefficient of a spline that has no name
// yet. It is less than a constant's bits, as neighbours depend on each other.
const coefficientBits = 5

// score describes the target by a partly named network.
func (n *naming) score(net *kan.Network) partial {
	p := partial{net: net, rms: n.networkError(net)}
	rows := float64(len(n.some.Y))
	p.bits = rows * math.Log2(math.Hypot(p.rms, n.floor)/n.sd)
	for _, l := range net.Layers {
		for _, e := range l.Edges {
			switch e.Kind {
			case kan.Spline:
				p.bits += coefficientBits * float64(len(e.Spline.Coef))
			case kan.Named:
				l := link{f: e.Func, a: e.A, b: e.B}
				p.bits += l.bits() + 2*decimalBits
			}
		}
	}
	if math.IsNaN(p.bits) {
		p.bits = math.Inf(1)
	}
	return p
}
