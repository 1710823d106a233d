package symbolic

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/kansym/kansym/library"
)

// The strongest frequency is that of the sine, up to nearly one half period a
// point, whatever the spacing.
func TestStrongest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(60, 400).Draw(t, "points")
		half := rapid.Float64Range(3, 0.9*float64(n)).Draw(t, "half periods")
		phase := rapid.Float64Range(0, 6).Draw(t, "phase")
		even := rapid.Bool().Draw(t, "even")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 5))
		x, y := make([]float64, n), make([]float64, n)
		for i := range x {
			if x[i] = float64(i) / float64(n-1); !even {
				x[i] = rng.Float64()
			}
		}
		x[0], x[n-1] = 0, 1
		for i := range x {
			y[i] = 3 + 2*x[i] + math.Sin(math.Pi*half*x[i]+phase) + 0.1*rng.NormFloat64()
		}
		s := newSample(x, y, nil, 0)
		// By quarters of a period, rounded to halves, and off by as much as the
		// straight line takes of a slow one.
		if got, share := s.strongest(); math.Abs(float64(got)-half) > 1.5 || share < 0.5 {
			t.Errorf("%d half periods with a share of %.2f, are %.2f", got, share, half)
		}
	})
}

// Oscillations with a few points a period are found, with noise and without.
func TestMatchUnivariateFast(t *testing.T) {
	t.Parallel()
	for i, c := range []struct {
		formula string
		rows    int
		noise   float64
	}{
		{"sin(40*x)", 600, 0},
		{"sin(40*x)", 450, 0.02},
		{"2*sin(70*x+0.4)+1", 450, 0.1},
		{"exp(-0.3*x)*sin(43*x)", 450, 0},
		{"x*sin(90*x)+x", 900, 0.02},
	} {
		x, y, clean := tableRows(t, c.formula, 0, 6, c.rows, c.noise, uint64(i))
		got := MatchUnivariate(context.Background(), x, y, nil, "x", library.DefaultSet(), MatchOptions{})
		best, _ := refitted(got, x, y)
		// Five constants are off by 0.1 of the noise together.
		if best == nil || relativeError(best, x, clean) > 0.2*c.noise+1e-9 {
			t.Errorf("%s with noise %g: %v", c.formula, c.noise, best)
		}
	}
}
