package symbolic

import (
	"errors"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/kansym/kansym/library"
)

// everyCall names every function that formulas call.
func everyCall() []string {
	var names []string
	for _, f := range (*library.Set)(nil).Callables() {
		names = append(names, f.Name)
	}
	return names
}

// What is read prints as expected: reading changes little, printing tidies.
func TestParse(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"x", "x"},
		{" ( x ) ", "x"},
		{"x\n+\ty", "x+y"},
		{"1/2", "0.5"},
		{"2/4", "0.5"},
		{"-2/4*x", "-x/2"},
		{"2/3/4", "2/(3*4)"},
		{"2*3", "2*3"},
		{"x/3", "x/3"},
		{"x/(2/3)", "x*3/2"},
		{"2.0*x", "2*x"},
		{"0.1", "0.1"},
		{"1e3", "1000"},
		{"1e22*x", "1e+22*x"},
		{"9007199254740993", "9.007199254740992e+15"},
		{"x*1/1", "x"},
		{"1*1", "1"},
		{"0x10+1_000", "16+1000"},
		{"-x^2", "-x^2"},
		{"(-x)^2", "(-x)^2"},
		{"(-2)^2", "(-2)^2"},
		{"2^-x", "2^(-x)"},
		{"x^-2", "1/x^2"},
		{"x**2", "x^2"},
		{"x^y^z", "x^(y^z)"},
		{"(x^y)^z", "(x^y)^z"},
		{"x^0.5", "sqrt(x)"},
		{"x^1.5", "x^1.5"},
		{"x^(3/2)", "x^1.5"},
		{"x^(1/3)", "x^(1/3)"},
		{"sqrt(x)^3", "sqrt(x)^3"},
		{"pow(x, 3)", "x^3"},
		{"ln(x)+arctan(y)", "log(x)+atan(y)"},
		{"x|sin()", "sin(x)"},
		{"x-(y-z)", "x-(y-z)"},
		{"x-y-z", "x-y-z"},
		{"x/(y/z)", "x/(y/z)"},
		{"x/y/z", "x/(y*z)"},
		{"x/y*z", "x*z/y"},
		{"--x", "x"},
		{"+x", "x"},
		{"-(x+y)", "-(x+y)"},
		{"x*-2", "-x*2"},
		{"2*pi*r", "2*pi*r"},
		{"π*größe", "π*größe"},
		{"len+sum", "len+sum"},
	} {
		e, err := Parse(c.text, ParseOptions{})
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if got := e.String(); got != c.want {
			t.Errorf("%q is read as %s, want %s", c.text, got, c.want)
		}
	}
}

// Numbers and quotients of integers are exact, decimal exponents where they
// are printed for fractions.
func TestParseExact(t *testing.T) {
	for _, c := range []struct {
		text string
		want *Expr
	}{
		{"6/4", Rat(3, 2)},
		{"-6/4", Rat(-3, 2)},
		{"9007199254740992", Int(1 << 53)},
		{"9007199254740994", Float(1<<53 + 2)},
		{"1.5", Float(1.5)},
		{"x^1.5", Pow(Var("x"), Rat(3, 2))},
		{"x^-0.3", Pow(Var("x"), Rat(-3, 10))},
		{"x^0.15", Pow(Var("x"), Float(0.15))}, // printed as 0.15 only if it is one
		{"x^0.333", Pow(Var("x"), Float(0.333))},
		{"x/4", Mul(Var("x"), Rat(1, 4))},
		{"sqrt(x)", Sqrt(Var("x"))},
	} {
		if e, err := Parse(c.text, ParseOptions{}); err != nil || !e.Equal(c.want) {
			t.Errorf("%s is not read as expected (error %v)", c.text, err)
		}
	}
	e, err := Parse("2.5*x^1.5+2", ParseOptions{FreeNumbers: true})
	if err != nil {
		t.Fatal(err)
	}
	if v := e.FreeValues(); len(v) != 2 || v[0] != 2.5 || v[1] != 1.5 {
		t.Errorf("free numbers are %v, want 2.5 and 1.5", v)
	}
	e, err = Parse("a*x+b", ParseOptions{Vars: []string{"x"}, Params: true})
	if err != nil {
		t.Fatal(err)
	}
	if v := e.FreeValues(); len(v) != 2 || v[0] != 1 || len(e.Vars()) != 1 {
		t.Errorf("free constants are %v, variables %v", v, e.Vars())
	}
}

