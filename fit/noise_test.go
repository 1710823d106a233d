package fit

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/symbolic"
)

// Laws of several kinds are found in noise of 5 to 10 percent of the spread, and hold
// on rows that were never drawn. The time given is never needed.
func TestLawsInNoise(t *testing.T) {
	for _, c := range []struct {
		law
		noise float64
		rows  int
		seed  uint64
	}{
		{makeLaw("(u+v)/(1+u*v/4)", "u", 0.2, 3., "v", 0.2, 3.), 0.1, 3000, 5},
		{makeLaw("sqrt(x^2+y^2)", "x", -2., 2., "y", -2., 2.), 0.1, 3000, 1},
		{makeLaw("r*f*sin(g)", "r", 1., 5., "f", 1., 5., "g", 0., 5.), 0.1, 3000, 3},
		{makeLaw("x*y/(x+y)", "x", 1., 5., "y", 1., 5.), 0.05, 3000, 1},
		{makeLaw("(1-e^2)/(1+e*cos(g))", "e", 0., 0.8, "g", 0., 6.), 0.02, 3000, 2},
		{makeLaw("(m1*r1+m2*r2)/(m1+m2)", "m1", 1., 5., "r1", 1., 5., "m2", 1., 5., "r2", 1., 5.), 0.1, 3000, 0},
	} {
		t.Run(c.formula, func(t *testing.T) {
			clean := c.draw(t, c.rows, 0, c.seed)
			sigma := c.noise * spread(clean.Cols[clean.Target], nil)
			r, err := Run(t.Context(), c.draw(t, c.rows, sigma, c.seed), Options{Time: time.Hour, Seed: 1, NoNetwork: true})
			if err != nil {
				t.Fatal(err)
			}
			if r.Interrupted {
				t.Errorf("the search went on although %s leaves nothing but noise", r.Best)
			}
			fresh := c.draw(t, 500, 0, 1000+c.seed)
			got := make([]float64, fresh.Rows())
			evaluate(t, r.Best.Expr, fresh.Names, fresh.Cols, got)
			// A constant of the law is known to sigma/sqrt(n) or so, a fiftieth
			// of sigma; a wrong formula is off by a tenth of sigma where rows
			// do not tell it from the law.
			if off := offBy(got, fresh.Cols[fresh.Target]); off > 0.05*sigma {
				t.Errorf("%s is off by %.2g of the noise", r.Best, off/sigma)
			}
			truth, err := symbolic.Parse(c.formula, symbolic.ParseOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if most := truth.Complexity() + 2; r.Best.Complexity > most {
				t.Errorf("%s has %d nodes, %s %d", r.Best, r.Best.Complexity, c.formula, most-2)
			}
			// 2250 rows tell the noise to 1.5 percent.
			if math.Abs(r.Noise.Estimate/sigma-1) > 0.06 {
				t.Errorf("noise estimated as %.3g, is %.3g", r.Noise.Estimate, sigma)
			}
		})
	}
}

// What noise makes of a search is the same for any number of threads, with weights
// too.
func TestThreadsInNoise(t *testing.T) {
	tab := makeLaw("x*y/(x+y)", "x", 1., 5., "y", 1., 5.).draw(t, 1200, 0.03, 5)
	for i := range tab.Rows() {
		tab.Weights = append(tab.Weights, 20+float64(i%3))
	}
	var texts []string
	for _, threads := range []int{1, 3} {
		r, err := Run(t.Context(), tab, Options{Time: time.Hour, Seed: 3, Threads: threads, NoNetwork: true})
		if err != nil {
			t.Fatal(err)
		}
		r.Seconds = 0
		text, err := json.MarshalIndent(r, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	if d := cmp.Diff(texts[0], texts[1]); d != "" {
		t.Errorf("three threads differ from one:\n%s", d)
	}
}

// The error of a network without noise is what it leaves of the target; with noise it
// is less than that, and near what it is from the law.
func TestModelError(t *testing.T) {
	l := makeLaw("exp(x)*sin(y)", "x", 0., 1., "y", 0., 3.)
	for _, noise := range []float64{0, 0.05, 0.2} {
		s, truth, _ := noisyState(t, l, 2500, noise, 1)
		m := s.model(t.Context())
		if m == nil {
			t.Fatal("no network")
		}
		off := offBy(m.at(nil), truth[:len(m.cols[0])]) / m.scale
		if m.error > m.left || m.error < off/3 || m.error > 3*off {
			t.Errorf("noise %g: error %.3g by estimate, %.3g in truth, %.3g left", noise, m.error, off, m.left)
		}
		if noise > 0 && m.error > 0.5*m.left {
			t.Errorf("noise %g: error %.3g of %.3g left", noise, m.error, m.left)
		}
	}
}

// Few noisy rows make the gradients of a network wiggle, and steadying it makes them
// better; the network that was there is left alone.
func TestSteady(t *testing.T) {
	l := makeLaw("x^2*y", "x", 0., 2., "y", 0., 2.)
	sumBefore, sumAfter := 0.0, 0.0
	for seed := range uint64(4) {
		s, _, _ := noisyState(t, l, 300, 0.1, seed)
		d := s.data.search
		off := func(v *view) float64 {
			_, got, _ := v.gradients(d)
			want := newColumns(2, len(d.Y))
			for r := range d.Y {
				x, y := d.Cols[0][r], d.Cols[1][r]
				want[0][r], want[1][r] = 2*x*y, x*x
			}
			return math.Hypot(offBy(got[0], want[0]), offBy(got[1], want[1]))
		}
		v := &view{logX: []bool{false, false}}
		net, report, err := kan.Train(t.Context(), []int{2, 6, 1}, v.data(d), kan.TrainOptions{Grid: []int{3, 8}, MaxIter: 40, Starts: 2, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		v.net, v.relative = net, report.HeldRelative
		before := off(v)
		s.steady(t.Context(), v)
		sumBefore += before
		sumAfter += off(v)
		if v.net = net; off(v) != before {
			t.Errorf("seed %d: the network was changed", seed)
		}
	}
	t.Logf("gradients off by %.3g, steadied %.3g", sumBefore/4, sumAfter/4)
	if sumAfter > 0.8*sumBefore {
		t.Errorf("gradients are off by %.3g, and by %.3g before", sumAfter/4, sumBefore/4)
	}
}

// settledBy says whether formulas end the search of a law's noisy rows, early and late.
func settledBy(t *testing.T, s *state, formula string) (early, late bool) {
	t.Helper()
	e, err := symbolic.Parse(formula, symbolic.ParseOptions{Params: true, Vars: s.data.train.Names})
	if err != nil {
		t.Fatal(err)
	}
	c := s.assess(t.Context(), e)
	if c == nil {
		t.Fatalf("%s cannot be assessed", formula)
	}
	s.front = newFront()
	s.judged = nil
	s.front.add(c)
	early = s.settled(t.Context(), false)
	s.judged = nil
	return early, s.settled(t.Context(), true)
}

// A formula that leaves nothing but noise ends the search, early if hardly a constant
// of it was adapted, late with two; one that leaves more does not.
func TestSettledLevels(t *testing.T) {
	for _, c := range []struct {
		law         law
		noise       float64
		rows        int
		formula     string
		early, late bool
	}{
		{makeLaw("x*y", "x", 1., 3., "y", 1., 3.), 0.1, 2000, "x*y", true, true},
		{makeLaw("x*y", "x", 1., 3., "y", 1., 3.), 0.1, 2000, "x+y", false, false},
		{makeLaw("2.3718*x*y", "x", 1., 3., "y", 1., 3.), 0.1, 2000, "a0*x*y", true, true},
		{makeLaw("2.3718*exp(-0.8137*x)", "x", 0., 4.), 0.02, 2000, "a0*exp(a1*x)", false, true},
		{makeLaw("2.3718*exp(-0.8137*x)", "x", 0., 4.), 0.02, 2000, "a0+a1*x", false, false},
		// No constants, and more nodes than constants would be allowed to have.
		{makeLaw("(u+v)/(1+u*v)", "u", 0.2, 3., "v", 0.2, 3.), 0.05, 2000, "(u+v)/(1+u*v)", true, true},
		// A power law with nothing but a factor, whose exponents turn out to be whole.
		{makeLaw("0.0796*a*b/(c*d^2)", "a", 1., 3., "b", 1., 3., "c", 1., 3., "d", 1., 3.), 0.05, 3000, "a0*a^a1*b^a2*c^a3*d^a4", true, true},
		{makeLaw("0.0796*a*b*(c+d)", "a", 1., 3., "b", 1., 3., "c", 1., 3., "d", 1., 3.), 0.02, 3000, "a0*a^a1*b^a2*c^a3*d^a4", false, false},
		// More constants than any noise is believed to confirm.
		{makeLaw("1.7*exp(-0.31*t)*cos(2.3*t)", "t", 0., 8.), 0.05, 2000, "a0*exp(a1*t)*cos(a2*t)", false, false},
		// Networks of few rows miss what is there.
		{makeLaw("x*y", "x", 1., 3., "y", 1., 3.), 0.1, 300, "x*y", false, false},
		// Without noise nothing but an exact formula will do.
		{makeLaw("sin(x)", "x", 0., 1.), 0, 2000, "x", false, false},
	} {
		s, _, _ := noisyState(t, c.law, c.rows, c.noise, 0)
		early, late := settledBy(t, s, c.formula)
		if early != c.early || late != c.late {
			t.Errorf("%s for %s with noise %g on %d rows: settled early %v, late %v; want %v and %v", c.formula, c.law.formula, c.noise, c.rows, early, late, c.early, c.late)
		}
	}
	s, _, _ := noisyState(t, makeLaw("x*y", "x", 1., 3., "y", 1., 3.), 1000, 0.1, 1)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if s.settled(cancelled, true) || s.settled(t.Context(), true) {
		t.Error("settled without a formula")
	}
}

// A reduced problem of one input is looked at either way round.
func TestUnivariateEitherWay(t *testing.T) {
	for _, columns := range []string{"a/b", "b/a"} {
		s, _, _ := noisyState(t, makeLaw("exp(-2*b/a)", "a", 1., 3., "b", 1., 3.), 1000, 0, 1)
		z, err := symbolic.Parse(columns, symbolic.ParseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		c := s.child([]*symbolic.Expr{z}, nil, "")
		c.univariate(t.Context())
		if best := s.front.exact(); best == nil || best.complexity > 8 {
			t.Errorf("as a function of %s: found %v", columns, s.front.best().expr)
		}
		if slices.ContainsFunc(s.front.list, func(c *scored) bool { return !finite(c.trainMSE) }) {
			t.Errorf("as a function of %s: an error that is no number", columns)
		}
	}
}
