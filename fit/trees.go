package fit

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/floats"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// networkRows bounds the rows that networks are trained on.
const networkRows = 2000

// tree is a small network whose topology is a hypothesis about the formula.
type tree struct {
	name string
	net  *kan.Network
	// separable tells that the target is one sum or product of the curves.
	separable bool
}

// trained is a tree after training.
type trained struct {
	tree
	relative float64 // validation error over the spread of the target
	mse      float64 // on held-out rows
	edges    []symbolic.EdgeRow
	named    bool // whether naming was tried
}

// flatNetworks trains the networks of one layer of curves, and where one of them
// fits about as well as a network can, names it.
func (s *state) flatNetworks(ctx context.Context) bool {
	if s.flat == nil {
		s.flat = s.train(ctx, s.flatTrees(), s.networkData())
	}
	if s == s.root && len(s.flat) > 0 {
		s.keepNetwork(s.flat[0])
	}
	const fits = 1e-3
	if len(s.flat) == 0 || s.flat[0].relative > fits {
		return false
	}
	return s.nameBest(ctx, s.flat)
}

// treeNetworks trains small networks of every topology worth trying side by
// side and names the edges of those that fit best.
func (s *state) treeNetworks(ctx context.Context) bool {
	fitted := append(slices.Clone(s.flat), s.train(ctx, s.groupTrees(), s.networkData())...)
	if t := s.trainedTree(ctx); t != nil {
		fitted = append(fitted, t)
	}
	if len(fitted) == 0 {
		return false
	}
	slices.SortStableFunc(fitted, byError)
	if s == s.root {
		s.keepNetwork(fitted[0])
	}
	return s.nameBest(ctx, fitted)
}

// trainedTree is the grown network; nil where it is no more than a flat one.
func (s *state) trainedTree(ctx context.Context) *trained {
	v := s.grown(ctx)
	if v == nil || s.tree.root.depth() < 2 {
		return nil
	}
	return &trained{
		tree:     tree{name: "the tree " + s.tree.root.describe(s.data.search.Names), net: v.net},
		relative: v.relative, mse: s.networkError(v.net),
	}
}

// nameBest names the edges of those of the networks, best first, that fit about
// as well as the first: naming is the costly part. Without noise a wrong
// topology is worse by orders of magnitude; with noise all good ones end at the
// noise.
func (s *state) nameBest(ctx context.Context, fitted []*trained) bool {
	const mostNamed = 4
	limit := max(30*fitted[0].relative, 1e-4)
	if fitted[0].relative > 1e-2 {
		limit = 1.5 * fitted[0].relative
	}
	data := s.networkData()
	var tasks []task
	for i, t := range fitted {
		if i < mostNamed && t.relative <= limit && t.relative < 0.7 && !t.named {
			t.named = true
			if t.separable {
				tasks = append(tasks, s.namingApart(t))
			}
			tasks = append(tasks, s.naming(t, data))
		}
	}
	return len(tasks) > 0 && s.try(ctx, tasks)
}

func byError(a, b *trained) int { return cmp.Compare(a.relative, b.relative) }

// train trains networks side by side and returns those that came to something,
// best first.
func (s *state) train(ctx context.Context, forest []tree, data kan.Data) []*trained {
	results := make([]*trained, len(forest))
	s.parallel(len(forest), func(i int) {
		if ctx.Err() != nil {
			return
		}
		s.say("network: " + forest[i].name)
		net, report, err := kan.TrainTopology(ctx, forest[i].net, data, kan.TrainOptions{Seed: s.opt.Seed + uint64(i)})
		if err != nil || !finite(report.HeldRMSE) {
			return
		}
		t := &trained{tree: forest[i], relative: report.HeldRelative, mse: s.networkError(net)}
		t.net = net
		results[i] = t
	})
	fitted := slices.DeleteFunc(results, func(t *trained) bool { return t == nil })
	slices.SortStableFunc(fitted, byError)
	return fitted
}

// naming is the task of naming the edges of a trained network.
func (s *state) naming(t *trained, data kan.Data) task {
	return task{"naming: " + t.name, func(ctx context.Context) []*symbolic.Expr {
		named, err := symbolic.NameNetwork(ctx, t.net, data, data.Names, s.library, symbolic.NameOptions{})
		if err != nil {
			return nil
		}
		var out []*symbolic.Expr
		for _, n := range named {
			out = append(out, n.Expr)
		}
		t.edges = named[0].Edges
		return out
	}}
}

