package levmar

import "math"

// Cholesky is a symmetric positive definite matrix of order N that is
// decomposed in place into U'U and solved. gonum's decomposition starts
// goroutines and allocates at every call and took three to five times as long
// at our sizes (hundreds); where J'J is formed by kernels in assembly, it would
// have been most of a training step.
type Cholesky struct {
	N, Stride int
	// A holds the upper triangle by rows, each of Stride elements, a multiple
	// of 8. Elements right of column N are zero; those below the diagonal and
	// up to three rows below the matrix hold leftovers.
	A []float64
}

// StrideFor returns a row length for matrices of order n, a multiple of 8.
func StrideFor(n int) int {
	s := (n + 7) &^ 7
	if s%64 == 0 {
		s += 8 // rows at multiples of 512 bytes compete for the same cache sets
	}
	return s
}

// NewCholesky returns a matrix of order n that is zero.
func NewCholesky(n int) *Cholesky {
	s := StrideFor(n)
	return &Cholesky{N: n, Stride: s, A: make([]float64, ((n+3)&^3)*s)}
}

// choleskyPanel rows are eliminated at a time, a multiple of 8.
const choleskyPanel = 16

// Factorize decomposes A; it returns false when A is not positive definite to
// rounding or not finite.
func (c *Cholesky) Factorize() bool {
	for k0 := 0; k0 < c.N; k0 += choleskyPanel {
		end := min(k0+choleskyPanel, c.N)
		for k := k0; k < end; k++ {
			row := c.A[k*c.Stride+k : (k+1)*c.Stride]
			pivot := row[0]
			if !(pivot > 0) || math.IsInf(pivot, 1) {
				return false
			}
			inv := 1 / math.Sqrt(pivot)
			for j := range row {
				row[j] *= inv
			}
			for i := k + 1; i < end; i++ {
				f := row[i-k]
				dst := c.A[i*c.Stride+i : (i+1)*c.Stride]
				src := row[i-k:]
				src = src[:len(dst)]
				for j, v := range src {
					dst[j] -= f * v
				}
			}
		}
		// What is left, minus the outer products of the rows done.
		for i := end; i < c.N; i += 4 {
			for j := i &^ 7; j < c.Stride; j += 8 {
				SubtractTile(c.A, c.Stride, i*c.Stride+j, k0*c.Stride+i, k0*c.Stride+j, end-k0)
			}
		}
	}
	return true
}

// Solve replaces b by the solution of U'U x = b.
func (c *Cholesky) Solve(b []float64) {
	for k := range c.N {
		row := c.A[k*c.Stride+k : k*c.Stride+c.N]
		b[k] /= row[0]
		f := b[k]
		rest := b[k+1 : c.N]
		row = row[1:][:len(rest)]
		for j, v := range row {
			rest[j] -= f * v
		}
	}
	for k := c.N - 1; k >= 0; k-- {
		row := c.A[k*c.Stride+k : k*c.Stride+c.N]
		sum := b[k]
		rest := b[k+1 : c.N]
		for j, v := range row[1:][:len(rest)] {
			sum -= v * rest[j]
		}
		b[k] = sum / row[0]
	}
}

// Step writes into dst the solution of (H + D) x = g, where h is the upper
// triangle of H in rows of c.Stride elements and D damps each parameter by mu
// times its own diagonal element and, because a parameter that no row touches
// has none, by a little of the mean one. It returns false when mu must be
// raised. What c held is overwritten.
func (c *Cholesky) Step(dst, h, g []float64, mu float64) bool {
	ld := c.Stride
	mean := 0.0
	for i := range c.N {
		mean += h[i*ld+i]
	}
	mean /= float64(c.N)
	if !(mean > 0) || math.IsInf(mean, 0) {
		return false
	}
	for i := range c.N {
		copy(c.A[i*ld+i:(i+1)*ld], h[i*ld+i:(i+1)*ld])
		c.A[i*ld+i] += mu*(h[i*ld+i]+1e-3*mean) + 1e-15*mean
	}
	if !c.Factorize() {
		return false
	}
	copy(dst, g)
	c.Solve(dst)
	for _, x := range dst {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}
