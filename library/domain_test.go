package library

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestDomains(t *testing.T) {
	inf := math.Inf(1)
	tests := []struct {
		name   string
		lo, hi float64
		covers bool
	}{
		{"x", -1e300, 1e300, true}, {"x", -inf, 1, false}, {"x", 2, 1, false}, {"x", math.NaN(), 1, false},
		{"1/x", -1, 1, false}, {"1/x", 0, 1, false}, {"1/x", 1e-300, 1, true}, {"1/x", -2, -1, true},
		{"sqrt", 0, 1, true}, {"sqrt", -1e-300, 1, false}, {"1/sqrt", 0, 1, false}, {"1/sqrt", 1e-9, 1, true},
		{"x^1.5", 0, 5, true}, {"x^-1.5", 0, 5, false}, {"x^(1/3)", -1, 1, false}, {"cbrt", -1, 1, true},
		{"log", 0, 1, false}, {"log", 1e-9, 1, true}, {"x*log(x)", 0, 1, true}, {"x*log(x)", -0.1, 1, false},
		{"asin", -1, 1, true}, {"asin", -1, 1.0001, false}, {"1/sqrt(1-x^2)", -1, 0, false},
		{"1/sqrt(1-x^2)", -0.999, 0.999, true}, {"tan", -1.5, 1.5, true}, {"tan", 1.5, 1.6, false},
		{"tan", math.Pi / 2, 2, false}, {"tan", 1.6, 4.7, true}, {"tan", 100, 105, false}, {"tan", -4.8, -4.6, false},
		{"1/(exp(x)-1)", -1, 1, false}, {"1/(exp(x)-1)", 0.1, 1, true}, {"x/(exp(x)-1)", -1, 1, true},
		{"sin(x)/x", -9, 9, true},
	}
	for _, tt := range tests {
		f, _ := Lookup(tt.name)
		if got := f.Domain.Covers(tt.lo, tt.hi); got != tt.covers {
			t.Errorf("%s on [%g, %g]: covered %v, want %v", tt.name, tt.lo, tt.hi, got, tt.covers)
		}
	}
}

func TestTanPoles(t *testing.T) {
	got := tanPoles(-5, 8)
	want := []float64{-1.5, -0.5, 0.5, 1.5, 2.5}
	if len(got) != len(want) {
		t.Fatalf("poles of tan in [-5, 8]: %v", got)
	}
	for i, k := range want {
		if math.Abs(got[i]-k*math.Pi) > 1e-14 {
			t.Errorf("pole %d: %v, want %v", i, got[i], k*math.Pi)
		}
	}
	if n := len(tanPoles(-1e12, 1e12)); n != maxPoles {
		t.Errorf("a wide interval lists %d poles, want %d", n, maxPoles)
	}
}

// Where an interval is covered, the function is finite on it; an interval is
// covered only if its points are contained.
func TestCoveredIntervalsAreFinite(t *testing.T) {
	list := tested()
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(list).Draw(t, "f")
		lo := rapid.Float64Range(-5, 5).Draw(t, "lo")
		hi := lo + rapid.Float64Range(0, 5).Draw(t, "width")
		if !f.Domain.Covers(lo, hi) {
			return
		}
		x := math.Min(hi, lo+(hi-lo)*rapid.Float64Range(0, 1).Draw(t, "at"))
		if !f.Domain.Contains(x) {
			t.Fatalf("%s covers [%v, %v] but not %v", f.Name, lo, hi, x)
		}
		if math.Abs(x) < 1e-12 {
			return // next to a pole at 0 powers overflow
		}
		if !finite(f.Value(x)) {
			t.Fatalf("%s at %v is %v", f.Name, x, f.Value(x))
		}
	})
}
