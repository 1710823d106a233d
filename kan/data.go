package kan

import (
	"fmt"
	"math"
)

// Data is a table of inputs and targets. Columns have n rows; Train reads them
// and changes nothing.
type Data struct {
	// Cols[i][r] is input i in row r.
	Cols [][]float64
	// Y is the target; W weighs the rows and may be nil for equal weights. A
	// weight is finite and not negative.
	Y, W []float64

	// HeldCols, HeldY and HeldW are rows that training never fits, by which it
	// decides when to stop. Without them (HeldY nil) Train sets rows aside.
	HeldCols [][]float64
	HeldY    []float64
	HeldW    []float64

	// Names of the inputs; nil means x1, x2, ...
	Names []string
}

// Check reports the first thing that training cannot use: columns of
// different lengths, a value or a weight that is not finite, no rows.
func (d *Data) Check() error {
	if len(d.Cols) == 0 {
		return fmt.Errorf("kan: data without input columns")
	}
	if d.Names != nil && len(d.Names) != len(d.Cols) {
		return fmt.Errorf("kan: %d names for %d columns", len(d.Names), len(d.Cols))
	}
	if len(d.Y) == 0 {
		return fmt.Errorf("kan: data without rows")
	}
	if err := checkRows(d.Cols, d.Y, d.W, ""); err != nil {
		return err
	}
	if d.HeldY == nil {
		return nil
	}
	if len(d.HeldCols) != len(d.Cols) {
		return fmt.Errorf("kan: %d held-out columns for %d columns", len(d.HeldCols), len(d.Cols))
	}
	return checkRows(d.HeldCols, d.HeldY, d.HeldW, "held-out ")
}

func checkRows(cols [][]float64, y, w []float64, what string) error {
	for i, c := range cols {
		if len(c) != len(y) {
			return fmt.Errorf("kan: %scolumn %d has %d rows, the target %d", what, i, len(c), len(y))
		}
		for r, v := range c {
			if !finite(v) {
				return fmt.Errorf("kan: %scolumn %d, row %d: value %v is not finite", what, i, r, v)
			}
		}
	}
	for r, v := range y {
		if !finite(v) {
			return fmt.Errorf("kan: %starget, row %d: value %v is not finite", what, r, v)
		}
	}
	if w == nil {
		return nil
	}
	if len(w) != len(y) {
		return fmt.Errorf("kan: %d %sweights for %d rows", len(w), what, len(y))
	}
	total := 0.0
	for r, v := range w {
		if !finite(v) || v < 0 {
			return fmt.Errorf("kan: %sweight, row %d: %v", what, r, v)
		}
		total += v
	}
	if total == 0 {
		return fmt.Errorf("kan: every %sweight is zero", what)
	}
	return nil
}

// powerOfTwoFor returns the power of two that brings size into (1/2, 1], 1 for
// size 0. Exponents are bounded so that neither it nor its inverse overflows.
func powerOfTwoFor(size float64) float64 {
	if size == 0 || !finite(size) {
		return 1
	}
	_, e := math.Frexp(size)
	return math.Ldexp(1, -min(max(e, -1000), 1000))
}

// scaleOfColumn is the power of two by which a column of inputs is multiplied.
func scaleOfColumn(col []float64) float64 {
	size := 0.0
	for _, v := range col {
		size = math.Max(size, math.Abs(v))
	}
	return powerOfTwoFor(size)
}

// spread returns the weighted mean and standard deviation of y, computed on
// values scaled into range so that 1e300 does not overflow.
func spread(y, w []float64) (mean, sd float64) {
	scale := scaleOfColumn(y)
	total, sum := 0.0, 0.0
	for r, v := range y {
		wr := weight(w, r)
		total += wr
		sum += wr * v * scale
	}
	mean = sum / total
	ss := 0.0
	for r, v := range y {
		d := v*scale - mean
		ss += weight(w, r) * d * d
	}
	return mean / scale, math.Sqrt(ss/total) / scale
}

func weight(w []float64, r int) float64 {
	if w == nil {
		return 1
	}
	return w[r]
}
