package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// axis maps values of a quantity to the coordinates of a plot. The coordinates
// are moderate whatever the values are, so that neither 1e300 nor 1e-300 meets
// arithmetic that overflows, and logarithms are taken here, so that no value
// that has none gets into a plot.
type axis struct {
	log    bool
	exp    int     // values are divided by 10^exp; 0 for logarithms
	lo, hi float64 // coordinates of the ends
	zero   bool    // a logarithmic axis that ends in a tick for 0
	zeroAt float64 // the coordinate of 0 on such an axis
}

// linearAxis spans all finite values, with a margin.
func linearAxis(columns ...[]float64) axis {
	lo, hi := span(columns)
	size := math.Max(math.Abs(lo), math.Abs(hi))
	a := axis{}
	if size > 0 {
		if e := int(math.Floor(math.Log10(size))); e >= 5 || e < -3 {
			a.exp = e
		}
	}
	a.lo, a.hi = shift10(lo, -a.exp), shift10(hi, -a.exp)
	size = math.Max(math.Abs(a.lo), math.Abs(a.hi))
	switch width := a.hi - a.lo; {
	case size == 0:
		a.lo, a.hi = -1, 1
	case width < 1e-9*size:
		// As good as constant: digits that differ would fill the picture.
		a.lo, a.hi = a.lo-0.5*size, a.hi+0.5*size
	default:
		a.lo, a.hi = a.lo-0.04*width, a.hi+0.04*width
	}
	return a
}

// dataAxis is logarithmic for positive values that span more than three decades
// and are spread more evenly by their logarithms than by themselves, otherwise
// linear.
func dataAxis(columns ...[]float64) axis {
	lo, hi := span(columns)
	if lo > 0 && hi/1000 > lo && unevenness(columns, math.Log10) <= unevenness(columns, func(v float64) float64 { return v / hi }) {
		l, h := math.Log10(lo), math.Log10(hi)
		margin := 0.04 * (h - l)
		return axis{log: true, lo: l - margin, hi: h + margin}
	}
	return linearAxis(columns...)
}

// errorAxis is logarithmic, over a decade at least. Errors of 0 get a place of
// their own below all others.
func errorAxis(values ...[]float64) axis {
	lo, hi := math.Inf(1), math.Inf(-1)
	a := axis{log: true}
	for _, c := range values {
		for _, v := range c {
			switch {
			case v > 0 && !math.IsInf(v, 0):
				lo, hi = math.Min(lo, math.Log10(v)), math.Max(hi, math.Log10(v))
			case v == 0:
				a.zero = true
			}
		}
	}
	if lo > hi {
		lo, hi = -1, 0
	}
	if spare := 1 - (hi - lo); spare > 0 {
		lo, hi = lo-spare/2, hi+spare/2
	}
	if a.zero {
		lo = math.Floor(lo)
		lo -= math.Max(1, math.Round((hi-lo)/6))
		a.zeroAt = lo
	}
	// Below there is room for the mark of what is chosen, which is often the least.
	a.lo, a.hi = lo-(hi-lo)/11, hi+(hi-lo)/20
	return a
}

// unevenness is how far the finite values of all columns are from lying evenly on
// the scale: the greatest distance of their distribution from the uniform one
// between the least and the greatest (A. Kolmogorov, 1933), from 0 to 1.
func unevenness(columns [][]float64, scale func(float64) float64) float64 {
	var at []float64
	for _, c := range columns {
		for _, v := range c {
			if isFinite(v) {
				at = append(at, scale(v))
			}
		}
	}
	slices.Sort(at)
	worst, n := 0.0, float64(len(at))
	for i, v := range at {
		share := (v - at[0]) / (at[len(at)-1] - at[0])
		worst = math.Max(worst, math.Max(share-float64(i)/n, float64(i+1)/n-share))
	}
	return worst
}

// ratioAxis is logarithmic whatever the span of the values, which must be
// positive, with a margin that is a share of it.
func ratioAxis(values []float64, margin float64) axis {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		lo, hi = math.Min(lo, math.Log10(v)), math.Max(hi, math.Log10(v))
	}
	const least = 0.12 // a factor of 1.3
	if spare := least - (hi - lo); spare > 0 {
		lo, hi = lo-spare/2, hi+spare/2
	}
	margin *= hi - lo
	return axis{log: true, lo: lo - margin, hi: hi + margin}
}

// at returns the coordinate of a value, NaN if it has none.
func (a axis) at(v float64) float64 {
	switch {
	case a.log && v > 0:
		return math.Log10(v)
	case a.log && a.zero && v == 0:
		return a.zeroAt
	case a.log:
		return math.NaN()
	}
	return shift10(v, -a.exp)
}

// label is the name of the quantity with the power of ten taken out of its
// ticks.
func (a axis) label(name string) string {
	if a.exp == 0 {
		return name
	}
	return name + " (×10" + superscript(minus(strconv.Itoa(a.exp))) + ")"
}

// Ticks implements plot.Ticker for about five ticks with a label.
func (a axis) Ticks(lo, hi float64) []plot.Tick { return a.ticks(lo, hi, 5) }

