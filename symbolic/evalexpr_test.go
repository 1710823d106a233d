package symbolic

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kansym/kansym/library"
)

// The program of expr-lang computes what evaluation node by node does, to
// rounding; TestProgramEqualsNaive says the same of Program.
func TestExprLangEqualsNaive(t *testing.T) {
	names := []string{"x", "y", "z"}
	g := exprGen{vars: names, calls: everyCall()}
	rapid.Check(t, func(t *rapid.T) {
		e := g.draw(t, 4)
		ev, err := CompileExprLang(e.String(), names, nil)
		if err != nil {
			if strings.Contains(err.Error(), "division by zero") && hasZero(e) {
				return
			}
			t.Fatal(err)
		}
		cols := drawTable(t, 3, 5, -3, 3)
		for i := range cols[0] {
			want, size := naive(e, rowOf(names, cols, i))
			got, err := ev.Eval([]float64{cols[0][i], cols[1][i], cols[2][i]})
			if err != nil {
				t.Fatalf("%s: %v", e, err)
			}
			if !agree(got, want, size) {
				t.Fatalf("%s at row %d: expr-lang %v, node by node %v", e, i, got, want)
			}
		}
	})
}

// agree reports whether a value is as expected up to rounding errors relative to
// size. At or beyond the edge of a domain, or where rounding leaves no digit,
// every value is.
func agree(got, want, size float64) bool {
	tolerance := 64 * 0x1p-52 * size
	if math.IsNaN(tolerance) || math.IsNaN(want) || tolerance >= math.Abs(want) {
		return true
	}
	return math.Abs(got-want) <= tolerance
}

// What the language means is fixed by these values.
func TestCompileExprLang(t *testing.T) {
	bell := mustFunction(t, "bell(u)=exp(-u^2)", nil)
	set := library.DefaultSet().With(bell)
	vars := []string{"x", "n", "len", "pow", "größe"}
	row := []float64{2, 7, 3, 4, 5}
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		text string
		want float64
	}{
		{"3", 3},
		{"7/2", 3.5},
		{"7/2*2", 7},
		{"2^62*4", 0x1p64},
		{"4611686018427387904*4611686018427387904", 0x1p124},
		{"9007199254740993-9007199254740992", 0}, // decimals of 53 bits
		{"2^-1", 0.5},
		{"-x^2", -4},
		{"(-x)^2", 4},
		{"2^3^2", 512},
		{"2**x", 4},
		{"x-1-1", 0},
		{"8/2/2", 2},
		{"n%3", nan},
		{"sin(0)+cos(0)", 1},
		{"abs(-3)", 3},
		{"ln(exp(2))", 2},
		{"sign(-0.5)*cbrt(-8)", 2},
		{"x|sqrt()", math.Sqrt2},
		{"2*pi", 2 * math.Pi},
		{"len*pow", 12},
		{"größe", 5},
		{"bell(x-1)", math.Exp(-1)},
		{"1/(x-2)", inf},
		{"-1/(x-2)", -inf},
		{"(x-2)/(x-2)", nan},
		{"sqrt(-x)", nan},
		{"log(x-2)", -inf},
		{"(-8)^(1/3)", nan},
		{"exp(x*1000)", inf},
	} {
		ev, err := CompileExprLang(c.text, vars, set)
		if err != nil {
			if !strings.Contains(c.text, "%") {
				t.Errorf("%s: %v", c.text, err)
			}
			continue
		}
		got, err := ev.Eval(row)
		if err != nil || !(math.Abs(got-c.want) <= 1e-15*math.Abs(c.want) || got == c.want || math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s = %v (error %v), want %v", c.text, got, err, c.want)
		}
	}
	ev, err := CompileExprLang("pow(x, 3)+arctan(x-x)", []string{"x"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ev.Eval([]float64{2}); got != 8 || err != nil {
		t.Errorf("pow(2, 3) = %v, error %v", got, err)
	}
}

// Formulas are refused with Parse's error, and so is everything else that
// expr-lang can do.
func TestCompileExprLangErrors(t *testing.T) {
	vars := []string{"mass", "speed"}
	for _, c := range []struct{ text, want string }{
		{"mass*sped", "formula: no column is called \"sped\"; did you mean \"speed\"?\n  mass*sped\n       ^"},
		{"tahn(mass)", "formula: no function is called \"tahn\"; did you mean \"tanh\"?\n  tahn(mass)\n  ^"},
		{"mass*", "formula: the formula ends too early\n  mass*\n       ^"},
		{"bell(mass)", ""},
		{"map(1..1000000000, {#*#})", ""},
		{"repeat(\"x\", 1000000000)", ""},
		{"now()", ""},
		{"len([mass])", ""},
		{"$env", ""},
		{"mass > 1 ? 1 : 2", ""},
		{"mass.speed", ""},
		{"mass in [1]", ""},
		{"let a = mass; a*a", ""},
		{"mass; speed", ""},
		{strings.Repeat("(", 1<<15) + "mass", ""},
		{strings.Repeat("mass+", 1<<14) + "mass", ""},
		{strings.Repeat("sin(", 5000) + "mass" + strings.Repeat(")", 5000), ""},
	} {
		_, err := CompileExprLang(c.text, vars, nil)
		var se *SyntaxError
		if !errors.As(err, &se) {
			t.Errorf("%.30s: error %v", c.text, err)
		} else if c.want != "" && err.Error() != c.want {
			t.Errorf("%.30s:\n%v\nwant\n%s", c.text, err, c.want)
		}
	}
	ev, err := CompileExprLang("mass", vars, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ev.Eval([]float64{1}); err == nil || err.Error() != "formula: 1 values for 2 variables" {
		t.Errorf("a row too short: error %v", err)
	}
}

// A user's function goes before the alias and the built-in function of its name.
func TestCompileExprLangUserFirst(t *testing.T) {
	ln := mustFunction(t, "other(x)=x+1", nil)
	own := *ln
	own.Name = "ln"
	ev, err := CompileExprLang("ln(1)", nil, library.DefaultSet().With(&own))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ev.Eval(nil); got != 2 || err != nil {
		t.Errorf("the user's ln(1) = %v, error %v", got, err)
	}
}

func mustFunction(t testing.TB, def string, set *library.Set) *library.Func {
	t.Helper()
	f, err := ParseFunction(def, set)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
