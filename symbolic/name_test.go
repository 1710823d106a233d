package symbolic

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
)

// table draws n rows uniformly from the ranges and computes the target.
func table(f func(x []float64) float64, ranges [][2]float64, n int, seed uint64) kan.Data {
	rng := rand.New(rand.NewPCG(seed, 11))
	d := kan.Data{Cols: newColumns(n, len(ranges)), Y: make([]float64, n)}
	row := make([]float64, len(ranges))
	for r := range n {
		for i, b := range ranges {
			row[i] = b[0] + (b[1]-b[0])*rng.Float64()
			d.Cols[i][r] = row[i]
		}
		d.Y[r] = f(row)
	}
	return d
}

func TestNameNetwork(t *testing.T) {
	unit, positive := [2]float64{-1, 1}, [2]float64{1, 5}
	cases := []struct {
		name   string
		f      func(x []float64) float64
		names  []string
		ranges [][2]float64
		shape  []int
		ops    [][]kan.Op
	}{
		{
			"exp(sin(pi x)+y^2)",
			func(x []float64) float64 { return math.Exp(math.Sin(math.Pi*x[0]) + x[1]*x[1]) },
			[]string{"x", "y"},
			[][2]float64{unit, unit},
			[]int{2, 1, 1},
			nil,
		},
		{
			"Coulomb",
			func(x []float64) float64 { return x[0] * x[1] / (4 * math.Pi * x[2] * x[3] * x[3]) },
			[]string{"q1", "q2", "e", "r"},
			[][2]float64{positive, positive, positive, positive},
			[]int{4, 1, 1},
			nil,
		},
		{
			"sqrt(x^2+y^2)",
			func(x []float64) float64 { return math.Hypot(x[0], x[1]) },
			[]string{"x", "y"},
			[][2]float64{positive, positive},
			[]int{2, 1, 1},
			nil,
		},
		{
			"sin(x)*y",
			func(x []float64) float64 { return math.Sin(x[0]) * x[1] },
			[]string{"x", "y"},
			[][2]float64{{-3, 3}, {-2, 2}},
			[]int{2, 1},
			[][]kan.Op{{kan.Product}},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := table(c.f, c.ranges, 1000, 3)
			d.Names = c.names
			template, err := kan.New(c.shape, kan.NewOptions{Inputs: c.names, Ops: c.ops})
			if err != nil {
				t.Fatal(err)
			}
			net, report, err := kan.TrainTopology(context.Background(), template, d, kan.TrainOptions{Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			got, err := NameNetwork(context.Background(), net, d, nil, library.DefaultSet(), NameOptions{})
			if err != nil {
				t.Fatal(err)
			}
			sd, _ := spreadOf(Data{Y: d.Y})
			if r := got[0].RMSE / sd; r > 1e-10 {
				t.Errorf("trained to %.2g, named %v, relative error %.2g", report.HeldRelative, got[0].Expr, r)
			}
			t.Logf("trained to %.2g: %v (%.2g)", report.HeldRelative, got[0].Expr, got[0].RMSE/sd)
		})
	}
}
