package fit

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/symbolic"
)

// TestR2OfConstants holds that no constant explains anything of rows that it was
// not fitted to, whichever rows these are, and that R^2 is that of the rows.
func TestR2OfConstants(t *testing.T) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 1))
		n := 5 + rng.IntN(60)
		x, y := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i] = rng.Float64()
			y[i] = math.Exp(3*rng.NormFloat64()) + x[i]
		}
		d := &table.Table{Source: "data", Names: []string{"x", "y"}, Columns: []string{"x", "y"}, Cols: [][]float64{x, y}, Target: 1}
		constant, err := symbolic.Parse("a*x^0", symbolic.ParseOptions{Vars: []string{"x"}, Params: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []*symbolic.Expr{constant, symbolic.Add(symbolic.Free(1), symbolic.Mul(symbolic.Free(1), symbolic.Var("x")))} {
			opt := Options{Seed: seed, Refit: e, Time: time.Minute}
			r, err := Run(context.Background(), d, opt)
			if err != nil {
				t.Fatal(err)
			}
			if e == constant && r.Best.R2Heldout > 0 {
				t.Errorf("seed %d: a constant has an R^2 of %g on %d held-out rows", seed, r.Best.R2Heldout, r.RowsHeldout)
			}
			_, held := Split(d, opt)
			mean, sse, sst := 0.0, 0.0, 0.0
			for _, v := range held.Y {
				mean += v / float64(len(held.Y))
			}
			values, _ := column(r.Best.Expr, held)
			for i, v := range held.Y {
				sse += (v - values[i]) * (v - values[i])
				sst += (v - mean) * (v - mean)
			}
			if want := 1 - sse/sst; sst > 0 && math.Abs(r.Best.R2Heldout-want) > 1e-9*math.Abs(want)+1e-12 {
				t.Errorf("seed %d: R^2 is %g, want %g", seed, r.Best.R2Heldout, want)
			}
		}
	}
}
