package fit

import (
	"math"
	"slices"

	"github.com/kansym/kansym/symbolic"
)

// scored is a candidate formula with what was measured about it.
type scored struct {
	expr       *symbolic.Expr
	fit        symbolic.Fit // on the training rows
	trainMSE   float64      // weighted mean square of the residuals, training rows
	heldMSE    float64      // likewise on held-out rows
	rowsHeld   int
	complexity int
	bits       float64 // description length, see state.describe
	exact      bool
	affine     bool // a polynomial of first degree

	// undetermined: the rows are reproduced exactly whatever some constant is.
	undetermined bool
	polished     bool
	key          uint64 // Shape of what was fitted
	snaps        []symbolic.SnapNote
	found        []string // how, in words
	beside       bool     // follows all rows but a few outliers exactly; not measured
	later        bool     // not assessed yet: complexity and error are as proposed
}

// decisive is the difference of descriptions in bits that a search takes for
// evidence. It tries thousands of formulas, and the best of thousands that are
// all equally good looks better than it is by the logarithm of their number.
const decisive = 12

// front holds the candidates worth keeping: for every complexity the one of
// the shortest description, as long as nothing simpler is as good.
type front struct {
	list []*scored // ascending complexity

	// replaced has the shapes of what polishing took the place of, with the bits
	// of what it made: other ways to the same formula lead there again.
	replaced map[uint64]float64
}

func newFront() *front { return &front{replaced: map[uint64]float64{}} }

// add takes in a candidate; it reports whether the candidate is on the front.
// Of two candidates of one complexity the one of the shorter description stays,
// the earlier on a tie: round constants are worth a little error. Against a
// straight line a curve of its complexity has to be decisively shorter.
func (f *front) add(c *scored) bool {
	lead := func(o *scored) float64 {
		switch {
		case o.complexity != c.complexity || o.affine == c.affine:
			return 0
		case o.affine:
			return decisive
		}
		return -decisive
	}
	if bits, ok := f.replaced[c.expr.Shape()]; ok && bits <= c.bits {
		return false
	}
	for _, o := range f.list {
		if o.bits <= c.bits+lead(o) && (o.complexity == c.complexity || o.complexity < c.complexity && o.error() <= c.error()) {
			return false
		}
	}
	f.list = slices.DeleteFunc(f.list, func(o *scored) bool {
		return o.complexity == c.complexity || o.complexity > c.complexity && o.error() >= c.error() && o.bits >= c.bits
	})
	i, _ := slices.BinarySearchFunc(f.list, c, func(a, b *scored) int { return a.complexity - b.complexity })
	f.list = slices.Insert(f.list, i, c)
	return true
}

// polish puts p, made from c by state.polish, on the front. Where its description is
// no longer it takes the place of c whatever its number of nodes: an exact number is
// more to read than a decimal, (P/A)^(2/3) than (P/A)^0.6666, and says more.
func (f *front) polish(c, p *scored) {
	kept := f.add(p) || slices.ContainsFunc(f.list, func(o *scored) bool { return o != c && o.expr.Equal(p.expr) })
	if !kept || p == c || p.bits > c.bits || c.exact && !p.exact {
		return
	}
	if shape := c.expr.Shape(); shape != p.expr.Shape() {
		f.replaced[shape] = p.bits
	}
	f.list = slices.DeleteFunc(f.list, func(o *scored) bool { return o == c })
}

// error is what candidates are compared by: the training error, unless the
// held-out error is larger than the luck of the draw explains. The mean square
// of n normal errors has a relative standard deviation of sqrt(2/n); four of
// these, for the held-out rows, are luck.
func (c *scored) error() float64 {
	if luck := 1 + 4*math.Sqrt(2/float64(max(c.rowsHeld, 1))); c.heldMSE > luck*c.trainMSE {
		return c.heldMSE
	}
	return c.trainMSE
}

// best returns the shortest formula to whose disadvantage nothing decisive is
// known, nil when empty: its description is hardly longer than the shortest of
// all.
func (f *front) best() *scored {
	least := math.Inf(1)
	for _, c := range f.list {
		least = min(least, c.bits)
	}
	for _, c := range f.list {
		if c.bits <= least+decisive {
			return c
		}
	}
	return nil
}

// worthwhile returns the front without the formulas that are hardly better than
// a simpler one; best stays whatever it is.
func (f *front) worthwhile(best *scored) []*scored {
	// A formula larger by a node has to lower the error by a percent.
	const gain = 0.99 * 0.99
	var out []*scored
	least := math.Inf(1)
	for _, c := range f.list {
		if c == best || c.error() <= gain*least && !(best.exact && c.complexity > best.complexity) {
			out = append(out, c)
			least = min(least, c.error())
		}
	}
	return out
}

// exact returns the exact candidate of least description length, nil if there
// is none.
func (f *front) exact() *scored {
	var b *scored
	for _, c := range f.list {
		if c.exact && (b == nil || c.bits < b.bits) {
			b = c
		}
	}
	return b
}

// meanSquare returns the weighted mean square of predicted-y; ok is false when
// a prediction is not finite.
func meanSquare(predicted, y, w []float64) (mse float64, ok bool) {
	sum, weight := 0.0, 0.0
	for i, p := range predicted {
		if !finite(p) {
			return math.Inf(1), false
		}
		r := p - y[i]
		wi := weightAt(w, i)
		sum += wi * r * r
		weight += wi
	}
	if weight == 0 {
		return 0, true
	}
	return sum / weight, finite(sum)
}
