package export

import (
	"fmt"
	"strings"

	"github.com/kansym/kansym/library"
)

// expm1 is exp(x)-1 without loss of digits near 0.
var expm1 = map[library.Language]string{
	library.LangPy: "np.expm1", library.LangGo: "math.Expm1", library.LangC: "expm1",
	library.LangJulia: "expm1", library.LangMATLAB: "expm1",
}

var dialects = map[Format]dialect{
	Python: {
		// += would write into an array of the caller's.
		lang: library.LangPy, comment: "#", define: "%s = %s", update: "%[1]s = %[1]s %[2]s (%[3]s)",
		table: func(name, numbers string, _ int) string {
			return name + " = np.array([\n    " + numbers + "])\n"
		},
		layout: pythonFile, helpers: pythonHelpers,
	},
	Go: {
		lang: library.LangGo, comment: "//", define: "%s := %s", update: "%s %s= %s",
		table: func(name, numbers string, _ int) string {
			return "var " + name + " = []float64{\n" + numbers + ",\n}\n"
		},
		layout: goFile, helpers: goHelpers,
	},
	C: {
		lang: library.LangC, comment: "//", define: "double %s = %s;", update: "%s %s= %s;",
		table: func(name, numbers string, n int) string {
			return fmt.Sprintf("static const double %s[%d] = {\n    %s};\n", name, n, numbers)
		},
		layout: cFile, helpers: cHelpers,
	},
	Julia: {
		lang: library.LangJulia, comment: "#", define: "%s = %s", update: "%s %s= %s",
		table: func(name, numbers string, _ int) string {
			return "const " + name + " = [\n    " + numbers + "]\n"
		},
		layout: juliaFile, helpers: juliaHelpers,
	},
	MATLAB: {
		lang: library.LangMATLAB, comment: "%", define: "%[1]s = %[2]s;", update: "%[1]s = %[1]s %[2]s (%[3]s);", product: ".*",
		table: func(name, numbers string, _ int) string {
			return name + " = [" + strings.ReplaceAll(numbers, "\n", " ...\n") + "];\n"
		},
		layout: matlabFile, helpers: matlabHelpers,
	},
}

func pythonFile(c *coder) string {
	var b strings.Builder
	b.WriteString(c.comments("", c.what()...))
	b.WriteString(c.comments("", "", "Arguments are numbers or arrays of one shape; where the result is undefined it is nan."))
	b.WriteString("import numpy as np\n")
	if strings.Contains(c.statements("")+c.result, "scipy.") {
		b.WriteString("import scipy.special\n")
	}
	for _, t := range c.tables {
		b.WriteString("\n" + t)
	}
	b.WriteString(strings.ReplaceAll(c.helperText(), "\ndef ", "\n\ndef "))
	fmt.Fprintf(&b, "\n\ndef %s(%s):\n", c.name, strings.Join(c.args, ", "))
	for _, a := range c.args {
		fmt.Fprintf(&b, "    %s = np.asarray(%s, dtype=float)\n", a, a)
	}
	b.WriteString("    with np.errstate(all=\"ignore\"):\n")
	b.WriteString(c.statements("        "))
	fmt.Fprintf(&b, "        return %s\n", c.result)
	return b.String()
}

var pythonHelpers = map[string]string{
	"sinc": `
def $(x):
    # sin(x)/x, 1 at 0
    small = np.abs(x) < 1e-8
    return np.where(small, 1.0, np.sin(x) / np.where(small, 1.0, x))
`,
	"xlogx": `
def $(x):
    # x*log(x), 0 at 0
    return np.where(x == 0, 0.0, x * np.log(np.where(x == 0, 1.0, x)))
`,
	"planck": `
def $(x):
    # x/(exp(x)-1), 1 at 0
    y = x / np.expm1(np.where(x == 0, 1.0, x))
    return np.where(x == 0, 1.0, np.where(x > 700, x * np.exp(-x), y))
`,
	"softplus": `
def $(x):
    # log(1+exp(x)) without overflow
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))
`,
	"spline": `
def $(x, lo, hi, coef):
    # A uniform cubic B-spline from lo to hi, its tangents beyond.
    n = len(coef) - 3
    u = (x - lo) * (n / (hi - lo))
    inside = np.clip(u, 0.0, n)
    i = np.minimum(np.nan_to_num(inside), n - 1).astype(int)
    t = inside - i
    s = 1 - t
    e = u - inside
    return (coef[i] * (s * s * s / 6 - e * (s * s / 2))
            + coef[i + 1] * ((4 - 6 * t * t + 3 * t * t * t) / 6 + e * (t * (1.5 * t - 2)))
            + coef[i + 2] * ((4 - 6 * s * s + 3 * s * s * s) / 6 + e * (s * (2 - 1.5 * s)))
            + coef[i + 3] * (t * t * t / 6 + e * (t * t / 2)))
`,
}

