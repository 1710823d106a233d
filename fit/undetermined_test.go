package fit

import (
	"testing"
	"time"

	"github.com/kansym/kansym/symbolic"
)

// Steep curves that stand for a step or a kink between two rows are not exact, laws
// with free constants are, and so are those with a constant too many.
func TestUndetermined(t *testing.T) {
	relu := func(x float64) float64 { return max(0, x-2) }
	step := func(x float64) float64 { return max(0, relu(x)/(x-2)) }
	smooth := func(x float64) float64 { return 1.3717 / (1.1931 + x) }
	for _, c := range []struct {
		formula string
		level   func(x float64) float64
		want    bool
	}{
		{"(2-x)/(exp(100000-50000*x)-1)", relu, true},
		{"1/(exp(100000.5*(2-x))+1)", step, true},
		{"1.3717/(1.1931+x)", smooth, false},
		{"2.7434/(2.3862+2.0001*x)", smooth, false},
	} {
		tab := levels(t, 300, c.level)
		s := newState(split(tab, Options{Seed: 1}), Options{Seed: 1})
		e, err := symbolic.Parse(c.formula, symbolic.ParseOptions{Vars: tab.Names})
		if err != nil {
			t.Fatal(err)
		}
		e = e.Map(func(n *symbolic.Expr) *symbolic.Expr {
			if n.IsConst() && !n.IsInt(2) && !n.IsInt(1) {
				return symbolic.Free(n.Const())
			}
			return n
		})
		f, err := symbolic.Refit(t.Context(), e, s.data.train, symbolic.RefitOptions{})
		if err != nil {
			t.Fatal(err)
		}
		m := s.measureAny(f)
		if !m.exact {
			t.Fatalf("%s, made %s, leaves %g", c.formula, f.Expr, f.RMSE)
		}
		if got := s.undetermined(m.expr, s.data.train); got != c.want {
			t.Errorf("%s, made %s: undetermined is %v", c.formula, f.Expr, got)
		}
	}
}

// A kink and a step are found, the shortest way.
func TestKinks(t *testing.T) {
	for want, level := range map[string]func(x float64) float64{
		"(x+abs(x-2))/2-1": func(x float64) float64 { return max(0, x-2) },
		"x/2+abs(x-3.25)":  func(x float64) float64 { return max(1.5*x-3.25, 3.25-x/2) },
		"sign(x-2)/2+0.5": func(x float64) float64 {
			if x > 2 {
				return 1
			}
			return 0
		},
	} {
		r, err := Run(t.Context(), levels(t, 300, level), Options{Time: 20 * time.Second, Seed: 1, NoNetwork: true})
		if err != nil {
			t.Fatal(err)
		}
		if r.Best.Expression != want || !r.Best.Exact || r.Interrupted {
			t.Errorf("%s, want %s", r.Best, want)
		}
	}
}
