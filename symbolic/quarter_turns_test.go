package symbolic

import (
	"math"
	"testing"
)

// All spellings have the value of the formula, and the short one is among them.
func TestQuarterTurns(t *testing.T) {
	for _, c := range []struct {
		text, want string
		n          int
	}{
		{"3*sin(2.7*x+1.9707963267948967)", "3*cos(2.7*x+0.4)", 3},
		{"cos(2.7*x-1.3)", "sin(2.7*x+0.2707963267948966)", 3},
		{"sin(2.7*(x+2))", "cos(2.7*x-2.4539816339744832)", 4}, // 5.4 is more than half a turn
		{"sin(x+10.096660186595518)", "-sin(x+0.67188)", 4},
		{"sin(x)+cos(x*y)", "", 0},
		{"exp(x+1.97)", "", 0},
	} {
		e := freed(t, c.text)
		forms := QuarterTurns(e)
		if len(forms) != c.n {
			t.Errorf("%s: %d forms, want %d: %v", c.text, len(forms), c.n, forms)
		}
		found := c.want == ""
		for _, f := range forms {
			for _, x := range []float64{-1.3, 0.2, 4.1} {
				at := map[string]*Expr{"x": Float(x)}
				want, got := constValue(e.Subst(at)), constValue(f.Subst(at))
				// Phases of up to 10 are known to 1e-15.
				if math.Abs(got-want) > 1e-13 {
					t.Errorf("%s: %s is %v at %v, want %v", c.text, f, got, x, want)
				}
			}
			found = found || shortened(f) == shortened(freed(t, c.want))
		}
		if !found {
			t.Errorf("%s: no %s among %v", c.text, c.want, forms)
		}
	}
}

// freed parses a formula with its decimals, and whole numbers added to x, free.
func freed(t *testing.T, text string) *Expr {
	t.Helper()
	e, err := Parse(text, ParseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return e.Map(func(n *Expr) *Expr {
		if n.kind == KindFloat || n.kind == KindRational {
			return Free(n.v)
		}
		return n
	})
}

// shortened prints with decimals cut to five places.
func shortened(e *Expr) string {
	return Simplify(e.Map(func(n *Expr) *Expr {
		if n.kind == KindFloat {
			return Float(math.Round(n.v*1e5) / 1e5)
		}
		return n
	}), SimplifyOptions{}).String()
}
