package fit

import (
	"context"
	"slices"

	"github.com/kansym/kansym/symbolic"
)

// tie makes one constant of those that the data show to be equal, where that
// makes the description shorter.
func (s *state) tie(ctx context.Context, c *scored) *scored {
	f := symbolic.Tie(ctx, c.fit, s.data.train, symbolic.SnapOptions{Domains: s.domains})
	if f.Expr.Equal(c.expr) {
		return c
	}
	if n := s.measure(f); n != nil && n.bits <= c.bits && (n.exact || !c.exact) {
		n.polished = true
		return n
	}
	return c
}

// turnWaves moves the phases of waves by quarter turns where that makes the
// description shorter, by more than the choice of four is worth:
// sin(2.7*x+1.9708) for cos(2.7*x+0.4).
func (s *state) turnWaves(ctx context.Context, c *scored) *scored {
	const readable, choice, rounds = 40, 2, 3
	if len(c.expr.FreeValues()) == 0 || c.complexity > readable {
		return c
	}
	for range rounds {
		best := c
		for _, e := range symbolic.QuarterTurns(c.expr) {
			if ctx.Err() != nil {
				break
			}
			f, err := symbolic.Refit(ctx, symbolic.Simplify(e, symbolic.SimplifyOptions{Domains: s.domains}), s.data.train, symbolic.RefitOptions{})
			if err != nil {
				continue
			}
			f, notes := symbolic.Snap(ctx, f, s.data.train, symbolic.SnapOptions{Domains: s.domains})
			n := s.measure(f)
			if n != nil && n.bits < min(best.bits, c.bits-choice) && (n.exact || !c.exact) {
				n.polished, n.snaps = true, append(slices.Clone(c.snaps), notes...)
				best = n
			}
		}
		if best == c {
			break
		}
		c = best
	}
	return c
}

// multiplyOut looks for round constants in sums of products instead of products
// of sums, if some constants of the law are not round.
func (s *state) multiplyOut(ctx context.Context, c *scored) *scored {
	if !c.exact || len(c.expr.FreeValues()) == 0 || ctx.Err() != nil {
		return c
	}
	opt := symbolic.SimplifyOptions{Domains: s.domains}
	e, ok := symbolic.MultipliedOut(c.expr, opt)
	if !ok {
		return c
	}
	f, err := symbolic.Refit(ctx, e, s.data.train, symbolic.RefitOptions{})
	if err != nil {
		return c
	}
	f, notes := symbolic.Snap(ctx, f, s.data.train, symbolic.SnapOptions{Domains: s.domains})
	if n := s.measure(f); n != nil && n.exact && n.bits < c.bits {
		n.polished, n.snaps = true, notes
		return n
	}
	return c
}

// shorten writes c anew with fewer nodes, if that is possible. Long formulas that
// are not the law will not be read for their form.
func (s *state) shorten(ctx context.Context, c *scored) *scored {
	c = s.multiplyOut(ctx, c)
	const readable = 40
	if !c.exact && c.complexity > readable || ctx.Err() != nil {
		return c
	}
	e := symbolic.Shorten(c.expr, symbolic.SimplifyOptions{Domains: s.domains})
	if e.Equal(c.expr) {
		return c
	}
	f, err := symbolic.Refit(ctx, e, s.data.train, symbolic.RefitOptions{})
	if err != nil {
		return c
	}
	// The same function in fewer nodes; numbers may take a bit more.
	n := s.measure(f)
	if n == nil || n.exact != c.exact || n.complexity > c.complexity || n.complexity == c.complexity && n.bits > c.bits {
		return c
	}
	n.polished, n.snaps = true, c.snaps
	return n
}
