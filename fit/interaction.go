package fit

import (
	"context"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/kansym/kansym/symbolic"
)

// A target a(A)+b(A)*h(B), A and B being groups of inputs without one in common,
// interacts by a matrix of rank one: less the mean over B of every row, its values
// at rows of A and of B are the products of those of b and of h. Its leading
// singular vector gives h, but for a factor and a constant. Once h has a formula
// g, least squares over several levels of B give a and b themselves, as g is
// written without the constants that would mix one into the other.
//
// A target a(A)+b(A)*g(B)+c(A)*h(B) is of rank two, and its singular vectors are
// combinations of g and h. So the formula of the leading one is a sum, of which the
// terms are what the others are solved for.

const (
	// testLevels is at how many levels of B the rank of an interaction is read.
	testLevels = 12
	// solveLevels is at how many levels of B a and b are solved for.
	solveLevels = 24
	// interactionRows is how many rows of A tell h.
	interactionRows = 200
	// mostShapes is how many formulas of h are followed, and mostTerms how many
	// terms of one.
	mostShapes = 2
	mostTerms  = 3
)

// interaction is what ties some inputs to the others.
type interaction struct {
	inputs []int     // B
	affine bool      // B is one input, of which the target is of first degree
	rank   int       // one or two
	shape  []float64 // b of the leading singular vector h at interactionRows rows, of root mean square one; nil if affine
	left   float64   // what the network shows beside it, as a share of the target's spread
}

// first returns the model at its first rows only.
func (m *model) first(rows int) *model {
	few := *m
	few.cols = make([][]float64, len(m.cols))
	for i, c := range m.cols {
		few.cols[i] = c[:min(rows, len(c))]
	}
	return &few
}

// levels returns n values of the given inputs: evenly spread for one, those of
// rows of the data for more.
func (m *model) levels(inputs []int, n int) []map[int]float64 {
	out := make([]map[int]float64, n)
	rows := len(m.cols[0])
	for l := range out {
		out[l] = map[int]float64{}
		for _, i := range inputs {
			if len(inputs) == 1 {
				out[l][i] = m.lo[i] + (m.hi[i]-m.lo[i])*float64(l)/float64(n-1)
			} else {
				out[l][i] = min(max(m.cols[i][l*rows/n], m.lo[i]), m.hi[i])
			}
		}
	}
	return out
}

// grouping is what model.groups found.
type grouping struct {
	groups [][]int
	left   float64
}

// explains reports whether the given inputs being a group by themselves is about as
// clear as that they are tied to others by a low rank.
func (g grouping) explains(inputs []int, left float64) bool {
	const clearer = 10
	return g.left <= clearer*left && slices.ContainsFunc(g.groups, func(o []int) bool { return slices.Equal(o, inputs) })
}

// interactions lists the groups B that are tied to the other inputs by a low rank.
// Those that are groups by themselves are left out.
func (m *model) interactions(groupings []grouping) []interaction {
	n := len(m.cols)
	var sets [][]int
	for i := range n {
		sets = append(sets, []int{i})
	}
	if n > 3 {
		for i := range n {
			for j := i + 1; j < n; j++ {
				sets = append(sets, []int{i, j})
			}
		}
	}
	few := m.first(interactionRows)
	var out []interaction
	for _, set := range sets {
		if len(set) == 1 {
			if bend := m.bend(set[0]); bend <= m.limit() {
				out = append(out, interaction{inputs: set, affine: true, rank: 1, left: bend})
				continue
			}
		}
		if in := few.lowRank(set); in.rank > 0 {
			out = append(out, in)
		}
	}
	return slices.DeleteFunc(out, func(in interaction) bool {
		return slices.ContainsFunc(groupings, func(g grouping) bool { return g.explains(in.inputs, in.left) })
	})
}

// bend returns how far the target is from being of first degree in input j.
func (m *model) bend(j int) float64 {
	lo, hi := m.at(map[int]float64{j: m.lo[j]}), m.at(map[int]float64{j: m.hi[j]})
	most := 0.0
	for _, share := range []float64{inner, 0.5} {
		between := m.at(map[int]float64{j: m.lo[j] + share*(m.hi[j]-m.lo[j])})
		for r := range between {
			between[r] -= (1-share)*lo[r] + share*hi[r]
		}
		most = max(most, 2*rootMeanSquare(between)/m.scale)
	}
	if finite(most) {
		return most
	}
	return math.Inf(1)
}

