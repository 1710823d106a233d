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
// more expressions than an enumeration with free coefficients can match. It is
// for data without noise and finds nothing in others.
func (s *state) hashedExpressions(ctx context.Context) bool {
	return s.lookedUp(ctx, 30_000, search.Reach{Pairs: 30_000, Thirds: 24, Short: 200})
}

// longerHashedExpressions goes on where hashedExpressions ended, at twenty times
// the cost.
func (s *state) longerHashedExpressions(ctx context.Context) bool {
	return s.lookedUp(ctx, 600_000, search.Reach{Pairs: 600_000, Thirds: 48, Short: 2000})
}

func (s *state) lookedUp(ctx context.Context, most int, reach search.Reach) bool {
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
	var tasks []task
	for _, t := range outputTransforms() {
		plain := t.name == identity.name
		out := search.Output{
			Forward: t.forward, Inverse: t.inverse, OneSign: t.mirror,
			Plain: plain, Inverted: plain || t.mirror || t.name == reciprocal.name,
		}
		tasks = append(tasks, task{"short formulas looked up for " + t.name, func(ctx context.Context) []*symbolic.Expr {
			var list []*symbolic.Expr
			for _, c := range x.Find(ctx, out, reach) {
				list = append(list, c.Expr)
			}
			return list
		}})
	}
	return s.try(ctx, tasks)
}
