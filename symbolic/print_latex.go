package symbolic

import (
	"strings"

	"github.com/kansym/kansym/library"
)

// latexWriter prints LaTeX: fractions and roots instead of parentheses, Greek
// names for variables spelt so, and no multiplication signs but between
// numbers.
type latexWriter struct {
	digits int
	b      strings.Builder
}

func (w *latexWriter) strength(n *notation) int {
	switch n.op {
	case noteAdd, noteSub:
		return bindSum
	case noteMul:
		return bindProduct
	case noteNeg:
		return bindNeg
	case noteDiv, notePow:
		// A fraction stands as a factor, but not as the base of a power.
		return bindPower
	}
	return bindAtom
}

func (w *latexWriter) write(n *notation, need int) {
	if w.strength(n) < need {
		w.b.WriteString(`\left(`)
		w.write(n, 0)
		w.b.WriteString(`\right)`)
		return
	}
	switch n.op {
	case noteNum, noteRatio:
		w.number(n)
	case notePi:
		w.b.WriteString(`\pi`)
	case noteVar:
		w.b.WriteString(latexName(n.name))
	case noteNeg:
		w.b.WriteByte('-')
		w.write(n.args[0], bindProduct)
	case noteAdd, noteSub:
		w.write(n.args[0], bindSum)
		if n.op == noteAdd {
			w.b.WriteString(" + ")
		} else {
			w.b.WriteString(" - ")
		}
		w.write(n.args[1], bindProduct)
	case noteMul:
		w.write(n.args[0], bindProduct)
		if startsWithDigit(n.args[1]) {
			w.b.WriteString(` \cdot `)
		} else {
			w.b.WriteString(` \, `)
		}
		w.write(n.args[1], bindPower)
	case noteDiv:
		w.b.WriteString(`\frac{`)
		w.write(n.args[0], 0)
		w.b.WriteString(`}{`)
		w.write(n.args[1], 0)
		w.b.WriteByte('}')
	case notePow:
		w.write(n.args[0], bindAtom)
		w.b.WriteString(`^{`)
		w.write(n.args[1], 0)
		w.b.WriteByte('}')
	case noteSqrt:
		w.call(sqrtFunc, n.args[0])
	case noteCall:
		w.call(n.expr.fn, n.args[0])
	}
}

func (w *latexWriter) call(f *library.Func, arg *notation) {
	sub := latexWriter{digits: w.digits}
	sub.write(arg, 0)
	s := f.Format(library.LangLaTeX, sub.b.String())
	// e^{x}, unlike \sin(x), needs parentheses as the base of a power; the
	// group keeps LaTeX from seeing a double superscript.
	if f.Name == "exp" {
		s = "{" + s + "}"
	}
	w.b.WriteString(s)
}

func (w *latexWriter) number(n *notation) {
	s := formatDigits(n.v, w.digits)
	if mantissa, exponent, ok := strings.Cut(s, "e"); ok {
		exponent = strings.TrimPrefix(exponent, "+")
		sign := ""
		if strings.HasPrefix(exponent, "-") {
			sign, exponent = "-", exponent[1:]
		}
		s = mantissa + ` \cdot 10^{` + sign + strings.TrimLeft(exponent, "0") + "}"
		// The power of ten must not take a further exponent.
		s = "{" + s + "}"
	}
	w.b.WriteString(s)
}

func startsWithDigit(n *notation) bool {
	switch n.op {
	case noteNum, noteRatio:
		return true
	case noteMul, notePow:
		return startsWithDigit(n.args[0])
	}
	return false
}

var greek = map[string]bool{
	"alpha": true, "beta": true, "gamma": true, "delta": true, "epsilon": true, "zeta": true, "eta": true,
	"theta": true, "iota": true, "kappa": true, "lambda": true, "mu": true, "nu": true, "xi": true, "rho": true,
	"sigma": true, "tau": true, "upsilon": true, "phi": true, "chi": true, "psi": true, "omega": true,
	"Gamma": true, "Delta": true, "Theta": true, "Lambda": true, "Xi": true, "Sigma": true, "Upsilon": true,
	"Phi": true, "Psi": true, "Omega": true,
}

// latexName typesets a variable: the part before the first underscore as a
// symbol or a word, the rest, or trailing digits, as a subscript.
func latexName(name string) string {
	base, sub, _ := strings.Cut(name, "_")
	if base == "" {
		return `\mathrm{` + strings.ReplaceAll(name, "_", `\_`) + `}`
	}
	if sub == "" {
		if stem := strings.TrimRight(base, "0123456789"); stem != "" && stem != base {
			base, sub = stem, base[len(stem):]
		}
	}
	switch {
	case greek[base]:
		base = `\` + base
	case len([]rune(base)) > 1:
		base = `\mathrm{` + base + `}`
	}
	if sub == "" {
		return base
	}
	if len([]rune(sub)) > 1 && strings.Trim(sub, "0123456789") != "" {
		sub = `\mathrm{` + strings.ReplaceAll(sub, "_", `\_`) + `}`
	}
	return base + "_{" + sub + "}"
}
