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
	kept   int // of each size
	bySize [][]match
}

// match is a set of features, by node; those that are not there are -1.
type match struct {
	residual float64
	f        [mostTerms]int32
}

// mostTerms is how many features a match has at most.
const mostTerms = 3

// nodes lists the features of the match.
func (m match) nodes() []int32 {
	n := 0
	for n < mostTerms && m.f[n] >= 0 {
		n++
	}
	return m.f[:n]
}

// worst is the residual that a match of a size must undercut to be kept.
func (r *ranking) worst(size int) float64 {
	if size >= len(r.bySize) || len(r.bySize[size]) < r.kept {
		return math.Inf(1)
	}
	return r.bySize[size][r.kept-1].residual
}

func (r *ranking) add(size int, m match) {
	for size >= len(r.bySize) {
		r.bySize = append(r.bySize, nil)
	}
	list := r.bySize[size]
	at, _ := slices.BinarySearchFunc(list, m, func(a, b match) int { return cmp.Compare(a.residual, b.residual) })
	if at == r.kept {
		return
	}
	list = slices.Insert(list, at, m)
	r.bySize[size] = list[:min(len(list), r.kept)]
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

// rank ranks single features, pairs and, if triples is set, some triples by what
// a linear combination of them, with an intercept, leaves of the target. Matches
// are by position among the columns.
func (c *columns) rank(ctx context.Context, kept int, triples bool) *ranking {
	const extra = 2 // an intercept and a factor
	r := &ranking{kept: kept}
	for i, q := range c.cor {
		if left := 1 - q*q; left < r.worst(c.size[i]+extra) {
			r.add(c.size[i]+extra, match{max(left, 0), [...]int32{int32(i), -1, -1}})
		}
	}
	m := len(c.nodes)
	if m == 0 || ctx.Err() != nil {
		return r
	}
	g := c.gram()
	wide := r
	if triples {
		// What three terms explain together, two of them explain better than
		// most others do.
		const pairsPerSize = 40
		wide = &ranking{kept: pairsPerSize}
	}
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
			if size := c.size[i] + c.size[j] + extra + 1; left < wide.worst(size) {
				wide.add(size, match{max(left, 0), [...]int32{int32(i), int32(j), -1}})
			}
		}
	}
	if !triples {
		return r
	}
	for size, list := range wide.bySize {
		for k, p := range list {
			if k < kept {
				r.add(size, p)
			}
			if ctx.Err() != nil {
				return r
			}
			c.third(r, g, p, size)
		}
	}
	return r
}

// third extends a pair by every other feature.
func (c *columns) third(r *ranking, gram []float64, pair match, size int) {
	m := len(c.nodes)
	product := func(i, j int) float64 { return gram[min(i, j)*m+max(i, j)] }
	f, g := int(pair.f[0]), int(pair.f[1])
	k := product(f, g)
	det := 1 - k*k
	// Coefficients of the target by the pair.
	tf, tg := (c.cor[f]-k*c.cor[g])/det, (c.cor[g]-k*c.cor[f])/det
	left := 1 - tf*c.cor[f] - tg*c.cor[g]
	for h := range m {
		if h == f || h == g {
			continue
		}
		hf, hg := product(f, h), product(g, h)
		own := 1 - (hf*hf+hg*hg-2*hf*hg*k)/det // of h, outside of the pair
		if own < 1e-4 {
			continue
		}
		q := c.cor[h] - tf*hf - tg*hg
		rest := max(left-q*q/own, 0)
		if s := size + c.size[h] + 1; rest < r.worst(s) {
			r.add(s, match{rest, [...]int32{int32(f), int32(g), int32(h)}})
		}
	}
}

// Sums matches t = a+b*f, t = a+b*f+c*g and, with Triples and for some f and g,
// t = a+b*f+c*g+d*h with f, g and h of the bank, for a target t with row weights
// w (nil for equal) on the first rows of the table. The formulas are for t.
func (b *Bank) Sums(ctx context.Context, t, w []float64) []Candidate {
	c, ok := standardise(t, w, b.cols, func(i int) int { return int(b.nodes[i].size) })
	if !ok {
		return nil
	}
	b.account(len(c.nodes), c.n)
	var out []Candidate
	for _, m := range c.rank(ctx, keptPerSize, b.Triples).worthwhile() {
		var features [][]float64
		var exprs []*symbolic.Expr
		for _, k := range m.nodes() {
			features = append(features, b.cols[c.nodes[k]])
			exprs = append(exprs, b.expr(c.nodes[k]))
		}
		if coef, ok := regress(t, w, features); ok {
			out = append(out, Candidate{combination(coef, exprs), m.residual, m.size})
		}
	}
	return out
}

// combination is coef[0]+coef[1]*exprs[0]+... with free coefficients.
func combination(coef []float64, exprs []*symbolic.Expr) *symbolic.Expr {
	terms := []*symbolic.Expr{symbolic.Free(coef[0])}
	for k, e := range exprs {
		terms = append(terms, symbolic.Mul(symbolic.Free(coef[k+1]), e))
	}
	return symbolic.Add(terms...)
}

