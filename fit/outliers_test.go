package fit

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// The law comes out beside wrong rows, which are named and left out.
func TestOutliers(t *testing.T) {
	for _, c := range []struct {
		law  law
		bad  []int // rows
		as   float64
		want string
	}{
		{makeLaw("m*v^2/2", "m", 1., 5., "v", 1., 5.), []int{7}, 400, "m*v^2/2"},
		{makeLaw("a*b", "a", 1., 5., "b", 1., 5.), []int{3, 50, 111, 200}, 40, "a*b"},
		{makeLaw("2.5*exp(-a/b)", "a", 1., 5., "b", 1., 5.), []int{20, 21}, 4, "2.5*exp(-a/b)"},
	} {
		tab := c.law.draw(t, 300, 0, 1)
		for k, r := range c.bad {
			tab.Cols[tab.Target][r] = c.as + float64(k)
		}
		r, err := Run(context.Background(), tab, Options{Time: 30 * time.Second, Seed: 1, NoNetwork: true})
		if err != nil {
			t.Fatal(err)
		}
		if !r.Best.Exact || r.Best.Expression != c.want {
			t.Errorf("%s: found %s", c.law.formula, r.Best)
		}
		if rows := r.RowsUsed + r.RowsHeldout; rows != 300-len(c.bad) {
			t.Errorf("%s: %d rows are used, %d are right", c.law.formula, rows, 300-len(c.bad))
		}
		warned := false
		for _, w := range r.Warnings {
			warned = warned || strings.Contains(w, "outliers") && strings.Contains(w, fmt.Sprintf("%g instead of", c.as))
		}
		if !warned {
			t.Errorf("%s: no warning names the row: %q", c.law.formula, r.Warnings)
		}
	}
}

// Nothing is left out of noisy data, even where a few rows are noisier.
func TestNoOutliersInNoise(t *testing.T) {
	tab := makeLaw("m*v^2/2", "m", 1., 5., "v", 1., 5.).draw(t, 300, 0.1, 1)
	tab.Cols[tab.Target][5] = 400
	r, err := Run(context.Background(), tab, Options{Time: 2 * time.Second, Seed: 1, NoNetwork: true})
	if err != nil {
		t.Fatal(err)
	}
	if r.RowsUsed+r.RowsHeldout != 300 {
		t.Errorf("%d of 300 rows are used", r.RowsUsed+r.RowsHeldout)
	}
}

func TestSteps(t *testing.T) {
	for _, c := range []struct{ column, want []float64 }{
		{[]float64{1.25, 10, 0.5}, []float64{0.01, 0.01, 0.01}},     // two places
		{[]float64{1.23e-5, 4.56, 7890}, []float64{1e-7, 0.01, 10}}, // three digits
		{[]float64{0, 2, 30, 41, 57}, []float64{1, 1, 1, 1, 1}},     // whole numbers
		{[]float64{math.Pi, 1, 2}, nil},                             // all digits there are
	} {
		got := steps(c.column)
		if (got == nil) != (c.want == nil) {
			t.Errorf("%v: %v, want %v", c.column, got, c.want)
			continue
		}
		for i, v := range got {
			if math.Abs(v/c.want[i]-1) > 1e-9 {
				t.Errorf("%v: %v, want %v", c.column, got, c.want)
				break
			}
		}
	}
}
