package fit

import (
	"bytes"
	"math"
	"slices"
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
	// A target of a few levels, such as 0 and 1, is not a rounded one: any curve
	// that has about its values would be within the rounding.
	const coarse = 0.3
	if math.Sqrt(12*expected/float64(len(d.Y))) > coarse*s.scale {
		return false
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
// precision in decimals: that of as many places after the point, or of as many
// significant digits, as any in the column has, whichever more of them have. Nil
// for more digits than rounding could be told from that of float64.
func steps(column []float64) []float64 {
	const most = 12
	digits, places := make([]int, 0, len(column)), make([]int, 0, len(column))
	var buf []byte
	for _, v := range column {
		if v == 0 {
			continue
		}
		buf = strconv.AppendFloat(buf[:0], math.Abs(v), 'e', -1, 64) // d.ddde+xx
		mantissa, exponent, _ := bytes.Cut(buf, []byte("e"))
		x, err := strconv.Atoi(string(exponent))
		if err != nil {
			return nil
		}
		n := len(bytes.ReplaceAll(mantissa, []byte("."), nil))
		digits, places = append(digits, n), append(places, n-1-x)
	}
	if len(digits) == 0 || slices.Max(digits) > most {
		return nil
	}
	mostDigits, full := often(digits)
	mostPlaces, even := often(places)
	out := make([]float64, len(column))
	for i, v := range column {
		out[i] = math.Pow(10, -float64(mostPlaces))
		if full > even && v != 0 {
			out[i] = math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-float64(mostDigits-1))
		}
	}
	return out
}

// often returns the largest number of a list and how often it stands there.
func often(list []int) (largest, times int) {
	largest = slices.Max(list)
	for _, n := range list {
		if n == largest {
			times++
		}
	}
	return largest, times
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
