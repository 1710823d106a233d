package kan

import (
	"math"

	"github.com/kansym/kansym/kan/bspline"
	"github.com/kansym/kansym/library"
)

// plan is a network laid out for the inner loops: only the edges that are
// there, their parameters in one vector, and one evaluation of the B-spline
// basis shared by all edges that leave a node with the same grid.
type plan struct {
	nodes  []int // nodes of each layer, inputs first
	layers []planLayer
	groups []group
	edges  int // active edges

	// params holds what training may change (the first trainable values) and
	// then the parameters of fixed edges.
	params    []float64
	trainable int
	slots     int // edges with trainable parameters
}

type planLayer struct {
	nodes      []planNode
	edges      []planEdge // by target node, then by source
	firstGroup int        // groups of this layer are [firstGroup, endGroup)
	endGroup   int
}

// planNode is a node at the end of a layer and the range of its edges.
type planNode struct {
	op         Op
	begin, end int
}

type planEdge struct {
	kind     EdgeKind
	from, to int
	group    int // basis, for splines
	size     int // number of parameters
	off      int // of the parameters in params
	slot     int // among the trainable edges, -1 if fixed
	index    int // among all active edges of the network
	fn       *library.Func
}

// group is a basis evaluated on the values of one node.
type group struct {
	from int
	grid bspline.Grid

	// of the trainable edges with this basis: where their parameters begin
	// and where their rows begin in the scratch
	off, at []int32
}

func newPlan(n *Network) *plan {
	p := &plan{nodes: n.Shape()}
	for _, l := range n.Layers {
		pl := planLayer{firstGroup: len(p.groups)}
		for to := range l.Out {
			node := planNode{op: l.Ops[to], begin: len(pl.edges)}
			for from := range l.In {
				e := l.Edge(from, to)
				if !e.Active() {
					continue
				}
				pe := planEdge{kind: e.Kind, from: from, to: to, slot: -1, index: p.edges, fn: e.Func, size: 4}
				if e.Kind == Spline {
					pe.group = p.groupFor(pl.firstGroup, from, e.Spline.Grid)
					pe.size = len(e.Spline.Coef)
				}
				if !e.Fixed {
					pe.slot = p.slots
					pe.off = p.trainable
					p.slots++
					p.trainable += pe.size
				}
				p.edges++
				pl.edges = append(pl.edges, pe)
			}
			node.end = len(pl.edges)
			pl.nodes = append(pl.nodes, node)
		}
		pl.endGroup = len(p.groups)
		p.layers = append(p.layers, pl)
	}
	total := p.trainable
	for l := range p.layers {
		for k := range p.layers[l].edges {
			if e := &p.layers[l].edges[k]; e.slot < 0 {
				e.off = total
				total += e.size
			}
		}
	}
	for _, l := range p.layers {
		for _, e := range l.edges {
			if e.kind == Spline && e.slot >= 0 {
				g := &p.groups[e.group]
				g.off = append(g.off, int32(e.off))
				g.at = append(g.at, int32(e.index*blockRows))
			}
		}
	}
	p.params = make([]float64, total)
	p.load(n)
	return p
}

func (p *plan) groupFor(first, from int, g bspline.Grid) int {
	for k := first; k < len(p.groups); k++ {
		if p.groups[k].from == from && p.groups[k].grid == g {
			return k
		}
	}
	p.groups = append(p.groups, group{from: from, grid: g})
	return len(p.groups) - 1
}

// load copies the parameters of n, which has the structure of the plan.
func (p *plan) load(n *Network) {
	p.each(n, func(pe *planEdge, e *Edge) {
		v := p.params[pe.off : pe.off+pe.size]
		if e.Kind == Spline {
			copy(v, e.Spline.Coef)
			return
		}
		v[0], v[1], v[2], v[3] = e.A, e.B, e.C, e.D
	})
}

// store copies the parameters into n.
func (p *plan) store(n *Network, params []float64) {
	p.each(n, func(pe *planEdge, e *Edge) {
		if pe.slot < 0 {
			return
		}
		v := params[pe.off : pe.off+pe.size]
		if e.Kind == Spline {
			copy(e.Spline.Coef, v)
			return
		}
		e.A, e.B, e.C, e.D = v[0], v[1], v[2], v[3]
	})
}