// quotientNodes bounds the expressions of the bank that quotients are made of.
const quotientNodes = 800

// Quotients matches t = (a+b*f)/(1-c*g) with f and g of the bank: multiplied out
// it is t = a+b*f+c*(g*t), a sum with products of expressions and the target among
// the features. The formulas are for t.
func (b *Bank) Quotients(ctx context.Context, t, w []float64) []Candidate {
	n := len(t)
	most := min(len(b.nodes), quotientNodes)
	features := make([][]float64, 2*most)
	copy(features, b.cols[:most])
	for i := range most {
		if b.nodes[i].vars == 0 {
			continue
		}
		v := make([]float64, n)
		floats.MulTo(v, b.cols[i][:n], t)
		features[most+i] = v
	}
	c, ok := standardise(t, w, features, func(i int) int { return int(b.nodes[i%most].size) })
	if !ok {
		return nil
	}
	b.account(len(c.nodes), n)
	variance := meanSquareAboutMean(symbolic.Data{Y: t, W: w})
	var out []Candidate
	// An error of t is divided by the denominator, which makes some matches
	// look better than they are: more are kept and measured again.
	r := c.rank(ctx, 4*keptPerSize, false)
	again := &ranking{kept: keptPerSize}
	for size, list := range r.bySize {
		for _, m := range list {
			if res, ok := c.quotient(b, m, t, w, features, most); ok {
				again.add(size, match{res / variance, m.f})
			}
		}
	}
	for _, m := range again.worthwhile() {
		above, below := []*symbolic.Expr{}, []*symbolic.Expr{}
		var columns [][]float64
		for _, k := range m.nodes() {
			columns = append(columns, features[c.nodes[k]])
		}
		coef, ok := regress(t, w, columns)
		if !ok {
			continue
		}
		top, bottom := []float64{coef[0]}, []float64{1}
		for i, k := range m.nodes() {
			if nd := int(c.nodes[k]); nd < most {
				above, top = append(above, b.expr(int32(nd))), append(top, coef[i+1])
			} else {
				below, bottom = append(below, b.expr(int32(nd-most))), append(bottom, -coef[i+1])
			}
		}
		den := combination(bottom, below)
		// One of the two has a fixed scale.
		den = symbolic.Add(append([]*symbolic.Expr{symbolic.Int(1)}, den.Args()[1:]...)...)
		out = append(out, Candidate{symbolic.Div(combination(top, above), den), m.residual, m.size})
	}
	return out
}

// quotient is the weighted mean square that a match of Quotients leaves of t; not
// ok for one without a denominator, which Sums finds, or with a pole among the
// rows.
func (c *columns) quotient(b *Bank, m match, t, w []float64, features [][]float64, most int) (left float64, ok bool) {
	var columns [][]float64
	below := false
	for _, k := range m.nodes() {
		columns = append(columns, features[c.nodes[k]])
		below = below || int(c.nodes[k]) >= most
	}
	if !below {
		return 0, false
	}
	coef, ok := regress(t, w, columns)
	if !ok {
		return 0, false
	}
	sum, total, sign := 0.0, 0.0, 0.0
	for i, y := range t {
		top, bottom := coef[0], 1.0
		for j, k := range m.nodes() {
			if nd := int(c.nodes[k]); nd < most {
				top += coef[j+1] * b.cols[nd][i]
			} else {
				bottom -= coef[j+1] * b.cols[nd-most][i]
			}
		}
		if sign == 0 {
			sign = bottom
		}
		if !(sign*bottom > 0) {
			return 0, false
		}
		e := top/bottom - y
		sum += weight(w, i) * e * e
		total += weight(w, i)
	}
	return sum / total, !math.IsNaN(sum) && !math.IsInf(sum, 0)
}

// account counts the work of a match of m features on n rows: the products of
// all pairs.
func (b *Bank) account(m, n int) { b.work.Add(int64(m) * int64(m) / 2 * int64(n)) }

// Products matches |y| = a*|f|^p, |y| = a*|f|^p*|g|^q and, with Triples and for
// some f and g, products of three powers with expressions of the bank, for a target y with row
// weights w. The formulas are for y; those whose sign is another than that of y
// are left out.
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
	for _, m := range c.rank(ctx, keptPerSize, b.Triples).worthwhile() {
		var nodes []int32
		var features [][]float64
		for _, k := range m.nodes() {
			nodes = append(nodes, c.nodes[k])
			features = append(features, logs[c.nodes[k]])
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

// regress fits t by an intercept and at most mostTerms features. The coefficients
// start values of a later fit, so the normal equations are accurate enough.
func regress(t, w []float64, features [][]float64) (coef []float64, ok bool) {
	p := len(features) + 1
	const right = mostTerms + 1
	var a [right][right + 1]float64
	x := [right]float64{1}
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
			a[k][right] += wi * x[k] * y
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
			for j := k; j <= right; j++ {
				a[l][j] -= f * a[k][j]
			}
		}
	}
	for k := range p {
		c := a[k][right] / a[k][k]
		if math.IsNaN(c) || math.IsInf(c, 0) {
			return nil, false
		}
		coef = append(coef, c)
	}
	return coef, true
}
