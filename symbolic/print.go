package symbolic

import (
	"math"
	"strconv"
	"strings"

	"github.com/kansym/kansym/library"
)

// Format prints e in a language. In the notations of programs numbers carry
// as many digits as it takes to read the same bits back, and integers are
// written so that no division truncates.
//
// Functions of the user's are called by name in expr-lang notation, as text, in
// LaTeX and in MathML, and spelled out by their formulas in the other languages.
// Variables are called as Identifier says. Python code needs "import numpy as np" (and
// "import scipy.special" for erf), SymPy code "import sympy", Go code the
// packages math and cmp, C code math.h, Julia code the package SpecialFunctions
// for erf. MATLAB code works element by element and stops where a number is not
// real; Excel formulas have the names of variables where cells are to stand. MathML is what a math element
// holds.
func (e *Expr) Format(lang library.Language) string { return e.FormatDigits(lang, -1) }

// FormatDigits is Format with decimals rounded to so many significant digits,
// for reading; below 1 means all digits. Exact numbers are not rounded.
func (e *Expr) FormatDigits(lang library.Language, digits int) string {
	if digits < 1 {
		digits = -1
	}
	e = e.spelledFor(lang)
	if lang == library.LangLaTeX {
		w := latexWriter{digits: digits}
		w.write(note(e), 0)
		return w.b.String()
	}
	if lang == library.LangMathML {
		return "<mrow>" + strings.Join(e.MathMLTerms(digits), "") + "</mrow>"
	}
	w := writer{lang: lang, digits: digits}
	w.write(note(e), 0)
	return w.b.String()
}

// maxSpelled bounds the size of what functions are spelled out to, in nodes, and
// the arguments that are written twice, in bytes. What is larger is called by
// name.
const maxSpelled = 100_000

// spelledFor returns e with those calls spelled out for which the language has
// no name.
func (e *Expr) spelledFor(lang library.Language) *Expr {
	keep := func(f *library.Func) bool { return f.HasFormat(lang) }
	nameless := false
	e.Walk(func(n *Expr) bool {
		nameless = nameless || n.kind == KindCall && !keep(n.fn)
		return !nameless
	})
	if !nameless || spelledSize(e, keep) > maxSpelled {
		return e
	}
	return spelled(e, keep)
}

// Binding strengths of what is printed; an operand that binds less than its
// place asks for is put in parentheses.
const (
	bindSum = iota + 1
	bindProduct
	bindNeg
	bindPower
	bindAtom
)

// writer prints the infix notations.
type writer struct {
	lang   library.Language
	digits int
	b      strings.Builder
}

// powerCall reports whether powers are calls of a function.
func (w *writer) powerCall(n *notation) bool {
	switch w.lang {
	case library.LangGo, library.LangC:
		return true
	case library.LangMATLAB:
		return !isInteger(n.args[1]) // with .^ a negative base gives a complex number
	}
	return false
}

// decimals reports whether integers must have a point, lest they be divided or
// overflow like integers.
func (w *writer) decimals() bool {
	return w.lang == library.LangGo || w.lang == library.LangC || w.lang == library.LangJulia
}

func (w *writer) strength(n *notation) int {
	switch n.op {
	case noteAdd, noteSub:
		return bindSum
	case noteMul:
		return bindProduct
	case noteDiv:
		if w.exactRatio(n) {
			return bindAtom
		}
		return bindProduct
	case noteNeg:
		return bindNeg
	case notePow:
		if w.powerCall(n) {
			return bindAtom
		}
		return bindPower
	}
	return bindAtom
}

// exactRatio reports whether n is a quotient of integers that SymPy must be
// told to keep exact.
func (w *writer) exactRatio(n *notation) bool {
	return w.lang == library.LangSymPy && n.op == noteDiv && isInteger(n.args[0]) && isInteger(n.args[1])
}

func isInteger(n *notation) bool {
	return n.op == noteNum && (n.expr == nil || n.expr.kind == KindRational)
}

// write prints n where at least the given strength is asked for.
func (w *writer) write(n *notation, need int) {
	if w.strength(n) < need {
		w.b.WriteByte('(')
		w.write(n, 0)
		w.b.WriteByte(')')
		return
	}
	switch n.op {
	case noteNum:
		w.number(n)
	case noteRatio:
		w.ratio(n)
	case notePi:
		w.b.WriteString(map[library.Language]string{
			library.LangSymPy: "sympy.pi", library.LangPy: "np.pi", library.LangGo: "math.Pi", library.LangC: "M_PI",
			library.LangExpr: "pi", library.LangText: "pi", library.LangJulia: "pi", library.LangMATLAB: "pi",
			library.LangExcel: "PI()",
		}[w.lang])
	case noteVar:
		w.b.WriteString(Identifier(n.name, w.lang))
	case noteNeg:
		w.b.WriteByte('-')
		need := bindProduct
		if w.lang == library.LangExcel && n.args[0].startsWithPower() {
			need = bindAtom // -x^2 is (-x)^2 there
		}
		w.write(n.args[0], need)
	case noteAdd:
		w.infix(n, "+", bindSum, afterSign(n.args[1]))
	case noteSub:
		w.infix(n, "-", bindSum, afterSign(n.args[1]))
	case noteMul:
		w.infix(n, "*", bindProduct, bindPower)
	case noteDiv:
		if w.exactRatio(n) {
			w.b.WriteString("sympy.Rational(" + formatInt(n.args[0].v) + ", " + formatInt(n.args[1].v) + ")")
			return
		}
		w.infix(n, "/", bindProduct, bindPower)
	case notePow:
		w.power(n)
	case noteSqrt:
		w.call(sqrtFunc, n.args[0])
	case noteCall:
		w.call(n.expr.fn, n.args[0])
	}
}

