package symbolic

import (
	"context"
	"math"
	"slices"
	"sort"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kansym/kansym/library"
)

// A bend is a smooth error such as a spline leaves: a few waves, of which the
// root mean square is size times the spread of the curve.
type bend struct {
	waves [5]struct{ size, freq, phase float64 }
	size  float64
}

func (b *bend) apply(x, y []float64) []float64 {
	lo, hi := x[0], x[len(x)-1]
	e := make([]float64, len(x))
	ss := 0.0
	for i, v := range x {
		t := (v - lo) / (hi - lo)
		for _, w := range b.waves {
			e[i] += w.size * math.Sin(2*math.Pi*w.freq*t+w.phase)
		}
		ss += e[i] * e[i]
	}
	s := newSample(x, y, nil, 0)
	scale := b.size * s.sd / math.Sqrt(ss/float64(len(x)))
	out := make([]float64, len(y))
	for i := range y {
		out[i] = y[i] + scale*e[i]
	}
	return out
}

type bentLaw struct {
	names  string // what may be found, separated by |
	f      func(x float64) float64
	lo, hi float64
}

var bentLaws = []bentLaw{
	{"sqrt(1-x^2)", func(x float64) float64 { return math.Sqrt(1 - x*x) }, 0, 0.95},
	{"1/sqrt(1-x^2)", func(x float64) float64 { return 1 / math.Sqrt(1-x*x) }, 0, 0.9},
	{"x^2", func(x float64) float64 { return x * x }, -1, 1},
	{"x^2", func(x float64) float64 { return x * x }, 1, 5},
	{"x^2", func(x float64) float64 { return x * x }, 100, 300},
	{"x^3", func(x float64) float64 { return x * x * x }, 1, 5},
	{"1/x^3", func(x float64) float64 { return 1 / (x * x * x) }, 1, 5},
	{"1/x^2", func(x float64) float64 { return 1 / (x * x) }, 100, 300},
	{"log", math.Log, 1, 5},
	{"log", math.Log, 0.1, 3},
	{"exp", math.Exp, 0.1, 3},
	{"exp", func(x float64) float64 { return math.Exp(-x) }, 1, 5},
	{"exp(-x^2)", func(x float64) float64 { return math.Exp(-x * x) }, -1, 1},
	{"exp(-x^2)", func(x float64) float64 { return math.Exp(-x * x) }, 0.1, 3},
	{"sin|cos", func(x float64) float64 { return math.Sin(3*x + 0.4) }, 1, 5},
	{"sin|cos", func(x float64) float64 { return math.Sin(6*math.Pi*x + 1) }, 0, 1},
	{"sin|cos", func(x float64) float64 { return math.Sin(x / 20) }, 100, 300},
	{"1/x", func(x float64) float64 { return 1 / (1 + x) }, 0, 1},
	{"1/x", func(x float64) float64 { return 1 / (1 + x) }, 0.1, 3},
	{"x/(exp(x)-1)", func(x float64) float64 { return x / math.Expm1(x) }, 0.1, 3},
	{"asin|acos", math.Asin, -1, 1},
	{"tanh", func(x float64) float64 { return math.Tanh(2 * x) }, -1, 1},
	{"sin|cos", func(x float64) float64 { return math.Sin(x) * math.Sin(x) }, 0.1, 3},
	{"x^1.5", func(x float64) float64 { return math.Pow(x, 1.5) }, 1, 5},
	{"sqrt", math.Sqrt, 0, 1},
	{"1/sqrt", func(x float64) float64 { return 1 / math.Sqrt(x) }, 0.1, 3},
	{"1/(1+x^2)", func(x float64) float64 { return 1 / (1 + 4*x*x) }, -1, 1},
}

// drawBend draws waves of like size: a single half of a wave may be just the
// difference between two functions.
func drawBend(t *rapid.T) bend {
	var b bend
	for i := range b.waves {
		w := &b.waves[i]
		w.size = rapid.Float64Range(0.4, 1).Draw(t, "size")
		w.freq = float64(i) + rapid.Float64Range(1, 2).Draw(t, "freq")
		w.phase = rapid.Float64Range(0, 6).Draw(t, "phase")
	}
	return b
}

// named reports whether the function has one of the law's names.
func (l *bentLaw) named(f *library.Func) bool {
	return slices.Contains(strings.Split(l.names, "|"), f.Name)
}

// rankOf returns the place of the law's function among the matches of the curve,
// -1 if it is not there.
func (l *bentLaw) rankOf(x, y []float64, keep int) (int, []Match) {
	got := MatchCurve(context.Background(), x, y, nil, library.DefaultSet(), MatchOptions{Keep: keep})
	return slices.IndexFunc(got, func(m Match) bool { return l.named(m.Func) }), got
}

