package symbolic

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/kansym/kansym/library"
)

// A word is a function at one of its starts with its values at the points of a
// sample. Words do not depend on y, so that one list of them serves y and all
// transforms of y.
type word struct {
	link    link
	form    int       // number of the function, another one without a shift
	col, sq []float64 // values, centred and scaled to size 1, and their squares
}

// words returns all starts of all functions that are finite at the points of
// sc, "1" and x left out, and the number of forms.
func words(sc *scan, set *library.Set) (list []word, forms int) {
	x := sc.s.x
	number := map[string]int{}
	for _, l := range append(allLinks(sc, set), unshifted(sc, set)...) {
		if l.f.Name == "x" {
			continue
		}
		w := word{link: l, col: make([]float64, len(x)), sq: make([]float64, len(x))}
		if lo, hi := l.column(w.col, x); !isFinite(lo) || !isFinite(hi) || !unify(w.col) {
			continue
		}
		for i, v := range w.col {
			w.sq[i] = v * v
		}
		name := l.name()
		if _, ok := number[name]; !ok {
			number[name] = len(number)
		}
		w.form = number[name]
		list = append(list, w)
	}
	return list, len(number)
}

// name tells the functions of links apart, and those that have a shift from
// those that have not.
func (l *link) name() string {
	if l.freeA && !l.freeB {
		return l.f.Name + " at 0"
	}
	return l.f.Name
}

// allLinks returns all starts of the functions, without "1" and real powers.
func allLinks(sc *scan, set *library.Set) []link {
	var links []link
	for _, f := range set.Funcs() {
		if f.Name != "1" && !isRealPower(f) {
			links = append(links, sc.links(f)...)
		}
	}
	return links
}

// unshifted returns starts of the functions without a shift, which is then not
// free: laws mostly have none, and among pairs of functions with a scale and a
// shift each there is always one that comes close.
func unshifted(sc *scan, set *library.Set) []link {
	var links []link
	for _, l := range allLinks(sc, set) {
		if l.b != 0 || !l.freeA || !l.freeB {
			continue
		}
		l.freeB = false
		links = append(links, l)
		l.a *= math.Sqrt2
		links = append(links, l)
	}
	return links
}

// unify takes the mean out of a column and scales it to size 1. It reports
// false where nothing is left.
func unify(col []float64) bool {
	mean, most := floats.Sum(col)/float64(len(col)), 0.0
	for i := range col {
		col[i] -= mean
		most = math.Max(most, math.Abs(col[i]))
	}
	if !(most > 1e-14*math.Abs(mean)) || !isFinite(most) {
		return false
	}
	floats.Scale(1/most, col)
	return true
}

// A judge tells in three inner products what a column leaves of the variance
// of a target.
type judge struct {
	w, wy []float64 // weights; and they times the centred target of norm 1
	sum   float64   // of w
}

func (sc *scan) judge() judge {
	j := judge{w: make([]float64, len(sc.rw)), wy: make([]float64, len(sc.rw)), sum: sc.wsum}
	for i, r := range sc.rw {
		j.w[i] = r * r
		j.wy[i] = r * sc.y[i]
	}
	return j
}

func (j *judge) leaves(w *word) float64 {
	s1, s2, sy := floats.Dot(j.w, w.col), floats.Dot(j.w, w.sq), floats.Dot(j.wy, w.col)
	return remainder(s1, s2, sy, j.sum)
}

// remainder returns the share of the variance of a target of norm 1 that c*f+d
// leaves, from the weighted sums of f, its square and its product with the
// target; 1 where f hardly varies or is not finite. It is good to about 1e-8,
// enough to choose starts.
func remainder(s1, s2, sy, sum float64) float64 {
	rest := s2 - s1*s1/sum
	if !(rest > 1e-12*s2) || math.IsInf(rest, 1) {
		return 1
	}
	return math.Max(0, 1-sy*sy/rest)
}
