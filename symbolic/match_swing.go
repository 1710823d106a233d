package symbolic

import "math"

// swings returns about how often the curve crosses its straight line, the zeros
// that starts of oscillations are made for. They are counted on few points, which
// tells little where neighbours among these have little in common: there the
// strongest frequency of all points says it.
func (s *sample) swings() int {
	few := s.thin(scanPoints)
	const aliased, clear = 0.3, 0.3
	if few.sd > 0 && few.scatter() > aliased {
		if half, share := s.strongest(); share > clear {
			return half
		}
	}
	return few.zeros()
}

// mostSpectrum is the most points that a spectrum is taken of.
const mostSpectrum = 3000

// strongest returns the number of half periods of the sine that explains most of
// the variance, and about which share it explains. Frequencies go up to one half
// period a point, be the points evenly spaced or not (Lomb, Least-squares frequency
// analysis of unequally spaced data, 1976), by quarters of a period.
func (s *sample) strongest() (half int, share float64) {
	s = s.thin(mostSpectrum)
	n := len(s.x)
	width := s.x[n-1] - s.x[0]
	if !(width > 0) || !isFinite(width) || !(s.sd > 0) {
		return 0, 0
	}
	line := fitLine(s)
	if !(line.sd > 0) {
		return 0, 0
	}
	flat := newColumns(n, 5)
	y, re, im, stepRe, stepIm := flat[0], flat[1], flat[2], flat[3], flat[4]
	weights, square := 0.0, 0.0
	for i, x := range s.x {
		w := s.root(i) * s.root(i)
		r := (s.y[i] - (line.slope*(x-line.mid) + line.level)) / line.sd
		y[i], re[i] = w*r, 1
		stepIm[i], stepRe[i] = math.Sincos(math.Pi / 2 * (x - s.x[0]) / width)
		weights += w
		square += w * r * r
	}
	best := 0
	for k := 1; k < 2*n; k++ {
		c, d := 0.0, 0.0
		for i, v := range y {
			a, b := re[i], im[i]
			p, q := stepRe[i], stepIm[i]
			a, b = a*p-b*q, a*q+b*p
			re[i], im[i] = a, b
			c += v * a
			d += v * b
		}
		if now := 2 * (c*c + d*d) / (weights * square); now > share {
			best, share = k, now
		}
	}
	return (best + 1) / 2, share
}
