package fit

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/symbolic"
)

// CheckSeparability tests whether a trained network falls into parts: which pairs
// of inputs act without each other (in sums, or in products), into which groups
// the inputs fall, and whether an input x enters only as a(rest)+b(rest)*h(x),
// a rank-1 interaction. Arguments are those of CheckSymmetry.
//
// With rows r and s, f is a sum of a function of x and one of y if
//
//	f(x_r,y_r) + f(x_s,y_s) = f(x_r,y_s) + f(x_s,y_r),
//
// and a product if the same holds with products instead of sums; so signs may
// change. That asks for values alone, which are known better than derivatives.
// Where two inputs are so correlated that mixed rows are unlike any of the
// data, the second derivative on the rows is used instead: f_xy = 0 for sums,
// f*f_xy = f_x*f_y for products. Groups are connected by the pairs that are not
// shown to act without each other.
//
// Residuals of pairs and groups are relative to the standard deviation of the
// value.
func CheckSeparability(ctx context.Context, net *kan.Network, data symbolic.Data, opt CheckOptions) (*CheckReport, error) {
	c, err := newChecker(net, data, opt)
	if err != nil {
		return nil, fmt.Errorf("check separability: %w", err)
	}
	inputs := c.varying()
	s := &separation{checker: c, inputs: inputs, partner: c.partners()}
	for _, kind := range []*splitKind{&additive, &multiplicative} {
		pairs := s.pairs(ctx, kind)
		if ctx.Err() != nil {
			break
		}
		s.split(kind, pairs)
	}
	for _, i := range inputs {
		if ctx.Err() != nil {
			break
		}
		if len(inputs) > 1 {
			s.rankOne(i)
		}
	}
	return c.finish(ctx)
}

// splitKind is a way in which a function falls into parts.
type splitKind struct {
	pair, whole, sign string
	parts             string // what the inputs of a pair are
}

var (
	additive       = splitKind{pair: "addends", whole: "additive split", sign: " + ", parts: "add up"}
	multiplicative = splitKind{pair: "factors", whole: "multiplicative split", sign: " * ", parts: "multiply"}
)

type separation struct {
	*checker
	inputs  []int
	partner []int
	hess    [][]float64 // made when it is needed
}

// closely is the correlation from which on rows are not mixed.
const closely = 0.9

// correlated reports whether two inputs are too correlated for mixing rows.
func (s *separation) correlated(i, j int) (rho float64, ok bool) {
	rho = stat.Correlation(s.data.Cols[i], s.data.Cols[j], nil)
	return rho, math.Abs(rho) > closely
}

// pairs judges every pair of inputs: [a][b] is about inputs[a] and inputs[b]
// acting without each other.
func (s *separation) pairs(ctx context.Context, kind *splitKind) [][]Property {
	n := len(s.inputs)
	out := make([][]Property, n)
	for k := range out {
		out[k] = make([]Property, n)
	}
	for b := range n {
		for a := range b {
			if ctx.Err() != nil {
				return out
			}
			i, j := s.inputs[a], s.inputs[b]
			p := Property{
				Kind: kind.pair, Inputs: s.names(i, j),
				Statement: fmt.Sprintf("%s and %s %s", s.data.Names[i], s.data.Names[j], kind.parts),
			}
			if rho, ok := s.correlated(i, j); ok {
				p.Residual, p.Limit = s.derivativeResidual(kind, i, j), math.Sqrt(s.error)
				if kind == &additive {
					s.note("%s and %s are correlated (%.2f), so they are judged by second derivatives", s.data.Names[i], s.data.Names[j], rho)
				}
			} else {
				p.Residual, p.Limit = s.mixedResidual(kind, []int{i}, []int{j}), s.valueLimit()
			}
			p.Verdict = s.add(p)
			out[a][b], out[b][a] = p, p
		}
	}
	return out
}

// mixedResidual compares the network at rows, their partners and mixtures. Inputs
// in neither group stay those of the row.
func (s *separation) mixedResidual(kind *splitKind, a, b []int) float64 {
	n := len(s.partner)
	at := func(inputs []int) []float64 {
		v := make([]float64, n)
		s.net.Predict(v, s.mixed(s.partner, inputs))
		return v
	}
	here, both := s.value, at(slices.Concat(a, b))
	one, other := at(a), at(b)
	differences := make([]float64, n)
	for r := range n {
		differences[r] = here[r] + both[r] - one[r] - other[r]
		if kind == &multiplicative {
			differences[r] = here[r]*both[r] - one[r]*other[r]
		}
	}
	// Each of the four values has an error of its own.
	residual := usual(differences) / 2 / s.spread
	if kind == &multiplicative {
		residual /= rootMeanSquare(s.value)
	}
	return residual
}

// usual is the root mean square of the finite values without the largest tenth.
// Those come from mixed rows in corners that the data hardly reach. It is NaN if
// there are too few values.
func usual(v []float64) float64 {
	size := make([]float64, 0, len(v))
	for _, x := range v {
		if finite(x) {
			size = append(size, math.Abs(x))
		}
	}
	slices.Sort(size)
	if size = size[:len(size)-len(size)/10]; len(size) < minCheckRows {
		return math.NaN()
	}
	return rootMeanSquare(size)
}

