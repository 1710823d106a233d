package fit

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/symbolic"
)

// Gradients of a network say nothing where it does not fit, as with a target
// that oscillates. Then reductions are tried out: merge two inputs into one, or
// take a power of one out of the target, and see whether a network of the
// smaller problem fits better.

// monomialSearch looks for y = m(x)*F(z) with a monomial z of all inputs and a
// monomial factor m, by the smoothness of y/m along z: the mean square of
// successive differences over the variance (von Neumann, Annals of Mathematical
// Statistics 12, 1941), which is 2 for independent values.
func (s *state) monomialSearch(ctx context.Context) bool {
	d := head(s.data.search, 1000)
	n := len(d.Names)
	if n < 2 || n > 5 {
		return false
	}
	logs := make([][]float64, n)
	for i, c := range d.Cols {
		if lo, _ := bounds(c); lo <= 0 {
			return false
		}
		logs[i] = mapped(c, math.Log)
	}
	s.say("one variable at heart")
	type found struct {
		exponents, factor []int
		roughness         float64
	}
	var smooth []found
	span := 2
	factorSpan := 2
	if n > 3 {
		factorSpan = 1
	}
	vectors := integerVectors(n, span)
	vectors = slices.DeleteFunc(vectors, func(v []int) bool {
		i := slices.IndexFunc(v, func(a int) bool { return a != 0 })
		return i < 0 || v[i] < 0 || !primitive(v)
	})
	factors := integerVectors(n, factorSpan)
	products := make([][]float64, len(factors))
	for k, f := range factors {
		p := make([]float64, len(d.Y))
		for r := range p {
			sum := 0.0
			for i, a := range f {
				sum += float64(a) * logs[i][r]
			}
			p[r] = d.Y[r] * math.Exp(sum)
		}
		products[k] = p
	}
	best := make([]found, len(vectors))
	s.parallel(len(vectors), func(k int) {
		best[k].roughness = math.Inf(1)
		if ctx.Err() != nil {
			return
		}
		z := make([]float64, len(d.Y))
		order := make([]int, len(z))
		for r := range z {
			order[r] = r
			for i, a := range vectors[k] {
				z[r] += float64(a) * logs[i][r]
			}
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(z[a], z[b]) })
		for j, p := range products {
			if r := roughness(p, order); r < best[k].roughness {
				best[k] = found{vectors[k], factors[j], r}
			}
		}
	})
	for _, f := range best {
		// Independent values are at 2 with a spread of 2/sqrt(n).
		if f.roughness < 0.25 {
			smooth = append(smooth, f)
		}
	}
	slices.SortStableFunc(smooth, func(a, b found) int { return cmp.Compare(a.roughness, b.roughness) })
	_, _, noisy := s.smooth(ctx)
	for _, f := range smooth[:min(len(smooth), 2)] {
		var z, m []*symbolic.Expr
		for i, name := range d.Names {
			if a := f.exponents[i]; a != 0 {
				z = append(z, power(symbolic.Var(name), symbolic.Int(int64(a))))
			}
			if a := f.factor[i]; a != 0 {
				m = append(m, power(symbolic.Var(name), symbolic.Int(int64(a))))
			}
		}
		var factor *symbolic.Expr
		if len(m) > 0 {
			factor = symbolic.Mul(m...)
		}
		if c := s.child([]*symbolic.Expr{symbolic.Mul(z...)}, factor, smoothWhy); c != nil && ctx.Err() == nil && !(noisy && s.losesWith(ctx, c)) {
			if c.solve(ctx) {
				return true
			}
		}
	}
	return false
}

// smoothWhy is what speaks for one input in place of several.
const smoothWhy = "rows of nearly equal values have nearly equal targets"

// integerVectors lists the vectors of n integers from -span to span.
func integerVectors(n, span int) [][]int {
	out := [][]int{nil}
	for range n {
		var next [][]int
		for _, v := range out {
			for a := -span; a <= span; a++ {
				next = append(next, append(slices.Clone(v), a))
			}
		}
		out = next
	}
	return out
}

// roughness is the von Neumann ratio of y in the given order.
func roughness(y []float64, order []int) float64 {
	var mean, diff, spread float64
	for _, v := range y {
		mean += v
	}
	mean /= float64(len(y))
	last := y[order[0]]
	for _, r := range order {
		diff += (y[r] - last) * (y[r] - last)
		spread += (y[r] - mean) * (y[r] - mean)
		last = y[r]
	}
	if spread == 0 {
		return math.Inf(1)
	}
	return diff / spread
}

