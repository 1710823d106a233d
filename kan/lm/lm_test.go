package lm

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// rosenbrock is the valley 10(b-a^2), 1-a with its minimum 0 at (1, 1).
func rosenbrock() Problem {
	value := func(dst, p []float64, lo, hi int) bool {
		all := [2]float64{10 * (p[1] - p[0]*p[0]), 1 - p[0]}
		copy(dst, all[lo:hi])
		return finite(dst)
	}
	return Problem{
		NumParams: 2, NumResiduals: 2, Residual: value,
		Jacobian: func(dst []float64, jac [][]float64, p []float64, lo, hi int) bool {
			all := [2][2]float64{{-20 * p[0], 10}, {-1, 0}}
			for i := lo; i < hi; i++ {
				jac[0][i-lo], jac[1][i-lo] = all[i][0], all[i][1]
			}
			return value(dst, p, lo, hi)
		},
	}
}

func TestRosenbrock(t *testing.T) {
	for _, start := range [][]float64{{-1.2, 1}, {1, 1}, {10, -10}, {0, 0}, {-12, 10}} {
		res := Solve(context.Background(), rosenbrock(), start, Options{})
		if res.Status != Converged || res.Norm > 1e-15 || math.Abs(res.Params[0]-1) > 1e-15 || math.Abs(res.Params[1]-1) > 1e-15 {
			t.Errorf("from %v: %v at %v, norm %g after %d steps", start, res.Status, res.Params, res.Norm, res.Iter)
		}
	}
}

// decay returns a*exp(-b x)+c over n points as a curve without noise, its
// arguments scaled by sx and its values by sy.
func decay(n int, a, b, c, sx, sy float64) *curve {
	cv := &curve{
		want:   []float64{a * sy, b / sx, c * sy},
		linear: []bool{true, false, true},
		f: func(x float64, p, g []float64) float64 {
			e := math.Exp(-p[1] * x)
			if g != nil {
				g[0], g[1], g[2] = e, -p[0]*x*e, 1
			}
			return p[0]*e + p[2]
		},
	}
	for i := range n {
		x := sx * (0.1 + 3*float64(i)/float64(n))
		cv.x = append(cv.x, x)
		cv.y = append(cv.y, cv.f(x, cv.want, nil))
	}
	return cv
}

// Without noise the answer is exact but for rounding, at any scale of the
// arguments and of the values.
func TestExactAtAnyScale(t *testing.T) {
	for _, sx := range []float64{1e-150, 1e-30, 1, 1e30, 1e150} {
		for _, sy := range []float64{1e-280, 1e-150, 1e-30, 1, 1e30, 1e150, 1e280} {
			if p := math.Abs(math.Log10(sx) + math.Log10(sy)); p > 280 {
				continue // the derivative in b is not a normal number
			}
			for _, projected := range []bool{false, true} {
				cv := decay(200, 2.37, 0.81, -0.4, sx, sy)
				prob := cv.problem()
				if projected {
					prob.Linear = cv.linear
				}
				res := Solve(context.Background(), prob, []float64{sy, 1.5 / sx, 0}, Options{})
				if res.Status != Converged || res.RMS > 1e-15*sy {
					t.Errorf("sx %g sy %g projected %v: %v, relative error %.2g, %v", sx, sy, projected, res.Status, res.RMS/sy, res.Params)
				}
				for k, want := range cv.want {
					if math.Abs(res.Params[k]/want-1) > 1e-13 {
						t.Errorf("sx %g sy %g: parameter %d is %v, want %v", sx, sy, k, res.Params[k], want)
					}
				}
			}
		}
	}
}

