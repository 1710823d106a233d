package fit

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// An exact law may be no combination of features and yet obey one together with
// its own value: P(x)+Q(x)*t = 0 is t = -P/Q, and P(x)+Q(x)*t+t^2 = 0 is
// t = (-Q+-sqrt(Q^2-4*P))/2, with t the target under an output transform and P
// and Q combinations of few features. The coefficients span the null space of the
// columns of features, features times t, and features times t^2.

// relationFeatures bounds the features of a relation: its work grows with the
// cube of their number.
const relationFeatures = 60

// relations looks for relations between the target and the inputs. They are
// told from chance by exactness, so there are none with noise.
func (s *state) relations() []task {
	limit := min(relationFeatures, len(s.data.search.Y)/6)
	if limit < 2 {
		return nil
	}
	d := head(s.data.search, 4*limit)
	var dicts []dictionary
	seen := map[int]bool{}
	for _, spec := range []exponents{
		{"linear", intPowers(1), 1, 1},
		{"bilinear", intPowers(1), 2, 2},
		{"quadratic", intPowers(1, 2), 2, 2},
		{"cubic", intPowers(1, 2, 3), 3, 3},
		{"quartic", intPowers(1, 2, 3, 4), 4, 4},
		{"sextic", intPowers(1, 2, 3, 4, 5, 6), 6, 6},
	} {
		if fs := monomials(d, spec, limit); fs != nil && !seen[len(fs)] {
			seen[len(fs)] = true
			dicts = append(dicts, dictionary{spec.name, fs})
		}
	}
	for _, names := range [][]string{{"cos", "sin"}, {"cos"}, {"sin"}, {"tan"}, {"tanh"}, {"exp"}, {"log"}, {"sqrt"}} {
		if fs := productsWith(d, names, limit); len(fs) > 0 {
			dicts = append(dicts, dictionary{enumerate(names), fs})
		}
	}
	var tasks []task
	quotients := func(name string, above, below []feature) {
		for _, t := range outputTransforms() {
			tasks = append(tasks, task{"quotients of " + name + " formulas for " + t.name, func(ctx context.Context) []*symbolic.Expr {
				return s.relation(ctx, d, above, below, t, 1)
			}})
		}
	}
	for _, dict := range dicts {
		quotients(dict.name, dict.features, dict.features)
		tasks = append(tasks, task{"roots of " + dict.name + " formulas", func(ctx context.Context) []*symbolic.Expr {
			return s.relation(ctx, d, dict.features, dict.features, identity, 2)
		}})
	}
	if above, below := mixed(d, limit), rootMonomials(d, limit); len(above) > 0 && len(below) > 1 {
		quotients("mixed", above, below)
	}
	return tasks
}

// mixed lists monomials and, beside them, logarithms, roots and exponentials of
// single inputs.
func mixed(d symbolic.Data, limit int) []feature {
	for _, degree := range []int{3, 2} {
		out := monomials(d, exponents{"", intPowers(1, 2, 3)[:degree], float64(degree), degree}, limit)
		if out == nil {
			continue
		}
		for v, col := range d.Cols {
			for _, name := range []string{"log", "sqrt", "exp", "exp(-x)"} {
				f, ok := library.Lookup(name)
				if !ok {
					continue
				}
				if values := mapped(col, f.Value); usable(values) && len(out) < limit {
					out = append(out, feature{expr: symbolic.Call(f, symbolic.Var(d.Names[v])), values: values, logOf: -1})
				}
			}
		}
		return out
	}
	return nil
}

// rootMonomials lists products of powers of up to two inputs, among them roots.
func rootMonomials(d symbolic.Data, limit int) []feature {
	halves := []*symbolic.Expr{symbolic.Rat(1, 2), symbolic.Int(1), symbolic.Rat(3, 2), symbolic.Int(2)}
	for n := len(halves); n > 1; n-- {
		if fs := monomials(d, exponents{"", halves[:n], 3, 2}, limit); fs != nil {
			return fs
		}
	}
	return nil
}

// productsWith lists the products of up to three (where they are too many, two) of
// the inputs and of functions of them; nil where that is more than limit or none
// of the functions exists.
func productsWith(d symbolic.Data, names []string, limit int) []feature {
	singles := symbolic.Data{Names: slices.Clone(d.Names), Cols: slices.Clone(d.Cols), Y: d.Y}
	with := map[string]*symbolic.Expr{}
	for v, col := range d.Cols {
		for _, name := range names {
			f, ok := library.Lookup(name)
			if !ok {
				continue
			}
			if values := mapped(col, f.Value); usable(values) {
				e := symbolic.Call(f, symbolic.Var(d.Names[v]))
				with[e.String()] = e
				singles.Names = append(singles.Names, e.String())
				singles.Cols = append(singles.Cols, values)
			}
		}
	}
	if len(with) == 0 {
		return nil
	}
	for _, degree := range []int{3, 2} {
		spec := exponents{"", intPowers(1, 2, 3)[:degree], float64(degree), degree}
		if fs := monomials(singles, spec, limit); fs != nil {
			for i := range fs {
				fs[i].expr = fs[i].expr.Subst(with)
			}
			return fs
		}
	}
	return nil
}

