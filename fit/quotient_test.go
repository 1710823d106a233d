package fit

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/kansym/kansym/symbolic"
)

// Coefficients and variances are those of a QR decomposition, whatever the sizes
// of the columns.
func TestLeastSquares(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.IntRange(1, 7).Draw(t, "columns")
		n := m + rapid.IntRange(0, 40).Draw(t, "more rows")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		columns := newColumns(m, n)
		x := mat.NewDense(n, m, nil)
		size := make([]float64, m)
		for j, c := range columns {
			size[j] = math.Pow(10, float64(rapid.IntRange(-8, 8).Draw(t, "size")))
			for i := range c {
				c[i] = size[j] * rng.NormFloat64()
				x.Set(i, j, c[i]/size[j])
			}
		}
		target := make([]float64, n)
		top := 0.0
		for i := range target {
			target[i] = rng.NormFloat64()
			top = max(top, math.Abs(target[i]))
		}
		var qr mat.QR
		qr.Factorize(x)
		cond := qr.Cond()
		if cond > 1e5 {
			t.Skip("rows that leave the coefficients undetermined")
		}
		var want mat.VecDense
		if err := qr.SolveVecTo(&want, false, mat.NewVecDense(n, target)); err != nil {
			t.Skip(err)
		}
		var gram, inverse mat.Dense
		gram.Mul(x.T(), x)
		if err := inverse.Inverse(&gram); err != nil {
			t.Skip(err)
		}
		coef, variances := leastSquares(columns, target, 0)
		if coef == nil {
			t.Fatal("no solution")
		}
		// The normal equations square the condition.
		tol := 1e-13 * float64(n) * cond * cond
		scale := mat.Norm(&want, math.Inf(1)) + top
		for j := range coef {
			if d := math.Abs(coef[j]*size[j] - want.AtVec(j)); d > tol*scale {
				t.Errorf("coefficient %d is %g off, %g is near enough", j, d, tol*scale)
			}
			if v := inverse.At(j, j); math.Abs(variances[j]*size[j]*size[j]-v) > tol*v {
				t.Errorf("variance %d is %g, want %g", j, variances[j]*size[j]*size[j], v)
			}
		}
	})
}

func TestLeastSquaresEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		name    string
		columns [][]float64
		target  []float64
		damping float64
		want    []float64 // nil for none
	}{
		{"a line", [][]float64{{1, 1, 1}, {0, 1, 2}}, []float64{1, 3, 5}, 0, []float64{1, 2}},
		{"a column of zeros", [][]float64{{1, 1, 1}, {0, 0, 0}}, []float64{1, 3, 5}, 1e-9, nil},
		{"an infinite column", [][]float64{{1, inf, 1}}, []float64{1, 3, 5}, 1e-9, nil},
		{"a column without numbers", [][]float64{{1, nan, 1}}, []float64{1, 3, 5}, 1e-9, nil},
		{"an infinite target", [][]float64{{1, 1, 1}}, []float64{1, inf, 5}, 1e-9, nil},
		{"squares beyond all numbers", [][]float64{{1e200, 1e200, 1e200}}, []float64{1, 3, 5}, 1e-9, nil},
		// Damping shares out what equal columns explain.
		{"equal columns", [][]float64{{1, 2, 3}, {1, 2, 3}}, []float64{2, 4, 6}, 1e-9, []float64{1, 1}},
		{"fewer rows than columns", [][]float64{{1}, {2}}, []float64{4}, 1e-9, []float64{2, 1}},
		{"strong damping", [][]float64{{1, 1, 1}}, []float64{4, 4, 4}, 1, []float64{2}},
	} {
		coef, variances := leastSquares(c.columns, c.target, c.damping)
		if (coef == nil) != (c.want == nil) || (variances == nil) != (c.want == nil) {
			t.Errorf("%s: coefficients %v, want %v", c.name, coef, c.want)
			continue
		}
		for j, want := range c.want {
			// The damping times the condition, which it bounds.
			if math.Abs(coef[j]-want) > 1e-6 || !(variances[j] > 0) {
				t.Errorf("%s: coefficients %v with variances %v, want %v", c.name, coef, variances, c.want)
				break
			}
		}
	}
}