func goFile(c *coder) string {
	var code strings.Builder
	for _, t := range c.tables {
		code.WriteString("\n" + t)
	}
	// The comment of the function begins with its name, as godoc wants it.
	lines := c.what()
	lines[0] = c.name + " is " + strings.ToLower(lines[0][:1]) + lines[0][1:]
	code.WriteString("\n" + c.comments("", lines...) + c.comments("", "", "Where the result is undefined it is NaN."))
	args := ""
	if len(c.args) > 0 {
		args = strings.Join(c.args, ", ") + " float64"
	}
	fmt.Fprintf(&code, "func %s(%s) float64 {\n%sreturn %s\n}\n", c.name, args, c.statements(""), c.result)
	code.WriteString(c.helperText())
	text := code.String()
	imports := ""
	if strings.Contains(text, "math.") {
		imports = "\nimport \"math\"\n"
	}
	return "package formula\n" + imports + text
}

var goHelpers = map[string]string{
	"sign": `
func $(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x // 0 and NaN
}
`,
	"sinc": `
// $ is sin(x)/x, 1 at 0.
func $(x float64) float64 {
	if math.Abs(x) < 1e-8 {
		return 1
	}
	return math.Sin(x) / x
}
`,
	"xlogx": `
// $ is x*log(x), 0 at 0.
func $(x float64) float64 {
	if x == 0 {
		return 0
	}
	return x * math.Log(x)
}
`,
	"planck": `
// $ is x/(exp(x)-1), 1 at 0.
func $(x float64) float64 {
	switch {
	case x == 0:
		return 1
	case x > 700:
		return x * math.Exp(-x)
	}
	return x / math.Expm1(x)
}
`,
	"softplus": `
// $ is log(1+exp(x)) without overflow.
func $(x float64) float64 { return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }
`,
	"spline": `
// $ evaluates a uniform cubic B-spline from lo to hi, its tangents beyond.
func $(x, lo, hi float64, coef []float64) float64 {
	n := len(coef) - 3
	u := (x - lo) * (float64(n) / (hi - lo))
	i, t, e := 0, 0.0, u
	switch {
	case u >= 0 && u < float64(n):
		i = int(u)
		t, e = u-float64(i), 0
	case u >= float64(n):
		i, t, e = n-1, 1, u-float64(n)
	}
	s, c := 1-t, coef[i:i+4]
	return c[0]*(s*s*s/6-e*(s*s/2)) +
		c[1]*((4-6*t*t+3*t*t*t)/6+e*(t*(1.5*t-2))) +
		c[2]*((4-6*s*s+3*s*s*s)/6+e*(s*(2-1.5*s))) +
		c[3]*(t*t*t/6+e*(t*t/2))
}
`,
}

func cFile(c *coder) string {
	var b strings.Builder
	b.WriteString(c.comments("", c.what()...))
	b.WriteString(c.comments("", "", "C99; link with -lm. Where the result is undefined it is NaN."))
	b.WriteString("#include <math.h>\n")
	code := strings.Join(c.body, "\n") + c.result
	if strings.Contains(code, "M_PI") {
		b.WriteString("\n#ifndef M_PI\n#define M_PI 3.14159265358979323846\n#endif\n")
	}
	for _, t := range c.tables {
		b.WriteString("\n" + t)
	}
	b.WriteString(c.helperText())
	args := "void"
	if len(c.args) > 0 {
		args = "double " + strings.Join(c.args, ", double ")
	}
	fmt.Fprintf(&b, "\ndouble %s(%s) {\n%s    return %s;\n}\n", c.name, args, c.statements("    "), c.result)
	return b.String()
}

