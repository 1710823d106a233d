package export

import (
	"fmt"
	"math"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// reach tells which nodes of a network the output depends on: nodes[l][i] is
// node i before layer l.
type reach struct{ nodes [][]bool }

func reachOf(n *kan.Network) *reach {
	r := &reach{nodes: make([][]bool, len(n.Layers)+1)}
	r.nodes[len(n.Layers)] = []bool{true}
	for l := len(n.Layers) - 1; l >= 0; l-- {
		layer := n.Layers[l]
		r.nodes[l] = make([]bool, layer.In)
		for i := range layer.In {
			for j := range layer.Out {
				if r.nodes[l+1][j] && layer.Edge(i, j).Active() {
					r.nodes[l][i] = true
				}
			}
		}
	}
	return r
}

// formulaOf returns the formula of a network, or the reason why it has none.
// Edges that lead nowhere are not looked at.
func formulaOf(n *kan.Network, live *reach) (*symbolic.Expr, error) {
	bare := n.Clone()
	sizes := make([]float64, len(n.Inputs)) // of the formulas of the nodes
	for i := range sizes {
		sizes[i] = 1
	}
	for l, layer := range bare.Layers {
		next := make([]float64, layer.Out)
		for k, e := range layer.Edges {
			i, j := k%layer.In, k/layer.In
			switch {
			case !live.nodes[l+1][j]:
				*e = *kan.ZeroEdge()
			case e.Kind == kan.Spline:
				return nil, fmt.Errorf("%w (edge %d:%d:%d is one): name them first with kansym symbolize, or choose a format that can: python, go, c, julia, matlab, onnx, json, mlp", ErrSplines, l, i, j)
			case e.Active():
				next[j] += 8 + sizes[i] // the edge itself has some 8 nodes
			}
		}
		sizes = next
	}
	if sizes[0] > maxFormula {
		return nil, fmt.Errorf("the formula of the network has some %.0e nodes, more than %d: prune it first, or choose a format that writes networks: python, go, c, julia, matlab, onnx, json", sizes[0], maxFormula)
	}
	return symbolic.FromNetwork(bare, nil)
}

// spellOut replaces calls of functions that are not built in by their formulas.
func spellOut(e *symbolic.Expr) (*symbolic.Expr, error) {
	var failed error
	out := e.Map(func(n *symbolic.Expr) *symbolic.Expr {
		f := n.Func()
		if f == nil || failed != nil {
			return n
		}
		if g, ok := library.Lookup(f.Name); ok && g == f && f.Callable {
			return n
		}
		body := symbolic.Apply(f, symbolic.Var("x"))
		if body.Func() == f {
			var err error
			if body, err = symbolic.Parse(f.Formula, symbolic.ParseOptions{Vars: []string{"x"}}); err != nil {
				failed = fmt.Errorf("the function %s has no formula to be written out by", f.Name)
				return n
			}
		}
		arg := n.Args()[0]
		if count(body)*count(arg) > maxFormula {
			failed = fmt.Errorf("with %s written out the formula has more than %d nodes", f.Name, maxFormula)
			return n
		}
		return body.Subst(map[string]*symbolic.Expr{"x": arg})
	})
	if failed == nil && count(out) > maxFormula {
		failed = fmt.Errorf("the formula has more than %d nodes", maxFormula)
	}
	return out, failed
}

func count(e *symbolic.Expr) int {
	n := 0
	e.Walk(func(*symbolic.Expr) bool { n++; return n <= 2*maxFormula })
	return n
}

// checkConstants reports a part of the formula that is not a number whatever the
// inputs are. Some languages refuse it (1.0/0.0 in Go), others raise an
// exception (1/0 in Python), and no answer holds it.
func checkConstants(e *symbolic.Expr) error {
	_, _, err := constantValue(e)
	return err
}

// constantValue returns the value of e if it does not depend on the inputs.
func constantValue(e *symbolic.Expr) (v float64, constant bool, err error) {
	values := make([]float64, len(e.Args()))
	known := make([]bool, len(e.Args()))
	constant = e.Kind() != symbolic.KindVar
	for i, a := range e.Args() {
		if values[i], known[i], err = constantValue(a); err != nil {
			return 0, false, err
		}
		constant = constant && known[i]
	}
	switch e.Kind() {
	case symbolic.KindVar:
		return 0, false, nil
	case symbolic.KindAdd, symbolic.KindMul:
		// A compiler works out the numbers among the operands even where the
		// others are not constant.
		if e.Kind() == symbolic.KindMul {
			v = 1
		}
		for i, w := range values {
			switch {
			case !known[i]:
			case e.Kind() == symbolic.KindMul:
				v *= w
			default:
				v += w
			}
		}
	case symbolic.KindPow:
		if constant {
			v = math.Pow(values[0], values[1])
		}
	case symbolic.KindCall:
		if constant {
			v = e.Func().Value(values[0])
		}
	default:
		v = e.Const()
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		text := e.Format(library.LangExpr)
		if len(text) > 60 {
			text = text[:60] + "..."
		}
		return 0, false, fmt.Errorf("%s is not a finite number; simplify the formula first", text)
	}
	return v, constant, nil
}
