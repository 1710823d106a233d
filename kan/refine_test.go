package kan

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/kansym/kansym/kan/bspline"
	"pgregory.net/rapid"
)

// randomNetwork returns a network with random splines and operations; about
// every fourth edge is absent, but none of those into the output.
func randomNetwork(seed uint64, shape ...int) *Network {
	rng := rand.New(rand.NewPCG(seed, 7))
	n, err := New(shape, NewOptions{})
	if err != nil {
		panic(err)
	}
	for l, layer := range n.Layers {
		for to := range layer.Out {
			if l < len(n.Layers)-1 && rng.IntN(3) == 0 {
				layer.Ops[to] = Product
			}
			for from := range layer.In {
				k := to*layer.In + from
				if l < len(n.Layers)-1 && rng.IntN(4) == 0 {
					layer.Edges[k] = ZeroEdge()
					continue
				}
				lo := -1 - rng.Float64()
				s := bspline.New(bspline.NewGrid(lo, lo+2+rng.Float64(), 1+rng.IntN(6)))
				for i := range s.Coef {
					s.Coef[i] = rng.NormFloat64()
				}
				layer.Edges[k] = SplineEdge(s)
			}
		}
	}
	return n
}

// randomColumns returns n columns of values between lo and hi.
func randomColumns(seed uint64, n, rows int, lo, hi float64) [][]float64 {
	rng := rand.New(rand.NewPCG(seed, 11))
	cols := make([][]float64, n)
	for i := range cols {
		cols[i] = make([]float64, rows)
		for r := range cols[i] {
			cols[i][r] = lo + (hi-lo)*rng.Float64()
		}
	}
	return cols
}

// A refined spline is the same function on the grid, at its knots and beyond.
func TestInsertKnotsIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo := rapid.Float64Range(-5, 5).Draw(t, "lo")
		width := rapid.SampledFrom([]float64{1e-20, 0.3, 2, 1e20}).Draw(t, "width")
		n, m := rapid.IntRange(1, 9).Draw(t, "n"), rapid.IntRange(1, 7).Draw(t, "m")
		lo *= width
		s := bspline.New(bspline.Grid{Lo: lo, Hi: lo + width, N: n})
		size := 0.0
		for i := range s.Coef {
			s.Coef[i] = rapid.Float64Range(-1, 1).Draw(t, "coefficient")
			size = math.Max(size, math.Abs(s.Coef[i]))
		}
		fine := insertKnots(s, m)
		if fine.N != n*m || len(fine.Coef) != n*m+3 {
			t.Fatalf("%d intervals of %d coefficients, want %d", fine.N, len(fine.Coef), n*m)
		}
		for k := -5; k <= 45; k++ {
			x := lo + width*float64(k)/40
			f, df, d2f := s.Derivatives(x)
			g, dg, d2g := fine.Derivatives(x)
			// Where x is a knot the second derivatives agree as well, being
			// continuous. Rounding of x counts n intervals, more beyond.
			scale := size * 1e-12
			if math.Abs(f-g) > scale || math.Abs(df-dg)*width > 100*scale || k != 0 && k != 40 && math.Abs(d2f-d2g)*width*width > 1e4*scale {
				t.Fatalf("at %v of [%v, %v]: %v %v %v, refined %v %v %v", x, s.Lo, s.Hi, f, df, d2f, g, dg, d2g)
			}
		}
	})
}

func TestRefineKeepsTheFunction(t *testing.T) {
	cols := randomColumns(1, 3, 500, -2, 2)
	for seed := range uint64(5) {
		n := randomNetwork(seed, 3, 4, 2, 1)
		n.Layers[0].Edges[0] = SplineEdge(bspline.Linear(bspline.NewGrid(-1, 1, 2), 1, 0))
		n.Layers[0].Edges[0].Fixed = true
		before, after := make([]float64, 500), make([]float64, 500)
		n.Predict(before, cols)
		fine, err := n.Refine(60) // a multiple of 1 to 6
		if err != nil {
			t.Fatal(err)
		}
		fine.Predict(after, cols)
		size := 0.0
		for _, v := range before {
			size = math.Max(size, math.Abs(v))
		}
		for r := range before {
			// Rounding is magnified by the slopes of three layers.
			if math.Abs(before[r]-after[r]) > 1e-10*size {
				t.Errorf("seed %d row %d: %v, refined %v", seed, r, before[r], after[r])
			}
		}
		for l, layer := range fine.Layers {
			for k, e := range layer.Edges {
				if e.Kind == Spline && !e.Fixed && e.Spline.N != 60 {
					t.Errorf("layer %d edge %d has %d intervals", l, k, e.Spline.N)
				}
			}
		}
		if got := fine.Layers[0].Edges[0].Spline.N; got != 2 {
			t.Errorf("a fixed edge was refined to %d intervals", got)
		}
		if again, _ := fine.Refine(30); again.NumParams() != fine.NumParams() {
			t.Error("a finer spline was made coarser")
		}
		if n.NumParams() == fine.NumParams() {
			t.Error("the network itself was changed")
		}
	}
}

// On a grid that is finer but no multiple, a curve is met as closely as its
// third derivative's jumps allow, and a polynomial exactly.
func TestRefineToANonMultiple(t *testing.T) {
	n, err := New([]int{1, 1}, NewOptions{Grid: 5})
	if err != nil {
		t.Fatal(err)
	}
	s := n.Layers[0].Edges[0].Spline
	for i := range s.Coef {
		x := s.Lo + (float64(i)-1)*s.Step()
		s.Coef[i] = math.Sin(2 * x)
	}
	for _, intervals := range []int{7, 12, 13} {
		fine, err := n.Refine(intervals)
		if err != nil {
			t.Fatal(err)
		}
		g := fine.Layers[0].Edges[0].Spline
		if g.N != intervals {
			t.Fatalf("%d intervals, want %d", g.N, intervals)
		}
		for k := range 101 {
			x := -1 + 2*float64(k)/100
			if d := math.Abs(g.Eval(x) - s.Eval(x)); d > 2e-3 {
				t.Errorf("%d intervals, at %v: off by %v", intervals, x, d)
			}
		}
	}
	for _, bad := range []int{0, -3, maxIntervals + 1} {
		if _, err := n.Refine(bad); err == nil {
			t.Errorf("grid of %d accepted", bad)
		}
	}
}
