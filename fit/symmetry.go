package fit

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// generator is a symmetry of the target read off gradients.
//
// A scaling leaves the law alone when every x_i grows by the factor s^a_i and
// the target by s^p: sum a_i x_i f_i = p f (Euler). A translation does when every
// x_i is shifted by a_i*s: sum a_i f_i = 0. Laws of physics have as many scalings
// as they have independent units, whatever else they look like.
type generator struct {
	weights  []int   // a_i
	power    float64 // p, a multiple of 1/2; 0 for a translation
	residual float64 // what is left of the sum, as a share of its terms
}

// size orders generators by how simple they are.
func (g generator) size() float64 {
	total := math.Abs(g.power)
	for _, a := range g.weights {
		if a != 0 {
			total += 1 + math.Abs(float64(a))
		}
	}
	return total
}

const (
	// mostWeight bounds the weights of a scaling.
	mostWeight = 3
	// mostSupport bounds how many inputs a generator involves.
	mostSupport = 3
	// mostPower bounds the exponent of the target.
	mostPower = 6
)

// scalings lists the integer vectors under which the gradients are closest to
// a scaling symmetry, with residuals below limit. columns are x_i f_i and, last,
// f (or, for the gradients of log f, ones).
func scalings(columns [][]float64, w []float64, limit float64) []generator {
	n := len(columns) - 1
	g := gram(columns, w)
	var out []generator
	weights := make([]int, n)
	var visit func(from, support int)
	visit = func(from, support int) {
		if support > 0 && primitive(weights) {
			if gen, ok := bestPower(g, weights, limit); ok {
				out = append(out, gen)
			}
		}
		if support == mostSupport {
			return
		}
		for i := from; i < n; i++ {
			low := -mostWeight
			if support == 0 {
				low = 1 // a generator and its opposite are one
			}
			for a := low; a <= mostWeight; a++ {
				if a != 0 {
					weights[i] = a
					visit(i+1, support+1)
				}
			}
			weights[i] = 0
		}
	}
	visit(0, 0)
	return out
}

// bestPower completes weights by the power of the target that leaves least.
func bestPower(g *mat.SymDense, weights []int, limit float64) (generator, bool) {
	n := len(weights)
	var quad, size, cross float64
	for i, a := range weights {
		if a == 0 {
			continue
		}
		x := float64(a)
		size += x * x * g.At(i, i)
		cross += x * g.At(i, n)
		for j, b := range weights {
			quad += x * float64(b) * g.At(i, j)
		}
	}
	ff := g.At(n, n)
	if size == 0 || ff == 0 {
		return generator{}, false
	}
	p := math.Round(2*cross/ff) / 2
	if math.Abs(p) > mostPower {
		return generator{}, false
	}
	left := max(quad-2*p*cross+p*p*ff, 0)
	r := math.Sqrt(left / (size + p*p*ff))
	if !(r < limit) {
		return generator{}, false
	}
	return generator{weights: slices.Clone(weights), power: p, residual: r}, true
}

// translations lists the integer vectors under which the gradients f_i are
// closest to a translation symmetry.
func translations(columns [][]float64, w []float64, limit float64) []generator {
	n := len(columns)
	g := gram(columns, w)
	var out []generator
	weights := make([]int, n)
	for i := range n {
		for j := i + 1; j < n; j++ {
			for _, ab := range [][2]int{{1, 1}, {1, -1}, {1, 2}, {1, -2}, {2, 1}, {2, -1}} {
				a, b := float64(ab[0]), float64(ab[1])
				size := a*a*g.At(i, i) + b*b*g.At(j, j)
				if size == 0 {
					continue
				}
				r := math.Sqrt(max(size+2*a*b*g.At(i, j), 0) / size)
				if r < limit {
					weights[i], weights[j] = ab[0], ab[1]
					out = append(out, generator{weights: slices.Clone(weights), residual: r})
					weights[i], weights[j] = 0, 0
				}
			}
		}
	}
	return out
}

// primitive reports whether the weights have no common factor.
func primitive(weights []int) bool {
	d := 0
	for _, a := range weights {
		for b := a; b != 0; {
			d, b = b, d%b
		}
	}
	return d == 1 || d == -1
}