var cHelpers = map[string]string{
	"sign": `
static double $(double x) {
    return x > 0 ? 1.0 : x < 0 ? -1.0 : x; // 0 and NaN are their own signs
}
`,
	"sinc": `
// sin(x)/x, 1 at 0
static double $(double x) {
    return fabs(x) < 1e-8 ? 1.0 : sin(x) / x;
}
`,
	"xlogx": `
// x*log(x), 0 at 0
static double $(double x) {
    return x == 0 ? 0.0 : x * log(x);
}
`,
	"planck": `
// x/(exp(x)-1), 1 at 0
static double $(double x) {
    return x == 0 ? 1.0 : x > 700 ? x * exp(-x) : x / expm1(x);
}
`,
	"softplus": `
// log(1+exp(x)) without overflow
static double $(double x) {
    return (x > 0 ? x : 0.0) + log1p(exp(-fabs(x)));
}
`,
	"spline": `
// A uniform cubic B-spline of n intervals from lo to hi, its tangents beyond.
static double $(double x, double lo, double hi, const double *coef, int n) {
    double u = (x - lo) * (n / (hi - lo)), t = 0, e = u;
    int i = 0;
    if (u >= 0 && u < n) {
        i = (int)u;
        t = u - i;
        e = 0;
    } else if (u >= n) {
        i = n - 1;
        t = 1;
        e = u - n;
    }
    double s = 1 - t;
    const double *c = coef + i;
    return c[0] * (s * s * s / 6 - e * (s * s / 2))
        + c[1] * ((4 - 6 * t * t + 3 * t * t * t) / 6 + e * (t * (1.5 * t - 2)))
        + c[2] * ((4 - 6 * s * s + 3 * s * s * s) / 6 + e * (s * (2 - 1.5 * s)))
        + c[3] * (t * t * t / 6 + e * (t * t / 2));
}
`,
}

func juliaFile(c *coder) string {
	var b strings.Builder
	b.WriteString(c.comments("", c.what()...))
	b.WriteString(c.comments("", "", "For columns broadcast it: "+c.name+".(...). Where the result is undefined it is NaN."))
	if strings.Contains(strings.Join(c.body, "\n")+c.result, "SpecialFunctions.") {
		b.WriteString("import SpecialFunctions\n")
	}
	for _, t := range c.tables {
		b.WriteString("\n" + t)
	}
	b.WriteString(c.helperText())
	args := make([]string, len(c.args))
	convert := ""
	for i, a := range c.args {
		args[i] = a + "::Real"
		convert += fmt.Sprintf("        %s = Float64(%s)\n", a, a)
	}
	// Julia raises an error where a function is undefined.
	fmt.Fprintf(&b, "\nfunction %s(%s)\n    try\n%s%s        return %s\n    catch err\n        err isa DomainError && return NaN\n        rethrow()\n    end\nend\n",
		c.name, strings.Join(args, ", "), convert, c.statements("        "), c.result)
	return b.String()
}

var juliaHelpers = map[string]string{
	"sinc": `
# sin(x)/x, 1 at 0
$(x) = abs(x) < 1e-8 ? 1.0 : sin(x) / x
`,
	"xlogx": `
# x*log(x), 0 at 0
$(x) = x == 0 ? 0.0 : x * log(x)
`,
	"planck": `
# x/(exp(x)-1), 1 at 0
$(x) = x == 0 ? 1.0 : x > 700 ? x * exp(-x) : x / expm1(x)
`,
	"softplus": `
# log(1+exp(x)) without overflow
$(x) = max(x, 0.0) + log1p(exp(-abs(x)))
`,
	"spline": `
# A uniform cubic B-spline from lo to hi, its tangents beyond.
function $(x, lo, hi, coef)
    isnan(x) && return NaN
    n = length(coef) - 3
    u = (x - lo) * (n / (hi - lo))
    inside = clamp(u, 0.0, n)
    i = min(floor(Int, inside), n - 1)
    t = inside - i
    s = 1 - t
    e = u - inside
    return coef[i+1] * (s * s * s / 6 - e * (s * s / 2)) +
           coef[i+2] * ((4 - 6 * t * t + 3 * t * t * t) / 6 + e * (t * (1.5 * t - 2))) +
           coef[i+3] * ((4 - 6 * s * s + 3 * s * s * s) / 6 + e * (s * (2 - 1.5 * s))) +
           coef[i+4] * (t * t * t / 6 + e * (t * t / 2))
end
`,
}

