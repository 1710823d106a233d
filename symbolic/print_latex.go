package symbolic

import (
	"strings"
	"unicode"

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
	case noteCall:
		if n.expr.fn.Name == "exp" {
			return bindPower // e^{x}
		}
	case noteNum:
		if strings.Contains(w.digitsOf(n), "e") {
			return bindPower // 2 \cdot 10^{-7}
		}
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
		w.write(n.args[1], afterSign(n.args[1]))
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
	w.b.WriteString(f.Format(library.LangLaTeX, sub.b.String()))
}

func (w *latexWriter) digitsOf(n *notation) string {
	if isInteger(n) {
		return formatInt(n.v)
	}
	if n.op == noteRatio {
		return formatFloat(n.v)
	}
	return formatDigits(n.v, w.digits)
}

func (w *latexWriter) number(n *notation) {
	if !isFinite(n.v) {
		w.b.WriteString(notFinite(n.v, library.LangLaTeX))
		return
	}
	mantissa, exponent, ok := strings.Cut(w.digitsOf(n), "e")
	if !ok {
		w.b.WriteString(mantissa)
		return
	}
	if mantissa != "1" {
		w.b.WriteString(mantissa + ` \cdot `)
	}
	w.b.WriteString("10^{")
	if exponent[0] == '-' {
		w.b.WriteByte('-')
	}
	w.b.WriteString(strings.TrimLeft(exponent, "+-0") + "}")
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

// greek has the letters that variables are named after.
var greek = map[string]string{
	"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η",
	"theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "rho": "ρ",
	"sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
	"Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Sigma": "Σ", "Upsilon": "Υ",
	"Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}

// latexName typesets a variable: the part before the first underscore as a
// symbol or a word, the rest, or trailing digits, as a subscript.
func latexName(name string) string {
	base, sub := splitName(name)
	if base == "" {
		return latexWord(name)
	}
	switch {
	case greek[base] != "":
		base = `\` + base
	case greekLetters[base] != "":
		base = `\` + greekLetters[base]
	case len(base) > 1:
		base = latexWord(base)
	}
	if sub == "" {
		return base
	}
	if len(sub) > 1 && strings.Trim(sub, "0123456789") != "" {
		sub = latexWord(sub)
	}
	return base + "_{" + sub + "}"
}

// latexWord sets a word upright. Letters beyond ASCII are text: most fonts for
// mathematics lack them.
func latexWord(word string) string {
	command := `\mathrm{`
	if strings.ContainsFunc(word, func(r rune) bool { return r > unicode.MaxASCII }) {
		command = `\text{`
	}
	return command + strings.ReplaceAll(word, "_", `\_`) + "}"
}

// greekLetters are the names of letters that are written as such, the micro
// sign, which is not the letter, included.
var greekLetters = map[string]string{
	"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
	"ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "\u00b5": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho",
	"σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
	"Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon",
	"Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}

// splitName cuts a variable's name into what is typeset as its symbol and as its
// subscript, which may be empty. base is empty for names that begin with an
// underscore.
func splitName(name string) (base, sub string) {
	base, sub, _ = strings.Cut(name, "_")
	if sub == "" {
		if stem := strings.TrimRight(base, "0123456789"); stem != "" && stem != base {
			base, sub = stem, base[len(stem):]
		}
	}
	return base, sub
}