// merges tries reductions out and follows the best few.
func (s *state) merges(ctx context.Context) bool {
	n := len(s.data.search.Names)
	const mostInputs, mostFollowed = 9, 2
	if n < 2 || n > mostInputs || s.depth >= deepest || s.merged {
		return false
	}
	s.merged = true
	if s.monomialSearch(ctx) {
		return true
	}
	children := s.mergeCandidates()
	errs := make([]float64, len(children)+1)
	s.say("merging inputs")
	s.parallel(len(children)+1, func(i int) {
		if i < len(children) {
			errs[i] = children[i].quickError(ctx)
		} else {
			errs[i] = s.quickError(ctx)
		}
	})
	if ctx.Err() != nil {
		return false
	}
	base := errs[len(children)]
	order := make([]int, len(children))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(errs[a], errs[b]) })
	// A problem with one input less is easier to fit in any case; a true merge
	// is so by far.
	followed := 0
	s.trace("error %.3g", base)
	for _, i := range order[:min(len(order), 3)] {
		s.trace(" %.3g of %s", errs[i], children[i].key)
	}
	for _, i := range order {
		if followed == mostFollowed || errs[i] > 0.5*base {
			break
		}
		followed++
		if children[i].solve(ctx) {
			return true
		}
		if ctx.Err() != nil {
			return false
		}
	}
	return false
}

// mergeCandidates lists the reduced problems with two inputs merged into their
// product, quotient, sum or difference, or with a power of one input taken out
// of the target.
func (s *state) mergeCandidates() []*state {
	d := s.data.search
	n := len(d.Names)
	apart := make([]bool, n) // from zero
	for i, c := range d.Cols {
		lo, hi := bounds(c)
		apart[i] = lo > 0 || hi < 0
	}
	var out []*state
	add := func(c *state) {
		if c != nil {
			out = append(out, c)
		}
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			x, y := symbolic.Var(d.Names[i]), symbolic.Var(d.Names[j])
			merged := []*symbolic.Expr{symbolic.Mul(x, y), symbolic.Add(x, y), symbolic.Sub(x, y)}
			if apart[j] {
				merged = append(merged, symbolic.Div(x, y))
			} else if apart[i] {
				merged = append(merged, symbolic.Div(y, x))
			}
			for _, m := range merged {
				var formulas []*symbolic.Expr
				for k, name := range d.Names {
					switch k {
					case i:
						formulas = append(formulas, m)
					case j:
					default:
						formulas = append(formulas, symbolic.Var(name))
					}
				}
				add(s.child(formulas, nil, "a sum or product of curves fits it better by far"))
			}
		}
	}
	for i, p := range s.powerGuesses() {
		if p == 0 || !apart[i] {
			continue
		}
		var formulas []*symbolic.Expr
		for k, name := range d.Names {
			if k != i {
				formulas = append(formulas, symbolic.Var(name))
			}
		}
		add(s.child(formulas, power(symbolic.Var(d.Names[i]), rational(-p)), "a sum or product of curves fits it better by far"))
	}
	return out
}

// powerGuesses estimates with which power each input enters if it is a factor
// by itself: the coefficient of its logarithm in a straight line through
// log|y|, to the next half.
func (s *state) powerGuesses() []float64 {
	d := s.data.search
	guesses := make([]float64, len(d.Names))
	fs := logs(d)
	ones := make([]float64, len(d.Y))
	for i := range ones {
		ones[i] = 1
	}
	columns := [][]float64{ones}
	for _, f := range fs {
		columns = append(columns, f.values)
	}
	target := make([]float64, 0, len(d.Y))
	// Near the zeros of the target its logarithm has no bounds.
	floor := 1e-3 * rootMeanSquare(d.Y)
	for _, y := range d.Y {
		target = append(target, math.Log(math.Abs(y)+floor))
	}
	every := make([]int, len(columns))
	for i := range every {
		every[i] = i
	}
	fit := newSparseFit(columns, target, nil)
	if fit.norm == 0 || !finite(fit.norm) {
		return guesses
	}
	sel := fit.solve(every)
	for k, f := range fs {
		guesses[f.logOf] = min(max(math.Round(2*sel.coef[k+1])/2, -mostPower), mostPower)
	}
	return guesses
}

func rootMeanSquare(y []float64) float64 {
	ms, _ := meanSquare(y, make([]float64, len(y)), nil)
	return math.Sqrt(ms)
}

// quickError is the validation error that small networks reach, relative to the
// spread of the target.
func (s *state) quickError(ctx context.Context) float64 {
	const rows = 1000
	d := head(s.data.search, rows)
	n := len(d.Names)
	data := kan.Data{Names: d.Names, Cols: d.Cols, Y: d.Y, W: d.W}
	best := math.Inf(1)
	try := func(net *kan.Network, grid []int) {
		if ctx.Err() != nil {
			return
		}
		_, report, err := kan.TrainTopology(ctx, net, data, kan.TrainOptions{Grid: grid, MaxIter: 30, Starts: 1, Seed: s.opt.Seed})
		if err == nil && finite(report.HeldRelative) {
			best = min(best, report.HeldRelative)
		}
	}
	if n == 1 {
		try(mustNew([]int{1, 1}, nil, d.Names), []int{8, 16, 32, 64})
		return best
	}
	try(mustNew([]int{n, 1}, [][]kan.Op{{kan.Product}}, d.Names), []int{4, 12, 24})
	try(mustNew([]int{n, 4, 1}, nil, d.Names), []int{3, 8})
	return best
}
