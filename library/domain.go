package library

import "math"

// Contains reports whether the function is real and finite at x. Poles are
// excluded when x hits one exactly.
func (d Domain) Contains(x float64) bool {
	if math.IsNaN(x) || math.IsInf(x, 0) || !d.inside(x) {
		return false
	}
	return d.Poles == nil || len(d.Poles(x, x)) == 0
}

// Covers reports whether the function is real and finite on the whole closed
// interval from lo to hi: both ends inside and no pole between them. It is
// false when lo > hi and when an end is not finite.
func (d Domain) Covers(lo, hi float64) bool {
	if !(lo <= hi) || math.IsInf(lo, 0) || math.IsInf(hi, 0) || !d.inside(lo) || !d.inside(hi) {
		return false
	}
	return d.Poles == nil || len(d.Poles(lo, hi)) == 0
}

func (d Domain) inside(x float64) bool {
	if x < d.Lo || (d.LoOpen && x == d.Lo) {
		return false
	}
	return !(x > d.Hi || (d.HiOpen && x == d.Hi))
}

// everywhere is the domain of functions that are finite on the whole line.
func everywhere() Domain { return Domain{Lo: math.Inf(-1), Hi: math.Inf(1)} }

// exceptZero is the domain of functions with their only pole at 0.
func exceptZero() Domain {
	d := everywhere()
	d.Poles = func(lo, hi float64) []float64 {
		if lo <= 0 && 0 <= hi {
			return []float64{0}
		}
		return nil
	}
	return d
}

// maxPoles bounds how many poles are listed; an interval with more is beyond
// what a curve can resolve.
const maxPoles = 1000

// tanPoles lists the odd multiples of pi/2 in [lo, hi]. The float64 nearest to
// a pole is not the pole itself, so an interval counts as hitting one when it
// reaches within a few ulps.
func tanPoles(lo, hi float64) []float64 {
	slack := 4e-16 * math.Max(math.Abs(lo), math.Abs(hi))
	first := math.Ceil((lo-slack)/math.Pi - 0.5)
	last := math.Floor((hi+slack)/math.Pi - 0.5)
	if math.IsNaN(first) || math.IsNaN(last) {
		return nil
	}
	var poles []float64
	for k := first; k <= last && len(poles) < maxPoles; k++ {
		poles = append(poles, (k+0.5)*math.Pi)
	}
	return poles
}