// derivativeResidual judges a pair by its second derivative on the rows.
func (s *separation) derivativeResidual(kind *splitKind, i, j int) float64 {
	if s.hess == nil {
		n := len(s.net.Inputs)
		s.hess = newColumns(n*(n+1)/2, len(s.value))
		s.net.Hessian(nil, nil, s.hess, s.data.Cols)
	}
	d := slices.Clone(s.hess[kan.HessianIndex(i, j)])
	scale := s.spread
	if kind == &multiplicative {
		for r, v := range s.value {
			d[r] = v*d[r] - s.plain[i][r]*s.plain[j][r]
		}
		scale *= rootMeanSquare(s.value)
	}
	return rootMeanSquare(d) * spread(s.data.Cols[i], nil) * spread(s.data.Cols[j], nil) / scale
}

// split finds the groups of inputs and judges the split into them.
func (s *separation) split(kind *splitKind, pairs [][]Property) {
	n := len(s.inputs)
	if n < 2 {
		return
	}
	groups := components(n, func(a, b int) bool { return pairs[a][b].Verdict != Holds })
	if len(groups) == 1 {
		// All act together; if that rests on pairs that nobody can tell about,
		// neither can this.
		v := DoesNotHold
		if len(components(n, func(a, b int) bool { return pairs[a][b].Verdict == DoesNotHold })) > 1 {
			v = CannotTell
		}
		least := math.Inf(1)
		for _, a := range groups[0] {
			part, rest := s.parted([]int{a})
			if r := s.mixedResidual(kind, part, rest); r < least {
				least = r
			}
		}
		if finite(least) {
			s.report.Properties = append(s.report.Properties, Property{
				Kind: kind.whole, Inputs: s.names(s.inputs...), Residual: least, Limit: s.valueLimit(), Verdict: v,
				Statement: fmt.Sprintf("%s falls into parts of different inputs that %s", s.target, kind.parts),
			})
		}
		return
	}
	statement := s.target + " = "
	p := Property{Kind: kind.whole, Inputs: s.names(s.inputs...), Limit: s.valueLimit()}
	for k, g := range groups {
		if k > 0 {
			statement += kind.sign
		}
		part, rest := s.parted(g)
		statement += fmt.Sprintf("%s(%s)", partName(k), strings.Join(s.names(part...), ","))
		if r := s.mixedResidual(kind, part, rest); !(r <= p.Residual) {
			p.Residual = r
		}
	}
	p.Statement = statement
	// Where rows cannot be mixed across groups, the pairs have to speak for them.
	for a := range pairs {
		for b := range a {
			if _, ok := s.correlated(s.inputs[a], s.inputs[b]); ok && pairs[a][b].Verdict == Holds && pairs[a][b].Limit > p.Limit {
				p.Residual, p.Limit = pairs[a][b].Residual, pairs[a][b].Limit
			}
		}
	}
	s.add(p)
}

// parted returns the inputs of a group, given by their places in s.inputs, and
// the others.
func (s *separation) parted(group []int) (part, rest []int) {
	for a, i := range s.inputs {
		if slices.Contains(group, a) {
			part = append(part, i)
		} else {
			rest = append(rest, i)
		}
	}
	return part, rest
}

// components returns the connected components of a graph, each sorted.
func components(n int, joined func(a, b int) bool) [][]int {
	var out [][]int
	seen := make([]bool, n)
	for start := range n {
		if seen[start] {
			continue
		}
		seen[start] = true
		group := []int{start}
		for k := 0; k < len(group); k++ {
			for b := range n {
				if !seen[b] && joined(group[k], b) {
					seen[b] = true
					group = append(group, b)
				}
			}
		}
		slices.Sort(group)
		out = append(out, group)
	}
	return out
}

// partName names the functions of a split: g, h, u, v, w, g6, ...
func partName(k int) string {
	if names := "ghuvw"; k < len(names) {
		return names[k : k+1]
	}
	return fmt.Sprintf("g%d", k+1)
}

// rankOne tests whether f = a(rest)+b(rest)*h(x_i): then the derivative by x_i is a
// product of a function of the rest and one of x_i.
func (s *separation) rankOne(i int) {
	_, rest := s.parted([]int{slices.Index(s.inputs, i)})
	for _, j := range rest {
		if rho, ok := s.correlated(i, j); ok {
			s.note("%s and %s are correlated (%.2f), so nothing is said about %s in a rank-1 interaction", s.data.Names[i], s.data.Names[j], rho, s.data.Names[i])
			return
		}
	}
	n := len(s.partner)
	slope := func(inputs []int) []float64 {
		grad := newColumns(len(s.net.Inputs), n)
		s.net.Gradient(nil, grad, s.mixed(s.partner, inputs))
		return grad[i]
	}
	here, both := s.plain[i], slope(s.inputs)
	one, other := slope([]int{i}), slope(rest)
	differences := make([]float64, n)
	for r := range n {
		differences[r] = here[r]*both[r] - one[r]*other[r]
	}
	size := rootMeanSquare(here)
	if size == 0 {
		return
	}
	others := "the others"
	if names := s.names(rest...); len(names) <= 4 {
		others = strings.Join(names, ",")
	}
	s.add(Property{
		Kind: "rank-1 interaction", Inputs: s.names(i),
		Statement: fmt.Sprintf("%s = a(%s) + b(%s)*h(%s)", s.target, others, others, s.data.Names[i]),
		Residual:  usual(differences) / 2 / (size * size),
		Limit:     s.slopeError(i) / size,
	})
}
