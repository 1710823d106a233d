package fit

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

func TestMostlyOneSign(t *testing.T) {
	signs := func(text string) []float64 {
		y := make([]float64, len(text))
		for i, c := range text {
			y[i] = float64(strings.IndexRune("-0+", c)-1) * float64(i+1)
		}
		return y
	}
	for _, c := range []struct {
		name, y, want string
	}{
		{"none", "", ""},
		{"one sign", "+++++", "+++++"},
		{"zeros alone", "000", "000"},
		{"a few of the other sign", strings.Repeat("+", 19) + "-", strings.Repeat("+", 19)},
		{"a few positive ones", "-----+" + strings.Repeat("-", 14), strings.Repeat("-", 19)},
		{"a zero", "++++++++++++0", "++++++++++++"},
		{"just few enough", "+++++++++-", "+++++++++"},
		{"too many", "++++++++--", "++++++++--"},
		{"half of them", "+-+-", "+-+-"},
	} {
		y := signs(c.y)
		d := symbolic.Data{Names: []string{"x"}, Cols: [][]float64{slices.Clone(y)}, Y: y}
		got := mostlyOneSign(d)
		text := ""
		for _, v := range got.Y {
			text += string("-0+"[1+int(math.Copysign(1, v))*min(1, int(math.Abs(v)))])
		}
		if text != c.want || !slices.Equal(got.Cols[0], got.Y) || got.W != nil {
			t.Errorf("%s: %q of %q, want %q", c.name, text, c.y, c.want)
		}
	}
}

// Either all rows stay, or those of one sign, which are nearly all; inputs and
// weights keep to their rows, and the data given are left alone.
func TestMostlyOneSignKeepsRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := rapid.SliceOfN(rapid.Float64Range(-0.2, 2), 0, 60).Draw(t, "y")
		d := symbolic.Data{Names: []string{"x"}, Cols: [][]float64{mapped(y, math.Cbrt)}, Y: slices.Clone(y)}
		if rapid.Bool().Draw(t, "weights") {
			d.W = mapped(y, math.Abs)
		}
		got := mostlyOneSign(d)
		if !slices.Equal(d.Y, y) {
			t.Fatal("the data were changed")
		}
		if len(got.Y) < len(y) {
			if lo, hi := bounds(got.Y); lo <= 0 && hi >= 0 || 10*len(got.Y) < 9*len(y) {
				t.Errorf("%d rows of %d between %g and %g", len(got.Y), len(y), lo, hi)
			}
		}
		if (got.W == nil) != (d.W == nil) || len(got.Cols[0]) != len(got.Y) {
			t.Fatal("columns differ in length")
		}
		at := 0
		for i, v := range got.Y {
			for at < len(y) && y[at] != v {
				at++
			}
			if at++; at > len(y) {
				t.Fatal("rows out of order")
			}
			if got.Cols[0][i] != math.Cbrt(v) || got.W != nil && got.W[i] != math.Abs(v) {
				t.Errorf("row %d does not hold together", i)
			}
		}
	})
}

// waves are columns of unit size that are orthogonal to each other.
func waves(m, rows int) [][]float64 {
	out := newColumns(m, rows)
	for j := range out {
		for i := range rows {
			out[j][i] = math.Sqrt2 * math.Cos(math.Pi*float64(j+1)*(float64(i)+0.5)/float64(rows))
		}
	}
	return out
}

// The tolerance is a root mean square error of the target. What comes within twice
// the tolerance is given once, and then what comes within it.
func TestWithin(t *testing.T) {
	const rows = 60
	columns := append(waves(3, rows), make([]float64, rows)) // the last holds nothing
	target := make([]float64, rows)
	for i := range target {
		// Errors are 1.005 of the first, 0.1 of the first two and 0 of all.
		target[i] = 3*columns[0][i] + columns[1][i] + 0.1*columns[2][i]
	}
	flat, steep := make([]float64, rows), make([]float64, rows)
	for i := range flat {
		flat[i], steep[i] = 4, 1
	}
	for _, c := range []struct {
		name      string
		tolerance float64
		w         []float64
		want      [][]int
	}{
		{"far off is near enough", 1.01, nil, [][]int{{0}}},
		{"just not", 1.0, nil, [][]int{{0}, {0, 1}}},
		{"about", 0.51, nil, [][]int{{0}, {0, 1}}},
		{"not about", 0.49, nil, [][]int{{0, 1}}},
		{"about as good as two", 0.06, nil, [][]int{{0, 1}, {0, 1, 2}}},
		{"all", 0.04, nil, [][]int{{0, 1, 2}}},
		{"exact", 1e-9, nil, [][]int{{0, 1, 2}}},
		{"weights of one", 0.06, steep, [][]int{{0, 1}, {0, 1, 2}}},
		// Errors count twice.
		{"weights of four", 0.12, flat, [][]int{{0, 1}, {0, 1, 2}}},
	} {
		var got [][]int
		for _, sel := range within(t.Context(), columns, target, c.w, c.tolerance) {
			got = append(got, sel.features)
			for k, j := range sel.features {
				if want := []float64{3, 1, 0.1}[j]; math.Abs(sel.coef[k]-want) > 1e-12 {
					t.Errorf("%s: coefficient %g of feature %d, want %g", c.name, sel.coef[k], j, want)
				}
			}
		}
		if !slices.EqualFunc(got, c.want, slices.Equal) {
			t.Errorf("%s: features %v, want %v", c.name, got, c.want)
		}
	}
}

