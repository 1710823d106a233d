package symbolic

import (
	"math"
	"sort"
)

// A sample is a curve given by points, sorted by x. Weights are folded in as
// square roots with mean square 1.
type sample struct {
	x, y []float64
	rw   []float64 // square roots of the weights, nil if all are 1

	sd    float64 // weighted standard deviation of y
	size  float64 // largest |y|
	floor float64 // error below which nothing can be told apart
	count float64 // independent errors, which description lengths count

	stretch float64 // of a transform: weighted errors over those of y
}

// relativeFloor is the error, relative to the spread of a curve, below which
// two formulas are equally exact: conditioning and rounding, not truth, decide
// how far below it a fit gets.
const relativeFloor = 1e-12

// newSample sorts the points and drops those that are not finite or have no
// weight. It returns nil if fewer than three distinct x are left, or if w has
// a negative weight.
func newSample(x, y, w []float64, noise float64) *sample {
	if len(x) != len(y) || (w != nil && len(w) != len(x)) {
		panic("symbolic: columns of different lengths")
	}
	at := make([]int, 0, len(x))
	total := 0.0
	for i := range x {
		if !isFinite(x[i]) || !isFinite(y[i]) {
			continue
		}
		if w != nil {
			if !isFinite(w[i]) || w[i] <= 0 {
				continue
			}
			total += w[i]
		}
		at = append(at, i)
	}
	sort.SliceStable(at, func(a, b int) bool { return x[at[a]] < x[at[b]] })
	s := &sample{x: make([]float64, len(at)), y: make([]float64, len(at))}
	if w != nil {
		s.rw = make([]float64, len(at))
	}
	distinct := 0
	for k, i := range at {
		s.x[k], s.y[k] = x[i], y[i]
		if w != nil {
			s.rw[k] = math.Sqrt(w[i] / total * float64(len(at)))
		}
		if k == 0 || s.x[k] != s.x[k-1] {
			distinct++
		}
	}
	if distinct < 3 {
		return nil
	}
	s.count = float64(len(s.x))
	s.measure(noise)
	return s
}

// measure sets the spread, size and floor of the sample.
func (s *sample) measure(noise float64) {
	s.size = 0
	for _, v := range s.y {
		s.size = math.Max(s.size, math.Abs(v))
	}
	if s.size == 0 {
		s.sd, s.floor = 0, noise
		return
	}
	n, mean := 0.0, 0.0
	for i, v := range s.y {
		w := s.root(i) * s.root(i)
		n += w
		mean += w * v / s.size
	}
	mean /= n
	ss := 0.0
	for i, v := range s.y {
		r := s.root(i) * (v/s.size - mean)
		ss += r * r
	}
	s.sd = math.Sqrt(ss/n) * s.size
	s.floor = math.Hypot(noise, math.Hypot(relativeFloor*s.sd, 4e-16*s.size))
}

func (s *sample) root(i int) float64 {
	if s.rw == nil {
		return 1
	}
	return s.rw[i]
}

// thin returns about n points spread evenly over the ranks, both ends among
// them. Where the sample is no larger it returns the sample itself.
func (s *sample) thin(n int) *sample {
	total := len(s.x)
	if total <= n {
		return s
	}
	t := &sample{x: make([]float64, n), y: make([]float64, n), sd: s.sd, size: s.size, floor: s.floor,
		count: math.Min(s.count, float64(n))}
	if s.rw != nil {
		t.rw = make([]float64, n)
	}
	for k := range n {
		i := s.thinned(k, n)
		t.x[k], t.y[k] = s.x[i], s.y[i]
		if s.rw != nil {
			t.rw[k] = s.rw[i]
		}
	}
	return t
}

// thinned returns the index in s of point k of thin(n).
func (s *sample) thinned(k, n int) int {
	if len(s.x) <= n {
		return k
	}
	return k * (len(s.x) - 1) / (n - 1)
}