// quotientCase is a planted quotient of few features and rows that follow it.
type quotientCase struct {
	features []feature
	columns  [][]float64
	truth    *quotient // its values are without noise
	y        []float64 // with noise
	smooth   []float64 // as a network would see it
	sigma    float64   // of the noise
}

// plantQuotient draws inputs between 1 and 5, and a quotient of combinations of two
// or three features with a denominator without zeros.
func plantQuotient(seed uint64, rows int, noise float64) quotientCase {
	rng := rand.New(rand.NewPCG(seed, 7))
	d := symbolic.Data{Y: make([]float64, rows)}
	d.Names = []string{"a", "b", "c", "d"}[:2+rng.IntN(3)]
	for range d.Names {
		c := make([]float64, rows)
		for i := range c {
			c[i] = 1 + 4*rng.Float64()
		}
		d.Cols = append(d.Cols, c)
	}
	var c quotientCase
	c.features = monomials(d, []exponents{
		{"linear", intPowers(1), 1, 1},
		{"bilinear", intPowers(1), 2, 2},
		{"quadratic", intPowers(1, 2), 2, 2},
	}[rng.IntN(3)], mostQuotientFeatures)
	c.columns = dictionary{features: c.features}.columns()
	some := func(k int) []int {
		p := rng.Perm(len(c.columns))[:min(k, len(c.columns))]
		slices.Sort(p)
		return p
	}
	c.truth = &quotient{above: some(1 + rng.IntN(3)), below: some(2 + rng.IntN(2))}
	for range c.truth.above {
		c.truth.coefP = append(c.truth.coefP, math.Copysign(0.5+2*rng.Float64(), rng.Float64()-0.3))
	}
	for range c.truth.below {
		c.truth.coefQ = append(c.truth.coefQ, 0.5+2*rng.Float64())
	}
	c.truth.evaluate(c.columns, make([]float64, rows), nil)
	c.sigma = noise * spread(c.truth.values, nil)
	for i, v := range c.truth.values {
		c.y = append(c.y, v+c.sigma*rng.NormFloat64())
		c.smooth = append(c.smooth, v+0.3*c.sigma*math.Sin(3*d.Cols[0][i]+d.Cols[1][i]))
	}
	return c
}

// standardised returns the coefficients of q and their standard errors by features,
// above and below.
func (q *quotient) standardised(m int) (coef, errs []float64) {
	coef, errs = make([]float64, 2*m), make([]float64, 2*m)
	for k, j := range q.above {
		coef[j], errs[j] = q.coefP[k], q.errorP[k]
	}
	for k, j := range q.below {
		coef[m+j] = q.coefQ[k]
		if k > 0 {
			errs[m+j] = q.errorQ[k-1]
		}
	}
	return coef, errs
}

