package levmar

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

func normals(rng *rand.Rand, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	return v
}

func TestTileEqualsPlainGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		stride := 8 * rapid.IntRange(3, 9).Draw(t, "stride")
		depth := rapid.IntRange(0, 16).Draw(t, "depth")
		m := normals(rng, 40*stride)
		k := append([]float64(nil), m...)
		SubtractTile(m, stride, 20*stride+8, 4, 16, depth)
		subtractTileGo(k, stride, 20*stride+8, 4, 16, depth)
		for i := range m {
			// The order of additions may differ.
			if math.Abs(m[i]-k[i]) > 1e-12*(1+math.Abs(k[i])) {
				t.Fatalf("element %d is %v, want %v", i, m[i], k[i])
			}
		}
	})
}

func TestCholeskyAgainstGonum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		n := rapid.IntRange(1, 70).Draw(t, "n")
		x := mat.NewDense(2*n, n, normals(rng, 2*n*n))
		var s mat.SymDense
		s.SymOuterK(1, x.T())
		c := NewCholesky(n)
		for i := range n {
			for j := i; j < n; j++ {
				c.A[i*c.Stride+j] = s.At(i, j)
			}
			for j := range i {
				c.A[i*c.Stride+j] = math.NaN() // must not be looked at
			}
		}
		if !c.Factorize() {
			t.Fatal("not positive definite")
		}
		b := normals(rng, n)
		got := append([]float64(nil), b...)
		c.Solve(got)
		var ref mat.Cholesky
		if !ref.Factorize(&s) {
			t.Fatal("gonum: not positive definite")
		}
		var want mat.VecDense
		if err := ref.SolveVecTo(&want, mat.NewVecDense(n, b)); err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if math.Abs(got[i]-want.AtVec(i)) > 1e-9*(1+math.Abs(got[i])) {
				t.Errorf("x[%d] = %v, want %v", i, got[i], want.AtVec(i))
			}
		}
	})
}

func TestCholeskyRefuses(t *testing.T) {
	for name, m := range map[string][]float64{
		"negative":   {1, 0, 0, -1},
		"zero":       {0, 0, 0, 0},
		"indefinite": {1, 2, 2, 1},
		"NaN":        {1, 0, 0, math.NaN()},
		"NaN above":  {1, math.NaN(), 0, 1},
		"infinite":   {math.Inf(1), 0, 0, 1},
	} {
		c := NewCholesky(2)
		c.A[0], c.A[1], c.A[c.Stride+1] = m[0], m[1], m[3]
		if c.Factorize() {
			t.Errorf("%s: accepted", name)
		}
	}
}
