package symbolic

import (
	"math"
	"testing"

	"github.com/kansym/kansym/library"
)

var printed = []library.Language{library.LangText, library.LangLaTeX, library.LangSymPy, library.LangPy, library.LangGo, library.LangC}

// Each formula as text, in LaTeX, SymPy, Python, Go and C.
func TestFormat(t *testing.T) {
	set := library.DefaultSet().With(mustFunction(t, "bell(u)=exp(-u^2/2)", nil))
	for _, c := range []struct{ formula, text, latex, sympy, python, golang, c string }{
		{"m/sqrt(1-(v/c)^2)",
			`m/sqrt(1 - (v/c)^2)`,
			`\frac{m}{\sqrt{1 - \left(\frac{v}{c}\right)^{2}}}`,
			`m/sympy.sqrt(1-(v/c)**2)`,
			`m/np.sqrt(1-(v/c)**2)`,
			`m/math.Sqrt(1.0-math.Pow(v/c, 2.0))`,
			`m/sqrt(1.0-pow(v/c, 2.0))`},
		{"2*x/3",
			`2*x/3`,
			`\frac{2 \, x}{3}`,
			`2*x/3`,
			`2*x/3`,
			`2.0*x/3.0`,
			`2.0*x/3.0`},
		{"x^(1/3)+x^1.5",
			`x^(1/3) + x^1.5`,
			`x^{\frac{1}{3}} + x^{1.5}`,
			`x**sympy.Rational(1, 3)+x**sympy.Rational(3, 2)`,
			`x**(1/3)+x**1.5`,
			`math.Pow(x, 1.0/3.0)+math.Pow(x, 1.5)`,
			`pow(x, 1.0/3.0)+pow(x, 1.5)`},
		{"1/3",
			`1/3`,
			`\frac{1}{3}`,
			`sympy.Rational(1, 3)`,
			`1/3`,
			`1.0/3.0`,
			`1.0/3.0`},
		{"-x^2",
			`-x^2`,
			`-x^{2}`,
			`-x**2`,
			`-x**2`,
			`-math.Pow(x, 2.0)`,
			`-pow(x, 2.0)`},
		{"(-x)^2",
			`(-x)^2`,
			`\left(-x\right)^{2}`,
			`(-x)**2`,
			`(-x)**2`,
			`math.Pow(-x, 2.0)`,
			`pow(-x, 2.0)`},
		{"1e-7*x+123456.789",
			`1e-07*x + 123456.789`,
			`10^{-7} \, x + 123456.789`,
			`1e-07*x+123456.789`,
			`1e-07*x+123456.789`,
			`1e-07*x+123456.789`,
			`1e-07*x+123456.789`},
		{"exp(-x^2)^2",
			`exp(-x^2)^2`,
			`\left(e^{-x^{2}}\right)^{2}`,
			`sympy.exp(-x**2)**2`,
			`np.exp(-x**2)**2`,
			`math.Pow(math.Exp(-math.Pow(x, 2.0)), 2.0)`,
			`pow(exp(-pow(x, 2.0)), 2.0)`},
		{"2*bell((x-1)/3)^2",
			`2*bell((x - 1)/3)^2`,
			`2 \, \operatorname{bell}\left(\frac{x - 1}{3}\right)^{2}`,
			`2*sympy.exp(-((x-1)/3)**2/2)**2`,
			`2*np.exp(-((x-1)/3)**2/2)**2`,
			`2.0*math.Pow(math.Exp(-math.Pow((x-1.0)/3.0, 2.0)/2.0), 2.0)`,
			`2.0*pow(exp(-pow((x-1.0)/3.0, 2.0)/2.0), 2.0)`},
		{"sign(x)*abs(x)",
			`sign(x)*abs(x)`,
			`\operatorname{sgn}\left(x\right) \, \left|x\right|`,
			`sympy.sign(x)*sympy.Abs(x)`,
			`np.sign(x)*np.abs(x)`,
			`float64(cmp.Compare(x, 0))*math.Abs(x)`,
			`((double)((x) > 0) - (double)((x) < 0))*fabs(x)`},
		{"erf(x)*asinh(x)/cbrt(x)",
			`erf(x)*asinh(x)/cbrt(x)`,
			`\frac{\operatorname{erf}\left(x\right) \, \operatorname{arsinh}\left(x\right)}{\sqrt[3]{x}}`,
			`sympy.erf(x)*sympy.asinh(x)/sympy.real_root(x, 3)`,
			`scipy.special.erf(x)*np.arcsinh(x)/np.cbrt(x)`,
			`math.Erf(x)*math.Asinh(x)/math.Cbrt(x)`,
			`erf(x)*asinh(x)/cbrt(x)`},
		{"lambda*func+double",
			`lambda*func + double`,
			`\lambda \, \mathrm{func} + \mathrm{double}`,
			`lambda_*func+double`,
			`lambda_*func+double`,
			`lambda*func_+double`,
			`lambda*func+double_`},
		{"x1*theta_max+flow_rate_m3_s",
			`x1*theta_max + flow_rate_m3_s`,
			`x_{1} \, \theta_{\mathrm{max}} + \mathrm{flow}_{\mathrm{rate\_m3\_s}}`,
			`x1*theta_max+flow_rate_m3_s`,
			`x1*theta_max+flow_rate_m3_s`,
			`x1*theta_max+flow_rate_m3_s`,
			`x1*theta_max+flow_rate_m3_s`},
		{"2^x*10^y",
			`2^x*10^y`,
			`2^{x} \cdot 10^{y}`,
			`2**x*10**y`,
			`2**x*10**y`,
			`math.Pow(2.0, x)*math.Pow(10.0, y)`,
			`pow(2.0, x)*pow(10.0, y)`},
		{"x*2*3",
			`x*2*3`,
			`x \cdot 2 \cdot 3`,
			`x*2*3`,
			`x*2*3`,
			`x*2.0*3.0`,
			`x*2.0*3.0`},
		{"-(x+y)*2",
			`-(x + y)*2`,
			`-\left(x + y\right) \cdot 2`,
			`-(x+y)*2`,
			`-(x+y)*2`,
			`-(x+y)*2.0`,
			`-(x+y)*2.0`},
		{"1/(x*y)",
			`1/(x*y)`,
			`\frac{1}{x \, y}`,
			`1/(x*y)`,
			`1/(x*y)`,
			`1.0/(x*y)`,
			`1.0/(x*y)`},
		{"-1/2*x",
			`-x/2`,
			`-\frac{x}{2}`,
			`-x/2`,
			`-x/2`,
			`-x/2.0`,
			`-x/2.0`},
		{"(x+1)^(y/2)",
			`(x + 1)^(y/2)`,
			`\left(x + 1\right)^{\frac{y}{2}}`,
			`(x+1)**(y/2)`,
			`(x+1)**(y/2)`,
			`math.Pow(x+1.0, y/2.0)`,
			`pow(x+1.0, y/2.0)`},
		{"sqrt(2)*x^-0.5",
			`sqrt(2)/sqrt(x)`,
			`\frac{\sqrt{2}}{\sqrt{x}}`,
			`sympy.sqrt(2)/sympy.sqrt(x)`,
			`np.sqrt(2)/np.sqrt(x)`,
			`math.Sqrt(2.0)/math.Sqrt(x)`,
			`sqrt(2.0)/sqrt(x)`},
		{"pi*r^2",
			`pi*r^2`,
			`\pi \, r^{2}`,
			`sympy.pi*r**2`,
			`np.pi*r**2`,
			`math.Pi*math.Pow(r, 2.0)`,
			`M_PI*pow(r, 2.0)`},
		{"2*pi/T",
			`2*pi/T`,
			`\frac{2 \, \pi}{T}`,
			`2*sympy.pi/T`,
			`2*np.pi/T`,
			`2.0*math.Pi/T`,
			`2.0*M_PI/T`},
		{"asin(x)+tanh(x)^2",
			`asin(x) + tanh(x)^2`,
			`\arcsin\left(x\right) + \tanh\left(x\right)^{2}`,
			`sympy.asin(x)+sympy.tanh(x)**2`,
			`np.arcsin(x)+np.tanh(x)**2`,
			`math.Asin(x)+math.Pow(math.Tanh(x), 2.0)`,
			`asin(x)+pow(tanh(x), 2.0)`},
		{"log(x)^2",
			`log(x)^2`,
			`\ln\left(x\right)^{2}`,
			`sympy.log(x)**2`,
			`np.log(x)**2`,
			`math.Pow(math.Log(x), 2.0)`,
			`pow(log(x), 2.0)`},
		{"x/(y/z)",
			`x/(y/z)`,
			`\frac{x}{\frac{y}{z}}`,
			`x/(y/z)`,
			`x/(y/z)`,
			`x/(y/z)`,
			`x/(y/z)`},
		{"(x/y)^2",
			`(x/y)^2`,
			`\left(\frac{x}{y}\right)^{2}`,
			`(x/y)**2`,
			`(x/y)**2`,
			`math.Pow(x/y, 2.0)`,
			`pow(x/y, 2.0)`},
		{"20/7*x^10000000",
			`20*x^10000000/7`,
			`\frac{20 \, x^{10000000}}{7}`,
			`20*x**10000000/7`,
			`20*x**10000000/7`,
			`20.0*math.Pow(x, 10000000.0)/7.0`,
			`20.0*pow(x, 10000000.0)/7.0`},
	} {
		e, err := Parse(c.formula, ParseOptions{Functions: set})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{c.text, c.latex, c.sympy, c.python, c.golang, c.c} {
			if got := e.Format(printed[i]); got != want {
				t.Errorf("%s in %s:\n%s\nwant\n%s", c.formula, printed[i], got, want)
			}
		}
	}
}

