package symbolic

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kansym/kansym/library"
)

// bent adds a smooth error to the curve, of root mean square size times the
// spread, such as a spline leaves: a few waves of random size and phase. Both
// axes get a scale and a shift of their own.
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
	{"exp", math.Exp, -1, 1},
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

func TestDbgBent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b bend
		for i := range b.waves {
			w := &b.waves[i]
			w.size = rapid.Float64Range(-1, 1).Draw(t, "size")
			w.freq = rapid.Float64Range(0.5, 6).Draw(t, "freq")
			w.phase = rapid.Float64Range(0, 6).Draw(t, "phase")
		}
		b.waves[0].size = 1
		set := library.DefaultSet()
		for _, l := range bentLaws {
			x := grid(l.lo, l.hi, 300)
			y := mapped(x, l.f)
			line := l.names + fmt.Sprintf(" [%g,%g]", l.lo, l.hi)
			for _, size := range []float64{1e-3, 1e-4, 1e-5} {
				b.size = size
				if size != 1e-4 {
					continue
				}
				t0 := time.Now()
				for _, e := range MatchUnivariate(context.Background(), x, b.apply(x, y), nil, "x", set, MatchOptions{Keep: 6}) {
					r := relativeError(e, x, b.apply(x, y))
					line += fmt.Sprintf("\n    %v (%.2g)", e, r)
				}
				line += time.Since(t0).String()
				got := MatchCurve(context.Background(), x, b.apply(x, y), nil, set, MatchOptions{Keep: 10})
				rank := -1
				for k, m := range got {
					for _, n := range strings.Split(l.names, "|") {
						if m.Func.Name == n && rank < 0 {
							rank = k
						}
					}
				}
				line += fmt.Sprintf(" %d", rank)
				if rank != 0 {
					line += fmt.Sprintf(" (%s %.2g+%.2g %.2g", got[0].Func.Name, got[0].A, got[0].B, got[0].RMSE/newSample(x, y, nil, 0).sd)
					if rank > 0 {
						line += fmt.Sprintf(" vs %.2g+%.2g %.2g", got[rank].A, got[rank].B, got[rank].RMSE/newSample(x, y, nil, 0).sd)
					}
					line += ")"
				}
			}
			t.Log(line)
		}
		t.Fatal("x")
	})
}
