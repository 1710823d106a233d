package kan

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kansym/kansym/library"
	"pgregory.net/rapid"
)

func TestNewRejects(t *testing.T) {
	for _, c := range []struct {
		name, want string
		shape      []int
		opt        NewOptions
	}{
		{"no layers", "want the number of inputs", []int{2}, NewOptions{}},
		{"empty layer", "at least one node", []int{2, 0, 1}, NewOptions{}},
		{"two outputs", "one output", []int{2, 3, 2}, NewOptions{}},
		{"names", "3 names for 2 inputs", []int{2, 1}, NewOptions{Inputs: []string{"a", "b", "c"}}},
		{"grid", "grid of -1", []int{2, 1}, NewOptions{Grid: -1}},
	} {
		if _, err := New(c.shape, c.opt); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

// A new network adds its inputs up, or multiplies them.
func TestNewIsTransparent(t *testing.T) {
	net, err := New([]int{3, 1}, NewOptions{Inputs: []string{"a", "b", "c"}})
	if err != nil {
		t.Fatal(err)
	}
	product, err := New([]int{3, 1}, NewOptions{Ops: [][]Op{{Product}}, Grid: 7})
	if err != nil {
		t.Fatal(err)
	}
	cols := [][]float64{{0.1, -2}, {0.5, 3}, {-0.2, 0.5}}
	sum, prod := make([]float64, 2), make([]float64, 2)
	net.Predict(sum, cols)
	product.Predict(prod, cols)
	for r := range sum {
		if want := cols[0][r] + cols[1][r] + cols[2][r]; math.Abs(sum[r]-want) > 1e-12 {
			t.Errorf("sum %v, want %v", sum[r], want)
		}
		if want := cols[0][r] * cols[1][r] * cols[2][r]; math.Abs(prod[r]-want) > 1e-12 {
			t.Errorf("product %v, want %v", prod[r], want)
		}
	}
	if got := net.Shape(); !slices.Equal(got, []int{3, 1}) {
		t.Errorf("shape %v", got)
	}
	if got := product.NumParams(); got != 3*(7+3) {
		t.Errorf("%d parameters", got)
	}
}

func TestNodesWithoutEdges(t *testing.T) {
	for op, want := range map[Op]float64{Sum: 0, Product: 1} {
		net, err := New([]int{1, 1, 1}, NewOptions{Ops: [][]Op{{op}}})
		if err != nil {
			t.Fatal(err)
		}
		net.Layers[0].Edges[0] = ZeroEdge()
		got := make([]float64, 1)
		net.Predict(got, [][]float64{{5}})
		if got[0] != want {
			t.Errorf("%v of nothing is %v, want %v", op, got[0], want)
		}
		grad := [][]float64{{7}}
		net.Gradient(nil, grad, [][]float64{{5}})
		if grad[0][0] != 0 {
			t.Errorf("derivative %v", grad[0][0])
		}
	}
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	sin, _ := library.Lookup("sin")
	for _, c := range []struct {
		want   string
		change func(*Network)
	}{
		{"without layers", func(n *Network) { n.Layers = nil }},
		{"3 inputs", func(n *Network) { n.Inputs = append(n.Inputs, "z") }},
		{"scale 0", func(n *Network) { n.InputScale[1] = 0 }},
		{"scale NaN", func(n *Network) { n.OutputScale = math.NaN() }},
		{"layer 1: 1 edges", func(n *Network) { n.Layers[1].Edges = n.Layers[1].Edges[:1] }},
		{"layer 1 takes 3", func(n *Network) {
			n.Layers[1] = &Layer{In: 3, Out: 1, Ops: make([]Op, 1), Edges: []*Edge{{}, {}, {}}}
		}},
		{"edge 0:1:0: missing", func(n *Network) { n.Layers[0].Edges[1] = nil }},
		{"edge 0:0:1: spline", func(n *Network) { n.Layers[0].Edges[2].Spline = nil }},
		{"wrong grid", func(n *Network) { n.Layers[0].Edges[2].Spline.Hi = -5 }},
		{"wrong grid", func(n *Network) { n.Layers[0].Edges[2].Spline.N = 9 }},
		{"coefficient +Inf", func(n *Network) { n.Layers[0].Edges[2].Spline.Coef[0] = math.Inf(1) }},
		{"without a function", func(n *Network) { n.Layers[0].Edges[2] = NamedEdge(nil, 1, 0, 1, 0) }},
		{"constant NaN", func(n *Network) { n.Layers[0].Edges[2] = NamedEdge(sin, 1, math.NaN(), 1, 0) }},
		{"unknown kind", func(n *Network) { n.Layers[0].Edges[2].Kind = 9 }},
		{"2 outputs", func(n *Network) { n.Layers = n.Layers[:1] }},
	} {
		net, err := New([]int{2, 2, 1}, NewOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := net.Check(); err != nil {
			t.Fatal(err)
		}
		c.change(net)
		if err := net.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}

func TestCloneSharesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net := anyNetwork(t)
		c := net.Clone()
		same := cmp.Comparer(func(a, b *library.Func) bool { return a == b })
		if d := cmp.Diff(net, c, same); d != "" {
			t.Fatalf("clone differs:\n%s", d)
		}
		before := net.Clone()
		for k := range c.InputScale {
			c.InputScale[k] *= 2
			c.Inputs[k] = "other"
		}
		for _, l := range c.Layers {
			l.Ops[0] = 1 - l.Ops[0]
			for _, e := range l.Edges {
				e.affine(2, 1)
				e.Fixed = !e.Fixed
			}
		}
		if d := cmp.Diff(before, net, same); d != "" {
			t.Errorf("changing the clone changed the network:\n%s", d)
		}
	})
}

// Moving grids and rescaling hidden nodes leaves the function as it is, where
// the new grids divide the old ones.
func TestRespanKeepsTheFunction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net := anyNetwork(t)
		for i := range net.InputScale {
			net.InputScale[i] = 1
		}
		net.OutputScale = 1
		cols := drawColumns(len(net.Inputs), 50, 3)
		d := newRowSet(cols, make([]float64, 50), nil, net.InputScale, 1)
		before, after := make([]float64, 50), make([]float64, 50)
		net.Predict(before, cols)
		lo, hi := nodeRanges(net, d)
		for l := 1; l < len(net.Layers); l++ {
			for i := range net.Layers[l].In {
				if finite(lo[l][i]) && finite(hi[l][i]) {
					a, b := net.normalizeNode(l, i, lo[l][i], hi[l][i])
					if !(a <= b) {
						t.Fatalf("range %v to %v", a, b)
					}
				}
			}
		}
		net.Predict(after, cols)
		for r := range before {
			if math.Abs(before[r]) < 1e6 && math.Abs(before[r]-after[r]) > 1e-8*(1+math.Abs(before[r])) {
				t.Fatalf("row %d: %v became %v", r, before[r], after[r])
			}
		}
	})
}

