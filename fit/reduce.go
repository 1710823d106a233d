package fit

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// deepest bounds how many reductions follow each other.
const deepest = 8

// mostBranches bounds how many reductions of one state are followed.
const mostBranches = 4

// reductions looks for symmetries of the target in the gradients of networks
// trained on all inputs, and solves the smaller problems that these leave. The
// columns of a smaller problem are computed from the data, so they are exact
// whatever the network's error.
func (s *state) reductions(ctx context.Context) bool {
	if len(s.data.search.Names) < 2 || s.depth >= deepest {
		return false
	}
	best := math.Inf(1)
	followed := 0
	// follow solves a smaller problem and reports whether that ends the search
	// here.
	follow := func(c *state) (found, stop bool) {
		if ctx.Err() != nil {
			return false, true
		}
		if followed == mostBranches || s.root.visited[c.key] {
			return false, false
		}
		followed++
		found = c.solve(ctx)
		return found, found
	}
	var all []*view
	for _, width := range viewWidths {
		views := s.views(ctx, width)
		if len(views) == 0 {
			return false
		}
		best = min(best, views[0].relative)
		all = append(all, views...)
		for _, v := range views {
			s.trace("network of width %d, logarithms of inputs %v and target %v: relative error %.2g", width, v.logX, v.logY, v.relative)
		}
		if best > noisyRelative && len(s.data.train.Y) >= nestedRows {
			continue
		}
		for _, v := range views {
			// A network that explains little says little.
			if v.relative > 0.2 {
				continue
			}
			for _, child := range s.children(v) {
				if found, stop := follow(child); stop {
					return found
				}
			}
		}
		if best < 1e-3 {
			break
		}
	}
	// Of networks that explain little, gradients are no guide: what oscillates
	// shows a merge by that it fits at all. Not so where it is noise that they do
	// not explain.
	const little, hardly = 0.2, 0.6
	_, _, noisy := s.smooth(ctx)
	if best > little && !noisy && (s.longerHashedExpressions(ctx) || s.front.exact() != nil || s.merges(ctx)) {
		return true
	}
	if v := s.treeView(ctx, best); v != nil {
		for _, child := range s.children(v) {
			if found, stop := follow(child); stop {
				return found
			}
		}
	}
	if best > noisyRelative && best < hardly && len(s.data.train.Y) >= nestedRows {
		// A tree shows what dense networks do not, where these are not good.
		const good = 0.006
		if m := s.model(ctx); m == nil || m.error > good {
			if v := s.grown(ctx); v != nil {
				all = append(all, v)
			}
		}
		slices.SortStableFunc(all, func(a, b *view) int { return cmp.Compare(a.relative, b.relative) })
		// Parts of one or two inputs are solved as soon as reductions are compared.
		if len(s.data.search.Names) <= 3 && (s.divisions(ctx) || s.root.settled(ctx, true)) {
			return true
		}
		for child := range s.nested(ctx, all) {
			if found, stop := follow(child); stop {
				return found
			}
		}
	}
	return false
}

// treeView returns the view of a grown tree where that fits much better than dense
// networks, which leave the relative error best; nil where it does not.
func (s *state) treeView(ctx context.Context, best float64) *view {
	const better = 0.5
	if best < noisyRelative || !s.coarse(ctx) || ctx.Err() != nil {
		return nil
	}
	if v := s.grown(ctx); v != nil && v.relative < better*best {
		return v
	}
	return nil
}

// solve works through the stages on a reduced problem until a formula is exact.
func (s *state) solve(ctx context.Context) bool {
	if s.root.visited[s.key] {
		return false
	}
	s.root.visited[s.key] = true
	s.trace("begin %s", s.key)
	defer s.trace("end %s", s.key)
	for _, st := range append([]stage{
		{"power laws", (*state).powerLaws, false},
		{"polynomials and rationals", (*state).sparseLaws, false},
		{"networks of the reduced problem", (*state).refuted, false},
		{univariateStage, (*state).univariate, false},
		{"formulas by their values", (*state).hashedExpressions, false},
		{shortStage, (*state).expressions, false},
	}, networkStages()...) {
		if ctx.Err() != nil {
			return false
		}
		s.trace("%s", st.name)
		if st.run(s, ctx) || s.front.exact() != nil {
			return true
		}
		// Of one variable there is nothing left to merge.
		if s.searched = s.searched || st.name == shortStage && len(s.data.search.Names) == 1; s.root.settled(ctx, st.late || s.searched) {
			return true
		}
		if s.dead {
			return false
		}
	}
	return false
}

