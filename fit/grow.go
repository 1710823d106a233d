package fit

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/kansym/kansym/kan"
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

// growth is the state of growing trees on some data.
type growth struct {
	s        *state
	data     kan.Data     // rows that steps are compared on
	all      kan.Data     // rows that the best are trained on
	floor    float64      // error that noise may leave, by what dense networks do
	template *kan.Network // its names and scales
}

// grownTree is a tree with its network.
type grownTree struct {
	root     *branch
	net      *kan.Network
	relative float64 // error on rows that training set aside
	score    float64 // Bayesian information criterion
}

// newGrownTree is a tree with the outcome of training.
func newGrownTree(data kan.Data, root *branch, net *kan.Network, report kan.TrainReport) *grownTree {
	n := 0.8 * float64(len(data.Y))
	return &grownTree{
		root: root, net: net, relative: report.HeldRelative,
		score: 2*n*math.Log(report.TrainRelative+1e-12) + float64(net.NumParams())*math.Log(n),
	}
}

const (
	// mostGrownInputs and mostGrownParameters bound what is worth growing.
	mostGrownInputs     = 10
	mostGrownParameters = 400
	growthRows          = 1500
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
	best := g.race(ctx, seeds)
	full := head(s.data.search, networkRows)
	best = g.refined(ctx, best, kan.Data{Names: full.Names, Cols: full.Cols, Y: full.Y, W: full.W})
	s.trace("grown %s: relative error %.2g", best.root.describe(d.Names), best.relative)
	return best
}

func newGrowth(s *state, d symbolic.Data) *growth {
	few := head(d, growthRows)
	g := &growth{
		s:    s,
		data: kan.Data{Names: few.Names, Cols: few.Cols, Y: few.Y, W: few.W},
		all:  kan.Data{Names: d.Names, Cols: d.Cols, Y: d.Y, W: d.W},
	}
	if least := s.least(); least > noisyRelative && finite(least) {
		g.floor = least
	}
	return g
}

// seed is a flat network: a function of a sum, or of a product, of curves; nil
// where it cannot be trained.
func (g *growth) seed(ctx context.Context, product bool) *grownTree {
	op := kan.Sum
	if product {
		op = kan.Product
	}
	n := len(g.data.Names)
	net, report, err := kan.TrainTopology(ctx, mustNew([]int{n, 1, 1}, [][]kan.Op{{op}, nil}, g.data.Names), g.all,
		kan.TrainOptions{Grid: []int{5}, MaxIter: 40, Seed: g.s.opt.Seed})
	if err != nil || !finite(report.HeldRelative) {
		return nil
	}
	root := &branch{input: -1, op: op, curve: net.Layers[1].Edge(0, 0)}
	for i := range n {
		root.parts = append(root.parts, &branch{input: i, curve: net.Layers[0].Edge(i, 0)})
	}
	return newGrownTree(g.all, root, net, report)
}

func byScore(a, b *grownTree) int { return cmp.Compare(a.score, b.score) }

// race grows trees side by side, a step at a time, until none gains any more, one
// is as good as noise allows, or one is better than all others by far.
func (g *growth) race(ctx context.Context, trees []*grownTree) *grownTree {
	const mostSteps, far, enough = 12, 0.3, 1.03
	best := slices.MinFunc(trees, byScore)
	for step := 0; step < mostSteps && len(trees) > 0 && ctx.Err() == nil; step++ {
		var grown []*grownTree
		for _, t := range trees {
			if t.relative*far > best.relative {
				continue
			}
			next, more := g.step(ctx, t)
			if next.score < best.score {
				best = next
			}
			if next.relative < enough*g.floor {
				return g.thin(ctx, next)
			}
			if more {
				grown = append(grown, next)
			}
		}
		trees = grown
	}
	return g.thin(ctx, best)
}

// step returns the best tree one step from t and whether it is worth going on; t
// itself where no step gains anything.
func (g *growth) step(ctx context.Context, t *grownTree) (next *grownTree, more bool) {
	g.template = t.net
	g.s.trace("tree %s: %.2g", t.root.describe(g.data.Names), t.relative)
	// What finer curves explain needs no other branches.
	const small, coarse = 3e-3, 0.2
	if t.relative < small {
		if fine := g.refined(ctx, t, g.all); fine.relative < coarse*t.relative {
			return fine, false
		}
	}
	shoots := g.shoots(t.root)
	tried := make([]*grownTree, len(shoots))
	g.s.parallel(len(shoots), func(i int) { tried[i] = g.train(ctx, shoots[i], g.data, growthSteps) })
	tried = slices.DeleteFunc(tried, func(t *grownTree) bool { return t == nil })
	slices.SortStableFunc(tried, byScore)
	longer := make([]*grownTree, min(len(tried), 2))
	g.s.parallel(len(longer), func(i int) { longer[i] = g.train(ctx, tried[i].root, g.all, 4*growthSteps) })
	for _, c := range longer {
		if c != nil && (next == nil || c.score < next.score) {
			next = c
		}
	}
	if next == nil || next.relative > growthGain*t.relative || next.score >= t.score {
		return t, false
	}
	return next, true
}

// refined is t with finer curves where those fit better.
func (g *growth) refined(ctx context.Context, t *grownTree, data kan.Data) *grownTree {
	net, report, err := t.net.Train(ctx, data, kan.TrainOptions{Grid: []int{5, 10, 20}, MaxIter: 40, Seed: g.s.opt.Seed})
	if err != nil || !finite(report.HeldRelative) {
		return t
	}
	fine := newGrownTree(data, t.root, net, report)
	g.template = t.net
	_, places := g.network(t.root)
	if places == nil {
		return t
	}
	fine.root = t.root.with(func(b *branch) *kan.Edge {
		e, _ := net.EdgeAt(places[b])
		return e
	})
	return fine
}

// thin leaves out parts of the tree that later ones made needless.
func (g *growth) thin(ctx context.Context, t *grownTree) *grownTree {
	const worse = 1.3
	for ctx.Err() == nil {
		g.template = t.net
		without := g.cuts(t.root)
		tried := make([]*grownTree, len(without))
		g.s.parallel(len(without), func(i int) { tried[i] = g.train(ctx, without[i], g.all, 4*growthSteps) })
		tried = slices.DeleteFunc(tried, func(c *grownTree) bool {
			return c == nil || c.relative > worse*t.relative || c.score > t.score && c.relative > noisyRelative
		})
		if len(tried) == 0 {
			return t
		}
		t = slices.MinFunc(tried, byScore)
		g.s.trace("tree %s: %.2g", t.root.describe(g.data.Names), t.relative)
	}
	return t
}

// train trains the network of a tree and returns the tree with the curves that came
// out; nil where it fails. The tree given is left alone.
func (g *growth) train(ctx context.Context, root *branch, data kan.Data, steps int) *grownTree {
	if ctx.Err() != nil {
		return nil
	}
	net, places := g.network(root)
	if net == nil || net.NumParams() > mostGrownParameters {
		return nil
	}
	trained, report, err := net.Train(ctx, data, kan.TrainOptions{Grid: []int{1}, MaxIter: steps, Seed: g.s.opt.Seed})
	if err != nil || !finite(report.HeldRelative) {
		return nil
	}
	return newGrownTree(data, root.with(func(b *branch) *kan.Edge {
		e, _ := trained.EdgeAt(places[b])
		return e
	}), trained, report)
}
