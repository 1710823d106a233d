package library

import (
	"math"
	"math/big"
	"testing"
)

// tested returns the built-in functions and some other powers.
func tested() []*Func {
	list := Builtin()
	for _, p := range []float64{7, -8, 13, 2.5, -1.5, -2.5, 0.3, -0.7, 1. / 3, 20.5} {
		list = append(list, Power(p))
	}
	return list
}

// inner returns points inside the domain of f, near and far from its ends.
func inner(f *Func) []float64 {
	var xs []float64
	for _, x := range []float64{
		0, 1e-6, 1e-3, 0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98, 0.999999, 1.000001, 1.1, 1.5, 2, 2.5, 3, 4.6, 6, 9.7, 25, 41, 100, 700,
	} {
		for _, s := range []float64{x, -x} {
			if f.Domain.Contains(s) {
				xs = append(xs, s)
			}
		}
	}
	return xs
}

// The analytic derivatives agree with central differences of the value and of
// the first derivative. The five-point rule has an error of about h^4 times a
// fifth derivative plus eps/h, so a step of 1e-3 of the length over which the
// function varies leaves some 1e-11. math.Asin and math.Acos
// carry the error of pi/2 minus something near 1.
func TestDerivatives(t *testing.T) {
	for _, f := range tested() {
		for _, x := range inner(f) {
			v, d1, d2 := f.Derivatives(x)
			if math.IsInf(v, 0) || math.IsInf(d1, 0) || math.IsInf(d2, 0) {
				continue // beyond the range of float64, or an end with a vertical tangent
			}
			if got := f.Value(x); math.Abs(got-v) > 4e-16*math.Abs(v) {
				t.Errorf("%s at %g: Value %v, Derivatives %v", f.Name, x, got, v)
			}
			// A power of two, so that x+h and x-h are exact.
			h := math.Exp2(math.Floor(math.Log2(1e-3 * scaleAt(f, x))))
			if h == 0 || !f.Domain.Covers(x-2*h, x+2*h) {
				continue
			}
			first := func(u float64) float64 { _, d, _ := f.Derivatives(u); return d }
			w, eps := widest(f.Value, x, h), 4e-16
			if f.Name == "acos" || f.Name == "asin" {
				w, eps = 1, 1e-14
			}
			check := func(what string, got, want, size float64) {
				if math.IsNaN(got) || math.Abs(got-want) > 2e-9*(math.Abs(want)+math.Abs(got))+eps*size/h+50*h*h*h*h {
					t.Errorf("%s%s at %g: %v, by differences %v", f.Name, what, x, got, want)
				}
			}
			check("'", d1, difference(f.Value, x, h), w)
			check("''", d2, difference(first, x, h), widest(first, x, h))
		}
	}
}

// scaleAt is a length over which f changes by about itself: the distance to the
// nearest special point, 1 at most.
func scaleAt(f *Func, x float64) float64 {
	s := 1.0
	special := []float64{f.Domain.Lo, f.Domain.Hi}
	if f.Domain.Poles != nil {
		special = append(special, f.Domain.Poles(x-2, x+2)...)
	}
	switch f.Name {
	case "abs", "sign", "cbrt":
		special = append(special, 0)
	}
	for _, p := range special {
		if !math.IsInf(p, 0) {
			s = math.Min(s, math.Abs(x-p)/2)
		}
	}
	if f.Name == "exp(-x^2)" || f.Name == "erf" {
		s = 1 / (1 + 2*math.Abs(x))
	}
	if f.IsPower && x != 0 {
		s = math.Min(s, math.Abs(x)/(1+math.Abs(f.Exponent)))
	}
	return s
}

func difference(f func(float64) float64, x, h float64) float64 {
	return (8*(f(x+h)-f(x-h)) - (f(x+2*h) - f(x-2*h))) / (12 * h)
}

func widest(f func(float64) float64, x, h float64) float64 {
	return math.Max(math.Abs(f(x-2*h)), math.Abs(f(x+2*h)))
}

