package fit

import (
	"cmp"
	"context"
	"iter"
	"math"
	"slices"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/symbolic"
)

const (
	// noisyRelative is the validation error of a network from which on its
	// gradients are too coarse to read symmetries off them directly.
	noisyRelative = 3e-3
	// nestedRows is the least number of rows for telling nested networks apart.
	nestedRows = 500
	// worseUnseen is by how much the unseen error of a true reduction may be larger
	// than that of the problem it came from.
	worseUnseen = 1.03
	// mostSuggested bounds how many reductions are thought of, and mostNested how
	// many of them are compared, those of fewest inputs and shortest first.
	mostSuggested = 40
	mostNested    = 14
	// comparedAtOnce is how many are compared before those borne out are followed.
	comparedAtOnce = 5
	// manyInputs is the number of inputs from which on networks take so long that
	// only half as many are.
	manyInputs = 6
)

// nested yields, fewest inputs first, the reductions that networks bear out. With
// noise gradients only suggest symmetries: each suggestion is then tried, and kept
// when a network of the smaller problem predicts unseen rows as well as one of all
// inputs does. A true reduction takes nothing away that could be predicted.
//
// Networks cost more than anything else of the search. Noise leaves the same of all
// true reductions, so a few that are short suffice until they have been followed;
// where it is networks that limit how well they fit, all are compared, as a true
// reduction then fits better than a false one.
func (s *state) nested(ctx context.Context, views []*view) iter.Seq[*state] {
	var list []*state
	most := mostNested
	if len(s.data.search.Names) >= manyInputs {
		most /= 2
	}
	known := map[string]bool{s.key: true}
	add := func(c *state) {
		if c != nil && len(list) < mostSuggested && !known[c.key] && !s.root.visited[c.key] {
			known[c.key] = true
			list = append(list, c)
		}
	}
	const why = "a network of these predicts unseen rows as well as one of all inputs"
	d := head(s.data.search, networkRows)
	for _, v := range views {
		if v.relative > 1.5*views[0].relative {
			break
		}
		value, plain, scaled := v.gradients(d)
		if v.logY {
			for i := range value {
				value[i] = 1
			}
		}
		add(s.without(v.needless(d, plain), why))
		const loosest = 0.2
		columns := append(slices.Clone(scaled), value)
		shifts := translations(plain, leveled(plain), loosest)
		scales := scalings(columns, leveled(columns), loosest)
		for _, limit := range []float64{0.02, 0.05, 0.1, loosest} {
			if gens := independent(below(shifts, limit), len(d.Names)-1); len(gens) > 0 {
				add(s.translated(gens, why))
				add(s.translated(gens[:1], why))
			}
			if gens := independent(below(scales, limit), len(d.Names)-1); len(gens) > 0 {
				add(s.scaled(gens, why))
				add(s.scaled(gens[:1], why))
			}
		}
		// Those of least residual, whatever their size.
		slices.SortStableFunc(scales, func(a, b generator) int { return cmp.Compare(a.residual, b.residual) })
		for _, g := range scales[:min(len(scales), 4)] {
			add(s.scaled([]generator{g}, why))
		}
	}
	slices.SortStableFunc(list, func(a, b *state) int {
		return cmp.Or(cmp.Compare(len(a.data.search.Names), len(b.data.search.Names)), cmp.Compare(a.length(), b.length()))
	})
	list = list[:min(len(list), most)]
	batch := comparedAtOnce
	if s.coarse(ctx) {
		batch = len(list)
	}
	return func(yield func(*state) bool) {
		for len(list) > 0 && ctx.Err() == nil {
			n := min(batch, len(list))
			for _, c := range s.borneOut(ctx, list[:n], views[0].logY) {
				if !yield(c) {
					return
				}
			}
			list = list[n:]
		}
	}
}

// borneOut returns those reductions of which networks predict unseen rows as well as
// networks of s do, the likeliest first.
func (s *state) borneOut(ctx context.Context, list []*state, logs bool) []*state {
	errs := make([]float64, len(list)+1)
	s.say("comparing reductions")
	s.parallel(len(errs), func(i int) {
		c := s
		if i < len(list) {
			c = list[i]
		}
		errs[i] = c.unseen(ctx, logs) // which is asked for again
	})
	base := errs[len(list)]
	s.trace("unseen error %.3g", base)
	for i, c := range list {
		s.trace(" %.3g of %s", errs[i], c.key)
	}
	// A difference of two errors on the same rows is mostly that of the
	// networks, not of the noise in them.
	worse := worseUnseen
	if s.coarse(ctx) {
		worse = 3
	}
	type pair struct {
		c   *state
		err float64
	}
	var kept []pair
	for i, c := range list {
		if errs[i] <= worse*base && finite(errs[i]) {
			kept = append(kept, pair{c, errs[i]})
		}
	}
	// What noise leaves is the same for all true reductions, and then fewer inputs
	// are better, and simpler ones; where networks are the limit, a true one fits
	// better than a false one.
	least := math.Inf(1)
	for _, p := range kept {
		least = min(least, p.err)
	}
	// Where networks of all inputs are poor, those of few are good by more than a
	// true reduction differs from another.
	const poor, alike, roughly = 1.25, 1.04, 1.25
	width := alike
	if base > poor*least {
		width = roughly
	}
	class := func(p pair) int { return int(math.Log(p.err/least) / math.Log(width)) }
	coarse := s.coarse(ctx)
	slices.SortStableFunc(kept, func(a, b pair) int {
		order := cmp.Or(cmp.Compare(class(a), class(b)), cmp.Compare(len(a.c.data.search.Names), len(b.c.data.search.Names)))
		if !coarse {
			order = cmp.Or(order, cmp.Compare(a.c.length(), b.c.length()))
		}
		return cmp.Or(order, cmp.Compare(a.err, b.err))
	})
	var out []*state
	for _, p := range kept {
		out = append(out, p.c)
	}
	return out
}

