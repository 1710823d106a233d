package kan

import (
	"context"
	"math"
	"sort"

	"github.com/kansym/kansym/kan/bspline"
)

// starts returns networks to begin training from, the most promising first.
// All are in scaled units and differ from blank in their splines only.
func (t *trainer) starts(ctx context.Context, blank *Network) []*candidate {
	var cands []*candidate
	if len(blank.Layers) == 1 && blank.Layers[0].Ops[0] == Sum && !hasNamed(blank) {
		// A linear problem: one step from anywhere solves it.
		return []*candidate{{net: blank.Clone(), name: "linear solve"}}
	}
	if !t.opt.NoAdditiveStart {
		cands = t.modelStarts(ctx, blank)
	}
	random := t.opt.Starts
	if len(cands) > 0 && narrow(blank) {
		random = 1
	}
	for range random {
		net := blank.Clone()
		t.randomize(net)
		cands = append(cands, &candidate{net: net, name: "random", guess: math.Inf(1)})
	}
	return cands
}

// narrow reports whether the network has a single hidden node, or none.
func narrow(n *Network) bool {
	hidden := 0
	for _, l := range n.Layers[:len(n.Layers)-1] {
		hidden += l.Out
	}
	return hidden <= 1
}

// randomize draws the splines anew: a random line and a smaller random curve
// on each edge, factors about 1 at product nodes.
func (t *trainer) randomize(net *Network) {
	grid := bspline.NewGrid(-1, 1, t.opt.Grid[0])
	size := math.Sqrt(t.variance)
	for l, layer := range net.Layers {
		for to := range layer.Out {
			edges := 0
			for from := range layer.In {
				if layer.Edge(from, to).Active() {
					edges++
				}
			}
			for from := range layer.In {
				e := layer.Edge(from, to)
				if e.Kind != Spline || e.Fixed {
					continue
				}
				amp := 1 / math.Sqrt(float64(edges))
				offset := 0.0
				if layer.Ops[to] == Product {
					amp, offset = 0.5, 1
				}
				s := bspline.Linear(grid, amp*t.rng.NormFloat64(), offset)
				for j := range s.Coef {
					s.Coef[j] += 0.3 * amp * t.rng.NormFloat64()
				}
				if l == len(net.Layers)-1 && (layer.Ops[to] == Sum || from == 0) {
					s.Affine(size, 0)
				}
				e.Spline = s
			}
		}
	}
}

// modelStarts returns networks whose first hidden node is a solved model: for
// a sum node the additive model T(y) = sum p_i(x_i), for a product node the
// product T(y) = prod p_i(x_i), each for several T, followed by the curve that
// leads from it to y. The other nodes start at random without influence.
func (t *trainer) modelStarts(ctx context.Context, blank *Network) []*candidate {
	path := modelPath(blank)
	if path == nil {
		return nil
	}
	first := blank.Layers[0]
	var cands []*candidate
	for k, tr := range t.transforms() {
		if len(blank.Layers) == 1 && k > 0 {
			break // without a curve behind the node only y itself can be modelled
		}
		if ctx.Err() != nil && len(cands) > 0 {
			break
		}
		var splines []*bspline.Spline
		if first.Ops[path[0]] == Sum {
			splines = t.additive(blank, path[0], tr.y)
		} else {
			splines = t.multiplicative(blank, path[0], tr.y)
		}
		if splines == nil {
			continue
		}
		net, guess := t.modelNetwork(blank, path, splines)
		cands = append(cands, &candidate{net: net, name: modelName(first.Ops[path[0]], tr.name), guess: guess})
	}
	sort.SliceStable(cands, func(i, j int) bool { return cands[i].guess < cands[j].guess })
	return cands[:min(len(cands), 4)]
}

func modelName(op Op, transform string) string {
	if op == Product {
		return "product for " + transform
	}
	return "sum for " + transform
}

// modelPath returns, layer by layer, the nodes on a way from a first-layer
// node to the output over free splines, preferring the node with most edges;
// nil when there is none.
func modelPath(n *Network) []int {
	free := func(e *Edge) bool { return e.Kind == Spline && !e.Fixed }
	first := n.Layers[0]
	bestEdges := 0
	var best []int
	for j := range first.Out {
		edges := 0
		for i := range first.In {
			e := first.Edge(i, j)
			if e.Active() && !free(e) {
				edges = -len(first.Edges)
			}
			if free(e) {
				edges++
			}
		}
		if edges <= bestEdges {
			continue
		}
		path := []int{j}
		at := j
		for _, l := range n.Layers[1:] {
			next := -1
			for to := range l.Out {
				if free(l.Edge(at, to)) {
					next = to
					break
				}
			}
			if next < 0 {
				break
			}
			path = append(path, next)
			at = next
		}
		if len(path) == len(n.Layers) {
			best, bestEdges = path, edges
		}
	}
	return best
}