// Where a series takes over from the closed form nothing jumps.
func TestSwitchPoints(t *testing.T) {
	tests := []struct {
		name string
		at   float64
	}{
		{"sin(x)/x", 1}, {"sin(x)/x", -1}, {"sin(x)/x", 1e-8},
		{"x/(exp(x)-1)", 1}, {"x/(exp(x)-1)", -1}, {"x/(exp(x)-1)", -40}, {"x/(exp(x)-1)", 800},
		{"1/(exp(x)-1)", 30}, {"sigmoid", 0}, {"softplus", 0}, {"1/cosh", 0},
	}
	for _, tt := range tests {
		f, _ := Lookup(tt.name)
		below, above := math.Nextafter(tt.at, math.Inf(-1)), math.Nextafter(tt.at, math.Inf(1))
		a0, a1, a2 := f.Derivatives(below)
		b0, b1, b2 := f.Derivatives(above)
		for i, p := range [...][2]float64{{a0, b0}, {a1, b1}, {a2, b2}} {
			// The closed forms lose a digit or two where they hand over.
			if !(math.Abs(p[0]-p[1]) <= 4e-14*math.Max(math.Abs(p[0]), 1e-2)) {
				t.Errorf("%s: derivative %d jumps at %g from %v to %v", tt.name, i, tt.at, p[0], p[1])
			}
		}
	}
}

// Values near removable singularities, against Taylor series summed with 200
// bits.
func TestSeriesAgainstBigFloats(t *testing.T) {
	type series func(x *big.Float, k int) *big.Float // term k
	sum := func(x float64, terms series) float64 {
		s := new(big.Float).SetPrec(200)
		for k := range 60 {
			s.Add(s, terms(new(big.Float).SetPrec(200).SetFloat64(x), k))
		}
		v, _ := s.Float64()
		return v
	}
	power := func(x *big.Float, n int) *big.Float {
		r := new(big.Float).SetPrec(200).SetInt64(1)
		for range n {
			r.Mul(r, x)
		}
		return r
	}
	factorial := func(n int) *big.Float {
		return new(big.Float).SetPrec(200).SetInt(new(big.Int).MulRange(1, int64(max(n, 1))))
	}
	sincTerm := func(x *big.Float, k int) *big.Float {
		v := power(x, 2*k)
		v.Quo(v, factorial(2*k+1))
		if k%2 == 1 {
			v.Neg(v)
		}
		return v
	}
	// (exp(x)-1)/x, the reciprocal of x/(exp(x)-1)
	expm1Term := func(x *big.Float, k int) *big.Float {
		v := power(x, k)
		return v.Quo(v, factorial(k+1))
	}
	for _, x := range []float64{0, 1e-300, 1e-17, 1e-9, 3e-8, 1e-5, 0.01, 0.3, 0.7, 0.99, 1.01, 2, 3, -0.01, -0.5, -0.999, -1.001, -2.5} {
		if got, want := sinc(x), sum(x, sincTerm); math.Abs(got-want) > 4e-16 {
			t.Errorf("sin(x)/x at %g: %v, want %v", x, got, want)
		}
		f, _, _ := sincD(x)
		if want := sum(x, sincTerm); math.Abs(f-want) > 4e-16 {
			t.Errorf("sin(x)/x with derivatives at %g: %v, want %v", x, f, want)
		}
		want := 1 / sum(x, expm1Term)
		if got := planck(x); math.Abs(got-want) > 1e-15*want {
			t.Errorf("x/(exp(x)-1) at %g: %v, want %v", x, got, want)
		}
		if f, _, _ := planckD(x); math.Abs(f-want) > 1e-15*want {
			t.Errorf("x/(exp(x)-1) with derivatives at %g: %v, want %v", x, f, want)
		}
	}
	// Derivatives at 0 in closed form.
	for name, want := range map[string][3]float64{
		"sin(x)/x":     {1, 0, -1. / 3},
		"x/(exp(x)-1)": {1, -0.5, 1. / 6},
		"exp(-x^2)":    {1, 0, -2},
		"softplus":     {math.Ln2, 0.5, 0.25},
		"1/cosh":       {1, 0, -1},
		"1/(1+x^2)":    {1, 0, -2},
	} {
		g, _ := Lookup(name)
		f, df, d2f := g.Derivatives(0)
		for i, v := range [...]float64{f, df, d2f} {
			if math.Abs(v-want[i]) > 1e-16 {
				t.Errorf("%s: derivative %d at 0 is %v, want %v", name, i, v, want[i])
			}
		}
	}
}

