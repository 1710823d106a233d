package fit

import (
	"math"
	"strconv"

	"github.com/kansym/kansym/symbolic"
)

// withinRounding reports whether what a formula leaves of the target is no more
// than the rounding of the numbers in the file explains: that of the target, and
// that of the inputs as the formula passes it on.
func (s *state) withinRounding(c *scored) bool {
	const rows, slack = 2000, 1.3
	d := head(s.data.train, rows)
	step := steps(d.Y)
	if step == nil {
		return false
	}
	expected := 0.0
	for _, q := range step {
		expected += q * q / 12 // the variance of a rounding error
	}
	values, ok := column(c.expr, d)
	if !ok {
		return false
	}
	for i, col := range d.Cols {
		q := steps(col)
		if q == nil {
			continue
		}
		moved := d
		moved.Cols = append([][]float64(nil), d.Cols...)
		moved.Cols[i] = make([]float64, len(col))
		for r, x := range col {
			moved.Cols[i][r] = x + q[r]/math.Sqrt(12)
		}
		// A formula that is not defined there is at an edge of its domain.
		if shifted, ok := column(c.expr, moved); ok {
			for r, v := range shifted {
				expected += (v - values[r]) * (v - values[r])
			}
		}
	}
	mse, ok := meanSquare(values, d.Y, d.W)
	return ok && mse <= slack*slack*expected/float64(len(d.Y))
}

// steps returns the distance between neighbouring numbers of each number's
// precision in decimals: as many places after the point as any in the column has,
// or as many significant digits, whichever is coarser. Nil for more digits than
// rounding could be told from that of float64.
func steps(column []float64) []float64 {
	const most = 12
	digits, places := 0, math.MinInt
	var buf []byte
	for _, v := range column {
		if v == 0 {
			continue
		}
		// d.ddde+xx
		buf = strconv.AppendFloat(buf[:0], math.Abs(v), 'e', -1, 64)
		n := 0
		for n < len(buf) && buf[n] != 'e' {
			n++
		}
		exponent, err := strconv.Atoi(string(buf[n+1:]))
		if err != nil {
			return nil
		}
		significant := n
		if n > 1 {
			significant-- // the point
		}
		digits, places = max(digits, significant), max(places, significant-1-exponent)
	}
	if digits == 0 || digits > most {
		return nil
	}
	out := make([]float64, len(column))
	for i, v := range column {
		fixed := math.Pow(10, -float64(places))
		out[i] = fixed
		if v != 0 {
			out[i] = max(fixed, math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-float64(digits-1)))
		}
	}
	return out
}

// abrupt reports whether a formula changes visibly when its inputs move by next to
// nothing in some row: one that has a pole there, or a step, which an outlier alone
// speaks for.
func (s *state) abrupt(e *symbolic.Expr) bool {
	const nothing, visible = 1e-9, 1e-4
	d := s.data.train
	values, ok := column(e, d)
	if !ok {
		return true
	}
	s.beside.Do(func() {
		s.moved = d
		s.moved.Cols = make([][]float64, len(d.Cols))
		for i, col := range d.Cols {
			step := nothing * spread(col, nil)
			s.moved.Cols[i] = mapped(col, func(x float64) float64 { return x + step })
		}
	})
	shifted, ok := column(e, s.moved)
	if !ok {
		return false // the edge of a domain, such as sqrt(1-x) at 1
	}
	for r, v := range shifted {
		if math.Abs(v-values[r]) > visible*(s.scale+math.Abs(d.Y[r])) {
			return true
		}
	}
	return false
}
