package kan

import (
	"math"

	"github.com/kansym/kansym/kan/bspline"
)

// Grids reach a little beyond the values seen: a cubic continues better than
// the straight line beyond the grid.
const (
	inputMargin  = 0.01
	hiddenMargin = 0.06
)

// nodeRanges returns the smallest and largest value of every node, inputs
// first, over the rows of d.
func nodeRanges(net *Network, d *rowSet) (lo, hi [][]float64) {
	p := newPlan(net)
	w := p.newWork()
	for _, n := range p.nodes {
		l, h := make([]float64, n), make([]float64, n)
		for i := range l {
			l[i], h[i] = math.Inf(1), math.Inf(-1)
		}
		lo, hi = append(lo, l), append(hi, h)
	}
	for r0 := 0; r0 < d.rows(); r0 += blockRows {
		n := min(blockRows, d.rows()-r0)
		w.loadInputs(d.cols, nil, r0, n)
		p.forward(w, nil, p.params, r0, n, false, false)
		for l := range lo {
			for i := range lo[l] {
				for _, v := range nodeRows(w.val[l], i, n) {
					lo[l][i] = math.Min(lo[l][i], v)
					hi[l][i] = math.Max(hi[l][i], v)
				}
			}
		}
	}
	return lo, hi
}

// respan gives every trainable spline of the network a grid of n intervals
// over the values that reach it, and approximates the splines there by their
// old selves. Hidden nodes are brought to [-1, 1] first, which is exact: the
// scale and shift of a node between splines mean nothing. With n = 0 grids
// keep their number of intervals and those that fit well enough stay as they
// are.
func respan(net *Network, d *rowSet, n int) {
	lo, hi := nodeRanges(net, d)
	for l, layer := range net.Layers {
		for from := range layer.In {
			a, b := lo[l][from], hi[l][from]
			if !finite(a) || !finite(b) {
				continue
			}
			if l > 0 {
				a, b = net.normalizeNode(l, from, a, b)
			}
			margin := hiddenMargin * (b - a)
			if l == 0 {
				margin = inputMargin * (b - a)
			}
			for to := range layer.Out {
				e := layer.Edge(from, to)
				if e.Kind != Spline || e.Fixed {
					continue
				}
				if n == 0 && fits(e.Spline.Grid, a, b, l == 0) {
					continue
				}
				k := n
				if k == 0 {
					k = e.Spline.N
				}
				e.Spline = e.Spline.Regrid(bspline.NewGrid(a-margin, b+margin, k))
			}
		}
	}
}

// fits reports whether a grid covers [a, b] and, unless it is that of an input,
// whose range does not change, wastes little of itself.
func fits(g bspline.Grid, a, b float64, input bool) bool {
	width := g.Hi - g.Lo
	return a >= g.Lo-0.005*width && b <= g.Hi+0.005*width && (input || b-a >= 0.8*width)
}

// normalizeNode rescales the hidden node at the start of layer l, whose values
// are in [a, b], to [-1, 1], where only splines that may change touch it, and
// returns the range that the node has afterwards. A product is scaled only.
func (n *Network) normalizeNode(l, node int, a, b float64) (lo, hi float64) {
	in, out := n.Layers[l-1], n.Layers[l]
	free := func(e *Edge) bool { return e.Kind == Zero || (e.Kind == Spline && !e.Fixed) }
	first := -1
	for i := range in.In {
		e := in.Edge(i, node)
		if !free(e) {
			return a, b
		}
		if e.Active() && first < 0 {
			first = i
		}
	}
	for j := range out.Out {
		if !free(out.Edge(node, j)) {
			return a, b
		}
	}
	mid, half := a+(b-a)/2, (b-a)/2
	if in.Ops[node] == Product {
		mid, half = 0, math.Max(math.Abs(a), math.Abs(b))
	}
	if first < 0 || half <= 1e-12*math.Abs(mid) || half < 1e-150 || half > 1e150 {
		return a, b
	}
	s := 1 / half
	for i := range in.In {
		e := in.Edge(i, node)
		switch {
		case i == first && in.Ops[node] == Product:
			e.affine(s, 0)
		case i == first:
			e.affine(s, -s*mid)
		case in.Ops[node] == Sum && e.Active():
			e.affine(s, 0)
		}
	}
	for j := range out.Out {
		if e := out.Edge(node, j); e.Active() {
			e.Spline.Lo = s * (e.Spline.Lo - mid)
			e.Spline.Hi = s * (e.Spline.Hi - mid)
		}
	}
	return s * (a - mid), s * (b - mid)
}
