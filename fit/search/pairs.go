package search

import (
	"cmp"
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	"github.com/kansym/kansym/symbolic"
)

// Candidate is a formula for the target that was matched.
type Candidate struct {
	Expr *symbolic.Expr // constants that fitting may change are free
	// Residual is the weighted mean square that is left of the target, over
	// its variance.
	Residual float64
	Size     int // grows with the length of the formula
}

// keptPerSize is how many candidates of each size a match returns.
const keptPerSize = 3

// ranking keeps the best few candidates of each size.
type ranking struct {
	bySize [][]match
}

// match is a pair of nodes, the second -1 for a single one.
type match struct {
	residual float64
	f, g     int32
}

// worst is the residual that a match of a size must undercut to be kept.
func (r *ranking) worst(size int) float64 {
	if size >= len(r.bySize) || len(r.bySize[size]) < keptPerSize {
		return math.Inf(1)
	}
	return r.bySize[size][keptPerSize-1].residual
}

func (r *ranking) add(size int, m match) {
	for size >= len(r.bySize) {
		r.bySize = append(r.bySize, nil)
	}
	list := r.bySize[size]
	at, _ := slices.BinarySearchFunc(list, m, func(a, b match) int { return cmp.Compare(a.residual, b.residual) })
	if at == keptPerSize {
		return
	}
	list = slices.Insert(list, at, m)
	r.bySize[size] = list[:min(len(list), keptPerSize)]
}

// worthwhile drops matches that leave nearly as much as something shorter.
func (r *ranking) worthwhile() []sized {
	// A size more must take away this much of what is left: a hundredth, so
	// that a true formula among noise is not mistaken for a useless one.
	const gain = 0.99
	least := 1.0
	var out []sized
	for size, list := range r.bySize {
		before := least
		for _, m := range list {
			if m.residual < gain*before {
				out = append(out, sized{m, size})
				least = min(least, m.residual)
			}
		}
	}
	return out
}

type sized struct {
	match
	size int
}

// columns are standardised features: of weighted mean zero and length one.
type columns struct {
	nodes  []int32
	size   []int
	values []float64 // one row of n values for each feature
	n      int
	target []float64
	cor    []float64 // with the target
}

// standardise prepares the target and the features (values by node, nil to leave
// one out). Not ok where the target does not vary.
func standardise(y, w []float64, features [][]float64, size func(i int) int) (*columns, bool) {
	n := len(y)
	root := make([]float64, n)
	total := 0.0
	for i := range root {
		root[i] = 1
		if w != nil {
			root[i] = math.Sqrt(w[i])
		}
		total += root[i] * root[i]
	}
	// Subtracting the weighted mean is projecting on what is orthogonal to the
	// roots of the weights.
	standard := func(dst, v []float64) bool {
		for i, x := range v {
			dst[i] = x * root[i]
		}
		before := floats.Dot(dst, dst)
		floats.AddScaled(dst, -floats.Dot(dst, root)/total, root)
		length := floats.Dot(dst, dst)
		if !(length > 1e-16*before) || math.IsInf(length, 0) {
			return false
		}
		floats.Scale(1/math.Sqrt(length), dst)
		return true
	}
	c := &columns{n: n, target: make([]float64, n)}
	if !standard(c.target, y) {
		return nil, false
	}
	c.values = make([]float64, 0, len(features)*n)
	for i, f := range features {
		if f == nil {
			continue
		}
		at := len(c.values)
		c.values = c.values[:at+n]
		if !standard(c.values[at:], f[:n]) {
			c.values = c.values[:at]
			continue
		}
		c.nodes = append(c.nodes, int32(i))
		c.size = append(c.size, size(i))
		c.cor = append(c.cor, floats.Dot(c.values[at:], c.target))
	}
	return c, true
}

// gram returns the inner products of all features, the upper triangle by rows.
func (c *columns) gram() []float64 {
	m := len(c.nodes)
	g := blas64.Symmetric{N: m, Stride: m, Data: make([]float64, m*m), Uplo: blas.Upper}
	a := blas64.General{Rows: m, Cols: c.n, Stride: c.n, Data: c.values}
	blas64.Syrk(blas.NoTrans, 1, a, 0, g)
	return g.Data
}

// pairs ranks single features and pairs by what a linear combination of them,
// with an intercept, leaves of the target.
func (c *columns) pairs(ctx context.Context, extra int) *ranking {
	r := &ranking{}
	for i, q := range c.cor {
		if left := 1 - q*q; left < r.worst(c.size[i]+extra) {
			r.add(c.size[i]+extra, match{max(left, 0), c.nodes[i], -1})
		}
	}
	m := len(c.nodes)
	if m == 0 || ctx.Err() != nil {
		return r
	}
	g := c.gram()
	for i := range m {
		if ctx.Err() != nil {
			return r
		}
		row := g[i*m : i*m+m]
		qi := c.cor[i]
		for j := i + 1; j < m; j++ {
			qj, k := c.cor[j], row[j]
			det := 1 - k*k
			// Nearly parallel features make a difference of large terms,
			// which is a derivative and no formula of this size.
			if det < 1e-5 {
				continue
			}
			left := 1 - (qi*qi+qj*qj-2*qi*qj*k)/det
			if size := c.size[i] + c.size[j] + extra + 1; left < r.worst(size) {
				r.add(size, match{max(left, 0), c.nodes[i], c.nodes[j]})
			}
		}
	}
	return r
}