// lowRank returns the interaction of the given inputs with the others, with rank 0 if
// it is of a higher rank than is followed.
func (m *model) lowRank(inputs []int) interaction {
	// Of what is left most is the error of the network, which is larger at the
	// borders of the data; of other interactions it is a few percent.
	const leftOver, mostLeft, clear = 4, 0.04, 10
	none := interaction{}
	values := make([][]float64, testLevels)
	for l, set := range m.levels(inputs, testLevels) {
		values[l] = m.at(set)
	}
	rows := len(values[0])
	mean := make([]float64, rows)
	for _, v := range values {
		floats.AddScaled(mean, 1./testLevels, v)
	}
	for _, v := range values {
		floats.Sub(v, mean)
	}
	products := gram(values, nil)
	products.ScaleSym(1/float64(rows*testLevels), products)
	var eigen mat.EigenSym
	if !finite(mat.Norm(products, 1)) || !eigen.Factorize(products, true) {
		return none
	}
	// In ascending order.
	variances := eigen.Values(nil)
	in := interaction{inputs: inputs}
	highest := 2
	if len(inputs) > 1 {
		highest = 1 // the sum of two functions of two inputs is hardly found
	}
	for rank := 1; rank <= highest && in.rank == 0; rank++ {
		rest := math.Sqrt(math.Max(floats.Sum(variances[:testLevels-rank]), 0))
		size := math.Sqrt(math.Max(variances[testLevels-rank], 0))
		if rest <= min(leftOver*m.error, mostLeft)*m.scale && size >= clear*rest && size >= clear*m.error*m.scale {
			in.rank, in.left = rank, rest/m.scale
		}
	}
	if in.rank == 0 {
		return none
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	b := make([]float64, rows)
	for l, v := range values {
		floats.AddScaled(b, vectors.At(l, testLevels-1), v)
	}
	floats.Scale(1/rootMeanSquare(b), b)
	in.shape = b
	return in
}

// interactionDivision is the division into h and the functions of A that go with it.
func (s *state) interactionDivision(m *model, in interaction) division {
	var others []int
	for i := range m.cols {
		if !slices.Contains(in.inputs, i) {
			others = append(others, i)
		}
	}
	div := division{name: "an interaction of rank " + []string{"one", "two"}[in.rank-1] + " with " + enumerate(s.named(in.inputs)), widest: max(len(others), len(in.inputs)), rank: in.rank, left: in.left}
	if in.affine {
		z := symbolic.Var(s.data.search.Names[in.inputs[0]])
		div.name = s.ofFirstDegree(z)
		div.follow = func(ctx context.Context) bool { return s.withShapes(ctx, m, in, others, []*symbolic.Expr{z}) }
		return div
	}
	div.follow = func(ctx context.Context) bool {
		h := s.shapePart(m, in, div.name)
		if h == nil {
			return false
		}
		formulas := h.partFormulas(ctx)
		s.trace(" h: %d formulas within %.2g", len(formulas), h.tolerance/h.scale)
		known := map[uint64]bool{}
		for _, f := range formulas {
			g := withoutAffine(f)
			shapes := []*symbolic.Expr{g}
			if in.rank > 1 {
				if g.Kind() != symbolic.KindAdd || len(g.Args()) > mostTerms {
					continue
				}
				shapes = nil
				for _, term := range g.Args() {
					shapes = append(shapes, withoutAffine(term))
				}
			}
			if len(g.Vars()) == 0 || known[g.Shape()] || len(known) == mostShapes {
				continue
			}
			known[g.Shape()] = true
			s.trace(" h = %s", g)
			if s.withShapes(ctx, m, in, others, shapes) || s.enough() {
				return s.front.exact() != nil
			}
		}
		return false
	}
	return div
}

// ofFirstDegree says in words that the target is of first degree in functions.
func (s *state) ofFirstDegree(shapes ...*symbolic.Expr) string {
	var in []string
	for _, g := range shapes {
		in = append(in, s.lift0(g).String())
	}
	return "of first degree in " + enumerate(in)
}

// named returns the names of inputs.
func (s *state) named(inputs []int) []string {
	var out []string
	for _, i := range inputs {
		out = append(out, s.data.search.Names[i])
	}
	return out
}

// shapePart is the problem of h of a(A)+b(A)*h(B).
func (s *state) shapePart(m *model, in interaction, why string) *state {
	few := m.first(len(in.shape))
	base := few.at(few.levels(in.inputs, 2)[0])
	// The rows of B; each takes the values at those of few for A.
	rows := m.first(2 * interactionRows)
	for i, c := range rows.cols {
		rows.cols[i] = mapped(c, func(x float64) float64 { return min(max(x, m.lo[i]), m.hi[i]) })
	}
	at := func(set map[int]float64) []float64 {
		out := make([]float64, len(rows.cols[0]))
		for r := range out {
			level := map[int]float64{}
			for _, i := range in.inputs {
				level[i] = rows.cols[i][r]
			}
			maps.Copy(level, set)
			v := few.at(level)
			floats.Sub(v, base)
			out[r] = floats.Dot(v, in.shape) / float64(len(v))
		}
		return out
	}
	return s.part(rows, in.inputs, at, 2*m.error*m.scale, why)
}

// withoutAffine is f without the constants that it is multiplied by and that are
// added to it.
func withoutAffine(f *symbolic.Expr) *symbolic.Expr {
	for _, kind := range []symbolic.Kind{symbolic.KindAdd, symbolic.KindMul} {
		if f.Kind() != kind {
			continue
		}
		kept := slices.DeleteFunc(slices.Clone(f.Args()), (*symbolic.Expr).IsConst)
		if len(kept) == 1 {
			f = kept[0]
		} else if kind == symbolic.KindAdd {
			return symbolic.Add(kept...)
		} else {
			return symbolic.Mul(kept...)
		}
	}
	return f
}

// withShapes solves the parts of a(A)+b(A)*g(B)+..., the shapes g being known.
func (s *state) withShapes(ctx context.Context, m *model, in interaction, others []int, shapes []*symbolic.Expr) bool {
	n := solveLevels
	if in.affine {
		n = 2
	}
	levels := m.levels(in.inputs, n)
	d := symbolic.Data{Names: s.named(in.inputs), Cols: make([][]float64, len(in.inputs)), Y: make([]float64, n)}
	for k, i := range in.inputs {
		for _, level := range levels {
			d.Cols[k] = append(d.Cols[k], level[i])
		}
	}
	design := mat.NewDense(n, len(shapes)+1, nil)
	terms := append([]*symbolic.Expr{symbolic.Int(1)}, shapes...)
	sizes := make([]float64, len(terms))
	for k, g := range terms {
		values, ok := column(g, d)
		if !ok {
			return false
		}
		sizes[k] = norm(values)
		floats.Scale(1/sizes[k], values)
		design.SetCol(k, values)
	}
	// The error of the network grows by the condition number. Of several shapes those
	// that are nearly the same stand for one that is not found.
	worst := 1e6
	if in.rank > 1 {
		worst = 1000
	}
	weights, ok := solving(design, worst)
	if !ok {
		return false
	}
	name := s.ofFirstDegree(shapes...)
	var parts []*state
	for k := range terms {
		w := mat.Row(nil, k, weights)
		floats.Scale(1/sizes[k], w)
		values := func(set map[int]float64) []float64 {
			out := make([]float64, len(m.cols[0]))
			for l, level := range levels {
				with := maps.Clone(level)
				maps.Copy(with, set)
				floats.AddScaled(out, w[l], m.at(with))
			}
			return out
		}
		parts = append(parts, s.part(m, others, values, 2*m.error*m.scale*floats.Norm(w, 1), name))
	}
	// Where h was another sum than that of the law, the parts are not simple.
	return s.combinations(ctx, name, in.rank > 1, parts, func(parts []*symbolic.Expr) *symbolic.Expr {
		var sum []*symbolic.Expr
		for k, p := range parts {
			sum = append(sum, symbolic.Mul(p, terms[k]))
		}
		return symbolic.Add(sum...)
	})
}

// solving returns the matrix by which to multiply a target to get its coefficients of
// least squares in the columns of a; not ok where the condition number of a is not
// below worst.
func solving(a *mat.Dense, worst float64) (weights *mat.Dense, ok bool) {
	var qr mat.QR
	qr.Factorize(a)
	if !(qr.Cond() < worst) {
		return nil, false
	}
	n, _ := a.Dims()
	one := mat.NewDiagDense(n, nil)
	for i := range n {
		one.SetDiag(i, 1)
	}
	weights = new(mat.Dense)
	return weights, qr.SolveTo(weights, false, one) == nil
}
