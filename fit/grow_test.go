package fit

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

func growthOn(t *testing.T, l law, rows int, noise float64) (*state, *grownTree) {
	t.Helper()
	opt := Options{Time: time.Minute, Seed: 1, Threads: 2}
	s := newState(split(l.draw(t, rows, noise, 1), opt), opt)
	s.views(context.Background(), viewWidths[0])
	if s.grown(context.Background()) == nil {
		t.Fatalf("%s: nothing was grown", l.formula)
	}
	return s, s.tree
}

// A step is a special case of the tree before it: the same function, but for what
// a coarse spline of a logarithm or exponential leaves out.
func TestShootsAreNested(t *testing.T) {
	l := makeLaw("a*b/(c^2+d)", "a", 1., 3., "b", 1., 3., "c", 1., 3., "d", 1., 3.)
	s, _ := growthOn(t, l, 800, 0)
	d := head(s.data.search, 300)
	for _, relative := range []string{"sum", "product"} {
		g, seed := seedOf(t, s, relative == "product")
		g.data.Cols, g.data.Y = d.Cols, d.Y
		before := make([]float64, len(d.Y))
		seed.net.Predict(before, d.Cols)
		shoots := g.shoots(seed.root)
		if len(shoots) < 6 {
			t.Fatalf("%s: only %d ways to go on", relative, len(shoots))
		}
		for _, root := range shoots {
			net, places := g.network(root)
			if net == nil {
				t.Fatalf("%s: no network", root.describe(d.Names))
			}
			after := make([]float64, len(d.Y))
			net.Predict(after, d.Cols)
			worst := 0.0
			for i := range after {
				worst = math.Max(worst, math.Abs(after[i]-before[i]))
			}
			if limit := 0.05 * spread(before, nil); !(worst <= limit) {
				t.Errorf("%s: differs by %.2g, %.2g allowed", root.describe(d.Names), worst, limit)
			}
			for b, id := range places {
				if e, err := net.EdgeAt(id); err != nil || !e.Active() {
					t.Errorf("%s: no edge for %s", root.describe(d.Names), b.describe(d.Names))
				}
			}
		}
	}
}

func seedOf(t *testing.T, s *state, product bool) (*growth, *grownTree) {
	t.Helper()
	d := head(s.data.search, growthRows)
	g := newGrowth(s, d)
	seed := g.seed(context.Background(), product)
	if seed == nil {
		t.Fatal("no flat network")
	}
	g.template = seed.net
	return g, seed
}

// The topology of a law comes out at a noise of a tenth: mom/(k*T)*(H+K), where K
// is a function of the four other inputs.
func TestGrowTopology(t *testing.T) {
	l := makeLaw("m*h/(k*t)+m*a*z/(e*c^2*k*t)", "m", 1., 3., "h", 1., 3., "k", 1., 3., "t", 1., 3., "a", 1., 3., "z", 1., 3., "e", 1., 3., "c", 1., 3.)
	_, tree := growthOn(t, l, 10000, 0.1)
	names := slices.Clone(l.inputs)
	slices.Sort(names)
	var groups []string
	for _, p := range tree.root.parts {
		var inputs []string
		p.leaves(func(i int) { inputs = append(inputs, l.inputs[i]) })
		slices.Sort(inputs)
		groups = append(groups, strings.Join(inputs, ""))
	}
	slices.Sort(groups)
	if got := strings.Join(groups, " "); got != "acehz k m t" {
		t.Errorf("the groups are %s: %s", got, tree.root.describe(l.inputs))
	}
}

// Trees fit where dense networks of the same data are poor.
func TestGrownBeatsDense(t *testing.T) {
	for _, l := range []law{
		makeLaw("sqrt(a*b+c*d)*sin(e)", "a", 1., 3., "b", 1., 3., "c", 1., 3., "d", 1., 3., "e", 0., 3.),
		makeLaw("a/(1+exp(-(b-c)/d))", "a", 1., 3., "b", 1., 5., "c", 1., 5., "d", 0.5, 2.),
	} {
		s, tree := growthOn(t, l, 3000, 0)
		dense := s.views(context.Background(), viewWidths[len(viewWidths)-1])[0].relative
		if tree.relative > 0.5*dense {
			t.Errorf("%s: grown %s leaves %.2g, a dense network %.2g", l.formula, tree.root.describe(l.inputs), tree.relative, dense)
		}
	}
}

func TestGrowStops(t *testing.T) {
	l := makeLaw("a*b/(c^2+d)", "a", 1., 3., "b", 1., 3., "c", 1., 3., "d", 1., 3.)
	opt := Options{Time: time.Minute, Seed: 1, Threads: 2}
	s := newState(split(l.draw(t, 500, 0, 1), opt), opt)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if v := s.grown(ctx); v != nil && !finite(v.relative) {
		t.Errorf("a network with an error of %g", v.relative)
	}
}