// scatter returns the share of the variance of y that neighbours do not have in
// common, half the mean square of their differences (von Neumann, Distribution
// of the ratio of the mean square successive difference to the variance, 1941):
// about 0 for a smooth curve and 1 for noise.
func (s *sample) scatter() float64 {
	ss, sum := 0.0, 0.0
	for i := 1; i < len(s.y); i++ {
		d := (s.y[i] - s.y[i-1]) / s.sd
		w := s.root(i) * s.root(i-1)
		ss += w * d * d
		sum += 2 * w
	}
	return ss / sum
}

// leastCount is the number of independent errors that any curve is given.
const leastCount = 8

// independent returns how many independent errors the sample has about the
// values of a model: as many as it has points where the errors scatter, as many as the
// errors have swings where they are smooth, which is how splines err. A
// function that follows a few swings better than another one is not the truer
// for it.
func (s *sample) independent(value func(i int) float64) float64 {
	swings, last := 1.0, 0.0
	for i := range s.x {
		switch r := value(i) - s.y[i]; {
		case r*last < 0:
			swings++
			last = r
		case last == 0:
			last = r
		}
	}
	n := float64(len(s.x))
	// Scatter changes its sign at every second point.
	return math.Min(s.count, math.Max(leastCount, swings*(1+math.Min(1, 2*swings/n))))
}

// judged returns the sample with the number of independent errors that the
// most accurate of the candidates shows. Exact ones show rounding only.
func (s *sample) judged(found []candidate) *sample {
	var best *candidate
	for i := range found {
		if c := &found[i]; best == nil || c.rms < best.rms {
			best = c
		}
	}
	if best == nil || best.rms <= 10*s.floor {
		return s
	}
	t := *s
	t.count = s.independent(func(i int) float64 { return best.m.value(s.x[i]) })
	return &t
}

// rank sorts candidates by their description of the sample.
func (s *sample) rank(found []candidate) {
	for i := range found {
		c := &found[i]
		c.dl = s.descriptionLength(c.rms, c.m)
	}
	sortCandidates(found)
}

// scale returns the power of two that brings the largest |x| into [1/2, 1).
func (s *sample) scale() float64 {
	most := math.Max(math.Abs(s.x[0]), math.Abs(s.x[len(s.x)-1]))
	if most == 0 {
		return 1
	}
	_, e := math.Frexp(most)
	return math.Ldexp(1, -min(max(e, -1000), 1000))
}

// zeros counts the sign changes of the curve about its straight line of best
// fit, in order of x. A swing counts when it exceeds a tenth of the spread
// about the line, so that noise adds few.
func (s *sample) zeros() int {
	line := fitLine(s)
	swing := 0.1 * line.sd
	count, sign := 0, 0
	for i, x := range s.x {
		r := s.y[i] - (line.slope*(x-line.mid) + line.level)
		switch {
		case r > swing:
			if sign < 0 {
				count++
			}
			sign = 1
		case r < -swing:
			if sign > 0 {
				count++
			}
			sign = -1
		}
	}
	return count
}

type lineFit struct{ mid, slope, level, sd float64 }

func fitLine(s *sample) lineFit {
	var n, mx, my float64
	for i, x := range s.x {
		w := s.root(i) * s.root(i)
		n += w
		mx += w * x
		my += w * s.y[i]
	}
	f := lineFit{mid: mx / n, level: my / n}
	var sxx, sxy float64
	for i, x := range s.x {
		w := s.root(i) * s.root(i)
		sxx += w * (x - f.mid) * (x - f.mid)
		sxy += w * (x - f.mid) * (s.y[i] - f.level)
	}
	if sxx > 0 && isFinite(sxy/sxx) {
		f.slope = sxy / sxx
	}
	ss := 0.0
	for i, x := range s.x {
		r := s.root(i) * (s.y[i] - f.slope*(x-f.mid) - f.level)
		ss += r * r
	}
	f.sd = math.Sqrt(ss / n)
	return f
}