// afterSign returns the strength that n must have to stand after + or -: a
// second sign, which would make x--y, asks for parentheses.
func afterSign(n *notation) int {
	for first := n; ; first = first.args[0] {
		switch first.op {
		case noteNeg:
			return bindAtom
		case noteMul, noteDiv:
			continue
		}
		return bindProduct
	}
}

func (w *writer) infix(n *notation, op string, left, right int) {
	w.write(n.args[0], left)
	switch {
	case w.lang == library.LangText && (op == "+" || op == "-"):
		op = " " + op + " "
	case w.lang == library.LangMATLAB && (op == "*" || op == "/"):
		op = "." + op
	}
	w.b.WriteString(op)
	w.write(n.args[1], right)
}

func (w *writer) power(n *notation) {
	base, exponent := n.args[0], n.args[1]
	if w.powerCall(n) {
		w.b.WriteString(map[library.Language]string{
			library.LangGo: "math.Pow(", library.LangC: "pow(", library.LangMATLAB: "realpow(",
		}[w.lang])
		w.write(base, 0)
		w.b.WriteString(", ")
		w.write(exponent, 0)
		w.b.WriteByte(')')
		return
	}
	if q, ok := oddRoot(exponent); ok && w.lang == library.LangExcel {
		// Spreadsheets take odd roots of negative numbers.
		w.call(sqrtFunc, base)
		w.b.WriteString("^(2/" + strconv.Itoa(q) + ")")
		return
	}
	w.write(base, bindAtom)
	switch w.lang {
	case library.LangPy, library.LangSymPy:
		w.b.WriteString("**")
	case library.LangMATLAB:
		w.b.WriteString(".^")
	default:
		w.b.WriteByte('^')
	}
	if w.lang == library.LangJulia && isInteger(exponent) {
		// A whole exponent is multiplied out, and defined for any base.
		w.b.WriteString(formatInt(exponent.v))
		return
	}
	w.write(exponent, bindAtom)
}

// oddRoot reports whether x is 1/q with an odd q.
func oddRoot(x *notation) (q int, ok bool) {
	v := x.v
	if x.op == noteDiv && x.args[0].op == noteNum && x.args[1].op == noteNum {
		v = x.args[0].v / x.args[1].v
	} else if x.op != noteNum && x.op != noteRatio {
		return 0, false
	}
	r := math.Round(1 / v)
	if r < 3 || r > 1e6 || math.Abs(r*v-1) > 1e-9 {
		return 0, false
	}
	return int(r), int(r)%2 == 1
}

func (w *writer) call(f *library.Func, arg *notation) {
	sub := writer{lang: w.lang, digits: w.digits}
	sub.write(arg, 0)
	text := sub.b.String()
	// sign of C has its argument twice; nested, it would double without end.
	if len(text) > maxSpelled && strings.Count(f.Format(w.lang, "\x00"), "\x00") > 1 {
		w.b.WriteString(f.Name + "(" + text + ")")
		return
	}
	w.b.WriteString(f.Format(w.lang, text))
}

func (w *writer) number(n *notation) {
	if !isFinite(n.v) {
		w.b.WriteString(notFinite(n.v, w.lang))
		return
	}
	s := formatDigits(n.v, w.digits)
	if isInteger(n) {
		s = formatInt(n.v)
	}
	if w.decimals() && !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	w.b.WriteString(s)
}

func (w *writer) ratio(n *notation) {
	if w.lang == library.LangSymPy {
		w.b.WriteString("sympy.Rational(" + strconv.FormatInt(n.p, 10) + ", " + strconv.FormatInt(n.q, 10) + ")")
		return
	}
	w.b.WriteString(formatFloat(n.v))
}

// formatDigits prints v with so many significant digits, -1 for as many as it
// takes.
func formatDigits(v float64, digits int) string { return strconv.FormatFloat(v, 'g', digits, 64) }

// formatInt prints an integer with all its digits, if it is one of those that
// Parse reads as exact.
func formatInt(v float64) string {
	if v >= 1<<53 {
		return formatFloat(v)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// notFinite prints NaN or infinity, which no answer holds. Where the language
// has no word for it, it is a quotient that evaluates to it.
func notFinite(v float64, lang library.Language) string {
	nan := math.IsNaN(v)
	pick := func(ifNaN, ifInf string) string {
		if nan {
			return ifNaN
		}
		return ifInf
	}
	switch lang {
	case library.LangPy:
		return pick("np.nan", "np.inf")
	case library.LangSymPy:
		return pick("sympy.nan", "sympy.oo")
	case library.LangGo:
		return pick("math.NaN()", "math.Inf(1)")
	case library.LangC:
		return pick("NAN", "INFINITY")
	case library.LangJulia, library.LangMATLAB:
		return pick("NaN", "Inf")
	case library.LangLaTeX:
		return pick(`\mathrm{NaN}`, `\infty`)
	case library.LangMathML:
		return pick("<mi>NaN</mi>", "<mi>&#x221E;</mi>")
	}
	return pick("(0/0)", "(1/0)")
}

var sqrtFunc = library.Power(0.5)
