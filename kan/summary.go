package kan

import (
	"fmt"
	"math"
)

// Summarize compares the network with data: its errors on the rows of training
// and on the held-out ones, which are taken to be the former if there are none.
// seed is noted as the one that drew them. Data must pass Check. The error is
// not nil if a prediction is not finite, and says on how many rows.
func (n *Network) Summarize(data Data, seed uint64) (*Summary, error) {
	if len(data.Cols) != len(n.Inputs) {
		return nil, fmt.Errorf("kan: network of %d inputs for data with %d columns", len(n.Inputs), len(data.Cols))
	}
	s := &Summary{Rows: len(data.Y), RowsHeldout: len(data.HeldY), Seed: seed}
	train, bad := n.rmse(data.Cols, data.Y, data.W)
	held := train
	if len(data.HeldY) > 0 {
		var more int
		held, more = n.rmse(data.HeldCols, data.HeldY, data.HeldW)
		bad += more
	}
	if bad > 0 {
		return nil, fmt.Errorf("kan: the network is not finite on %d of %d rows", bad, len(data.Y)+len(data.HeldY))
	}
	s.RMSETrain, s.RMSEHeldout = train, held
	if _, sd := spread(data.Y, data.W); sd > 0 {
		s.HeldRelative = held / sd
	}
	if !finite(s.RMSETrain) || !finite(s.RMSEHeldout) || !finite(s.HeldRelative) {
		return nil, fmt.Errorf("kan: the errors of the network are too large for numbers")
	}
	return s, nil
}

// rmse returns the weighted root mean square error on rows, and the number of
// rows of positive weight on which the network is not finite.
func (n *Network) rmse(cols [][]float64, y, w []float64) (rms float64, bad int) {
	pred := make([]float64, len(y))
	n.Predict(pred, cols)
	largest := 0.0
	for r, v := range pred {
		if weight(w, r) == 0 {
			pred[r] = 0
			continue
		}
		if !finite(v) {
			bad++
		}
		pred[r] = v - y[r]
		largest = math.Max(largest, math.Abs(pred[r]))
	}
	if bad > 0 || largest == 0 {
		return 0, bad
	}
	// Scaled so that squares of 1e200 and 1e-200 are numbers.
	ss, total := 0.0, 0.0
	for r, d := range pred {
		d /= largest
		ss += weight(w, r) * d * d
		total += weight(w, r)
	}
	return largest * math.Sqrt(ss/total), 0
}