// namingApart is the task of naming the curves of a sum or product one by one, by
// formulas of one variable, which are richer than the functions that naming
// puts on edges.
func (s *state) namingApart(t *trained) task {
	return task{"naming curve by curve: " + t.name, func(ctx context.Context) []*symbolic.Expr {
		const choices, most = 3, 24
		d := head(s.data.search, networkRows)
		layer := t.net.Layers[0]
		combined := [][]*symbolic.Expr{nil}
		for i, name := range d.Names {
			e := layer.Edge(i, 0)
			if !e.Active() {
				continue
			}
			y := make([]float64, len(d.Y))
			for r, x := range d.Cols[i] {
				y[r] = e.Eval(x * t.net.InputScale[i])
			}
			// The error of a curve is about that of the network.
			noise := t.relative * spread(y, nil)
			formulas := symbolic.MatchUnivariate(ctx, d.Cols[i], y, nil, name, s.library, symbolic.MatchOptions{Keep: choices, Noise: noise})
			if len(formulas) == 0 {
				return nil
			}
			var next [][]*symbolic.Expr
			for _, c := range combined {
				for _, f := range formulas {
					next = append(next, append(slices.Clone(c), f))
				}
			}
			combined = next[:min(len(next), most)]
		}
		var out []*symbolic.Expr
		for _, c := range combined {
			if layer.Ops[0] == kan.Product {
				out = append(out, symbolic.Mul(append(c, symbolic.Free(t.net.OutputScale))...))
			} else {
				scaled := make([]*symbolic.Expr, len(c))
				for i, f := range c {
					scaled[i] = symbolic.Mul(symbolic.Free(t.net.OutputScale), f)
				}
				out = append(out, symbolic.Add(scaled...))
			}
		}
		return out
	}}
}

// keepNetwork remembers the network of least held-out error.
func (s *state) keepNetwork(t *trained) {
	if s.net == nil || t.mse < s.net.mse {
		s.net = t
	}
}

// sketch makes sure that there is a network to look at, whatever found the
// formula, and that its edges have names.
func (s *state) sketch(ctx context.Context) {
	if s.opt.NoNetwork {
		return
	}
	data := s.networkData()
	if s.net == nil {
		s.say("a network to look at")
		forest := s.flatTrees()
		if ctx.Err() != nil {
			// The time is over, but who asked for a model wants one.
			quick, cancel := context.WithTimeout(context.WithoutCancel(ctx), 500*time.Millisecond)
			defer cancel()
			ctx, forest = quick, forest[:1]
		}
		if fitted := s.train(ctx, forest, data); len(fitted) > 0 {
			s.keepNetwork(fitted[0])
		}
	}
	const poor = 1e-3
	if s.net == nil || s.net.relative > poor {
		if t := s.trainedTree(ctx); t != nil {
			s.keepNetwork(t)
		}
	}
	if s.net != nil && s.net.edges == nil {
		if rows, err := symbolic.DescribeEdges(ctx, s.net.net, data, s.library); err == nil {
			s.net.edges = rows
		}
	}
}

// networkData is the data that networks see: training rows only, some of which
// training sets aside to stop by, so that the held-out rows stay unseen.
func (s *state) networkData() kan.Data {
	d := head(s.data.search, networkRows)
	return kan.Data{Names: d.Names, Cols: d.Cols, Y: d.Y, W: d.W}
}

// networkError is the weighted mean square error of a network on held-out rows.
func (s *state) networkError(net *kan.Network) float64 {
	d := s.data.held
	if len(d.Y) == 0 {
		d = s.data.train
	}
	out := make([]float64, len(d.Y))
	net.Predict(out, d.Cols)
	mse, _ := meanSquare(out, d.Y, d.W)
	return mse
}

