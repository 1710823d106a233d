package kan

import "math"

// Attribution says how much each node and each edge of a network matters for
// its output on some data. Scores are shares: the output has 1, a node hands
// its score on to its incoming edges, and a node's score is the sum over the
// edges that leave it. The scores of a layer therefore sum to 1, or to less
// where a node with a score does not vary and has nobody to hand it on to.
type Attribution struct {
	// Nodes[l][i] is the score of node i of layer l; layer 0 are the inputs.
	Nodes [][]float64
	// Edges[l][to*In+from] is the score of an edge of layer l, 0 if absent.
	Edges [][]float64
}

// Inputs returns the scores of the inputs, which a owns.
func (a *Attribution) Inputs() []float64 { return a.Nodes[0] }

// Edge returns the score of the edge of the given layer between two nodes.
func (a *Attribution) Edge(layer, from, to int) float64 {
	return a.Edges[layer][to*len(a.Nodes[layer])+from]
}

// Attribution scores the network on the rows of cols, cols[i][r] being input i
// in row r, weighed by w unless that is nil. It panics on columns that do not
// fit. Rows on which an edge is not finite do not count for that edge.
//
// The contribution of an edge to its node is the standard deviation of what
// changes when the edge's value is replaced by its mean over the data: that of
// the edge's value at a sum; at a product that of the edge's value times the
// other factors. A node's score is divided among its incoming edges in
// proportion to their contributions.
//
// Source: Z. Liu, P. Ma, Y. Wang, W. Matusik and M. Tegmark, KAN 2.0:
// Kolmogorov-Arnold Networks Meet Science (2024), section 4.1. There an edge's
// contribution is divided by the standard deviation of its node instead of by
// the sum of the contributions, and terms that cancel raise scores without
// bound.
func (n *Network) Attribution(cols [][]float64, w []float64) *Attribution {
	if len(cols) == 0 {
		panic("kan: wrong number of columns")
	}
	rows := len(cols[0])
	n.checkCols(cols, rows)
	if w != nil && len(w) != rows {
		panic("kan: column of wrong length")
	}
	p := newPlan(n)
	contribution := p.contributions(n, cols, w)

	a := &Attribution{
		Nodes: make([][]float64, len(n.Layers)+1),
		Edges: make([][]float64, len(n.Layers)),
	}
	a.Nodes[len(n.Layers)] = []float64{1}
	for l := len(n.Layers) - 1; l >= 0; l-- {
		layer := n.Layers[l]
		a.Nodes[l] = make([]float64, layer.In)
		a.Edges[l] = make([]float64, len(layer.Edges))
		for to, node := range p.layers[l].nodes {
			edges := p.layers[l].edges[node.begin:node.end]
			total := 0.0
			for _, e := range edges {
				total += contribution[e.index]
			}
			if !(total > 0) || math.IsInf(total, 0) {
				continue
			}
			for _, e := range edges {
				score := a.Nodes[l+1][to] * (contribution[e.index] / total)
				a.Edges[l][to*layer.In+e.from] = score
				a.Nodes[l][e.from] += score
			}
		}
	}
	return a
}

// contributions returns, for every active edge, the weighted standard deviation
// of what its variation does to its node.
func (p *plan) contributions(n *Network, cols [][]float64, weights []float64) []float64 {
	mean := p.edgeMeans(n, cols, weights)
	ss, total := make([]float64, p.edges), make([]float64, p.edges)
	p.eachEdgeRow(n, cols, weights, func(w *work, node *planNode, e *planEdge, edges []planEdge, r int, weight float64) {
		v := w.out[e.index*blockRows+r] - mean[e.index]
		if node.op == Product {
			for k := range edges {
				if o := &edges[k]; o.index != e.index {
					v *= w.out[o.index*blockRows+r]
				}
			}
		}
		if sq := v * v; finite(sq) {
			ss[e.index] += weight * sq
			total[e.index] += weight
		}
	})
	for k := range ss {
		// What is left of a constant's variation is rounding error.
		sd := math.Sqrt(ss[k] / math.Max(total[k], math.SmallestNonzeroFloat64))
		if !finite(sd) {
			sd = 0
		}
		ss[k] = sd
	}
	for _, l := range p.layers {
		for _, e := range l.edges {
			if l.nodes[e.to].op == Sum && ss[e.index] <= 1e-14*math.Abs(mean[e.index]) {
				ss[e.index] = 0
			}
		}
	}
	return ss
}

// edgeMeans returns the weighted mean of every active edge's value over the
// rows on which it is finite, 0 if there are none.
func (p *plan) edgeMeans(n *Network, cols [][]float64, weights []float64) []float64 {
	sum, total := make([]float64, p.edges), make([]float64, p.edges)
	p.eachEdgeRow(n, cols, weights, func(w *work, _ *planNode, e *planEdge, _ []planEdge, r int, weight float64) {
		if v := w.out[e.index*blockRows+r]; finite(v) {
			sum[e.index] += weight * v
			total[e.index] += weight
		}
	})
	for k := range sum {
		if total[k] > 0 {
			sum[k] /= total[k]
		}
	}
	return sum
}

// eachEdgeRow evaluates the network and calls do for every active edge of every
// row of positive weight, the edge's value being in w.out. edges are all edges
// of the node at which e ends. Weights are divided by the largest.
func (p *plan) eachEdgeRow(n *Network, cols [][]float64, weights []float64,
	do func(w *work, node *planNode, e *planEdge, edges []planEdge, r int, weight float64),
) {
	largest := 1.0
	if weights != nil {
		largest = 0
		for _, v := range weights {
			largest = math.Max(largest, v)
		}
	}
	w := p.newWork()
	rows := len(cols[0])
	for r0 := 0; r0 < rows; r0 += blockRows {
		k := min(blockRows, rows-r0)
		w.loadInputs(cols, n.InputScale, r0, k)
		p.forward(w, nil, p.params, r0, k, false, false)
		for l := range p.layers {
			pl := &p.layers[l]
			for t := range pl.nodes {
				node := &pl.nodes[t]
				edges := pl.edges[node.begin:node.end]
				for i := range edges {
					for r := range k {
						if v := weight(weights, r0+r); v > 0 {
							do(w, node, &edges[i], edges, r, v/largest)
						}
					}
				}
			}
		}
	}
}