// length is the number of nodes of the columns and of the factor of the target.
func (s *state) length() int {
	n := s.factor.Complexity()
	for _, c := range s.columns {
		n += c.Complexity()
	}
	return n
}

// coarse reports whether it is the size of networks that limits how well they
// fit, and not noise.
func (s *state) coarse(ctx context.Context) bool {
	const gain = 1.5
	narrow, wide := s.views(ctx, viewWidths[0]), s.views(ctx, viewWidths[len(viewWidths)-1])
	return len(narrow) > 0 && len(wide) > 0 && narrow[0].relative > gain*wide[0].relative
}

// below keeps the generators with residuals below limit.
func below(gens []generator, limit float64) []generator {
	var out []generator
	for _, g := range gens {
		if g.residual < limit {
			out = append(out, g)
		}
	}
	return out
}

// unseen is unseenError, remembered.
func (s *state) unseen(ctx context.Context, logs bool) float64 {
	known := &s.unseenKnown
	if logs {
		known = &s.unseenLogs
	}
	if *known == 0 {
		e := s.unseenError(ctx, logs)
		if ctx.Err() != nil {
			return e
		}
		*known = e
	}
	return *known
}

// losesWith reports whether networks of the smaller problem c predict unseen rows
// worse than networks of s do: then c is no reduction of s.
func (s *state) losesWith(ctx context.Context, c *state) bool {
	err, base := c.unseen(ctx, false), s.unseen(ctx, false)
	if err <= worseUnseen*base {
		return false
	}
	s.trace("refuted: unseen error %.3g of %s after %.3g", err, c.key, base)
	return true
}

// unseenError is the error that small networks of the inputs of s reach on rows
// they were not trained on: in units of the root's target, or of its logarithm,
// which is the better measure where the target spans decades.
func (s *state) unseenError(ctx context.Context, logs bool) float64 {
	all := s.data.train
	if logs {
		v := view{logX: make([]bool, len(all.Cols)), logY: true}
		for i, c := range all.Cols {
			lo, _ := bounds(c)
			v.logX[i] = lo > 0
		}
		d := v.data(all)
		all = symbolic.Data{Names: all.Names, Cols: d.Cols, Y: d.Y}
	}
	rows := min(len(all.Y)/2, networkRows)
	best := s.testError(ctx, head(all, rows), all.Rows(len(all.Y)-rows, len(all.Y)))
	if !logs && ctx.Err() == nil {
		// Ratios spread over decades, with most rows at one end.
		const wide = 10
		v, any := view{logX: make([]bool, len(all.Cols))}, false
		for i, c := range all.Cols {
			lo, hi := bounds(c)
			v.logX[i] = lo > 0 && hi > wide*lo
			any = any || v.logX[i]
		}
		if any {
			all.Cols = v.data(all).Cols
			best = min(best, s.testError(ctx, head(all, rows), all.Rows(len(all.Y)-rows, len(all.Y))))
		}
	}
	return best
}

// testError is the least error on rows unseen of small networks trained on d.
func (s *state) testError(ctx context.Context, d, unseen symbolic.Data) float64 {
	n := len(d.Names)
	shapes := []*kan.Network{mustNew([]int{n, 1}, nil, d.Names)}
	grids, steps := []int{4, 12}, 30
	if n > 3 {
		// Networks of many inputs are costly, and made of many curves.
		grids, steps = []int{3, 8}, 20
	}
	if n > 1 {
		shapes = []*kan.Network{
			mustNew([]int{n, 1}, [][]kan.Op{{kan.Product}}, d.Names),
			mustNew([]int{n, 5, 1}, nil, d.Names),
		}
	}
	best := math.Inf(1)
	predicted := make([]float64, len(unseen.Y))
	for _, net := range shapes {
		if ctx.Err() != nil {
			return math.Inf(1)
		}
		trained, _, err := kan.TrainTopology(ctx, net, kan.Data{Names: d.Names, Cols: d.Cols, Y: d.Y, W: d.W},
			kan.TrainOptions{Grid: grids, MaxIter: steps, Starts: 2, Seed: s.opt.Seed})
		if err != nil {
			continue
		}
		trained.Predict(predicted, unseen.Cols)
		// The weights of a reduced problem undo the factor of its target.
		sum := 0.0
		for i, p := range predicted {
			r := unseen.Y[i] - p
			sum += weightAt(unseen.W, i) * r * r
		}
		if finite(sum) {
			best = min(best, math.Sqrt(sum/float64(len(predicted))))
		}
	}
	return best
}