// flatTrees lists the topologies of one layer of curves: flat networks
// F(p1(x1)+p2(x2)+...), products p1(x1)*p2(x2)*..., functions of a product, and
// a sum of curves plus a product of curves.
func (s *state) flatTrees() []tree {
	d := s.data.search
	n := len(d.Names)
	flat := func(op kan.Op, outer bool) *kan.Network {
		shape := []int{n, 1}
		if outer {
			shape = append(shape, 1)
		}
		return mustNew(shape, [][]kan.Op{{op}}, d.Names)
	}
	var out []tree
	if n == 1 {
		return []tree{{name: "one curve", net: flat(kan.Sum, false)}}
	}
	out = append(out,
		tree{name: "sum of curves", net: flat(kan.Sum, false), separable: true},
		tree{name: "product of curves", net: flat(kan.Product, false), separable: true},
		tree{name: "function of a sum", net: flat(kan.Sum, true)},
		tree{name: "function of a product", net: flat(kan.Product, true)},
	)
	return append(out, tree{name: "sum of curves plus product of curves", net: sumPlusProduct(d)})
}

// groupTrees lists the sums and products of two flat networks that share no
// input.
func (s *state) groupTrees() []tree {
	d := s.data.search
	n := len(d.Names)
	const mostVariables = 5
	if n < 3 || n > mostVariables {
		return nil
	}
	var out []tree
	// Subsets without the last variable, so that each partition comes once.
	for mask := 1; mask < 1<<(n-1); mask++ {
		var a, b []int
		for i := range n {
			if i < n-1 && mask&(1<<i) != 0 {
				a = append(a, i)
			} else {
				b = append(b, i)
			}
		}
		for _, op := range []kan.Op{kan.Product, kan.Sum} {
			verb := "times"
			if op == kan.Sum {
				verb = "plus"
			}
			words := "a function of " + enumerate(members(d.Names, a)) + " " + verb + " a function of " + enumerate(members(d.Names, b))
			out = append(out, tree{name: words + words, net: groupNetwork(d, [][]int{a, b}, op)})
		}
	}
	return out
}

// groupNetwork joins flat networks, one for each group of inputs, by op.
func groupNetwork(d symbolic.Data, groups [][]int, op kan.Op) *kan.Network {
	n := len(d.Names)
	net := mustNew([]int{n, len(groups), 1}, [][]kan.Op{nil, {op}}, d.Names)
	same, _ := library.Lookup("x")
	for i, c := range d.Cols {
		net.InputScale[i] = powerOfTwo(c)
	}
	net.OutputScale = 1 / powerOfTwo(d.Y)
	first := net.Layers[0]
	for g, group := range groups {
		for i := range n {
			e := g*first.In + i
			switch {
			case !slices.Contains(group, i):
				first.Edges[e] = kan.ZeroEdge()
			case len(group) == 1:
				// One curve is enough for a group of one.
				first.Edges[e] = kan.NamedEdge(same, 1, 0, 1, 0)
				first.Edges[e].Fixed = true
			}
		}
	}
	return net
}

// sumPlusProduct adds a curve of every input and the product of a curve of every
// input: a(x)+b(x)*h(z) and the like.
func sumPlusProduct(d symbolic.Data) *kan.Network {
	net := mustNew([]int{len(d.Names), 2, 1}, [][]kan.Op{{kan.Sum, kan.Product}, {kan.Sum}}, d.Names)
	same, _ := library.Lookup("x")
	for i, c := range d.Cols {
		net.InputScale[i] = powerOfTwo(c)
	}
	net.OutputScale = 1 / powerOfTwo(d.Y)
	for k := range net.Layers[1].Edges {
		net.Layers[1].Edges[k] = kan.NamedEdge(same, 1, 0, 1, 0)
		net.Layers[1].Edges[k].Fixed = true
	}
	return net
}

func mustNew(shape []int, ops [][]kan.Op, names []string) *kan.Network {
	net, err := kan.New(shape, kan.NewOptions{Inputs: names, Ops: ops})
	if err != nil {
		panic("fit: " + err.Error())
	}
	return net
}

// powerOfTwo returns the power of two that brings the largest value into
// (1/2, 1].
func powerOfTwo(v []float64) float64 {
	top := floats.Norm(v, math.Inf(1))
	if top == 0 {
		return 1
	}
	_, e := math.Frexp(top)
	return math.Ldexp(1, -min(max(e, -1000), 1000))
}

// members returns the members of names with the given indices.
func members(names []string, which []int) []string {
	out := make([]string, len(which))
	for k, i := range which {
		out[k] = names[i]
	}
	return out
}
