package kan

import "math"

// cholesky is a symmetric positive definite matrix of order n that is
// decomposed in place into U'U and solved. gonum's decomposition starts
// goroutines and allocates at every call and took three to five times as long
// at our sizes (hundreds); where J'J is formed by the kernels of this package,
// it would have been most of a training step.
type cholesky struct {
	n, stride int
	// a holds the upper triangle by rows, each of stride elements, a multiple
	// of 8. Elements right of column n are zero; those below the diagonal and
	// up to three rows below the matrix hold leftovers.
	a []float64
}

// strideFor returns a row length for matrices of order n, a multiple of 8.
func strideFor(n int) int {
	s := (n + 7) &^ 7
	if s%64 == 0 {
		s += 8 // rows at multiples of 512 bytes compete for the same cache sets
	}
	return s
}

func newCholesky(n int) *cholesky {
	s := strideFor(n)
	return &cholesky{n: n, stride: s, a: make([]float64, ((n+3)&^3)*s)}
}

// choleskyPanel rows are eliminated at a time, a multiple of 8.
const choleskyPanel = 16

// factorize decomposes a; it returns false when a is not positive definite to
// rounding or not finite.
func (c *cholesky) factorize() bool {
	for k0 := 0; k0 < c.n; k0 += choleskyPanel {
		end := min(k0+choleskyPanel, c.n)
		for k := k0; k < end; k++ {
			row := c.a[k*c.stride+k : (k+1)*c.stride]
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
				dst := c.a[i*c.stride+i : (i+1)*c.stride]
				src := row[i-k:]
				src = src[:len(dst)]
				for j, v := range src {
					dst[j] -= f * v
				}
			}
		}
		// What is left, minus the outer products of the rows done.
		for i := end; i < c.n; i += 4 {
			for j := i &^ 7; j < c.stride; j += 8 {
				subtractTile(c.a, c.stride, i*c.stride+j, k0*c.stride+i, k0*c.stride+j, end-k0)
			}
		}
	}
	return true
}

// solve replaces b by the solution of U'U x = b.
func (c *cholesky) solve(b []float64) {
	for k := range c.n {
		row := c.a[k*c.stride+k : k*c.stride+c.n]
		b[k] /= row[0]
		f := b[k]
		rest := b[k+1 : c.n]
		row = row[1:][:len(rest)]
		for j, v := range row {
			rest[j] -= f * v
		}
	}
	for k := c.n - 1; k >= 0; k-- {
		row := c.a[k*c.stride+k : k*c.stride+c.n]
		sum := b[k]
		rest := b[k+1 : c.n]
		for j, v := range row[1:][:len(rest)] {
			sum -= v * rest[j]
		}
		b[k] = sum / row[0]
	}
}
