package fit

import (
	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/symbolic"
)

// NetworkData cuts a table into training and held-out rows for work on a
// network step by step. The rows are drawn by seed as Run draws them, so every
// step on the same rows with the same seed is judged on the same held-out rows,
// a quarter of all; a table whose columns stand in another order gives the same
// ones. inputs are the columns in the order of the network's inputs, as headers
// or as identifiers; nil means all of them.
//
// The error is not nil if a column is missing. It names the column and the
// file.
func NetworkData(t *table.Table, inputs []string, seed uint64) (kan.Data, error) {
	p := split(t, Options{Seed: seed})
	var order []int
	if inputs == nil {
		for i := range p.train.Names {
			order = append(order, i)
		}
	}
	at := t.Inputs()
	for _, name := range inputs {
		k := columnOf(t, at, name)
		if k < 0 {
			return kan.Data{}, &table.Error{
				Source: t.Source, Column: name, Problem: "an input of the model is missing or the same in every row",
				Hint: "steps need data in which every input varies",
			}
		}
		order = append(order, k)
	}
	d := kan.Data{Y: p.train.Y, W: p.train.W}
	for _, k := range order {
		d.Names = append(d.Names, p.train.Names[k])
		d.Cols = append(d.Cols, p.train.Cols[k])
	}
	held := p.held
	if len(held.Y) == 0 || !anyPositive(held.W) || !anyPositive(d.W) {
		return d, nil // too few rows to hold any out
	}
	d.HeldY, d.HeldW = held.Y, held.W
	for _, k := range order {
		d.HeldCols = append(d.HeldCols, held.Cols[k])
	}
	return d, nil
}

// columnOf returns the place of an input among those of the table, -1 if it has
// none of that name.
func columnOf(t *table.Table, at []int, name string) int {
	for k, i := range at {
		if t.Columns[i] == name {
			return k
		}
	}
	for k, i := range at {
		if t.Names[i] == name {
			return k
		}
	}
	return -1
}

// anyPositive reports whether some weight is; no weights are all 1.
func anyPositive(w []float64) bool {
	for _, v := range w {
		if v > 0 {
			return true
		}
	}
	return w == nil
}

// AllRows returns training and held-out rows together.
func AllRows(d kan.Data) symbolic.Data {
	all := symbolic.Data{Names: d.Names, Y: append(append([]float64(nil), d.Y...), d.HeldY...)}
	for i, c := range d.Cols {
		col := append([]float64(nil), c...)
		if len(d.HeldY) > 0 {
			col = append(col, d.HeldCols[i]...)
		}
		all.Cols = append(all.Cols, col)
	}
	if d.W != nil {
		all.W = append(append([]float64(nil), d.W...), d.HeldW...)
	}
	return all
}
