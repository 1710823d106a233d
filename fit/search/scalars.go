package search

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"slices"

	"github.com/kansym/kansym/symbolic"
)

// Scalar says that y/G is a function of F alone.
type Scalar struct {
	F, G *symbolic.Expr // G is 1 where nothing is divided out
	// Noise is the mean square by which neighbours along F differ from each
	// other, over the variance of y: that of the noise if the claim is true.
	Noise float64
	Size  int
}

// Scalars looks for formulas f of several inputs of which y/g is a function,
// with g a product or quotient of few inputs or their squares. It returns the
// best of each size, shortest first.
func (b *Bank) Scalars(ctx context.Context, y, w []float64) []Scalar {
	n := len(y)
	mean, total := 0.0, 0.0
	weight := func(i int) float64 {
		if w == nil {
			return 1
		}
		return w[i]
	}
	for i, v := range y {
		mean += weight(i) * v
		total += weight(i)
	}
	mean /= total
	variance := 0.0
	for i, v := range y {
		variance += weight(i) * (v - mean) * (v - mean) / total
	}
	if variance == 0 || n < 20 {
		return nil
	}
	factors := b.factors()
	type found struct {
		noise float64
		f, g  int32
	}
	best := map[int]found{}
	order := make([]int32, n)
	sorted := make([]float64, n)
	slopes := make([]float64, n)
	sy, sg := make([]float64, n), make([]float64, n)
	sw := make([]float64, n)
	for f, nd := range b.nodes {
		if ctx.Err() != nil {
			return nil
		}
		if bits.OnesCount64(nd.vars) < 2 || !monotone(nd) {
			continue
		}
		x := b.cols[f][:n]
		for i := range order {
			order[i] = int32(i)
		}
		slices.SortFunc(order, func(p, q int32) int { return cmp.Compare(x[p], x[q]) })
		for k, i := range order {
			sorted[k], sy[k], sw[k] = x[i], y[i], weight(int(i))
		}
		// Where a value lies between its neighbours, as a share of the way.
		for k := 1; k < n-1; k++ {
			slopes[k] = 0.5
			if gap := sorted[k+1] - sorted[k-1]; gap > 0 {
				slopes[k] = (sorted[k] - sorted[k-1]) / gap
			}
		}
		for _, g := range factors {
			size := int(nd.size)
			if g >= 0 {
				// What is in f already hardly needs another such factor.
				size += int(b.nodes[g].size)
				for k, i := range order {
					sg[k] = b.cols[g][i]
				}
			} else {
				for k := range sg {
					sg[k] = 1
				}
			}
			noise := interpolation(sy, sg, sw, slopes) / variance
			if have, ok := best[size]; !ok || noise < have.noise {
				best[size] = found{noise, int32(f), g}
			}
			b.work.Add(int64(n))
		}
	}
	var out []Scalar
	for size, m := range best {
		s := Scalar{F: b.expr(m.f), G: symbolic.Int(1), Noise: m.noise, Size: size}
		if m.g >= 0 {
			s.G = b.expr(m.g)
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(p, q Scalar) int { return cmp.Compare(p.Size, q.Size) })
	return out
}

// monotone reports whether a node is no function of an earlier one: a function of
// the square of f is one of f as well.
func monotone(n node) bool {
	return n.op >= opAdd && n.op <= opDiv
}

// factors lists the nodes that are products of powers of one or two inputs, and
// -1 for none.
func (b *Bank) factors() []int32 {
	out := []int32{-1}
	product := make([]bool, len(b.nodes))
	const longest = 4
	for i, n := range b.nodes {
		switch n.op {
		case opVar:
			product[i] = true
		case opInv, opSquare:
			product[i] = product[n.a]
		case opMul, opDiv:
			product[i] = product[n.a] && product[n.b]
		}
		if product[i] && n.size <= longest && apart(b.cols[i]) {
			out = append(out, int32(i))
		}
	}
	return out
}

// apart reports whether values keep away from zero, so that one may divide by
// them.
func apart(v []float64) bool {
	lo, hi := slices.Min(v), slices.Max(v)
	return lo > 0 || hi < 0
}

// interpolation is the mean square, in units of y, by which y/g differs from the
// line through its neighbours, made comparable with the variance of an error of
// y.
func interpolation(y, g, w, share []float64) float64 {
	sum, total := 0.0, 0.0
	for k := 1; k < len(y)-1; k++ {
		a := share[k]
		// Errors of y of variance s^2/w are errors of y/g of variance
		// s^2/(w*g^2).
		left, right := g[k]*(1-a)/g[k-1], g[k]*a/g[k+1]
		d := y[k] - left*y[k-1] - right*y[k+1]
		v := 1 + left*left*w[k]/w[k-1] + right*right*w[k]/w[k+1]
		sum += w[k] * d * d / v
		total += w[k]
	}
	if mean := sum / total; !math.IsNaN(mean) {
		return mean
	}
	return math.Inf(1) // quotients of g beyond float64
}
