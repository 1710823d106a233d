package fit

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/bspline"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// A formula of many inputs is a small tree, and a dense network of that many
// inputs is a poor likeness of it: wide ones are slow, narrow ones do not fit. So
// trees are grown. A flat network F(p1(x1)+p2(x2)+...), or of products, is the
// first; then two branches of a node are joined into one under a curve of its own,
// or a product of two inputs is added, whatever lowers the error on rows unseen by
// most, time and again. Every step starts from the network before it, of which it
// is a special case to begin with: the new curve is the identity, or where it joins
// factors into a sum an exponential of their logarithms, and a new term is zero.

// branch is a part of a tree: an input, or a node that combines parts, with the
// curve that leads from its value to the node above.
type branch struct {
	input int // -1 for a node
	op    kan.Op
	parts []*branch
	curve *kan.Edge
}

// growth is the state of growing trees on some data.
type growth struct {
	s        *state
	data     kan.Data
	template *kan.Network // its names and scales
}

// grownTree is a tree with its network.
type grownTree struct {
	root     *branch
	net      *kan.Network
	relative float64 // error on rows that training set aside
	score    float64 // Bayesian information criterion
}

// scored is a tree with the outcome of training.
func (g *growth) scored(root *branch, net *kan.Network, report kan.TrainReport) *grownTree {
	n := 0.8 * float64(len(g.data.Y))
	return &grownTree{
		root: root, net: net, relative: report.HeldRelative,
		score: 2*n*math.Log(report.TrainRelative+1e-12) + float64(net.NumParams())*math.Log(n),
	}
}

const (
	// mostGrownInputs and mostGrownParameters bound what is worth growing.
	mostGrownInputs     = 10
	mostGrownParameters = 400
	growthRows          = 1000
	noisyGrowthRows     = 6000
	growthSteps         = 8
	// mostShoots is how many ways to go on are tried at a time.
	mostShoots = 60
	// growthGain is what a step has to leave of the error on unseen rows, at most.
	growthGain = 0.997
)

// grown returns the view of a network grown on the inputs of s, nil if that has too
// many inputs or nothing came of it.
func (s *state) grown(ctx context.Context) *view {
	if s.tree == nil {
		s.tree = &grownTree{relative: math.Inf(1)}
		if n := len(s.data.search.Names); n >= 3 && n <= mostGrownInputs {
			s.say("growing a tree")
			if t := s.grow(ctx); t != nil {
				s.tree = t
			}
		}
	}
	if s.tree.net == nil {
		return nil
	}
	return &view{logX: make([]bool, len(s.data.search.Names)), net: s.tree.net, relative: s.tree.relative}
}

func (s *state) grow(ctx context.Context) *grownTree {
	d := head(s.data.search, growthRows)
	if s.least() > noisyRelative {
		d = head(s.data.train, noisyGrowthRows)
	}
	g := newGrowth(s, d)
	seeds := make([]*grownTree, 2)
	s.parallel(len(seeds), func(i int) { seeds[i] = g.seed(ctx, i == 1) })
	seeds = slices.DeleteFunc(seeds, func(t *grownTree) bool { return t == nil })
	if len(seeds) == 0 {
		return nil
	}
	best := slices.MinFunc(seeds, byScore)
	for _, seed := range seeds {
		if t := g.climb(ctx, seed); t.score < best.score {
			best = t
		}
	}
	full := head(s.data.search, networkRows)
	net, report, err := best.net.Train(ctx, kan.Data{Names: full.Names, Cols: full.Cols, Y: full.Y, W: full.W},
		kan.TrainOptions{Grid: []int{5, 10, 20}, MaxIter: 40, Seed: s.opt.Seed})
	if err == nil && finite(report.HeldRelative) {
		best = &grownTree{root: best.root, net: net, relative: report.HeldRelative}
	}
	s.trace("grown %s: relative error %.2g", best.root.describe(d.Names), best.relative)
	return best
}

