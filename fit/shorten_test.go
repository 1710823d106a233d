package fit

import (
	"testing"

	"github.com/kansym/kansym/symbolic"
)

// A phase is written from where it has the fewest digits, with noise and without,
// and left alone where none has.
func TestTurnWaves(t *testing.T) {
	for _, c := range []struct {
		law, start, want string
		noise            float64
	}{
		{"a*cos(2.7*z+0.4)", "a*sin(2.7*z+1.97)", "a*cos(2.7*z+0.4)", 0},
		{"a*cos(2.7*z+0.4)", "a*sin(2.7*z+1.97)", "a*cos(2.7*z+0.4)", 0.01},
		{"a*sin(2.7*z+0.4)", "a*sin(2.7*z+0.39)", "a*sin(2.7*z+0.4)", 0},
		{"a*sin(2.7*z+0.73914)", "a*cos(2.7*z-0.83)", "a*sin(2.7*z+0.73914)", 0},
	} {
		tab := makeLaw(c.law, "a", 1., 3., "z", 0., 4.).draw(t, 400, c.noise, 3)
		s := newState(split(tab, Options{Seed: 1}), Options{Seed: 1})
		e, err := symbolic.Parse(c.start, symbolic.ParseOptions{Vars: tab.Names})
		if err != nil {
			t.Fatal(err)
		}
		m := s.assess(t.Context(), e)
		if m == nil {
			t.Fatalf("%s cannot be assessed", c.start)
		}
		if got := s.polish(t.Context(), m); got.expr.String() != c.want {
			t.Errorf("%s in noise of %g: %s, want %s", c.law, c.noise, got.expr, c.want)
		}
	}
}
