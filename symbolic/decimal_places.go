package symbolic

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/kansym/kansym/library"
)

// PrintedDecimal is a decimal constant of a formula where it stands in the text of
// the formula.
type PrintedDecimal struct {
	// Index is the constant's place among all decimals of the formula, free or
	// not, in the order in which Walk visits them.
	Index int

	// Begin and End are the bytes of its digits in the text. A sign before them
	// is an operator of the text, whatever sign the constant itself has: that of
	// exp(-2.5*x) is -2.5.
	Begin, End int
}

// PrintedDecimals returns e as Format prints it in expr-lang notation and the
// places of its decimals there, from left to right. Decimals that are not finite
// have none.
func (e *Expr) PrintedDecimals() (text string, at []PrintedDecimal) {
	// What is printed around a number depends on its sign alone, so that numbers
	// that nobody writes can stand for those of the formula while they are looked
	// for.
	var digits, marks []string
	marked := e.Map(func(n *Expr) *Expr {
		if n.kind != KindFloat || !isFinite(n.v) {
			if n.kind == KindFloat {
				digits, marks = append(digits, ""), append(marks, "")
			}
			return n
		}
		m := math.Ldexp(1+float64(len(marks)+1)/(1<<30), -1000)
		digits = append(digits, formatDigits(math.Abs(n.v), -1))
		marks = append(marks, formatDigits(m, -1))
		return Float(math.Copysign(m, n.v))
	})
	rest := marked.Format(library.LangExpr)
	var b strings.Builder
	for {
		i := strings.Index(rest, markExponent)
		if i < 0 {
			break
		}
		end := i + len(markExponent)
		begin := i
		for begin > 0 && (rest[begin-1] == '.' || rest[begin-1] >= '0' && rest[begin-1] <= '9') {
			begin--
		}
		k := slices.Index(marks, rest[begin:end])
		if k < 0 {
			b.WriteString(rest[:end]) // a number of the user's after all
		} else {
			b.WriteString(rest[:begin])
			at = append(at, PrintedDecimal{Index: k, Begin: b.Len(), End: b.Len() + len(digits[k])})
			b.WriteString(digits[k])
		}
		rest = rest[end:]
	}
	b.WriteString(rest)
	return b.String(), at
}

// DecimalOrder returns the places that the decimals of e have among all of them in
// the order of Walk, sorted by where they stand in the printed formula.
func (e *Expr) DecimalOrder() []int {
	n := 0
	e.Walk(func(d *Expr) bool {
		if d.kind == KindFloat {
			n++
		}
		return true
	})
	order := make([]int, 0, n)
	_, at := e.PrintedDecimals()
	for _, d := range at {
		if !slices.Contains(order, d.Index) {
			order = append(order, d.Index)
		}
	}
	for i := range n {
		if !slices.Contains(order, i) {
			order = append(order, i)
		}
	}
	return order
}

// markExponent is how the numbers end that PrintedDecimals looks for.
var markExponent = "e" + strconv.Itoa(int(math.Floor(-1000*math.Log10(2))))
