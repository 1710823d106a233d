package fit

import (
	"cmp"
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/kansym/kansym/symbolic"
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
	views := partialResiduals(d)
	var needless []int
	for i, c := range d.Cols {
		p := 1.0
		tests := 0
		for _, residual := range views {
			y := residual(i)
			ranks := ranked(y)
			middle := float64(len(ranks)-1) / 2
			spreads := make([]float64, len(ranks))
			for k, r := range ranks {
				spreads[k] = math.Abs(r - middle)
			}
			for _, bins := range []int{6, 24} {
				p = min(p, equalMeans(c, ranks, bins), equalMeans(c, spreads, bins))
				tests += 2
			}
		}
		if p*float64(tests) > relevance {
			needless = append(needless, i)
		}
	}
	child := s.without(needless, "neither level nor spread of the target changes with the others")
	if child == nil {
		return false
	}
	// Inputs may act only together, cos(a-b) over whole turns. Then a network
	// that has them does better by far than one that has not.
	// And what hardly explains anything leads nowhere.
	const better, nothing = 0.5, 0.85
	width := viewWidths[0]
	with, without := s.views(ctx, width), child.views(ctx, width)
	if len(with) > 0 && len(without) > 0 && with[0].relative < better*without[0].relative {
		return false
	}
	if len(child.data.search.Names) > 1 && len(without) > 0 && without[0].relative > nothing {
		return false
	}
	return child.solve(ctx)
}

// partialResiduals returns what an input is tested on: the target, and the
// target less what the other inputs explain of it by a straight line, of their
// values or of the logarithms of all. An input of little weight beside others is
// seen only without them.
func partialResiduals(d symbolic.Data) []func(input int) []float64 {
	out := []func(int) []float64{func(int) []float64 { return d.Y }}
	linear := func(columns [][]float64, y []float64) {
		ones := make([]float64, len(y))
		for i := range ones {
			ones[i] = 1
		}
		all := append([][]float64{ones}, columns...)
		every := make([]int, len(all))
		for i := range every {
			every[i] = i
		}
		fit := newSparseFit(all, y, d.W)
		if fit.norm == 0 || !finite(fit.norm) || len(y) <= 2*len(all) {
			return
		}
		coef := fit.solve(every).coef
		out = append(out, func(input int) []float64 {
			left := slices.Clone(y)
			for k, c := range all {
				if k-1 != input {
					floats.AddScaled(left, -coef[k], c)
				}
			}
			return left
		})
	}
	linear(d.Cols, d.Y)
	if lo, hi := bounds(d.Y); lo > 0 || hi < 0 {
		var columns [][]float64
		for _, c := range d.Cols {
			if least, _ := bounds(c); least > 0 {
				c = mapped(c, math.Log)
			}
			columns = append(columns, c)
		}
		linear(columns, mapped(d.Y, func(y float64) float64 { return math.Log(math.Abs(y)) }))
	}
	return out
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
