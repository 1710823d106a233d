package fit

import (
	"cmp"
	"context"
	"math"
	"slices"

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
}

// trained is a tree after training.
type trained struct {
	tree
	relative float64 // validation error over the spread of the target
	mse      float64 // on held-out rows
	edges    []symbolic.EdgeRow
}

// treeNetworks trains small networks of every topology worth trying side by
// side and names the edges of those that fit best.
func (s *state) treeNetworks(ctx context.Context) bool {
	data := s.networkData()
	fitted := s.train(ctx, s.trees(), data)
	if len(fitted) == 0 {
		return false
	}
	if s == s.root {
		s.keepNetwork(fitted[0])
	}

	// Naming is the costly part: only networks that fit about as well as the
	// best one are worth it. Without noise a wrong topology is worse by
	// orders of magnitude; with noise all good ones end at the noise.
	const mostNamed = 4
	limit := max(30*fitted[0].relative, 1e-4)
	if fitted[0].relative > 1e-2 {
		limit = 1.5 * fitted[0].relative
	}
	var tasks []task
	for i, t := range fitted {
		if i < mostNamed && t.relative <= limit && t.relative < 0.7 {
			tasks = append(tasks, s.naming(t, data))
		}
	}
	if len(tasks) == 0 {
		return false
	}
	return s.try(ctx, tasks)
}

// train trains networks side by side and returns those that came to something,
// best first.
func (s *state) train(ctx context.Context, forest []tree, data kan.Data) []*trained {
	results := make([]*trained, len(forest))
	s.parallel(len(forest), func(i int) {
		if ctx.Err() != nil {
			return
		}
		s.say("network: " + forest[i].name)
		net, report, err := kan.TrainTopology(ctx, forest[i].net, data, kan.TrainOptions{Seed: s.opt.Seed + uint64(i), Curvature: s.curvature()})
		if err != nil || !finite(report.HeldRMSE) {
			return
		}
		t := &trained{tree: forest[i], relative: report.HeldRelative, mse: s.networkError(net)}
		t.net = net
		results[i] = t
	})
	fitted := slices.DeleteFunc(results, func(t *trained) bool { return t == nil })
	slices.SortStableFunc(fitted, func(a, b *trained) int { return cmp.Compare(a.relative, b.relative) })
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
		const flat = 4
		forest := s.trees()
		if fitted := s.train(ctx, forest[:min(flat, len(forest))], data); len(fitted) > 0 {
			s.keepNetwork(fitted[0])
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

// curvature tells training how to choose its penalty: falling with the error
// as long as nothing speaks for noise, by cross-validation where no formula
// so far and no network has come below a percent.
func (s *state) curvature() float64 {
	if s.noisy {
		return -1
	}
	return 0
}

// trees lists the topologies: flat networks F(p1(x1)+p2(x2)+...), products
// p1(x1)*p2(x2)*..., functions of a product, and sums and products of two flat
// groups.
func (s *state) trees() []tree {
	d := s.data.search
	n := len(d.Names)
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
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
		tree{name: "sum of curves", net: flat(kan.Sum, false)},
		tree{name: "product of curves", net: flat(kan.Product, false)},
		tree{name: "function of a sum", net: flat(kan.Sum, true)},
		tree{name: "function of a product", net: flat(kan.Product, true)},
	)
	out = append(out, tree{name: "sum of curves plus product of curves", net: sumPlusProduct(d)})
	// Two groups: subsets without the last variable, so that each partition
	// comes once.
	const mostVariables = 5
	if n < 3 || n > mostVariables {
		return out
	}
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
			words := "a function of " + list(d.Names, a) + " " + verb + " a function of " + list(d.Names, b)
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
	top := 0.0
	for _, x := range v {
		top = max(top, math.Abs(x))
	}
	if top == 0 {
		return 1
	}
	_, e := math.Frexp(top)
	return math.Ldexp(1, -min(max(e, -1000), 1000))
}

// list names variables in words.
func list(names []string, which []int) string {
	out := ""
	for k, i := range which {
		switch {
		case k == 0:
		case k == len(which)-1:
			out += " and "
		default:
			out += ", "
		}
		out += names[i]
	}
	return out
}

// univariate looks for formulas of one variable, where there is only one.
func (s *state) univariate(ctx context.Context) bool {
	d := s.data.search
	if len(d.Names) != 1 {
		return false
	}
	return s.try(ctx, []task{{"functions of " + d.Names[0], func(ctx context.Context) []*symbolic.Expr {
		return symbolic.MatchUnivariate(ctx, d.Cols[0], d.Y, d.W, d.Names[0], s.library, symbolic.MatchOptions{})
	}}})
}