// relation returns the formula that a relation of the given degree in t stands
// for, if the rows of d obey one: P is a combination of the features above, and
// what t and its powers are multiplied with one of those below.
func (s *state) relation(ctx context.Context, d symbolic.Data, above, below []feature, t transform, degree int) []*symbolic.Expr {
	ty, _, ok := t.apply(d.Y, nil)
	if !ok || ctx.Err() != nil {
		return nil
	}
	columns := dictionary{features: above}.columns()
	multiplied := dictionary{features: below}.columns()
	for range degree {
		for i, c := range multiplied {
			v := make([]float64, len(ty))
			floats.MulTo(v, c, ty)
			multiplied[i] = v
			columns = append(columns, v)
		}
	}
	pivot := nullPivot(columns, len(above), len(above)+(degree-1)*len(below))
	if pivot < 0 || ctx.Err() != nil {
		return nil
	}
	rest := slices.Delete(slices.Clone(columns), pivot, pivot+1)
	fit := newSparseFit(rest, columns[pivot], nil)
	every := make([]int, len(rest))
	for i := range every {
		every[i] = i
	}
	if fit.norm == 0 {
		return nil
	}
	sel := fit.solve(every)
	if sel.relative >= exactResidual {
		return nil
	}
	sel = fit.prune(every)
	// coef[k] are those of t^k, with the pivot on the same side.
	parts := make([][]*symbolic.Expr, degree+1)
	values := make([][]float64, degree+1)
	for k := range parts {
		values[k] = make([]float64, len(ty))
	}
	add := func(column int, c *symbolic.Expr, coef float64) {
		k, f := 0, feature{}
		if column < len(above) {
			f = above[column]
		} else {
			k, f = 1+(column-len(above))/len(below), below[(column-len(above))%len(below)]
		}
		parts[k] = append(parts[k], symbolic.Mul(c, f.expr))
		floats.AddScaled(values[k], coef, f.values)
	}
	add(pivot, symbolic.Int(1), 1)
	for i, j := range sel.features {
		if j >= pivot {
			j++
		}
		add(j, symbolic.Free(-sel.coef[i]), -sel.coef[i])
	}
	negative := allNegative(d.Y)
	if len(parts[0]) == 0 || len(parts[degree]) == 0 {
		return nil
	}
	if degree == 1 {
		return []*symbolic.Expr{t.inverse(symbolic.Neg(symbolic.Div(symbolic.Add(parts[0]...), symbolic.Add(parts[1]...))), negative)}
	}
	return root(above, ty, parts, values)
}

// nullPivot returns a column, from the one with index least on, that depends linearly
// on the others, the shortest that does, or -1. The first m columns are the features
// without t.
func nullPivot(columns [][]float64, m, least int) int {
	n, upper := len(columns[0]), len(columns)-m
	b, z := mat.NewDense(n, m, nil), mat.NewDense(n, upper, nil)
	for j, c := range columns {
		size := norm(c)
		if size == 0 || !finite(size) {
			return -1
		}
		for i, v := range c {
			if j < m {
				b.Set(i, j, v/size)
			} else {
				z.Set(i, j-m, v/size)
			}
		}
	}
	// What the features explain is taken out; what is left is deficient where a
	// relation holds.
	var qr mat.QR
	qr.Factorize(b)
	var full, q, proj, left mat.Dense
	qr.QTo(&full)
	q.CloneFrom(full.Slice(0, n, 0, m))
	for range 2 {
		proj.Mul(q.T(), z)
		left.Mul(&q, &proj)
		z.Sub(z, &left)
		proj.Reset()
		left.Reset()
	}
	var svd mat.SVD
	if !svd.Factorize(z, mat.SVDThinV) {
		return -1
	}
	sigma := svd.Values(nil)
	var v mat.Dense
	svd.VTo(&v)
	// Rounding leaves about 1e-16, while smooth functions of a narrow range are
	// nearly dependent: the null space begins at the widest gap.
	const none, rounding = 1e-12, 1e-17
	first, gap := -1, 0.0
	for i := 1; i < upper; i++ {
		if g := sigma[i-1] / (sigma[i] + rounding); sigma[i] < none && g > gap {
			first, gap = i, g
		}
	}
	if first < 0 {
		return -1
	}
	// Of a null space of several dimensions (a relation times any feature is one
	// again) the combination without the longest columns is taken.
	k := upper - first
	null := mat.NewDense(k, upper, nil)
	for r := range k {
		for j := range upper {
			null.Set(r, j, v.At(j, first+r))
		}
	}
	row := shortest(null)
	const small = 1e-6
	for j := least - m; j < upper; j++ {
		if math.Abs(row[j]) > small {
			return m + j
		}
	}
	return -1
}

