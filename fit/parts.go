package fit

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/kansym/kansym/symbolic"
)

// A target that is a sum or a product of functions that share no input, or of
// first degree in an input, a(x)+b(x)*z, falls into problems of fewer inputs. A
// network of all inputs tells so by its values at the corners of boxes, and gives
// the parts by its values too. Those carry its error, so parts are searched for
// formulas that are as good as this error, and what they combine to is refitted
// to the raw data.

// division is a way in which the target falls into parts.
type division struct {
	name   string
	widest int                        // inputs of the part that has most
	left   float64                    // what the network shows beside it, as a share of the target's spread
	rank   int                        // of the interaction, 0 if there is none
	follow func(context.Context) bool // solves the parts and offers what they combine to
}

const (
	// clearEnough is the error of a network, relative to the spread of the target,
	// up to which its values are worth a search.
	clearEnough = 0.03
	// mostDivisions bounds how many divisions of a problem are followed.
	mostDivisions = 4
	// partFormulas is how many formulas of each part are combined.
	partFormulas = 5
)

// partSearch is the recovery of a part: what is quick.
func partSearch() []func(*state, context.Context) bool {
	return []func(*state, context.Context) bool{
		(*state).baselines,
		(*state).powerLaws,
		(*state).sparseLaws,
		(*state).univariate,
		(*state).expressions,
		(*state).reductions,
		(*state).divisions,
	}
}

// divisions looks for parts, solves them and combines what was found.
func (s *state) divisions(ctx context.Context) bool {
	if len(s.data.search.Names) < 2 || s.depth >= deepest || s.divided {
		return false
	}
	s.divided = true
	m := s.model(ctx)
	if m == nil || m.error > clearEnough {
		return false
	}
	for k, div := range s.candidateDivisions(m) {
		if k == mostDivisions || ctx.Err() != nil || s.enough() {
			return false
		}
		s.trace("%s", div.name)
		if div.follow(ctx) {
			return true
		}
	}
	return false
}

// combinations solves parts and offers what their formulas combine to. It gives up at
// a part without a formula, with short at one without a short formula.
func (s *state) combinations(ctx context.Context, name string, short bool, parts []*state, combine func(parts []*symbolic.Expr) *symbolic.Expr) bool {
	combined := [][]*symbolic.Expr{nil}
	for _, p := range parts {
		if p == nil {
			return false
		}
		formulas := p.partFormulas(ctx)
		s.trace(" part of %s: %d formulas within %.2g", enumerate(p.data.search.Names), len(formulas), p.tolerance/p.scale)
		if len(formulas) == 0 || short && !(p.enough() || p.scale <= p.tolerance) {
			return false
		}
		var next [][]*symbolic.Expr
		for _, c := range combined {
			for _, f := range formulas {
				next = append(next, append(slices.Clone(c), f))
			}
		}
		combined = next
	}
	var tasks []task
	for _, c := range combined {
		tasks = append(tasks, task{name, func(context.Context) []*symbolic.Expr {
			return []*symbolic.Expr{combine(c)}
		}})
	}
	return s.try(ctx, tasks) || s.front.exact() != nil
}

// partFormulas searches a part and returns the shortest formulas that are as good
// as its values are.
func (s *state) partFormulas(ctx context.Context) []*symbolic.Expr {
	if len(s.data.search.Names) == 0 || s.scale <= s.tolerance {
		return []*symbolic.Expr{symbolic.Free(stat.Mean(s.data.search.Y, nil))}
	}
	for _, stage := range partSearch() {
		if s.enough() || ctx.Err() != nil {
			break
		}
		stage(s, ctx)
	}
	var out []*symbolic.Expr
	for _, c := range s.front.list {
		if len(out) < partFormulas && c.trainMSE <= s.tolerance*s.tolerance {
			out = append(out, c.expr)
		}
	}
	return out
}

// enough reports whether a short formula of a part is as good as is asked.
func (s *state) enough() bool {
	const short = 14
	return slices.ContainsFunc(s.front.list, func(c *scored) bool {
		return c.complexity <= short && c.trainMSE <= s.goal*s.goal
	})
}

// goal is the error, as a share of the tolerance, at which the search for a part
// ends. Without noise the error of a network at its rows, which is all that is
// known, is a low estimate of that between them; with noise the estimate is a high
// one, and among so many formulas within it the shortest is mostly a wrong one.
func (m *model) goal() float64 {
	if m.error < m.left {
		return 1. / 3
	}
	return 1
}

// model is the target as the best network sees it.
type model struct {
	*view
	cols     [][]float64
	negative bool
	scale    float64   // spread of the target
	left     float64   // root mean square of what it leaves of the target, as a share of scale
	error    float64   // root mean square of its own error, without noise, likewise
	lo, hi   []float64 // of each input, quantiles between which networks are good
}

