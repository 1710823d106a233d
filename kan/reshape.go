package kan

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/kansym/kansym/kan/bspline"
)

// reshapeGrid is the number of intervals of the splines of new edges, unless
// the network has coarser ones only.
const reshapeGrid = 6

// Widen returns the network with count more nodes of kind op in hidden layer
// layer, which is 1 for the nodes after the inputs. The network is the same
// function as before: the edges that leave the new nodes are the constant 0
// where they enter sums, exactly, and the constant 1 where they enter products,
// to rounding. The edges that enter them are random curves drawn by seed, so
// that training can tell the nodes apart; they come from those nodes only that
// the network uses. cols are the inputs on whose ranges grids are laid.
//
// n is left alone. The error is not nil if there is no such hidden layer, if
// count is below 1, or if the layer would get too wide to be saved. It panics
// on columns that do not fit.
func (n *Network) Widen(layer, count int, op Op, cols [][]float64, seed uint64) (*Network, error) {
	if err := n.hidden("widen", layer); err != nil {
		return nil, err
	}
	before, after := n.Layers[layer-1], n.Layers[layer]
	if count < 1 || before.Out+count > maxNodes {
		return nil, fmt.Errorf("kan: widen: %d more nodes: a layer of %d can get 1 to %d more", count, before.Out, maxNodes-before.Out)
	}
	lo, hi := n.ranges(cols)
	rng := rand.New(rand.NewPCG(seed, 0x776964))
	intervals := n.newIntervals()
	c := n.Clone()

	in := c.Layers[layer-1]
	for range count {
		in.Out++
		in.Ops = append(in.Ops, op)
		used := 0
		for from := range in.In {
			if n.leaves(layer-1, from) {
				used++
			}
		}
		for from := range in.In {
			e := ZeroEdge()
			if n.leaves(layer-1, from) {
				e = SplineEdge(randomCurve(rng, lo[layer-1][from], hi[layer-1][from], intervals, op, used))
			}
			in.Edges = append(in.Edges, e)
		}
	}

	out := c.Layers[layer]
	out.In += count
	out.Edges = nil
	for to := range after.Out {
		for from := range after.In {
			out.Edges = append(out.Edges, after.Edge(from, to).Clone())
		}
		for range count {
			neutral := 0.0
			if after.Ops[to] == Product {
				neutral = 1
			}
			e := ZeroEdge()
			// A node without edges is constant; it is not to come alive.
			if n.enters(layer, to) {
				e = SplineEdge(bspline.Linear(bspline.NewGrid(-1, 1, intervals), 0, neutral))
			}
			out.Edges = append(out.Edges, e)
		}
	}
	c.spanNew(layer, after.In, cols)
	return c, nil
}

// spanNew lays the grids of the edges that leave the nodes from first on at the
// start of a layer over the values of these nodes; they are constant.
func (n *Network) spanNew(layer, first int, cols [][]float64) {
	lo, hi := n.ranges(cols)
	l := n.Layers[layer]
	for from := first; from < l.In; from++ {
		for to := range l.Out {
			if e := l.Edge(from, to); e.Active() {
				e.Spline = bspline.Linear(margin(lo[layer][from], hi[layer][from], e.Spline.N), 0, e.Spline.Coef[0])
			}
		}
	}
}

// randomCurve draws a line and a smaller curve over [lo, hi] whose size suits
// one of so many edges of a node.
func randomCurve(rng *rand.Rand, lo, hi float64, intervals int, op Op, edges int) *bspline.Spline {
	amp, offset := 1/math.Sqrt(float64(edges)), 0.0
	if op == Product {
		amp, offset = 0.5, 1
	}
	g := margin(lo, hi, intervals)
	half := (g.Hi - g.Lo) / 2
	slope := amp * rng.NormFloat64() / half
	s := bspline.Linear(g, slope, offset-slope*(g.Lo+half))
	for j := range s.Coef {
		s.Coef[j] += 0.3 * amp * rng.NormFloat64()
	}
	return s
}

