package symbolic

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kansym/kansym/library"
)

// Definitions and what is understood.
func TestParseFunction(t *testing.T) {
	// Where exp overflows is the processor's affair.
	const tolerance = 0.5
	set := library.DefaultSet()
	set = set.With(mustFunction(t, "once(x)=x^3", set))
	for _, c := range []struct {
		def, name, formula, derivative string
		lo, hi                         float64
		poles                          []float64 // between -5 and 5
	}{
		{"lorentz(x)=1/(1+x^2)", "lorentz", "1/(1+x^2)", "-2*x/(1+x^2)^2", math.Inf(-1), math.Inf(1), nil},
		{" fade ( t ) = exp(-t) ", "fade", "exp(-x)", "-exp(-x)", -709.6, math.Inf(1), nil},
		{"größe(ä)=2*ä^3", "größe", "2*x^3", "6*x^2", math.Inf(-1), math.Inf(1), nil},
		{"twice(u)=2*once(u+1)", "twice", "2*(x+1)^3", "6*(x+1)^2", math.Inf(-1), math.Inf(1), nil},
		{"root(x)=sqrt(1-x^2)", "root", "sqrt(1-x^2)", "", -1, 1, nil},
		{"inner(x)=1/(x^2-4)", "inner", "1/(x^2-4)", "", math.Inf(-1), math.Inf(1), []float64{-2, 2}},
		{"cosec(x)=1/sin(x)", "cosec", "1/sin(x)", "", math.Inf(-1), math.Inf(1), []float64{-math.Pi, 0, math.Pi}},
		{"logsq(x)=log((x-1)^2)", "logsq", "log((x-1)^2)", "", math.Inf(-1), math.Inf(1), []float64{1}},
		{"peak(x)=1/(x^2-2*x+1.001)", "peak", "1/(x^2-2*x+1.001)", "", math.Inf(-1), math.Inf(1), nil},
		{"touch(x)=1/(x^2-2*x+1)", "touch", "1/(x^2-2*x+1)", "", math.Inf(-1), math.Inf(1), []float64{1}},
		{"card(x)=sin(x)/x", "card", "sin(x)/x", "", math.Inf(-1), math.Inf(1), nil},
		{"outer(x)=sqrt(x^2-1)", "outer", "sqrt(x^2-1)", "", 1, math.Inf(1), nil},
		{"left(x)=log(-3-x)", "left", "log(-3-x)", "", math.Inf(-1), math.Nextafter(-3, -4), nil},
		{"tower(x)=x^x", "tower", "x^x", "", 0, 143.01608793574687, nil},
		{"gap(x)=sqrt((x-2)*(x-2.01))", "gap", "sqrt((x-2)*(x-2.01))", "", math.Inf(-1), math.Inf(1), []float64{2.005}},
	} {
		f, err := ParseFunction(c.def, set)
		if err != nil {
			t.Errorf("%s: %v", c.def, err)
			continue
		}
		if f.Name != c.name || f.Formula != c.formula || c.derivative != "" && f.DerivativeFormula != c.derivative || !f.Callable {
			t.Errorf("%s: %s(x) = %s, derivative %s", c.def, f.Name, f.Formula, f.DerivativeFormula)
		}
		if math.Abs(f.Domain.Lo-c.lo) > tolerance || math.Abs(f.Domain.Hi-c.hi) > tolerance {
			t.Errorf("%s: finite from %v to %v, want from %v to %v", c.def, f.Domain.Lo, f.Domain.Hi, c.lo, c.hi)
		}
		var poles []float64
		if f.Domain.Poles != nil {
			poles = f.Domain.Poles(-5, 5)
		}
		ok := len(poles) == len(c.poles)
		for i := range c.poles {
			ok = ok && math.Abs(poles[i]-c.poles[i]) < 0.01
		}
		if !ok {
			t.Errorf("%s: poles %v, want %v", c.def, poles, c.poles)
		}
		for _, p := range c.poles {
			if f.Domain.Covers(p-0.1, p+0.1) {
				t.Errorf("%s: said to be finite around %v", c.def, p)
			}
		}
		if n := len(f.Starts(c.lo, c.lo+1, 1)); math.IsInf(c.lo, 0) && len(f.Starts(3, 4, 1)) == 0 || !math.IsInf(c.lo, 0) && n == 0 {
			t.Errorf("%s: no starts", c.def)
		}
	}
}

