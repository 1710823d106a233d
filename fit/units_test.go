package fit

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/symbolic"
)

// TestUnits holds that laws are found whatever the size of the target, and their
// constants with their errors in its unit.
func TestUnits(t *testing.T) {
	for _, size := range []float64{1e-305, 1e-200, 1e-100, 1e100, 1e200, 1e306} {
		for _, noise := range []float64{0, 0.01} {
			if noise > 0 && size != 1e-305 && size != 1e306 {
				continue // it takes all of the time
			}
			tab := makeLaw("m*v^2/2", "m", 1., 5., "v", 0.1, 2.).draw(t, 200, noise, 1)
			y := tab.Cols[tab.Target]
			for i := range y {
				y[i] *= size
			}
			r, err := Run(context.Background(), tab, Options{Time: 2 * time.Second, Seed: 1, NoNetwork: true})
			if err != nil {
				t.Fatalf("%g: %v", size, err)
			}
			b := r.Best
			if got := b.Expr.Complexity(); got != 7 || b.Exact != (noise == 0) {
				t.Errorf("%g: %s, exact: %v", size, b.Expression, b.Exact)
			}
			if share := b.RMSEHeldout / size; !(math.Abs(share-noise) < 0.3*noise+1e-14) {
				t.Errorf("%g: the error is %g for a noise of %g", size, b.RMSEHeldout, noise*size)
			}
			if len(b.Constants) != 1 || math.Abs(b.Constants[0].Value/size-0.5) > 0.02*noise+1e-14 {
				t.Errorf("%g: the constants are %v", size, b.Constants)
			}
			for _, c := range r.Front {
				if !finite(c.RMSEHeldout) || !finite(c.R2Heldout) {
					t.Errorf("%g: %s has an error of %g", size, c.Expression, c.RMSEHeldout)
				}
			}

			e, err := symbolic.Parse("a*m^p*v^2", symbolic.ParseOptions{Vars: []string{"m", "v"}, Params: true})
			if err != nil {
				t.Fatal(err)
			}
			r, err = Run(context.Background(), tab, Options{Refit: e, Seed: 1})
			if err != nil {
				t.Fatalf("%g: %v", size, err)
			}
			c := r.Best.Constants
			if len(c) != 2 || math.Abs(c[0].Value/size-0.5) > 0.1*noise+1e-12 || math.Abs(c[1].Value-1) > 0.1*noise+1e-12 {
				t.Errorf("%g: %s, constants %v", size, r.Best.Expression, c)
			}
			// The error of the factor times the number of rows' root is the noise,
			// but for the spread of the inputs.
			if got := c[0].StdErr / size * math.Sqrt(150); noise > 0 && !(got > noise/20 && got < 3*noise) {
				t.Errorf("%g: the standard error of the factor is %g", size, c[0].StdErr)
			}
		}
	}
}

func TestOutOfRange(t *testing.T) {
	tab := makeLaw("exp(x)", "x", 1., 3.).draw(t, 50, 0, 1)
	for i := range tab.Cols[tab.Target] {
		tab.Cols[tab.Target][i] *= 1e306
	}
	e, err := symbolic.Parse("a*exp(x)*1e5", symbolic.ParseOptions{Vars: []string{"x"}, Params: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), tab, Options{Refit: e, Seed: 1}); err != nil {
		t.Error(err)
	}
	// Halves of the smallest numbers are none.
	for i := range tab.Cols[tab.Target] {
		tab.Cols[tab.Target][i] = float64(i%3) * 5e-324
	}
	_, err = Run(context.Background(), tab, Options{Seed: 1, Time: time.Second, NoNetwork: true})
	if bad := new(table.Error); err != nil && (!errors.As(err, &bad) || !strings.Contains(bad.Hint, "another unit")) {
		t.Error(err)
	}
}