// Planted quotients come out of rows with a tenth of noise.
func TestQuotientsInNoise(t *testing.T) {
	const cases, rows, noise = 120, 720, 0.1
	found, inside, coefficients := 0, 0, 0
	for seed := range uint64(cases) {
		c := plantQuotient(seed, rows, noise)
		start := startQuotient(t.Context(), c.columns, c.smooth)
		if start == nil {
			t.Errorf("seed %d: no start", seed)
			continue
		}
		list := start.shorten(t.Context(), c.columns, c.y, nil)
		if len(list) == 0 {
			t.Errorf("seed %d: no quotient", seed)
			continue
		}
		// However it is written, the function is known to about
		// sigma*sqrt(p/n), 0.12 sigma for 10 coefficients; a choice of terms by
		// the data at most doubles it.
		off := 0.0
		for i, v := range list[0].values {
			off += (v - c.truth.values[i]) * (v - c.truth.values[i])
		}
		if off = math.Sqrt(off / rows); !(off < 0.3*c.sigma) {
			t.Errorf("seed %d: values are off by %.2g of the noise", seed, off/c.sigma)
		}
		for _, q := range list {
			below := slices.Sorted(slices.Values(q.below))
			if !slices.Equal(q.above, c.truth.above) || !slices.Equal(below, c.truth.below) {
				continue
			}
			found++
			m := len(c.columns)
			got, errs := q.standardised(m)
			want := make([]float64, 2*m)
			one := c.truth.coefQ[slices.Index(c.truth.below, q.below[0])]
			for k, j := range c.truth.above {
				want[j] = c.truth.coefP[k] / one
			}
			for k, j := range c.truth.below {
				want[m+j] = c.truth.coefQ[k] / one
			}
			for j, e := range errs {
				if e == 0 {
					if math.Abs(got[j]-want[j]) > 1e-12 {
						t.Errorf("seed %d: coefficient %d is %g, want %g", seed, j, got[j], want[j])
					}
					continue
				}
				off := math.Abs(got[j]-want[j]) / e
				coefficients++
				if off < 1.96 {
					inside++
				}
				// Of some 300 normal deviates one is beyond 5 in 6000 trials.
				if off > 5 {
					t.Errorf("seed %d: coefficient %d is %g with standard error %g, want %g", seed, j, got[j], e, want[j])
				}
			}
			break
		}
	}
	t.Logf("found %d of %d; of %d coefficients %d within 1.96 standard errors", found, cases, coefficients, inside)
	// Some planted terms are below the noise, and some quotients are near another
	// of fewer terms.
	if found < 2*cases/3 {
		t.Errorf("found %d of %d", found, cases)
	}
	// Coefficients of one quotient go together: a few times the binomial spread
	// of about 1.3 percent.
	if share := float64(inside) / float64(coefficients); share < 0.9 || share > 0.99 {
		t.Errorf("%.3g of coefficients are within 1.96 standard errors", share)
	}
}

// The term below that has the coefficient one is left out if it is not needed, and
// weights of any size change nothing.
func TestQuotientOfAnotherFirstTerm(t *testing.T) {
	const rows = 500
	rng := rand.New(rand.NewPCG(3, 1))
	columns := newColumns(3, rows) // 1, x and y
	y, w := make([]float64, rows), make([]float64, rows)
	for i := range rows {
		columns[0][i], columns[1][i], columns[2][i] = 1, 1+rng.Float64(), 1+rng.Float64()
		y[i] = columns[1][i]/(columns[1][i]+columns[2][i]) + 0.01*rng.NormFloat64()
		w[i] = 1e-7
	}
	for _, w := range [][]float64{nil, w} {
		start := &quotient{
			above: []int{0, 1, 2}, coefP: []float64{0.1, 1e6, -0.1},
			below: []int{0, 1, 2}, coefQ: []float64{1, 1e6, 1.1e6},
		}
		list := start.shorten(t.Context(), columns, y, w)
		if len(list) == 0 {
			t.Fatal("no quotient")
		}
		if below := slices.Sorted(slices.Values(list[0].below)); !slices.Equal(list[0].above, []int{1}) || !slices.Equal(below, []int{1, 2}) {
			t.Errorf("features %v over %v, want 1 over 1 and 2", list[0].above, list[0].below)
		}
	}
}

// Of features that depend on each other, which no rows tell apart, as many are left
// out as are needless, whether they are above or below.
func TestQuotientOfDependentFeatures(t *testing.T) {
	const rows, sigma = 500, 0.01
	rng := rand.New(rand.NewPCG(5, 1))
	columns := newColumns(4, rows) // 1, x, y and x+2*y
	y := make([]float64, rows)
	for i := range rows {
		x, z := 1+rng.Float64(), 1+rng.Float64()
		columns[0][i], columns[1][i], columns[2][i], columns[3][i] = 1, x, z, x+2*z
		y[i] = (1+x)/(2+z) + sigma*rng.NormFloat64()
	}
	all := func() *quotient {
		return &quotient{
			above: []int{0, 1, 2, 3}, coefP: []float64{1, 1, 1, 1},
			below: []int{0, 1, 2, 3}, coefQ: []float64{1, 1, 1, 1},
		}
	}
	q := all()
	if !newQuotientFit(columns, y, nil).fit(t.Context(), q, 30) {
		t.Fatal("not fitted")
	}
	infinite := func(v []float64) (n int) {
		for _, e := range v {
			if math.IsInf(e, 1) {
				n++
			}
		}
		return n
	}
	if p, b := infinite(q.errorP), infinite(q.errorQ); q.covariance != nil || p != 1 || b != 1 {
		t.Errorf("%d coefficients above and %d below are not determined, want 1 and 1", p, b)
	}
	list := all().shorten(t.Context(), columns, y, nil)
	if len(list) == 0 {
		t.Fatal("no quotient")
	}
	if got := list[0]; len(got.above) > 2 || len(got.below) > 2 || infinite(got.errorP)+infinite(got.errorQ) > 0 {
		t.Errorf("features %v over %v with errors %v and %v, want two over two", got.above, got.below, got.errorP, got.errorQ)
	}
	// The error of 500 rows is within a thirtieth of sigma in two cases of three.
	if rms := math.Sqrt(list[0].left / rows); math.Abs(rms-sigma) > 0.1*sigma {
		t.Errorf("the error is %.3g, want %g", rms, sigma)
	}
}

