package symbolic

import (
	"fmt"
	"math"

	"github.com/kansym/kansym/kan"
)

// FromNetwork returns the formula of a network whose edges are all named (or
// absent), over the variables names, one for each input; nil takes the names
// that the network has. Input and output scales are folded into the constants.
//
// Constants are Free, except those of Fixed edges, which are exact where they
// agree with a fraction or a multiple of a power of pi, and exact neutral ones (a
// factor 1, an offset 0), which are left out. A network has more constants than
// its formula needs; where that is plain they are merged: offsets of the edges
// of one sum, the scale of a node that only one edge leaves, factors of a
// product, and the shift inside exp.
//
// It returns an error when an edge is a spline, when the network is not
// usable (kan.Network.Check), or when names has the wrong length.
func FromNetwork(net *kan.Network, names []string) (*Expr, error) {
	if err := net.Check(); err != nil {
		return nil, fmt.Errorf("formula of a network: %w", err)
	}
	if names == nil {
		names = net.Inputs
	}
	if len(names) != len(net.Inputs) {
		return nil, fmt.Errorf("formula of a network: %d names for %d inputs", len(names), len(net.Inputs))
	}
	return formulaOf(net, names, nil)
}

// formulaOf is FromNetwork where some of the splines have formulas, in edgeVar,
// instead of a name.
func formulaOf(net *kan.Network, names []string, formulas map[place]*Expr) (*Expr, error) {
	for l, layer := range net.Layers {
		for k, e := range layer.Edges {
			if e.Kind == kan.Spline && formulas[place{l, k % layer.In, k / layer.In}] == nil {
				return nil, fmt.Errorf("formula of a network: edge %d:%d:%d is not named", l, k%layer.In, k/layer.In)
			}
		}
	}
	a := &assembler{net: net, names: names, formulas: formulas}
	return a.node(len(net.Layers)-1, 0, edgeConst{v: net.OutputScale}, edgeConst{}), nil
}

// edgeVar is the variable of the formula of an edge.
const edgeVar = "x"

// An edgeConst is a constant on its way into a formula. Numbers made from fixed
// ones only are fixed.
type edgeConst struct {
	v    float64
	free bool
}

func (a edgeConst) times(b edgeConst) edgeConst { return edgeConst{a.v * b.v, a.free || b.free} }
func (a edgeConst) plus(b edgeConst) edgeConst  { return edgeConst{a.v + b.v, a.free || b.free} }

func (a edgeConst) expr() *Expr {
	if e, ok := exactForm(a.v); ok && !a.free {
		return e
	}
	return constant(a.v, a.free)
}

// exactForm returns the short exact form (1/3, 1/(4*pi), sqrt(2)) that v is, but
// for the rounding of a few operations. So many bits fewer than v has do not agree
// with it by chance. Where a decimal such as 0.3 is shorter there is none.
func exactForm(v float64) (*Expr, bool) {
	const (
		roundings = 4 * 0x1p-53
		mostBits  = 36
	)
	if v == math.Trunc(v) {
		return nil, false // constant has it
	}
	f := formsNear(v, roundings*math.Abs(v))
	if len(f) == 0 || f[0].node.kind == KindFloat || f[0].bits > mostBits {
		return nil, false
	}
	return f[0].node, true
}

// scaled returns a*e, e alone for a factor 1, 0 for an exact zero.
func (a edgeConst) scaled(e *Expr) *Expr {
	switch {
	case a.v == 1:
		return e
	case a.v == 0 && !a.free:
		return Int(0)
	}
	return Mul(a.expr(), e)
}

// shifted returns e+a, e alone for an offset 0.
func (a edgeConst) shifted(e *Expr) *Expr {
	if a.v == 0 {
		return e
	}
	return Add(e, a.expr())
}

type assembler struct {
	net      *kan.Network
	names    []string
	formulas map[place]*Expr
}

// consumers counts the edges that leave node j after layer l.
func (a *assembler) consumers(l, j int) int {
	if l+1 >= len(a.net.Layers) {
		return 1
	}
	next, n := a.net.Layers[l+1], 0
	for to := range next.Out {
		if next.Edge(j, to).Active() {
			n++
		}
	}
	return n
}

