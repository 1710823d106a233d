// Package table reads measured data from text files into columns of float64.
//
// It takes comma, tab, semicolon, bar or blank separated text, with or without
// a header line, plain or compressed by gzip, as editors, spreadsheets and
// numpy write it, and refuses everything from which a formula could not be
// fitted. Every refusal is an *Error that names the file, the line and the
// column and says what to do next.
package table

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// MinRows is the least number of complete rows that Read accepts: fewer leave
// nothing to check a formula against.
const MinRows = 4

// Table is a set of named numeric columns of equal length, stored column by
// column. One column is the target, all others are inputs. Columns that the
// options exclude, the weights and inputs that never vary are not in it.
type Table struct {
	// Source is what messages call the data, usually the file's name.
	Source string

	// Names are the identifiers that formulas use, one for each column and
	// all different.
	Names []string

	// Columns are the same columns as the header of the file spells them.
	Columns []string

	// Cols holds len(Names) columns of Rows() finite numbers each.
	Cols [][]float64

	// Target is the index of the column to be explained.
	Target int

	// Unused are the identifiers of the columns of the file that are not in
	// the table.
	Unused []string

	// Weights holds one finite, non-negative weight for each row; nil means
	// that all rows count the same.
	Weights []float64

	// WeightsColumn is the header of the column that Weights came from.
	WeightsColumn string

	// Missing says what incomplete rows were left out.
	Missing MissingReport

	// Sentinels are the numbers that seemed to stand for missing ones, or were
	// absurd. The rows that have them were left out.
	Sentinels []Sentinel

	// Warnings are sentences for the user: what was dropped, renamed or
	// guessed.
	Warnings []string
}

// Options steer Read. The zero value takes the last column as the target, all
// others as inputs, and drops incomplete rows.
//
// A column is referred to by its name in the header, by its identifier, or by
// its position as "#1", "#2" and so on.
type Options struct {
	// Target is the column to be explained; empty means the last column.
	Target string

	// Inputs are the columns a formula may use; nil means all columns but the
	// target, the weights and those excluded.
	Inputs []string

	// Exclude are columns to leave out. They need not hold numbers.
	Exclude []string

	// Weights is the column with the weight of each row; empty means none.
	Weights string

	// Missing says what to do with rows that lack a number or have one that
	// seems to stand for a missing one.
	Missing Missing

	// Known are numbers that are none, as found in the data that a model was
	// made from; columns are called as in the header or by their identifiers.
	Known []Sentinel

	// Reserved tells which identifiers formulas use themselves, so that no
	// column can have them; nil means symbolic.ReservedName.
	Reserved func(name string) bool

	// MaxLine bounds the length of a line in bytes; 0 means 16 MiB.
	MaxLine int
}

// Rows returns the number of rows.
func (t *Table) Rows() int {
	if len(t.Cols) == 0 {
		return 0
	}
	return len(t.Cols[0])
}

// Inputs returns the indices of the input columns in ascending order.
func (t *Table) Inputs() []int {
	idx := make([]int, 0, len(t.Cols))
	for i := range t.Cols {
		if i != t.Target {
			idx = append(idx, i)
		}
	}
	return idx
}

// InputNames returns the identifiers of the input columns in file order.
func (t *Table) InputNames() []string {
	names := make([]string, 0, len(t.Names))
	for _, i := range t.Inputs() {
		names = append(names, t.Names[i])
	}
	return names
}

// InputCols returns the input columns in the order of InputNames. The columns
// are the table's own.
func (t *Table) InputCols() [][]float64 {
	cols := make([][]float64, 0, len(t.Cols))
	for _, i := range t.Inputs() {
		cols = append(cols, t.Cols[i])
	}
	return cols
}

// Y returns the target column, which stays the table's own.
func (t *Table) Y() []float64 { return t.Cols[t.Target] }

// Open reads the file at path as Read does.
func Open(path string, opt Options) (*Table, error) {
	f, err := OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Read(f, path, opt)
}

// OpenFile opens a data file for reading. Its errors are of type *Error and
// say what to do about a missing file or a directory.
func OpenFile(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		e := &Error{Source: path, Problem: "cannot be opened", Err: err}
		switch {
		case errors.Is(err, os.ErrNotExist):
			e.Problem, e.Err = "no such file", nil
			e.Hint = "check the spelling and the directory; - reads standard input"
		case errors.Is(err, os.ErrPermission):
			e.Problem, e.Err = "permission denied", nil
			e.Hint = "make the file readable"
		}
		return nil, e
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, &Error{Source: path, Problem: "cannot be opened", Err: err}
	}
	if info.IsDir() {
		f.Close()
		return nil, &Error{Source: path, Problem: "is a directory", Hint: "name a file in it"}
	}
	return f, nil
}

// Read reads a table from r, which messages call source. Compression by gzip
// is recognised by its first bytes. Memory is bounded by the columns that are
// kept and one line of text. All errors are of type *Error.
func Read(r io.Reader, source string, opt Options) (*Table, error) {
	rd, err := NewReader(r, source, ReaderOptions{Reserved: opt.Reserved, MaxLine: opt.MaxLine})
	if err != nil {
		return nil, err
	}
	roles, err := assign(rd.Header(), opt)
	if err != nil {
		return nil, err
	}
	if rd.Header().Columns[0] == "" && roles[0] == roleNone && opt.Inputs == nil && !slices.Contains(opt.Exclude, "#1") {
		rd.warnings = append(rd.warnings, "the first column has no name, as one that numbers the rows, and was left out; give it a name to use it")
	}
	b := newBuilder(rd, roles, opt.Missing)
	b.listed = opt.Inputs != nil
	for rd.Next() {
		rec := rd.Record()
		if rec.Units {
			rd.warnings = append(rd.warnings, fmt.Sprintf("line %d holds no number and was taken for the units of the columns", rec.Line))
			continue
		}
		if err := b.add(rec); err != nil {
			return nil, err
		}
	}
	if err := rd.Err(); err != nil {
		return nil, err
	}
	t, err := b.finish()
	if err != nil {
		return nil, err
	}
	if err := t.screen(opt, &b.lines); err != nil {
		return nil, err
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	for _, name := range rd.Header().Names {
		if !slices.Contains(t.Names, name) {
			t.Unused = append(t.Unused, name)
		}
	}
	t.warnRenamed(rd.reserved)
	t.Warnings = append(rd.Warnings(), t.Warnings...)
	return t, nil
}

// Describe says in one line what the table holds.
func (t *Table) Describe() string {
	var b strings.Builder
	inputs := t.InputNames()
	fmt.Fprintf(&b, "%s: %s, target %s, %s %s", t.Source, count(t.Rows(), "row"), t.Names[t.Target],
		plural(len(inputs), "input"), abbreviate(inputs, 12))
	if t.Weights != nil {
		fmt.Fprintf(&b, ", weighted by %s", t.WeightsColumn)
	}
	if n := t.Missing.Rows; n > 0 {
		fmt.Fprintf(&b, ", %s left out", count(n, "incomplete row"))
	}
	return b.String()
}
