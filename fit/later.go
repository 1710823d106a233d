package fit

import (
	"cmp"
	"context"
	"slices"

	"github.com/kansym/kansym/symbolic"
)

// Long proposals that only approximate the target are postponed: simplifying and
// refitting them is most of the work of a search, and in vain where the law is
// found. What is best of them is assessed before the search ends without one.

const (
	// longProposal is the number of nodes, as proposed, from which on an
	// approximation can wait. Simplified it is hardly more than half as long.
	longProposal = 25
	// nearlyExact is the error, relative to the spread of the target, of a
	// proposal whose constants were fitted to a transform of the target and that
	// may turn out exact.
	nearlyExact = 1e-6
	// perLength is how many proposals of about the same length are kept.
	perLength = 3
)

// approximation returns e with its error, marked for later, if it is long and
// not likely to be the law; nil if it is to be assessed now. A law in noise leaves
// about as much as a network does.
func (s *state) approximation(e *symbolic.Expr) *scored {
	nodes := 0
	e.Walk(func(*symbolic.Expr) bool { nodes++; return true })
	if nodes < longProposal {
		return nil
	}
	const rows = 400
	mse, ok := errorOn(e, head(s.data.search, rows))
	variance := s.scale * s.scale
	if !ok || mse <= nearlyExact*nearlyExact*variance {
		return nil
	}
	const alike, better = 2, 0.25
	if s.reached < 1 {
		if mse <= alike*s.reached*variance {
			return nil
		}
	} else if b := s.front.best(); b == nil || mse <= better*b.trainMSE {
		return nil
	}
	return &scored{expr: e, trainMSE: mse, complexity: nodes, later: true}
}

// postpone remembers an approximation if it is among the best of its length.
func (s *state) postpone(c *scored) {
	const width = 6 // of a class of lengths, in nodes
	class := c.complexity / width
	list := s.postponed[class]
	at, _ := slices.BinarySearchFunc(list, c, func(a, b *scored) int { return cmp.Compare(a.trainMSE, b.trainMSE) })
	if at == perLength {
		return
	}
	list = slices.Insert(list, at, c)
	s.postponed[class] = list[:min(len(list), perLength)]
}

// approximations assesses what was postponed.
func (s *state) approximations(ctx context.Context) bool {
	var classes []int
	for class := range s.postponed {
		classes = append(classes, class)
	}
	slices.Sort(classes)
	var list []*scored
	for _, class := range classes {
		list = append(list, s.postponed[class]...)
	}
	clear(s.postponed)
	results := make([]*scored, len(list))
	s.parallel(len(list), func(i int) {
		if ctx.Err() != nil {
			return
		}
		if c := s.assess(ctx, list[i].expr); c != nil {
			c.found = list[i].found
			results[i] = c
		}
	})
	for _, c := range results {
		if c != nil {
			s.assessed[c.key] = true
			s.front.add(c)
		}
	}
	s.report()
	return s.front.exact() != nil
}
