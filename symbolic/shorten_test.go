package symbolic

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// What Shorten promises, for random formulas and random domains: the value where
// the formula is finite, and no more nodes than Simplify leaves.
func TestShortenProperties(t *testing.T) {
	names := []string{"x", "y", "z"}
	calls := []string{"sin", "exp", "log", "abs", "sqrt"}
	property := rapid.MakeCheck(func(t *rapid.T) {
		g := exprGen{vars: names, free: rapid.Bool().Draw(t, "free"), calls: calls}
		e := g.draw(t, 3)
		domains := map[string]Interval{}
		for _, name := range names {
			domains[name] = rapid.SampledFrom([]Interval{{0.5, 3}, {-3, -0.5}, {-2, 2}, {0, 2}, realLine}).Draw(t, name)
		}
		opt := SimplifyOptions{Domains: domains}
		s, short := Simplify(e, opt), Shorten(e, opt)
		if short.Complexity() > s.Complexity() {
			t.Fatalf("%s (%d nodes) becomes %s (%d nodes)", s, s.Complexity(), short, short.Complexity())
		}
		checkValues(t, e, short, names, domains)
	})
	t.Run("random", property)
}

// checkValues compares two formulas at points of the domains.
func checkValues(t failer, e, s *Expr, names []string, domains map[string]Interval) {
	for k := range 12 {
		row := map[string]float64{}
		for i, name := range names {
			iv := domains[name]
			lo, hi := math.Max(iv.Lo, -3), math.Min(iv.Hi, 3)
			_, frac := math.Modf(float64(k+1) * (0.6180339887 + 0.1324717957*float64(i)))
			row[name] = lo + (hi-lo)*frac
		}
		want, size := naive(e, row)
		if math.IsNaN(want) || math.IsInf(want, 0) || !(size < 1e12) {
			continue
		}
		got, gotSize := naive(s, row)
		if !(gotSize < 1e12) {
			continue // ill-conditioned at this point
		}
		if !(math.Abs(got-want) <= 1e-9*math.Max(size, gotSize)) {
			t.Fatalf("%s = %v becomes %s = %v at %v", e, want, s, got, row)
		}
	}
}

// Rational functions in their short forms, factors before roots, half angles; all
// variables are positive.
func TestShorten(t *testing.T) {
	for _, c := range []struct{ from, want string }{
		// Polynomials and proper fractions.
		{"(20*x^2-x^3-2*(x+x*y)+40)/(x^2+2)", "20-x-2*y/(x+2/x)"},
		{"x*(3*x-x^2-y+4)/(x+1)", "x*(4-x-y/(x+1))"},
		{"y*(x+y*(-0.075*x-0.075))/(x+1)", "y*(x/(x+1)-0.075*y)"},
		{"(m-k*(p/y+q*(p/y+1)/x+1))/(q/x+(p+p*q/x)/y+1)", "m*x*y/((p+y)*(q+x))-k"},
		{"(x^2-1)/(x-1)", "x+1"},
		{"x^2*((x^2+x-3)/(x+1/x)-1)+1", "(x^5-3*x^3+1)/(x^2+1)"},
		// Factors and completed powers.
		{"x*(y-1)-y+1", "(x-1)*(y-1)"},
		{"x^3+3*x^2+3*x+1", "(x+1)^3"},
		{"1/(20*x^2-100*x+149)", "1/(20*(x-2.5)^2+24)"},
		{"x^4-12*x^3+54*x^2-108*x+y^3-9*y^2+26*y+57", "(x-3)^4-y+(y-3)^3+3"},
		{"1/(x^2+y^2+z^2-6*x-6*y-6*z+30)", "1/((x-3)^2+(y-3)^2+(z-3)^2+3)"},
		{"a*x+a*y+b*x+b*y", "(a+b)*(x+y)"},
		// Numbers where they are short.
		{"509*z^2/(8*(125/sqrt(x)+41*a))", "0.509*z^2/(0.328*a+1/sqrt(x))"},
		{"1.2*x-1.2*y", "1.2*(x-y)"},
		{"10^(x-2*y/(2*z+5))", "10^(x-y/(z+2.5))"},
		// Roots.
		{"pi*(x^2+sqrt(x^4+(x*y)^2))", "pi*x*(x+sqrt(x^2+y^2))"},
		{"y*sqrt(x^2+x*y)/sqrt(x)", "y*sqrt(x+y)"},
		// Angles.
		{"3.5-3.5*cos(2*x)", "7*sin(x)^2"},
	} {
		e := mustParse(t, c.from)
		domains := map[string]Interval{}
		for _, v := range e.Vars() {
			domains[v] = Interval{0.5, 3}
		}
		s := Shorten(e, SimplifyOptions{Domains: domains})
		if s.String() != c.want {
			t.Errorf("%s becomes %s, want %s", e, s, c.want)
		}
		checkValues(t, e, s, e.Vars(), domains)
		if again := Shorten(s, SimplifyOptions{Domains: domains}); again.Complexity() != s.Complexity() {
			t.Errorf("%s becomes %s, which becomes %s", e, s, again)
		}
	}
}

