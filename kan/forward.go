package kan

import "github.com/kansym/kansym/kan/bspline"

// Predict writes the network's value for each row into dst. cols[i][r] is
// input i in row r; dst has one entry a row. A value is NaN or infinite only
// where an input is, where a named function is undefined, or where the numbers
// overflow. Predict may be called from several goroutines at once. It panics
// on columns that do not fit.
func (n *Network) Predict(dst []float64, cols [][]float64) {
	n.checkCols(cols, len(dst))
	p := newPlan(n)
	w := p.newWork()
	for r0 := 0; r0 < len(dst); r0 += blockRows {
		k := min(blockRows, len(dst)-r0)
		w.loadInputs(cols, n.InputScale, r0, k)
		p.forward(w, nil, p.params, r0, k, false, false)
		copy(dst[r0:r0+k], w.val[len(w.val)-1])
	}
	for r := range dst {
		dst[r] *= n.OutputScale
	}
}

func (n *Network) checkCols(cols [][]float64, rows int) {
	if len(cols) != len(n.Inputs) {
		panic("kan: wrong number of columns")
	}
	for _, c := range cols {
		if len(c) != rows {
			panic("kan: column of wrong length")
		}
	}
}

// forward evaluates the n rows whose inputs were loaded. With slopes it leaves
// behind what backward needs; inputSlopes does so for the first layer too.
func (p *plan) forward(w *work, c *basisCache, params []float64, r0, n int, slopes, inputSlopes bool) {
	for l := range p.layers {
		pl := &p.layers[l]
		withSlope := slopes && (l > 0 || inputSlopes)
		p.evalBasis(w, c, l, n, withSlope)
		for to := range pl.nodes {
			node := &pl.nodes[to]
			dst := nodeRows(w.val[l+1], to, n)
			unit := 0.0
			if node.op == Product {
				unit = 1
			}
			for r := range dst {
				dst[r] = unit
			}
			for k := node.begin; k < node.end; k++ {
				e := &pl.edges[k]
				out := nodeRows(w.out, e.index, n)
				x := nodeRows(w.val[l], e.from, n)
				if e.kind == Spline {
					idx, bas := w.basis(e.group, c, r0, n)
					coef := params[e.off : e.off+e.size]
					contract(out, idx, bas, coef)
					if withSlope {
						at := e.group * blockRows
						contract(nodeRows(w.slope, e.index, n), idx, w.der[4*at:4*(at+n)], coef)
					}
				} else {
					p.evalNamed(w, e, x, out, params, n, slopes)
				}
				if node.op == Product {
					for r, v := range out {
						dst[r] *= v
					}
				} else {
					for r, v := range out {
						dst[r] += v
					}
				}
			}
		}
	}
}

// evalBasis evaluates the basis of the groups of layer l that are not cached.
func (p *plan) evalBasis(w *work, c *basisCache, l, n int, slopes bool) {
	pl := &p.layers[l]
	for g := pl.firstGroup; g < pl.endGroup; g++ {
		cached := c != nil && g < len(c.idx)
		if cached && !slopes {
			continue
		}
		grp := &p.groups[g]
		x := nodeRows(w.val[l], grp.from, n)
		at := g * blockRows
		bas := w.bas[4*at : 4*(at+n)]
		for r, v := range x {
			b := (*[bspline.Order]float64)(bas[4*r:])
			if slopes {
				d := (*[bspline.Order]float64)(w.der[4*(at+r):])
				w.idx[at+r] = int32(grp.grid.Basis1(b, d, v))
			} else {
				w.idx[at+r] = int32(grp.grid.Basis(b, v))
			}
		}
	}
}

// contract writes the spline with the given coefficients into dst.
func contract(dst []float64, idx []int32, bas, coef []float64) {
	for r := range dst {
		b := (*[4]float64)(bas[4*r:])
		k := (*[4]float64)(coef[idx[r]:])
		dst[r] = (b[0]*k[0] + b[1]*k[1]) + (b[2]*k[2] + b[3]*k[3])
	}
}

func (p *plan) evalNamed(w *work, e *planEdge, x, out, params []float64, n int, slopes bool) {
	v := params[e.off : e.off+4]
	a, b, c, d := v[0], v[1], v[2], v[3]
	if !slopes {
		for r := range out {
			out[r] = c*e.fn.Value(a*x[r]+b) + d
		}
		return
	}
	fn := w.fn[2*e.index*blockRows:]
	slope := nodeRows(w.slope, e.index, n)
	for r := range out {
		f, df, _ := e.fn.Derivatives(a*x[r] + b)
		out[r] = c*f + d
		slope[r] = c * a * df
		fn[2*r], fn[2*r+1] = f, df
	}
}
