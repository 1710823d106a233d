package library

import "math"

// Starting values for c*f(a*u+b)+d. The outer constants c and d are linear and
// need none. Whoever fits has scaled u so that max|u| = 1 on [lo, hi]; widths
// and centres below are fractions of that interval, and a start whose argument
// would leave the domain is dropped.

// spread holds the scales of functions with one feature (a step, a peak):
// widths from twice the interval down to a sixteenth of it.
var spread = []float64{0.5, 1, 2, 4, 8, 16}

// centres holds where a wide feature may sit, as fractions of the interval and
// a little beyond.
var centres = []float64{-0.5, -0.25, -0.1, 0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1, 1.1, 1.25, 1.5}

// kinks is the number of places tried for features that descent cannot move.
const kinks = 50

// gaps holds distances of a singularity from the interval, in widths.
var gaps = []float64{0.02, 0.1, 0.3, 1, 3}

type starter func(lo, hi float64, zeros int) []Start

// within keeps the starts whose arguments stay inside the domain.
func within(d Domain, s starter) starter {
	return func(lo, hi float64, zeros int) []Start {
		if !(lo < hi) || math.IsInf(lo, 0) || math.IsInf(hi, 0) {
			return []Start{{A: 1}}
		}
		all := s(lo, hi, zeros)
		kept := all[:0]
		for _, t := range all {
			p, q := t.A*lo+t.B, t.A*hi+t.B
			if d.Covers(math.Min(p, q), math.Max(p, q)) {
				kept = append(kept, t)
			}
		}
		return kept
	}
}

// one is the start of functions whose constants are all redundant.
func one(_, _ float64, _ int) []Start { return []Start{{A: 1}} }

// exponential scans the growth rate; a shift is a factor of c.
func exponential(lo, hi float64, _ int) []Start {
	var out []Start
	for _, k := range [...]float64{0.1, 0.3, 1, 2, 4, 8, 16, 32} {
		out = append(out, Start{A: k / (hi - lo)}, Start{A: -k / (hi - lo)})
	}
	return out
}

// bump scans scale and centre of an even or odd function. Of narrow features
// only those inside the interval are seen, and they need closer places.
func bump(lo, hi float64, _ int) []Start {
	w := hi - lo
	var out []Start
	at := func(a, c float64) { out = append(out, Start{A: a, B: -a * (lo + c*w)}) }
	for _, k := range spread {
		a := k / w
		out = append(out, Start{A: a})
		if k <= 8 {
			for _, c := range centres {
				at(a, c)
			}
			continue
		}
		for i := 0.0; i <= k; i++ {
			at(a, i/k)
		}
	}
	return out
}

// sided is bump for functions that are not symmetric.
func sided(lo, hi float64, zeros int) []Start {
	out := bump(lo, hi, zeros)
	for _, t := range out {
		out = append(out, Start{A: -t.A, B: -t.B})
	}
	return out
}

// places scans the position of a kink; scale is a factor of c.
func places(lo, hi float64, _ int) []Start {
	out := []Start{{A: 1}}
	for i := range kinks {
		c := (float64(i) + 0.5) / kinks
		out = append(out, Start{A: 1, B: -(lo + c*(hi-lo))})
	}
	return out
}

// oscillation scans frequency and phase. A sine with z crossings of its mean
// has between z-1 and z+1 half periods on the interval; low frequencies are
// tried besides, since a short arc crosses its mean line once or twice.
func oscillation(lo, hi float64, zeros int) []Start {
	half := math.Pi / (hi - lo)
	z := float64(zeros)
	var out []Start
	for _, n := range [...]float64{0.25, 0.5, 0.75, 1, 1.5, 2, z - 1, z - 0.5, z, z + 0.5, z + 1} {
		if n <= 0 || (n > 2 && n < z-1) {
			continue
		}
		for _, phase := range [...]float64{0, 0.25, 0.5, 0.75} {
			out = append(out, Start{A: n * half, B: phase * math.Pi})
		}
	}
	return out
}

