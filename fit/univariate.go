package fit

import (
	"context"
	"math"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// univariate looks for formulas of one variable, where there is only one.
func (s *state) univariate(ctx context.Context) bool {
	d := s.data.search
	if len(d.Names) != 1 {
		return false
	}
	x := symbolic.Var(d.Names[0])
	search := func(set *library.Set, arg *symbolic.Expr) task {
		return task{"functions of " + s.lift0(arg).Format(library.LangText), func(ctx context.Context) []*symbolic.Expr {
			values, ok := column(arg, d)
			if !ok {
				return nil
			}
			found := symbolic.MatchUnivariate(ctx, values, d.Y, d.W, d.Names[0], set, symbolic.MatchOptions{Keep: 8, Noise: s.tolerance / 2})
			for i, e := range found {
				found[i] = e.Subst(map[string]*symbolic.Expr{d.Names[0]: arg})
			}
			return found
		}}
	}
	if s.tolerance == 0 && s.try(ctx, []task{{"straight pieces in " + s.lift0(x).Format(library.LangText), s.kinks}}) {
		return true
	}
	if s.try(ctx, []task{search(s.library, x)}) || s.front.exact() != nil {
		return true
	}
	// Of the values of a part no more is asked than they are known to.
	if s.tolerance > 0 && s.enough() || s.depth > 0 && s.root.settled(ctx, true) {
		return false
	}
	if lo, hi := bounds(d.Cols[0]); s.depth > 0 && (lo > 0 || hi < 0) {
		// Which way round a quotient of inputs is merged is a matter of chance.
		s.try(ctx, []task{search(s.library, symbolic.Pow(x, symbolic.Int(-1)))})
	}
	if s.front.exact() != nil || s.opt.Library != nil {
		return s.front.exact() != nil
	}
	// The functions that the default set leaves out are rare, not unheard of,
	// and with noise nobody could tell them from others.
	const clean = 1e-3
	if b := s.front.best(); b == nil || math.Sqrt(b.error()) > clean*s.root.scale {
		return false
	}
	rare, err := library.ParseSet(rareFunctions)
	return err == nil && s.try(ctx, []task{search(rare, x)})
}

// rareFunctions are those of all functions that the default set leaves out.
const rareFunctions = "sign,softplus,cbrt,asinh"
