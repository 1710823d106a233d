package kan

import "gonum.org/v1/gonum/mat"

// Jacobian writes the derivatives of the network's value by its trainable
// parameters into jac, rows by NumParams, exact and in the units of the
// target. Parameters are ordered by layer, then by the node an edge leads to,
// then by the node it comes from; a spline has its coefficients, a named edge
// a, b, c, d. dst, if not nil, receives the values. It panics on shapes that
// do not fit.
func (n *Network) Jacobian(dst []float64, jac *mat.Dense, cols [][]float64) {
	rows, params := jac.Dims()
	n.checkCols(cols, rows)
	if dst != nil && len(dst) != rows {
		panic("kan: column of wrong length")
	}
	p := newPlan(n)
	if params != p.trainable {
		panic("kan: Jacobian of wrong width")
	}
	w := p.newWork()
	jac.Zero()
	col := make([]int32, blockRows*p.slots)
	part := make([]float64, 4*blockRows*p.slots)
	scale := make([]float64, blockRows)
	for r := range scale {
		scale[r] = n.OutputScale
	}
	for r0 := 0; r0 < rows; r0 += blockRows {
		k := min(blockRows, rows-r0)
		w.loadInputs(cols, n.InputScale, r0, k)
		p.forward(w, nil, p.params, r0, k, true, false)
		p.backward(w, k, false)
		p.rowJacobian(w, nil, p.params, r0, k, scale, col, part)
		for r := range k {
			row := jac.RawRowView(r0 + r)
			for s := range p.slots {
				copy(row[col[r*p.slots+s]:], part[4*(r*p.slots+s):4*(r*p.slots+s)+4])
			}
			if dst != nil {
				dst[r0+r] = w.val[len(w.val)-1][r] * n.OutputScale
			}
		}
	}
}

// Params returns a copy of the trainable parameters, in the order of Jacobian.
func (n *Network) Params() []float64 {
	p := newPlan(n)
	return append([]float64(nil), p.params[:p.trainable]...)
}

// SetParams replaces the trainable parameters. It panics when their number is
// not NumParams.
func (n *Network) SetParams(params []float64) {
	p := newPlan(n)
	if len(params) != p.trainable {
		panic("kan: wrong number of parameters")
	}
	p.store(n, params)
}