// Faults are named and pointed at.
func TestParseErrors(t *testing.T) {
	const notFormula = "not part of a formula: only numbers, names, + - * / ^, parentheses and functions of one argument are"
	known := ParseOptions{Vars: []string{"mass", "speed"}}
	params := ParseOptions{Vars: []string{"x"}, Params: true}
	for _, c := range []struct {
		text string
		opt  ParseOptions
		pos  int
		msg  string
	}{
		{"", ParseOptions{}, 0, "empty"},
		{" \t", ParseOptions{}, 0, "empty"},
		{"a\xff", ParseOptions{}, 0, "not valid UTF-8"},
		{"x+", ParseOptions{}, 2, "the formula ends too early"},
		{"2*(x+1 ", ParseOptions{}, 6, "the formula ends too early"},
		{"größe^\n", ParseOptions{}, 6, "the formula ends too early"},
		{"{", ParseOptions{}, 1, "the formula ends too early"},
		{"x²+1", ParseOptions{}, 1, `"²" is not part of a formula; a square is written ^2`},
		{"größe·y", ParseOptions{}, 5, `"·" is not part of a formula; a product is written with *`},
		{"x@y", ParseOptions{}, 1, `"@" is not part of a formula`},
		{"größe*'y", ParseOptions{}, 6, "quotes are not part of a formula"},
		{"1+0x", ParseOptions{}, 3, "the number is out of range or has no digits"},
		{"2x", ParseOptions{}, 1, `bad number "2x"; a product is written with *`},
		{"2 x", ParseOptions{}, 2, `unexpected "x"; a product is written with *`},
		{"(x)(y)", ParseOptions{}, 3, `unexpected "("; a product is written with *`},
		{"2,5*x", ParseOptions{}, 1, `unexpected ","; decimals are written with a point`},
		{"x)", ParseOptions{}, 1, `unexpected ")"`},
		{"y=x", ParseOptions{}, 1, `unexpected "="`},
		{"x//2", ParseOptions{}, 1, `"//" is no operation on numbers`},
		{"ü/*2*/", ParseOptions{}, 1, `"/*" is no operation on numbers`},
		{"99999999999999999999", ParseOptions{}, 19, "the integer is out of range; write large numbers as 1e20"},
		{"1e999", ParseOptions{}, 4, "the number is out of range or has no digits"},
		{"1/0", ParseOptions{}, 1, "division by zero"},
		{"x/0.0/y", ParseOptions{}, 1, "division by zero"},
		{"2*0^-1", ParseOptions{}, 3, "division by zero"},
		{"x%2", ParseOptions{}, 1, "remainders (%) are not part of a formula"},
		{"x==y", ParseOptions{}, 1, `"==" is no operation on numbers`},
		{"x and y", ParseOptions{}, 2, `"and" is no operation on numbers`},
		{"not x", ParseOptions{}, 0, `"not" is no operation on numbers`},
		{"x?1:2", ParseOptions{}, 4, notFormula},
		{`"x"`, ParseOptions{}, 0, notFormula},
		{"[x]", ParseOptions{}, 0, notFormula},
		{"true", ParseOptions{}, 0, notFormula},
		{"let a = 1; a", ParseOptions{}, 4, notFormula},
		{"$env", ParseOptions{}, 0, `"$env" cannot be the name of a variable`},
		{"1+sin", ParseOptions{}, 2, "the function sin needs an argument in parentheses"},
		{"sin()", ParseOptions{}, 0, "sin takes one argument, not 0"},
		{"sin(x, y)", ParseOptions{}, 0, "sin takes one argument, not 2"},
		{"1+tahn(x)", ParseOptions{}, 2, `no function is called "tahn"; did you mean "tanh"?`},
		{"len(x)", ParseOptions{}, 0, `no function is called "len"; did you mean "ln"?`},
		{"map([1], #)", ParseOptions{}, 0, `no function is called "map"; did you mean "tan"?`},
		{"mass*sped", known, 5, `no column is called "sped"; did you mean "speed"?`},
		{"mass*c", known, 5, `no column is called "c"; the columns are mass, speed`},
		{"mass*exp", known, 5, "the function exp needs an argument in parentheses"},
		{"mass(speed)", known, 0, "mass is no function here; a product is written mass*(...)"},
		{"a*x+a", params, 4, "the constant a occurs twice; give each occurrence a name of its own, each is fitted by itself"},
		{"a*sin+x", params, 2, "the function sin needs an argument in parentheses"},
		{strings.Repeat("x^", 1500) + "x", ParseOptions{}, 2001, "nested more than 1000 deep"},
		{strings.Repeat("-", 20000) + "x", ParseOptions{}, 0, "more than 10000 numbers, names and operations"},
	} {
		_, err := Parse(c.text, c.opt)
		var se *SyntaxError
		if !errors.As(err, &se) {
			t.Errorf("%.20q: error %v", c.text, err)
			continue
		}
		if strings.HasPrefix(c.msg, "no function is called") && !strings.Contains(se.Msg, "did you mean") {
			c.msg, _, _ = strings.Cut(c.msg, "; did")
			se.Msg, _, _ = strings.Cut(se.Msg, "; those")
		}
		if se.Msg != c.msg || se.Pos != c.pos && len(c.text) < 1000 {
			t.Errorf("%.20q: %q at %d, want %q at %d", c.text, se.Msg, se.Pos, c.msg, c.pos)
		}
	}
}

