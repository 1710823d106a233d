package symbolic

import (
	"context"
	"math"
)

// Tie makes one constant of two free ones wherever their values agree, up to
// sign or a factor of two, within the error of their difference, and the formula
// can be written with the constant once: c*log(x)-d*log(y) becomes c*log(x/y),
// a*x+b*y becomes a*(x+y), tan(a*x)*tan(b*x) becomes tan(a*x)^2. The constants of
// the result are fitted again; it is kept if its description is shorter.
//
// Of opt the fields mean what they mean to Snap. The result is f if nothing was
// tied.
func Tie(ctx context.Context, f Fit, d Data, opt SnapOptions) Fit {
	if d.check() != nil || len(f.Expr.FreeValues()) < 2 {
		return f
	}
	s := newSnapper(d, opt)
	for ctx.Err() == nil {
		g, ok := s.tieOne(ctx, f)
		if !ok {
			break
		}
		f = g
	}
	return f
}

// ties are the ratios of constants that are looked for.
var ties = []*Expr{Int(1), Int(-1), Int(2), Int(-2), Rat(1, 2), Rat(-1, 2)}

// tieOne ties the first pair of constants that can be tied.
func (s *snapper) tieOne(ctx context.Context, f Fit) (Fit, bool) {
	values := f.Expr.FreeValues()
	exact := f.RMSE <= s.opt.Exact*s.scale
	now := s.describe(f)
	freedom := len(s.d.Y) - len(values)
	// A chance meeting must be unlikely among all pairs and ratios.
	chance := chanceBits + math.Log2(float64(len(ties)*len(values)*(len(values)-1)/2))
	for i, a := range values {
		for j, b := range values[:i] {
			for _, ratio := range ties {
				if ctx.Err() != nil || s.rounds >= maxRefits {
					return f, false
				}
				stderr := f.errorOfDifference(i, j, ratio.v)
				tol, precision := s.tolerance(a, stderr, f.RMSE, exact, freedom)
				if math.Abs(a-ratio.v*b) > tol || precision < chance {
					continue
				}
				e, ok := tied(f.Expr, i, j, ratio, s.opt.Domains)
				if !ok || s.tried[e.Hash()] {
					continue
				}
				s.tried[e.Hash()] = true
				s.rounds++
				g, err := Refit(ctx, e, s.d, RefitOptions{})
				if err != nil || exact && g.RMSE > s.opt.Exact*s.scale {
					continue
				}
				if s.describe(g) < now {
					return g, true
				}
			}
		}
	}
	return f, false
}

// errorOfDifference is the standard error of constant i minus ratio times
// constant j, 0 if it is not known.
func (f Fit) errorOfDifference(i, j int, ratio float64) float64 {
	if f.Cov == nil {
		return 0
	}
	return math.Sqrt(max(0, f.Cov.At(i, i)+ratio*ratio*f.Cov.At(j, j)-2*ratio*f.Cov.At(i, j)))
}

// tied returns e with constant i replaced by ratio times constant j, where that
// can be written with one free constant fewer.
func tied(e *Expr, i, j int, ratio *Expr, domains map[string]Interval) (*Expr, bool) {
	// Simplify never makes one of two free constants, since equal values may be
	// coincidence. A variable it does collect.
	const name = "\x00tied"
	values := e.FreeValues()
	nodes := make([]*Expr, len(values))
	for k, v := range values {
		nodes[k] = Free(v)
	}
	nodes[i], nodes[j] = tidyMul(ratio, Var(name)), Var(name)
	known := map[string]Interval{name: {values[j], values[j]}}
	for k, v := range domains {
		known[k] = v
	}
	one := Simplify(e.WithFree(nodes), SimplifyOptions{Domains: known})
	if one.count(name) > 1 {
		return nil, false
	}
	one = one.Subst(map[string]*Expr{name: Free(values[j])})
	one = Simplify(one, SimplifyOptions{Domains: domains})
	return one, len(one.FreeValues()) < len(values)
}

// count is how often a variable occurs in e.
func (e *Expr) count(name string) int {
	n := 0
	e.Walk(func(x *Expr) bool {
		if x.kind == KindVar && x.name == name {
			n++
		}
		return true
	})
	return n
}
