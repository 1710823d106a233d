package kan

// backward follows a forward with slopes. It leaves in factor the derivative
// of the output by the value of each edge, and in delta that by the value of
// each node, down to the inputs if inputs is set.
func (p *plan) backward(w *work, n int, inputs bool) {
	last := len(p.layers)
	for r := range n {
		w.delta[last][r] = 1
	}
	for l := last - 1; l >= 0; l-- {
		pl := &p.layers[l]
		down := l > 0 || inputs
		if down {
			clear(w.delta[l])
		}
		for to := range pl.nodes {
			node := &pl.nodes[to]
			d := nodeRows(w.delta[l+1], to, n)
			if node.op == Product {
				p.productFactors(w, pl.edges[node.begin:node.end], d, n)
			} else {
				for k := node.begin; k < node.end; k++ {
					copy(nodeRows(w.factor, pl.edges[k].index, n), d)
				}
			}
			if !down {
				continue
			}
			for k := node.begin; k < node.end; k++ {
				e := &pl.edges[k]
				dst := nodeRows(w.delta[l], e.from, n)
				slope := nodeRows(w.slope, e.index, n)
				factor := nodeRows(w.factor, e.index, n)
				for r := range dst {
					dst[r] += factor[r] * slope[r]
				}
			}
		}
	}
}

// productFactors sets each edge's factor to d times the product of the other
// edges, without dividing: the product may be zero.
func (p *plan) productFactors(w *work, edges []planEdge, d []float64, n int) {
	run := w.run[:n]
	copy(run, d)
	for k := range edges {
		copy(nodeRows(w.factor, edges[k].index, n), run)
		for r, v := range nodeRows(w.out, edges[k].index, n) {
			run[r] *= v
		}
	}
	for r := range run {
		run[r] = 1
	}
	for k := len(edges) - 1; k >= 0; k-- {
		factor := nodeRows(w.factor, edges[k].index, n)
		for r, v := range nodeRows(w.out, edges[k].index, n) {
			factor[r] *= run[r]
			run[r] *= v
		}
	}
}

// rowJacobian writes the Jacobian of the rows of the block, row after row:
// for each trainable edge the first of its four columns into col and the four
// entries, times scale[r], into jac.
func (p *plan) rowJacobian(w *work, c *basisCache, params []float64, r0, n int, scale []float64, col []int32, jac []float64) {
	for l := range p.layers {
		pl := &p.layers[l]
		for k := range pl.edges {
			e := &pl.edges[k]
			if e.slot < 0 {
				continue
			}
			factor := nodeRows(w.factor, e.index, n)
			if e.kind == Spline {
				idx, bas := w.basis(e.group, c, r0, n)
				for r := range n {
					at := r*p.slots + e.slot
					f := factor[r] * scale[r]
					col[at] = int32(e.off) + idx[r]
					j := (*[4]float64)(jac[4*at:])
					b := (*[4]float64)(bas[4*r:])
					j[0], j[1], j[2], j[3] = f*b[0], f*b[1], f*b[2], f*b[3]
				}
				continue
			}
			cc := params[e.off+2]
			x := nodeRows(w.val[l], e.from, n)
			fn := w.fn[2*e.index*blockRows:]
			for r := range n {
				at := r*p.slots + e.slot
				f := factor[r] * scale[r]
				col[at] = int32(e.off)
				j := (*[4]float64)(jac[4*at:])
				df := cc * fn[2*r+1]
				j[0], j[1], j[2], j[3] = f*df*x[r], f*df, f*fn[2*r], f
			}
		}
	}
}
