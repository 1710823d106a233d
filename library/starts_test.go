package library

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Starts keep the argument inside the domain on the interval they were made
// for, and are not too many to try them all.
func TestStartsAreInTheDomain(t *testing.T) {
	intervals := [][2]float64{{-1, 1}, {0, 1}, {-1, 0}, {0.2, 1}, {-1, -0.5}, {0.9, 1}, {-0.3, 1}}
	for _, f := range tested() {
		for _, iv := range intervals {
			starts := f.Starts(iv[0], iv[1], 4)
			if len(starts) == 0 {
				t.Errorf("%s has no start on %v", f.Name, iv)
			}
			if len(starts) > 220 {
				t.Errorf("%s has %d starts on %v", f.Name, len(starts), iv)
			}
			for _, s := range starts {
				p, q := s.A*iv[0]+s.B, s.A*iv[1]+s.B
				if s.A == 0 || !f.Domain.Covers(math.Min(p, q), math.Max(p, q)) {
					t.Errorf("%s on %v: start %+v leaves the domain", f.Name, iv, s)
				}
			}
		}
		for _, bad := range [][2]float64{{1, 1}, {2, 1}, {math.NaN(), 1}, {math.Inf(-1), 1}} {
			for _, s := range f.Starts(bad[0], bad[1], 0) {
				if !finite(s.A) || !finite(s.B) {
					t.Errorf("%s on %v: start %+v", f.Name, bad, s)
				}
			}
		}
	}
}

// Starts come near enough: for curves c*f(a*u+b)+d with a and b drawn over the
// range that 50 points resolve, the best start explains most of the variance.
// How much is a property of the grid of starts, not a law: the bound is what
// descent needs to find the bottom of the right valley.
func TestStartsReach(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const n, rounds = 50, 60
	for _, f := range Builtin() {
		if f.Name == "1" || f.IsRealPower() {
			continue
		}
		worst, drawn := 1.0, 0
		var at Start
		for range rounds {
			lo := -1 + 1.5*rng.Float64()
			hi := 1.0
			a, b, ok := draw(rng, f, lo, hi)
			if !ok {
				continue
			}
			u, y := make([]float64, n), make([]float64, n)
			for i := range u {
				u[i] = lo + (hi-lo)*float64(i)/(n-1)
				y[i] = f.Value(a*u[i] + b)
			}
			if slices.Max(y) == slices.Min(y) {
				continue // a step beside the points
			}
			drawn++
			best := 0.0
			g := make([]float64, n)
			for _, s := range f.Starts(lo, hi, crossings(u, y)) {
				for i := range u {
					g[i] = f.Value(s.A*u[i] + s.B)
				}
				r := correlation(g, y)
				best = math.Max(best, r*r)
			}
			if best < worst {
				worst, at = best, Start{a, b}
			}
		}
		if drawn < rounds/4 {
			t.Errorf("%s: only %d curves of %d lie in the domain", f.Name, drawn, rounds)
		}
		if worst < 0.7 {
			t.Errorf("%s: the best start explains %.3f of the curve at %+v", f.Name, worst, at)
		}
	}
}

// draw proposes inner constants for which the curve lies in the domain.
func draw(rng *rand.Rand, f *Func, lo, hi float64) (a, b float64, ok bool) {
	for range 200 {
		a = 16 * math.Exp(-3.5*rng.Float64()) / (hi - lo)
		if rng.IntN(2) == 0 {
			a = -a
		}
		// Features sit on the interval or so near that their tails are seen.
		beyond := math.Min(0.3, 0.5/(math.Abs(a)*(hi-lo)))
		b = -a * (lo + (hi-lo)*((1+2*beyond)*rng.Float64()-beyond))
		p, q := math.Min(a*lo+b, a*hi+b), math.Max(a*lo+b, a*hi+b)
		// Keep a little away from singular ends, where one point outweighs all.
		margin := 0.02 * (q - p)
		if f.Domain.Covers(p-margin, q+margin) && (f.Name != "exp" || q < 40) {
			return a, b, true
		}
	}
	return 0, 0, false
}

// crossings counts sign changes of y about the line through its ends' trend,
// fitted by least squares.
func crossings(u, y []float64) int {
	um, ym := mean(u), mean(y)
	var suy, suu float64
	for i := range u {
		suy += (u[i] - um) * (y[i] - ym)
		suu += (u[i] - um) * (u[i] - um)
	}
	count, last := 0, 0.0
	for i := range u {
		r := y[i] - ym - suy/suu*(u[i]-um)
		if r*last < 0 {
			count++
		}
		if r != 0 {
			last = r
		}
	}
	return count
}

func mean(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x
	}
	return s / float64(len(v))
}

func correlation(a, b []float64) float64 {
	am, bm := mean(a), mean(b)
	var ab, aa, bb float64
	for i := range a {
		ab += (a[i] - am) * (b[i] - bm)
		aa += (a[i] - am) * (a[i] - am)
		bb += (b[i] - bm) * (b[i] - bm)
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}
