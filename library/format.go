package library

import (
	"html"
	"strings"
)

// Format prints a call of f with an argument that is already printed in the
// language. Functions that are not callable, and user functions in languages
// other than expr, text, LaTeX and MathML, have no call there: spell out Formula
// instead (HasFormat tells). For those Format prints name(arg).
func (f *Func) Format(lang Language, arg string) string {
	if t, ok := f.templates[lang]; ok {
		return strings.ReplaceAll(t, "$", arg)
	}
	if lang == LangLaTeX {
		return `\operatorname{` + strings.ReplaceAll(f.Name, "_", `\_`) + `}\left(` + arg + `\right)`
	}
	if lang == LangMathML {
		return mathmlCall(html.EscapeString(f.Name), arg)
	}
	return f.Name + "(" + arg + ")"
}

// HasFormat reports whether the language has a call for f, so that Format
// prints something that it understands.
func (f *Func) HasFormat(lang Language) bool {
	if !f.Callable {
		return false
	}
	if _, ok := f.templates[lang]; ok {
		return true
	}
	return lang == LangExpr || lang == LangText || lang == LangLaTeX || lang == LangMathML
}

// mathmlCall is name(arg) in MathML; U+2061 between them says that the name is
// applied.
func mathmlCall(name, arg string) string {
	return "<mrow><mi>" + name + "</mi><mo>&#x2061;</mo><mrow><mo>(</mo>" + arg + "<mo>)</mo></mrow></mrow>"
}

// callTemplates returns how a built-in callable function is written in each
// language, $ standing for the argument. Python means numpy as np, with erf
// from scipy.special; Go the packages math and cmp; C math.h; SymPy the
// package sympy; Julia its Base, with erf from SpecialFunctions; MATLAB the
// functions that stay real (realsqrt, reallog), which Octave has too.
func callTemplates(name string) map[Language]string {
	m := map[Language]string{
		LangExpr:  name + "($)",
		LangText:  name + "($)",
		LangLaTeX: `\` + name + `\left($\right)`,
		LangSymPy: "sympy." + name + "($)",
		LangPy:    "np." + name + "($)",
		LangGo:    "math." + strings.ToUpper(name[:1]) + name[1:] + "($)",
		LangC:     name + "($)",

		LangJulia:  name + "($)",
		LangMATLAB: name + "($)",
		LangExcel:  strings.ToUpper(name) + "($)",
		LangMathML: mathmlCall(name, "$"),
	}
	switch name {
	case "sqrt":
		m[LangLaTeX] = `\sqrt{$}`
		m[LangMATLAB] = "realsqrt($)"
		m[LangMathML] = "<msqrt>$</msqrt>"
	case "cbrt":
		m[LangLaTeX] = `\sqrt[3]{$}`
		m[LangMathML] = "<mroot><mrow>$</mrow><mn>3</mn></mroot>"
		m[LangSymPy] = "sympy.real_root($, 3)" // cbrt is complex for negative numbers
		m[LangMATLAB] = "nthroot($, 3)"
		m[LangExcel] = "(SIGN($)*ABS($)^(1/3))" // programs differ in what (-8)^(1/3) is
	case "asin", "acos", "atan":
		m[LangLaTeX] = `\arc` + name[1:] + `\left($\right)`
		m[LangPy] = "np.arc" + name[1:] + "($)"
		m[LangMathML] = mathmlCall("arc"+name[1:], "$")
	case "asinh":
		m[LangLaTeX] = `\operatorname{arsinh}\left($\right)`
		m[LangPy] = "np.arcsinh($)"
		m[LangMathML] = mathmlCall("arsinh", "$")
	case "erf":
		m[LangLaTeX] = `\operatorname{erf}\left($\right)`
		m[LangPy] = "scipy.special.erf($)"
		m[LangJulia] = "SpecialFunctions.erf($)"
	case "abs":
		m[LangLaTeX] = `\left|$\right|`
		m[LangMathML] = `<mrow><mo fence="true" form="prefix">|</mo>$<mo fence="true" form="postfix">|</mo></mrow>`
		m[LangSymPy] = "sympy.Abs($)"
		m[LangC] = "fabs($)"
	case "log":
		m[LangLaTeX] = `\ln\left($\right)`
		m[LangMATLAB] = "reallog($)"
		m[LangExcel] = "LN($)"
		m[LangMathML] = mathmlCall("ln", "$")
	case "exp":
		m[LangLaTeX] = `e^{$}`
		m[LangMathML] = "<msup><mi>e</mi><mrow>$</mrow></msup>"
	case "sign":
		m[LangLaTeX] = `\operatorname{sgn}\left($\right)`
		m[LangMathML] = mathmlCall("sgn", "$")
		m[LangGo] = "float64(cmp.Compare($, 0))"
		m[LangC] = "((double)(($) > 0) - (double)(($) < 0))"
	}
	return m
}
