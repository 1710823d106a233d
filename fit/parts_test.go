package fit

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/kansym/kansym/symbolic"
)

func modelOf(t *testing.T, l law, rows int) (*state, *model) {
	t.Helper()
	s := newState(split(l.draw(t, rows, 0, 1), Options{Seed: 1}), Options{Seed: 1})
	m := s.model(context.Background())
	if m == nil || m.error > clearEnough {
		t.Fatalf("%s: no network fits", l.formula)
	}
	return s, m
}

func TestGroups(t *testing.T) {
	for _, c := range []struct {
		law  law
		op   symbolic.Kind
		want [][]int
	}{
		{makeLaw("sin(a*b)+exp(c)*d", "a", 0., 1., "b", 0., 1., "c", 0., 1., "d", 0., 1.), symbolic.KindAdd, [][]int{{0, 1}, {2, 3}}},
		{makeLaw("sin(a*b)+exp(c)*d", "a", 0., 1., "b", 0., 1., "c", 0., 1., "d", 0., 1.), symbolic.KindMul, [][]int{{0, 1, 2, 3}}},
		// The product changes its sign, and so do both factors.
		{makeLaw("(a-b)*sin(c+d)", "a", 1., 3., "b", 1., 3., "c", 1., 3., "d", 1., 3.), symbolic.KindMul, [][]int{{0, 1}, {2, 3}}},
		{makeLaw("(a-b)*sin(c+d)", "a", 1., 3., "b", 1., 3., "c", 1., 3., "d", 1., 3.), symbolic.KindAdd, [][]int{{0, 1, 2, 3}}},
	} {
		_, m := modelOf(t, c.law, 2000)
		if got, _ := m.groups(c.op); !slices.EqualFunc(got, c.want, slices.Equal) {
			t.Errorf("%s: groups %v, want %v", c.law.formula, got, c.want)
		}
	}
}

func TestAffine(t *testing.T) {
	_, m := modelOf(t, makeLaw("a*exp(-b*r)-c/r^2", "a", 1., 5., "b", 1., 2., "r", 1., 3., "c", 1., 3.), 2000)
	for j, want := range []bool{true, false, false, true} {
		if got := m.bend(j) <= m.limit(); got != want {
			t.Errorf("of first degree in input %d: %v, want %v", j, got, want)
		}
	}
}

// What parts are combined to is the law, exactly.
func TestDivisions(t *testing.T) {
	for _, l := range []law{
		makeLaw("a*exp(-b*r)-c/r^6", "a", 100., 500., "b", 1., 3., "r", 1., 4., "c", 1., 10.),
		makeLaw("(a^2+1.3)*exp(b/c)", "a", 1., 3., "b", 1., 3., "c", 1., 3.),
	} {
		s, m := modelOf(t, l, 800)
		found := false
		for _, div := range s.candidateDivisions(m) {
			if div.follow(context.Background()) {
				found = true
				break
			}
		}
		if !found {
			t.Errorf("%s: parts do not combine to it", l.formula)
		}
	}
}

// The part of a group is the function of the group but for a constant.
func TestGroupPart(t *testing.T) {
	l := makeLaw("sin(a*b)+exp(c)*d", "a", 0., 1., "b", 0., 1., "c", 0., 1., "d", 0., 1.)
	s, m := modelOf(t, l, 2000)
	got := m.group([]int{0, 1}, symbolic.KindAdd, nil)
	d := s.data.search
	shift := got[0] - math.Sin(d.Cols[0][0]*d.Cols[1][0])
	for r, v := range got {
		// Networks of such functions are good to 1e-3 or so.
		if want := math.Sin(d.Cols[0][r]*d.Cols[1][r]) + shift; math.Abs(v-want) > 0.02 {
			t.Fatalf("row %d: %g, want %g", r, v, want)
		}
	}
}
