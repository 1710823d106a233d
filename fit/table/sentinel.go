package table

import (
	"fmt"
	"math"
	"slices"
)

// Sentinel is a number that seems to stand for a missing one, such as -999: several
// rows have exactly it, and it is far from all other numbers of its column. So is
// one that a single row has, if it is absurd, such as 1e300.
type Sentinel struct {
	Column    string  `json:"column"` // header of the column
	Value     float64 `json:"value"`
	Rows      int     `json:"rows"`       // that have it
	FirstLine int     `json:"first_line"` // line of the file of the first of them
}

func (s Sentinel) String() string {
	return fmt.Sprintf("the value %g of column %q in %s (the first in line %d) is far from all others and seems to stand for a missing number",
		s.Value, s.Column, count(s.Rows, "row"), s.FirstLine)
}

// keepSentinels is the word for MissingKeepSentinels.
const keepSentinels = "keep-sentinels"

// sentinels leaves out rows with numbers that seem to stand for missing ones, or
// refuses them, and warns of doubtful ones.
func (s *screen) sentinels() error {
	left := map[int]bool{}
	var found []Sentinel
	for i, name := range s.names {
		values, rows := s.column(i)
		codes, suspects := sentinels(values)
		for _, v := range append(slices.Clone(codes), suspects...) {
			isCode := slices.Contains(codes, v)
			var have []int
			for j, x := range values {
				if x == v {
					have = append(have, rows[j])
					if isCode {
						left[rows[j]] = true
					}
				}
			}
			f := s.occurrence(i, v, have)
			switch {
			case !isCode:
				s.out.Warnings = append(s.out.Warnings, f.String()+": if so, remove these rows")
			case s.opt.Missing == MissingError:
				return &Error{
					Source: s.opt.Source, Line: f.FirstLine, Column: name,
					Problem: fmt.Sprintf("the value %g, in %s, is far from all others and seems to stand for a missing number", v, count(f.Rows, "row")),
					Hint:    "leave such rows out with --missing drop, or take it for a number with --missing " + keepSentinels,
				}
			default:
				found = append(found, f)
			}
		}
	}
	if len(left) == 0 {
		return nil
	}
	// Rows are left out where they are the exception.
	n := s.rows()
	keep := 2*len(left) > n || n-len(left) < MinRows
	for _, f := range found {
		if keep {
			s.out.Warnings = append(s.out.Warnings, f.String()+": if so, remove these rows")
			continue
		}
		s.out.Sentinels = append(s.out.Sentinels, f)
		s.out.Warnings = append(s.out.Warnings, f.String()+": left out; to keep such rows use --missing "+keepSentinels)
	}
	if !keep {
		s.leave(left)
	}
	return nil
}

// without removes the marked numbers in place.
func without(col []float64, marked []bool) []float64 {
	out := col[:0]
	for r, v := range col {
		if !marked[r] {
			out = append(out, v)
		}
	}
	return out
}

// sentinels returns the numbers of a column that stand for missing ones, and those
// that may. Numbers that are in use for that are taken for it when they are out of
// the range of the others, by as much as that range or with another sign than all
// of a continuous column; any other number only if it is out by ten times the range
// and repeated as none of the others is. Columns of a few levels, of which an
// experiment may have any, need rarer and farther ones.
func sentinels(col []float64) (codes, suspects []float64) {
	const least = 2 // rows
	seen := map[float64]int{}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range col {
		lo, hi = min(lo, v), max(hi, v)
		if isCode(v) {
			seen[v]++
		}
	}
	atLo, atHi := 0, 0
	for _, v := range col {
		if v == lo {
			atLo++
		}
		if v == hi {
			atHi++
		}
	}
	var known []float64
	for v, times := range seen {
		if times >= least {
			known = append(known, v)
		}
	}
	if lo == hi || len(known) == 0 && atLo < least && atHi < least {
		return nil, nil
	}
	slices.Sort(known)
	sorted := slices.Sorted(slices.Values(col))
	core := newSpread(sorted, known)
	for _, v := range known {
		if core.excludesCode(v, seen[v], len(col)) {
			codes = append(codes, v)
		}
	}
	for _, end := range []struct {
		v     float64
		times int
	}{{lo, atLo}, {hi, atHi}} {
		if slices.Contains(codes, end.v) {
			continue
		}
		rest := newSpread(sorted, append(slices.Clone(codes), end.v))
		switch excluded, far := rest.excludes(end.v, end.times, len(col)); {
		case !excluded:
		case far:
			codes = append(codes, end.v)
		default:
			suspects = append(suspects, end.v)
		}
	}
	return codes, suspects
}

// spread is what a column looks like without some values.
type spread struct {
	sorted   []float64
	distinct int
	most     int // times of the most frequent value
}

func newSpread(sorted, without []float64) spread {
	s := spread{sorted: make([]float64, 0, len(sorted))}
	times := 0
	for _, v := range sorted {
		if slices.Contains(without, v) {
			continue
		}
		if n := len(s.sorted); n == 0 || s.sorted[n-1] != v {
			s.distinct++
			times = 0
		}
		times++
		s.most = max(s.most, times)
		s.sorted = append(s.sorted, v)
	}
	return s
}

// fewLevels is how many different values the column of an experiment may have that
// was made at chosen levels.
const fewLevels = 10

