package relu_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/bspline"
	"github.com/kansym/kansym/kan/relu"
	"github.com/kansym/kansym/library"
)

// draw makes a network of random curves. Some edges are absent; with named,
// some are polynomials or |x|, and with products some nodes multiply.
func draw(t *rapid.T, named, products bool) *kan.Network {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	shape := rapid.SampledFrom([][]int{{1, 1}, {2, 1}, {3, 1}, {2, 3, 1}, {3, 2, 2, 1}, {4, 5, 1}}).Draw(t, "shape")
	net, err := kan.New(shape, kan.NewOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range net.InputScale {
		net.InputScale[i] = math.Ldexp(1, rng.IntN(5)-2)
	}
	net.OutputScale = math.Ldexp(1, rng.IntN(7)-3)
	names := []string{"x", "x^2", "x^3", "abs", "1"}
	for _, l := range net.Layers {
		for j := range l.Ops {
			if products && rng.IntN(3) == 0 {
				l.Ops[j] = kan.Product
			}
		}
		for k := range l.Edges {
			switch {
			case len(l.Edges) > 2 && rng.IntN(5) == 0:
				l.Edges[k] = kan.ZeroEdge()
			case named && rng.IntN(3) == 0:
				f, _ := library.Lookup(names[rng.IntN(len(names))])
				l.Edges[k] = kan.NamedEdge(f, rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64())
			default:
				lo := -1 - rng.Float64()
				if rng.IntN(2) == 0 {
					lo = -1.5 // so that some curves share a grid
				}
				s := bspline.New(bspline.NewGrid(lo, 1.5, 1+rng.IntN(3)*7))
				for i := range s.Coef {
					s.Coef[i] = rng.NormFloat64()
				}
				l.Edges[k] = kan.SplineEdge(s)
			}
		}
	}
	return net
}

// rows returns points inside and far outside of the grids.
func rows(net *kan.Network, n int) [][]float64 {
	rng := rand.New(rand.NewPCG(5, 6))
	cols := make([][]float64, len(net.Inputs))
	for i := range cols {
		for r := range n {
			x := rng.NormFloat64()
			if r%10 == 0 {
				x *= 20
			}
			cols[i] = append(cols[i], x)
		}
	}
	return cols
}

// compare returns the largest difference between the two networks and the
// largest part of it that rounding does not explain.
func compare(t *rapid.T, net *kan.Network, m *relu.Network) (most, unexplained float64) {
	const n = 60
	cols := rows(net, n)
	want := make([]float64, n)
	net.Predict(want, cols)
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	x := make([]float64, len(cols))
	for r := range want {
		for i := range cols {
			x[i] = cols[i][r]
		}
		d := math.Abs(m.Eval(x) - want[r])
		most = max(most, d)
		unexplained = max(unexplained, d-m.Bound-rounding(m, x))
	}
	return most, unexplained
}

// rounding is how far rounding can bring the output from its true value: errors
// of 8 units in the last place of every term, followed through the layers.
func rounding(m *relu.Network, x []float64) float64 {
	const eps = 8 * 0x1p-53
	size := make([]float64, len(x)) // errors of x
	for _, l := range m.Layers {
		next, errs := make([]float64, len(l.Bias)), make([]float64, len(l.Bias))
		for k, row := range l.Weights {
			z, e := l.Bias[k], eps*math.Abs(l.Bias[k])
			for i, w := range row {
				z += w * x[i]
				e += math.Abs(w)*size[i] + eps*math.Abs(w*x[i])
			}
			switch up := max(z, 0) + e; l.Activations[k] {
			case relu.Identity:
				next[k], errs[k] = z, e
			case relu.ReLU:
				next[k], errs[k] = max(z, 0), e
			case relu.ReLU2:
				next[k], errs[k] = max(z, 0)*max(z, 0), 2*up*e
			case relu.ReLU3:
				next[k], errs[k] = math.Pow(max(z, 0), 3), 3*up*up*e
			}
		}
		x, size = next, errs
	}
	return size[0]
}

// With squares and cubes of ReLUs the perceptron is the network.
func TestExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net := draw(t, true, true)
		m, err := relu.From(net, relu.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if m.Bound != 0 {
			t.Fatalf("bound %g of an exact perceptron", m.Bound)
		}
		if most, bad := compare(t, net, m); bad > 0 {
			t.Fatalf("differs by up to %g", most)
		}
	})
}

// With plain ReLUs the difference stays below the bound, which falls with the
// square of the number of pieces.
func TestBound(t *testing.T) {
	tight := 0.0
	rapid.Check(t, func(t *rapid.T) {
		net := draw(t, false, false)
		before := 0.0
		for _, pieces := range []int{2, 4, 8} {
			m, err := relu.From(net, relu.Options{Pieces: pieces})
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range m.Layers {
				for _, a := range l.Activations {
					if a != relu.ReLU && a != relu.Identity {
						t.Fatalf("activation %s", a)
					}
				}
			}
			most, bad := compare(t, net, m)
			if bad > 0 {
				t.Fatalf("%d pieces differ by %g, more than the bound %g", pieces, most, m.Bound)
			}
			if len(net.Layers) == 1 && m.Bound > 0 {
				tight = max(tight, most/m.Bound)
			}
			if before > 0 && math.Abs(before/m.Bound-4) > 1e-6 {
				t.Fatalf("the bound falls from %g to %g", before, m.Bound)
			}
			before = m.Bound
		}
	})
	// On single curves the bound must be near the truth, not just safe.
	if tight < 0.5 {
		t.Errorf("the largest error is %g of its bound", tight)
	}
}