// matlabReal are the functions that a MATLAB file defines over the built-in ones
// of the same names, which stop with an error or turn complex.
var matlabReal = []struct{ call, helper string }{
	{"realsqrt(", "sqrt"}, {"reallog(", "log"}, {"realpow(", "pow"}, {"asin(", "asin"}, {"acos(", "acos"},
}

func matlabFile(c *coder) string {
	var b strings.Builder
	code := c.statements("") + c.result
	for _, what := range helperOrder {
		if c.uses[what] {
			code += c.helpers[what]
		}
	}
	for _, r := range matlabReal {
		if strings.Contains(code, r.call) {
			c.uses[r.helper] = true
		}
	}
	fmt.Fprintf(&b, "function y = %s(%s)\n", c.name, strings.Join(c.args, ", "))
	b.WriteString(c.comments("", c.what()...))
	b.WriteString(c.comments("", "", "For MATLAB and Octave, to be saved as "+c.name+".m.",
		"Arguments are numbers or arrays of one size; where the result is undefined it is NaN."))
	for _, t := range c.tables {
		b.WriteString(t)
	}
	b.WriteString(c.statements("") + "y = " + c.result + ";\nend\n" + c.helperText())
	return b.String()
}

var matlabHelpers = map[string]string{
	"sinc": `
function y = $(x)
% sin(x)/x, 1 at 0
y = sin(x) ./ x;
y(abs(x) < 1e-8) = 1;
end
`,
	"xlogx": `
function y = $(x)
% x*log(x), 0 at 0
y = x .* reallog(x);
y(x == 0) = 0;
end
`,
	"planck": `
function y = $(x)
% x/(exp(x)-1), 1 at 0
y = x ./ expm1(x);
y(x == 0) = 1;
y(x > 700) = x(x > 700) .* exp(-x(x > 700));
end
`,
	"softplus": `
function y = $(x)
% log(1+exp(x)) without overflow
y = max(x, 0) + log1p(exp(-abs(x)));
end
`,
	"spline": `
function y = $(x, lo, hi, coef)
% A uniform cubic B-spline from lo to hi, its tangents beyond.
n = numel(coef) - 3;
u = (x - lo) .* (n / (hi - lo));
inside = min(max(u, 0), n);
i = min(floor(inside), n - 1);
t = inside - i;
s = 1 - t;
e = u - inside;
c = @(k) reshape(coef(i + k), size(x));
y = c(1) .* (s .* s .* s ./ 6 - e .* (s .* s ./ 2)) ...
    + c(2) .* ((4 - 6 .* t .* t + 3 .* t .* t .* t) ./ 6 + e .* (t .* (1.5 .* t - 2))) ...
    + c(3) .* ((4 - 6 .* s .* s + 3 .* s .* s .* s) ./ 6 + e .* (s .* (2 - 1.5 .* s))) ...
    + c(4) .* (t .* t .* t ./ 6 + e .* (t .* t ./ 2));
y(isnan(x)) = NaN;
end
`,
	"sqrt": `
function y = realsqrt(x)
% The built-in function stops with an error where x < 0.
bad = ~(x >= 0);
x(bad) = 0;
y = sqrt(x);
y(bad) = NaN;
end
`,
	"log": `
function y = reallog(x)
% The built-in function stops with an error where x < 0.
bad = ~(x >= 0);
x(bad) = 1;
y = log(x);
y(bad) = NaN;
end
`,
	"pow": `
function y = realpow(x, p)
% The built-in function stops with an error where x < 0 and p is not whole.
bad = x < 0 & p ~= round(p);
y = real(x .^ p);
y(bad) = NaN;
end
`,
	"asin": `
function y = asin(x)
% The built-in function is complex beyond -1 and 1.
bad = ~(abs(x) <= 1);
x(bad) = 0;
y = builtin('asin', x);
y(bad) = NaN;
end
`,
	"acos": `
function y = acos(x)
% The built-in function is complex beyond -1 and 1.
bad = ~(abs(x) <= 1);
x(bad) = 0;
y = builtin('acos', x);
y(bad) = NaN;
end
`,
}