// modelNetwork builds the network of a solved model, and returns with it the
// mean squared error of its prediction relative to the variance.
func (t *trainer) modelNetwork(blank *Network, path []int, splines []*bspline.Spline) (*Network, float64) {
	net := blank.Clone()
	t.randomize(net)
	first := net.Layers[0]
	for i, s := range splines {
		if s != nil {
			first.Edge(i, path[0]).Spline = s
		}
	}
	if len(net.Layers) == 1 {
		for _, e := range first.Edges {
			if e.Active() {
				e.affine(math.Sqrt(t.variance), 0)
				break
			}
		}
	} else {
		u := t.nodeValues(first, path[0])
		lo, hi := rangeOf(u)
		for l := 1; l < len(net.Layers); l++ {
			layer := net.Layers[l]
			grid := bspline.NewGrid(lo, hi, t.opt.Grid[0])
			for from := range layer.In {
				e := layer.Edge(from, path[l])
				if e.Kind != Spline || e.Fixed {
					continue
				}
				switch {
				case from != path[l-1] && layer.Ops[path[l]] == Product:
					e.affine(0, 1)
				case from != path[l-1]:
					e.affine(0, 0)
				case l < len(net.Layers)-1:
					e.Spline = bspline.Linear(grid, 1, 0)
				default:
					e.Spline = bspline.Fit(bspline.NewGrid(lo, hi, 2*t.opt.Grid[0]), u, t.sample.y, t.squares(), 1e-8)
				}
			}
		}
	}
	lm := t.prepare(net)
	return net, lm.p.meanSquare(lm.w, lm.hold, lm.held, lm.p.params) / t.variance
}

func (t *trainer) squares() []float64 {
	w := make([]float64, len(t.sample.sw))
	for r, s := range t.sample.sw {
		w[r] = s * s
	}
	return w
}

// nodeValues returns the values of a first-layer node over the sampled rows.
func (t *trainer) nodeValues(l *Layer, node int) []float64 {
	u := make([]float64, t.sample.rows())
	for r := range u {
		if l.Ops[node] == Product {
			u[r] = 1
		}
		for i := range l.In {
			e := l.Edge(i, node)
			if !e.Active() {
				continue
			}
			v := e.Eval(t.sample.cols[i][r])
			if l.Ops[node] == Product {
				u[r] *= v
			} else {
				u[r] += v
			}
		}
	}
	return u
}

func rangeOf(v []float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, x := range v {
		lo, hi = math.Min(lo, x), math.Max(hi, x)
	}
	return lo, hi
}

// transform is a target in a form in which a model may be simple.
type transform struct {
	name string
	y    []float64 // of the sampled rows, standard deviation 1
}

// transforms returns the target itself and those of its transforms that are
// defined on it; a target without positive values is negated first.
func (t *trainer) transforms() []transform {
	lo, hi := rangeOf(t.sample.y)
	sign := 1.0
	if hi <= 0 {
		sign = -1
		lo, hi = -hi, -lo
	}
	sd := math.Sqrt(t.variance)
	all := []struct {
		name string
		ok   bool
		f    func(float64) float64
	}{
		{"y", true, func(y float64) float64 { return y }},
		{"y^2", lo >= 0, func(y float64) float64 { return y * y }},
		{"sqrt(y)", lo >= 0, math.Sqrt},
		{"log(y)", lo > 0, math.Log},
		{"1/y", lo > 1e-6*hi, func(y float64) float64 { return 1 / y }},
		{"asinh(y)", lo < 0, func(y float64) float64 { return math.Asinh(2 * y / sd) }},
	}
	var out []transform
	for _, a := range all {
		if !a.ok {
			continue
		}
		v := make([]float64, len(t.sample.y))
		for r, y := range t.sample.y {
			v[r] = a.f(sign * y)
		}
		_, s := spread(v, nil)
		if !(s > 0) || !finite(s) {
			continue
		}
		for r := range v {
			v[r] /= s
		}
		out = append(out, transform{name: a.name, y: v})
	}
	return out
}