// Functions that are bounded or have tame limits stay finite out to the ends
// of float64, derivatives included: no Inf*0, no Inf-Inf.
func TestFarOut(t *testing.T) {
	tests := []struct {
		name             string
		left, right      float64 // limits of the value; NaN: grows without bound
		dleft, dright    float64
		second           float64
		relativeToItself bool
	}{
		{name: "exp(-x^2)"}, {name: "1/cosh"}, {name: "1/(1+x^2)"},
		{name: "sigmoid", right: 1},
		{name: "tanh", left: -1, right: 1},
		{name: "erf", left: -1, right: 1},
		{name: "atan", left: -math.Pi / 2, right: math.Pi / 2},
		{name: "softplus", right: math.NaN(), dright: 1},
		{name: "sqrt(1+x^2)", left: math.NaN(), right: math.NaN(), dleft: -1, dright: 1},
		{name: "x/(exp(x)-1)", left: math.NaN(), dleft: -1},
		{name: "1/(exp(x)-1)", left: -1},
		{name: "asinh", left: math.NaN(), right: math.NaN()},
		{name: "sin(x)/x"},
	}
	for _, tt := range tests {
		g, _ := Lookup(tt.name)
		for _, size := range []float64{1e3, 1e10, 1e155, 1e200, 1e300, math.MaxFloat64} {
			for _, x := range []float64{-size, size} {
				limit, slope := tt.right, tt.dright
				if x < 0 {
					limit, slope = tt.left, tt.dleft
				}
				f, df, d2f := g.Derivatives(x)
				v := g.Value(x)
				if !finite(f) || !finite(df) || !finite(d2f) || v != f {
					t.Errorf("%s at %g: value %v, derivatives %v, %v, %v", tt.name, x, v, f, df, d2f)
				}
				if !math.IsNaN(limit) && math.Abs(f-limit) > 1.1/size {
					t.Errorf("%s at %g is %v, its limit %v", tt.name, x, f, limit)
				}
				if math.Abs(df-slope) > 1.1/size || math.Abs(d2f) > 1.1/size {
					t.Errorf("%s at %g: derivatives %v and %v, their limits %v and 0", tt.name, x, df, d2f, slope)
				}
			}
		}
	}
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// No argument makes a function panic, NaN stays NaN where the function is not
// constant, and inside the domain nothing is NaN.
func TestEveryArgument(t *testing.T) {
	xs := []float64{
		0, math.Copysign(0, -1), 5e-324, -5e-324, 1e-300, -1e-300, 1, -1, 1.5, -1.5, 709, 710, -745, 1e16, -1e16,
		1e154, 1e300, -1e300, math.MaxFloat64, -math.MaxFloat64, math.Inf(1), math.Inf(-1),
	}
	for _, g := range tested() {
		for _, x := range xs {
			v := g.Value(x)
			f, df, d2f := g.Derivatives(x)
			if !g.Domain.Contains(x) {
				if !math.IsInf(x, 0) && finite(v) && g.Domain.Poles == nil && !g.IsRealPower() {
					t.Errorf("%s is %v at %g, outside its domain", g.Name, v, x)
				}
				continue
			}
			if math.IsNaN(v) || math.IsNaN(f) {
				t.Errorf("%s at %g inside its domain: %v, %v", g.Name, x, v, f)
			}
			edge := x == g.Domain.Lo || x == g.Domain.Hi || x == 0
			if !edge && (math.IsNaN(df) || math.IsNaN(d2f)) {
				t.Errorf("%s at %g inside its domain: derivatives %v, %v", g.Name, x, df, d2f)
			}
		}
		if g.Name != "1" && !math.IsNaN(g.Value(math.NaN())) {
			t.Errorf("%s turns NaN into %v", g.Name, g.Value(math.NaN()))
		}
	}
}

func BenchmarkValue(b *testing.B) {
	for _, name := range []string{"x^2", "x^6", "x^1.5", "exp", "sin", "sigmoid", "sin(x)/x", "x/(exp(x)-1)"} {
		f, _ := Lookup(name)
		b.Run(name, func(b *testing.B) {
			x, s := 0.1, 0.0
			for b.Loop() {
				s += f.Value(x)
				x += 1e-6
			}
			if math.IsNaN(s) {
				b.Fatal("not a number")
			}
		})
	}
}