// Sums matches t = a+b*f and t = a+b*f+c*g with f and g of the bank, for a
// target t with row weights w (nil for equal) on the first rows of the table.
// The formulas are for t.
func (b *Bank) Sums(ctx context.Context, t, w []float64) []Candidate {
	c, ok := standardise(t, w, b.cols, func(i int) int { return int(b.nodes[i].size) })
	if !ok {
		return nil
	}
	b.account(len(c.nodes), c.n)
	var out []Candidate
	for _, m := range c.pairs(ctx, 2).worthwhile() {
		features := [][]float64{b.cols[m.f]}
		exprs := []*symbolic.Expr{b.expr(m.f)}
		if m.g >= 0 {
			features = append(features, b.cols[m.g])
			exprs = append(exprs, b.expr(m.g))
		}
		coef, ok := regress(t, w, features)
		if !ok {
			continue
		}
		terms := []*symbolic.Expr{symbolic.Free(coef[0])}
		for k, e := range exprs {
			terms = append(terms, symbolic.Mul(symbolic.Free(coef[k+1]), e))
		}
		out = append(out, Candidate{symbolic.Add(terms...), m.residual, m.size})
	}
	return out
}

// account counts the work of a match of m features on n rows: the products of
// all pairs.
func (b *Bank) account(m, n int) { b.work.Add(int64(m) * int64(m) / 2 * int64(n)) }

// Products matches |y| = a*|f|^p and |y| = a*|f|^p*|g|^q with f and g of the
// bank, for a target y with row weights w. The formulas are for y; those whose
// sign is another than that of y are left out.
func (b *Bank) Products(ctx context.Context, y, w []float64) []Candidate {
	n := len(y)
	ly := make([]float64, n)
	lw := make([]float64, n)
	for i, v := range y {
		// An error e of y is an error e/y of its logarithm.
		ly[i] = math.Log(math.Abs(v))
		lw[i] = v * v
		if w != nil {
			lw[i] *= w[i]
		}
		if math.IsInf(ly[i], 0) {
			return nil
		}
	}
	top := slices.Max(lw)
	for i := range lw {
		lw[i] = max(lw[i], 1e-8*top)
	}
	logs := make([][]float64, len(b.nodes))
	for k, nd := range b.nodes {
		// The logarithm of a power is a multiple of another one.
		switch nd.op {
		case opInv, opSquare, opSqrt, opOne:
			continue
		}
		c := make([]float64, n)
		for i, v := range b.cols[k][:n] {
			if c[i] = math.Log(math.Abs(v)); math.IsInf(c[i], 0) {
				c = nil
				break
			}
		}
		logs[k] = c
	}
	b.work.Add(int64(len(b.nodes) * n))
	c, ok := standardise(ly, lw, logs, func(i int) int { return int(b.nodes[i].size) })
	if !ok {
		return nil
	}
	b.account(len(c.nodes), n)
	var out []Candidate
	for _, m := range c.pairs(ctx, 2).worthwhile() {
		nodes := []int32{m.f}
		features := [][]float64{logs[m.f]}
		if m.g >= 0 {
			nodes = append(nodes, m.g)
			features = append(features, logs[m.g])
		}
		coef, ok := regress(ly, lw, features)
		if !ok {
			continue
		}
		if e := b.powers(y, nodes, coef); e != nil {
			out = append(out, Candidate{e, m.residual, m.size})
		}
	}
	return out
}

// powers writes a fit of log|y| as a product of powers, nil where the signs of
// y are not those of the product.
func (b *Bank) powers(y []float64, nodes []int32, coef []float64) *symbolic.Expr {
	sign := make([]float64, len(y))
	for i, v := range y {
		sign[i] = math.Copysign(1, v)
	}
	factors := make([]*symbolic.Expr, 1, len(nodes)+1)
	for k, nd := range nodes {
		values := b.cols[nd][:len(y)]
		p := coef[k+1]
		exponent := symbolic.Free(p)
		// Exponents of laws are mostly halves of integers.
		half := math.Round(2 * p)
		if half != 0 && math.Abs(2*p-half) < 0.1 {
			exponent = symbolic.Rat(int64(half), 2)
		}
		if slices.Min(values) <= 0 {
			if math.Mod(half, 2) != 0 || exponent.IsFree() {
				return nil
			}
			if math.Mod(half, 4) != 0 {
				for i, v := range values {
					sign[i] *= math.Copysign(1, v)
				}
			}
		}
		factors = append(factors, symbolic.Pow(b.expr(nd), exponent))
	}
	balance := floats.Sum(sign)
	if math.Abs(balance) < 0.9*float64(len(y)) {
		return nil
	}
	factors[0] = symbolic.Free(math.Copysign(math.Exp(coef[0]), balance))
	return symbolic.Mul(factors...)
}

// regress fits t by an intercept and one or two features. The coefficients
// start values of a later fit, so the normal equations are accurate enough.
func regress(t, w []float64, features [][]float64) (coef []float64, ok bool) {
	p := len(features) + 1
	var a [3][4]float64
	x := [3]float64{1}
	for i, y := range t {
		wi := 1.0
		if w != nil {
			wi = w[i]
		}
		for k, f := range features {
			x[k+1] = f[i]
		}
		for k := range p {
			for l := range p {
				a[k][l] += wi * x[k] * x[l]
			}
			a[k][3] += wi * x[k] * y
		}
	}
	for k := range p {
		at := k
		for l := k + 1; l < p; l++ {
			if math.Abs(a[l][k]) > math.Abs(a[at][k]) {
				at = l
			}
		}
		a[k], a[at] = a[at], a[k]
		if a[k][k] == 0 {
			return nil, false
		}
		for l := range p {
			if l == k {
				continue
			}
			f := a[l][k] / a[k][k]
			for j := k; j < 4; j++ {
				a[l][j] -= f * a[k][j]
			}
		}
	}
	for k := range p {
		c := a[k][3] / a[k][k]
		if math.IsNaN(c) || math.IsInf(c, 0) {
			return nil, false
		}
		coef = append(coef, c)
	}
	return coef, true
}
