package symbolic

import (
	"math"
	"sync"

	"github.com/kansym/kansym/library"
)

// Apply returns f(arg) in terms of what formulas can say: powers become powers
// (with an exact exponent if it is an integer or a half-integer), functions
// that formulas call by name become calls, and every other shape is spelled out
// by its Formula with arg in place of x. A function of a caller's own that has
// neither a name to call nor a formula that parses becomes a call; such a call
// can be evaluated but not printed and read back.
func Apply(f *library.Func, arg *Expr) *Expr {
	switch {
	case f.IsPower:
		return tidyPow(arg, exponent(f.Exponent))
	case f.Callable:
		return Call(f, arg)
	}
	body, ok := bodies()[f.Name]
	if !ok || body.fn.Formula != f.Formula {
		var err error
		if body.expr, err = Parse(f.Formula, ParseOptions{Vars: argument}); err != nil {
			return Call(f, arg)
		}
	}
	return body.expr.Subst(map[string]*Expr{"x": arg})
}

// argument is the variable of the formulas in library.Func.
var argument = []string{"x"}

// exponent is p as a constant, exact where p is a multiple of a half.
func exponent(p float64) *Expr {
	const exact = 1 << 40
	if twice := 2 * p; twice == math.Trunc(twice) && math.Abs(twice) < exact {
		return Rat(int64(twice), 2)
	}
	return Float(p)
}

// body is a formula of a built-in function, parsed.
type body struct {
	fn   *library.Func
	expr *Expr
}

// bodies holds the formulas of the built-in functions that formulas spell out.
var bodies = sync.OnceValue(func() map[string]body {
	m := map[string]body{}
	for _, f := range library.Builtin() {
		if f.IsPower || f.Callable {
			continue
		}
		e, err := Parse(f.Formula, ParseOptions{Vars: argument})
		if err != nil {
			panic("symbolic: formula of a built-in function does not parse")
		}
		m[f.Name] = body{f, e}
	}
	return m
})
