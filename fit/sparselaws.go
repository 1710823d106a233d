package fit

import (
	"context"
	"math"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// sparseRows is how many rows a dictionary of m features is fitted on.
func sparseRows(m int) int { return max(400, 6*m) }

// dictionaryLimit bounds the features of a dictionary: the work grows with
// its square, and with fewer rows than features everything fits. What is chosen
// of them is bounded more tightly, see selections.
func (s *state) dictionaryLimit() int { return min(220, len(s.data.search.Y)*2/3) }

// sparseLaws tries sparse linear combinations of monomials and elementary
// functions under the output transforms, and quotients of such combinations.
func (s *state) sparseLaws(ctx context.Context) bool {
	limit := s.dictionaryLimit()
	if limit < 2 {
		return false
	}
	d := head(s.data.search, sparseRows(limit))
	dicts := sparseDictionaries(d, limit)
	var tasks []task
	// The small dictionaries come first under every transform, then the
	// larger ones: short formulas are met early.
	transforms := outputTransforms()
	for _, dict := range dicts {
		if len(dict.features) == 0 {
			continue
		}
		for k, t := range transforms {
			// Rarer transforms get only dictionaries that stay cheap.
			if k >= 6 && len(dict.features) > 80 {
				continue
			}
			tasks = append(tasks, s.combination(dict, t))
		}
	}
	tasks = append(tasks, s.relations()...)
	if composed := composedDictionary(d, limit); len(composed) > 0 {
		dict := dictionary{"composed", composed}
		tasks = append(tasks, s.combination(dict, transforms[0]), s.combination(dict, transforms[2]))
	}
	return s.try(ctx, tasks)
}

// sparseDictionaries lists dictionaries of at most limit features, small ones
// first.
func sparseDictionaries(d symbolic.Data, limit int) []dictionary {
	return append(monomialDictionaries(d, limit),
		dictionary{"sine and cosine", unaryDictionary(d, []string{"sin", "cos"}, limit)},
		dictionary{"exponential", unaryDictionary(d, []string{"exp", "exp(-x)"}, limit)},
		dictionary{"logarithm and root", unaryDictionary(d, []string{"log", "sqrt"}, limit)},
	)
}

// combination is the task of fitting T(y) by a sparse combination of features.
func (s *state) combination(dict dictionary, t transform) task {
	return task{dict.name + " formulas for " + t.name, func(ctx context.Context) []*symbolic.Expr {
		d := head(s.data.search, len(dict.features[0].values))
		ty, tw, ok := t.apply(d.Y, d.W)
		if !ok {
			return nil
		}
		negative := allNegative(d.Y)
		var out []*symbolic.Expr
		for _, sel := range selections(ctx, dict.columns(), ty, tw) {
			out = append(out, t.inverse(linear(dict.features, sel), negative))
		}
		return out
	}}
}

// selections returns the sparse fits of a target worth turning into formulas:
// the exact one if there is one, otherwise the best few by the Bayesian
// information criterion.
func selections(ctx context.Context, columns [][]float64, target, w []float64) []selection {
	if ctx.Err() != nil || len(columns) == 0 {
		return nil
	}
	n := float64(len(target))
	fit := newSparseFit(columns, target, w)
	if fit.norm == 0 {
		return nil
	}
	var history []float64
	relative := fit.forward(min(len(columns), len(target)/3), func(r float64) { history = append(history, r) })
	if relative < exactResidual {
		return []selection{fit.prune(fit.chosen)}
	}
	// BIC of the first k features, on errors relative to the target.
	const most = 10
	best, least := 0, math.Inf(1)
	for k := range min(len(history), most) {
		bic := n*math.Log(history[k]*history[k]+1e-300) + float64(k+1)*math.Log(n)
		if bic < least {
			best, least = k, bic
		}
	}
	var out []selection
	for k := range min(len(history), most) {
		// Short combinations are wanted for the front whatever they leave;
		// of the others only the best.
		if history[k] < 0.9 && (k < 3 || k == best) && k <= best {
			out = append(out, fit.solve(fit.chosen[:k+1]))
		}
	}
	return out
}

// linear writes a selection as a sum with free coefficients.
func linear(features []feature, sel selection) *symbolic.Expr {
	var terms []*symbolic.Expr
	for k, j := range sel.features {
		c := symbolic.Free(sel.coef[k])
		if features[j].expr.IsInt(1) {
			terms = append(terms, c)
		} else {
			terms = append(terms, symbolic.Mul(c, features[j].expr))
		}
	}
	return symbolic.Add(terms...)
}

// powerLaws fits log|y| by logarithms of the inputs, which gives
// c*x1^k1*x2^k2..., and by logarithms together with monomials, which gives
// products of powers and exponentials.
func (s *state) powerLaws(ctx context.Context) bool {
	d := s.data.search
	lg := logs(d)
	ones := make([]float64, len(d.Y))
	for i := range ones {
		ones[i] = 1
	}
	constant := feature{expr: symbolic.Int(1), values: ones, logOf: -1}
	pure := dictionary{"power law", append([]feature{constant}, lg...)}
	tasks := []task{s.logLinear(pure, true), s.logLinear(pure, false)}

	limit := s.dictionaryLimit()
	for _, spec := range []exponents{
		{"linear", intPowers(1), 1, 1},
		{"quadratic", intPowers(1, 2), 2, 2},
		{"Laurent", intPowers(1, -1, 2, -2), 4, 4},
	} {
		fs := monomials(d, spec, limit)
		if fs == nil {
			continue
		}
		dict := dictionary{"powers times exponentials of " + spec.name + " formulas", append(fs, lg...)}
		tasks = append(tasks, s.logLinear(dict, false))
	}
	return s.try(ctx, tasks)
}

// logLinear is the task of fitting log|y| by features among which are
// logarithms, all of them or a sparse choice.
func (s *state) logLinear(dict dictionary, all bool) task {
	return task{dict.name, func(ctx context.Context) []*symbolic.Expr {
		d := s.data.search
		ly := make([]float64, len(d.Y))
		w := make([]float64, len(d.Y))
		for i, y := range d.Y {
			ly[i] = math.Log(math.Abs(y))
			w[i] = y * y * weightAt(d.W, i)
			if !finite(ly[i]) {
				return nil
			}
		}
		limitSpread(w, 1e6)
		var sels []selection
		if all {
			if 2*len(dict.features) > len(ly) {
				return nil
			}
			every := make([]int, len(dict.features))
			for j := range every {
				every[j] = j
			}
			fit := newSparseFit(dict.columns(), ly, w)
			if fit.norm == 0 {
				return nil
			}
			sel := fit.solve(every)
			if sel.relative < exactResidual {
				sel = fit.prune(every)
			}
			sels = []selection{sel}
		} else {
			sels = selections(ctx, dict.columns(), ly, w)
		}
		var out []*symbolic.Expr
		for _, sel := range sels {
			if e := powerProduct(d, dict.features, sel); e != nil {
				out = append(out, e)
			}
		}
		return out
	}}
}

// powerProduct turns a fit of log|y| into a formula for y: a coefficient of
// log|x| is an exponent of x, the rest goes into an exponential. For an input
// that changes sign the exponent is rounded to an integer, with |x| where the
// target does not follow the sign.
func powerProduct(d symbolic.Data, features []feature, sel selection) *symbolic.Expr {
	exp, _ := library.Lookup("exp")
	abs, _ := library.Lookup("abs")
	var factors, exponent []*symbolic.Expr
	sign := make([]float64, len(d.Y))
	for i, y := range d.Y {
		sign[i] = math.Copysign(1, y)
	}
	scale := 0.0
	var mixed []int
	for k, j := range sel.features {
		f := features[j]
		switch {
		case f.logOf >= 0:
			col := d.Cols[f.logOf]
			x := symbolic.Var(d.Names[f.logOf])
			lo, hi := bounds(col)
			if lo > 0 {
				factors = append(factors, symbolic.Pow(x, symbolic.Free(sel.coef[k])))
			} else if hi < 0 {
				factors = append(factors, symbolic.Pow(symbolic.Neg(x), symbolic.Free(sel.coef[k])))
			} else {
				mixed = append(mixed, k)
			}
		case f.expr.IsInt(1):
			scale = sel.coef[k]
		default:
			exponent = append(exponent, symbolic.Mul(symbolic.Free(sel.coef[k]), f.expr))
		}
	}
	for _, k := range mixed {
		v := features[sel.features[k]].logOf
		p := int64(math.Round(sel.coef[k]))
		x := symbolic.Var(d.Names[v])
		if math.Abs(sel.coef[k]-float64(p)) > 0.2 || p == 0 || p > 9 || p < -9 {
			factors = append(factors, symbolic.Pow(symbolic.Call(abs, x), symbolic.Free(sel.coef[k])))
			continue
		}
		if p%2 != 0 {
			for i, xv := range d.Cols[v] {
				sign[i] *= math.Copysign(1, xv)
			}
		}
		factors = append(factors, symbolic.Pow(x, symbolic.Int(p)))
	}
	balance := 0.0
	for _, v := range sign {
		balance += v
	}
	// The signs must be explained by the factors: with both left over the
	// product is a formula for |y|.
	if math.Abs(balance) < 0.5*float64(len(sign)) {
		return nil
	}
	c := math.Copysign(math.Exp(scale), balance)
	if !finite(c) || c == 0 {
		return nil
	}
	factors = append([]*symbolic.Expr{symbolic.Free(c)}, factors...)
	if len(exponent) > 0 {
		factors = append(factors, symbolic.Call(exp, symbolic.Add(exponent...)))
	}
	return symbolic.Mul(factors...)
}
