package symbolic

import "testing"

// The formulas of a search, and what is left of one at its end.
func BenchmarkSimplifySet(b *testing.B) {
	var set []*Expr
	for _, text := range []string{
		"1.5*x*y+2.5*x/(y+0.5)", "exp(1.5*x-2.5*y)*z", "(20*x^2-x^3-2*(x+x*y)+40)/(x^2+2)", "sqrt(x^2+y^2-2*x*y*cos(z))",
		"0.5*log(x)-0.5*log(y)+z", "x*(3*x-x^2-y+4)/(x+1)", "1.5*sin(2.5*x)^2+3.5*cos(x*y)",
	} {
		e, err := Parse(text, ParseOptions{FreeNumbers: true})
		if err != nil {
			b.Fatal(err)
		}
		set = append(set, e)
	}
	opt := SimplifyOptions{Domains: map[string]Interval{"x": {1, 2}, "y": {1, 2}, "z": {3, 4}}}
	for b.Loop() {
		for _, e := range set {
			Simplify(e, opt)
		}
	}
}
