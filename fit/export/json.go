package export

import (
	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/bspline"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// document is what JSON writes: a formula as a tree or a network as tables.
type document struct {
	Format  string      `json:"format"` // "kansym-expression" or "kansym-network"
	Version int         `json:"version"`
	Target  string      `json:"target"`
	Inputs  []jsonInput `json:"inputs"`

	// Expression is the formula as text, Tree the same as nodes.
	Expression string    `json:"expression,omitempty"`
	Tree       *jsonNode `json:"tree,omitempty"`

	// OutputScale multiplies the node of the last layer.
	OutputScale float64     `json:"output_scale,omitempty"`
	Layers      []jsonLayer `json:"layers,omitempty"`
}

type jsonInput struct {
	Name   string `json:"name"`
	Column string `json:"column"`
	// Scale multiplies the input before it enters a network.
	Scale float64 `json:"scale,omitempty"`
}

// jsonNode is a node of a formula. Op is "add", "multiply" (both of two or more
// args), "power" (base, exponent), "call" (Function of one arg), "variable"
// (Name), "integer" and "number" (Value), "rational" (Numerator/Denominator) or
// "pi".
type jsonNode struct {
	Op          string      `json:"op"`
	Function    string      `json:"function,omitempty"`
	Name        string      `json:"name,omitempty"`
	Value       *float64    `json:"value,omitempty"`
	Numerator   *int64      `json:"numerator,omitempty"`
	Denominator *int64      `json:"denominator,omitempty"`
	Args        []*jsonNode `json:"args,omitempty"`
}

// jsonLayer has one entry in Nodes for each of its nodes, "sum" or "product",
// over the edges that lead to it from the nodes of the layer before, the inputs
// first.
type jsonLayer struct {
	Nodes []string   `json:"nodes"`
	Edges []jsonEdge `json:"edges"`
}

// jsonEdge is a function of one variable: a spline of the given degree over its
// full sequence of knots, of which the first and the last Degree lie beyond the
// interval [Knots[Degree], Knots[len-1-Degree]], where its tangents take over;
// or C*f(A*x+B)+D with the function called Function, which Formula spells out.
type jsonEdge struct {
	From         int       `json:"from"`
	To           int       `json:"to"`
	Degree       int       `json:"degree,omitempty"`
	Knots        []float64 `json:"knots,omitempty"`
	Coefficients []float64 `json:"coefficients,omitempty"`
	Beyond       string    `json:"beyond,omitempty"` // "tangent"

	Function string   `json:"function,omitempty"`
	Formula  string   `json:"formula,omitempty"`
	A        *float64 `json:"a,omitempty"`
	B        *float64 `json:"b,omitempty"`
	C        *float64 `json:"c,omitempty"`
	D        *float64 `json:"d,omitempty"`
}

func (p *piece) json() ([]byte, error) {
	d := document{Version: 1, Target: p.target, Inputs: []jsonInput{}}
	if p.formula != nil {
		d.Format = "kansym-expression"
		d.Expression = p.formula.Format(library.LangExpr)
		d.Tree = treeOf(p.formula)
		for _, in := range p.inputs {
			d.Inputs = append(d.Inputs, jsonInput{Name: in.Name, Column: in.Column})
		}
	} else {
		d.Format = "kansym-network"
		if err := p.tables(&d); err != nil {
			return nil, err
		}
	}
	return layJSON(d)
}

func treeOf(e *symbolic.Expr) *jsonNode {
	n := &jsonNode{}
	for _, a := range e.Args() {
		n.Args = append(n.Args, treeOf(a))
	}
	switch e.Kind() {
	case symbolic.KindAdd:
		n.Op = "add"
	case symbolic.KindMul:
		n.Op = "multiply"
	case symbolic.KindPow:
		n.Op = "power"
	case symbolic.KindCall:
		n.Op, n.Function = "call", e.Name()
	case symbolic.KindVar:
		n.Op, n.Name = "variable", e.Name()
	case symbolic.KindPi:
		n.Op = "pi"
	case symbolic.KindRational:
		p, q, _ := e.Rational()
		n.Op, n.Numerator, n.Denominator = "rational", &p, &q
		if v := float64(p); q == 1 && int64(v) == p {
			n.Op, n.Value, n.Numerator, n.Denominator = "integer", &v, nil, nil
		}
	default:
		v := e.Const()
		n.Op, n.Value = "number", &v
	}
	return n
}

// tables writes all of the network, edges that lead nowhere excepted, so that
// the places of nodes are those that kansym calls them by.
func (p *piece) tables(d *document) error {
	net := p.network
	for i, in := range p.all {
		d.Inputs = append(d.Inputs, jsonInput{Name: in.Name, Column: in.Column, Scale: net.InputScale[i]})
	}
	d.OutputScale = net.OutputScale
	for l, layer := range net.Layers {
		out := jsonLayer{Nodes: []string{}, Edges: []jsonEdge{}}
		for _, op := range layer.Ops {
			out.Nodes = append(out.Nodes, op.String())
		}
		for k, e := range layer.Edges {
			if e.Active() && p.live.nodes[l+1][k/layer.In] {
				j, err := edgeTable(e, k%layer.In, k/layer.In)
				if err != nil {
					return err
				}
				out.Edges = append(out.Edges, j)
			}
		}
		d.Layers = append(d.Layers, out)
	}
	return nil
}

func edgeTable(e *kan.Edge, from, to int) (jsonEdge, error) {
	j := jsonEdge{From: from, To: to}
	if e.Kind == kan.Named {
		f, err := shape(e.Func, symbolic.Var("x"))
		if err != nil {
			return j, err
		}
		j.Function, j.Formula = e.Func.Name, f.Format(library.LangExpr)
		j.A, j.B, j.C, j.D = &e.A, &e.B, &e.C, &e.D
		return j, nil
	}
	s := e.Spline
	j.Degree, j.Coefficients, j.Beyond = bspline.Degree, s.Coef, "tangent"
	for k := -bspline.Degree; k <= s.N+bspline.Degree; k++ {
		at := s.Lo + (s.Hi-s.Lo)*float64(k)/float64(s.N)
		if k == s.N {
			at = s.Hi
		}
		j.Knots = append(j.Knots, at)
	}
	return j, nil
}
