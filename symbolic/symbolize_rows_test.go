package symbolic

import (
	"context"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/kansym/kansym/kan"
)

// The names of a network of other powers than it was trained with are compared with
// the curves of those powers, and so are the runners-up.
func TestSymbolizeComparesInFinalGauge(t *testing.T) {
	data := dampedData()
	net := powersNetwork(t, data)
	_, rep, err := Symbolize(context.Background(), net, data, nil, SymbolizeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.Left) > 0 {
		t.Fatalf("left %v", rep.Left)
	}
	exponents := []float64{-0.3, 0.6} // of the nodes of the first layer, as trained
	for _, row := range rep.Edges {
		if row.R2 < 0.999999 {
			t.Errorf("edge %d:%d:%d is %s with R^2 %v", row.Layer, row.From, row.To, row.Name, row.R2)
		}
		if row.Layer > 0 {
			continue
		}
		if row.Name != "x" {
			t.Fatalf("edge 0:%d:%d is named %s", row.From, row.To, row.Name)
		}
		// The curve that was trained, as a straight line, and of the size of the
		// name.
		e, err := net.EdgeAt(kan.EdgeID{From: row.From, To: row.To})
		if err != nil {
			t.Fatal(err)
		}
		x := data.Cols[row.From]
		y := make([]float64, len(x))
		for r, v := range x {
			y[r] = math.Pow(math.Abs(e.Eval(v*net.InputScale[row.From])), 1/exponents[row.To])
		}
		level(kan.Product, x, y, ones(len(x)))
		// Told errors are weighed by what the points do to the output, and the node
		// is not exactly of the power above.
		near := func(told float64, f func(x float64) float64) bool {
			ss := 0.0
			for r, v := range x {
				ss += (f(v) - y[r]) * (f(v) - y[r])
			}
			rmse := math.Sqrt(ss / float64(len(x)))
			return told < 5*rmse+1e-4 && rmse < 5*told+1e-3
		}
		if !near(row.RMSE, func(x float64) float64 { return row.A*x + row.B }) {
			t.Errorf("edge 0:%d:%d: RMSE %v", row.From, row.To, row.RMSE)
		}
		if len(row.Alternatives) == 0 {
			t.Errorf("edge 0:%d:%d has no runners-up", row.From, row.To)
		}
		for _, m := range row.Alternatives {
			if m.Func.Name == row.Name {
				t.Errorf("edge 0:%d:%d: the name is a runner-up", row.From, row.To)
			}
			if !near(m.RMSE, func(x float64) float64 { return m.C*m.Func.Value(m.A*x+m.B) + m.D }) {
				t.Errorf("edge 0:%d:%d: %s with RMSE %v", row.From, row.To, m.Func.Name, m.RMSE)
			}
		}
	}
}

func ones(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	return w
}

// A change of gauge is found from the values of a node.
func TestGaugeChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		op := rapid.SampledFrom([]kan.Op{kan.Sum, kan.Product})
		scale := rapid.OneOf(rapid.Float64Range(0.1, 4), rapid.Float64Range(-4, -0.1))
		g := gaugeChange{from: op.Draw(t, "from"), to: op.Draw(t, "to"), scale: scale.Draw(t, "scale"), shift: rapid.Float64Range(-3, 3).Draw(t, "shift")}
		sign := 1.0
		if g.from == kan.Product && rapid.Bool().Draw(t, "below") {
			sign = -1
		}
		g.negative = g.to == kan.Product && rapid.Bool().Draw(t, "negative")
		z, v := make([]float64, 20), make([]float64, 20)
		for r := range z {
			z[r] = sign * (0.5 + rapid.Float64Range(0, 0.01).Draw(t, "z") + 0.1*float64(r))
			v[r] = g.of(z[r])
		}
		got := changeOf(g.from, g.to, z, v)
		for r := range z {
			// What is lost is in logarithms and exponentials of up to 12.
			if d := math.Abs(got.of(z[r]) - v[r]); d > 1e-9*math.Abs(v[r])+1e-12 {
				t.Fatalf("%+v for %+v: %v instead of %v", got, g, got.of(z[r]), v[r])
			}
		}
		if got.same() != (g.from == g.to && (g.from == kan.Sum || math.Abs(g.scale-1) < 1e-6)) {
			t.Fatalf("%+v for %+v: same %v", got, g, got.same())
		}
	})
}