// Bad definitions are refused where they are bad.
func TestParseFunctionErrors(t *testing.T) {
	long := "x" + strings.Repeat("+x", 600)
	for _, c := range []struct{ def, want string }{
		{"", "a function is defined as name(x) = formula\n  \n  ^"},
		{"lorentz", "a function is defined as name(x) = formula\n  lorentz\n  ^"},
		{"lorentz(x)", "a function is defined as name(x) = formula\n  lorentz(x)\n  ^"},
		{"1/(1+x^2)", "a function is defined as name(x) = formula\n  1/(1+x^2)\n  ^"},
		{"f=x^2", "a function is defined as name(x) = formula\n  f=x^2\n  ^"},
		{"f(x)=", "empty\n  f(x)=\n       ^"},
		{"(x)=x", "\"\" cannot be a name\n  (x)=x\n  ^"},
		{"2f(x)=x", "\"2f\" cannot be a name\n  2f(x)=x\n  ^"},
		{"f-g(x)=x", "\"f-g\" cannot be a name\n  f-g(x)=x\n  ^"},
		{"f()=2", "the argument: \"\" cannot be a name\n  f()=2\n    ^"},
		{"f(x,y)=x+y", "the argument: \"x,y\" cannot be a name\n  f(x,y)=x+y\n    ^"},
		{"f(2)=x", "the argument: \"2\" cannot be a name\n  f(2)=x\n    ^"},
		{"sin(x)=x", "sin is known already; choose another name\n  sin(x)=x\n  ^"},
		{"ln(x)=x", "ln is known already; choose another name\n  ln(x)=x\n  ^"},
		{"pow(x)=x", "pow(a, b) is a^b; choose another name\n  pow(x)=x\n  ^"},
		{"pi(x)=x", "pi is known already; choose another name\n  pi(x)=x\n  ^"},
		{"in(x)=x", "in is known already; choose another name\n  in(x)=x\n  ^"},
		{"f(pi)=pi^2", "the argument: pi is known already; choose another name\n  f(pi)=pi^2\n    ^"},
		{"f(x)=x+y", "the formula of f uses \"y\"; its argument is x\n  f(x)=x+y\n         ^"},
		{"lorentz(x) = 1/(1+y^2)", "the formula of lorentz uses \"y\"; its argument is x\n  lorentz(x) = 1/(1+y^2)\n                    ^"},
		{"größe(ü) = ü+ö", "the formula of größe uses \"ö\"; its argument is ü\n  größe(ü) = ü+ö\n               ^"},
		{" f ( x ) = x + ", "the formula ends too early\n   f ( x ) = x + \n                ^"},
		{"f(x)=1/(1+x^2", "the formula ends too early\n  f(x)=1/(1+x^2\n               ^"},
		{"f(x)=2x", "bad number \"2x\"; a product is written with *\n  f(x)=2x\n        ^"},
		{"f(x)=tahn(x)", "no function is called \"tahn\"; did you mean \"tanh\"?\n  f(x)=tahn(x)\n       ^"},
		{"f(x)=f(x)+1", ""},
		{"größe(ä)=ä+%", "unexpected \"%\"\n  größe(ä)=ä+%\n             ^"},
		{"f(x)=x==1", "\"==\" is no operation on numbers\n  f(x)=x==1\n        ^"},
		{"f(x)=2", "a constant; constants are fitted anyway\n  f(x)=2\n       ^"},
		{"f(x)=x-x", "a constant; constants are fitted anyway\n  f(x)=x-x\n       ^"},
		{"f(x)=cos(x)^2+sin(x)^2", "a constant; constants are fitted anyway\n  f(x)=cos(x)^2+sin(x)^2\n       ^"},
		{"f(x)=sqrt(-1-x^2)", "not finite anywhere between -1e6 and 1e6\n  f(x)=sqrt(-1-x^2)\n       ^"},
		{"f(x)=1/(x-x)", "not finite anywhere between -1e6 and 1e6\n  f(x)=1/(x-x)\n       ^"},
		{"f(x)=" + long, ""},
		{"f(x)=x\xff", ""},
		{"f(x)=" + strings.Repeat("x+", 40000) + "x", ""},
	} {
		f, err := ParseFunction(c.def, nil)
		if err == nil {
			t.Errorf("%.40s is taken for %s", c.def, f.Formula)
		} else if _, ok := err.(*SyntaxError); !ok || c.want != "" && err.Error() != "formula: "+c.want {
			t.Errorf("%.40s:\n%v\nwant\nformula: %s", c.def, err, c.want)
		}
	}
	// Each definition doubles the one before; spelled out it would not end.
	set := library.DefaultSet()
	for i := range 30 {
		name, body := "f"+string(rune('a'+i)), "x^2+x"
		if i > 0 {
			last := "f" + string(rune('a'+i-1))
			body = last + "(" + last + "(x)+x)"
		}
		f, err := ParseFunction(name+"(x)="+body, set)
		if err != nil {
			if !strings.Contains(err.Error(), "longer than 500") {
				t.Errorf("%s: %v", body, err)
			}
			return
		}
		set = set.With(f)
	}
	t.Error("a definition that doubles thirty times was taken")
}