// Deepen returns the network with one more layer of nodes behind layer after,
// which is 0 for the inputs and len(Layers) for the output. The new nodes are
// as many as those before them, and each repeats one: the edge between them is
// the identity, to rounding. The other edges of the new layer are the constant
// 0, for training to change. cols are the inputs on whose ranges grids are laid.
//
// n is left alone. The error is not nil if there is no such layer, or if the
// network would be too deep to be saved. It panics on columns that do not fit.
func (n *Network) Deepen(after int, cols [][]float64) (*Network, error) {
	if after < 0 || after > len(n.Layers) {
		return nil, fmt.Errorf("kan: deepen: no layer %d: choose 0, the inputs, to %d, the output", after, len(n.Layers))
	}
	if len(n.Layers) >= maxLayers {
		return nil, fmt.Errorf("kan: deepen: a network has at most %d layers", maxLayers)
	}
	lo, hi := n.ranges(cols)
	intervals := n.newIntervals()
	nodes := len(lo[after])
	extra := &Layer{In: nodes, Out: nodes, Ops: make([]Op, nodes)}
	for to := range nodes {
		for from := range nodes {
			e := ZeroEdge()
			// Inputs that are not in use stay so.
			if used := after == len(n.Layers) || n.leaves(after, from) && n.leaves(after, to); used {
				slope := 0.0
				if from == to {
					slope = 1
				}
				e = SplineEdge(bspline.Linear(margin(lo[after][from], hi[after][from], intervals), slope, 0))
			}
			extra.Edges = append(extra.Edges, e)
		}
	}
	c := n.Clone()
	layers := append([]*Layer{}, c.Layers[:after]...)
	c.Layers = append(append(layers, extra), c.Layers[after:]...)
	if after == 0 {
		c.dropUnused()
	}
	return c, nil
}

// dropUnused takes out the nodes behind the inputs that no edge leaves, which
// repeat inputs that are not in use.
func (n *Network) dropUnused() {
	for i := range n.Layers[1].In {
		if !n.leaves(1, i) {
			n.compact()
			return
		}
	}
}

// Swap returns the network with two nodes of hidden layer layer exchanged, which
// is 1 for the nodes after the inputs. It is the same function but for rounding:
// the terms of sums come in another order. n is left alone; the error is not nil
// if there are no such nodes.
func (n *Network) Swap(layer, i, j int) (*Network, error) {
	if err := n.hidden("swap", layer); err != nil {
		return nil, err
	}
	before, after := n.Layers[layer-1], n.Layers[layer]
	for _, k := range []int{i, j} {
		if k < 0 || k >= before.Out {
			return nil, fmt.Errorf("kan: swap: no node %d in layer %d, which has %s, counted from 0", k, layer, plural(before.Out, "node"))
		}
	}
	c := n.Clone()
	in, out := c.Layers[layer-1], c.Layers[layer]
	in.Ops[i], in.Ops[j] = in.Ops[j], in.Ops[i]
	for from := range before.In {
		a, b := i*in.In+from, j*in.In+from
		in.Edges[a], in.Edges[b] = in.Edges[b], in.Edges[a]
	}
	for to := range after.Out {
		a, b := to*out.In+i, to*out.In+j
		out.Edges[a], out.Edges[b] = out.Edges[b], out.Edges[a]
	}
	return c, nil
}

// hidden reports that a layer of nodes is not a hidden one.
func (n *Network) hidden(step string, layer int) error {
	switch last := len(n.Layers) - 1; {
	case last == 0:
		return fmt.Errorf("kan: %s: the network has no hidden layer: deepen it first", step)
	case layer < 1 || layer > last:
		return fmt.Errorf("kan: %s: no hidden layer %d: choose 1 to %d", step, layer, last)
	}
	return nil
}

// enters reports whether an edge enters the node at the end of layer l.
func (n *Network) enters(l, node int) bool {
	for from := range n.Layers[l].In {
		if n.Layers[l].Edge(from, node).Active() {
			return true
		}
	}
	return false
}

// newIntervals returns the number of intervals for the splines of new edges.
func (n *Network) newIntervals() int {
	finest := 0
	for _, id := range n.EdgeIDs() {
		if e, _ := n.EdgeAt(id); e.Kind == Spline {
			finest = max(finest, e.Spline.N)
		}
	}
	if finest == 0 {
		return reshapeGrid
	}
	return min(finest, reshapeGrid)
}

// ranges returns the smallest and largest value of every node on the rows of
// cols, inputs first and scaled. A node that is not finite on some row counts
// as reaching from -1 to 1.
func (n *Network) ranges(cols [][]float64) (lo, hi [][]float64) {
	rows := 0
	if len(cols) > 0 {
		rows = len(cols[0])
	}
	n.checkCols(cols, rows)
	lo, hi = nodeRanges(n, newRowSet(cols, make([]float64, rows), nil, n.InputScale, 1))
	for l := range lo {
		for i := range lo[l] {
			if !finite(lo[l][i]) || !finite(hi[l][i]) || lo[l][i] > hi[l][i] {
				lo[l][i], hi[l][i] = -1, 1
			}
		}
	}
	return lo, hi
}

// margin returns a grid that reaches a little beyond [lo, hi].
func margin(lo, hi float64, intervals int) bspline.Grid {
	m := hiddenMargin * (hi - lo)
	if !finite(m) || !finite(lo-m) || !finite(hi+m) {
		m = 0
	}
	return bspline.NewGrid(lo-m, hi+m, intervals)
}