func newGrowth(s *state, d symbolic.Data) *growth {
	return &growth{s: s, data: kan.Data{Names: d.Names, Cols: d.Cols, Y: d.Y, W: d.W}}
}

// seed is a flat network: a function of a sum, or of a product, of curves; nil
// where it cannot be trained.
func (g *growth) seed(ctx context.Context, product bool) *grownTree {
	op := kan.Sum
	if product {
		op = kan.Product
	}
	n := len(g.data.Names)
	net, report, err := kan.TrainTopology(ctx, mustNew([]int{n, 1, 1}, [][]kan.Op{{op}, nil}, g.data.Names), g.data,
		kan.TrainOptions{Grid: []int{5}, MaxIter: 40, Seed: g.s.opt.Seed})
	if err != nil || !finite(report.HeldRelative) {
		return nil
	}
	root := &branch{input: -1, op: op, curve: net.Layers[1].Edge(0, 0)}
	for i := range n {
		root.parts = append(root.parts, &branch{input: i, curve: net.Layers[0].Edge(i, 0)})
	}
	return g.scored(root, net, report)
}

func byScore(a, b *grownTree) int { return cmp.Compare(a.score, b.score) }

// climb grows t as long as that helps.
func (g *growth) climb(ctx context.Context, t *grownTree) *grownTree {
	for ctx.Err() == nil {
		g.template = t.net
		g.s.trace("tree %s: %.2g", t.root.describe(g.data.Names), t.relative)
		shoots := g.shoots(t.root)
		tried := make([]*grownTree, len(shoots))
		g.s.parallel(len(shoots), func(i int) { tried[i] = g.train(ctx, shoots[i], growthSteps) })
		tried = slices.DeleteFunc(tried, func(t *grownTree) bool { return t == nil })
		if len(tried) == 0 {
			return t
		}
		slices.SortStableFunc(tried, byScore)
		var next *grownTree
		for _, c := range tried[:min(len(tried), 2)] {
			if longer := g.train(ctx, c.root, 4*growthSteps); longer != nil && (next == nil || longer.score < next.score) {
				next = longer
			}
		}
		if next == nil || next.relative > growthGain*t.relative || next.score >= t.score {
			return t
		}
		t = next
	}
	return t
}

// train trains the network of a tree and returns the tree with the curves that came
// out; nil where it fails. The tree given is left alone.
func (g *growth) train(ctx context.Context, root *branch, steps int) *grownTree {
	if ctx.Err() != nil {
		return nil
	}
	net, places := g.network(root)
	if net == nil || net.NumParams() > mostGrownParameters {
		return nil
	}
	trained, report, err := net.Train(ctx, g.data, kan.TrainOptions{Grid: []int{1}, MaxIter: steps, Seed: g.s.opt.Seed})
	if err != nil || !finite(report.HeldRelative) {
		return nil
	}
	return g.scored(root.with(func(b *branch) *kan.Edge {
		e, _ := trained.EdgeAt(places[b])
		return e
	}), trained, report)
}

// with returns a copy of the tree with other curves.
func (b *branch) with(curve func(*branch) *kan.Edge) *branch {
	c := *b
	c.curve = curve(b)
	c.parts = nil
	for _, p := range b.parts {
		c.parts = append(c.parts, p.with(curve))
	}
	return &c
}

// replace returns the tree with one branch in the place of another; what is not
// above it is shared.
func (b *branch) replace(old, by *branch) *branch {
	if b == old {
		return by
	}
	if b.input >= 0 {
		return b
	}
	c := *b
	c.parts = nil
	for _, p := range b.parts {
		c.parts = append(c.parts, p.replace(old, by))
	}
	return &c
}

func (b *branch) depth() int {
	deepest := 0
	for _, p := range b.parts {
		deepest = max(deepest, p.depth()+1)
	}
	return deepest
}

// leaves calls visit with every input in the branch.
func (b *branch) leaves(visit func(input int)) {
	if b.input >= 0 {
		visit(b.input)
	}
	for _, p := range b.parts {
		p.leaves(visit)
	}
}

