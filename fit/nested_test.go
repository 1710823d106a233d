package fit

import (
	"context"
	"math"
	"testing"

	"github.com/kansym/kansym/symbolic"
)

// A reduction that is true predicts unseen rows as well as all inputs do, up to the
// noise, in the unit of the target whatever it is multiplied with; one that is false
// is told by that it does not.
func TestLosesWith(t *testing.T) {
	parse := func(text string) *symbolic.Expr {
		if text == "" {
			return nil
		}
		e, err := symbolic.Parse(text, symbolic.ParseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	s, _, sigma := noisyState(t, makeLaw("a*exp(-b*c/3)", "a", 1., 5., "b", 0.5, 2., "c", 0.5, 2.), 3000, 0.1, 1)
	for _, c := range []struct {
		columns []string
		factor  string
		loses   bool
	}{
		{[]string{"a", "b*c"}, "", false},
		{[]string{"b*c"}, "1/a", false},
		{[]string{"b", "c"}, "1/a", false},
		{[]string{"a", "b"}, "", true},
		{[]string{"a", "b/c"}, "", true},
		{[]string{"b*c"}, "a", true},
	} {
		var columns []*symbolic.Expr
		for _, text := range c.columns {
			columns = append(columns, parse(text))
		}
		child := s.child(columns, parse(c.factor), "")
		if got := s.losesWith(t.Context(), child); got != c.loses {
			t.Errorf("%v, factor %q: loses %v, unseen error %.3g after %.3g", c.columns, c.factor, got, child.unseen(t.Context(), false), s.unseen(t.Context(), false))
		}
		// The noise on some 1100 rows is known to 2 percent.
		if e := child.unseen(t.Context(), false); !c.loses && math.Abs(e/sigma-1) > 0.08 {
			t.Errorf("%v, factor %q: unseen error %.3g with noise of %.3g", c.columns, c.factor, e, sigma)
		}
	}
}

// An unseen error is computed once, unless the work was interrupted.
func TestUnseenRemembered(t *testing.T) {
	s, _, _ := noisyState(t, makeLaw("x*y", "x", 1., 5., "y", 1., 5.), 600, 0.1, 1)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if e := s.unseen(cancelled, false); !math.IsInf(e, 1) || s.unseenKnown != 0 {
		t.Errorf("cancelled: unseen error %g, remembered %g", e, s.unseenKnown)
	}
	if s.losesWith(cancelled, s.without([]int{1}, "")) {
		t.Error("cancelled, and a reduction is said to be refuted")
	}
	e := s.unseen(t.Context(), false)
	if !finite(e) || e != s.unseenError(t.Context(), false) {
		t.Errorf("unseen error %g, remembered %g", e, s.unseenKnown)
	}
	s.data.train.Y = nil // not looked at again
	if again := s.unseen(t.Context(), false); again != e {
		t.Errorf("unseen error %g after %g", again, e)
	}
}

// Unseen errors of data that nothing can be trained on are infinite, not a fault.
func TestUnseenEdges(t *testing.T) {
	for _, c := range []struct {
		name string
		d    symbolic.Data
	}{
		{"one row", symbolic.Data{Names: []string{"x"}, Cols: [][]float64{{1}}, Y: []float64{2}}},
		{"two rows", symbolic.Data{Names: []string{"x"}, Cols: [][]float64{{1, 2}}, Y: []float64{2, 3}}},
	} {
		s := newState(parts{train: c.d, search: c.d}, Options{Seed: 1})
		for _, logs := range []bool{false, true} {
			if e := s.unseenError(t.Context(), logs); math.IsNaN(e) || e < 0 {
				t.Errorf("%s: %g", c.name, e)
			}
		}
	}
	// A constant input and one that varies.
	d := symbolic.Data{Names: []string{"c", "x"}, Cols: newColumns(2, 200), Y: make([]float64, 200)}
	for i := range d.Y {
		d.Cols[0][i], d.Cols[1][i] = 3, float64(i*7%200)
		d.Y[i] = d.Cols[1][i]
	}
	s := newState(parts{train: d, search: d}, Options{Seed: 1})
	if e := s.unseenError(t.Context(), false); !(e < 1) {
		t.Errorf("unseen error %g of a straight line beside a constant input", e)
	}
}

func TestProblemLength(t *testing.T) {
	s, _, _ := noisyState(t, makeLaw("x*y", "x", 1., 5., "y", 1., 5.), 50, 0, 1)
	if n := s.length(); n != 1 {
		t.Errorf("%d nodes of a problem as it is, want the factor alone", n)
	}
	x, y := symbolic.Var("x"), symbolic.Var("y")
	plain := s.child([]*symbolic.Expr{symbolic.Mul(x, y)}, nil, "")
	if n := plain.length(); n != 1+3 {
		t.Errorf("%d nodes of x*y, want 3 and one for the factor", n)
	}
	// Lengths are of what the root's columns are, not of those of the parent.
	if n := plain.child([]*symbolic.Expr{symbolic.Mul(symbolic.Var(plain.data.search.Names[0]), symbolic.Int(2))}, nil, "").length(); n != 1+5 {
		t.Errorf("%d nodes of 2*(x*y), want 5 and one for the factor", n)
	}
}