// linearProblem is A p - y.
func linearProblem(a *mat.Dense, y []float64) Problem {
	n, p := a.Dims()
	value := func(dst, b []float64, lo, hi int) bool {
		for i := lo; i < hi; i++ {
			dst[i-lo] = -y[i]
			for k := range p {
				dst[i-lo] += a.At(i, k) * b[k]
			}
		}
		return true
	}
	return Problem{
		NumParams: p, NumResiduals: n, Residual: value,
		Jacobian: func(dst []float64, jac [][]float64, b []float64, lo, hi int) bool {
			for i := lo; i < hi; i++ {
				for k := range p {
					jac[k][i-lo] = a.At(i, k)
				}
			}
			return value(dst, b, lo, hi)
		},
	}
}

// A linear problem has the solution, the covariance and the rank that gonum
// computes from the whole matrix at once, however many blocks it takes here and
// whichever parameters are eliminated.
func TestLinearAgainstGonum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		p := rapid.IntRange(1, 6).Draw(t, "p")
		n := p + 1 + rapid.SampledFrom([]int{1, 7, 100, 9000}).Draw(t, "n")
		a, y := mat.NewDense(n, p, nil), make([]float64, n)
		for i := range n {
			y[i] = rng.NormFloat64()
			for k := range p {
				a.Set(i, k, rng.NormFloat64()*math.Pow(10, float64(k)))
			}
		}
		prob := linearProblem(a, y)
		prob.Linear = make([]bool, p)
		for k := range p {
			prob.Linear[k] = rapid.Bool().Draw(t, "linear")
		}
		res := Solve(context.Background(), prob, make([]float64, p), Options{})
		var want mat.VecDense
		if err := want.SolveVec(a, mat.NewVecDense(n, y)); err != nil {
			t.Fatal(err)
		}
		var ata, inv mat.Dense
		ata.Mul(a.T(), a)
		if err := inv.Inverse(&ata); err != nil {
			if _, ill := err.(mat.Condition); !ill {
				t.Fatal(err)
			}
		}
		cov := res.Covariance()
		if res.Status != Converged || cov == nil || res.Rank(0) != p || len(res.Redundant(0)) != 0 {
			t.Fatalf("%v, covariance %v, rank %d, redundant %v", res.Status, cov, res.Rank(0), res.Redundant(0))
		}
		for k := range p {
			sd := math.Sqrt(cov.At(k, k))
			if e := math.Abs(res.Params[k] - want.AtVec(k)); e > 1e-10*(sd+math.Abs(want.AtVec(k))) {
				t.Errorf("parameter %d is %v, want %v", k, res.Params[k], want.AtVec(k))
			}
			if w := inv.At(k, k) * res.Variance(); math.Abs(cov.At(k, k)/w-1) > 1e-5 {
				t.Errorf("variance %d is %v, want %v", k, cov.At(k, k), w)
			}
		}
	})
}

// Parameters that the data do not determine are found, stay finite and do not
// keep the others from converging.
func TestRedundantParameters(t *testing.T) {
	const n = 50
	// a*c*exp(b+d x) + 0*e: of a, c and b one remains; e has no effect.
	value := func(dst, p []float64, lo, hi int) bool {
		for i := lo; i < hi; i++ {
			x := float64(i) / n
			dst[i-lo] = p[0]*p[1]*math.Exp(p[2]+p[3]*x) - 3*math.Exp(2*x)
		}
		return finite(dst)
	}
	prob := Problem{
		NumParams: 5, NumResiduals: n, Residual: value,
		Jacobian: func(dst []float64, jac [][]float64, p []float64, lo, hi int) bool {
			for i := lo; i < hi; i++ {
				x := float64(i) / n
				e := math.Exp(p[2] + p[3]*x)
				jac[0][i-lo], jac[1][i-lo] = p[1]*e, p[0]*e
				jac[2][i-lo], jac[3][i-lo], jac[4][i-lo] = p[0]*p[1]*e, p[0]*p[1]*x*e, 0
			}
			return value(dst, p, lo, hi)
		},
	}
	for _, linear := range [][]bool{nil, {true, false, false, false, false}, {true, false, false, false, true}} {
		prob.Linear = linear
		res := Solve(context.Background(), prob, []float64{1, 1, 0.3, 1, 7}, Options{})
		if res.Status != Converged || res.RMS > 3e-15 || res.Rank(0) != 2 || res.Covariance() != nil || res.Params[4] != 7 {
			t.Errorf("linear %v: %v, rms %g, rank %d, params %v", linear, res.Status, res.RMS, res.Rank(0), res.Params)
		}
		red := res.Redundant(0)
		if len(red) != 3 || red[2] != 4 || red[1] == 3 {
			t.Errorf("linear %v: redundant %v, want two of 0, 1, 2 and then 4", linear, red)
		}
	}
}

