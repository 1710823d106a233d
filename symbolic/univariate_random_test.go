package symbolic

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// randomTable draws formulas of one variable with constants of two digits, as
// lines of the table: combinations of up to three of the functions that laws
// are made of.
func randomTable(n int, seed uint64) string {
	rng := rand.New(rand.NewPCG(seed, 3))
	number := func(lo, hi float64) string {
		return fmt.Sprintf("%.2g", lo*math.Pow(hi/lo, rng.Float64()))
	}
	unary := func() string {
		a, b := number(0.3, 3), number(0.3, 3)
		return []string{
			fmt.Sprintf("x^%s", number(0.3, 3)),
			fmt.Sprintf("exp(-%s*x)", a),
			fmt.Sprintf("exp(%s*x)", number(0.1, 1)),
			fmt.Sprintf("sin(%s*x+%s)", number(0.7, 5), b),
			fmt.Sprintf("cos(%s*x)", number(0.7, 5)),
			fmt.Sprintf("log(x+%s)", b),
			fmt.Sprintf("sqrt(x+%s)", b),
			fmt.Sprintf("tanh(%s*x)", a),
			fmt.Sprintf("atan(%s*x)", a),
			fmt.Sprintf("1/(x+%s)", b),
			fmt.Sprintf("x/(x+%s)", b),
			fmt.Sprintf("exp(-%s*x^2)", number(0.1, 1)),
			fmt.Sprintf("1/(1+exp(%s-%s*x))", b, a),
			fmt.Sprintf("(x^2+%s*x+%s)", a, b),
			fmt.Sprintf("1/(x^2+%s)", b),
			"x", "x^2", "x^3", "1/x", "sqrt(x)", "log(x)",
		}[rng.IntN(21)]
	}
	var lines []string
	for len(lines) < n {
		f, g, h, c := unary(), unary(), unary(), number(0.3, 3)
		a := number(0.3, 3)
		var e string
		switch rng.IntN(10) {
		case 0, 1:
			e = fmt.Sprintf("%s*%s+%s*%s", c, f, a, g)
		case 2:
			e = fmt.Sprintf("%s*%s-%s*%s", c, f, a, g)
		case 3, 4:
			e = fmt.Sprintf("%s*%s*%s", c, f, g)
		case 5:
			e = fmt.Sprintf("%s*%s*%s+%s", c, f, g, a)
		case 6:
			e = fmt.Sprintf("sqrt(%s*%s+%s*%s+5)", c, f, a, g)
		case 7:
			e = fmt.Sprintf("%s/(%s+%s)", f, g, c)
		case 8:
			e = fmt.Sprintf("%s*%s+%s*%s*%s", c, f, a, g, h)
		case 9:
			e = fmt.Sprintf("%s*%s*%s*%s", c, f, g, h)
		}
		p, err := Parse(e, ParseOptions{Vars: []string{"x"}})
		if err != nil {
			panic(err)
		}
		ok := true
		for x := 0.2; x <= 5; x += 0.01 {
			v := evalExpr(p, x)
			ok = ok && isFinite(v) && math.Abs(v) < 1e4
		}
		if ok {
			lines = append(lines, e+" 0.2 5")
		}
	}
	return strings.Join(lines, "\n")
}