// The true function comes first for curves with a smooth error of several waves.
func TestMatchCurveBent(t *testing.T) {
	for _, size := range []float64{1e-3, 1e-4, 1e-5} {
		b := bend{size: size}
		for i := range b.waves {
			w := &b.waves[i]
			w.size, w.freq, w.phase = 1, 1.3+1.1*float64(i), float64(i)
		}
		for _, l := range bentLaws {
			x := grid(l.lo, l.hi, 120)
			if rank, got := l.rankOf(x, b.apply(x, mapped(x, l.f)), 3); rank != 0 {
				t.Errorf("%s on [%g,%g] with an error of %g: place %d of %v", l.names, l.lo, l.hi, size, rank, got)
			}
		}
	}
}

// Nor does it matter what the waves are, how the axes are scaled and where y
// begins: the true function is among the first five. exp is left out, as it is
// the limit of half a dozen others, which one wave or another may favour.
func TestMatchCurveBentAnyhow(t *testing.T) {
	laws := slices.DeleteFunc(slices.Clone(bentLaws), func(l bentLaw) bool { return l.names == "exp" })
	rapid.Check(t, func(t *rapid.T) {
		b := drawBend(t)
		l := rapid.SampledFrom(laws).Draw(t, "law")
		b.size = rapid.SampledFrom([]float64{1e-3, 1e-4, 1e-5}).Draw(t, "error")
		sx := math.Pow(10, rapid.Float64Range(-6, 6).Draw(t, "sx"))
		sy := math.Pow(10, rapid.Float64Range(-6, 6).Draw(t, "sy"))
		offset := rapid.Float64Range(-1, 1).Draw(t, "offset")
		x := grid(l.lo, l.hi, 120)
		y := b.apply(x, mapped(x, l.f))
		for i := range x {
			x[i] *= sx
			y[i] = sy * (y[i] + offset)
		}
		if rank, got := l.rankOf(x, y, 5); rank < 0 {
			t.Errorf("%s on [%g,%g] with an error of %g: got %v", l.names, l.lo, l.hi, b.size, got)
		}
	})
}

// Whatever else fits a curve with smooth errors, the true form is among what
// MatchUnivariate returns.
func TestMatchUnivariateBent(t *testing.T) {
	set, err := library.ParseSet("x,x^2,1/x,x^3,sqrt,exp,log,sin,exp(-x^2),tanh")
	if err != nil {
		t.Fatal(err)
	}
	b := bend{size: 1e-4}
	for i := range b.waves {
		w := &b.waves[i]
		w.size, w.freq, w.phase = 1/(1+float64(i)), 0.7+1.3*float64(i), float64(i)
	}
	laws := []struct {
		want   string // what is left of the formula without its numbers
		f      func(x float64) float64
		lo, hi float64
	}{
		{"exp(x^2)", func(x float64) float64 { return math.Exp(-x * x) }, 0.1, 3},
		{"x*exp(x)", func(x float64) float64 { return x * math.Exp(-x) }, 0.1, 3},
		{"sin(x)", func(x float64) float64 { return math.Sin(6*math.Pi*x + 1) }, 0, 1},
		{"exp(sin(x))", func(x float64) float64 { return math.Exp(math.Sin(2 * x)) }, -1, 1},
	}
	for _, l := range laws {
		x := randomPoints(l.lo, l.hi, 300, 1)
		sort.Float64s(x)
		y := b.apply(x, mapped(x, l.f))
		got := MatchUnivariate(context.Background(), x, y, nil, "x", set, MatchOptions{})
		found := false
		for _, e := range got {
			found = found || withoutNumbers(e) == l.want
		}
		if !found {
			t.Errorf("%s: got %v", l.want, got)
		}
	}
}

// withoutNumbers returns the text of e without its constants, but for whole
// exponents.
func withoutNumbers(e *Expr) string {
	switch e.Kind() {
	case KindAdd, KindMul:
		var parts []string
		for _, a := range e.Args() {
			if s := withoutNumbers(a); s != "" {
				parts = append(parts, s)
			}
		}
		sort.Strings(parts)
		slices.Reverse(parts)
		return strings.Join(parts, map[bool]string{true: "+", false: "*"}[e.Kind() == KindAdd])
	case KindPow:
		return withoutNumbers(e.Args()[0]) + "^" + e.Args()[1].String()
	case KindCall:
		return e.Func().Name + "(" + withoutNumbers(e.Args()[0]) + ")"
	case KindVar:
		return e.String()
	}
	return ""
}
