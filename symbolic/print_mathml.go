package symbolic

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kansym/kansym/library"
)

// MathMLTerms prints e in MathML (presentation elements of MathML Core), one
// mrow for each term of a sum, every one but the first with its sign before it;
// what is no sum is one term. Browsers break lines between math elements but
// not in them, so that a page puts each term into its own. Joined they are what
// Format prints. Decimals have so many significant digits, all if below 1.
func (e *Expr) MathMLTerms(digits int) []string {
	if digits < 1 {
		digits = -1
	}
	n := note(e.spelledFor(library.LangMathML))
	var chain []*notation // sums are nested to the left
	for n.op == noteAdd || n.op == noteSub {
		chain = append(chain, n)
		n = n.args[0]
	}
	first := mathmlWriter{digits: digits}
	first.write(n, 0)
	terms := []string{"<mrow>" + first.b.String() + "</mrow>"}
	for i := len(chain) - 1; i >= 0; i-- {
		w := mathmlWriter{digits: digits}
		w.b.WriteString("<mrow>")
		w.signed(chain[i])
		w.b.WriteString("</mrow>")
		terms = append(terms, w.b.String())
	}
	return terms
}

// mathmlWriter prints MathML in the layout of latexWriter. Names are escaped.
type mathmlWriter struct {
	digits int
	b      strings.Builder
}

const (
	mathmlMinus = "<mo>&#x2212;</mo>"
	mathmlTimes = `<mo>&#x2062;</mo><mspace width="0.17em"/>` // invisible, for screen readers
)

func (w *mathmlWriter) write(n *notation, need int) {
	if (&latexWriter{digits: w.digits}).strength(n) < need {
		w.b.WriteString("<mrow><mo>(</mo>")
		w.write(n, 0)
		w.b.WriteString("<mo>)</mo></mrow>")
		return
	}
	switch n.op {
	case noteNum, noteRatio:
		w.number(n)
	case notePi:
		w.b.WriteString("<mi>&#x3C0;</mi>")
	case noteVar:
		w.b.WriteString(mathmlName(n.name))
	case noteNeg:
		w.b.WriteString("<mrow>" + strings.Replace(mathmlMinus, "<mo>", `<mo form="prefix">`, 1))
		w.write(n.args[0], bindProduct)
		w.b.WriteString("</mrow>")
	case noteAdd, noteSub:
		w.b.WriteString("<mrow>")
		w.write(n.args[0], bindSum)
		w.signed(n)
		w.b.WriteString("</mrow>")
	case noteMul:
		w.b.WriteString("<mrow>")
		w.write(n.args[0], bindProduct)
		if startsWithDigit(n.args[1]) {
			w.b.WriteString("<mo>&#xB7;</mo>")
		} else {
			w.b.WriteString(mathmlTimes)
		}
		w.write(n.args[1], bindPower)
		w.b.WriteString("</mrow>")
	case noteDiv:
		w.pair("mfrac", n, 0)
	case notePow:
		w.pair("msup", n, bindAtom)
	case noteSqrt:
		w.call(sqrtFunc, n.args[0])
	case noteCall:
		w.call(n.expr.fn, n.args[0])
	}
}

// signed writes the sign and the second operand of a sum or difference.
func (w *mathmlWriter) signed(n *notation) {
	sign := "<mo>+</mo>"
	if n.op == noteSub {
		sign = mathmlMinus
	}
	w.b.WriteString(strings.Replace(sign, "<mo>", `<mo form="infix">`, 1))
	w.write(n.args[1], afterSign(n.args[1]))
}

// pair writes an element of two parts, the first of which binds as asked for.
func (w *mathmlWriter) pair(element string, n *notation, need int) {
	w.b.WriteString("<" + element + "><mrow>")
	w.write(n.args[0], need)
	w.b.WriteString("</mrow><mrow>")
	w.write(n.args[1], 0)
	w.b.WriteString("</mrow></" + element + ">")
}

func (w *mathmlWriter) call(f *library.Func, arg *notation) {
	sub := mathmlWriter{digits: w.digits}
	sub.write(arg, 0)
	w.b.WriteString(f.Format(library.LangMathML, sub.b.String()))
}

func (w *mathmlWriter) number(n *notation) {
	if !isFinite(n.v) {
		w.b.WriteString(notFinite(n.v, library.LangMathML))
		return
	}
	mantissa, exponent, ok := strings.Cut((&latexWriter{digits: w.digits}).digitsOf(n), "e")
	if !ok {
		w.b.WriteString("<mn>" + mantissa + "</mn>")
		return
	}
	w.b.WriteString("<mrow>")
	if mantissa != "1" {
		w.b.WriteString("<mn>" + mantissa + "</mn><mo>&#xB7;</mo>")
	}
	w.b.WriteString("<msup><mn>10</mn><mrow>")
	if exponent[0] == '-' {
		w.b.WriteString(strings.Replace(mathmlMinus, "<mo>", `<mo form="prefix">`, 1))
	}
	w.b.WriteString("<mn>" + strings.TrimLeft(exponent, "+-0") + "</mn></mrow></msup></mrow>")
}

// mathmlName typesets a variable as latexName does. MathML sets a single letter
// in italics by itself.
func mathmlName(name string) string {
	base, sub := splitName(name)
	if base == "" {
		return "<mi>" + html.EscapeString(name) + "</mi>"
	}
	if letter := greek[base]; letter != "" {
		base = letter
	}
	open := "<mi>"
	if r, n := utf8.DecodeRuneInString(base); n == len(base) && unicode.Is(unicode.Greek, r) && unicode.IsUpper(r) {
		open = `<mi mathvariant="normal">`
	}
	symbol := open + html.EscapeString(base) + "</mi>"
	if sub == "" {
		return symbol
	}
	element := "mi"
	if strings.Trim(sub, "0123456789") == "" {
		element = "mn"
	}
	return "<msub>" + symbol + "<" + element + ">" + html.EscapeString(sub) + "</" + element + "></msub>"
}
