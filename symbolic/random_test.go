package symbolic

import (
	"math"

	"pgregory.net/rapid"
)

// exprGen draws expressions over the given variables. Free constants are drawn
// if free is set.
type exprGen struct {
	vars  []string
	free  bool
	calls []string
}

func (g exprGen) draw(t *rapid.T, depth int) *Expr {
	if depth == 0 || rapid.IntRange(0, 5).Draw(t, "leaf") == 0 {
		return g.leaf(t)
	}
	switch rapid.IntRange(0, 7).Draw(t, "kind") {
	case 0, 1:
		return Add(g.draw(t, depth-1), g.draw(t, depth-1))
	case 2:
		return Sub(g.draw(t, depth-1), g.draw(t, depth-1))
	case 3:
		return Mul(g.draw(t, depth-1), g.draw(t, depth-1))
	case 4:
		return Div(g.draw(t, depth-1), g.draw(t, depth-1))
	case 5:
		p := rapid.SampledFrom([]*Expr{Int(2), Int(3), Int(-1), Int(-2), Rat(1, 2), Rat(-1, 2), Rat(3, 2), Rat(1, 3), Float(1.7)}).Draw(t, "power")
		return Pow(g.draw(t, depth-1), p)
	case 6:
		return Add(g.draw(t, depth-1), g.draw(t, depth-1), g.draw(t, depth-1))
	}
	f, _ := builtinFunc(rapid.SampledFrom(g.calls).Draw(t, "function"))
	return Call(f, g.draw(t, depth-1))
}

func (g exprGen) leaf(t *rapid.T) *Expr {
	n := rapid.IntRange(0, 9).Draw(t, "constant")
	switch {
	case n == 0:
		return Rat(rapid.Int64Range(-6, 6).Draw(t, "p"), rapid.Int64Range(1, 4).Draw(t, "q"))
	case n == 1:
		return Pi()
	case n == 2:
		v := math.Round(rapid.Float64Range(-3, 3).Draw(t, "value")*100) / 100
		if g.free {
			return Free(v)
		}
		return Float(v)
	}
	return Var(rapid.SampledFrom(g.vars).Draw(t, "variable"))
}

// naive evaluates e node by node. size bounds the magnitude of the intermediate
// results that rounding errors of the value are relative to.
func naive(e *Expr, row map[string]float64) (v, size float64) {
	switch e.kind {
	case KindVar:
		return row[e.name], math.Abs(row[e.name])
	case KindAdd:
		for _, a := range e.args {
			w, s := naive(a, row)
			v += w
			size += s
		}
		return v, size
	case KindMul:
		v, size = 1, 1
		for _, a := range e.args {
			w, s := naive(a, row)
			v *= w
			size *= s
		}
		return v, size
	case KindPow, KindCall:
		args := [2]float64{}
		amplify := 1.0
		for i, a := range e.args {
			w, s := naive(a, row)
			args[i] = w
			amplify = math.Max(amplify, s/math.Abs(w))
		}
		if e.kind == KindCall && e.fn.Name == "sign" && amplify > 1e9 {
			return math.NaN(), math.Inf(1) // the jump, for all that rounding leaves
		}
		f := func(x float64) float64 { return math.Pow(x, args[1]) }
		if e.kind == KindCall {
			f = e.fn.Value
		}
		v = f(args[0])
		// What a relative error of the argument does to the value.
		h := 1e-11 * math.Abs(args[0])
		slope := math.Max(math.Abs(f(args[0]+h)-v), math.Abs(f(args[0]-h)-v)) / 1e-11
		size = math.Abs(v) + slope*amplify
		if math.IsNaN(size) || e.kind == KindCall && math.Abs(args[0]) > 1e6 {
			size = math.Inf(1)
		}
		return v, size
	}
	return e.v, math.Abs(e.v)
}