func TestWithinEdges(t *testing.T) {
	columns := waves(3, 30)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		name    string
		ctx     context.Context
		columns [][]float64
		target  []float64
	}{
		{"cancelled", cancelled, columns, columns[0]},
		{"no features", t.Context(), nil, columns[0]},
		{"a target of zeros", t.Context(), columns, make([]float64, 30)},
		{"a target beyond all numbers", t.Context(), columns, mapped(columns[0], func(x float64) float64 { return 1e200 * x })},
		{"features of zeros", t.Context(), newColumns(3, 30), columns[0]},
		{"nothing in common", t.Context(), columns[1:], columns[0]},
		{"two rows", t.Context(), [][]float64{{1, 2}}, []float64{3, 1}},
	} {
		for _, sel := range within(c.ctx, c.columns, c.target, nil, 0.1) {
			t.Errorf("%s: features %v", c.name, sel.features)
		}
	}
	// Features that depend on each other are no trouble.
	twice := append(columns, columns...)
	if got := within(t.Context(), twice, columns[1], nil, 0.01); len(got) == 0 || !slices.Equal(got[0].features, []int{1}) {
		t.Errorf("%v of a feature that is there twice", got)
	}
}

// Two features that only together explain the target are found going backward; going
// forward, features that are each somewhat like the target come first.
func TestBackward(t *testing.T) {
	const rows, alike = 400, 12
	rng := rand.New(rand.NewPCG(5, 1))
	columns := newColumns(2+alike, rows)
	target := make([]float64, rows)
	for i := range target {
		target[i] = rng.NormFloat64()
		columns[0][i] = 10 * rng.NormFloat64()
		columns[1][i] = columns[0][i] + target[i]
		for j := range alike {
			columns[2+j][i] = target[i] + rng.NormFloat64()
		}
	}
	fit := newSparseFit(columns, target, nil)
	fit.forward(8, nil)
	if slices.Contains(fit.chosen[:2], 0) || slices.Contains(fit.chosen[:2], 1) {
		t.Errorf("the case is too easy: %v", fit.chosen)
	}
	path := newSparseFit(columns, target, nil).backward()
	if len(path) != len(columns) {
		t.Fatalf("%d selections of %d features", len(path), len(columns))
	}
	for k, sel := range path {
		if len(sel.features) != len(columns)-k || !slices.IsSorted(sel.features) {
			t.Errorf("selection %d has features %v", k, sel.features)
		}
		// The ridge leaves the root of 1e-11 of coefficients of 10 for features of
		// unit size that cancel.
		if again := fit.solve(sel.features); math.Abs(again.relative-sel.relative) > 1e-4 {
			t.Errorf("features %v leave %g, not %g", sel.features, again.relative, sel.relative)
		}
		if k > 0 && sel.relative < path[k-1].relative-1e-4 {
			t.Errorf("%d features leave %g, one more %g", len(sel.features), sel.relative, path[k-1].relative)
		}
	}
	two := path[len(path)-2]
	if !slices.Equal(two.features, []int{0, 1}) || math.Abs(two.coef[0]+1) > 1e-4 || math.Abs(two.coef[1]-1) > 1e-4 {
		t.Errorf("features %v with coefficients %v", two.features, two.coef)
	}
	got := within(t.Context(), columns, target, nil, 0.01)
	if !slices.ContainsFunc(got, func(sel selection) bool { return slices.Equal(sel.features, []int{0, 1}) }) {
		t.Errorf("the two features are not within a percent: %v", got)
	}
}

// Planted combinations come out whatever the sizes of the features and the weights,
// with a little noise in the target.
func TestBackwardFindsPlanted(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 3))
		m := 2 + rng.IntN(15)
		rows := 8*m + rng.IntN(200)
		columns := newColumns(m, rows)
		support := rng.Perm(m)[:1+rng.IntN(min(m, 4))]
		slices.Sort(support)
		target, w := make([]float64, rows), make([]float64, rows)
		for i := range target {
			w[i] = 0.5 + rng.Float64()
			target[i] = 0.01 * rng.NormFloat64()
		}
		for j, c := range columns {
			// Some tenths of each are alike.
			size := math.Pow(10, float64(rng.IntN(13)-6))
			for i := range c {
				c[i] = size * (rng.NormFloat64() + 0.5*math.Sin(float64(i)))
			}
			if slices.Contains(support, j) {
				coef := math.Copysign(1+rng.Float64(), rng.Float64()-0.5) / size
				for i, x := range c {
					target[i] += coef * x
				}
			}
		}
		path := newSparseFit(columns, target, w).backward()
		if len(path) != m {
			t.Errorf("seed %d: %d selections of %d features", seed, len(path), m)
			continue
		}
		// A coefficient of one against noise of a hundredth is some hundred
		// standard errors from zero, that of any other feature a few.
		if got := path[m-len(support)]; !slices.Equal(got.features, support) {
			t.Errorf("seed %d: features %v, want %v", seed, got.features, support)
		}
	}
}

