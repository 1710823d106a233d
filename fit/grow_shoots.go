package fit

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/bspline"
)

// shoots lists the trees that are one step from root and are the same function.
func (g *growth) shoots(root *branch) []*branch {
	var out []*branch
	var visit func(b *branch)
	visit = func(b *branch) {
		if len(b.parts) > 2 {
			for i, p := range b.parts {
				for _, q := range b.parts[i+1:] {
					for _, op := range []kan.Op{kan.Sum, kan.Product} {
						if j := g.join(b, p, q, op); j != nil {
							c := *b
							c.parts = slices.DeleteFunc(slices.Clone(b.parts), func(x *branch) bool { return x == p || x == q })
							c.parts = append(c.parts, j)
							out = append(out, root.replace(b, &c))
						}
					}
				}
			}
		}
		for _, p := range b.parts {
			visit(p)
		}
	}
	visit(root)
	if root.op == kan.Sum {
		for i := range g.data.Cols {
			for j := range i {
				c := *root
				c.parts = append(slices.Clone(root.parts), g.product(i, j))
				out = append(out, &c)
			}
		}
	}
	return out[:min(len(out), mostShoots)]
}

// join returns the branch that combines two branches of node b by op, under a
// curve that makes it the same to b; nil where none does.
func (g *growth) join(b, p, q *branch, op kan.Op) *branch {
	x, y := g.after(p), g.after(q)
	joined := &branch{input: -1, op: op}
	if op == b.op {
		joined.parts = []*branch{p, q}
		v := g.values(joined)
		joined.curve = line(v, 1, 0)
		return joined
	}
	// Sums of logarithms for factors, products of exponentials for terms.
	var inner, outer func(float64) float64
	if op == kan.Sum {
		sign := 1.0
		for _, v := range [][]float64{x, y} {
			lo, hi := bounds(v)
			const apart = 0.02 // from zero, of the largest
			if !(lo > apart*hi || hi < apart*lo) {
				return nil
			}
			if hi < 0 {
				sign = -sign
			}
		}
		inner = func(v float64) float64 { return math.Log(math.Abs(v)) }
		outer = func(u float64) float64 { return sign * math.Exp(u) }
	} else {
		scale := spread(x, nil) + spread(y, nil)
		if !(scale > 0) {
			return nil
		}
		inner = func(v float64) float64 { return math.Exp(v / scale) }
		outer = func(u float64) float64 { return scale * math.Log(u) }
	}
	part := func(b *branch, values []float64) *branch {
		c := *b
		c.curve = curveOf(g.values(b), mapped(values, inner), b.curve.Spline.N)
		return &c
	}
	joined.parts = []*branch{part(p, x), part(q, y)}
	u := g.values(joined)
	to := mapped(u, outer)
	if !usable(to) {
		return nil
	}
	joined.curve = curveOf(u, to, 5)
	return joined
}

// cuts lists the trees that lack one part and still have every input.
func (g *growth) cuts(root *branch) []*branch {
	uses := map[int]int{}
	root.leaves(func(i int) { uses[i]++ })
	var out []*branch
	var visit func(b *branch)
	visit = func(b *branch) {
		for k, p := range b.parts {
			visit(p)
			needed := len(b.parts) < 2
			own := map[int]int{}
			p.leaves(func(i int) { own[i]++ })
			for i, n := range own {
				needed = needed || n == uses[i]
			}
			if needed {
				continue
			}
			c := *b
			c.parts = slices.Delete(slices.Clone(b.parts), k, k+1)
			if len(c.parts) == 1 && b != root {
				// Two curves in a row are one.
				only := *c.parts[0]
				v := g.values(&only)
				first := only.curve
				only.curve = curveOf(v, mapped(v, func(x float64) float64 { return b.curve.Eval(first.Eval(x)) }), 5)
				c = only
			}
			out = append(out, root.replace(b, &c))
		}
	}
	visit(root)
	return out
}

// product returns a product of two inputs that counts for nothing yet.
func (g *growth) product(i, j int) *branch {
	rng := rand.New(rand.NewPCG(g.s.opt.Seed, uint64(i)<<32|uint64(j)))
	b := &branch{input: -1, op: kan.Product}
	for _, input := range []int{i, j} {
		leaf := &branch{input: input}
		v := g.values(leaf)
		leaf.curve = line(v, 1/(spread(v, nil)+1e-300), 0.5*rng.NormFloat64())
		b.parts = append(b.parts, leaf)
	}
	b.curve = line(g.values(b), 0, 0)
	return b
}

// line is a straight line over the range of values.
func line(values []float64, slope, offset float64) *kan.Edge {
	lo, hi := bounds(values)
	return kan.SplineEdge(bspline.Linear(bspline.NewGrid(lo, hi, 5), slope, offset))
}

// curveOf is the curve of n intervals through points.
func curveOf(x, y []float64, n int) *kan.Edge {
	lo, hi := bounds(x)
	return kan.SplineEdge(bspline.Fit(bspline.NewGrid(lo, hi, n), x, y, nil, 1e-9))
}