// model returns the network that leaves least of the target, nil if there is
// none.
func (s *state) model(ctx context.Context) *model {
	d := head(s.data.search, networkRows)
	var best, second *model
	for _, width := range viewWidths {
		for _, v := range s.views(ctx, width) {
			m := &model{view: v, cols: d.Cols, negative: allNegative(d.Y), scale: s.scale}
			mse, ok := meanSquare(m.at(nil), d.Y, d.W)
			if !ok {
				continue
			}
			m.error = math.Sqrt(mse) / s.scale
			m.left = m.error
			switch {
			case best == nil || m.error < best.error:
				best, second = m, best
			case second == nil || m.error < second.error:
				second = m
			}
		}
	}
	if best == nil {
		return nil
	}
	if second != nil {
		// Noise is not the network's error. What two networks disagree by is nearer
		// to it, though they share what both fitted to the same noise.
		const shared = 1.5
		if mse, ok := meanSquare(best.at(nil), second.at(nil), d.W); ok {
			best.error = min(best.error, shared*math.Sqrt(mse)/s.scale)
		}
	}
	for _, c := range d.Cols {
		sorted := slices.Clone(c)
		slices.Sort(sorted)
		best.lo = append(best.lo, stat.Quantile(0.1, stat.Empirical, sorted, nil))
		best.hi = append(best.hi, stat.Quantile(0.9, stat.Empirical, sorted, nil))
	}
	return best
}

// at returns the target at the rows of the data, with some inputs set to one
// value in all rows.
func (m *model) at(set map[int]float64) []float64 {
	cols := slices.Clone(m.cols)
	for i, x := range set {
		c := make([]float64, len(cols[i]))
		for r := range c {
			c[r] = x
		}
		cols[i] = c
	}
	out := make([]float64, len(cols[0]))
	m.net.Predict(out, m.data(symbolic.Data{Cols: cols, Y: out}).Cols)
	if m.logY {
		for i, v := range out {
			out[i] = math.Exp(v)
			if m.negative {
				out[i] = -out[i]
			}
		}
	}
	return out
}

// candidateDivisions lists the divisions that the network shows, those into
// parts of fewest inputs first, of equals those the network shows most clearly; last
// those of rank two, which many targets are of.
func (s *state) candidateDivisions(m *model) []division {
	var out []division
	var groupings []grouping
	for _, op := range []symbolic.Kind{symbolic.KindAdd, symbolic.KindMul} {
		groups, left := m.groups(op)
		groupings = append(groupings, grouping{groups, left})
		if len(groups) > 1 {
			div := s.groupDivision(m, groups, op)
			div.left = left
			out = append(out, div)
		}
	}
	for _, in := range m.interactions(groupings) {
		out = append(out, s.interactionDivision(m, in))
	}
	slices.SortStableFunc(out, func(a, b division) int {
		return cmp.Or(cmp.Compare(max(a.rank, 1), max(b.rank, 1)), cmp.Compare(a.widest, b.widest), cmp.Compare(a.left, b.left))
	})
	return out
}

// limit is the share of the size of a difference of values that the error of the
// network may make up.
func (m *model) limit() float64 { return min(20*m.error, 0.1) }

// groups returns the inputs in groups such that those of different groups do not
// interact: f is a sum of functions of the groups, or a product. left is the
// largest interaction between groups.
func (m *model) groups(op symbolic.Kind) (groups [][]int, left float64) {
	n := len(m.cols)
	label := make([]int, n)
	for i := range label {
		label[i] = i
	}
	between := make([][]float64, n)
	for i := range n {
		between[i] = make([]float64, n)
		for j := i + 1; j < n; j++ {
			if between[i][j] = m.interact(i, j, op); between[i][j] <= m.limit() {
				continue
			}
			from, to := label[j], label[i]
			for k := range label {
				if label[k] == from {
					label[k] = to
				}
			}
		}
	}
	for l := range n {
		var g []int
		for i, have := range label {
			if have != l {
				continue
			}
			g = append(g, i)
			for j := i + 1; j < n; j++ {
				if label[j] != l {
					left = max(left, between[i][j])
				}
			}
		}
		if len(g) > 0 {
			groups = append(groups, g)
		}
	}
	return groups, left
}

// inner is where between the borders of an input a third value lies: functions of
// an angle may be the same at both borders, and what they have in the middle may be
// the mean.
const inner = 0.3

// interact returns how much two inputs do more than add, or multiply, their
// effects, as a share of the size of these; infinite if that cannot be told.
func (m *model) interact(i, j int, op symbolic.Kind) float64 {
	third := func(k int) float64 { return m.lo[k] + inner*(m.hi[k]-m.lo[k]) }
	most := m.mixed(i, m.hi[i], j, m.hi[j], op)
	for _, at := range [][2]float64{{third(i), m.hi[j]}, {m.hi[i], third(j)}} {
		most = max(most, m.mixed(i, at[0], j, at[1], op))
	}
	return most
}

