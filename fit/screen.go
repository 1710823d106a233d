package fit

import (
	"cmp"
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// relevance is the probability below which what an input seems to do to the
// target is not put down to chance.
const relevance = 0.01

// screenedInputs solves the problem without the inputs that do nothing visible to
// the target by themselves. Inputs that only make searches longer are best gone
// before anything is trained, above all where a law oscillates and no network
// would tell which they are. The others stay for the stages that follow, so that
// an input dropped by mistake costs time only.
func (s *state) screenedInputs(ctx context.Context) bool {
	d := s.data.train
	const leastRows = 200
	if len(d.Names) < 3 || len(d.Y) < leastRows {
		return false
	}
	s.say("leaving out inputs")
	ranks := ranked(d.Y)
	middle := float64(len(ranks)-1) / 2
	spreads := make([]float64, len(ranks))
	for i, r := range ranks {
		spreads[i] = math.Abs(r - middle)
	}
	var needless []int
	for i, c := range d.Cols {
		p := 1.0
		tests := 0
		for _, bins := range []int{6, 24} {
			for _, response := range [][]float64{ranks, spreads} {
				p = min(p, equalMeans(c, response, bins))
				tests++
			}
		}
		if p*float64(tests) > relevance {
			needless = append(needless, i)
		}
	}
	child := s.without(needless)
	return child != nil && child.solve(ctx)
}

// ranked replaces values by their ranks, which no outlier upsets.
func ranked(v []float64) []float64 {
	out := make([]float64, len(v))
	for r, i := range ordered(v) {
		out[i] = float64(r)
	}
	return out
}

// ordered lists the rows by value.
func ordered(v []float64) []int {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(v[a], v[b]) })
	return order
}

// equalMeans is the probability of differences as large as those seen between
// the mean responses in bins of x with equal numbers of rows, were there no
// relation (one-way analysis of variance; Fisher, Statistical Methods for
// Research Workers, 1925).
func equalMeans(x, response []float64, bins int) float64 {
	n := len(x)
	order := ordered(x)
	total := 0.0
	for _, v := range response {
		total += v
	}
	mean := total / float64(n)
	between, all := 0.0, 0.0
	for _, v := range response {
		all += (v - mean) * (v - mean)
	}
	// Equal values belong together: a bin ends where the value changes.
	used := 0
	for from := 0; from < n; {
		to := min(from+(n+bins-1)/bins, n)
		for to < n && x[order[to]] == x[order[to-1]] {
			to++
		}
		sum := 0.0
		for _, r := range order[from:to] {
			sum += response[r]
		}
		k := float64(to - from)
		between += k * (sum/k - mean) * (sum/k - mean)
		used++
		from = to
	}
	if used < 2 || n <= used {
		return 1
	}
	within := all - between
	if within <= 0 {
		return 0
	}
	d1, d2 := float64(used-1), float64(n-used)
	return distuv.F{D1: d1, D2: d2}.Survival(between / d1 / (within / d2))
}
