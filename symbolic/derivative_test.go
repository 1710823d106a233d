package symbolic

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/kansym/kansym/library"
)

// Derivatives as they are written.
func TestDerivative(t *testing.T) {
	set := library.DefaultSet().With(mustFunction(t, "bell(x)=exp(-x^2)", nil))
	for _, c := range []struct{ formula, want string }{
		{"3", "0"},
		{"y", "0"},
		{"x", "1"},
		{"2*x+y", "2"},
		{"x^2*y", "2*x*y"},
		{"x^-1", "-1/x^2"},
		{"sqrt(x)", "1/(2*sqrt(x))"},
		{"x^1.5", "1.5*sqrt(x)"},
		{"2^x", "log(2)*2^x"},
		{"x^x", "log(x)*x^x+x*x^(x-1)"},
		{"sin(2*x)", "cos(2*x)*2"},
		{"exp(-x/y)", "-exp(-x/y)/y"},
		{"abs(x)", "sign(x)"},
		{"sign(x)", "0"},
		{"tanh(x)", "1-tanh(x)^2"},
		{"bell(x*y)", ""},
	} {
		e, err := Parse(c.formula, ParseOptions{Functions: set})
		if err != nil {
			t.Fatal(err)
		}
		d := e.Derivative("x")
		if c.want == "" { // only that it is written without the user's function, or reads back
			if _, err := Parse(d.String(), ParseOptions{Functions: set}); err != nil {
				t.Errorf("the derivative of %s, %s: %v", c.formula, d, err)
			}
			continue
		}
		want, err := Parse(c.want, ParseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []float64{0.3, 1.7} {
			row := map[string]float64{"x": x, "y": 2.5}
			got, _ := naive(d, row)
			if w, _ := naive(want, row); !(math.Abs(got-w) <= 1e-14*math.Abs(w)) {
				t.Errorf("the derivative of %s is said to be %s: %v at %v, want %v", c.formula, d, got, x, w)
			}
		}
	}
}

// The derivative of a tree is the gradient that the compiled program computes.
func TestDerivativeEqualsGradient(t *testing.T) {
	names := []string{"x", "y", "z"}
	g := exprGen{vars: names, calls: everyCall()}
	rapid.Check(t, func(t *rapid.T) {
		e := g.draw(t, 3)
		cols := drawTable(t, 3, 1, -2, 2)
		p, err := Compile(e, names)
		if err != nil {
			t.Fatal(err)
		}
		grad := [][]float64{make([]float64, 1), make([]float64, 1), make([]float64, 1)}
		if !p.EvalGrad(p.NewWorkspace(), make([]float64, 1), grad, cols, nil) {
			return
		}
		for k, name := range names {
			want := grad[k][0]
			got, size := naive(e.Derivative(name), rowOf(names, cols, 0))
			if math.IsInf(got, 0) || math.IsNaN(got) || math.IsInf(want, 0) || math.IsNaN(size) {
				continue // at the edge of a domain
			}
			if want == 0 {
				continue // what a program says where a derivative is infinite
			}
			if !(math.Abs(got-want) <= 1e-9*(size+math.Abs(want))) {
				t.Fatalf("%s by %s at %v: %v, gradient %v", e, name, cols, got, want)
			}
		}
	})
}

// What the library says in formulas is what it computes: Formula is Value, and
// DerivativeFormula, or the derivative of Formula, the first derivative.
func TestLibraryFormulas(t *testing.T) {
	funcs := library.Builtin()
	for _, p := range []float64{7, -7, 2.5, -2.5, 1. / 3, -2. / 3, 0.123} {
		funcs = append(funcs, library.Power(p))
	}
	for _, f := range funcs {
		formula, err := Parse(f.Formula, ParseOptions{Vars: argument})
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		derivative := formula.Derivative("x")
		if f.DerivativeFormula != "" {
			if derivative, err = Parse(f.DerivativeFormula, ParseOptions{Vars: argument}); err != nil {
				t.Errorf("%s: %v", f.Name, err)
				continue
			}
		}
		seen := 0
		for i := range 401 {
			x := -6 + 0.03*float64(i) + 0.001 // not on a pole
			if !f.Domain.Covers(x-0.002, x+0.002) {
				continue
			}
			seen++
			row := map[string]float64{"x": x}
			v, d, _ := f.Derivatives(x)
			if w := f.Value(x); w != v && !(math.Abs(w-v) <= 1e-15*math.Abs(v)) {
				t.Errorf("%s at %v: Value %v, Derivatives %v", f.Name, x, w, v)
			}
			for _, c := range []struct {
				e    *Expr
				want float64
			}{{formula, v}, {derivative, d}} {
				got, size := naive(c.e, row)
				if !(math.Abs(got-c.want) <= 64*0x1p-52*size) {
					t.Errorf("%s at %v: %s is %v, want %v", f.Name, x, c.e, got, c.want)
				}
			}
		}
		if seen < 20 {
			t.Errorf("%s: only %d points in its domain", f.Name, seen)
		}
	}
}

// Apply writes what the function computes, in words that formulas know.
func TestApply(t *testing.T) {
	arg, err := Parse("x/2+1", ParseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range library.Builtin() {
		e := Apply(f, arg)
		if _, err := Parse(e.String(), ParseOptions{}); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		for _, x := range []float64{-1.3, -0.4, 1.1} {
			u := x/2 + 1
			if !f.Domain.Contains(u) {
				continue
			}
			got, size := naive(e, map[string]float64{"x": x})
			if want := f.Value(u); !(math.Abs(got-want) <= 64*0x1p-52*size) {
				t.Errorf("%s of %v is written %s: %v, want %v", f.Name, u, e, got, want)
			}
		}
	}
}
