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
	return s.lookedUp(ctx, 60_000, 24, 200)
}

// longerHashedExpressions goes on where hashedExpressions ended, for a few
// seconds, or about one where the problem is one of several reduced ones.
func (s *state) longerHashedExpressions(ctx context.Context) bool {
	if s.depth > 0 {
		return s.lookedUp(ctx, 200_000, 40, 1000)
	}
	return s.lookedUp(ctx, 600_000, 40, 1500)
}

// lookedUp looks the target up in an index of so many expressions, and then,
// with one of so many thirds taken off, beside so many short ones.
func (s *state) lookedUp(ctx context.Context, most, thirds, short int) bool {
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
				var list []*symbolic.Expr
				for _, c := range find(ctx, outputs[i]) {
					list = append(list, c.Expr)
				}
				return list
			}})
		}
		return tasks
	}
	if certain := s.try(ctx, batch("short formulas looked up", x.Find)); certain || s.front.exact() != nil {
		return certain
	}
	return s.try(ctx, batch("three short formulas looked up", func(ctx context.Context, out search.Output) []search.Candidate {
		return x.FindThree(ctx, out, outputs, thirds, short)
	}))
}