func TestStatus(t *testing.T) {
	ctx := context.Background()
	done, cancel := context.WithCancel(ctx)
	cancel()
	start := []float64{-1.2, 1}
	outside := rosenbrock()
	outside.Residual = func([]float64, []float64, int, int) bool { return false }
	silent := rosenbrock() // says that all is well, and is not
	silent.Residual = func(dst, _ []float64, _, _ int) bool { dst[0] = math.NaN(); return true }
	inverted := rosenbrock()
	jacobian := inverted.Jacobian
	inverted.Jacobian = func(dst []float64, jac [][]float64, p []float64, lo, hi int) bool {
		ok := jacobian(dst, jac, p, lo, hi)
		for _, col := range jac {
			for i := range col {
				col[i] = -col[i]
			}
		}
		return ok
	}
	for _, c := range []struct {
		name string
		ctx  context.Context
		prob Problem
		opt  Options
		want Status
	}{
		{"few steps", ctx, rosenbrock(), Options{MaxIter: 3}, MaxIter},
		{"canceled", done, rosenbrock(), Options{}, Canceled},
		{"outside", ctx, outside, Options{}, NonFinite},
		{"NaN", ctx, silent, Options{}, NonFinite},
		{"wrong sign", ctx, inverted, Options{}, Stalled},
		{"target", ctx, rosenbrock(), Options{TargetRMS: 1e6}, Converged},
	} {
		res := Solve(c.ctx, c.prob, start, c.opt)
		if res.Status != c.want {
			t.Errorf("%s: %v, want %v", c.name, res.Status, c.want)
		}
		if !finite(res.Params) || math.IsNaN(res.Norm) || math.IsNaN(res.Cosine) {
			t.Errorf("%s: %+v", c.name, res)
		}
		if c.want == NonFinite && (res.Rank(0) != 0 || res.Covariance() != nil || res.Redundant(0) != nil) {
			t.Errorf("%s: a point that is not finite has rank %d", c.name, res.Rank(0))
		}
	}
	if res := Solve(ctx, rosenbrock(), []float64{math.NaN(), 0}, Options{}); res.Status != NonFinite {
		t.Errorf("start at NaN: %v", res.Status)
	}
}

// A domain that ends next to the minimum: steps beyond it are refused and
// the minimum is reached from inside.
func TestStepsOutsideTheDomainAreRefused(t *testing.T) {
	const n = 40
	cv := &curve{
		want: []float64{1.001, 2},
		f: func(x float64, p, g []float64) float64 {
			s := math.Log(p[0] + x)
			if g != nil {
				g[0], g[1] = p[1]/(p[0]+x), s
			}
			return p[1] * s
		},
	}
	for i := range n {
		cv.x = append(cv.x, -1+float64(i)/n)
	}
	for _, x := range cv.x {
		cv.y = append(cv.y, cv.f(x, cv.want, nil))
	}
	res := Solve(context.Background(), cv.problem(), []float64{30, 1}, Options{})
	if res.Status != Converged || res.RMS > 1e-13 { // values reach 14, and p[0]+x cancels three digits
		t.Errorf("%v, rms %g, params %v", res.Status, res.RMS, res.Params)
	}
}