// refuted marks a reduced problem as dead if networks fit it far worse than the
// problem it came from: a true reduction takes nothing away.
func (s *state) refuted(ctx context.Context) bool {
	const least, fine = 3e-4, 1e-3
	parent := s.parent.least()
	if math.IsInf(parent, 1) {
		return false
	}
	if _, _, noisy := s.parent.smooth(ctx); noisy {
		// The noise is a larger share of what varies less.
		s.dead = s.parent.losesWith(ctx, s)
		return false
	}
	// Where it fits to many digits, how many is a matter of luck.
	worse := 3.0
	if parent < fine {
		worse = 10
	}
	for _, width := range viewWidths {
		if views := s.views(ctx, width); len(views) == 0 || views[0].relative <= worse*max(parent, least) {
			return false
		}
	}
	s.trace("refuted: %.2g after %.2g", s.least(), parent)
	s.dead = true
	return false
}

// children returns the reduced problems that a view suggests, most promising
// first.
func (s *state) children(v *view) []*state {
	d := head(s.data.search, networkRows)
	value, plain, scaled := v.gradients(d)
	if v.logY {
		for i := range value {
			value[i] = 1
		}
	}
	n := len(d.Cols)
	var out []*state
	add := func(c *state) {
		if c != nil {
			out = append(out, c)
		}
	}
	if few := s.without(v.needless(d, plain), "the gradients of a network by the others are nothing but its error"); few != nil {
		add(few)
	}
	const (
		shift = "the gradients of a network show that it does not change when these are shifted together"
		scale = "the gradients of a network show that it scales with these"
	)
	// The error of a gradient is a few times that of the network, sometimes many
	// times.
	even, evenScaled := leveled(plain), leveled(append(slices.Clone(scaled), value))
	tight := min(max(10*v.relative, 1e-5), 0.05)
	for _, tight := range []float64{tight, min(max(5*tight, 1e-3), 0.05)} {
		if gens := independent(translations(plain, even, tight), n-1); len(gens) > 0 {
			add(s.translated(gens, shift))
			if len(gens) > 1 {
				add(s.translated(gens[:1], shift))
			}
		}
		if gens := independent(scalings(append(slices.Clone(scaled), value), evenScaled, tight), n-1); len(gens) > 0 {
			add(s.scaled(gens, scale))
			if len(gens) > 1 {
				add(s.scaled(gens[:1], scale))
			}
		}
	}
	return out
}

// without is the problem without some inputs, nil if none or all would go.
func (s *state) without(inputs []int, why string) *state {
	names := s.data.search.Names
	if len(inputs) == 0 || len(inputs) == len(names) {
		return nil
	}
	var formulas []*symbolic.Expr
	for i, n := range names {
		if !slices.Contains(inputs, i) {
			formulas = append(formulas, symbolic.Var(n))
		}
	}
	return s.child(formulas, nil, why)
}

// child is a problem with other columns. formulas tells what each column is in
// terms of the columns of s; factor is what the target was multiplied with, nil
// for nothing; why says in words what speaks for it.
func (s *state) child(formulas []*symbolic.Expr, factor *symbolic.Expr, why string) *state {
	names := make([]string, len(formulas))
	for i, f := range formulas {
		if names[i] = f.Name(); f.Kind() != symbolic.KindVar {
			names[i] = "z" + strconv.Itoa(s.depth) + "_" + strconv.Itoa(i)
			for slices.Contains(s.root.data.train.Names, names[i]) {
				names[i] += "_"
			}
		}
	}
	convert := func(d symbolic.Data) (symbolic.Data, bool) {
		out := symbolic.Data{Names: names, Y: d.Y, W: d.W}
		for _, f := range formulas {
			c, ok := column(f, d)
			if !ok {
				return out, false
			}
			out.Cols = append(out.Cols, c)
		}
		if factor == nil {
			return out, true
		}
		m, ok := column(factor, d)
		if !ok {
			return out, false
		}
		out.Y = make([]float64, len(d.Y))
		out.W = make([]float64, len(d.Y))
		for i, y := range d.Y {
			out.Y[i] = y * m[i]
			out.W[i] = weightAt(d.W, i) / (m[i] * m[i])
			if !finite(out.Y[i]) || !finite(out.W[i]) {
				return out, false
			}
		}
		limitSpread(out.W, 1e6)
		return out, true
	}
	var p parts
	var ok bool
	if p.train, ok = convert(s.data.train); !ok {
		return nil
	}
	p.search = head(p.train, len(s.data.search.Y))
	c := newState(p, s.opt)
	if c.scale == 0 || !finite(c.scale) {
		return nil
	}
	c.root, c.parent, c.front, c.depth, c.threads, c.start = s.root, s, s.front, s.depth+1, s.threads, s.start
	c.lift = func(e *symbolic.Expr) *symbolic.Expr {
		with := map[string]*symbolic.Expr{}
		for i, f := range formulas {
			with[names[i]] = f
		}
		e = e.Subst(with)
		if factor != nil {
			e = symbolic.Div(e, factor)
		}
		return s.lift(e)
	}
	for _, f := range formulas {
		c.columns = append(c.columns, s.lift0(f))
	}
	c.factor = s.factor
	if factor != nil {
		c.factor = symbolic.Simplify(symbolic.Mul(s.factor, s.lift0(factor)), symbolic.SimplifyOptions{Domains: s.root.domains})
	}
	c.key = c.factor.String()
	var columns []string
	for _, f := range c.columns {
		c.key += ";" + f.String()
		columns = append(columns, f.Format(library.LangText))
	}
	target := "the target"
	if !c.factor.IsInt(1) {
		target += " times " + c.factor.Format(library.LangText)
	}
	c.steps = append(slices.Clone(s.steps), target+" as a function of "+enumerate(columns)+": "+why)
	return c
}

