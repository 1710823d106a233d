package main

import (
	"context"
	"math"
	"slices"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/table"
)

// alignedRows are the rows of a table that are complete in the inputs of a
// network, in the network's order of inputs.
type alignedRows struct {
	source string
	inputs []fit.Variable
	cols   [][]float64
	lines  []int // of the file, for each row
	left   int   // incomplete rows that were left out

	sentinels []table.Sentinel // for which rows were left out
	warnings  []string         // about them and others that may be

	target string    // the column compared with, empty if there is none
	y      []float64 // NaN where the target is missing; nil without target
}

// wanted says which columns of a file to read.
type wanted struct {
	inputs []fit.Variable
	target string
	none   []table.Sentinel // numbers that are known to stand for missing ones
	// optional is a target that the file may lack, or hold no numbers in.
	optional bool
}

// readAligned reads the columns that choose asks for. Unlike readTable it keeps
// inputs that never vary and takes a single row: a network is compared with
// data here, nothing is fitted.
func (p *program) readAligned(ctx context.Context, path string, missing table.Missing, v *vocabulary, choose func(table.Header) (wanted, error)) (*alignedRows, error) {
	type outcome struct {
		rows *alignedRows
		err  error
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		o.err = guard(func() (err error) {
			o.rows, err = p.alignRows(path, missing, v, choose)
			return err
		})
		done <- o
	}()
	select {
	case <-ctx.Done():
		return nil, &failure{code: exitInterrupted}
	case o := <-done:
		return o.rows, o.err
	}
}

func (p *program) alignRows(path string, missing table.Missing, v *vocabulary, choose func(table.Header) (wanted, error)) (*alignedRows, error) {
	in, source, err := p.openData(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	rd, err := table.NewReader(in, source, table.ReaderOptions{Reserved: v.reserved})
	if err != nil {
		return nil, err
	}
	h := rd.Header()
	want, err := choose(h)
	if err != nil {
		return nil, err
	}
	out := &alignedRows{source: source, inputs: want.inputs, cols: make([][]float64, len(want.inputs))}
	places := make([]int, len(want.inputs))
	for i, x := range want.inputs {
		if places[i], err = columnOf(h, x); err != nil {
			return nil, err
		}
	}
	target := -1
	if want.target != "" {
		switch i, err := h.Index(want.target, "for the target"); {
		case err == nil:
			target, out.target = i, h.Columns[i]
		case !want.optional:
			return nil, err
		}
	}
	row := make([]float64, len(places))
	for rd.Next() {
		rec := rd.Record()
		if rec.Units {
			continue
		}
		complete := true
		for k, i := range places {
			x, cell := table.ParseCell(rec.Fields[i])
			switch {
			case cell == table.CellText:
				return nil, table.NotNumber(h, rec, i)
			case cell != table.CellNumber && missing == table.MissingError:
				return nil, missingNumber(h, rec, i)
			case cell != table.CellNumber:
				complete = false
			}
			row[k] = x
		}
		if !complete {
			out.left++
			continue
		}
		y := math.NaN()
		if target >= 0 {
			x, cell := table.ParseCell(rec.Fields[target])
			switch {
			case cell == table.CellNumber:
				y = x
			case cell == table.CellText && want.optional:
				target, out.target, out.y = -1, "", nil
			case cell == table.CellText:
				return nil, table.NotNumber(h, rec, target)
			case missing == table.MissingError:
				return nil, missingNumber(h, rec, target)
			}
		}
		for k, x := range row {
			out.cols[k] = append(out.cols[k], x)
		}
		out.lines = append(out.lines, rec.Line)
		if target >= 0 {
			out.y = append(out.y, y)
		}
	}
	if err := rd.Err(); err != nil {
		return nil, err
	}
	known := slices.Clone(want.none)
	for k := range known {
		if known[k].Column == want.target {
			known[k].Column = out.target // as this file has it
		}
	}
	if err := out.screen(known, missing); err != nil {
		return nil, err
	}
	if len(out.lines) == 0 {
		return nil, &table.Error{Source: source, Problem: "has no complete row", Hint: "give a file with a number in every column that the network or the formula uses"}
	}
	return out, nil
}

// screen leaves out rows with numbers that stand for missing ones, as kansym fit
// does.
func (a *alignedRows) screen(known []table.Sentinel, missing table.Missing) error {
	var names []string
	for _, x := range a.inputs {
		names = append(names, x.Column)
	}
	cols := slices.Clone(a.cols)
	if a.y != nil {
		names, cols = append(names, a.target), append(cols, a.y)
	}
	s, err := table.Screen(names, cols, table.ScreenOptions{
		Source: a.source, Known: known, Missing: missing, Line: func(r int) int { return a.lines[r] },
	})
	if err != nil {
		return err
	}
	a.sentinels, a.warnings = s.Sentinels, s.Warnings
	if s.Left == nil {
		return nil
	}
	for i, c := range a.cols {
		a.cols[i] = keptRows(c, s.Left)
	}
	a.lines = keptRows(a.lines, s.Left)
	if a.y != nil {
		a.y = keptRows(a.y, s.Left)
	}
	return nil
}

func keptRows[T any](list []T, left []bool) []T {
	var out []T
	for r, v := range list {
		if !left[r] {
			out = append(out, v)
		}
	}
	return out
}

// warnOfRows says which rows were left out for numbers that stand for missing ones.
func (p *program) warnOfRows(a *alignedRows) {
	for _, w := range a.warnings {
		p.warn(false, w)
	}
}

// columnOf finds the column of an input. A file that goes by other names than the
// one that the network was made from has the identifiers.
func columnOf(h table.Header, x fit.Variable) (int, error) {
	i, err := h.Index(x.Column, "for an input of the network")
	if err == nil {
		return i, nil
	}
	if k, again := h.Index(x.Name, ""); again == nil {
		return k, nil
	}
	return 0, err
}

func missingNumber(h table.Header, rec table.Record, column int) error {
	return &table.Error{
		Source: h.Source, Line: rec.Line, Column: h.Columns[column],
		Problem: "the number is missing", Hint: "complete the data, or leave such rows out with --missing drop",
	}
}

// compared returns the rows on which the target is known.
func (a *alignedRows) compared() (cols [][]float64, y []float64) {
	cols = make([][]float64, len(a.cols))
	if a.y == nil {
		return cols, nil
	}
	for r, v := range a.y {
		if math.IsNaN(v) {
			continue
		}
		y = append(y, v)
		for i, c := range a.cols {
			cols[i] = append(cols[i], c[r])
		}
	}
	return cols, y
}