// mixed is interact for the corners of one box, from the lower borders of two inputs
// to x and y.
func (m *model) mixed(i int, x float64, j int, y float64, op symbolic.Kind) float64 {
	corner := func(x, y float64) []float64 { return m.at(map[int]float64{i: x, j: y}) }
	ll, lh, hl, hh := corner(m.lo[i], m.lo[j]), corner(m.lo[i], y), corner(x, m.lo[j]), corner(x, y)
	mixed, size := 0.0, 0.0
	for r := range ll {
		var d float64
		if op == symbolic.KindAdd {
			d = ll[r] + hh[r] - lh[r] - hl[r]
			size += m.scale * m.scale
		} else {
			d = ll[r]*hh[r] - lh[r]*hl[r]
			size += (ll[r]*ll[r] + hh[r]*hh[r]) * (lh[r]*lh[r] + hl[r]*hl[r]) / 4
		}
		mixed += d * d
	}
	if share := math.Sqrt(mixed / size); finite(share) {
		return share
	}
	return math.Inf(1)
}

// references are rows at whose values inputs are held while others vary.
const references = 5

// groupDivision is the division into functions of groups of inputs. The part of a
// group is the target with the other inputs held at those of a few rows.
func (s *state) groupDivision(m *model, groups [][]int, op symbolic.Kind) division {
	name := "a sum of parts that share no input"
	if op == symbolic.KindMul {
		name = "a product of parts that share no input"
	}
	combine := func(parts []*symbolic.Expr) *symbolic.Expr {
		if op == symbolic.KindMul {
			return symbolic.Mul(append([]*symbolic.Expr{symbolic.Free(s.ratio(symbolic.Mul(parts...)))}, parts...)...)
		}
		return symbolic.Add(append([]*symbolic.Expr{symbolic.Free(0)}, parts...)...)
	}
	widest := 0
	var parts []*state
	for _, group := range groups {
		values := func(set map[int]float64) []float64 { return m.group(group, op, set) }
		tolerance := 2 * m.error * m.scale
		if op == symbolic.KindMul {
			// What a product is known to in relation to its size is what counts.
			tolerance = 2 * m.error * rootMeanSquare(values(nil))
		}
		parts = append(parts, s.part(m, group, values, tolerance, name))
		widest = max(widest, len(group))
	}
	return division{name: name, widest: widest, follow: func(ctx context.Context) bool { return s.combinations(ctx, name, false, parts, combine) }}
}

// group returns the part of a group of inputs, some of them set: the target with
// the inputs of other groups held at those of a few rows.
func (m *model) group(group []int, op symbolic.Kind, set map[int]float64) []float64 {
	rows := len(m.cols[0])
	out := make([]float64, rows)
	for k := range references {
		held := maps.Clone(set)
		if held == nil {
			held = map[int]float64{}
		}
		for i, c := range m.cols {
			if !slices.Contains(group, i) {
				held[i] = min(max(c[k*rows/references], m.lo[i]), m.hi[i])
			}
		}
		at := m.at(held)
		sign := 1.0
		if op == symbolic.KindMul && floats.Dot(out, at) < 0 {
			sign = -1
		}
		floats.AddScaled(out, sign/references, at)
	}
	return out
}

// ratio is the best factor of e for the target.
func (s *state) ratio(e *symbolic.Expr) float64 {
	d := head(s.data.search, networkRows)
	v, ok := column(e, d)
	if !ok {
		return 1
	}
	vy, vv := 0.0, 0.0
	for i, y := range d.Y {
		vy += v[i] * y
		vv += v[i] * v[i]
	}
	if r := vy / vv; finite(r) && r != 0 {
		return r
	}
	return 1
}

// part is the problem of explaining values by those of the given inputs that
// matter for them; nil if the values are of no use.
func (s *state) part(m *model, inputs []int, at func(set map[int]float64) []float64, tolerance float64, why string) *state {
	d := symbolic.Data{Y: at(nil)}
	if !usable(d.Y) || !finite(tolerance) {
		return nil
	}
	difference := make([]float64, len(d.Y))
	for _, i := range inputs {
		floats.SubTo(difference, at(map[int]float64{i: m.hi[i]}), at(map[int]float64{i: m.lo[i]}))
		if rootMeanSquare(difference) > tolerance {
			d.Names = append(d.Names, s.data.search.Names[i])
			d.Cols = append(d.Cols, m.cols[i])
		}
	}
	opt := s.opt
	opt.Progress = nil
	c := newState(parts{train: d, search: d}, opt)
	c.depth, c.threads, c.start = s.depth+1, s.threads, s.root.start
	c.tolerance, c.goal = tolerance, m.goal()*tolerance
	c.steps = append(slices.Clone(s.steps), why)
	return c
}
