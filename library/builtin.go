package library

import (
	"math"
	"strings"
)

// Lookup returns the built-in function of that name. Besides the names of
// Builtin it knows every power ("x^7", "x^-1.5", "x^(1/3)", "1/x^2.5"), "x" and
// the constant "1", calls written out ("sin(x)") and common other names:
// "ln", "arcsin", "arccos", "arctan", "gauss", "sech", "sinc", "lorentz",
// "logistic", "inv", "square". Blanks do not matter.
func Lookup(name string) (*Func, bool) {
	name = strings.ReplaceAll(strings.ReplaceAll(name, " ", ""), "**", "^")
	if f, ok := builtin.byName[name]; ok {
		return f, true
	}
	if other, ok := otherNames[name]; ok {
		return builtin.byName[other], true
	}
	if inner, ok := strings.CutSuffix(name, "(x)"); ok {
		if f, ok := builtin.byName[inner]; ok && (f.Callable || inner == "1/sqrt") {
			return f, true
		}
	}
	if p, ok := parsePower(name); ok {
		return Power(p), true
	}
	return nil, false
}

// Builtin returns the built-in functions in a fixed order: constant, powers,
// exponentials, trigonometric and hyperbolic functions, shapes. The member
// "x^p" is the family of all powers (see RealPowerName). The slice is the
// caller's.
func Builtin() []*Func { return append([]*Func(nil), builtin.list...) }

// Alias returns the name of the callable function that formulas may also call
// by the given name ("ln" for "log"), and whether there is one.
func Alias(name string) (string, bool) {
	a, ok := callAliases[name]
	return a, ok
}

// Aliases returns the alternative names of callable functions and what they
// stand for. The map is the caller's.
func Aliases() map[string]string {
	m := make(map[string]string, len(callAliases))
	for k, v := range callAliases {
		m[k] = v
	}
	return m
}

var callAliases = map[string]string{
	"ln":      "log",
	"arcsin":  "asin",
	"arccos":  "acos",
	"arctan":  "atan",
	"arcsinh": "asinh",
	"sgn":     "sign",
}

var otherNames = map[string]string{
	"ln":            "log",
	"arcsin":        "asin",
	"arccos":        "acos",
	"arctan":        "atan",
	"arcsinh":       "asinh",
	"sgn":           "sign",
	"constant":      "1",
	"const":         "1",
	"identity":      "x",
	"linear":        "x",
	"x^1":           "x",
	"x^0":           "1",
	"square":        "x^2",
	"cube":          "x^3",
	"inv":           "1/x",
	"1/sqrt(x)":     "1/sqrt",
	"rsqrt":         "1/sqrt",
	"gauss":         "exp(-x^2)",
	"gaussian":      "exp(-x^2)",
	"sech":          "1/cosh",
	"1/cosh(x)":     "1/cosh",
	"sinc":          "sin(x)/x",
	"lorentz":       "1/(1+x^2)",
	"lorentzian":    "1/(1+x^2)",
	"logistic":      "sigmoid",
	"xlogx":         "x*log(x)",
	"planck":        "x/(exp(x)-1)",
	"log(1+exp(x))": "softplus",
	"1/(1+exp(-x))": "sigmoid",
}

// catalogue holds the built-in functions; it is never changed.
type catalogue struct {
	list   []*Func
	byName map[string]*Func
}

var builtin = newCatalogue()

func newCatalogue() catalogue {
	var list []*Func
	list = append(list, constantOne())
	for _, p := range [...]float64{1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6, 1.5} {
		list = append(list, newPower(p))
	}
	list = append(list, squareRoot(), newPower(-0.5), realPower())
	list = append(list, callables()...)
	list = append(list, shapes()...)
	byName := make(map[string]*Func, len(list))
	for _, f := range list {
		byName[f.Name] = f
	}
	return catalogue{list, byName}
}

func constantOne() *Func {
	return &Func{
		Name: "1", Formula: "1", Cost: 0,
		Value:       func(float64) float64 { return 1 },
		Derivatives: func(float64) (float64, float64, float64) { return 1, 0, 0 },
		Domain:      everywhere(),
		Starts:      one,
	}
}

// squareRoot is the power 1/2 that is callable too.
func squareRoot() *Func {
	f := newPower(0.5)
	f.Callable = true
	f.DerivativeFormula = "1/(2*sqrt(x))"
	f.templates = callTemplates("sqrt")
	return f
}

