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
func (e *Expr) Format(lang library.Language) string { return e.FormatDigits(lang, -1) }

// FormatDigits is Format with decimals rounded to so many significant digits,
// for reading; below 1 means all digits. Exact numbers are not rounded.
func (e *Expr) FormatDigits(lang library.Language, digits int) string {
	if digits < 1 {
		digits = -1
	}
	if lang == library.LangLaTeX {
		w := latexWriter{digits: digits}
		w.write(note(e), 0)
		return w.b.String()
	}
	w := writer{lang: lang, digits: digits}
	w.write(note(e), 0)
	return w.b.String()
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
func (w *writer) powerCall() bool { return w.lang == library.LangGo || w.lang == library.LangC }

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
		if w.powerCall() {
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
		}[w.lang])
		if w.lang == library.LangExpr || w.lang == library.LangText {
			w.b.WriteString("pi")
		}
	case noteVar:
		w.b.WriteString(n.name)
	case noteNeg:
		w.b.WriteByte('-')
		w.write(n.args[0], bindProduct)
	case noteAdd:
		w.infix(n, "+", bindSum, bindProduct)
	case noteSub:
		w.infix(n, "-", bindSum, bindProduct)
	case noteMul:
		w.infix(n, "*", bindProduct, bindPower)
	case noteDiv:
		if w.exactRatio(n) {
			w.b.WriteString("sympy.Rational(" + w.digitsOf(n.args[0].v) + ", " + w.digitsOf(n.args[1].v) + ")")
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

func (w *writer) infix(n *notation, op string, left, right int) {
	w.write(n.args[0], left)
	if w.lang == library.LangText && (op == "+" || op == "-") {
		op = " " + op + " "
	}
	w.b.WriteString(op)
	w.write(n.args[1], right)
}

func (w *writer) power(n *notation) {
	base, exponent := n.args[0], n.args[1]
	switch w.lang {
	case library.LangGo, library.LangC:
		name := "pow("
		if w.lang == library.LangGo {
			name = "math.Pow("
		}
		w.b.WriteString(name)
		w.write(base, 0)
		w.b.WriteString(", ")
		w.write(exponent, 0)
		w.b.WriteByte(')')
		return
	}
	w.write(base, bindAtom)
	if w.lang == library.LangPy || w.lang == library.LangSymPy {
		w.b.WriteString("**")
	} else {
		w.b.WriteByte('^')
	}
	w.write(exponent, bindAtom)
}

func (w *writer) call(f *library.Func, arg *notation) {
	sub := writer{lang: w.lang, digits: w.digits}
	sub.write(arg, 0)
	w.b.WriteString(f.Format(w.lang, sub.b.String()))
}

func (w *writer) number(n *notation) {
	s := w.digitsOf(n.v)
	if isInteger(n) {
		s = strconv.FormatFloat(n.v, 'f', -1, 64)
	}
	if w.powerCall() && !strings.ContainsAny(s, ".e") {
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

func (w *writer) digitsOf(v float64) string { return formatDigits(v, w.digits) }

// formatDigits prints v with so many significant digits, -1 for as many as it
// takes; a value that is not finite, which no answer holds, is printed as a
// quotient that evaluates to it.
func formatDigits(v float64, digits int) string {
	switch {
	case math.IsNaN(v):
		return "(0/0)"
	case math.IsInf(v, 0):
		return "(1/0)"
	}
	return strconv.FormatFloat(v, 'g', digits, 64)
}

var sqrtFunc = library.Power(0.5)
