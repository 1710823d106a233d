package fit

import (
	"context"
	"math"

	"github.com/kansym/kansym/fit/search"
	"github.com/kansym/kansym/symbolic"
)

const (
	// mostExpressionInputs bounds the inputs of an enumeration: with more of
	// them it ends before formulas of interest.
	mostExpressionInputs = 6
	bankSize             = 1500
	bankRows             = 500
	// Longer expressions take many more matches, and only with few inputs are
	// their terms long enough for more than the shorter ones found.
	mostLongerInputs = 4
	longerRows       = 250

	evolutionRows    = 700
	evolutionLargest = 40
	evolutionWork    = 15e6 // node-rows per row
)

// expressions enumerates short formulas, matches the target under the output
// transforms by one or two of them, and follows those that explain the target
// by a function of one variable.
func (s *state) expressions(ctx context.Context) bool {
	d := head(s.data.search, bankRows)
	smooth, tolerance, noisy := s.smooth(ctx)
	if noisy {
		if s.smoothLaws(ctx, smooth, tolerance) || s.root.settled(ctx, false) {
			return true
		}
		d = head(smooth, bankRows)
	}
	bank := s.bank(ctx, d, mostExpressionInputs)
	if bank == nil {
		return false
	}
	tasks := []task{s.matched("products", d, identity, bank.Products)}
	for _, t := range outputTransforms() {
		tasks = append(tasks, s.matched("sums", d, t, bank.Sums))
	}
	if s.try(ctx, tasks) || s.root.settled(ctx, false) {
		return true
	}
	// Without noise gradients know better what to merge, and this comes after
	// them.
	if len(d.Names) < 2 || s.clear(ctx) {
		return false
	}
	return s.scalarGroups(ctx, bank, d, noisy)
}

// heart looks for one variable at heart where gradients did not help.
func (s *state) heart(ctx context.Context) bool {
	d := head(s.data.search, bankRows)
	if len(d.Names) < 2 || !s.clear(ctx) {
		return false // expressions did
	}
	bank := s.bank(ctx, d, mostExpressionInputs)
	return bank != nil && s.scalarGroups(ctx, bank, d, false)
}

// longerExpressions goes on where expressions ended: with three terms or
// factors, with products under the output transforms, and with quotients.
func (s *state) longerExpressions(ctx context.Context) bool {
	d := head(s.data.search, longerRows)
	bank := s.bank(ctx, d, mostLongerInputs)
	if bank == nil {
		return false
	}
	bank.Triples = true
	var tasks []task
	for _, t := range outputTransforms() {
		// A power of a product is one, and one of a quotient nearly so.
		if !t.mirror && t.name != reciprocal.name {
			tasks = append(tasks, s.matched("products", d, t, bank.Products))
		}
		tasks = append(tasks, s.matched("sums", d, t, bank.Sums))
	}
	for _, t := range outputTransforms() {
		if !t.mirror && t.name != reciprocal.name || t.name == "y^2" {
			tasks = append(tasks, s.matched("quotients", d, t, bank.Quotients))
		}
	}
	return s.try(ctx, tasks)
}

// bank enumerates short formulas of the inputs of d; nil where there are more
// inputs than most or too few rows.
func (s *state) bank(ctx context.Context, d symbolic.Data, most int) *search.Bank {
	if len(d.Names) > most || len(d.Y) < 20 {
		return nil
	}
	s.say("short formulas")
	return search.NewBank(ctx, d, bankSize)
}

// matched is the task of matching the target of d under t with formulas of a
// bank.
func (s *state) matched(what string, d symbolic.Data, t transform, match func(ctx context.Context, t, w []float64) []search.Candidate) task {
	return task{what + " of short formulas for " + t.name, func(ctx context.Context) []*symbolic.Expr {
		ty, tw, ok := t.apply(d.Y, d.W)
		if !ok {
			return nil
		}
		var out []*symbolic.Expr
		for _, e := range s.formulas(match(ctx, ty, tw)) {
			out = append(out, t.inverse(e, allNegative(d.Y)))
		}
		return out
	}}
}

