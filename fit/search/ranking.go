package search

import (
	"cmp"
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
)

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
