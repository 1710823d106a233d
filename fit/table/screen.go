package table

import (
	"fmt"
	"math"
	"strconv"
)

// Screening says which rows of a table have numbers that are none: they stand for a
// missing one, or are so far from all others that no fit would see them beside it.
type Screening struct {
	// Left tells for each row whether it is better left out; nil if none is.
	Left []bool
	// Sentinels are the numbers because of which they are.
	Sentinels []Sentinel
	// Warnings are sentences for the user about these numbers and doubtful ones.
	Warnings []string
}

// ScreenOptions steer Screen.
type ScreenOptions struct {
	// Source is what messages call the data.
	Source string
	// Known are numbers that are none whatever the other rows are, as in the data
	// that a model was made from; columns that are not there are passed over.
	Known []Sentinel
	// Missing is MissingError to make rows that would be left out an error, and
	// MissingKeepSentinels to leave none out.
	Missing Missing
	// Line returns the line of a row in the file.
	Line func(row int) int
}

// Screen looks for numbers that are none in columns of equal length, which are called
// as names says. Numbers that are NaN are not looked at. The error is of type *Error.
func Screen(names []string, cols [][]float64, opt ScreenOptions) (*Screening, error) {
	s := &screen{names: names, cols: cols, opt: opt}
	if opt.Missing == MissingKeepSentinels || len(cols) == 0 {
		return &s.out, nil
	}
	for _, pass := range []func() error{s.known, s.strays, s.sentinels} {
		if err := pass(); err != nil {
			return nil, err
		}
	}
	return &s.out, nil
}

// A screen is the state of one call of Screen.
type screen struct {
	names []string
	cols  [][]float64
	opt   ScreenOptions
	out   Screening
}

// column returns the numbers of a column in the rows that are not left out, and the
// rows.
func (s *screen) column(i int) (values []float64, rows []int) {
	for r, v := range s.cols[i] {
		if !math.IsNaN(v) && (s.out.Left == nil || !s.out.Left[r]) {
			values, rows = append(values, v), append(rows, r)
		}
	}
	return values, rows
}

// rows is how many rows are not left out.
func (s *screen) rows() int {
	n := len(s.cols[0])
	for _, left := range s.out.Left {
		if left {
			n--
		}
	}
	return n
}

// leave leaves rows out.
func (s *screen) leave(rows map[int]bool) {
	if len(rows) == 0 {
		return
	}
	if s.out.Left == nil {
		s.out.Left = make([]bool, len(s.cols[0]))
	}
	for r := range rows {
		s.out.Left[r] = true
	}
}

// occurrence is the sentinel v of column i, which the given rows have.
func (s *screen) occurrence(i int, v float64, rows []int) Sentinel {
	return Sentinel{Column: s.names[i], Value: v, Rows: len(rows), FirstLine: s.opt.Line(rows[0])}
}

// known leaves out rows with the numbers that are known to be none.
func (s *screen) known() error {
	left := map[int]bool{}
	for i, name := range s.names {
		values, rows := s.column(i)
		for _, k := range s.opt.Known {
			if k.Column != name {
				continue
			}
			var have []int
			for j, v := range values {
				if v == k.Value {
					have = append(have, rows[j])
					left[rows[j]] = true
				}
			}
			if len(have) == 0 {
				continue
			}
			found := s.occurrence(i, k.Value, have)
			if s.opt.Missing == MissingError {
				return &Error{
					Source: s.opt.Source, Line: found.FirstLine, Column: name,
					Problem: fmt.Sprintf("the value %s, in %s, stands for a missing number, as in the data of the fit", shortest(k.Value), count(found.Rows, "row")),
					Hint:    "complete the data, leave such rows out with --missing drop, or take it for a number with --missing " + keepSentinels,
				}
			}
			s.out.Sentinels = append(s.out.Sentinels, found)
			s.out.Warnings = append(s.out.Warnings, fmt.Sprintf("the value %s of column %q in %s (the first in line %d) was taken for no number in the data of the fit: left out; to keep such rows use --missing %s",
				shortest(k.Value), name, count(found.Rows, "row"), found.FirstLine, keepSentinels))
		}
	}
	s.leave(left)
	return nil
}

func shortest(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// screen takes the rows out of t that Screen finds.
func (t *Table) screen(opt Options, lines *lineList) error {
	names := t.Columns
	known := make([]Sentinel, len(opt.Known))
	for k, s := range opt.Known {
		// A file may go by the identifiers.
		for i, name := range t.Names {
			if name == s.Column {
				s.Column = t.Columns[i]
				break
			}
		}
		known[k] = s
	}
	s, err := Screen(names, t.Cols, ScreenOptions{Source: t.Source, Known: known, Missing: opt.Missing, Line: lines.line})
	if err != nil {
		return err
	}
	t.Sentinels = s.Sentinels
	t.Warnings = append(t.Warnings, s.Warnings...)
	if s.Left == nil {
		return nil
	}
	for i := range t.Cols {
		t.Cols[i] = without(t.Cols[i], s.Left)
	}
	if t.Weights != nil {
		t.Weights = without(t.Weights, s.Left)
	}
	return nil
}