func (b *branch) describe(names []string) string {
	if b.input >= 0 {
		return names[b.input]
	}
	sign := "+"
	if b.op == kan.Product {
		sign = "*"
	}
	out := "("
	for k, p := range b.parts {
		if k > 0 {
			out += sign
		}
		out += p.describe(names)
	}
	return out + ")"
}

// values returns the values of a branch before its curve.
func (g *growth) values(b *branch) []float64 {
	out := make([]float64, len(g.data.Y))
	if b.input >= 0 {
		for r, x := range g.data.Cols[b.input] {
			out[r] = x * g.template.InputScale[b.input]
		}
		return out
	}
	for k, p := range b.parts {
		for r, v := range g.after(p) {
			switch {
			case k == 0:
				out[r] = v
			case b.op == kan.Product:
				out[r] *= v
			default:
				out[r] += v
			}
		}
	}
	return out
}

// after returns the values of a branch behind its curve.
func (g *growth) after(b *branch) []float64 {
	v := g.values(b)
	for r, x := range v {
		v[r] = b.curve.Eval(x)
	}
	return v
}

// network lays a tree out in layers, with nodes that pass values on where a branch
// ends deeper than its neighbours, and tells where the curve of each branch is.
func (g *growth) network(root *branch) (*kan.Network, map[*branch]kan.EdgeID) {
	depth := root.depth()
	type source struct {
		b     *branch
		level int // of the node whose value is passed
	}
	// Nodes of each level, the inputs first.
	levels := make([][]source, depth+1)
	at := make([]map[*branch]int, depth+1)
	for l := range at {
		at[l] = map[*branch]int{}
	}
	var lay func(b *branch, above int)
	lay = func(b *branch, above int) {
		own := b.depth()
		for l := max(own, 1); l < above; l++ {
			at[l][b] = len(levels[l])
			levels[l] = append(levels[l], source{b, own})
		}
		for _, p := range b.parts {
			lay(p, own)
		}
	}
	lay(root, depth+1)
	n := len(g.data.Cols)
	shape := []int{n}
	ops := [][]kan.Op{}
	for l := 1; l <= depth; l++ {
		shape = append(shape, len(levels[l]))
		var row []kan.Op
		for _, s := range levels[l] {
			op := kan.Sum
			if s.level == l {
				op = s.b.op
			}
			row = append(row, op)
		}
		ops = append(ops, row)
	}
	shape, ops = append(shape, 1), append(ops, []kan.Op{kan.Sum})
	net, err := kan.New(shape, kan.NewOptions{Inputs: g.template.Inputs, Ops: ops})
	if err != nil {
		return nil, nil
	}
	copy(net.InputScale, g.template.InputScale)
	net.OutputScale = g.template.OutputScale
	for _, l := range net.Layers {
		for k := range l.Edges {
			l.Edges[k] = kan.ZeroEdge()
		}
	}
	same, _ := library.Lookup("x")
	places := map[*branch]kan.EdgeID{}
	node := func(b *branch, level int) int {
		if level == 0 {
			return b.input
		}
		return at[level][b]
	}
	set := func(level, from, to int, e *kan.Edge) {
		l := net.Layers[level]
		l.Edges[to*l.In+from] = e
	}
	for l := 1; l <= depth; l++ {
		for to, s := range levels[l] {
			if s.level < l {
				pass := kan.NamedEdge(same, 1, 0, 1, 0)
				pass.Fixed = true
				set(l-1, node(s.b, l-1), to, pass)
				continue
			}
			for _, p := range s.b.parts {
				from := node(p, l-1)
				set(l-1, from, to, p.curve.Clone())
				places[p] = kan.EdgeID{Layer: l - 1, From: from, To: to}
			}
		}
	}
	set(depth, 0, 0, root.curve.Clone())
	places[root] = kan.EdgeID{Layer: depth}
	return net, places
}