// The caret stands under the fault, also where letters take several bytes and
// where the formula is too long for a line.
func TestSyntaxErrorCaret(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"größe*%", "formula: unexpected \"%\"\n  größe*%\n        ^"},
		{"x+\n\ttahn(x)", "formula: no function is called \"tahn\"; did you mean \"tanh\"?\n  x+  tahn(x)\n      ^"},
		{strings.Repeat("x+", 50) + "tahn(x)" + strings.Repeat("+x", 50), "formula: no function is called \"tahn\"; did you mean \"tanh\"?\n" +
			"  ..." + strings.Repeat("x+", 20) + "tahn(x)" + strings.Repeat("+x", 16) + "+...\n  " + strings.Repeat(" ", 43) + "^"},
	} {
		_, err := Parse(c.text, ParseOptions{})
		if err == nil || err.Error() != c.want {
			t.Errorf("%.20q:\n%v\nwant\n%s", c.text, err, c.want)
		}
	}
}

// A sum or product of many terms is not nested.
func TestParseLong(t *testing.T) {
	for _, op := range []string{"+", "-", "*", "/"} {
		e, err := Parse("x"+strings.Repeat(op+"x", 4000), ParseOptions{})
		if err != nil || len(e.Args()) != 4001 {
			t.Errorf("4000 times %s: %v", op, err)
		}
	}
}

// hasZero reports whether e holds the number 0, so that a refusal to divide by
// it is right.
func hasZero(e *Expr) bool {
	found := false
	e.Walk(func(n *Expr) bool {
		found = found || n.IsConst() && n.v == 0
		return !found
	})
	return found
}

// readBack parses what e prints; ok is false where that divides by zero.
func readBack(t *rapid.T, e *Expr) (back *Expr, ok bool) {
	back, err := Parse(e.String(), ParseOptions{})
	if err != nil && strings.Contains(err.Error(), "division by zero") && hasZero(e) {
		return nil, false
	}
	if err != nil {
		t.Fatal(err)
	}
	return back, true
}