func TestBackwardEdges(t *testing.T) {
	if path := newSparseFit(waves(61, 400), waves(1, 400)[0], nil).backward(); path != nil {
		t.Errorf("%d selections of 61 features", len(path))
	}
	if path := newSparseFit(waves(3, 11), waves(1, 11)[0], nil).backward(); path != nil {
		t.Errorf("%d selections of 11 rows", len(path))
	}
	if path := newSparseFit(newColumns(3, 40), waves(1, 40)[0], nil).backward(); path != nil {
		t.Errorf("%d selections of zeros", len(path))
	}
	// Zeros are never chosen.
	columns := append(newColumns(1, 40), waves(2, 40)...)
	for _, sel := range newSparseFit(columns, columns[2], nil).backward() {
		if slices.Contains(sel.features, 0) {
			t.Errorf("features %v", sel.features)
		}
	}
}

// noisyState is the problem of a law with noise of a share of its spread, and the
// law's values on the rows that are searched.
func noisyState(t testing.TB, l law, rows int, noise float64, seed uint64) (s *state, truth []float64, sigma float64) {
	t.Helper()
	opt := Options{Seed: 1}
	clean := l.draw(t, rows, 0, seed)
	sigma = noise * spread(clean.Cols[clean.Target], nil)
	return newState(split(l.draw(t, rows, sigma, seed), opt), opt), split(clean, opt).search.Y, sigma
}

func offBy(a, b []float64) float64 {
	ms, _ := meanSquare(a, b, nil)
	return math.Sqrt(ms)
}

// With noise the values of a network are nearer to the law than the rows are, and
// their error is known about.
func TestSmooth(t *testing.T) {
	for _, l := range []law{
		makeLaw("x*y/(x+y)", "x", 1., 5., "y", 1., 5.),
		makeLaw("sqrt(x^2+y^2)", "x", -2., 2., "y", -2., 2.),
	} {
		s, truth, sigma := noisyState(t, l, 3000, 0.1, 1)
		d, tolerance, ok := s.smooth(t.Context())
		if !ok {
			t.Errorf("%s: noise is not seen through", l.formula)
			continue
		}
		off := offBy(d.Y, truth[:len(d.Y)])
		if off > 0.5*sigma {
			t.Errorf("%s: values are off by %.2g of the noise", l.formula, off/sigma)
		}
		// What two networks have in common is not in their difference.
		if tolerance < off/3 || tolerance > 3*off {
			t.Errorf("%s: values are off by %.3g, by estimate %.3g", l.formula, off, tolerance)
		}
		if m := s.model(t.Context()); math.Abs(m.left*m.scale/sigma-1) > 0.1 {
			t.Errorf("%s: the network leaves %.3g of noise of %.3g", l.formula, m.left*m.scale, sigma)
		}
	}
}

// Rows without noise, and those of one input, are better than any network.
func TestSmoothNotNeeded(t *testing.T) {
	for _, c := range []struct {
		law   law
		noise float64
	}{
		{makeLaw("x*y/(x+y)", "x", 1., 5., "y", 1., 5.), 0},
		{makeLaw("exp(x)", "x", 0., 2.), 0.1},
	} {
		s, _, _ := noisyState(t, c.law, 1500, c.noise, 1)
		if _, tolerance, ok := s.smooth(t.Context()); ok {
			t.Errorf("%s with noise of %g: a network is taken for within %g", c.law.formula, c.noise, tolerance)
		}
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	s, _, _ := noisyState(t, makeLaw("x*y", "x", 1., 5., "y", 1., 5.), 1500, 0.1, 1)
	if _, _, ok := s.smooth(cancelled); ok || len(s.trained) > 0 {
		t.Errorf("cancelled, but %v with %d widths", ok, len(s.trained))
	}
}

// The formulas for what a network makes of the rows do not depend on the size of
// weights.
func TestSmoothLawsOfWeights(t *testing.T) {
	l := makeLaw("0.7*x+0.4*y^2+0.25*x*y", "x", -2., 2., "y", -2., 2.)
	var found []string
	for _, weight := range []float64{1, 1e-6, 1e6} {
		s, truth, sigma := noisyState(t, l, 800, 0.1, 1)
		for _, d := range []*symbolic.Data{&s.data.train, &s.data.search, &s.data.held} {
			d.W = mapped(d.Y, func(float64) float64 { return weight })
		}
		d := s.data.search
		d.Y = truth
		s.smoothLaws(t.Context(), d, sigma/10)
		text := ""
		for _, c := range s.front.list {
			text += c.expr.FormatDigits(library.LangText, 4) + "\n"
		}
		found = append(found, text)
	}
	for _, text := range found[1:] {
		if text != found[0] {
			t.Errorf("found\n%swith other weights\n%s", found[0], text)
		}
	}
}
