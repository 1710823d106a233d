package fit

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/kansym/kansym/symbolic"
)

// A mistyped number or a sentinel like -999 spoils every fit by least squares. A
// formula that all other rows follow exactly is the law all the same, and the rows
// that do not are named in a warning and left out.

// mostOutliers is the share of rows that may be wrong.
const mostOutliers = 0.03

// heavyTailed reports whether a few residuals are most of their sum of squares. Normal
// errors have a median of 0.67 of their root mean square.
func heavyTailed(left []float64) bool {
	const heavy = 0.3
	size := mapped(left, math.Abs)
	slices.Sort(size)
	return size[len(size)/2] <= heavy*rootMeanSquare(left)
}

// besideOutliers returns c refitted to the rows that it can follow, if it follows
// all but a few of them exactly; nil otherwise. The rows that fit worst are left
// out step by step (least trimmed squares by concentration: Rousseeuw and Van
// Driessen, 2006).
func (s *state) besideOutliers(ctx context.Context, c *scored) *scored {
	const longest, fewest, few = 25, 30, 500
	d := s.data.train
	n := len(d.Y)
	if c.exact || c.undetermined || c.complexity > longest || n < fewest {
		return nil
	}
	e := c.expr
	last := math.Sqrt(c.trainMSE)
	if left, ok := leftover(e, head(d, few)); ok && !heavyTailed(left) && last > exactError*s.scale {
		return nil
	}
	for range 6 {
		left, ok := leftover(e, d)
		if !ok {
			return nil
		}
		size := mapped(left, math.Abs)
		sorted := slices.Sorted(slices.Values(size))
		limit := max(sorted[int(float64(n-1)*(1-mostOutliers))], exactError*s.scale)
		kept := symbolic.Data{Names: d.Names, Cols: make([][]float64, len(d.Cols))}
		for r, v := range size {
			if v > limit {
				continue
			}
			for i, col := range d.Cols {
				kept.Cols[i] = append(kept.Cols[i], col[r])
			}
			kept.Y = append(kept.Y, d.Y[r])
			if d.W != nil {
				kept.W = append(kept.W, d.W[r])
			}
		}
		f, err := symbolic.Refit(ctx, e, kept, symbolic.RefitOptions{})
		if err != nil {
			return nil
		}
		e = f.Expr
		rmse := f.RMSE
		if rmse <= exactError*spread(kept.Y, kept.W) && s.followed(e) && !s.undetermined(e, kept) {
			return &scored{expr: e, fit: f, complexity: e.Complexity(), beside: true}
		}
		// Each step gets closer by far, or there is nothing to get to.
		if rmse > last/3 {
			return nil
		}
		last = rmse
	}
	return nil
}

// follows tells for every row of d whether e gives its target but for rounding.
func follows(e *symbolic.Expr, d symbolic.Data, scale float64) ([]bool, int) {
	const close = 1e-9
	out := make([]bool, len(d.Y))
	values, ok := column(e, d)
	if !ok {
		return out, 0
	}
	n := 0
	for r, y := range d.Y {
		if out[r] = math.Abs(values[r]-y) <= close*(math.Abs(y)+math.Abs(values[r])) || math.Abs(values[r]-y) <= exactError*scale; out[r] {
			n++
		}
	}
	return out, n
}

// followed reports whether all rows but the share of outliers follow e, and not
// all of them do.
func (s *state) followed(e *symbolic.Expr) bool {
	_, train := follows(e, s.data.train, 0)
	_, all := follows(e, s.data.all, 0)
	rows := len(s.data.train.Y) + len(s.data.all.Y)
	return train+all < rows && float64(train+all) >= (1-mostOutliers)*float64(rows)
}

// leaveOut takes the rows that do not follow e out of the data, with a warning, and
// measures what is on the front anew. It must not run beside tasks.
func (s *state) leaveOut(e *symbolic.Expr) {
	var wrong []string
	filter := func(d symbolic.Data, name bool) symbolic.Data {
		ok, _ := follows(e, d, 0)
		values, _ := column(e, d)
		out := symbolic.Data{Names: d.Names, Cols: make([][]float64, len(d.Cols))}
		for r, keep := range ok {
			if !keep {
				if name {
					wrong = append(wrong, fmt.Sprintf("%.6g instead of %.6g", d.Y[r]*s.unit, values[r]*s.unit))
				}
				continue
			}
			for i, col := range d.Cols {
				out.Cols[i] = append(out.Cols[i], col[r])
			}
			out.Y = append(out.Y, d.Y[r])
			if d.W != nil {
				out.W = append(out.W, d.W[r])
			}
		}
		return out
	}
	s.beside, s.moved = sync.Once{}, symbolic.Data{} // of other rows
	searched := len(s.data.search.Y)
	s.data.train = filter(s.data.train, true)
	s.data.all = filter(s.data.all, true)
	s.data.held = head(s.data.all, heldoutRows)
	s.data.search = head(s.data.train, searched)
	s.scale = spread(s.data.train.Y, s.data.train.W)
	s.domains = symbolic.IntervalsOf(s.data.train)
	const shown = 3
	text := enumerate(wrong[:min(len(wrong), shown)])
	if len(wrong) > shown {
		text = enumerate(append(slices.Clone(wrong[:shown]), fmt.Sprintf("%d more", len(wrong)-shown)))
	}
	s.warnings = append(s.warnings, fmt.Sprintf("left out as outliers: %d of %d rows, which do not follow the formula that all others follow exactly; the target is %s; correct or remove them",
		len(wrong), len(wrong)+len(s.data.train.Y)+len(s.data.all.Y), text))
	old := s.front.list
	s.front.list = nil
	clear(s.front.replaced)
	for _, c := range old {
		if m := s.measure(c.fit); m != nil {
			m.found, m.key = c.found, c.key
			s.front.add(m)
		}
	}
}
