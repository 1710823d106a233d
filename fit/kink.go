package fit

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/kansym/kansym/symbolic"
)

// kinks proposes what a curve in x is that is made of two straight pieces:
// a*abs(x-c)+b*x+d where they meet, and a*sign(x-c)+d where both are level. c is
// found by trying every place between rows; that of a step is not known any nearer,
// and the shortest number is taken.
func (s *state) kinks(ctx context.Context) []*symbolic.Expr {
	d := s.data.search
	x := symbolic.Var(d.Names[0])
	rows := make([]int, len(d.Y))
	for i := range rows {
		rows[i] = i
	}
	slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(d.Cols[0][a], d.Cols[0][b]) })
	left := make([]moments, len(rows)+1) // of the first rows
	right := make([]moments, len(rows)+1)
	for i, r := range rows {
		left[i+1] = left[i].with(d.Cols[0][r], d.Y[r], weightAt(d.W, r))
	}
	for i := len(rows) - 1; i >= 0; i-- {
		r := rows[i]
		right[i] = right[i+1].with(d.Cols[0][r], d.Y[r], weightAt(d.W, r))
	}
	const fewest = 3 // rows of a piece
	bent, step := -1, -1
	leastBent, leastStep := math.Inf(1), math.Inf(1)
	for i := fewest; i <= len(rows)-fewest && ctx.Err() == nil; i++ {
		if d.Cols[0][rows[i-1]] == d.Cols[0][rows[i]] {
			continue
		}
		if e := left[i].yy - left[i].explained() + right[i].yy - right[i].explained(); e < leastBent {
			bent, leastBent = i, e
		}
		if e := left[i].yy + right[i].yy; e < leastStep {
			step, leastStep = i, e
		}
	}
	var out []*symbolic.Expr
	if f, ok := s.library.Callable("abs"); ok && bent >= 0 {
		a, b := left[bent].slope(), right[bent].slope()
		c := (left[bent].y - a*left[bent].x - right[bent].y + b*right[bent].x) / (b - a)
		lo, hi := bounds(d.Cols[0])
		if c > lo && c < hi {
			out = append(out, symbolic.Add(
				symbolic.Mul(symbolic.Free((b-a)/2), symbolic.Call(f, symbolic.Sub(x, symbolic.Free(c)))),
				symbolic.Mul(symbolic.Free((a+b)/2), x), symbolic.Free(0)))
		}
	}
	// Of a step in noise a curve says as much.
	total := left[len(rows)]
	const level = 1e-20 // of the sum of squares, which are of rounding
	if f, ok := s.library.Callable("sign"); ok && step >= 0 && leastStep <= level*total.yy {
		lo, hi := d.Cols[0][rows[step-1]], d.Cols[0][rows[step]]
		if c, ok := shortestBetween(lo, hi); ok {
			out = append(out, symbolic.Add(
				symbolic.Mul(symbolic.Free(1), symbolic.Call(f, symbolic.Sub(x, c))), symbolic.Free(0)))
		}
	}
	return out
}

// shortestBetween is the decimal of fewest places strictly between two numbers.
func shortestBetween(lo, hi float64) (*symbolic.Expr, bool) {
	scale := int64(1)
	for range 12 {
		middle := (lo + hi) / 2 * float64(scale)
		for _, n := range []float64{math.Round(middle), math.Floor(middle), math.Ceil(middle)} {
			if v := n / float64(scale); v > lo && v < hi && math.Abs(n) < 1<<53 {
				return symbolic.Rat(int64(n), scale), true
			}
		}
		scale *= 10
	}
	return nil, false
}

// moments are the weighted moments of points: the weight, means, and sums about these.
type moments struct{ w, x, y, xx, xy, yy float64 }

// with adds a point (Welford, Technometrics 4, 1962).
func (m moments) with(x, y, w float64) moments {
	if w <= 0 {
		return m
	}
	m.w += w
	dx, dy := x-m.x, y-m.y
	m.x += dx * w / m.w
	m.y += dy * w / m.w
	m.xx += w * dx * (x - m.x)
	m.xy += w * dx * (y - m.y)
	m.yy += w * dy * (y - m.y)
	return m
}

func (m moments) slope() float64 {
	if m.xx == 0 {
		return 0
	}
	return m.xy / m.xx
}

// explained is the part of yy that the straight line through the points accounts for.
func (m moments) explained() float64 { return m.slope() * m.xy }
