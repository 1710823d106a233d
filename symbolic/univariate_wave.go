package symbolic

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/kansym/kansym/library"
)

// leastSwings is the number of zeros of a curve about its straight line from
// which on oscillations are looked for.
const leastSwings = 2

// waves tries oscillations: two of them, one in an envelope x^p*exp(b*x^q), and
// a Fourier series in such an envelope, which is what products of sines and
// cosines are; each with a short polynomial. For given frequencies and b all
// else is linear, so that these are scanned and the best polished.
func (u *univariate) waves(ctx context.Context) {
	if u.scan.zeros < leastSwings {
		return
	}
	var field []blended
	t := &target{sign: 1}
	offer := func(list []*blend) {
		for _, b := range list {
			field = append(field, blended{b: b, t: t})
		}
	}
	x := u.s.x
	width := x[len(x)-1] - x[0]
	var slow, fast []float64
	for k := 1.0; k <= mostWaves; k++ {
		w := (u.slowest() + k) / width
		fast = append(fast, w)
		if k <= mostWaves/2 {
			slow = append(slow, w)
		}
	}
	var rates []float64
	for _, k := range [...]float64{0.4, 1, 2, 3.2, 4.5, 6, 8, 10, 13, 17} {
		rates = append(rates, -k/width, k/width)
	}
	polynomial := []float64{0, 1, 2}

	var grid [][]float64
	for i, w := range fast {
		for _, v := range fast[:i] {
			grid = append(grid, []float64{w, v})
		}
	}
	two := &blend{pieces: append(u.wave(1, 0, 1), u.wave(1, 1, 1)...)}
	two.add(polynomial, nil)
	for k := range two.pieces {
		two.add([]float64{0}, []int{k})
	}
	offer(u.scanGrid(ctx, two, grid, 16))

	grid = nil
	for _, w := range fast {
		grid = append(grid, []float64{w})
	}
	for _, harmonics := range [...]int{2, 3, 5} {
		for _, q := range [...][]float64{{0}, {0, 1}} {
			b := &blend{}
			b.add([]float64{0, 1}, nil)
			for k := 1; k <= harmonics; k++ {
				b.pieces = append(b.pieces, u.wave(1, 0, float64(k))...)
				b.add(q, []int{2*k - 2})
				b.add(q, []int{2*k - 1})
			}
			if len(b.cols) <= mostWaveColumns {
				offer(u.scanGrid(ctx, b, grid[:mostWaves/2], 4))
			}
		}
	}

	// Products of waves in different powers of x.
	reach := math.Max(math.Abs(x[0]), math.Abs(x[len(x)-1]))
	for _, q := range [...][2]float64{{1, 2}, {1, 3}, {2, 3}, {1, 0.5}, {1, -1}} {
		from := math.Min(math.Abs(x[0]), math.Abs(x[len(x)-1]))
		if q[1] < 1 && !(x[0] > 0) {
			continue
		}
		size := [2]float64{reach, math.Max(raised(reach, q[1]), raised(from, q[1]))}
		size[0] = raised(reach, q[0])
		grid = nil
		for k := 0.6; k <= 16; k += 0.7 {
			for l := 0.6; l <= 16; l += 0.7 {
				grid = append(grid, []float64{k / size[0], l / size[1]})
			}
		}
		b := &blend{pieces: append(u.wave(q[0], 0, 1), u.wave(q[1], 1, 1)...)}
		b.add([]float64{0, 1}, nil)
		for i := range 2 {
			for j := range 2 {
				b.add([]float64{0}, []int{i, 2 + j})
			}
		}
		offer(u.scanGrid(ctx, b, grid, 6))
	}

	exp, _ := library.Lookup("exp")
	grid = nil
	for _, r := range rates {
		for _, w := range slow {
			grid = append(grid, []float64{r, w})
		}
	}
	for _, q := range [...]float64{1, 2} {
		envelope := piece{f: exp, of: none, pow: q, mult: 1, a: 0, b: none, p: none}
		for _, p := range [...]float64{0, 1, 2, 3, -1} {
			if ctx.Err() != nil || p < 0 && !(x[0]*x[len(x)-1] > 0) {
				break
			}
			scaled := grid
			if q == 2 {
				scaled = nil
				for _, g := range grid {
					scaled = append(scaled, []float64{g[0] / math.Max(math.Abs(x[0]), math.Abs(x[len(x)-1])), g[1]})
				}
			}
			one := &blend{pieces: append([]piece{envelope}, u.wave(1, 1, 1)...)}
			one.add(polynomial, nil)
			one.add([]float64{p}, []int{0, 1})
			one.add([]float64{p}, []int{0, 2})
			offer(u.scanGrid(ctx, one, scaled, 4))
			if q == 2 {
				continue
			}
			const harmonics = 5
			series := &blend{pieces: []piece{envelope}}
			series.add([]float64{p}, []int{0})
			for k := 1; k <= harmonics; k++ {
				series.pieces = append(series.pieces, u.wave(1, 1, float64(k))...)
				series.add([]float64{p}, []int{0, 2*k - 1})
				series.add([]float64{p}, []int{0, 2 * k})
			}
			offer(u.scanGrid(ctx, series, scaled, 4))
		}
	}
	u.raceBlends(ctx, field)
}

// mostWaveColumns bounds the columns of a Fourier series.
const mostWaveColumns = 12

// add appends columns x^p times the pieces.
func (b *blend) add(powers []float64, pieces []int) {
	for _, p := range powers {
		b.cols = append(b.cols, column{pow: p, pieces: pieces})
		b.coef = append(b.coef, 0)
	}
}

// scanGrid returns the form b with the constants from the grid that leave least.
func (u *univariate) scanGrid(ctx context.Context, b *blend, grid [][]float64, keep int) []*blend {
	s := u.few
	n := len(s.x)
	if n <= len(b.cols)+len(grid[0]) {
		return nil
	}
	rhs := make([]float64, n)
	for i, y := range s.y {
		rhs[i] = y / s.size * s.root(i)
	}
	cols := newColumns(n, len(b.cols))
	left := make([]float64, n)
	type ranked struct {
		left  float64
		theta []float64
	}
	var list []ranked
	var v [mostPieces]float64
	trial := *b
	for _, theta := range grid {
		if ctx.Err() != nil {
			return nil
		}
		trial.theta = theta
		for i, x := range s.x {
			trial.values(x, &v)
			for j := range b.cols {
				cols[j][i] = b.cols[j].value(x, &v) * s.root(i)
			}
		}
		copy(left, rhs)
		for j, c := range cols {
			before := math.Sqrt(floats.Dot(c, c))
			for _, q := range cols[:j] {
				floats.AddScaled(c, -floats.Dot(q, c), q)
			}
			norm := math.Sqrt(floats.Dot(c, c))
			if !(norm > 1e-9*before) || !isFinite(norm) {
				for i := range c {
					c[i] = 0
				}
				continue
			}
			floats.Scale(1/norm, c)
			floats.AddScaled(left, -floats.Dot(c, left), c)
		}
		list = append(list, ranked{floats.Dot(left, left), theta})
	}
	slices.SortStableFunc(list, func(a, b ranked) int {
		switch {
		case a.left < b.left:
			return -1
		case a.left > b.left:
			return 1
		}
		return 0
	})
	var out []*blend
	for _, r := range list[:min(len(list), keep)] {
		c := b.clone()
		c.theta = slices.Clone(r.theta)
		out = append(out, c)
	}
	return out
}
