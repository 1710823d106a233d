package fit

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/kansym/kansym/symbolic"
)

// With noise a network of all inputs is much nearer to the law than the rows are:
// fitted to thousands of rows, it averages their noise out. Its values then stand
// in for the target wherever noise would mislead: under output transforms, which
// skew it, in relations such as P(x)+Q(x)*y = 0, whose columns would hold it, and
// when thousands of short formulas are told apart. What is proposed is fitted to
// the rows and judged by them as ever.

// smoothEnough is the network's own error, as a share of the spread of the target,
// up to which its values are better than the rows.
const smoothEnough = 0.2

// smooth returns the rows that networks are trained on with the values of the
// best network in place of the target, and the error of these; not ok where there
// is no noise to speak of, or no network that sees through it.
func (s *state) smooth(ctx context.Context) (d symbolic.Data, tolerance float64, ok bool) {
	d = head(s.data.search, networkRows)
	if len(d.Names) < 2 {
		return d, 0, false
	}
	m := s.model(ctx)
	if m != nil {
		s.trace("own error of the network about %.2g of %.2g", m.error, m.left)
	}
	const better = 0.5
	if m == nil || m.error > smoothEnough || m.error > better*m.left {
		return d, 0, false
	}
	y := m.at(nil)
	if !usable(y) {
		return d, 0, false
	}
	d.Y = y
	return d, m.error * m.scale, true
}

// smoothLaws tries sparse combinations and quotients on what a network makes of
// noisy rows: d, with an error of about tolerance.
func (s *state) smoothLaws(ctx context.Context, d symbolic.Data, tolerance float64) bool {
	limit := min(120, s.dictionaryLimit())
	d = head(d, sparseRows(limit))
	all := d
	d = mostlyOneSign(d)
	negative := allNegative(d.Y)
	if d.W != nil {
		// within takes the weights for such that are one on average.
		tolerance *= math.Sqrt(stat.Mean(d.W, nil))
	}
	var tasks []task
	dicts := append(sparseDictionaries(d, limit), dictionary{"composed", composedDictionary(d, limit)})
	for _, dict := range dicts {
		for k, t := range outputTransforms() {
			if len(dict.features) == 0 || k >= 6 && len(dict.features) > 40 {
				continue
			}
			tasks = append(tasks, task{dict.name + " formulas for " + t.name + " of a network", func(ctx context.Context) []*symbolic.Expr {
				ty, tw, ok := t.apply(d.Y, d.W)
				if !ok {
					return nil
				}
				var out []*symbolic.Expr
				for _, sel := range within(ctx, dict.columns(), ty, tw, tolerance) {
					out = append(out, t.inverse(linear(dict.features, sel), negative))
				}
				return out
			}})
		}
	}
	tasks = append(tasks, s.noisyQuotients(all)...)
	return s.try(ctx, tasks)
}

// mostlyOneSign leaves out the rows where the target has the sign that few have:
// noise, or a network, goes through zero where a law like sqrt(x) ends, and many
// output transforms are for one sign only.
func mostlyOneSign(d symbolic.Data) symbolic.Data {
	const few = 0.1
	var positive, negative []int
	for i, y := range d.Y {
		if y > 0 {
			positive = append(positive, i)
		} else if y < 0 {
			negative = append(negative, i)
		}
	}
	rows := positive
	if len(negative) > len(positive) {
		rows = negative
	}
	if float64(len(rows)) < (1-few)*float64(len(d.Y)) || len(rows) == len(d.Y) {
		return d
	}
	pick := func(v []float64) []float64 {
		if v == nil {
			return nil
		}
		out := make([]float64, len(rows))
		for k, i := range rows {
			out[k] = v[i]
		}
		return out
	}
	out := symbolic.Data{Names: d.Names, Y: pick(d.Y), W: pick(d.W)}
	for _, c := range d.Cols {
		out.Cols = append(out.Cols, pick(c))
	}
	return out
}

// within returns the sparse fits of a target, weighted such that its errors are
// those of the formula, that come within tolerance: the first that is about as
// good as the target is known, and the first that is surely.
func within(ctx context.Context, columns [][]float64, target, w []float64, tolerance float64) []selection {
	if ctx.Err() != nil || len(columns) == 0 {
		return nil
	}
	fit := newSparseFit(columns, target, w)
	if fit.norm == 0 || !finite(fit.norm) {
		return nil
	}
	const most, about = 8, 2
	limit := tolerance * math.Sqrt(float64(len(target))) / fit.norm
	var out []selection
	add := func(sel selection) {
		same := func(o selection) bool { return slices.Equal(o.features, sel.features) }
		if slices.Sort(sel.features); !slices.ContainsFunc(out, same) {
			out = append(out, fit.solve(sel.features))
		}
	}
	roughly := false
	for k := range min(most, len(columns), len(target)/3) {
		relative := fit.forward(k+1, nil)
		if len(fit.chosen) <= k {
			break // nothing is left that helps
		}
		if relative <= limit || relative <= about*limit && !roughly {
			add(selection{features: slices.Clone(fit.chosen)})
			roughly = true
		}
		if relative <= limit {
			break
		}
	}
	roughly = false
	path := fit.backward()
	for k := len(path) - 1; k >= 0; k-- {
		sel := path[k]
		if len(sel.features) > most || sel.relative > about*limit || roughly && sel.relative > limit {
			continue
		}
		add(sel)
		if roughly = true; sel.relative <= limit {
			break
		}
	}
	return out
}

// backward starts from all features and drops the one that is missed least, time
// and again: of features that only together explain the target the forward
// selection finds none. It returns the selections from all features to one;
// none where there are too many.
func (s *sparseFit) backward() []selection {
	const mostFeatures = 60
	n := len(s.target)
	var active []int
	for j, scale := range s.scale {
		if scale > 0 {
			active = append(active, j)
		}
	}
	m := len(active)
	if m == 0 || m > mostFeatures || n < 4*m {
		return nil
	}
	columns, b := newColumns(m, n), make([]float64, m)
	for k, j := range active {
		floats.MulTo(columns[k], s.raw[j], s.root)
		floats.Scale(1/s.scale[j], columns[k])
		b[k] = floats.Dot(columns[k], s.target)
	}
	full := gram(columns, nil)
	total := floats.Dot(s.target, s.target)
	keep := make([]int, m) // positions in active
	for k := range keep {
		keep[k] = k
	}
	const damping = 1e-11 // of the squared size of a feature; for features that depend on each other
	var out []selection
	for len(keep) > 0 {
		var g mat.SymDense
		g.SubsetSym(full, keep)
		rhs := make([]float64, len(keep))
		for a, p := range keep {
			rhs[a] = b[p]
		}
		coef, inverse, ok := ridge(&g, rhs, damping)
		if !ok {
			return out
		}
		sel := selection{relative: math.Sqrt(max(total-floats.Dot(coef, rhs), 0) / total)}
		least := 0
		size := func(a int) float64 { return coef[a] * coef[a] / inverse.At(a, a) }
		for a, p := range keep {
			sel.features = append(sel.features, active[p])
			sel.coef = append(sel.coef, coef[a]/s.scale[active[p]])
			if size(a) < size(least) {
				least = a
			}
		}
		out = append(out, sel)
		keep = slices.Delete(keep, least, least+1)
	}
	return out
}
