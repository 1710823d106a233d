package library

import "strings"

// Format prints a call of the function in a language, around an argument that
// is already printed. A function that formulas spell out (see Func.Formula)
// has no notation of its own and comes out as name(arg); user functions
// likewise.
func (f *Func) Format(lang Language, arg string) string {
	t, ok := f.templates[lang]
	if !ok {
		t, ok = defaultTemplate(lang, f.Name)
	}
	if !ok {
		return f.Name + "(" + arg + ")"
	}
	return strings.ReplaceAll(t, "%", arg)
}

// defaultTemplate is how a language calls a function under its own name.
func defaultTemplate(lang Language, name string) (string, bool) {
	switch lang {
	case LangExpr, LangText, LangC:
		return name + "(%)", true
	case LangSymPy:
		return "sympy." + name + "(%)", true
	case LangPy:
		return "np." + name + "(%)", true
	case LangGo:
		return "math." + strings.ToUpper(name[:1]) + name[1:] + "(%)", true
	case LangLaTeX:
		return `\operatorname{` + name + `}\left(%\right)`, true
	}
	return "", false
}

var sqrtTemplates = map[Language]string{LangLaTeX: `\sqrt{%}`}

// templates holds what differs from defaultTemplate, by function.
var templates = map[string]map[Language]string{
	"exp":   {LangLaTeX: `e^{%}`},
	"log":   {LangLaTeX: `\ln\left(%\right)`},
	"sin":   {LangLaTeX: `\sin\left(%\right)`},
	"cos":   {LangLaTeX: `\cos\left(%\right)`},
	"tan":   {LangLaTeX: `\tan\left(%\right)`},
	"asin":  {LangLaTeX: `\arcsin\left(%\right)`, LangPy: "np.arcsin(%)"},
	"acos":  {LangLaTeX: `\arccos\left(%\right)`, LangPy: "np.arccos(%)"},
	"atan":  {LangLaTeX: `\arctan\left(%\right)`, LangPy: "np.arctan(%)"},
	"sinh":  {LangLaTeX: `\sinh\left(%\right)`},
	"cosh":  {LangLaTeX: `\cosh\left(%\right)`},
	"tanh":  {LangLaTeX: `\tanh\left(%\right)`},
	"asinh": {LangLaTeX: `\operatorname{arsinh}\left(%\right)`, LangPy: "np.arcsinh(%)"},
	"cbrt":  {LangLaTeX: `\sqrt[3]{%}`, LangSymPy: "sympy.real_root(%, 3)"},
	"erf":   {LangPy: "scipy.special.erf(%)"},
	"abs":   {LangLaTeX: `\left|%\right|`, LangSymPy: "sympy.Abs(%)", LangC: "fabs(%)", LangGo: "math.Abs(%)"},
	"sign": {
		LangLaTeX: `\operatorname{sgn}\left(%\right)`,
		LangC:     "((double)((%) > 0) - (double)((%) < 0))",
		LangGo:    "sign(%)",
	},
}