// shoots lists the trees that are one step from root and are the same function.
func (g *growth) shoots(root *branch) []*branch {
	var out []*branch
	var visit func(b *branch)
	visit = func(b *branch) {
		if len(b.parts) > 2 {
			for i, p := range b.parts {
				for _, q := range b.parts[i+1:] {
					for _, op := range []kan.Op{kan.Sum, kan.Product} {
						if j := g.join(b, p, q, op); j != nil {
							c := *b
							c.parts = slices.DeleteFunc(slices.Clone(b.parts), func(x *branch) bool { return x == p || x == q })
							c.parts = append(c.parts, j)
							out = append(out, root.replace(b, &c))
						}
					}
				}
			}
		}
		for _, p := range b.parts {
			visit(p)
		}
	}
	visit(root)
	if root.op == kan.Sum {
		for i := range g.data.Cols {
			for j := range i {
				c := *root
				c.parts = append(slices.Clone(root.parts), g.product(i, j))
				out = append(out, &c)
			}
		}
	}
	return out[:min(len(out), mostShoots)]
}

// join returns the branch that combines two branches of node b by op, under a
// curve that makes it the same to b; nil where none does.
func (g *growth) join(b, p, q *branch, op kan.Op) *branch {
	x, y := g.after(p), g.after(q)
	joined := &branch{input: -1, op: op}
	if op == b.op {
		joined.parts = []*branch{p, q}
		v := g.values(joined)
		joined.curve = line(v, 1, 0)
		return joined
	}
	// Sums of logarithms for factors, products of exponentials for terms.
	var inner, outer func(float64) float64
	if op == kan.Sum {
		sign := 1.0
		for _, v := range [][]float64{x, y} {
			lo, hi := bounds(v)
			const apart = 0.02 // from zero, of the largest
			if !(lo > apart*hi || hi < apart*lo) {
				return nil
			}
			if hi < 0 {
				sign = -sign
			}
		}
		inner = func(v float64) float64 { return math.Log(math.Abs(v)) }
		outer = func(u float64) float64 { return sign * math.Exp(u) }
	} else {
		scale := spread(x, nil) + spread(y, nil)
		if !(scale > 0) {
			return nil
		}
		inner = func(v float64) float64 { return math.Exp(v / scale) }
		outer = func(u float64) float64 { return scale * math.Log(u) }
	}
	part := func(b *branch, values []float64) *branch {
		c := *b
		c.curve = curveOf(g.values(b), mapped(values, inner), b.curve.Spline.N)
		return &c
	}
	joined.parts = []*branch{part(p, x), part(q, y)}
	u := g.values(joined)
	to := mapped(u, outer)
	if !usable(to) {
		return nil
	}
	joined.curve = curveOf(u, to, 5)
	return joined
}

// product returns a product of two inputs that counts for nothing yet.
func (g *growth) product(i, j int) *branch {
	rng := rand.New(rand.NewPCG(g.s.opt.Seed, uint64(i)<<32|uint64(j)))
	b := &branch{input: -1, op: kan.Product}
	for _, input := range []int{i, j} {
		leaf := &branch{input: input}
		v := g.values(leaf)
		leaf.curve = line(v, 1/(spread(v, nil)+1e-300), 0.5*rng.NormFloat64())
		b.parts = append(b.parts, leaf)
	}
	b.curve = line(g.values(b), 0, 0)
	return b
}

// line is a straight line over the range of values.
func line(values []float64, slope, offset float64) *kan.Edge {
	lo, hi := bounds(values)
	return kan.SplineEdge(bspline.Linear(bspline.NewGrid(lo, hi, 5), slope, offset))
}

// curveOf is the curve of n intervals through points.
func curveOf(x, y []float64, n int) *kan.Edge {
	lo, hi := bounds(x)
	return kan.SplineEdge(bspline.Fit(bspline.NewGrid(lo, hi, n), x, y, nil, 1e-9))
}
