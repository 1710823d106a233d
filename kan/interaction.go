package kan

import "math"

// Interaction says how much two inputs act together.
type Interaction struct {
	I, J int // inputs, I < J
	// Strength is the root mean square over the rows of the second derivative
	// of the output by both, times their standard deviations, divided by that
	// of the output. It is 0 where the effects of both just add up, and about
	// 1 where the law is their product.
	Strength float64
}

// Interactions returns the interaction of every two inputs on the rows of cols,
// weighed by w unless that is nil: pairs (0,1), (0,2), (1,2), (0,3), ... Rows on
// which a derivative is not finite do not count for that pair. It panics on
// columns that do not fit.
func (n *Network) Interactions(cols [][]float64, w []float64) []Interaction {
	in := len(n.Inputs)
	rows := len(cols[0])
	n.checkCols(cols, rows)
	if w != nil && len(w) != rows {
		panic("kan: column of wrong length")
	}
	hess := make([][]float64, in*(in+1)/2)
	for k := range hess {
		hess[k] = make([]float64, rows)
	}
	out := make([]float64, rows)
	n.Hessian(out, nil, hess, cols)
	used := n.UsedInputs()
	sd := make([]float64, in)
	for i := range sd {
		_, sd[i] = spread(cols[i], w)
	}
	_, total := spread(onlyFinite(out, w))
	var list []Interaction
	for j := range in {
		for i := range j {
			p := Interaction{I: i, J: j}
			if used[i] && used[j] && total > 0 {
				p.Strength = rms(hess[HessianIndex(i, j)], w) * sd[i] * sd[j] / total
			}
			if !finite(p.Strength) {
				p.Strength = 0
			}
			list = append(list, p)
		}
	}
	return list
}

// onlyFinite returns the finite values with their weights.
func onlyFinite(v, w []float64) (values, weights []float64) {
	for r, x := range v {
		if finite(x) {
			values = append(values, x)
			weights = append(weights, weight(w, r))
		}
	}
	return values, weights
}

// rms is the weighted root mean square of the finite values.
func rms(v, w []float64) float64 {
	ss, total := 0.0, 0.0
	for r, x := range v {
		if sq := x * x; finite(sq) {
			ss += weight(w, r) * sq
			total += weight(w, r)
		}
	}
	if total == 0 {
		return 0
	}
	return math.Sqrt(ss / total)
}