// A curve that is straight is exact with one piece.
func TestStraight(t *testing.T) {
	net, err := kan.New([]int{3, 2, 1}, kan.NewOptions{Grid: 9})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range net.Layers {
		for k, e := range l.Edges {
			e.Spline = bspline.Linear(e.Spline.Grid, float64(k)-1.3, 0.7)
		}
	}
	m, err := relu.From(net, relu.Options{Pieces: 1})
	if err != nil {
		t.Fatal(err)
	}
	if m.Bound > 1e-13 { // coefficients of a straight curve are rounded
		t.Errorf("bound %g", m.Bound)
	}
	for _, x := range [][]float64{{0.1, -0.4, 0.9}, {3, -8, 0}, {-1, 1, 2}} {
		want := make([]float64, 1)
		net.Predict(want, [][]float64{x[:1], x[1:2], x[2:]})
		if got := m.Eval(x); math.Abs(got-want[0]) > 1e-12*(1+math.Abs(want[0])) {
			t.Errorf("%v: %v, want %v", x, got, want[0])
		}
	}
}

func TestRefused(t *testing.T) {
	sin, _ := library.Lookup("sin")
	net, err := kan.New([]int{2, 2, 1}, kan.NewOptions{Ops: [][]kan.Op{{kan.Product}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := relu.From(net, relu.Options{Pieces: 3}); err == nil || !strings.Contains(err.Error(), "node 0 of layer 1 is a product") {
		t.Errorf("a product with plain ReLUs: %v", err)
	}
	net.Layers[0].Edges[1] = kan.NamedEdge(sin, 1, 0, 1, 0)
	if _, err := relu.From(net, relu.Options{}); err == nil || !strings.Contains(err.Error(), "edge 0:1:0 is named sin") {
		t.Errorf("a sine: %v", err)
	}
	net.Layers[0].Edges[2] = kan.NamedEdge(library.Power(-1), 1, 0, 1, 0)
	net.Layers[0].Edges[0] = kan.NamedEdge(library.Power(2), 1, 0, 1, 0)
	if _, err := relu.From(net, relu.Options{Pieces: 1}); err == nil || !strings.Contains(err.Error(), "edge 0:1:0 is named sin and edge 0:0:1 is named 1/x, which") ||
		!strings.Contains(err.Error(), "kansym unfix MODEL DATA --edge 0:1:0 -m NEW") {
		t.Errorf("two names: %v", err)
	}
	net.Layers[0].Edges[2] = kan.ZeroEdge()
	net.Layers[1].Edges[0] = kan.ZeroEdge() // now the sine leads nowhere
	if _, err := relu.From(net, relu.Options{}); err != nil {
		t.Errorf("a sine that leads nowhere: %v", err)
	}
	square, err := kan.New([]int{1, 1}, kan.NewOptions{})
	if err != nil {
		t.Fatal(err)
	}
	square.Layers[0].Edges[0] = kan.NamedEdge(library.Power(2), 1, 0, 1, 0)
	if _, err := relu.From(square, relu.Options{Pieces: 1}); err == nil || !strings.Contains(err.Error(), "edge 0:0:0 is named x^2, which takes squares or cubes of rectified linear units: leave out the pieces") {
		t.Errorf("a square with plain ReLUs: %v", err)
	}
	if _, err := relu.From(square, relu.Options{}); err != nil {
		t.Errorf("a square: %v", err)
	}
	if _, err := relu.From(net, relu.Options{Pieces: -1}); err == nil {
		t.Error("negative pieces were taken")
	}
	big, err := kan.New([]int{40, 40, 1}, kan.NewOptions{Grid: 200})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := relu.From(big, relu.Options{}); err == nil || !strings.Contains(err.Error(), "prune") {
		t.Errorf("matrices without bound: %v", err)
	}
}

// A fine grid costs no digits, which truncated powers would.
func TestFineGrid(t *testing.T) {
	s := bspline.New(bspline.NewGrid(0, 1, 500))
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range s.Coef {
		s.Coef[i] = rng.NormFloat64()
	}
	net, err := kan.New([]int{1, 1}, kan.NewOptions{})
	if err != nil {
		t.Fatal(err)
	}
	net.Layers[0].Edges[0] = kan.SplineEdge(s)
	m, err := relu.From(net, relu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for r := range 200 {
		x := float64(r) / 199
		// 500 intervals amplify the rounding of x by as much.
		if got, want := m.Eval([]float64{x}), s.Eval(x); math.Abs(got-want) > 1e-12 {
			t.Errorf("at %g: %v, want %v", x, got, want)
		}
	}
}
