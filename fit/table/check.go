package table

import (
	"fmt"
	"slices"
)

// check refuses data that no formula can be found from and drops inputs that
// never vary.
func (t *Table) check() error {
	n := t.Rows()
	if err := t.checkRows(n); err != nil {
		return err
	}
	constant := make([]bool, len(t.Cols))
	varying := 0
	for i, c := range t.Cols {
		constant[i] = isConstant(c)
		if !constant[i] {
			varying++
		}
	}
	target := t.Columns[t.Target]
	switch {
	case varying == 0:
		return &Error{
			Source: t.Source, Problem: fmt.Sprintf("all %d rows are equal", n),
			Hint: "a formula can be found only where something varies",
		}
	case constant[t.Target]:
		return &Error{
			Source: t.Source, Column: target,
			Problem: fmt.Sprintf("the target is %g in every row, which leaves nothing to explain", t.Y()[0]),
			Hint:    "choose another column with --target",
		}
	case varying == 1:
		return &Error{
			Source: t.Source, Problem: "no input varies, only the target does",
			Hint: "a formula needs an input that changes from row to row",
		}
	}
	if inputs := varying - 1; n < inputs {
		return &Error{
			Source: t.Source, Problem: fmt.Sprintf("%d rows are fewer than the %d inputs", n, inputs),
			Hint: "measure more rows, or choose the inputs that matter with --inputs",
		}
	}
	t.dropConstant(constant)
	t.warnCopies()
	return t.checkWeights()
}

func (t *Table) checkRows(n int) error {
	if n >= MinRows {
		return nil
	}
	have := "has no complete row"
	if n > 0 {
		have = "has only " + count(n, "row")
		if t.Missing.Rows > 0 {
			have = "has only " + count(n, "complete row")
		}
	}
	hint := fmt.Sprintf("at least %d are needed to fit a formula and check it", MinRows)
	if t.Missing.Rows > 0 {
		hint = fmt.Sprintf("%s; left out: %s for %s in %s %s", hint, count(t.Missing.Rows, "row"), t.Missing.cells(),
			plural(len(t.Missing.Columns), "column"), abbreviate(t.Missing.Columns, 6))
	}
	return &Error{Source: t.Source, Problem: have, Hint: hint}
}

// dropConstant removes the inputs marked constant and says so.
func (t *Table) dropConstant(constant []bool) {
	var names, columns []string
	var cols [][]float64
	target := 0
	for i := range t.Cols {
		if constant[i] {
			t.Warnings = append(t.Warnings, fmt.Sprintf("column %q was left out: it is %g in every row", t.Columns[i], t.Cols[i][0]))
			continue
		}
		if i == t.Target {
			target = len(cols)
		}
		names, columns, cols = append(names, t.Names[i]), append(columns, t.Columns[i]), append(cols, t.Cols[i])
	}
	t.Names, t.Columns, t.Cols, t.Target = names, columns, cols, target
}

// warnCopies points out inputs that are copies of the target or of each other.
func (t *Table) warnCopies() {
	for i := range t.Cols {
		for j := range i {
			if t.Cols[i][0] != t.Cols[j][0] || !slices.Equal(t.Cols[i], t.Cols[j]) {
				continue
			}
			a, b := t.Columns[j], t.Columns[i]
			if j == t.Target {
				a, b = b, a
			}
			if i == t.Target || j == t.Target {
				t.Warnings = append(t.Warnings, fmt.Sprintf("column %q equals the target %q in every row; leave it out with --exclude to find another formula", a, b))
			} else {
				t.Warnings = append(t.Warnings, fmt.Sprintf("columns %q and %q are equal in every row; a formula may use either", a, b))
			}
		}
	}
}

func (t *Table) checkWeights() error {
	if t.Weights == nil {
		return nil
	}
	positive := 0
	for _, w := range t.Weights {
		if w > 0 {
			positive++
		}
	}
	if positive < MinRows {
		return &Error{
			Source: t.Source, Column: t.WeightsColumn,
			Problem: fmt.Sprintf("a weight above 0 in only %s", count(positive, "row")),
			Hint:    fmt.Sprintf("at least %d are needed", MinRows),
		}
	}
	return nil
}

func isConstant(c []float64) bool {
	for _, v := range c {
		if v != c[0] {
			return false
		}
	}
	return true
}