// gap is how far v is outside of the range of s, 0 if it is inside.
func (s spread) gap(v float64) float64 {
	return max(0, s.sorted[0]-v, v-s.sorted[len(s.sorted)-1])
}

// width is the range without the outer share of the values on either side.
func (s spread) width(share float64) float64 {
	k := int(share * float64(len(s.sorted)))
	return s.sorted[len(s.sorted)-1-k] - s.sorted[k]
}

// levels reports whether the values are those of levels, of which v, that is there
// so many times, may be one.
func (s spread) levels(times int) bool {
	return s.distinct < fewLevels && 2*times*s.distinct > len(s.sorted)
}

// excludesCode reports whether v, which is in use for missing numbers, is one of n
// rows' column.
func (s spread) excludesCode(v float64, times, n int) bool {
	const most, outer, several, wide, continuous = 3, 0.01, 3, 10, 0.9
	if len(s.sorted) < MinRows || s.distinct < 2 || most*times > n || s.levels(times) {
		return false
	}
	gap, width := s.gap(v), s.width(outer)
	switch {
	case gap == 0:
		return false
	case s.distinct < fewLevels || times < several:
		return !isWeakCode(v) && gap > wide*s.width(0)
	case !isWeakCode(v) && gap >= width:
		return true
	}
	// A number that is repeated among numbers none of which is.
	if float64(s.distinct) < continuous*float64(len(s.sorted)) {
		return false
	}
	if v < 0 && s.sorted[0] >= 0 {
		half := len(s.sorted) / 2
		return gap >= (s.sorted[half]-s.sorted[0])/float64(half)
	}
	return !isWeakCode(v) && gap >= width/2
}

// excludes reports whether v, which nobody is known to use, is outside of the range
// of the others by more than that range and repeated more often than any of them;
// far tells that it is so by so much that it cannot be a measurement.
func (s spread) excludes(v float64, times, n int) (excluded, far bool) {
	const most, several, wide = 10, 3, 10
	if len(s.sorted) < MinRows || s.distinct < fewLevels || times < several || 2*times > n || times <= s.most {
		return false, false
	}
	gap, width := s.gap(v), s.width(0)
	if s.decades(v) {
		return false, false
	}
	return gap > width, v != 0 && gap > wide*width && most*times <= n
}

// decades reports whether v is no farther out than it may be where the others spread
// over decades.
func (s spread) decades(v float64) bool {
	const share, farther = 0.1, 1.25
	n := len(s.sorted)
	k := int(share * float64(n))
	end, low, high := s.sorted[n-1], s.sorted[k], s.sorted[n-1-k]
	if v < 0 {
		end, low, high = s.sorted[0], high, low
	}
	if low/v <= 0 || math.Abs(v) <= math.Abs(end) {
		return false
	}
	return math.Log(v/end) <= farther*math.Log(high/low)
}

// isWeakCode reports whether v, though in use for missing numbers, is a common
// number too.
func isWeakCode(v float64) bool { return v == -1 || v == -9 }

// isCode reports whether v is in use for missing numbers: -1 and -9, rows of nines
// (of eights, sevens), the limits of integers and of 32-bit numbers, the null of
// well logs, the fill value of netCDF, and great powers of ten.
func isCode(v float64) bool {
	const shortest, longest = 2, 10 // digits
	a := math.Abs(v)
	switch {
	case isWeakCode(v):
		return true
	case a < 9 || a != a:
		return false
	case a >= 1e20:
		m := math.Pow(10, math.Round(math.Log10(a)))
		return math.Abs(a/m-1) < 1e-6 || math.Abs(a/math.MaxFloat32-1) < 1e-4 || math.Abs(a/9.9692099683868690e36-1) < 1e-5 || a/math.MaxFloat64 > 1-1e-4
	}
	switch a {
	case 999.25, 9999.25, math.MaxInt16, -math.MinInt16, math.MaxUint16, math.MaxInt32, -math.MinInt32, math.MaxUint32, math.MaxInt64:
		return true
	}
	if a > 1e11 {
		return false
	}
	// The digits, of which three may be behind the point.
	scaled := math.Round(a * 1000)
	if math.Abs(a*1000-scaled) > 1e-9*scaled {
		return false
	}
	n := int64(scaled)
	for n%10 == 0 {
		n /= 10
	}
	digit, digits := n%10, 0
	for ; n%10 == digit && n > 0; n /= 10 {
		digits++
	}
	switch {
	case n > 0 || digits > longest:
		return false
	case digit == 9:
		return digits >= shortest
	}
	return (digit == 8 || digit == 7) && digits > shortest
}

// lineList holds the lines of the rows of a file, which mostly are one after the
// other.
type lineList struct {
	rows  int
	begin []int // rows at which a run of lines begins
	at    []int // lines of these rows
}

// add appends the line of the next row.
func (l *lineList) add(line int) {
	if k := len(l.begin) - 1; k < 0 || l.at[k]+l.rows-l.begin[k] != line {
		l.begin, l.at = append(l.begin, l.rows), append(l.at, line)
	}
	l.rows++
}

// line returns the line of a row.
func (l *lineList) line(row int) int {
	k, found := slices.BinarySearch(l.begin, row)
	if !found {
		k--
	}
	return l.at[k] + row - l.begin[k]
}
