package bspline

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// anySpline draws a spline on a random grid and a point on it or not too far
// beyond it.
func anySpline(t *rapid.T) (*Spline, float64) {
	lo := rapid.Float64Range(-10, 10).Draw(t, "lo")
	width := rapid.Float64Range(0.01, 10).Draw(t, "width")
	s := New(NewGrid(lo, lo+width, rapid.IntRange(1, 30).Draw(t, "n")))
	for j := range s.Coef {
		s.Coef[j] = rapid.Float64Range(-5, 5).Draw(t, "coef")
	}
	return s, lo + width*rapid.Float64Range(-0.5, 1.5).Draw(t, "x")
}

func TestBasisSumsToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, x := anySpline(t)
		var b, d, dd [Order]float64
		i := s.Basis2(&b, &d, &dd, x)
		if i < 0 || i+Order > s.Size() {
			t.Fatalf("interval %d of %d", i, s.N)
		}
		// Far beyond the grid the tangents are large and cancel.
		tol := 1e-12 * (1 + math.Abs(b[0]) + math.Abs(b[2]))
		if sum := b[0] + b[1] + b[2] + b[3]; math.Abs(sum-1) > tol {
			t.Errorf("values sum to %v", sum)
		}
		h := s.Step()
		if sum := d[0] + d[1] + d[2] + d[3]; math.Abs(sum)*h > 1e-12 {
			t.Errorf("derivatives sum to %v", sum)
		}
		if sum := dd[0] + dd[1] + dd[2] + dd[3]; math.Abs(sum)*h*h > 1e-12 {
			t.Errorf("second derivatives sum to %v", sum)
		}
	})
}

func TestDerivativesAgainstDifferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, x := anySpline(t)
		h := s.Step()
		u := (x - s.Lo) / h
		if f := u - math.Floor(u); f < 1e-3 || f > 1-1e-3 {
			t.Skip("the second derivative has a kink here")
		}
		f, df, d2f := s.Derivatives(x)
		if f != s.Eval(x) {
			t.Errorf("Derivatives gives the value %v, Eval %v", f, s.Eval(x))
		}
		// A cubic piece: central differences are exact for d2f, and off by
		// eps^2 f'''/6 <= eps^2*20/h^3 for df.
		eps := 1e-4 * h
		a, b := s.Eval(x-eps), s.Eval(x+eps)
		if got := (b - a) / (2 * eps); math.Abs(got-df)*h > 1e-6 {
			t.Errorf("derivative %v, difference %v", df, got)
		}
		if got := (b - 2*f + a) / (eps * eps); math.Abs(got-d2f)*h*h > 1e-5 {
			t.Errorf("second derivative %v, difference %v", d2f, got)
		}
	})
}

func TestContinuityAtKnotsAndEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, _ := anySpline(t)
		h := s.Step()
		for k := range s.N + 1 {
			x := s.Lo + float64(k)*h
			a, da, _ := s.Derivatives(x - 1e-9*h)
			b, db, _ := s.Derivatives(x + 1e-9*h)
			if math.Abs(a-b) > 1e-6 || math.Abs(da-db)*h > 1e-6 {
				t.Errorf("jump at knot %d: %v to %v, slope %v to %v", k, a, b, da, db)
			}
		}
	})
}

func TestStraightBeyondTheGrid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, _ := anySpline(t)
		w := s.Hi - s.Lo
		for _, x := range []float64{s.Lo - 0.1*w, s.Lo - 3*w, s.Hi + 0.1*w, s.Hi + 3*w} {
			end := s.Lo
			if x > s.Hi {
				end = s.Hi
			}
			f0, d0, _ := s.Derivatives(end)
			f, df, d2f := s.Derivatives(x)
			want := f0 + d0*(x-end)
			if math.Abs(f-want) > 1e-10*(1+math.Abs(want)+float64(s.N)) || math.Abs(df-d0) > 1e-10*(1+math.Abs(d0)) || d2f != 0 {
				t.Errorf("at %v: %v %v %v, want %v %v 0", x, f, df, d2f, want, d0)
			}
		}
	})
}

func TestLinear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, x := anySpline(t)
		l := Linear(s.Grid, 2.5, -0.75)
		if got, want := l.Eval(x), 2.5*x-0.75; math.Abs(got-want) > 1e-11*(1+math.Abs(want)) {
			t.Errorf("%v at %v, want %v", got, x, want)
		}
		if c := l.Curvature(); c > 1e-20*l.Coef[0]*l.Coef[0]+1e-20 {
			t.Errorf("a line has curvature %v", c)
		}
	})
}

func TestAffine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, x := anySpline(t)
		a := s.Clone()
		a.Affine(3, -2)
		if got, want := a.Eval(x), 3*s.Eval(x)-2; math.Abs(got-want) > 1e-10*(1+math.Abs(want)) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}

func TestRegridOnFinerGridIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, _ := anySpline(t)
		k := rapid.IntRange(2, 4).Draw(t, "times")
		f := s.Regrid(Grid{Lo: s.Lo, Hi: s.Hi, N: k * s.N})
		for r := range 101 {
			x := s.Lo + (s.Hi-s.Lo)*float64(r)/100
			if math.Abs(f.Eval(x)-s.Eval(x)) > 1e-9 {
				t.Fatalf("at %v: %v, was %v", x, f.Eval(x), s.Eval(x))
			}
		}
	})
}

func TestFitRecoversSpline(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, _ := anySpline(t)
		n := 10 * s.Size()
		x, y, w := make([]float64, n), make([]float64, n), make([]float64, n)
		for r := range x {
			x[r] = s.Lo + (s.Hi-s.Lo)*(float64(r)+0.5)/float64(n)
			y[r] = s.Eval(x[r])
			w[r] = float64(1 + r%3)
		}
		f := Fit(s.Grid, x, y, w, 0)
		for r := range x {
			if math.Abs(f.Eval(x[r])-y[r]) > 1e-8 {
				t.Fatalf("at %v: %v, want %v", x[r], f.Eval(x[r]), y[r])
			}
		}
	})
}

// The error of the best cubic spline for a smooth function falls with the
// fourth power of the step (de Boor, chapter XII).
func TestFitConvergenceOrder(t *testing.T) {
	n := 4000
	x, y := make([]float64, n), make([]float64, n)
	for r := range x {
		x[r] = -1 + 2*float64(r)/float64(n-1)
		y[r] = math.Sin(3 * x[r])
	}
	worst := func(intervals int) float64 {
		s := Fit(NewGrid(-1, 1, intervals), x, y, nil, 0)
		e := 0.0
		for r := range x {
			e = math.Max(e, math.Abs(s.Eval(x[r])-y[r]))
		}
		return e
	}
	if a, b := worst(10), worst(20); a/b < 12 || a > 1e-3 {
		t.Errorf("error %v at 10 intervals, %v at 20", a, b)
	}
}

func TestFitWithFewPoints(t *testing.T) {
	g := NewGrid(0, 1, 12)
	for _, x := range [][]float64{nil, {0.3}, {0.3, 0.3, 0.3}, {0, 1}, {0.1, 0.2, 0.9}} {
		y := make([]float64, len(x))
		for r := range y {
			y[r] = 2 + x[r]
		}
		s := Fit(g, x, y, nil, 1e-8)
		for k := range 21 {
			if v := s.Eval(float64(k) / 20); math.IsNaN(v) || math.Abs(v) > 100 {
				t.Errorf("points %v: value %v at %v", x, v, float64(k)/20)
			}
		}
		for r := range x {
			if v := s.Eval(x[r]); math.Abs(v-y[r]) > 1e-3 {
				t.Errorf("points %v: %v at %v, want %v", x, v, x[r], y[r])
			}
		}
	}
}

// A large penalty leaves the straight line of least squares.
func TestFitWithLargePenaltyIsLinearRegression(t *testing.T) {
	x := []float64{0, 0.25, 0.5, 0.75, 1}
	y := []float64{1, 0, 2, 1, 3}
	s := Fit(NewGrid(0, 1, 8), x, y, nil, 1e6)
	// slope = 2, intercept = 0.4 by the textbook formulas
	for r := range x {
		if want := 0.4 + 2*x[r]; math.Abs(s.Eval(x[r])-want) > 1e-4 {
			t.Errorf("%v at %v, want %v", s.Eval(x[r]), x[r], want)
		}
	}
}

func TestNewGridWidensConstantColumns(t *testing.T) {
	for _, v := range []float64{0, 1, -3, 1e-200, 1e200} {
		g := NewGrid(v, v, 4)
		if !(g.Lo < v && v < g.Hi) || math.IsInf(g.Step(), 0) {
			t.Errorf("grid for %v: %v", v, g)
		}
	}
	if g := NewGrid(2, 1, 3); g.Lo != 1 || g.Hi != 2 {
		t.Errorf("swapped ends: %v", g)
	}
}

func TestNotFinitePointsDoNotPanic(t *testing.T) {
	s := Linear(NewGrid(-1, 1, 5), 1, 0)
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if v := s.Eval(x); !math.IsNaN(v) && !math.IsInf(v, 0) {
			t.Errorf("s(%v) = %v", x, v)
		}
		s.Derivatives(x)
	}
}

func TestWrongShapesPanic(t *testing.T) {
	for name, f := range map[string]func(){
		"intervals": func() { NewGrid(0, 1, 0) },
		"end":       func() { NewGrid(math.NaN(), 1, 3) },
		"points":    func() { Fit(NewGrid(0, 1, 3), []float64{1}, nil, nil, 0) },
		"weights":   func() { Fit(NewGrid(0, 1, 3), []float64{1}, []float64{1}, []float64{1, 2}, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}

func TestEvaluationAllocatesNothing(t *testing.T) {
	s := Linear(NewGrid(-1, 1, 5), 1, 0)
	sum := 0.0
	if n := testing.AllocsPerRun(100, func() { sum += s.Eval(0.3); _, d, _ := s.Derivatives(0.2); sum += d }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