// Data that hold no quotient end the search for one without an answer or with finite
// numbers.
func TestQuotientEdges(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	ramp := []float64{1, 2, 3, 4, 5, 6, 7, 8}
	ones := []float64{1, 1, 1, 1, 1, 1, 1, 1}
	for _, c := range []struct {
		name    string
		ctx     context.Context
		columns [][]float64
		y, w    []float64
	}{
		{"cancelled", cancelled, [][]float64{ones, ramp}, ramp, nil},
		{"a target of zeros", t.Context(), [][]float64{ones, ramp}, make([]float64, 8), nil},
		{"a constant target", t.Context(), [][]float64{ones, ramp}, ones, nil},
		{"equal features", t.Context(), [][]float64{ones, ramp, ramp}, []float64{1, 1.5, 1.6, 1.8, 1.7, 1.9, 2.1, 1.9}, nil},
		{"a constant feature", t.Context(), [][]float64{ones, {3, 3, 3, 3, 3, 3, 3, 3}}, ramp, nil},
		{"an exact quotient", t.Context(), [][]float64{ones, ramp}, []float64{1. / 2, 2. / 3, 3. / 4, 4. / 5, 5. / 6, 6. / 7, 7. / 8, 8. / 9}, nil},
		{"weights of zero", t.Context(), [][]float64{ones, ramp}, ramp, make([]float64, 8)},
		{"one feature", t.Context(), [][]float64{ramp}, ones, nil},
		{"no rows", t.Context(), [][]float64{{}, {}}, nil, nil},
	} {
		start := startQuotient(c.ctx, c.columns, c.y)
		if start == nil {
			continue
		}
		for _, q := range start.shorten(c.ctx, c.columns, c.y, c.w) {
			for _, v := range slices.Concat(q.coefP, q.coefQ, q.values) {
				if !finite(v) {
					t.Errorf("%s: %v over %v", c.name, q.coefP, q.coefQ)
					break
				}
			}
		}
	}
	if q := startQuotient(cancelled, [][]float64{ones, ramp}, ramp); q != nil {
		t.Errorf("%v over %v although cancelled", q.coefP, q.coefQ)
	}
}

// A quotient is written over its features, the first of the denominator without a
// coefficient.
func TestQuotientExpr(t *testing.T) {
	fs := []feature{{expr: symbolic.Int(1)}, {expr: symbolic.Var("x")}, {expr: symbolic.Var("y")}}
	q := &quotient{above: []int{0, 2}, coefP: []float64{2.5, -1.5}, below: []int{1, 0}, coefQ: []float64{1, 0.25}}
	e := symbolic.Simplify(q.expr(fs), symbolic.SimplifyOptions{})
	want, err := symbolic.Parse("(2.5-1.5*y)/(x+0.25)", symbolic.ParseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, expected := make([]float64, 3), make([]float64, 3)
	cols := [][]float64{{1, 2, 3}, {0.5, -1, 4}}
	evaluate(t, e, []string{"x", "y"}, cols, got)
	evaluate(t, want, []string{"x", "y"}, cols, expected)
	for i := range got {
		if math.Abs(got[i]-expected[i]) > 1e-14 {
			t.Errorf("%s is %v at row %d, want %v", e, got[i], i, expected[i])
		}
	}
}