// What holds for some signs only is not used where the sign is open, and a free
// constant is neither doubled nor merged with one of equal value.
func TestShortenKeeps(t *testing.T) {
	for _, text := range []string{"sqrt(u^4+(u*v)^2)", "1.5*u+1.5*v", "1.5*u^2+2.5*v", "log(u)+sin(v)"} {
		e, err := Parse(text, ParseOptions{FreeNumbers: true})
		if err != nil {
			t.Fatal(err)
		}
		if s := Shorten(e, SimplifyOptions{}); s.String() != text || len(s.FreeValues()) != len(e.FreeValues()) {
			t.Errorf("%s becomes %s", text, s)
		}
	}
}

// Products of sums whose constants are not round have round ones as sums.
func TestMultipliedOut(t *testing.T) {
	e, err := Parse("(x^0.16+1.5674653215636822)*(0.3965*y-11.37)+30.94208070617907", ParseOptions{FreeNumbers: true})
	if err != nil {
		t.Fatal(err)
	}
	out, ok := MultipliedOut(e, SimplifyOptions{})
	if !ok {
		t.Fatalf("%s is not multiplied out", e)
	}
	for i, want := range []float64{0.6215, 0.3965, -11.37, 13.12} {
		found := false
		for _, v := range out.FreeValues() {
			found = found || math.Abs(v-want) < 1e-9
		}
		if !found {
			t.Errorf("constant %d, %v, is missing in %s", i, want, out)
		}
	}
	if _, ok := MultipliedOut(mustParse(t, "x*y+1"), SimplifyOptions{}); ok {
		t.Error("x*y+1 is multiplied out")
	}
}

func BenchmarkShorten(b *testing.B) {
	e := mustParse(b, "(m-k*(p/y+q*(p/y+1)/x+1))/(q/x+(p+p*q/x)/y+1)")
	for b.Loop() {
		Shorten(e, SimplifyOptions{})
	}
}

func TestShortenPythagoras(t *testing.T) {
	for _, c := range []struct{ from, want string }{
		{"a/sqrt(1-tanh(x/a)^2)", "a*cosh(x/a)"},
		{"a*(1-sin(x)^2)", "a*cos(x)^2"},
		{"1/(1+tan(x)^2)", "cos(x)^2"},
		{"sqrt(1+sinh(x)^2)", "cosh(x)"},
		{"2-tanh(x)^2", "2-tanh(x)^2"},
	} {
		e, err := Parse(c.from, ParseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got := Shorten(e, SimplifyOptions{}).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.from, got, c.want)
		}
	}
}

// Powers of one exponential are powers of one atom.
func TestShortenExponentials(t *testing.T) {
	for _, c := range []struct{ from, want string }{
		{"d*(exp(2*a*(e-r))-2*exp(a*(e-r))+1)", "d*(exp(a*(e-r))-1)^2"},
		{"exp(-4*x)-2*exp(-2*x)+1", "(exp(-2*x)-1)^2"},
		{"exp(2*x)-exp(x)", "exp(2*x)-exp(x)"},
	} {
		e, err := Parse(c.from, ParseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got := Shorten(e, SimplifyOptions{}).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.from, got, c.want)
		}
	}
}
