package kan

// Gradient writes the network's value for each row into dst and its exact
// derivative by input i into grad[i], both in the units of the data. dst may
// be nil. It panics on columns that do not fit; a derivative is not finite
// only where Predict's value is not or a named function has a vertical slope.
func (n *Network) Gradient(dst []float64, grad, cols [][]float64) {
	if len(cols) == 0 || len(grad) != len(cols) {
		panic("kan: wrong number of columns")
	}
	rows := len(cols[0])
	n.checkCols(cols, rows)
	n.checkCols(grad, rows)
	if dst != nil && len(dst) != rows {
		panic("kan: column of wrong length")
	}
	p := newPlan(n)
	w := p.newWork()
	for r0 := 0; r0 < rows; r0 += blockRows {
		k := min(blockRows, rows-r0)
		w.loadInputs(cols, n.InputScale, r0, k)
		p.forward(w, nil, p.params, r0, k, true, true)
		p.backward(w, k, true)
		for i := range grad {
			scale := n.InputScale[i] * n.OutputScale
			for r, d := range nodeRows(w.delta[0], i, k) {
				grad[i][r0+r] = d * scale
			}
		}
		if dst != nil {
			for r, v := range w.val[len(w.val)-1][:k] {
				dst[r0+r] = v * n.OutputScale
			}
		}
	}
}
