package kan

import (
	"context"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kansym/kansym/library"
)

// steered is a trained network with a product node and its data.
func steered(t testing.TB) (*Network, Data) {
	t.Helper()
	d := law(21, 3, 300, 0.5, 2, 0, func(x []float64) float64 { return math.Exp(-x[0]*x[1]) + math.Sin(x[2]) })
	template, err := New([]int{3, 3, 2, 1}, NewOptions{Ops: [][]Op{{Sum, Product, Sum}, {Product, Sum}, {Product}}})
	if err != nil {
		t.Fatal(err)
	}
	net, _, err := TrainTopology(context.Background(), template, d, TrainOptions{Grid: []int{4}, MaxIter: 15, Starts: 2})
	if err != nil {
		t.Fatal(err)
	}
	return net, d
}

// apart is the largest difference of two networks on rows, relative to the
// largest value.
func apart(t testing.TB, a, b *Network, cols [][]float64) float64 {
	t.Helper()
	if err := b.Check(); err != nil {
		t.Fatal(err)
	}
	x, y := make([]float64, len(cols[0])), make([]float64, len(cols[0]))
	a.Predict(x, cols)
	b.Predict(y, cols)
	most, size := 0.0, 0.0
	for r := range x {
		most = math.Max(most, math.Abs(x[r]-y[r]))
		size = math.Max(size, math.Abs(x[r]))
	}
	return most / size
}

