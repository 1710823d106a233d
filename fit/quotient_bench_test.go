package fit

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/kansym/kansym/symbolic"
)

// benchmarkQuotient is (a*b+2c)/(a^2+d) with a hundredth of noise and all features of
// four inputs up to squares and products of two.
func benchmarkQuotient(b *testing.B, rows int) quotientCase {
	rng := rand.New(rand.NewPCG(1, 1))
	d := symbolic.Data{Names: []string{"a", "b", "c", "d"}, Cols: newColumns(4, rows), Y: make([]float64, rows)}
	for _, c := range d.Cols {
		for i := range c {
			c[i] = 1 + 4*rng.Float64()
		}
	}
	var c quotientCase
	c.features = monomials(d, exponents{"quadratic", intPowers(1, 2), 2, 2}, mostQuotientFeatures)
	c.columns = dictionary{features: c.features}.columns()
	values := make([]float64, rows)
	for i := range values {
		a, b, x, d := d.Cols[0][i], d.Cols[1][i], d.Cols[2][i], d.Cols[3][i]
		values[i] = (a*b + 2*x) / (a*a + d)
	}
	c.sigma = 0.01 * spread(values, nil)
	for i, v := range values {
		c.y = append(c.y, v+c.sigma*rng.NormFloat64())
		c.smooth = append(c.smooth, v+0.3*c.sigma*math.Sin(3*d.Cols[0][i]+d.Cols[1][i]))
	}
	if len(c.columns) != 15 {
		b.Fatalf("%d features", len(c.columns))
	}
	return c
}

func BenchmarkQuotient(b *testing.B) {
	for _, rows := range []int{720, 2000, 10000} {
		c := benchmarkQuotient(b, rows)
		b.Run(fmt.Sprintf("start/rows=%d", rows), func(b *testing.B) {
			for b.Loop() {
				if startQuotient(b.Context(), c.columns, c.smooth) == nil {
					b.Fatal("no start")
				}
			}
		})
		b.Run(fmt.Sprintf("find/rows=%d", rows), func(b *testing.B) {
			for b.Loop() {
				start := startQuotient(b.Context(), c.columns, c.smooth)
				list := start.shorten(b.Context(), c.columns, c.y, nil)
				if len(list) == 0 || len(list[0].above)+len(list[0].below) != 4 {
					b.Fatal("not found")
				}
			}
		})
	}
}