// independent picks generators greedily, simplest first, that are linearly
// independent in their weights, at most limit of them.
func independent(gens []generator, limit int) []generator {
	gens = slices.Clone(gens)
	slices.SortStableFunc(gens, func(a, b generator) int {
		switch d := a.size() - b.size(); {
		case d < 0:
			return -1
		case d > 0:
			return 1
		case a.residual < b.residual:
			return -1
		case a.residual > b.residual:
			return 1
		}
		return 0
	})
	var out []generator
	var rows [][]float64 // echelon form of what was picked
	for _, g := range gens {
		if len(out) == limit {
			break
		}
		row := make([]float64, len(g.weights))
		for i, a := range g.weights {
			row[i] = float64(a)
		}
		for _, r := range rows {
			lead := slices.IndexFunc(r, func(v float64) bool { return v != 0 })
			if f := row[lead] / r[lead]; f != 0 {
				for i := range row {
					row[i] -= f * r[i]
					if math.Abs(row[i]) < 1e-9 {
						row[i] = 0
					}
				}
			}
		}
		if slices.ContainsFunc(row, func(v float64) bool { return v != 0 }) {
			rows = append(rows, row)
			out = append(out, g)
		}
	}
	return out
}

// elimination says which inputs a set of generators removes and what becomes of
// the others: input i turns into x_i times the product of pivot_k^exponent[i][k]
// (or plus the sum of exponent[i][k]*pivot_k), and likewise the target.
type elimination struct {
	pivots   []int
	exponent map[int][]float64 // by input
	target   []float64
}

// eliminate chooses the pivots that give the simplest exponents. usable tells
// whether an input can be a pivot with exponents that are not whole, and with
// negative ones.
func eliminate(gens []generator, usable func(input int, exponent float64) bool) (elimination, bool) {
	best, least := elimination{}, math.Inf(1)
	for _, pivots := range pivotSets(gens) {
		if e, cost, ok := solvePivots(gens, pivots, usable); ok && cost < least-1e-9 {
			best, least = e, cost
		}
	}
	return best, !math.IsInf(least, 1)
}

// pivotSets lists, in order, the sets of inputs that may be removed: each
// generator takes one that it moves. There are at most mostPivotSets of them.
func pivotSets(gens []generator) [][]int {
	const mostPivotSets, mostVisits = 5000, 100_000
	visits := 0
	known := map[string]bool{}
	var out [][]int
	var visit func(chosen []int)
	visit = func(chosen []int) {
		if visits++; len(out) == mostPivotSets || visits > mostVisits {
			return
		}
		if len(chosen) == len(gens) {
			set := slices.Sorted(slices.Values(chosen))
			if key := fmt.Sprint(set); !known[key] {
				known[key] = true
				out = append(out, set)
			}
			return
		}
		for i, a := range gens[len(chosen)].weights {
			if a != 0 && !slices.Contains(chosen, i) {
				visit(append(slices.Clip(chosen), i))
			}
		}
	}
	visit(nil)
	slices.SortFunc(out, slices.Compare)
	return out
}

func solvePivots(gens []generator, pivots []int, usable func(int, float64) bool) (elimination, float64, bool) {
	n, d := len(gens[0].weights), len(gens)
	a := mat.NewDense(d, d, nil) // generator by pivot
	for g := range d {
		for k, i := range pivots {
			a.Set(g, k, float64(gens[g].weights[i]))
		}
	}
	var inv mat.Dense
	if math.Abs(mat.Det(a)) < 1e-9 || inv.Inverse(a) != nil {
		return elimination{}, 0, false
	}
	// Under generator g the product x_i * prod pivot_k^e_k has the weight
	// w_gi + sum_k a_gk e_k, which has to vanish.
	cost := 0.0
	solve := func(weight func(g int) float64) ([]float64, bool) {
		e := make([]float64, d)
		for k := range d {
			for g := range d {
				e[k] -= inv.At(k, g) * weight(g)
			}
			// Weights are small integers, so exponents are small fractions.
			if r := math.Round(e[k]*12) / 12; math.Abs(r-e[k]) < 1e-6 {
				e[k] = r
			}
			if e[k] == 0 {
				e[k] = 0 // no negative zero
				continue
			}
			if !usable(pivots[k], e[k]) {
				return nil, false
			}
			cost += 1 + math.Abs(e[k])
			if e[k] != math.Trunc(e[k]) {
				cost += 3
			}
			if e[k] < 0 {
				cost += 0.1
			}
		}
		return e, true
	}
	out := elimination{pivots: slices.Clone(pivots), exponent: map[int][]float64{}}
	for i := range n {
		if slices.Contains(pivots, i) {
			continue
		}
		e, ok := solve(func(g int) float64 { return float64(gens[g].weights[i]) })
		if !ok {
			return elimination{}, 0, false
		}
		out.exponent[i] = e
	}
	var ok bool
	if out.target, ok = solve(func(g int) float64 { return gens[g].power }); !ok {
		return elimination{}, 0, false
	}
	return out, cost, true
}
