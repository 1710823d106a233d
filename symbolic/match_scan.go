package symbolic

import (
	"math"
	"sort"

	"github.com/kansym/kansym/library"
)

// A scan scores columns of values against a small sample: how much of the
// variance is left after the best scale and offset.
type scan struct {
	s     *sample
	zeros int
	sx    float64   // x times sx has largest size in [1/2, 1)
	rw    []float64 // square roots of weights, never nil
	wsum  float64
	y     []float64 // weighted, centred and normalised target

	// The weighted target divided by its size, its sum of squares, and that
	// after the mean is taken out.
	weighted         []float64
	square, variance float64

	col []float64 // scratch
}

func newScan(s *sample) *scan {
	sc := &scan{s: s, zeros: s.zeros(), sx: s.scale()}
	n := len(s.x)
	sc.rw, sc.y, sc.col = make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		sc.rw[i] = s.root(i)
		sc.wsum += sc.rw[i] * sc.rw[i]
	}
	copy(sc.y, s.y)
	sc.normalise(sc.y)
	sc.weighted = make([]float64, n)
	if s.size > 0 {
		mean := 0.0
		for i, y := range s.y {
			sc.weighted[i] = sc.rw[i] * (y / s.size)
			sc.square += sc.weighted[i] * sc.weighted[i]
			mean += sc.rw[i] * sc.weighted[i]
		}
		sc.variance = sc.square - mean*mean/sc.wsum
	}
	return sc
}

// normalise weighs the column, takes its mean out and scales it to norm 1. It
// reports false, for a column that is not finite or does not vary.
func (sc *scan) normalise(col []float64) bool {
	most := 0.0
	for _, v := range col {
		if !isFinite(v) {
			return false
		}
		most = math.Max(most, math.Abs(v))
	}
	if most == 0 {
		return false
	}
	mean := 0.0
	for i, v := range col {
		mean += sc.rw[i] * sc.rw[i] * (v / most)
	}
	mean /= sc.wsum
	ss := 0.0
	for i, v := range col {
		v = sc.rw[i] * (v/most - mean)
		col[i] = v
		ss += v * v
	}
	if ss < 1e-24*sc.wsum {
		return false
	}
	scale := 1 / math.Sqrt(ss)
	for i := range col {
		col[i] *= scale
	}
	return true
}

// unexplained returns the share of the variance of y that c*col+d leaves, for
// a normalised column.
func (sc *scan) unexplained(col []float64) float64 {
	dot := 0.0
	for i, v := range col {
		dot += v * sc.y[i]
	}
	return math.Max(0, 1-dot*dot)
}

// leaves returns the share of the variance of y that c*col+d leaves for a
// column as it comes, in one pass; 1 where the column is not finite or hardly
// varies. It is less exact than unexplained of the normalised column, which is
// good enough to choose starts.
func (sc *scan) leaves(col []float64) float64 {
	var s1, s2, sy float64
	for i, v := range col {
		w := sc.rw[i] * v
		s1 += sc.rw[i] * w
		s2 += w * w
		sy += sc.y[i] * w
	}
	rest := s2 - s1*s1/sc.wsum
	if !(rest > 1e-12*s2) || math.IsInf(rest, 1) {
		return 1
	}
	return math.Max(0, 1-sy*sy/rest)
}

// A start is a link to begin with and the share of variance it leaves.
type start struct {
	link link
	left float64
}

// best returns the k starting links of the function that leave least, best
// first, without those that are undefined at a point of the sample.
func (sc *scan) best(f *library.Func, k int) []link { return sc.bestOf(sc.links(f), k) }

// bestUnshifted returns the starting link without a shift that leaves least, if
// the function has one. Its shift is not free.
func (sc *scan) bestUnshifted(f *library.Func) []link {
	var links []link
	for _, l := range sc.links(f) {
		if l.b == 0 && (l.freeA || l.freeP) {
			l.freeB = false
			links = append(links, l)
		}
	}
	return sc.bestOf(links, 1)
}

func (sc *scan) bestOf(list []link, k int) []link {
	var found []start
	for _, l := range list {
		for i, x := range sc.s.x {
			sc.col[i] = l.value(l.a*x + l.b)
		}
		if sc.normalise(sc.col) {
			found = append(found, start{l, sc.unexplained(sc.col)})
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].left < found[j].left })
	var links []link
	for _, s := range found[:min(len(found), k)] {
		links = append(links, s.link)
	}
	return links
}

// links returns the starting links of the function on the sample's interval.
func (sc *scan) links(f *library.Func) []link {
	x := sc.s.x
	return startLinks(f, x[0], x[len(x)-1], sc.sx, sc.zeros)
}

// startLinks returns starting links of f for an argument between lo and hi
// that scale brings to size 1.
func startLinks(f *library.Func, lo, hi, scale float64, zeros int) []link {
	if isRealPower(f) {
		return powerLinks(lo, hi)
	}
	var links []link
	if f.Starts == nil {
		return append(links, newLink(f, scale, 0))
	}
	for _, st := range f.Starts(lo*scale, hi*scale, zeros) {
		l := newLink(f, st.A*scale, st.B)
		// Fixing redundant constants makes many starts the same.
		if st.A != 0 && ((l.freeA && l.freeB) || !containsLink(links, l)) {
			links = append(links, l)
		}
	}
	return links
}

// family names the function of the link, all real powers alike.
func (l *link) family() string {
	if l.freeP {
		return library.RealPowerName
	}
	return l.f.Name
}

// containsLink looks for l among the links.
func containsLink(links []link, l link) bool {
	for i := range links {
		if o := &links[i]; o.a == l.a && o.b == l.b && o.p == l.p && o.freeP == l.freeP && o.f.Name == l.f.Name {
			return true
		}
	}
	return false
}

// isRealPower reports whether f stands for all powers, its exponent to be
// found.
func isRealPower(f *library.Func) bool { return f.IsRealPower() }

// powerLinks returns starting links with a free exponent: of x itself where it
// keeps one sign, and of x+b and b-x for shifts that keep the base positive.
func powerLinks(lo, hi float64) []link {
	var links []link
	add := func(a, b float64, freeB bool) {
		for _, p := range [...]float64{-4, -2.5, -1.5, -0.7, -0.3, 0.3, 0.7, 1.4, 2.5, 3.5} {
			links = append(links, link{f: library.Power(p), a: a, b: b, p: p, freeP: true, freeB: freeB})
		}
	}
	switch {
	case lo >= 0:
		add(1, 0, false)
	case hi <= 0:
		add(-1, 0, false)
	}
	width := hi - lo
	for _, gap := range [...]float64{0.01, 0.1, 0.5, 2} {
		add(1, gap*width-lo, true)
		add(-1, gap*width+hi, true)
	}
	return links
}