// node returns scale*node+offset for node j after layer l.
func (a *assembler) node(l, j int, scale, offset edgeConst) *Expr {
	layer := a.net.Layers[l]
	if layer.Ops[j] == kan.Product {
		return a.product(l, j, scale, offset)
	}
	var sum []*Expr
	for i := range layer.In {
		e := layer.Edge(i, j)
		if !e.Active() {
			continue
		}
		if f := a.formula(l, i, j); f != nil {
			sum = append(sum, scale.scaled(f))
			continue
		}
		c, d := constantOf(e, e.C), constantOf(e, e.D)
		offset = offset.plus(scale.times(d))
		t, shift := a.edge(l, i, e, scale.times(c))
		offset = offset.plus(shift)
		if t != nil {
			sum = append(sum, t)
		}
	}
	if offset.v != 0 || len(sum) == 0 {
		sum = append(sum, offset.expr())
	}
	return Add(sum...)
}

// formula returns the formula of the edge from i to j of layer l over what it
// is applied to, or nil if it has none.
func (a *assembler) formula(l, i, j int) *Expr {
	f := a.formulas[place{l, i, j}]
	if f == nil {
		return nil
	}
	return f.Subst(map[string]*Expr{edgeVar: a.argument(l, i, edgeConst{v: 1}, edgeConst{})})
}

// constantOf wraps a constant of an edge.
func constantOf(e *kan.Edge, v float64) edgeConst { return edgeConst{v, !e.Fixed} }

// product returns scale times the product of the node's edges plus offset,
// all factors c taken into one.
func (a *assembler) product(l, j int, scale, offset edgeConst) *Expr {
	layer := a.net.Layers[l]
	var factors []*Expr
	for i := range layer.In {
		e := layer.Edge(i, j)
		if !e.Active() {
			continue
		}
		if f := a.formula(l, i, j); f != nil {
			factors = append(factors, f)
			continue
		}
		c, d := constantOf(e, e.C), constantOf(e, e.D)
		if c.v == 0 {
			scale = scale.times(d)
			continue
		}
		scale = scale.times(c)
		t, shift := a.edge(l, i, e, edgeConst{v: 1})
		shift = shift.plus(edgeConst{d.v / c.v, c.free || d.free})
		if t == nil {
			scale = scale.times(shift)
			continue
		}
		factors = append(factors, shift.shifted(t))
	}
	if len(factors) == 0 {
		return scale.plus(offset).expr()
	}
	return offset.shifted(scale.scaled(Mul(factors...)))
}

// edge returns coef*f(a*x+b) for the edge from node i into layer l as a term and
// an offset to be added to it. A term that is constant is nil.
func (a *assembler) edge(l, i int, e *kan.Edge, coef edgeConst) (term *Expr, shift edgeConst) {
	in, off := constantOf(e, e.A), constantOf(e, e.B)
	switch {
	case e.Func.Name == "1":
		return nil, coef
	case e.Func.IsPower && e.Func.Exponent == 1:
		// c*(a*x+b) has one scale and one offset, wherever it stands.
		return a.argument(l, i, coef.times(in), edgeConst{}), coef.times(off)
	case e.Func.Name == "exp" && !e.Fixed:
		coef, off = coef.times(edgeConst{math.Exp(off.v), true}), edgeConst{}
	case e.Func.IsPower && off.v == 0 && l == 0 && in.v != 0 && !e.Fixed:
		// (a*x)^p is a^p*x^p.
		size := math.Abs(in.v * a.net.InputScale[i])
		coef = coef.times(edgeConst{math.Pow(size, e.Func.Exponent), true})
		in = edgeConst{v: math.Copysign(1/a.net.InputScale[i], in.v*a.net.InputScale[i])}
		if math.Mod(e.Func.Exponent, 2) == 0 {
			in.v = math.Abs(in.v)
		}
	}
	arg := a.argument(l, i, in, off)
	return coef.scaled(applyNamed(e.Func, arg, !e.Fixed)), edgeConst{}
}

// argument returns scale*v+offset for the value v that reaches layer l at node i.
func (a *assembler) argument(l, i int, scale, offset edgeConst) *Expr {
	if l == 0 {
		scale = scale.times(edgeConst{v: a.net.InputScale[i]})
		return offset.shifted(scale.scaled(Var(a.names[i])))
	}
	if a.consumers(l-1, i) > 1 {
		// Merged into each of the copies the scale would be free in each.
		return offset.shifted(scale.scaled(a.node(l-1, i, edgeConst{v: 1}, edgeConst{})))
	}
	return a.node(l-1, i, scale, offset)
}
