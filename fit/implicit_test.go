package fit

import (
	"context"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/kansym/kansym/symbolic"
)

// relationsOf runs the search for relations alone and returns the exact formula,
// nil if there is none.
func relationsOf(t *testing.T, l law, noise float64) *scored {
	t.Helper()
	s := newState(split(l.draw(t, 600, noise, 1), Options{Seed: 1}), Options{Seed: 1})
	s.try(context.Background(), s.relations())
	return s.front.exact()
}

func TestRelations(t *testing.T) {
	for _, l := range []law{
		makeLaw("(2.3*x+y)/(1.7+x*y)", "x", 0.5, 3., "y", 0.5, 3.),
		// No constant in the denominator, which any monomial may be scaled by.
		makeLaw("8.3*t/(v-b)-a/v^2", "t", 2., 4., "v", 3., 9., "b", 0.1, 0.8, "a", 1., 5.),
		makeLaw("log((p*a+q*b)/(p*c+q*d))", "p", 1., 2., "q", 1., 2., "a", 1., 5., "b", 1., 5., "c", 1., 5., "d", 1., 5.),
		makeLaw("acos((cos(t)-0.4)/(1-0.4*cos(t)))", "t", 0.2, 2.9),
		makeLaw("tan(t)-2.1*z/cos(t)^2", "t", 0.1, 1.2, "z", 0.1, 2.),
		makeLaw("sqrt(z*tanh(z))", "z", 0.2, 4.),
		makeLaw("3*(x+1)-sqrt((3*x+1)*(x+3))", "x", 0.3, 5.),
		makeLaw("1.5*x+sqrt(x^2+y)", "x", -2., 2., "y", 0.5, 3.),
		// The sign of the root varies.
		makeLaw("0.5+cos(d)*sqrt(1+2*z)", "z", 1., 3., "d", 0., 6.),
	} {
		c := relationsOf(t, l, 0)
		if c == nil {
			t.Errorf("%s: no relation", l.formula)
			continue
		}
		truth, err := symbolic.Parse(l.formula, symbolic.ParseOptions{Vars: l.inputs})
		if err != nil {
			t.Fatal(err)
		}
		if most := 2 * truth.Complexity(); c.complexity > most {
			t.Errorf("%s: %s has %d nodes, more than %d", l.formula, c.expr, c.complexity, most)
		}
	}
}

// There is no relation where there is noise, or where the law obeys none.
func TestNoRelation(t *testing.T) {
	if c := relationsOf(t, makeLaw("(2.3*x+y)/(1.7+x*y)", "x", 0.5, 3., "y", 0.5, 3.), 1e-4); c != nil {
		t.Errorf("%s of noisy data", c.expr)
	}
	if c := relationsOf(t, makeLaw("sin(x*y)*x^0.37", "x", 0.5, 3., "y", 0.5, 3.), 0); c != nil {
		t.Errorf("%s for sin(x*y)*x^0.37", c.expr)
	}
}

func TestShortest(t *testing.T) {
	// Both rows hold the vector (1, -2, 0, 0); the combination of them without
	// the last columns is that vector.
	null := mat.NewDense(2, 4, []float64{
		1, -2, 3, 3,
		2, -4, -1, -1,
	})
	got := shortest(null)
	if !slices.EqualFunc(got, []float64{0.5, -1, 0, 0}, func(a, b float64) bool { return a-b < 1e-12 && b-a < 1e-12 }) {
		t.Errorf("got %v", got)
	}
}