func TestHoldOut(t *testing.T) {
	cols, y := drawRows(helloWorld, 2, 101, -1, 1, 1)
	d := Data{Cols: cols, Y: y, W: y}.HoldOut(3)
	if len(d.Y) != 81 || len(d.HeldY) != 20 || len(d.Cols[1]) != 81 || len(d.HeldCols[1]) != 20 || len(d.HeldW) != 20 {
		t.Errorf("%d and %d rows", len(d.Y), len(d.HeldY))
	}
	all := slices.Sorted(slices.Values(append(slices.Clone(d.Y), d.HeldY...)))
	if want := slices.Sorted(slices.Values(y)); !slices.Equal(all, want) {
		t.Error("rows were lost")
	}
	if again := (Data{Cols: cols, Y: y, W: y}).HoldOut(3); !slices.Equal(again.HeldY, d.HeldY) {
		t.Error("the same seed holds out other rows")
	}
	if few := (Data{Cols: [][]float64{y[:5]}, Y: y[:5]}).HoldOut(3); len(few.Y) != 5 || len(few.HeldY) != 5 {
		t.Error("of five rows some were set aside")
	}
}

func TestScalesArePowersOfTwo(t *testing.T) {
	for _, v := range []float64{1, 0.75, 3, 1e-30, 1e30, math.MaxFloat64, math.SmallestNonzeroFloat64} {
		s := powerOfTwoFor(v)
		if f, _ := math.Frexp(s); f != 0.5 || !finite(1/s) || s*v > 1 && v < 1e300 {
			t.Errorf("scale %v for %v", s, v)
		}
	}
	if powerOfTwoFor(0) != 1 {
		t.Error("scale of zero")
	}
	if mean, sd := spread([]float64{1e308, -1e308}, nil); mean != 0 || math.Abs(sd/1e308-1) > 1e-12 {
		t.Errorf("mean %v, deviation %v", mean, sd)
	}
}