func (p *plan) each(n *Network, do func(*planEdge, *Edge)) {
	for l := range p.layers {
		for k := range p.layers[l].edges {
			pe := &p.layers[l].edges[k]
			do(pe, n.Layers[l].Edge(pe.from, pe.to))
		}
	}
}

// blockRows is how many rows are evaluated at a time: enough to amortise the
// walk over the edges, few enough for the values to stay in the cache.
const blockRows = 64

// work is the scratch for evaluating a block of rows. It belongs to one plan
// and one goroutine.
type work struct {
	val    [][]float64 // val[l][node*blockRows+r]: values of nodes, inputs first
	delta  [][]float64 // derivatives of the output by them
	idx    []int32     // interval of group g in row r, at g*blockRows+r
	bas    []float64   // its four basis values
	der    []float64   // and their derivatives
	out    []float64   // value of edge e in row r, at e*blockRows+r
	slope  []float64   // its derivative by its argument
	factor []float64   // derivative of the output by the edge's value
	fn     []float64   // named edges: f and f' at a*x+b
	run    []float64   // one value a row
}

func (p *plan) newWork() *work {
	w := &work{
		idx: make([]int32, len(p.groups)*blockRows), bas: make([]float64, len(p.groups)*blockRows*4),
		der: make([]float64, len(p.groups)*blockRows*4), out: make([]float64, p.edges*blockRows),
		slope: make([]float64, p.edges*blockRows), factor: make([]float64, p.edges*blockRows),
		run: make([]float64, blockRows),
	}
	for _, l := range p.layers {
		for _, e := range l.edges {
			if e.kind == Named && w.fn == nil {
				w.fn = make([]float64, p.edges*blockRows*2)
			}
		}
	}
	for _, n := range p.nodes {
		w.val = append(w.val, make([]float64, n*blockRows))
		w.delta = append(w.delta, make([]float64, n*blockRows))
	}
	return w
}

// basisCache holds the basis of the first layer for all rows of a data set:
// the inputs do not change, so neither does it while the grids stay.
type basisCache struct {
	idx [][]int32   // by group of the first layer, then row
	bas [][]float64 // four values a row
}

// maxCacheBytes bounds a cache; larger data are evaluated again at each use.
const maxCacheBytes = 48 << 20

// newCache evaluates the first layer's basis on scaled columns, or returns nil
// when that would take too much memory.
func (p *plan) newCache(cols [][]float64) *basisCache {
	groups := p.groups[:p.layers[0].endGroup]
	if len(groups) == 0 || len(groups)*len(cols[0])*36 > maxCacheBytes {
		return nil
	}
	c := &basisCache{}
	var b [bspline.Order]float64
	for _, g := range groups {
		col := cols[g.from]
		idx := make([]int32, len(col))
		bas := make([]float64, 4*len(col))
		for r, x := range col {
			idx[r] = int32(g.grid.Basis(&b, x))
			copy(bas[4*r:4*r+4], b[:])
		}
		c.idx = append(c.idx, idx)
		c.bas = append(c.bas, bas)
	}
	return c
}

// basis returns the intervals and basis values of group g for the n rows of
// the current block, which starts at row r0 of the data behind the cache.
func (w *work) basis(g int, c *basisCache, r0, n int) ([]int32, []float64) {
	if c != nil && g < len(c.idx) {
		return c.idx[g][r0 : r0+n], c.bas[g][4*r0 : 4*(r0+n)]
	}
	at := g * blockRows
	return w.idx[at : at+n], w.bas[4*at : 4*(at+n)]
}

// nodeRows returns the part of a per-node array that belongs to a node.
func nodeRows(a []float64, node, n int) []float64 {
	return a[node*blockRows : node*blockRows+n]
}

// loadInputs copies rows r0..r0+n-1 of the columns, times scale, into the
// first values. A nil scale means columns that are scaled already.
func (w *work) loadInputs(cols [][]float64, scale []float64, r0, n int) {
	for i, col := range cols {
		dst := nodeRows(w.val[0], i, n)
		copy(dst, col[r0:r0+n])
		if scale != nil && scale[i] != 1 {
			for r := range dst {
				dst[r] *= scale[i]
			}
		}
	}
}

func allFinite(v []float64) bool {
	for _, x := range v {
		if x-x != 0 || math.IsNaN(x) {
			return false
		}
	}
	return true
}
