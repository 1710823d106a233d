package fit

import (
	"slices"
	"testing"
)

// weightsOf makes generators of rows of weights.
func weightsOf(rows ...[]int) []generator {
	var out []generator
	for _, w := range rows {
		out = append(out, generator{weights: w})
	}
	return out
}

func TestPivotSets(t *testing.T) {
	got := pivotSets(weightsOf([]int{1, -1, 0, 0}, []int{0, 1, 0, 2}))
	want := [][]int{{0, 1}, {0, 3}, {1, 3}}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Many symmetries of many inputs have more sets of pivots than can be tried;
// some are, and they remove what they should.
func TestEliminateWide(t *testing.T) {
	const n, d = 60, 40
	var gens []generator
	for g := range d {
		w := make([]int, n)
		w[g], w[(g+7)%n], w[(g+19)%n] = 1, -1, 2
		gens = append(gens, generator{weights: w})
	}
	e, ok := eliminate(gens, func(int, float64) bool { return true })
	if !ok {
		t.Fatal("nothing was eliminated")
	}
	if len(e.pivots) != d {
		t.Fatalf("%d pivots for %d generators", len(e.pivots), d)
	}
	for i, exponents := range e.exponent {
		for _, g := range gens {
			// x_i times the powers of the pivots does not change along g.
			sum := float64(g.weights[i])
			for k, p := range e.pivots {
				sum += exponents[k] * float64(g.weights[p])
			}
			if sum > 1e-6 || sum < -1e-6 {
				t.Fatalf("input %d changes by %g along %v", i, sum, g.weights)
			}
		}
	}
}
