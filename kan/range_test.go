package kan

import (
	"math"
	"strings"
	"testing"

	"github.com/kansym/kansym/library"
	"pgregory.net/rapid"
)

func TestCheckRange(t *testing.T) {
	sin, ok := library.Lookup("sin")
	if !ok {
		t.Fatal("no sin")
	}
	for _, c := range []struct {
		name string
		op   Op
		a, b float64 // coefficients of the two edges
		want string  // "" for none
	}{
		{"moderate", Sum, 1e3, -1e5, ""},
		{"large but finite", Sum, 1e149, 1e149, ""},
		{"a sum that overflows", Sum, 1e308, -1e308, "edge 0:0:0"},
		{"the second overflows", Sum, 1, -1.5e308, "edge 0:1:0"},
		{"a product that overflows", Product, 1e100, 1e100, "edge 0:1:0"},
		{"a product of large and small", Product, 1e100, 1e-100, ""},
	} {
		n := network(t, []int{2, 1}, line(c.a, 0), line(c.b, 0))
		n.Layers[0].Ops[0] = c.op
		for i, v := range []float64{c.a, c.b} {
			for k := range n.Layers[0].Edges[i].Spline.Coef {
				n.Layers[0].Edges[i].Spline.Coef[k] = v
			}
		}
		err := n.CheckRange()
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	for i, c := range []struct {
		edge  *Edge
		scale float64
		want  string // "" for none
	}{
		{NamedEdge(sin, 1e149, -1e149, 1e149, 1), 1, ""},
		{NamedEdge(sin, 1, 0, 1, -1e308), 1, "edge 0:0:0: the constant 1e+308 is too large"},
		{NamedEdge(sin, 1, 0, 1, 0), math.Ldexp(1, 1023), ""},
		{line(1, 0), math.Ldexp(1, 1022), ""},
		{line(4, 0), math.Ldexp(1, 1023), "the output scale"},
	} {
		n := network(t, []int{1, 1}, c.edge)
		n.OutputScale = c.scale
		if err := n.CheckRange(); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d: %v, want %q", i, err, c.want)
		}
	}
}

// Networks of curves that pass are finite wherever the curves are on their
// grids.
func TestCheckRangeMeansFinite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, err := New([]int{2, 1}, NewOptions{})
		if err != nil {
			t.Fatal(err)
		}
		n.Layers[0].Ops[0] = rapid.SampledFrom([]Op{Sum, Product}).Draw(t, "op")
		for _, e := range n.Layers[0].Edges {
			size := math.Pow(10, rapid.Float64Range(-5, 308).Draw(t, "size"))
			for k := range e.Spline.Coef {
				e.Spline.Coef[k] = size * rapid.Float64Range(-1, 1).Draw(t, "coefficient")
			}
		}
		if n.CheckRange() != nil {
			return
		}
		s := n.Layers[0].Edges[0].Spline
		out := make([]float64, 3)
		n.Predict(out, [][]float64{{s.Lo, s.Lo/2 + s.Hi/2, s.Hi}, {s.Hi, s.Lo/2 + s.Hi/2, s.Lo}})
		for _, y := range out {
			if !finite(y) {
				t.Fatalf("%v passes and gives %v", n.Layers[0].Edges[0].Spline.Coef, y)
			}
		}
	})
}