// What is printed is read back with the same values. Reading computes quotients
// of integers, which may make further ones; then the form is final.
func TestPrintParse(t *testing.T) {
	names := []string{"x", "y", "z"}
	for _, free := range []bool{false, true} {
		g := exprGen{vars: names, calls: everyCall(), free: free}
		rapid.Check(t, func(t *rapid.T) {
			e := g.draw(t, 4)
			if spaced := e.Format(library.LangText); strings.ReplaceAll(spaced, " ", "") != e.String() {
				t.Fatalf("%s is %s as text", e, spaced)
			}
			back, ok := readBack(t, e)
			if !ok {
				return
			}
			final, last := back, e
			for range 5 {
				last = final
				if final, ok = readBack(t, last); !ok {
					return
				}
			}
			if !final.Equal(last) || final.String() != last.String() || final.Complexity() != last.Complexity() {
				t.Fatalf("%s becomes %s and then %s", e, last, final)
			}
			for range 3 {
				row := map[string]float64{}
				for _, n := range names {
					row[n] = math.Round(rapid.Float64Range(-3, 3).Draw(t, n)*1e6) / 1e6
				}
				want, size := naive(e, row)
				got, size2 := naive(back, row)
				if !agree(got, want, max(size, size2)) {
					t.Fatalf("%s at %v: %v, read back %v", e, row, want, got)
				}
			}
		})
	}
}

// Rounded numbers still make a formula.
func TestFormatDigitsParses(t *testing.T) {
	g := exprGen{vars: []string{"x", "y"}, calls: everyCall(), free: true}
	rapid.Check(t, func(t *rapid.T) {
		e := g.draw(t, 4)
		text := e.FormatDigits(library.LangText, rapid.IntRange(1, 6).Draw(t, "digits"))
		if _, err := Parse(text, ParseOptions{}); err != nil && !(hasZero(e) && strings.Contains(err.Error(), "division by zero")) {
			t.Fatalf("%s: %v", text, err)
		}
	})
}

// Any text is either a formula that prints as one or an error that points into
// the text.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"m/sqrt(1-(v/c)^2)", "2x", "-x^-2**y", "1e9*pi", "x|sin()", "let a=1;a", "map(x,#)", "\"", "a.b?.c[0]",
		"((((", "0x1p-2", "1..2", "x//y", "1/3/5/7^0.25", "π²", "len(x)", "9007199254740993/3", "x ?? y", "{a:1}", "0.1/0", "-0", "1/(1-1)",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text, ParseOptions{})
		if err != nil {
			var se *SyntaxError
			if !errors.As(err, &se) || se.Pos < 0 || se.Pos > utf8.RuneCountInString(se.Text) || se.Error() == "" {
				t.Fatalf("%q: error %v", text, err)
			}
			return
		}
		// Every reading computes the quotients of integers that the one before
		// has made.
		out := ""
		for back, n := e, 0; out != back.String(); n++ {
			if n > 20 {
				t.Fatalf("%q: %q becomes %q, and so on", text, out, back)
			}
			out = back.String()
			if back, err = Parse(out, ParseOptions{}); err != nil {
				if strings.Contains(err.Error(), "division by zero") {
					return
				}
				t.Fatalf("%q prints as %q: %v", text, out, err)
			}
		}
		for _, lang := range []library.Language{library.LangLaTeX, library.LangSymPy, library.LangPy, library.LangGo, library.LangC} {
			e.FormatDigits(lang, 3)
		}
		vars := e.Vars()
		for _, v := range vars {
			if ReservedName(v) {
				t.Fatalf("%q has a variable %s", text, v)
			}
		}
		if _, err := CompileExprLang(text, vars, nil); err != nil {
			t.Fatalf("%q: expr-lang: %v", text, err)
		}
	})
}