// Whatever is added or exchanged, the function is the same but for rounding.
func TestReshapedNetworksAreTheSameFunction(t *testing.T) {
	net, d := steered(t)
	rapid.Check(t, func(t *rapid.T) {
		n := net
		for range rapid.IntRange(1, 4).Draw(t, "steps") {
			hidden := rapid.IntRange(1, len(n.Layers)-1).Draw(t, "layer")
			width := n.Layers[hidden-1].Out
			var err error
			switch rapid.IntRange(0, 2).Draw(t, "step") {
			case 0:
				op := Op(rapid.IntRange(0, 1).Draw(t, "op"))
				n, err = n.Widen(hidden, rapid.IntRange(1, 3).Draw(t, "count"), op, d.Cols, rapid.Uint64().Draw(t, "seed"))
			case 1:
				n, err = n.Deepen(rapid.IntRange(0, len(n.Layers)).Draw(t, "after"), d.Cols)
			case 2:
				n, err = n.Swap(hidden, rapid.IntRange(0, width-1).Draw(t, "i"), rapid.IntRange(0, width-1).Draw(t, "j"))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		// Each new layer or factor rounds a few times; curves amplify it.
		x, y := make([]float64, len(d.Y)), make([]float64, len(d.Y))
		net.Predict(x, d.Cols)
		n.Predict(y, d.Cols)
		for r := range x {
			if math.Abs(x[r]-y[r]) > 1e-11 {
				t.Fatalf("row %d: %v became %v", r, x[r], y[r])
			}
		}
	})
}

// Nodes that enter sums are added without the change of a bit, and training
// makes use of them.
func TestWidenIsExactAndOfUse(t *testing.T) {
	d := law(22, 2, 400, -1, 1, 0, func(x []float64) float64 { return math.Sin(3*x[0]*x[1]) + x[0] })
	ctx := context.Background()
	net, rep, err := Train(ctx, []int{2, 1, 1}, d, TrainOptions{Grid: []int{6}, MaxIter: 30})
	if err != nil {
		t.Fatal(err)
	}
	wide, err := net.Widen(1, 4, Sum, d.Cols, 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := apart(t, net, wide, d.Cols); diff != 0 {
		t.Errorf("differs by %g", diff)
	}
	_, after, err := wide.Train(ctx, d, TrainOptions{Grid: []int{6}, MaxIter: 60})
	if err != nil {
		t.Fatal(err)
	}
	// One node cannot carry x*y, five can.
	if after.HeldRMSE > 0.2*rep.HeldRMSE {
		t.Errorf("error %.3g, and %.3g with four more nodes", rep.HeldRMSE, after.HeldRMSE)
	}
}

func TestReshapeRefusals(t *testing.T) {
	net, d := steered(t)
	flat, err := New([]int{3, 1}, NewOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		want string
		do   func() error
	}{
		{"no hidden layer 0", func() error { _, err := net.Widen(0, 1, Sum, d.Cols, 0); return err }},
		{"no hidden layer 3", func() error { _, err := net.Widen(3, 1, Sum, d.Cols, 0); return err }},
		{"0 more nodes", func() error { _, err := net.Widen(1, 0, Sum, d.Cols, 0); return err }},
		{"deepen it first", func() error { _, err := flat.Widen(1, 1, Sum, d.Cols, 0); return err }},
		{"no layer 4", func() error { _, err := net.Deepen(4, d.Cols); return err }},
		{"no node 3", func() error { _, err := net.Swap(1, 0, 3); return err }},
		{"spline already", func() error { _, _, err := net.Unfix(EdgeID{0, 0, 0}, d.Cols, 0); return err }},
		{"there is no edge 0:9:0", func() error { _, err := net.EdgeAt(EdgeID{0, 9, 0}); return err }},
		{"there is no edge 7:0:0", func() error { _, err := net.EdgeAt(EdgeID{7, 0, 0}); return err }},
		{"write LAYER:FROM:TO", func() error { _, err := ParseEdgeID("0:1"); return err }},
		{"write LAYER:FROM:TO", func() error { _, err := ParseEdgeID("0:-1:2"); return err }},
	} {
		if err := c.do(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}

func TestUnfix(t *testing.T) {
	d := law(23, 1, 200, 0.5, 4, 0, func(x []float64) float64 { return x[0] })
	for name, most := range map[string]float64{"x": 1e-14, "sin": 1e-5, "log": 1e-5, "exp": 1e-5, "1/x": 1e-5, "sqrt": 1e-5} {
		f, ok := library.Lookup(name)
		if !ok {
			t.Fatal(name)
		}
		net, err := New([]int{1, 1}, NewOptions{})
		if err != nil {
			t.Fatal(err)
		}
		net.Layers[0].Edges[0] = NamedEdge(f, 1.5, 0.25, -2, 3)
		net.Layers[0].Edges[0].Fixed = true
		free, rep, err := net.Unfix(EdgeID{}, d.Cols, 0)
		if err != nil {
			t.Fatal(err)
		}
		if free.Layers[0].Edges[0].Kind != Spline || free.NumParams() == 0 {
			t.Errorf("%s: is not free", name)
		}
		if diff := apart(t, net, free, d.Cols); diff > most || rep.Relative > 1e-6 {
			t.Errorf("%s: differs by %g, reported %+v", name, diff, rep)
		}
	}
	log, _ := library.Lookup("log")
	net, _ := New([]int{1, 1}, NewOptions{})
	net.Layers[0].Edges[0] = NamedEdge(log, 1, -2, 1, 0)
	if _, _, err := net.Unfix(EdgeID{}, d.Cols, 0); err == nil {
		t.Error("log of negative numbers became a spline")
	}
}

func TestInteractions(t *testing.T) {
	x, _ := library.Lookup("x")
	exp, _ := library.Lookup("exp")
	net, err := New([]int{3, 1, 1}, NewOptions{Ops: [][]Op{{Product}}})
	if err != nil {
		t.Fatal(err)
	}
	// a*b*1, c being constant there.
	one, _ := library.Lookup("1")
	first := net.Layers[0].Edges
	first[0], first[1], first[2] = NamedEdge(x, 1, 0, 1, 0), NamedEdge(x, 1, 0, 1, 0), NamedEdge(one, 1, 0, 1, 0)
	net.Layers[1].Edges[0] = NamedEdge(x, 1, 0, 1, 0)
	d := law(24, 3, 5000, -1, 1, 0, func(x []float64) float64 { return x[0] * x[1] })
	got := net.Interactions(d.Cols, nil)
	// The second derivative is 1, the deviations 1/sqrt(3) each and 1/3 of the
	// product; 5000 rows know them to a few percent.
	if len(got) != 3 || math.Abs(got[0].Strength-1) > 0.05 || got[1].Strength != 0 || got[2].Strength != 0 {
		t.Errorf("interactions %+v, want 1 of the first pair alone", got)
	}
	sum, err := New([]int{2, 1}, NewOptions{})
	if err != nil {
		t.Fatal(err)
	}
	sum.Layers[0].Edges[0] = NamedEdge(exp, 1, 0, 1, 0)
	if got := sum.Interactions(d.Cols[:2], nil); got[0].Strength != 0 {
		t.Errorf("terms of a sum interact by %g", got[0].Strength)
	}
}

func TestSummarize(t *testing.T) {
	net, err := New([]int{1, 1}, NewOptions{}) // the identity
	if err != nil {
		t.Fatal(err)
	}
	d := Data{
		Cols: [][]float64{{-1, 0, 1}}, Y: []float64{-1, 0, 2}, W: []float64{1, 1, 2},
		HeldCols: [][]float64{{0.5, 0.5}}, HeldY: []float64{0.5, 1.5},
	}
	s, err := net.Summarize(d, 3)
	if err != nil {
		t.Fatal(err)
	}
	if s.Rows != 3 || s.RowsHeldout != 2 || s.Seed != 3 ||
		math.Abs(s.RMSETrain-math.Sqrt(0.5)) > 1e-15 || math.Abs(s.RMSEHeldout-math.Sqrt(0.5)) > 1e-15 {
		t.Errorf("%+v", s)
	}
	log, _ := library.Lookup("log")
	net.Layers[0].Edges[0] = NamedEdge(log, 1, 0, 1, 0)
	if _, err := net.Summarize(d, 3); err == nil || !strings.Contains(err.Error(), "not finite on 2 of 5 rows") {
		t.Errorf("error %v", err)
	}
}
