package lm

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// triangle is the upper triangular factor of [J r], row by row: the first p
// columns are R, the last is Q'r. Its rows are contiguous with stride p+1, and
// row p holds the norm of what no step can remove.
type triangle struct {
	p int
	a []float64
}

func newTriangle(p int) triangle {
	return triangle{p: p, a: make([]float64, (p+1)*(p+1))}
}

func (t triangle) row(i int) []float64 {
	w := t.p + 1
	return t.a[i*w : (i+1)*w]
}

func (t triangle) clear() { clear(t.a) }

// fold replaces t by the triangular factor of t stacked on the rows of a block,
// given by its p+1 columns, which it destroys. Column k of the stack below the
// diagonal is zero in t, so a reflection touches row k of t and the block only.
// Values must be well inside the range whose squares are finite.
func (t triangle) fold(cols [][]float64) {
	for k, v := range cols {
		row := t.row(k)
		ss := floats.Dot(v, v)
		if ss == 0 {
			continue
		}
		head := row[k]
		norm := math.Sqrt(head*head + ss)
		if head > 0 {
			norm = -norm
		}
		// The reflector is I - u u'/beta with u = (head-norm, v): the sign of
		// norm makes the subtraction free of cancellation.
		u0 := head - norm
		beta := -norm * u0
		row[k] = norm
		for j := k + 1; j < len(cols); j++ {
			c := cols[j]
			s := (u0*row[j] + floats.Dot(v, c)) / beta
			if s == 0 {
				continue
			}
			row[j] -= s * u0
			floats.AddScaled(c, -s, v)
		}
	}
}

// columnNorm returns the norm of column k of R, which is that of column k of J.
func (t triangle) columnNorm(k int) float64 {
	var ss float64
	for i := 0; i <= k; i++ {
		v := t.a[i*(t.p+1)+k]
		ss += v * v
	}
	return math.Sqrt(ss)
}

// cosine returns the largest cosine between the residual and a column of J.
func (t triangle) cosine() float64 {
	w := t.p + 1
	var rr float64
	for i := range w {
		v := t.a[i*w+t.p]
		rr += v * v
	}
	if rr == 0 {
		return 0
	}
	var most float64
	for k := range t.p {
		norm := t.columnNorm(k)
		if norm == 0 {
			continue
		}
		var dot float64
		for i := 0; i <= k; i++ {
			dot += t.a[i*w+k] * t.a[i*w+t.p]
		}
		most = math.Max(most, math.Abs(dot)/norm)
	}
	return most / math.Sqrt(rr)
}

// damped writes into z the minimiser of |R z + c|^2 + sum_k damp_k^2 z_k^2,
// where c is the last column of t. work is scratch, a triangle of the same
// size; line is scratch of length p+1. It returns false if the damped system is
// singular to working precision.
func (t triangle) damped(z, damp []float64, work triangle, line []float64) bool {
	p, w := t.p, t.p+1
	copy(work.a, t.a)
	for k := range p {
		if damp[k] == 0 {
			continue
		}
		// Fold the row damp_k e_k into the triangle by plane rotations. It
		// fills in to the right as it goes down.
		clear(line)
		line[k] = damp[k]
		for i := k; i < p; i++ {
			if line[i] == 0 {
				continue
			}
			row := work.a[i*w : (i+1)*w]
			h := math.Hypot(row[i], line[i])
			c, s := row[i]/h, line[i]/h
			row[i] = h
			for j := i + 1; j < w; j++ {
				a, b := row[j], line[j]
				row[j] = c*a + s*b
				line[j] = c*b - s*a
			}
		}
	}
	for i := p - 1; i >= 0; i-- {
		row := work.a[i*w : (i+1)*w]
		if row[i] == 0 {
			return false
		}
		sum := -row[p]
		for j := i + 1; j < p; j++ {
			sum -= row[j] * z[j]
		}
		z[i] = sum / row[i]
		if math.IsNaN(z[i]) || math.IsInf(z[i], 0) {
			return false
		}
	}
	return true
}

// imageNorm2 returns |R z|^2.
func (t triangle) imageNorm2(z []float64) float64 {
	var ss float64
	for i := range t.p {
		row := t.row(i)
		v := floats.Dot(row[i:t.p], z[i:])
		ss += v * v
	}
	return ss
}