// formulas lists the candidates and, where few inputs are left, each once more
// with a free factor at every occurrence of an input: the enumeration knows no
// constants but 1, and a law may have one inside a function.
func (s *state) formulas(list []search.Candidate) []*symbolic.Expr {
	const mostInputs, mostFactors = 2, 3
	var out []*symbolic.Expr
	for _, c := range list {
		out = append(out, c.Expr)
		if len(s.data.search.Names) > mostInputs {
			continue
		}
		factors := 0
		relaxed := c.Expr.Map(func(n *symbolic.Expr) *symbolic.Expr {
			if n.Kind() != symbolic.KindVar {
				return n
			}
			factors++
			return symbolic.Mul(symbolic.Free(1), n)
		})
		if factors <= mostFactors {
			out = append(out, relaxed)
		}
	}
	return out
}

// scalarGroups follows formulas of several inputs through which alone these seem
// to act on the target. With noise a network of the smaller problem has to predict
// unseen rows as well as one of all inputs does.
func (s *state) scalarGroups(ctx context.Context, bank *search.Bank, d symbolic.Data, noisy bool) bool {
	if len(d.Names) < 2 || s.depth >= deepest {
		return false
	}
	s.say("one variable at heart")
	list := bank.Scalars(ctx, d.Y, d.W)
	least := math.Inf(1)
	for _, c := range list {
		least = min(least, c.Noise)
	}
	// The estimate has a relative error of about this much.
	luck := 1 + 4/math.Sqrt(float64(len(d.Y)))
	followed, tested := 0, 0
	const mostFollowed, mostTested, mostNoise = 2, 12, 0.3
	// What leaves more than a network of all inputs does is wrong.
	const worse = 2
	most := min(mostNoise, worse*s.unexplained(ctx)+1e-6)
	for _, c := range list {
		if ctx.Err() != nil || followed == mostFollowed {
			return false
		}
		if c.Noise > most || c.Noise > luck*least+1e-6 {
			continue
		}
		var factor *symbolic.Expr
		if !c.G.IsInt(1) {
			factor = symbolic.Pow(c.G, symbolic.Int(-1))
		}
		child := s.child([]*symbolic.Expr{c.F}, factor, smoothWhy)
		if child == nil || s.root.visited[child.key] {
			continue
		}
		if noisy && tested < mostTested {
			if tested++; s.losesWith(ctx, child) {
				continue
			}
		}
		followed++
		if child.solve(ctx) {
			return true
		}
	}
	return false
}

// mutations evolves what is on the front. It is for tables that follow no short
// law, where a formula of moderate length is wanted all the same.
func (s *state) mutations(ctx context.Context) bool {
	if s.evolve(ctx, evolutionWork*int64(min(len(s.data.search.Y), evolutionRows))) {
		return true
	}
	// Long proposals were postponed, and nothing comes after this.
	return s.approximations(ctx)
}

// evolve is mutations with a bound on the work in node-rows.
func (s *state) evolve(ctx context.Context, work int64) bool {
	d := head(s.data.search, evolutionRows)
	if len(d.Y) < 20 {
		return false
	}
	s.say("mutations")
	largest := evolutionLargest
	if s.opt.MaxComplexity > 0 {
		largest = min(largest, s.opt.MaxComplexity)
	}
	var seeds []*symbolic.Expr
	for _, c := range s.front.list {
		seeds = append(seeds, c.expr.Map(func(n *symbolic.Expr) *symbolic.Expr {
			// Constants that were rounded may move again.
			if n.Kind() == symbolic.KindFloat {
				return symbolic.Free(n.Const())
			}
			return n
		}))
	}
	found := search.Evolve(ctx, d, seeds, search.EvolveOptions{
		Largest: largest, Work: work, Threads: s.threads, Seed: s.opt.Seed, Domains: s.domains,
	})
	var tasks []task
	for _, c := range found {
		tasks = append(tasks, task{"mutations", func(context.Context) []*symbolic.Expr { return []*symbolic.Expr{c.Expr} }})
	}
	return s.try(ctx, tasks)
}