// lift0 writes a formula over the columns of s over the inputs, without what
// was done to the target.
func (s *state) lift0(e *symbolic.Expr) *symbolic.Expr {
	if s.columns == nil {
		return e
	}
	with := map[string]*symbolic.Expr{}
	for i, n := range s.data.search.Names {
		with[n] = s.columns[i]
	}
	return symbolic.Simplify(e.Subst(with), symbolic.SimplifyOptions{Domains: s.root.domains})
}

// column evaluates e on the rows of d; not ok where it is not finite.
func column(e *symbolic.Expr, d symbolic.Data) ([]float64, bool) {
	if e.Kind() == symbolic.KindVar {
		return d.Cols[slices.Index(d.Names, e.Name())], true
	}
	p, err := symbolic.Compile(e, d.Names)
	if err != nil {
		return nil, false
	}
	out := make([]float64, len(d.Y))
	if !p.Eval(p.NewWorkspace(), out, d.Cols, p.Params()) {
		return nil, false
	}
	return out, usable(out)
}

// scaled removes inputs by scaling symmetries.
func (s *state) scaled(gens []generator, why string) *state {
	d := s.data.train
	e, ok := eliminate(gens, func(i int, exponent float64) bool {
		lo, hi := bounds(d.Cols[i])
		if exponent != math.Trunc(exponent) {
			return lo > 0
		}
		// Dividing by an input near zero spreads the quotient beyond use.
		return exponent > 0 || lo > 0 || hi < 0
	})
	if !ok {
		return nil
	}
	product := func(first *symbolic.Expr, exponent []float64) *symbolic.Expr {
		var factors []*symbolic.Expr
		if first != nil {
			factors = append(factors, first)
		}
		for k, x := range exponent {
			if x != 0 {
				factors = append(factors, power(symbolic.Var(d.Names[e.pivots[k]]), rational(x)))
			}
		}
		if len(factors) == 0 {
			return nil
		}
		return symbolic.Mul(factors...)
	}
	var formulas []*symbolic.Expr
	for i, n := range d.Names {
		if !slices.Contains(e.pivots, i) {
			formulas = append(formulas, product(symbolic.Var(n), e.exponent[i]))
		}
	}
	return s.child(formulas, product(nil, e.target), why)
}

// translated removes inputs by translation symmetries.
func (s *state) translated(gens []generator, why string) *state {
	d := s.data.train
	e, ok := eliminate(gens, func(int, float64) bool { return true })
	if !ok {
		return nil
	}
	var formulas []*symbolic.Expr
	for i, n := range d.Names {
		if slices.Contains(e.pivots, i) {
			continue
		}
		terms := []*symbolic.Expr{symbolic.Var(n)}
		for k, x := range e.exponent[i] {
			if x != 0 {
				terms = append(terms, symbolic.Mul(rational(x), symbolic.Var(d.Names[e.pivots[k]])))
			}
		}
		formulas = append(formulas, symbolic.Add(terms...))
	}
	return s.child(formulas, nil, why)
}

// rational returns a multiple of 1/12 exactly.
func rational(x float64) *symbolic.Expr { return symbolic.Rat(int64(math.Round(12*x)), 12) }
