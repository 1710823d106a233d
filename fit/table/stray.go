package table

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A mistyped 1e300 among numbers about 1 leaves nothing of them: sums of squares
// round them away or leave the range of numbers. Formulas that all other rows follow
// exactly tell of smaller mistakes (package fit leaves such rows out), but beside an
// absurd number none is found.

const (
	// strayShare is the share of rows that may have a stray number; at least one
	// row may. Below strayRows none is left out, and of absurd ones alone is warned,
	// down to fewStrayRows.
	strayShare   = 0.03
	strayRows    = 15
	fewStrayRows = 5
	// farStray is how far from the others a number is, in units of the range that
	// those span, that is worth a warning, and absurdStray that of one whose
	// square leaves of theirs no digit (1e-16).
	farStray    = 100
	absurdStray = 1e8
	// absurdSize is how much larger an absurd number is than the others, which may
	// be next to each other but for rounding.
	absurdSize = 1e3
)

// A stray is a number far from all others of its column, in one row.
type stray struct {
	row    int
	value  float64
	absurd bool // no fit sees the others beside it
}

// strays returns the numbers of a column that are far from all others, the farthest
// first. Columns of a few levels have none, and neither has one of numbers that
// spread over decades, of which the number may be the next.
func strays(col []float64) []stray {
	n := len(col)
	if n < fewStrayRows {
		return nil
	}
	most := max(1, int(strayShare*float64(n)))
	order := make([]int, n)
	for r := range order {
		order[r] = r
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(col[a], col[b]) })
	// Strays are at either end, so many of them at most: those are tried that are
	// farthest from the middle.
	middle := col[order[n/2]]
	lo, hi := 0, n
	var ends [][2]int
	for range most {
		if col[order[hi-1]]/2-middle/2 >= middle/2-col[order[lo]]/2 {
			hi--
		} else {
			lo++
		}
		ends = append(ends, [2]int{lo, hi})
	}
	for _, end := range slices.Backward(ends) {
		rest := newCore(col, order[end[0]:end[1]])
		var out []stray
		for _, r := range slices.Concat(order[:end[0]], order[end[1]:]) {
			s := stray{row: r, value: col[r]}
			far := false
			if far, s.absurd = rest.excludes(s.value); far && n < strayRows {
				far, s.absurd = s.absurd, false
			}
			if far {
				out = append(out, s)
			}
		}
		if len(out) < n-(end[1]-end[0]) {
			continue
		}
		slices.SortStableFunc(out, func(a, b stray) int {
			return cmp.Compare(math.Abs(b.value/2-middle/2), math.Abs(a.value/2-middle/2))
		})
		for i := range out {
			for k := range i {
				if out[i].value == out[k].value {
					return nil // see Sentinel
				}
			}
		}
		return out
	}
	return nil
}

// A core is what a column is without its strays.
type core struct {
	lo, hi  float64
	size    float64 // the largest
	decades float64 // logarithm of the ratio of large to small sizes
	levels  bool    // are its numbers a few that repeat
}

// newCore describes the numbers of col at the places at, which are in ascending
// order.
func newCore(col []float64, at []int) core {
	c := core{lo: col[at[0]], hi: col[at[len(at)-1]]}
	var sizes []float64
	distinct := 0
	for k, r := range at {
		if k == 0 || col[r] != col[at[k-1]] {
			distinct++
		}
		if v := math.Abs(col[r]); v > 0 {
			sizes = append(sizes, v)
		}
	}
	c.levels = distinct < min(fewLevels, len(at)) || distinct < 2
	if len(sizes) > 0 {
		slices.Sort(sizes)
		const outer = 0.1
		k := int(outer * float64(len(sizes)))
		c.size = sizes[len(sizes)-1]
		c.decades = math.Log(sizes[len(sizes)-1-k]) - math.Log(sizes[k])
	}
	return c
}

// excludes reports whether v is far from the numbers of the core, and so far that
// no fit sees them beside it.
func (c core) excludes(v float64) (far, absurd bool) {
	const farther = 3 // than the numbers spread, by their logarithms
	gap := max(c.lo/2-v/2, v/2-c.hi/2)
	width := c.hi/2 - c.lo/2
	if c.levels || !(gap/farStray > width) || math.Log(math.Abs(v))-math.Log(c.size) <= farther*c.decades {
		return false, false
	}
	return true, gap/absurdStray > width && math.Abs(v)/absurdSize > c.size
}

// strays leaves out rows with absurd numbers, or refuses them, and warns of numbers
// that are far from all others.
func (s *screen) strays() error {
	left := map[int]bool{}
	for i, name := range s.names {
		values, rows := s.column(i)
		var absurd, far []stray
		for _, x := range strays(values) {
			x.row = rows[x.row]
			if x.absurd {
				absurd = append(absurd, x)
				left[x.row] = true
				s.out.Sentinels = append(s.out.Sentinels, s.occurrence(i, x.value, []int{x.row}))
			} else {
				far = append(far, x)
			}
		}
		if len(absurd) > 0 && s.opt.Missing == MissingError {
			return &Error{
				Source: s.opt.Source, Line: s.opt.Line(absurd[0].row), Column: name,
				Problem: fmt.Sprintf("the value %g is so far from all others that no fit would see them beside it", absurd[0].value),
				Hint:    "correct it, leave such rows out with --missing drop, or take it for a number with --missing " + keepSentinels,
			}
		}
		if len(absurd) > 0 {
			s.out.Warnings = append(s.out.Warnings, fmt.Sprintf("%s so far from all others that no fit would see them beside it: left out; correct it, or keep such rows with --missing %s",
				s.describeStrays(i, absurd), keepSentinels))
		}
		if len(far) > 0 {
			s.out.Warnings = append(s.out.Warnings, s.describeStrays(i, far)+" far from all others: if that is a mistake, correct or remove it")
		}
	}
	s.leave(left)
	return nil
}

// describeStrays begins a sentence about strays of column i.
func (s *screen) describeStrays(i int, list []stray) string {
	const shown = 3
	var values, at []string
	for _, x := range list[:min(len(list), shown)] {
		values = append(values, shortest(x.value))
		at = append(at, strconv.Itoa(s.opt.Line(x.row)))
	}
	if len(list) == 1 {
		return fmt.Sprintf("the value %s of column %q in line %s is", values[0], s.names[i], at[0])
	}
	more := ""
	if k := len(list) - shown; k > 0 {
		more = fmt.Sprintf(" and %d more", k)
	}
	return fmt.Sprintf("the values %s of column %q in lines %s%s are", strings.Join(values, ", "), s.names[i], strings.Join(at, ", "), more)
}
