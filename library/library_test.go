package library

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestBuiltinsAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Builtin() {
		if seen[f.Name] {
			t.Errorf("%s is there twice", f.Name)
		}
		seen[f.Name] = true
		if f.Formula == "" || f.Value == nil || f.Derivatives == nil || f.Starts == nil {
			t.Errorf("%s lacks its formula, value, derivatives or starts", f.Name)
		}
		if !(f.Cost >= 0 && f.Cost < 16) {
			t.Errorf("%s costs %g bits", f.Name, f.Cost)
		}
		if f.Callable && f.DerivativeFormula == "" {
			t.Errorf("%s is callable and has no derivative formula", f.Name)
		}
		if g, ok := Lookup(f.Name); !ok || g != f {
			t.Errorf("Lookup(%q) = %v, %v: not the function of the list", f.Name, g, ok)
		}
		if f.IsPower {
			if Power(f.Exponent) != f {
				t.Errorf("Power(%g) is not the built-in %s", f.Exponent, f.Name)
			}
		} else if f.Exponent != 0 {
			t.Errorf("%s is no power and has exponent %g", f.Name, f.Exponent)
		}
	}
	for _, name := range []string{
		"1", "x", "x^2", "x^3", "x^4", "x^5", "x^6", "1/x", "1/x^2", "1/x^3", "1/x^4", "1/x^5", "1/x^6",
		"sqrt", "cbrt", "x^1.5", "1/sqrt", "x^p", "exp", "exp(-x^2)", "log", "sin", "cos", "tan", "asin", "acos",
		"atan", "sinh", "cosh", "tanh", "asinh", "1/cosh", "sigmoid", "softplus", "erf", "abs", "sign", "sin(x)/x",
		"x*log(x)", "x/(exp(x)-1)",
	} {
		if !seen[name] {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestLookup(t *testing.T) {
	tests := []struct{ name, want string }{
		{"x^1", "x"}, {"x^-1", "1/x"}, {"x^0.5", "sqrt"}, {"x^(1/2)", "sqrt"}, {"sqrt(x)", "sqrt"},
		{"x^-0.5", "1/sqrt"}, {"1/sqrt(x)", "1/sqrt"}, {"1/x^(1/2)", "1/sqrt"}, {"x^(3/2)", "x^1.5"},
		{"x ^ 2", "x^2"}, {"x**2", "x^2"}, {"x^7", "x^7"}, {"x^-2.5", "1/x^2.5"}, {"x^(1/3)", "x^(1/3)"},
		{"x^0.37", "x^0.37"}, {"ln", "log"}, {"arcsin", "asin"}, {"sech", "1/cosh"}, {"gauss", "exp(-x^2)"},
		{"sin(x)", "sin"}, {"exp(x)", "exp"}, {"sinc", "sin(x)/x"}, {"1/(1+exp(-x))", "sigmoid"},
	}
	for _, tt := range tests {
		f, ok := Lookup(tt.name)
		if !ok {
			t.Errorf("Lookup(%q) finds nothing, want %s", tt.name, tt.want)
		} else if f.Name != tt.want {
			t.Errorf("Lookup(%q) = %s, want %s", tt.name, f.Name, tt.want)
		}
	}
	for _, name := range []string{
		"", "foo", "x^", "x^x", "x^(2", "x^1e9", "x^0x10", "1/", "1/1", "x^1/0", "x^(1/0)", "(x)", "sigmoid(y)",
		"x^1_0", "x^Inf", "x^NaN", "x^(0/1)",
	} {
		if f, ok := Lookup(name); ok {
			t.Errorf("Lookup(%q) = %s, want nothing", name, f.Name)
		}
	}
}

// Every alias leads to a function, and callable aliases to callable ones.
func TestAliases(t *testing.T) {
	for other, name := range otherNames {
		if _, ok := builtin.byName[name]; !ok {
			t.Errorf("%q stands for %q, which does not exist", other, name)
		}
		if f, ok := builtin.byName[other]; ok {
			t.Errorf("%q is an alias and the function %s", other, f.Name)
		}
	}
	for alias, name := range Aliases() {
		if f, ok := builtin.byName[name]; !ok || !f.Callable {
			t.Errorf("%q stands for %q, which formulas cannot call", alias, name)
		}
		if got, ok := Alias(alias); !ok || got != name {
			t.Errorf("Alias(%q) = %q, %v", alias, got, ok)
		}
		if _, ok := Lookup(alias); !ok {
			t.Errorf("Lookup does not know %q", alias)
		}
	}
}

// A power's name leads back to it, whatever the exponent.
func TestPowerNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.OneOf(
			rapid.Float64Range(-20, 20),
			rapid.Custom(func(t *rapid.T) float64 {
				return float64(rapid.IntRange(-40, 40).Draw(t, "p")) / float64(rapid.IntRange(1, 12).Draw(t, "q"))
			}),
		).Draw(t, "exponent")
		if math.Abs(p) < 1e-6 {
			return
		}
		f := Power(p)
		g, ok := Lookup(f.Name)
		if !ok || g.Exponent != p || g.Name != f.Name {
			t.Fatalf("Power(%v) is called %q, and Lookup gives %v", p, f.Name, g)
		}
		x := rapid.Float64Range(0.01, 100).Draw(t, "x")
		if got, want := f.Value(x), math.Pow(x, p); math.Abs(got-want) > 1e-14*math.Abs(want) {
			t.Fatalf("%s at %v: %v, want %v", f.Name, x, got, want)
		}
	})
}

func TestPowerPanics(t *testing.T) {
	for _, p := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Power(%v) does not panic", p)
				}
			}()
			Power(p)
		}()
	}
	if f := Power(0); f.Name != "1" {
		t.Errorf("Power(0) is %s", f.Name)
	}
}

func TestNearest(t *testing.T) {
	known := []string{"sin", "sinh", "sqrt", "log", "sigmoid", "tanh"}
	tests := []struct{ name, want string }{
		{"sni", "sin"}, {"Sin", "sin"}, {"sgrt", "sqrt"}, {"sigmod", "sigmoid"}, {"tnah", "tanh"},
		{"lgo", "log"}, {"whatever", ""}, {"", ""}, {"gamma", ""},
	}
	for _, tt := range tests {
		got, ok := Nearest(tt.name, known)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("Nearest(%q) = %q, %v, want %q", tt.name, got, ok, tt.want)
		}
	}
}

func FuzzLookup(f *testing.F) {
	for _, s := range []string{"x^2", "x^(1/3)", "1/x^2.5", "sin(x)", "x**-1", "x^(9/", "x^00000000.1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		g, ok := Lookup(name)
		if !ok {
			return
		}
		if h, again := Lookup(g.Name); !again || h.Name != g.Name {
			t.Errorf("Lookup(%q) is %q, whose name leads to %v", name, g.Name, h)
		}
	})
}
