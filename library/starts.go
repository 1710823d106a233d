package library

import "math"

// Starting values are given for an argument scaled to max|u| = 1, so that one
// list suits data of any size; constants found are scaled back by the caller.

// rates are the |a| tried where a sets how fast a curve bends: below the first
// the curve is its own Taylor polynomial, above the last it is a step.
var rates = []float64{0.1, 0.3, 1, 2, 4, 8, 16}

// shiftStarts is for functions with a branch point (powers, log): a only
// matters by its sign, b moves the branch point away from the data.
func shiftStarts(lo, hi float64, _ int) []Start {
	width := hi - lo
	starts := []Start{{1, 0}}
	for _, s := range []float64{0.02, 0.1, 0.3, 1, 3} {
		starts = append(starts, Start{1, -lo + s*width}, Start{-1, hi + s*width})
	}
	return starts
}

// rateStarts is for functions whose argument starts at a natural zero.
func rateStarts(lo, hi float64, _ int) []Start {
	var starts []Start
	for _, a := range rates {
		starts = append(starts, Start{a, 0}, Start{-a, 0})
	}
	for _, a := range []float64{0.5, 1, 2} {
		starts = append(starts, Start{a, -a * (lo + hi) / 2})
	}
	return starts
}

// bumpStarts is for functions with a centre: it is tried at zero and across
// the data.
func bumpStarts(lo, hi float64, _ int) []Start {
	var starts []Start
	for _, a := range rates {
		starts = append(starts, Start{a, 0})
		for _, at := range []float64{0, 0.25, 0.5, 0.75, 1} {
			centre := lo + at*(hi-lo)
			starts = append(starts, Start{a, -a * centre})
		}
	}
	return starts
}

// waveStarts is for sin and cos: a curve with z sign changes over the data has
// about z half waves; the frequencies around that and some low ones are tried,
// each at four phases (the sign of c makes up the other four).
func waveStarts(lo, hi float64, zeros int) []Start {
	width := hi - lo
	if !(width > 0) {
		return nil
	}
	half := math.Pi / width
	factors := []float64{0.25, 0.5, 0.75, 1, 1.5, 2}
	z := float64(max(zeros, 1))
	for _, f := range []float64{0.8, 0.9, 1, 1.1, 1.2} {
		factors = append(factors, f*z)
	}
	if zeros > 2 {
		factors = append(factors, z-1, z+1, z/2)
	}
	var starts []Start
	for _, f := range factors {
		a := f * half
		for _, phase := range []float64{0, 0.25, 0.5, 0.75} {
			starts = append(starts, Start{a, math.Pi*phase - a*(lo+hi)/2})
		}
		starts = append(starts, Start{a, 0})
	}
	return starts
}
