package table

import (
	"fmt"
	"strings"
)

// Missing says what happens to rows in which a column in use lacks a number.
type Missing uint8

// What can happen to incomplete rows.
const (
	// They are left out and counted, and so are rows with a number that seems to
	// stand for a missing one, see Sentinel, or is so far from all others of its
	// column that no fit would see them beside it, such as 1e300 once.
	MissingDrop Missing = iota
	// They are an error, sentinels and absurd numbers too.
	MissingError
	// They are left out and counted; what may be a sentinel is a number, and so
	// is what is far from all others.
	MissingKeepSentinels
)

// ParseMissing reads "drop", "error" or "keep-sentinels".
func ParseMissing(s string) (Missing, error) {
	switch s {
	case "drop":
		return MissingDrop, nil
	case "error":
		return MissingError, nil
	case keepSentinels:
		return MissingKeepSentinels, nil
	}
	return 0, fmt.Errorf("%q is none of drop, error and %s", s, keepSentinels)
}

// String returns what ParseMissing reads.
func (m Missing) String() string {
	switch m {
	case MissingError:
		return "error"
	case MissingKeepSentinels:
		return keepSentinels
	}
	return "drop"
}

// MissingReport counts the rows that were left out and the cells because of
// which they were.
type MissingReport struct {
	Rows              int
	Empty, NaN, Inf   int
	Columns           []string // headers of the columns that have such cells
	FirstLine, column int
}

func (m *MissingReport) cells() string {
	var parts []string
	for _, p := range []struct {
		n    int
		noun string
	}{{m.Empty, "empty cell"}, {m.NaN, "NaN"}, {m.Inf, "infinity"}} {
		switch {
		case p.n == 0:
		case p.noun == "infinity" && p.n > 1:
			parts = append(parts, fmt.Sprintf("%d infinities", p.n))
		default:
			parts = append(parts, count(p.n, p.noun))
		}
	}
	return strings.Join(parts, ", ")
}

// builder collects rows into columns.
type builder struct {
	header  Header
	roles   []role
	used    []int // columns of the file in use, in file order
	cols    [][]float64
	row     []float64
	missing Missing
	report  MissingReport
	lacking []int // missing cells of each used column
	rows    int   // rows seen
	lines   lineList
	listed  bool // the inputs were, so that none need be excluded
}

func newBuilder(rd *Reader, roles []role, missing Missing) *builder {
	b := &builder{header: rd.Header(), roles: roles, missing: missing}
	for i, r := range roles {
		if r != roleNone {
			b.used = append(b.used, i)
		}
	}
	b.cols = make([][]float64, len(b.used))
	b.row = make([]float64, len(b.used))
	b.lacking = make([]int, len(b.used))
	return b
}

// add appends a row unless it is incomplete.
func (b *builder) add(rec Record) error {
	b.rows++
	complete := true
	for k, i := range b.used {
		v, cell := ParseCell(rec.Fields[i])
		switch cell {
		case CellNumber:
			if v < 0 && b.roles[i] == roleWeights {
				return &Error{
					Source: b.header.Source, Line: rec.Line, Column: b.header.Columns[i],
					Problem: fmt.Sprintf("the weight %g is negative", v), Hint: "weights are 0 or greater",
				}
			}
			b.row[k] = v
			continue
		case CellEmpty:
			b.report.Empty++
		case CellNaN:
			b.report.NaN++
		case CellInf:
			b.report.Inf++
		default:
			err, word := notNumber(b.header, rec, i)
			if word && !b.listed {
				err.Hint += ", or leave the column out with --exclude"
			}
			return err
		}
		complete = false
		b.lacking[k]++
		if b.report.FirstLine == 0 {
			b.report.FirstLine, b.report.column = rec.Line, i
		}
	}
	if !complete {
		b.report.Rows++
		return nil
	}
	b.lines.add(rec.Line)
	for k, v := range b.row {
		b.cols[k] = append(b.cols[k], v)
	}
	return nil
}

// NotNumber returns the error for field i of a row that holds text.
func NotNumber(h Header, rec Record, i int) *Error {
	err, _ := notNumber(h, rec, i)
	return err
}

// notNumber is NotNumber and tells whether the text was not meant as a number.
func notNumber(h Header, rec Record, i int) (err *Error, word bool) {
	problem, hint, word := diagnose(rec.Fields[i], h.Separator)
	return &Error{Source: h.Source, Line: rec.Line, Column: h.Columns[i], Problem: problem, Hint: hint}, word
}

// finish makes the table of the rows added.
func (b *builder) finish() (*Table, error) {
	src := b.header.Source
	if b.rows == 0 {
		return nil, &Error{
			Source: src, Line: b.header.Line, Problem: "has a header but no rows",
			Hint: "expected rows of numbers below it",
		}
	}
	for k, n := range b.lacking {
		if n > 0 {
			b.report.Columns = append(b.report.Columns, b.header.Columns[b.used[k]])
		}
		if n == b.rows {
			return nil, &Error{
				Source: src, Column: b.header.Columns[b.used[k]], Problem: "holds no number in any row",
				Hint: "leave the column out with --exclude",
			}
		}
	}
	if b.report.Rows > 0 && b.missing == MissingError {
		return nil, &Error{
			Source: src, Line: b.report.FirstLine, Column: b.header.Columns[b.report.column],
			Problem: fmt.Sprintf("the number is missing; %s in %s in all", b.report.cells(), count(b.report.Rows, "row")),
			Hint:    "complete the data, or leave such rows out with --missing drop",
		}
	}
	t := &Table{Source: src, Missing: b.report}
	for k, i := range b.used {
		if b.roles[i] == roleWeights {
			t.Weights, t.WeightsColumn = b.cols[k], b.header.Columns[i]
			continue
		}
		if b.roles[i] == roleTarget {
			t.Target = len(t.Cols)
		}
		t.Names = append(t.Names, b.header.Names[i])
		t.Columns = append(t.Columns, b.header.Columns[i])
		t.Cols = append(t.Cols, b.cols[k])
	}
	if b.report.Rows > 0 {
		t.Warnings = append(t.Warnings, fmt.Sprintf("%s of %d left out for %s in %s %s", count(b.report.Rows, "row"),
			b.rows, b.report.cells(), plural(len(b.report.Columns), "column"), abbreviate(b.report.Columns, 6)))
	}
	return t, nil
}
