package fit

import (
	"context"

	"github.com/kansym/kansym/fit/search"
	"github.com/kansym/kansym/symbolic"
)

// mostIndexInputs bounds the inputs of an index of expressions: with more of
// them its expressions are too short.
const mostIndexInputs = 5

// hashedExpressions looks the target up, under the output transforms, among many
// more expressions than an enumeration with free coefficients can match, in a
// few tenths of a second. It is for data without noise and finds nothing in others.
func (s *state) hashedExpressions(ctx context.Context) bool {
	return s.lookedUp(ctx, 250_000, 40_000, 24, 200)
}

// longerHashedExpressions goes on where hashedExpressions ended, for a few
// seconds, or about one where the problem is one of several reduced ones.
func (s *state) longerHashedExpressions(ctx context.Context) bool {
	// Measurements hardly have more digits, and would only be searched in vain.
	const leastDigits = 7
	if s.indexed || search.Digits(s.root.data.search.Y) < leastDigits {
		return false
	}
	s.indexed = true
	if s.depth > 0 {
		return s.lookedUp(ctx, 250_000, 250_000, 40, 1000)
	}
	return s.lookedUp(ctx, 600_000, 600_000, 40, 1500)
}

// lookedUp looks the target up in an index of most expressions, beside the first
// of them, and then, with one of so many thirds taken off, beside so many short
// ones and inside of functions.
func (s *state) lookedUp(ctx context.Context, most, first, thirds, short int) bool {
	d := s.data.search
	if len(d.Names) > mostIndexInputs {
		return false
	}
	s.say("formulas by their values")
	// What was divided by inputs has digits that were not given.
	x := search.NewIndex(ctx, d, search.Digits(s.root.data.search.Y), most)
	if x == nil {
		return false
	}
	var outputs []search.Output
	for _, t := range outputTransforms() {
		plain := t.name == identity.name
		outputs = append(outputs, search.Output{
			Forward: t.forward, Inverse: t.inverse, OneSign: t.mirror,
			Plain: plain, Inverted: plain || t.mirror || t.name == reciprocal.name,
		})
	}
	batch := func(what string, find func(context.Context, search.Output) []search.Candidate) []task {
		var tasks []task
		for i, t := range outputTransforms() {
			tasks = append(tasks, task{what + " for " + t.name, func(ctx context.Context) []*symbolic.Expr {
				return expressionsOf(find(ctx, outputs[i]))
			}})
		}
		return tasks
	}
	if certain := s.try(ctx, batch("short formulas looked up", func(ctx context.Context, out search.Output) []search.Candidate {
		return x.Find(ctx, out, first)
	})); certain || s.front.exact() != nil {
		return certain
	}
	inside := task{"short formulas looked up inside of functions", func(ctx context.Context) []*symbolic.Expr {
		return expressionsOf(x.FindInside(ctx, outputs, thirds))
	}}
	three := batch("three short formulas looked up", func(ctx context.Context, out search.Output) []search.Candidate {
		return x.FindThree(ctx, out, outputs, thirds, short)
	})
	return s.try(ctx, append([]task{inside}, three...))
}

func expressionsOf(list []search.Candidate) []*symbolic.Expr {
	var out []*symbolic.Expr
	for _, c := range list {
		out = append(out, c.Expr)
	}
	return out
}