func realPower() *Func {
	return &Func{
		Name: RealPowerName, Formula: "x", Cost: 4,
		Value:       func(x float64) float64 { return x },
		Derivatives: func(x float64) (float64, float64, float64) { return x, 1, 0 },
		Domain:      powerDomain(-0.5),
		Starts:      within(powerDomain(-0.5), halfLine(false)),
	}
}

// callables returns the functions that formulas call by name.
func callables() []*Func {
	type derivatives = func(float64) (float64, float64, float64)
	call := func(name, derivative string, cost float64, v func(float64) float64, d derivatives, dom Domain, s starter) *Func {
		return &Func{
			Name: name, Formula: name + "(x)", DerivativeFormula: derivative, Callable: true, Cost: cost,
			Value: v, Derivatives: d, Domain: dom, Starts: within(dom, s), templates: callTemplates(name),
		}
	}
	line := everywhere()
	unit := Domain{Lo: -1, Hi: 1}
	positive := Domain{Lo: 0, LoOpen: true, Hi: math.Inf(1)}
	tangent := Domain{Lo: math.Inf(-1), Hi: math.Inf(1), Poles: tanPoles}
	return []*Func{
		call("cbrt", "1/(3*cbrt(x)^2)", 6, math.Cbrt, cbrtD, line, places),
		call("exp", "exp(x)", 4, math.Exp, expD, line, exponential),
		call("log", "1/x", 4, math.Log, logD, positive, halfLine(false)),
		call("sin", "cos(x)", 4, math.Sin, sinD, line, oscillation),
		call("cos", "-sin(x)", 4, math.Cos, cosD, line, oscillation),
		call("tan", "1/cos(x)^2", 6, math.Tan, tanD, tangent, branch),
		call("asin", "1/sqrt(1-x^2)", 6, math.Asin, asinD, unit, unitInterval),
		call("acos", "-1/sqrt(1-x^2)", 6, math.Acos, acosD, unit, unitInterval),
		call("atan", "1/(1+x^2)", 6, math.Atan, atanD, line, bump),
		call("sinh", "cosh(x)", 6, math.Sinh, sinhD, line, bump),
		call("cosh", "sinh(x)", 6, math.Cosh, coshD, line, bump),
		call("tanh", "1-tanh(x)^2", 5, math.Tanh, tanhD, line, bump),
		call("asinh", "1/sqrt(1+x^2)", 7, math.Asinh, asinhD, line, bump),
		call("erf", "2*exp(-x^2)/sqrt(pi)", 7, math.Erf, erfD, line, bump),
		call("abs", "sign(x)", 5, math.Abs, absD, line, places),
		call("sign", "0", 6, sign, signD, line, places),
	}
}

// shapes returns the functions that formulas spell out.
func shapes() []*Func {
	shape := func(name, formula string, cost float64, v func(float64) float64, d func(float64) (float64, float64, float64), dom Domain, s starter) *Func {
		return &Func{Name: name, Formula: formula, Cost: cost, Value: v, Derivatives: d, Domain: dom, Starts: within(dom, s)}
	}
	line := everywhere()
	open := Domain{Lo: -1, LoOpen: true, Hi: 1, HiOpen: true}
	return []*Func{
		shape("exp(-x^2)", "exp(-x^2)", 6, gauss, gaussD, line, bump),
		shape("1/cosh", "1/cosh(x)", 7, sech, sechD, line, bump),
		shape("sigmoid", "1/(1+exp(-x))", 7, sigmoid, sigmoidD, line, bump),
		shape("softplus", "log(1+exp(x))", 8, softplus, softplusD, line, sided),
		shape("sin(x)/x", "sin(x)/x", 7, sinc, sincD, line, sincStarts),
		shape("x*log(x)", "x*log(x)", 7, xlogx, xlogxD, Domain{Lo: 0, Hi: math.Inf(1)}, halfLine(true)),
		shape("x/(exp(x)-1)", "x/(exp(x)-1)", 9, planck, planckD, line, sided),
		shape("1/(exp(x)-1)", "1/(exp(x)-1)", 9, bose, boseD, exceptZero(), sided),
		shape("1/(1+x^2)", "1/(1+x^2)", 7, lorentz, lorentzD, line, bump),
		shape("sqrt(1+x^2)", "sqrt(1+x^2)", 8, hyperbola, hyperbolaD, line, bump),
		shape("sqrt(1-x^2)", "sqrt(1-x^2)", 8, circle, circleD, Domain{Lo: -1, Hi: 1}, unitInterval),
		shape("1/sqrt(1-x^2)", "1/sqrt(1-x^2)", 8, gamma, gammaD, open, unitInterval),
	}
}
