package fit

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"

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
		// Of an angle both borders are the same.
		{makeLaw("1+a+2*sqrt(a)*cos(b)", "a", 0.2, 5., "b", 0., 2*math.Pi), symbolic.KindAdd, [][]int{{0, 1}}},
		{makeLaw("1+a+2*sqrt(a)*cos(b)", "a", 0.2, 5., "b", 0., 2*math.Pi), symbolic.KindMul, [][]int{{0, 1}}},
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

func TestInteractions(t *testing.T) {
	for _, c := range []struct {
		law  law
		want []string // the inputs that are tied to the others by low rank, and the rank
	}{
		{makeLaw("x/y+sqrt(x+y)*exp(-z^2)", "x", 1., 4., "y", 1., 4., "z", 0., 2.), []string{"[0] 2", "[2] 1"}},
		{makeLaw("log(a+b)+a*b*exp(-c*d)", "a", 1., 4., "b", 1., 4., "c", 0., 2., "d", 0.3, 1.), []string{"[0] 2", "[1] 2", "[2] 2", "[3] 2", "[2 3] 1"}},
		// All that a sum does to its function of the others is to shift it.
		{makeLaw("exp(x*y)+sin(z)", "x", 0., 1., "y", 0., 1., "z", 0., 3.), nil},
		{makeLaw("x*sin(z)+y*cos(z)", "x", 0., 1., "y", 0., 1., "z", 0., 6.), []string{"[2] 2"}},
		{makeLaw("exp(-x/2)*cos(3*y)+0.3*x*y", "x", 0., 5., "y", 0., 4.), []string{"[0] 2", "[1] 2"}},
	} {
		_, m := modelOf(t, c.law, 2000)
		var groupings []grouping
		for _, op := range []symbolic.Kind{symbolic.KindAdd, symbolic.KindMul} {
			groups, left := m.groups(op)
			groupings = append(groupings, grouping{groups, left})
		}
		var got []string
		for _, in := range m.interactions(groupings) {
			if !in.affine {
				got = append(got, fmt.Sprint(in.inputs, in.rank))
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.law.formula, got, c.want)
		}
	}
}

// The shape of an interaction is its function but for a factor and a constant.
func TestShapePart(t *testing.T) {
	s, m := modelOf(t, makeLaw("x/y+sqrt(x+y)*exp(-z^2)", "x", 1., 4., "y", 1., 4., "z", 0., 2.), 2000)
	p := s.shapePart(m, m.first(interactionRows).lowRank([]int{2}), "")
	want := make([]float64, len(p.data.search.Y))
	for r, z := range p.data.search.Cols[0] {
		want[r] = math.Exp(-z * z)
	}
	if r := math.Abs(stat.Correlation(p.data.search.Y, want, nil)); r < 1-1e-5 {
		t.Errorf("correlation %v with the function", r)
	}
}

func TestWithoutAffine(t *testing.T) {
	for _, c := range []struct{ formula, want string }{
		{"2.5*exp(-x)+3", "exp(-x)"},
		{"x*y/2", "x*y"},
		{"3*x+2*sin(x)-1", "3*x+2*sin(x)"},
		{"cos(x)", "cos(x)"},
		{"-cos(x)", "cos(x)"},
	} {
		parse := func(f string) *symbolic.Expr {
			e, err := symbolic.Parse(f, symbolic.ParseOptions{Vars: []string{"x", "y"}})
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		if got := withoutAffine(parse(c.formula)); !got.Equal(parse(c.want)) {
			t.Errorf("%s: %s, want %s", c.formula, got, c.want)
		}
	}
}

// What parts are combined to is the law, exactly.
func TestDivisions(t *testing.T) {
	for _, l := range []law{
		makeLaw("a*exp(-b*r)-c/r^6", "a", 100., 500., "b", 1., 3., "r", 1., 4., "c", 1., 10.),
		makeLaw("(a^2+1.3)*exp(b/c)", "a", 1., 3., "b", 1., 3., "c", 1., 3.),
		makeLaw("(a+b)/(1+a*b)+a*sqrt(b)*cos(c)", "a", 1., 4., "b", 1., 4., "c", 0., 6.),
		makeLaw("a*sin(c)+b*exp(-c)", "a", 1., 3., "b", 1., 3., "c", 0., 4.),
		makeLaw("log(a+b)+a*b*exp(-c*d)", "a", 1., 4., "b", 1., 4., "c", 0., 2., "d", 0.3, 1.),
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