// sincStarts scans the frequency of sin(x)/x about several centres.
func sincStarts(lo, hi float64, zeros int) []Start {
	out := bump(lo, hi, zeros)
	w := hi - lo
	for _, n := range [...]float64{1, 2} {
		a := n * math.Pi * float64(zeros+1) / w
		out = append(out, Start{A: a}, Start{A: a, B: -a * (lo + w/2)})
	}
	return out
}

// branch keeps the argument between two neighbouring poles of the tangent.
func branch(lo, hi float64, _ int) []Start {
	w, mid := hi-lo, (lo+hi)/2
	var out []Start
	for _, share := range [...]float64{0.1, 0.3, 0.6, 0.9} {
		a := share * math.Pi / w
		room := (1 - share) * math.Pi / 2
		out = append(out, Start{A: a})
		for _, at := range [...]float64{-0.8, -0.4, 0, 0.4, 0.8} {
			out = append(out, Start{A: a, B: at*room - a*mid})
		}
	}
	return out
}

// unitInterval maps the interval onto parts of [-1, 1], where asin, acos and
// sqrt(1-x^2) live: unshifted, and onto parts of several widths and places.
func unitInterval(lo, hi float64, _ int) []Start {
	w := hi - lo
	var out []Start
	for _, s := range [...]float64{0.2, 0.5, 0.8, 0.95, 0.999, 1} {
		out = append(out, Start{A: s})
	}
	for _, reach := range [...]float64{0.97, 1} {
		for _, width := range [...]float64{0.3, 0.6, 1, 1.4, 1.7, 1.9, 2} {
			a := reach * width / w
			for _, place := range [...]float64{0, 0.2, 0.5, 0.8, 1} {
				left := reach * ((2-width)*place - 1)
				out = append(out, Start{A: a, B: left - a*lo})
			}
		}
	}
	return out
}

// halfLine keeps the argument positive, from either side; scaled adds scales
// for functions where a is not redundant.
func halfLine(scaled bool) starter {
	return func(lo, hi float64, _ int) []Start {
		w := hi - lo
		out := []Start{{A: 1}, {A: -1}, {A: 1, B: -lo}, {A: -1, B: hi}}
		for _, g := range gaps {
			out = append(out, Start{A: 1, B: g*w - lo}, Start{A: -1, B: g*w + hi})
		}
		if scaled {
			for _, t := range out {
				for _, k := range [...]float64{0.25, 0.5, 2, 4} {
					out = append(out, Start{A: k * t.A, B: k * t.B})
				}
			}
		}
		return out
	}
}

// powerStarts returns the starts of x^p. The scale is a factor of c, so a is 1
// or -1.
func powerStarts(p float64) starter {
	d := powerDomain(p)
	integer := math.Trunc(p) == p
	switch {
	case p == 1:
		return one
	case integer && p > 0:
		return within(d, func(lo, hi float64, _ int) []Start {
			out := []Start{{A: 1}}
			for _, c := range centres {
				out = append(out, Start{A: 1, B: -(lo + c*(hi-lo))})
			}
			return out
		})
	case integer:
		return within(d, func(lo, hi float64, _ int) []Start {
			out := []Start{{A: 1}}
			for _, g := range gaps {
				out = append(out, Start{A: 1, B: g*(hi-lo) - lo}, Start{A: 1, B: -g*(hi-lo) - hi})
			}
			return out
		})
	}
	return within(d, halfLine(false))
}

// AnyStarts returns starting values for a function of which nothing but its
// domain is known: features of any width and place, growth at any rate, and
// oscillations.
func AnyStarts(d Domain) func(lo, hi float64, zeros int) []Start {
	return within(d, func(lo, hi float64, zeros int) []Start {
		out := sided(lo, hi, zeros)
		out = append(out, exponential(lo, hi, zeros)...)
		return append(out, oscillation(lo, hi, zeros)...)
	})
}
