package fit

import (
	"context"
	"testing"
)

// hashed runs the first look-ups by value on a table drawn from a law.
func hashed(t *testing.T, l law, noise float64, threads int) *state {
	t.Helper()
	opt := Options{Threads: threads}
	s := newState(split(l.draw(t, 400, noise, 5), opt), opt)
	s.hashedExpressions(context.Background())
	return s
}

func TestHashedExpressionsFindLongFormulas(t *testing.T) {
	laws := []law{
		makeLaw("a*b^(c+1)/(b^c-a)", "a", 0.1, 0.9, "b", 1.1, 3.0, "c", 1.0, 3.0),
		makeLaw("x*cos(y*z-x^2)", "x", 0.5, 2.0, "y", 1.0, 4.0, "z", 1.0, 4.0),
		makeLaw("u*exp(-x*(u+y^v))", "u", 0.5, 2.0, "v", 1.0, 2.0, "x", 0.1, 1.0, "y", 0.5, 2.0),
		makeLaw("3.1*x*sin(x)-exp(y/x)", "x", 1.0, 5.0, "y", 1.0, 5.0),
	}
	for _, l := range laws {
		var first string
		for _, threads := range []int{1, 3} {
			e := hashed(t, l, 0, threads).front.exact()
			if e == nil {
				t.Errorf("%s is not found", l.formula)
				break
			}
			if threads == 1 {
				first = e.expr.String()
			} else if again := e.expr.String(); again != first {
				t.Errorf("%s: %s with one thread, %s with %d", l.formula, first, again, threads)
			}
		}
	}
}

func TestHashedExpressionsFindNothingElse(t *testing.T) {
	if list := hashed(t, makeLaw("x*y/(x+z)", "x", 1.0, 3.0, "y", 1.0, 3.0, "z", 1.0, 3.0), 1e-4, 2).front.list; len(list) > 0 {
		t.Errorf("in noise: %v", list[0].expr)
	}
	six := makeLaw("a*b*c*d*e*f", "a", 1.0, 2.0, "b", 1.0, 2.0, "c", 1.0, 2.0, "d", 1.0, 2.0, "e", 1.0, 2.0, "f", 1.0, 2.0)
	if list := hashed(t, six, 0, 2).front.list; len(list) > 0 {
		t.Errorf("with too many inputs: %v", list[0].expr)
	}
}
