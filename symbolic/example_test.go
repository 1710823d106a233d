package symbolic_test

import (
	"context"
	"fmt"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// A formula is read once and printed in any language.
func Example() {
	e, err := symbolic.Parse("m/sqrt(1-(v/c)^2)", symbolic.ParseOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Vars(), e.Complexity())
	for _, lang := range []library.Language{library.LangLaTeX, library.LangSymPy, library.LangC} {
		fmt.Println(e.Format(lang))
	}
	// Output:
	// [c m v] 10
	// \frac{m}{\sqrt{1 - \left(\frac{v}{c}\right)^{2}}}
	// m/sympy.sqrt(1-(v/c)**2)
	// m/sqrt(1.0-pow(v/c, 2.0))
}

// Faults are pointed at.
func ExampleParse_error() {
	_, err := symbolic.Parse("2*tahn(x)", symbolic.ParseOptions{})
	fmt.Println(err)
	// Output:
	// formula: no function is called "tahn"; did you mean "tanh"?
	//   2*tahn(x)
	//     ^
}

// The names that are not columns are constants to be fitted.
func ExampleRefit_powerLaw() {
	d := symbolic.Data{
		Names: []string{"r"},
		Cols:  [][]float64{{0.39, 0.72, 1, 1.52, 5.2, 9.58}},      // astronomical units
		Y:     []float64{0.24, 0.615, 1, 1.881, 11.86, 29.457226}, // years
	}
	e, err := symbolic.Parse("a*r^p", symbolic.ParseOptions{Vars: d.Names, Params: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := symbolic.Refit(context.Background(), e, d, symbolic.RefitOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Expr.FormatDigits(library.LangText, 2))
	// Output: 1*r^1.5
}

// A function that formulas can call is defined by a formula.
func ExampleParseFunction() {
	f, err := symbolic.ParseFunction("lorentz(u) = 1/(1+u^2)", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Value(2), f.DerivativeFormula)

	e, err := symbolic.Parse("a*lorentz(x-1)", symbolic.ParseOptions{Functions: library.DefaultSet().With(f)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e)
	fmt.Println(e.Format(library.LangC))
	// Output:
	// 0.2 -2*x/(1+x^2)^2
	// a*lorentz(x-1)
	// a/(1.0+pow(x-1.0, 2.0))
}

// What a printed formula means is what expr-lang computes.
func ExampleCompileExprLang() {
	ev, err := symbolic.CompileExprLang("x^2/2+sqrt(y)", []string{"x", "y"}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ev.Eval([]float64{3, 4}))
	// Output: 6.5 <nil>
}

// A Program evaluates columns.
func ExampleCompile() {
	e, err := symbolic.Parse("x^2+y", symbolic.ParseOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := symbolic.Compile(e, []string{"x", "y"})
	if err != nil {
		fmt.Println(err)
		return
	}
	values := make([]float64, 3)
	finite := p.Eval(p.NewWorkspace(), values, [][]float64{{1, 2, 3}, {10, 20, 30}}, nil)
	fmt.Println(values, finite)
	// Output: [11 24 39] true
}
