package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func tickLabels(a axis, n int) string {
	var out []string
	for _, t := range a.ticks(a.lo, a.hi, n) {
		if t.Label != "" {
			out = append(out, strings.NewReplacer(string(raise), "^", string(level), "").Replace(t.Label))
		}
	}
	return strings.Join(out, " ")
}

// evenly are values that are spread evenly.
func evenly(lo, hi float64) []float64 {
	var out []float64
	for k := range 101 {
		out = append(out, lo+(hi-lo)*float64(k)/100)
	}
	return out
}

// decadesApart are values whose logarithms are spread evenly.
func decadesApart(lo, hi float64) []float64 {
	var out []float64
	for _, e := range evenly(math.Log10(lo), math.Log10(hi)) {
		out = append(out, math.Pow(10, e))
	}
	return out
}

func TestAxisLabels(t *testing.T) {
	for _, tt := range []struct {
		axis   axis
		ticks  string
		suffix string
	}{
		{linearAxis([]float64{0, 1}), "0.0 0.2 0.4 0.6 0.8 1.0", ""},
		{linearAxis([]float64{-0.02, 0.03}), "\u22120.02 \u22120.01 0.00 0.01 0.02 0.03", ""},
		{linearAxis([]float64{0, 7e-15}), "0 2 4 6", " (×10^\u221215)"},
		{linearAxis([]float64{0, 3e300}), "0.0 0.5 1.0 1.5 2.0 2.5 3.0", " (×10^300)"},
		{linearAxis([]float64{5, 5}), "3 4 5 6 7", ""},
		{linearAxis([]float64{0}), "\u22121.0 \u22120.5 0.0 0.5 1.0", ""},
		{linearAxis(nil), "\u22121.0 \u22120.5 0.0 0.5 1.0", ""},
		{dataAxis([]float64{1, 1e6}), "1 100 10^4 10^6", ""},
		{dataAxis(evenly(0.001, 10)), "0 2 4 6 8 10", ""},
		{dataAxis(decadesApart(0.001, 10)), "0.001 0.01 0.1 1 10", ""},
		{dataAxis(decadesApart(0.001, 10), []float64{math.NaN(), math.Inf(1)}), "0.001 0.01 0.1 1 10", ""},
		{dataAxis(decadesApart(1, 100)), "0 20 40 60 80 100", ""},
		{dataAxis(evenly(-1, 1e6)), "0.0 0.2 0.4 0.6 0.8 1.0", " (×10^6)"},
		{errorAxis([]float64{0.1, 0.2}), "0.1 0.05 0.2 0.5", ""},
		{errorAxis([]float64{0, 0.3, 1e-5}), "0 10^\u22125 10^\u22124 0.001 0.01 0.1", ""},
		{errorAxis([]float64{0}), "0 0.1 1", ""},
	} {
		if got := tickLabels(tt.axis, 5); got != tt.ticks {
			t.Errorf("%+v: ticks %s, want %s", tt.axis, got, tt.ticks)
		}
		suffix := strings.NewReplacer(string(raise), "^", string(level), "").Replace(tt.axis.label(""))
		if suffix != tt.suffix {
			t.Errorf("%+v: %q, want %q", tt.axis, suffix, tt.suffix)
		}
	}
}

// Every finite value has a place on the axis made for it, ticks ascend, differ
// and are few, and what has no logarithm has no place rather than a panic.
func TestAxis(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.Float64(), 1, 6).Draw(t, "values")
		makers := []func(...[]float64) axis{linearAxis, dataAxis, errorAxis}
		k := rapid.IntRange(0, 2).Draw(t, "kind")
		if k == 2 {
			for i := range v {
				v[i] = math.Abs(v[i])
			}
		}
		a := makers[k](v)
		if !(a.lo < a.hi) || !isFinite(a.hi-a.lo) {
			t.Fatalf("from %v to %v", a.lo, a.hi)
		}
		for _, x := range v {
			if at := a.at(x); !(at >= a.lo && at <= a.hi) {
				t.Fatalf("%v is at %v, outside of %v to %v", x, at, a.lo, a.hi)
			}
		}
		seen := map[string]bool{}
		var values []float64
		for _, tick := range a.ticks(a.lo, a.hi, 5) {
			if tick.Label == "" {
				continue
			}
			values = append(values, tick.Value)
			if seen[tick.Label] {
				t.Fatalf("the label %s stands twice on %+v", tick.Label, a)
			}
			seen[tick.Label] = true
		}
		if !a.log && !slices.IsSorted(values) {
			t.Fatalf("ticks %v", values)
		}
		if len(values) < 1 || len(values) > 10 {
			t.Fatalf("%d ticks on %+v", len(values), a)
		}
	})
}