// More parameters than residuals: the residuals vanish, nothing is determined.
func TestUnderdetermined(t *testing.T) {
	a := mat.NewDense(2, 4, []float64{1, 2, 3, 4, 2, 1, 0, 1})
	res := Solve(context.Background(), linearProblem(a, []float64{1, 2}), make([]float64, 4), Options{})
	if res.RMS > 1e-15 || res.Rank(0) != 2 || len(res.Redundant(0)) != 2 || res.Covariance() != nil || res.Variance() != 0 {
		t.Errorf("%v: rms %g, rank %d, redundant %v", res.Status, res.RMS, res.Rank(0), res.Redundant(0))
	}
}

// A solver used for another problem gives the same bits as a new one.
func TestSolverReuse(t *testing.T) {
	var s Solver
	ctx := context.Background()
	for range 2 {
		for i := range nist {
			c := &nist[i]
			for _, linear := range [][]bool{nil, c.linear} {
				prob := c.problem()
				prob.Linear = linear
				got, want := s.Solve(ctx, prob, c.starts[1], Options{}), Solve(ctx, prob, c.starts[1], Options{})
				if fmt.Sprint(got.Params, got.Norm, got.Status, got.Iter, got.Evals) != fmt.Sprint(want.Params, want.Norm, want.Status, want.Iter, want.Evals) {
					t.Errorf("%s: reused %v, new %v", c.name, got, want)
				}
			}
		}
	}
}

// The number of allocations does not depend on the number of iterations.
func TestAllocations(t *testing.T) {
	for _, projected := range []bool{false, true} {
		cv := decay(20000, 2.37, 0.81, -0.4, 1, 1)
		prob := cv.problem()
		if projected {
			prob.Linear = cv.linear
		}
		var s Solver
		count := func(iter int) float64 {
			return testing.AllocsPerRun(3, func() {
				s.Solve(context.Background(), prob, []float64{1, 3, 0}, Options{MaxIter: iter})
			})
		}
		if one, many := count(1), count(30); many > one {
			t.Errorf("projected %v: %v allocations for 1 step, %v for 30", projected, one, many)
		}
	}
}

func TestShapesPanic(t *testing.T) {
	for name, f := range map[string]func(){
		"start": func() { Solve(context.Background(), rosenbrock(), []float64{1}, Options{}) },
		"empty": func() { Solve(context.Background(), Problem{NumParams: 1}, []float64{1}, Options{}) },
		"linear": func() {
			p := rosenbrock()
			p.Linear = []bool{true}
			Solve(context.Background(), p, []float64{1, 1}, Options{})
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

func ExampleSolve() {
	// y = 2 exp(-3 x) at x = 0, 0.1, ..., 0.9, found from (1, 1). The first
	// parameter enters linearly.
	x, y := make([]float64, 10), make([]float64, 10)
	for i := range x {
		x[i] = float64(i) / 10
		y[i] = 2 * math.Exp(-3*x[i])
	}
	residual := func(dst, p []float64, lo, hi int) bool {
		for i := lo; i < hi; i++ {
			dst[i-lo] = p[0]*math.Exp(p[1]*x[i]) - y[i]
		}
		return true
	}
	res := Solve(context.Background(), Problem{
		NumParams: 2, NumResiduals: len(x),
		Residual: residual,
		Jacobian: func(dst []float64, jac [][]float64, p []float64, lo, hi int) bool {
			for i := lo; i < hi; i++ {
				e := math.Exp(p[1] * x[i])
				jac[0][i-lo], jac[1][i-lo] = e, p[0]*x[i]*e
			}
			return residual(dst, p, lo, hi)
		},
		Linear: []bool{true, false},
	}, []float64{1, 1}, Options{})
	fmt.Printf("%v: %.6f %.6f\n", res.Status, res.Params[0], res.Params[1])
	// Output: converged: 2.000000 -3.000000
}

func BenchmarkSolve(b *testing.B) {
	for _, n := range []int{100, 1000, 100000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			prob := decay(n, 2.37, 0.81, -0.4, 1, 1).problem()
			var s Solver
			b.ReportAllocs()
			for b.Loop() {
				s.Solve(context.Background(), prob, []float64{1, 1.5, 0}, Options{})
			}
		})
	}
}
