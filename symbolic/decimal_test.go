package symbolic

import (
	"testing"

	"github.com/kansym/kansym/library"
)

// Fractions are written as decimals where that takes fewer symbols and no more
// digits, and Complexity counts what is written.
func TestFractionsAsDecimals(t *testing.T) {
	x := Var("x")
	for _, c := range []struct {
		e     *Expr
		want  string
		nodes int
	}{
		{Mul(Rat(5, 2), x), "2.5*x", 3},
		{Mul(Rat(-5, 2), x), "-2.5*x", 3},
		{Mul(Rat(1, 2), x), "x/2", 3},
		{Mul(Rat(2, 3), x), "2*x/3", 5},
		{Mul(Rat(3, 8), x), "3*x/8", 5},
		{Mul(Rat(41, 125), x), "0.328*x", 3},
		{Mul(Rat(500, 4157), x), "x/8.314", 3},
		{Mul(Rat(-500, 4157), x), "-x/8.314", 4},
		{Mul(Rat(4, 3), Pi(), x), "4*pi*x/3", 7},
		{Add(x, Rat(1, 2)), "x+0.5", 3},
		{Add(x, Rat(-1, 2)), "x-0.5", 3},
		{Add(x, Rat(1, 3)), "x+1/3", 5},
		{Pow(x, Rat(3, 2)), "x^1.5", 3},
		{Pow(x, Rat(1, 8)), "x^(1/8)", 5},
		{Pow(x, Rat(-3, 2)), "1/x^1.5", 5},
		{Div(Rat(3, 2), x), "1.5/x", 3},
	} {
		if got := c.e.String(); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
		if got := c.e.Complexity(); got != c.nodes || note(c.e).count() != c.nodes {
			t.Errorf("%s: %d nodes, want %d", c.e, got, c.nodes)
		}
	}
	if got := Mul(Rat(5, 2), x).Format(library.LangSymPy); got != "sympy.Rational(5, 2)*x" {
		t.Errorf("in SymPy 2.5*x is %s", got)
	}
}
