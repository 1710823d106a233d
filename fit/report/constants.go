package report

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/symbolic"
)

// given is what decimals are called that the user wrote.
const given = "(given)"

// NameConstants returns names for all decimals of e in the order in which e is
// printed, from those of its free constants in the order of FreeValues. Decimals
// that are not free are called given. It is nil if there is not a name for each
// free constant.
func NameConstants(e *symbolic.Expr, free []Name) []Name {
	var walked []Name
	k := 0
	e.Walk(func(n *symbolic.Expr) bool {
		switch {
		case n.Kind() != symbolic.KindFloat:
		case !n.IsFree():
			walked = append(walked, Name{Text: given})
		default:
			if k < len(free) {
				walked = append(walked, free[k])
			}
			k++
		}
		return true
	})
	if k != len(free) {
		return nil
	}
	var out []Name
	for _, i := range e.DecimalOrder() {
		out = append(out, walked[i])
	}
	return out
}

// writeConstants writes the decimals of a formula in the order in which they are
// printed, with the same digits: their names if they have any, their standard
// errors and what stands around them. A line for the exact numbers that replaced
// decimals follows.
func writeConstants(w io.Writer, c *fit.Candidate, opt Options) error {
	var decimals []fit.Constant
	var exact []string
	for _, k := range c.Constants {
		switch {
		case k.Snapped == "":
			decimals = append(decimals, k)
		case rounded(k):
			exact = append(exact, fmt.Sprintf("%s (fitted as %s)", k.Snapped, withError(k.Value, k.StdErr)))
		}
	}
	if len(decimals) > 0 {
		fmt.Fprint(w, "\nConstants, in the order of the formula:\n")
		header, align := []string{"value", "standard error", "where"}, "lll"
		names := opt.Constants
		if len(names) != len(decimals) {
			names = nil
		}
		if names != nil {
			header, align = append([]string{"name"}, header...), "llll"
		}
		digits, where := places(c, decimals)
		var rows [][]string
		for i, k := range decimals {
			row := []string{digits[i], standardError(k), where[i]}
			if names != nil {
				if names[i].Text != given && k.Value != 0 && (k.Value < 0) != names[i].Negated {
					row[0] = "-" + row[0]
				}
				row = append([]string{names[i].Text}, row...)
			}
			rows = append(rows, row)
		}
		if err := Plain(w, header, rows, align); err != nil {
			return err
		}
	}
	if len(exact) > 0 {
		fmt.Fprintf(w, "\nRounded to exact numbers %s: %s.\n", roundingRule(c), joinWords(exact))
	}
	return nil
}

// roundingRule is the condition under which constants of a formula were rounded to
// exact numbers; see symbolic.Snap.
func roundingRule(c *fit.Candidate) string {
	if c.Exact {
		return "that reproduce the data to their precision"
	}
	return fmt.Sprintf("within %d standard errors (more with few rows), where that does not lengthen the description", symbolic.SnapSigmas)
}

// rounded reports whether an exact number took the place of a constant and is
// worth telling. Factors of 1 and -1 are, though the formula does not show them;
// terms of 0 are not.
func rounded(k fit.Constant) bool {
	return k.Snapped != "" && k.Snapped != "0" && meaningful(k)
}

// meaningful reports whether the standard error of a constant says more than how
// numbers are rounded.
func meaningful(k fit.Constant) bool {
	const rounding = 0x1p-52
	return k.StdErr > rounding*math.Abs(k.Value) && !math.IsInf(k.StdErr, 0)
}

// standardError is the standard error of a constant to two digits, or why there is
// none.
func standardError(k fit.Constant) string {
	switch {
	case meaningful(k):
		return strconv.FormatFloat(k.StdErr, 'g', 2, 64)
	case k.StdErr > 0:
		return "rounding"
	}
	return "-"
}

// places returns the digits of the decimals of a formula, as they are printed, and
// what stands around each of them, with _ in its place; the latter is empty if the
// formula does not have that many decimals.
func places(c *fit.Candidate, decimals []fit.Constant) (digits, where []string) {
	where = make([]string, len(decimals))
	for _, k := range decimals {
		digits = append(digits, strconv.FormatFloat(math.Abs(k.Value), 'g', -1, 64))
	}
	e := c.Expr
	if e == nil {
		var err error
		if e, err = symbolic.Parse(c.Expression, symbolic.ParseOptions{FreeNumbers: true}); err != nil {
			return digits, where
		}
	}
	order := e.DecimalOrder()
	if len(order) != len(decimals) {
		return digits, where
	}
	text, at := e.PrintedDecimals()
	for i, index := range order {
		for _, d := range at {
			if d.Index == index {
				digits[i], where[i] = text[d.Begin:d.End], around(text, d.Begin, d.End)
				break
			}
		}
	}
	return digits, where
}

// around is the term of a sum that holds text[begin:end], which it replaces by _,
// with the function that the sum is the argument of. What is left out is two dots.
func around(text string, begin, end int) string {
	text = text[:begin] + "_" + text[end:]
	lo, hi := group(text, begin)
	from, to := term(text, lo, hi, begin)
	out := shortTerm(text[from:to])
	if from > lo {
		out = ".." + out
	}
	if to < hi {
		out += ".."
	}
	if lo == 0 {
		return out
	}
	// The name before the parenthesis, if it is a call.
	head := lo - 1
	for head > 0 {
		r, size := utf8.DecodeLastRuneInString(text[:head])
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		head -= size
	}
	return text[head:lo] + out + ")"
}

// group returns the inside of the innermost parentheses around a byte of text, all
// of text if there are none.
func group(text string, at int) (lo, hi int) {
	depth := 0
	for lo = at; lo > 0; lo-- {
		if c := text[lo-1]; c == ')' {
			depth++
		} else if c == '(' {
			if depth == 0 {
				break
			}
			depth--
		}
	}
	depth = 0
	for hi = at; hi < len(text); hi++ {
		if c := text[hi]; c == '(' {
			depth++
		} else if c == ')' {
			if depth == 0 {
				break
			}
			depth--
		}
	}
	return lo, hi
}

// term returns the term of the sum text[lo:hi] that holds a byte, with its sign.
func term(text string, lo, hi, at int) (from, to int) {
	from, to = lo, hi
	depth := 0
	for i := lo; i < hi; i++ {
		switch c := text[i]; {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth == 0 && (c == '+' || c == '-') && i > lo && !inNumber(text[:i]):
			if i <= at {
				from = i
			} else {
				return from, i
			}
		}
	}
	return from, to
}

// inNumber reports whether a sign after text belongs to the exponent of a number,
// as in 1e-05.
func inNumber(text string) bool {
	n := len(text)
	return n > 1 && text[n-1] == 'e' && text[n-2] >= '0' && text[n-2] <= '9'
}

// shortTerm cuts the decimals of a term to three digits, and what stands in
// parentheses to two dots where the term is long.
func shortTerm(text string) string {
	const long = 40
	text = decimal.ReplaceAllStringFunc(text, func(number string) string {
		v, err := strconv.ParseFloat(number, 64)
		if short := strconv.FormatFloat(v, 'g', 3, 64); err == nil && len(short) < len(number) {
			return short
		}
		return number
	})
	if len(text) <= long {
		return text
	}
	var b strings.Builder
	depth := 0
	for _, c := range text {
		if c == ')' {
			depth--
		}
		if depth == 0 {
			b.WriteRune(c)
		}
		if c == '(' {
			if depth == 0 {
				b.WriteString("..")
			}
			depth++
		}
	}
	return b.String()
}