// The derivatives of a user's function are those of its formula, taken another
// way, and Formula and DerivativeFormula say what Value and Derivatives compute.
func TestParseFunctionDerivatives(t *testing.T) {
	g := exprGen{vars: []string{"x"}, calls: allCalls}
	rapid.Check(t, func(t *rapid.T) {
		e := g.draw(t, 3)
		f, err := ParseFunction("f(x)="+e.String(), nil)
		if err != nil {
			return // constant or nowhere finite
		}
		formula, derivative := inX(t, f.Formula), inX(t, f.DerivativeFormula)
		second := derivative.Derivative("x")
		for range 5 {
			x := math.Round(rapid.Float64Range(-3, 3).Draw(t, "x")*1e6) / 1e6
			v, d, d2 := f.Derivatives(x)
			if w := f.Value(x); w != v && !(math.IsNaN(v) && math.IsNaN(w)) {
				t.Fatalf("%s at %v: Value %v, Derivatives %v", e, x, w, v)
			}
			row := map[string]float64{"x": x}
			if math.IsNaN(v) || !f.Domain.Covers(x-1e-6, x+1e-6) {
				continue
			}
			for order, want := range []*Expr{formula, derivative, second} {
				got := []float64{v, d, d2}[order]
				w, size := naive(want, row)
				if math.IsInf(size, 0) || math.IsNaN(size) || math.IsNaN(w) || math.IsInf(got, 0) {
					continue // at or beyond the edge of a domain
				}
				// Where an intermediate is infinite derivatives are differences.
				if !(math.Abs(got-w) <= 1e-12+1e-9*size+1e-7*math.Abs(v)) {
					t.Fatalf("derivative %d of %s at %v: %v, by formula %v", order, e, x, got, w)
				}
			}
		}
	})
}

func inX(t *rapid.T, text string) *Expr {
	e, err := Parse(text, ParseOptions{Vars: argument})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Where an intermediate overflows but the function does not, the derivatives
// go to their limits.
func TestParseFunctionOverflow(t *testing.T) {
	f := mustFunction(t, "step(x)=1/(1+exp(-x))", nil)
	for _, x := range []float64{-1e5, -2000, -800, 800, 1e5} {
		if v, d, d2 := f.Derivatives(x); v != math.Round(v) || d != 0 || d2 != 0 {
			t.Errorf("at %v: %v, %v, %v", x, v, d, d2)
		}
	}
}

// Where the domain of a user's function covers an interval the function is
// finite on a fine grid of it.
func TestParseFunctionDomain(t *testing.T) {
	g := exprGen{vars: []string{"x"}, calls: everyCall()}
	rapid.Check(t, func(t *rapid.T) {
		e := g.draw(t, 3)
		f, err := ParseFunction("f(x)="+e.String(), nil)
		if err != nil {
			return
		}
		lo := rapid.Float64Range(-10, 10).Draw(t, "lo")
		hi := lo + rapid.Float64Range(0.01, 5).Draw(t, "width")
		if !f.Domain.Covers(lo, hi) {
			return
		}
		bad := 0
		for i := range 201 {
			if x := lo + (hi-lo)*float64(i)/200; !isFinite(f.Value(x)) {
				bad++
			}
		}
		if bad > 1 { // one may be a quotient 0/0
			t.Fatalf("%s: %d of 201 values between %v and %v are not finite", e, bad, lo, hi)
		}
	})
}