// Trees that no formula is read as print with the parentheses that they need.
func TestFormatTrees(t *testing.T) {
	x, y := Var("x"), Var("y")
	minus := Pow(Neg(x), Int(1)) // a product that hides its sign
	exp, _ := library.Lookup("exp")
	for _, c := range []struct {
		e    *Expr
		lang library.Language
		want string
	}{
		{Sub(y, minus), library.LangC, "y-(-x)"},
		{Add(y, Mul(minus, y)), library.LangC, "y+(-x*y)"},
		{Pow(Float(2e-7), x), library.LangLaTeX, `\left(2 \cdot 10^{-7}\right)^{x}`},
		{Mul(x, Float(2e-7)), library.LangLaTeX, `x \cdot 2 \cdot 10^{-7}`},
		{Pow(Call(exp, x), y), library.LangLaTeX, `\left(e^{x}\right)^{y}`},
		{Pow(Pow(x, y), Int(2)), library.LangLaTeX, `\left(x^{y}\right)^{2}`},
		{Pow(x, Pow(y, Int(2))), library.LangExpr, "x^(y^2)"},
		{Call(library.Power(2), x), library.LangExpr, "x^2"},
		{Float(math.NaN()), library.LangGo, "math.NaN()"},
		{Float(math.Inf(-1)), library.LangPy, "-np.inf"},
		{Float(math.Inf(1)), library.LangC, "INFINITY"},
		{Mul(Int(math.MaxInt64), x), library.LangExpr, "9.223372036854776e+18*x"},
		{Rat(math.MaxInt64, 3), library.LangSymPy, "sympy.Rational(9.223372036854776e+18, 3)"},
	} {
		if got := c.e.Format(c.lang); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// Decimals are rounded, exact numbers are not.
func TestFormatDigits(t *testing.T) {
	e, err := Parse("1234567*x^1.23456789+0.000123456-12345.678*y^(1/3)", ParseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lang   library.Language
		digits int
		want   string
	}{
		{library.LangText, 3, "1234567*x^1.23 + 0.000123 - 1.23e+04*y^(1/3)"},
		{library.LangLaTeX, 3, `1234567 \, x^{1.23} + 0.000123 - 1.23 \cdot 10^{4} \, y^{\frac{1}{3}}`},
		{library.LangSymPy, 3, "1234567*x**1.23+0.000123-1.23e+04*y**sympy.Rational(1, 3)"},
		{library.LangExpr, 0, "1234567*x^1.23456789+0.000123456-12345.678*y^(1/3)"},
	} {
		if got := e.FormatDigits(c.lang, c.digits); got != c.want {
			t.Errorf("%d digits in %s: %s, want %s", c.digits, c.lang, got, c.want)
		}
	}
}

// A user's function is called by name in kansym's own notations and spelled out
// in others, one that calls another included.
func TestFormatUserFunctions(t *testing.T) {
	set := library.DefaultSet()
	set = set.With(mustFunction(t, "half(x)=x/2", set))
	set = set.With(mustFunction(t, "wave_2(t)=sin(half(t)-1)", set))
	e, err := Parse("a*wave_2(b+1)^2", ParseOptions{Functions: set})
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[library.Language]string{
		library.LangExpr:  "a*wave_2(b+1)^2",
		library.LangText:  "a*wave_2(b + 1)^2",
		library.LangLaTeX: `a \, \operatorname{wave\_2}\left(b + 1\right)^{2}`,
		library.LangSymPy: "a*sympy.sin((b+1)/2-1)**2",
		library.LangPy:    "a*np.sin((b+1)/2-1)**2",
		library.LangGo:    "a*math.Pow(math.Sin((b+1.0)/2.0-1.0), 2.0)",
		library.LangC:     "a*pow(sin((b+1.0)/2.0-1.0), 2.0)",
	} {
		if got := e.Format(lang); got != want {
			t.Errorf("%s: %s, want %s", lang, got, want)
		}
	}
}

// Names stay apart when a language reserves some of them.
func TestIdentifier(t *testing.T) {
	for _, lang := range append(printed, library.LangExpr) {
		seen := map[string]string{}
		for _, name := range []string{"lambda", "lambda_", "lambda__", "func", "func_", "double", "x", "x_", "_", "np", "größe"} {
			got := Identifier(name, lang)
			if other, taken := seen[got]; taken {
				t.Errorf("%s: both %s and %s are called %s", lang, name, other, got)
			}
			seen[got] = name
		}
	}
	if got := Identifier("lambda", library.LangPy) + Identifier("lambda", library.LangC); got != "lambda_lambda" {
		t.Errorf("lambda is called %s in Python and C", got)
	}
}

// Calls that have their argument twice do not double without end.
func TestFormatNested(t *testing.T) {
	sign, _ := library.Lookup("sign")
	e := Var("x")
	for range 900 {
		e = Call(sign, e)
	}
	for _, lang := range printed {
		if n := len(e.Format(lang)); n > 1e6 {
			t.Errorf("%d bytes in %s", n, lang)
		}
	}
}

// Formulas in the languages that compute by cells, by element, or by numbers that
// must have a point.
func TestFormatTechnical(t *testing.T) {
	for _, c := range []struct{ formula, julia, matlab, excel string }{
		{"m/sqrt(1-(v/c)^2)", "m/sqrt(1.0-(v/c)^2)", "m./realsqrt(1-(v./c).^2)", "m/SQRT(1-(v/c)^2)"},
		{"-x^2*y", "-x^2*y", "-x.^2.*y", "-(x^2*y)"},
		{"-x*y^2", "-x*y^2", "-x.*y.^2", "-x*y^2"},
		{"y-x^2", "y-x^2", "y-x.^2", "y-x^2"},
		{"x^(1/3)+y^1.5", "x^(1.0/3.0)+y^1.5", "realpow(x, 1./3)+realpow(y, 1.5)", "SQRT(x)^(2/3)+y^1.5"},
		{"x^0.2+y^(2/3)", "x^0.2+y^(2.0/3.0)", "realpow(x, 0.2)+realpow(y, 2./3)", "SQRT(x)^(2/5)+y^(2/3)"},
		{"2^x/3", "2.0^x/3.0", "realpow(2, x)./3", "2^x/3"},
		{"log(x)*pi", "log(x)*pi", "reallog(x).*pi", "LN(x)*PI()"},
		{"cbrt(x)*erf(y)", "cbrt(x)*SpecialFunctions.erf(y)", "nthroot(x, 3).*erf(y)", "(SIGN(x)*ABS(x)^(1/3))*ERF(y)"},
		{"end*begin", "end_*begin_", "end_.*begin", "end*begin"},
	} {
		e, err := Parse(c.formula, ParseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for lang, want := range map[library.Language]string{
			library.LangJulia: c.julia, library.LangMATLAB: c.matlab, library.LangExcel: c.excel,
		} {
			if got := e.Format(lang); got != want {
				t.Errorf("%s in %s: %s, want %s", c.formula, lang, got, want)
			}
		}
	}
}

// Names beyond ASCII are Greek letters or text.
func TestLaTeXNames(t *testing.T) {
	for name, want := range map[string]string{
		"λ": `\lambda`, "µ_max": `\mu_{\mathrm{max}}`, "größe": `\text{größe}`, "T_außen": `T_{\text{außen}}`, "ф2": `\text{ф}_{2}`, "__": `\mathrm{\_\_}`,
	} {
		if got := Var(name).Format(library.LangLaTeX); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