// shortest combines the rows of null such that as many as possible of the last
// columns vanish, and scales the largest element to 1.
func shortest(null *mat.Dense) []float64 {
	k, n := null.Dims()
	alive := make([]int, k)
	for i := range alive {
		alive[i] = i
	}
	const small = 1e-9
	for j := n - 1; j >= 0 && len(alive) > 1; j-- {
		best := 0
		for i, r := range alive {
			if math.Abs(null.At(r, j)) > math.Abs(null.At(alive[best], j)) {
				best = i
			}
		}
		p := alive[best]
		if math.Abs(null.At(p, j)) < small {
			continue
		}
		alive = slices.Delete(alive, best, best+1)
		for _, r := range alive {
			f := null.At(r, j) / null.At(p, j)
			for c := range n {
				null.Set(r, c, null.At(r, c)-f*null.At(p, c))
			}
		}
	}
	row := slices.Clone(null.RawRowView(alive[0]))
	top := 0.0
	for _, v := range row {
		top = max(top, math.Abs(v))
	}
	if top > 0 {
		floats.Scale(1/top, row)
	}
	return row
}

// root solves P+Q*t+R*t^2 = 0 for t, with R a single feature: t is -Q/(2R) plus
// or minus a square root, whose square is again a combination of features. Where
// the sign varies, it does so with a feature that is a factor of the root.
func root(fs []feature, t []float64, parts [][]*symbolic.Expr, values [][]float64) []*symbolic.Expr {
	if len(parts[2]) != 1 {
		return nil
	}
	n := len(t)
	beyond := make([]float64, n) // what the root adds
	for i, y := range t {
		beyond[i] = y + values[1][i]/(2*values[2][i])
	}
	factor := symbolic.Int(1)
	if !oneSign(beyond) {
		along := slices.IndexFunc(fs, func(f feature) bool {
			quotient := make([]float64, n)
			floats.DivTo(quotient, beyond, f.values)
			return oneSign(quotient)
		})
		if along < 0 {
			return nil
		}
		factor = fs[along].expr
		floats.Div(beyond, fs[along].values)
	}
	square := make([]float64, n)
	floats.MulTo(square, beyond, beyond)
	if !usable(square) {
		return nil
	}
	under := productsOf(fs, 2*n/3)
	fit := newSparseFit(dictionary{features: under}.columns(), square, nil)
	if fit.norm == 0 || fit.forward(min(len(under), n/3), nil) >= exactResidual {
		return nil
	}
	r := symbolic.Mul(factor, symbolic.Sqrt(linear(under, fit.prune(fit.chosen))))
	if beyond[0] < 0 {
		r = symbolic.Neg(r)
	}
	terms := []*symbolic.Expr{r}
	if len(parts[1]) > 0 {
		terms = append(terms, symbolic.Div(symbolic.Mul(symbolic.Rat(-1, 2), symbolic.Add(parts[1]...)), parts[2][0]))
	}
	return []*symbolic.Expr{symbolic.Add(terms...)}
}

// oneSign reports whether all values are finite and either none is negative or
// none positive.
func oneSign(v []float64) bool {
	lo, hi := bounds(v)
	return finite(lo) && finite(hi) && lo*hi >= 0
}

// productsOf lists the products of two features, each once, at most limit.
func productsOf(fs []feature, limit int) []feature {
	const most = 200
	var out []feature
	known := map[uint64]bool{}
	for i, a := range fs {
		for _, b := range fs[i:] {
			e := symbolic.Simplify(symbolic.Mul(a.expr, b.expr), symbolic.SimplifyOptions{})
			if known[e.Shape()] || len(out) == min(most, limit) {
				continue
			}
			known[e.Shape()] = true
			v := make([]float64, len(a.values))
			floats.MulTo(v, a.values, b.values)
			if usable(v) {
				out = append(out, feature{expr: e, values: v, logOf: -1})
			}
		}
	}
	return out
}