// ticker asks for about n ticks.
func (a axis) ticker(n int) plot.Ticker {
	return plot.TickerFunc(func(lo, hi float64) []plot.Tick { return a.ticks(lo, hi, n) })
}

func (a axis) ticks(lo, hi float64, n int) []plot.Tick {
	if !(lo < hi) || math.IsInf(hi-lo, 0) {
		return nil
	}
	if a.log {
		return a.decades(lo, hi, n)
	}
	step := niceStep((hi - lo) / float64(n))
	digits := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	var out []plot.Tick
	for k := math.Ceil(lo/step - 1e-9); k*step <= hi+1e-9*step; k++ {
		v := k * step
		if k == 0 {
			v = 0 // not -0
		}
		out = append(out, plot.Tick{Value: v, Label: minus(strconv.FormatFloat(v, 'f', digits, 64))})
	}
	return out
}

// decades are the ticks of a logarithmic axis, the mantissas between them
// without labels unless there are few decades.
func (a axis) decades(lo, hi float64, n int) []plot.Tick {
	if hi-lo < narrow && !a.zero {
		return a.within(lo, hi, n)
	}
	first, last := math.Ceil(lo-1e-9), math.Floor(hi+1e-9)
	if a.zero {
		first = a.zeroAt
	}
	stride := math.Max(1, math.Ceil((last-first+1)/float64(n+1)))
	var out []plot.Tick
	if a.zero {
		out = append(out, plot.Tick{Value: first, Label: "0"})
		first++
	}
	for k := first; k <= last; k++ {
		t := plot.Tick{Value: k}
		near := a.zero && k-a.zeroAt < (hi-lo)/14 // too near the 0 for another label
		if math.Mod(k, stride) == 0 && !near {
			t.Label = power10(int(k))
		}
		out = append(out, t)
	}
	if stride > 1 {
		return out
	}
	for k := first - 1; k <= last; k++ {
		for m := 2; m < 10; m++ {
			v := k + math.Log10(float64(m))
			if v < lo || v > hi || a.zero && v < first {
				continue
			}
			t := plot.Tick{Value: v}
			if last-first < 1 && (m == 2 || m == 5) {
				t.Label = times10(float64(m), 0, int(k))
			}
			out = append(out, t)
		}
	}
	return out
}

// narrow is the number of decades below which a logarithmic axis has the ticks of
// a linear one.
const narrow = 0.9

// within are evenly spaced values on a logarithmic axis of less than a decade.
func (a axis) within(lo, hi float64, n int) []plot.Tick {
	// The values are divided by this power of ten, so that they are moderate.
	exp := int(math.Floor(lo))
	from, to := math.Pow(10, lo-float64(exp)), math.Pow(10, hi-float64(exp))
	step := niceStep((to - from) / float64(n))
	digits := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	var out []plot.Tick
	for k := math.Ceil(from/step - 1e-9); k*step <= to+1e-9*step; k++ {
		m := k * step
		out = append(out, plot.Tick{Value: math.Log10(m) + float64(exp), Label: times10(m, digits, exp)})
	}
	return out
}

// times10 writes m, which has so many digits after the point, times a power of
// ten, as a plain number if that is near 1.
func times10(m float64, digits, exp int) string {
	if exp >= -3 && exp <= 3 {
		return strconv.FormatFloat(m*math.Pow10(exp), 'f', max(0, digits-exp), 64)
	}
	if m == 1 {
		return power10(exp)
	}
	return strconv.FormatFloat(m, 'f', digits, 64) + "×10" + superscript(minus(strconv.Itoa(exp)))
}

// power10 writes a power of ten, those near 1 as plain numbers.
func power10(k int) string {
	switch {
	case k >= 0 && k <= 3:
		return strconv.Itoa(int(math.Pow10(k)))
	case k < 0 && k >= -3:
		return strconv.FormatFloat(math.Pow10(k), 'f', -k, 64)
	}
	return "10" + superscript(minus(strconv.Itoa(k)))
}

// minus writes numbers with the sign of typography.
func minus(number string) string { return strings.ReplaceAll(number, "-", "\u2212") }

// niceStep is 1, 2 or 5 times a power of ten, near v.
func niceStep(v float64) float64 {
	p := math.Pow(10, math.Floor(math.Log10(v)))
	switch m := v / p; {
	case m < 1.4:
		return p
	case m < 3.2:
		return 2 * p
	case m < 7.1:
		return 5 * p
	}
	return 10 * p
}

// shift10 returns v*10^n, also where 10^n is no float64.
func shift10(v float64, n int) float64 {
	for ; n > 300; n -= 300 {
		v *= 1e300
	}
	for ; n < -300; n += 300 {
		v /= 1e300
	}
	if n < 0 {
		return v / math.Pow10(-n)
	}
	return v * math.Pow10(n)
}

// span returns the least and the greatest finite value, 0 and 0 for none.
func span(columns [][]float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, c := range columns {
		for _, v := range c {
			if isFinite(v) {
				lo, hi = math.Min(lo, v), math.Max(hi, v)
			}
		}
	}
	if lo > hi {
		return 0, 0
	}
	return lo, hi
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