// A name is reserved exactly if it cannot be a variable.
func TestReservedName(t *testing.T) {
	words := []string{"x", "y1", "größe", "_", "if", "in", "not", "and", "or", "let", "else", "true", "false", "nil", "matches",
		"contains", "startsWith", "endsWith", "$env", "pi", "len", "sum", "mean", "map", "count", "now", "all", "any", "e", "inf",
		"sin", "sqrt", "abs", "ln", "pow", "max", "float", "type", "var", "lambda", "gauss", "constant", "x2"}
	words = append(words, everyCall()...)
	for _, w := range words {
		e, err := Parse("2*"+w+"+1", ParseOptions{})
		usable := err == nil && len(e.Vars()) == 1
		if usable {
			_, err := CompileExprLang("2*"+w+"+1", []string{w}, nil)
			usable = err == nil
		}
		if ReservedName(w) == usable {
			t.Errorf("%s: reserved %v, usable %v", w, ReservedName(w), usable)
		}
	}
}

// Functions that can be called are listed once each, the user's first.
func TestParseListsFunctions(t *testing.T) {
	zap := mustFunction(t, "zap(x)=x^2+x", nil)
	set, err := library.ParseSet("all", zap)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Parse("qqqqqqq(x)", ParseOptions{Functions: set.With(zap)})
	var se *SyntaxError
	if !errors.As(err, &se) {
		t.Fatalf("error %v", err)
	}
	const want = `no function is called "qqqqqqq"; those that can be called are zap, sqrt, cbrt, exp, log, sin, cos, tan, asin, acos, atan, ` +
		`sinh, cosh, tanh, asinh, erf, abs, sign`
	if se.Msg != want {
		t.Errorf("%s\nwant\n%s", se.Msg, want)
	}
}

// Every finite number is read back to the bit, wherever it stands, also below
// signs; what is read is printed and read again as the same tree.
func TestPrintParseNumbers(t *testing.T) {
	x := Var("x")
	places := []func(v *Expr) *Expr{
		func(v *Expr) *Expr { return v },
		func(v *Expr) *Expr { return Neg(v) },
		func(v *Expr) *Expr { return Mul(Int(-1), Mul(Int(-1), v)) },
		func(v *Expr) *Expr { return Neg(Add(x, Neg(Add(x, v)))) },
		func(v *Expr) *Expr { return Sub(x, v) },
		func(v *Expr) *Expr { return Mul(x, v) },
		func(v *Expr) *Expr { return Div(v, x) },
		func(v *Expr) *Expr { return Div(x, v) },
		func(v *Expr) *Expr { return Pow(x, v) },
		func(v *Expr) *Expr { return Pow(x, Neg(v)) },
		func(v *Expr) *Expr { return Pow(v, x) },
		func(v *Expr) *Expr { return Pow(Neg(v), Int(2)) },
		func(v *Expr) *Expr { return Neg(Pow(v, Int(2))) },
	}
	row := map[string]float64{"x": 1.25}
	rapid.Check(t, func(t *rapid.T) {
		var v *Expr
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			v = Float(rapid.Float64().Filter(isFinite).Draw(t, "value"))
		case 1:
			v = Float(math.Ldexp(rapid.Float64Range(-1, 1).Draw(t, "mantissa"), rapid.IntRange(-1073, 1023).Draw(t, "exponent")))
		case 2:
			v = Free(math.Round(rapid.Float64Range(-1e4, 1e4).Draw(t, "short")) / 100)
		case 3:
			v = Rat(rapid.Int64Range(-1<<53, 1<<53).Draw(t, "p"), rapid.Int64Range(1, 1<<53).Draw(t, "q"))
		}
		if v.v == 0 {
			return
		}
		for i, place := range places {
			e := place(v)
			back, ok := readBack(t, e)
			if !ok {
				return
			}
			want, size := naive(e, row)
			got, _ := naive(back, row)
			exact := v.kind == KindFloat && i < 6
			switch {
			case exact && got != want:
				t.Fatalf("place %d: %s is %v, read back %v", i, e, want, got)
			case !exact && isFinite(size) && math.Abs(want) > 0x1p-1000 && !agree(got, want, size):
				t.Fatalf("place %d: %s is %v, read back %v", i, e, want, got)
			}
			for range 3 {
				if back, ok = readBack(t, back); !ok {
					return
				}
			}
			if again, ok := readBack(t, back); ok && !again.Equal(back) {
				t.Fatalf("place %d: %s is read back as another tree", i, back)
			}
		}
	})
}
