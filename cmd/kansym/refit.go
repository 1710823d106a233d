package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/kansym/kansym/fit/report"
	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/symbolic"
)

// parseRefit reads the formula whose constants are to be fitted: its names that
// are no columns, or if it has none of those, its decimals. names are the
// constants in the order in which the formula has them, nil for decimals.
func parseRefit(formula string, data *table.Table, v *vocabulary) (e *symbolic.Expr, names []report.Name, err error) {
	// First with every name for a variable, to see what they are.
	all, err := symbolic.Parse(formula, symbolic.ParseOptions{Functions: v.set})
	if err != nil {
		return nil, nil, fmt.Errorf("--refit: %w", err)
	}
	inputs := data.InputNames()
	constants := map[string]*symbolic.Expr{} // marked by their values 1, 2, ...
	var marked []string
	for _, name := range all.Vars() {
		switch {
		case name == data.Names[data.Target]:
			return nil, nil, fmt.Errorf("--refit: the formula uses the target %s itself", name)
		case slices.Contains(data.Unused, name):
			return nil, nil, fmt.Errorf("--refit: the formula uses %s, a column that is left out or the same in every row", name)
		case !slices.Contains(inputs, name):
			marked = append(marked, name)
			constants[name] = symbolic.Free(float64(len(marked)))
		}
	}
	if len(constants) == len(all.Vars()) {
		return nil, nil, fmt.Errorf("--refit: the formula uses no column; the inputs are %s", strings.Join(inputs, ", "))
	}
	opt := symbolic.ParseOptions{Vars: inputs, Params: true, FreeNumbers: len(constants) == 0, Functions: v.set}
	if e, err = symbolic.Parse(formula, opt); err != nil {
		return nil, nil, fmt.Errorf("--refit: %w", err)
	}
	values := e.FreeValues() // all are 1, or -1 where a minus went into the constant
	for i, mark := range all.Subst(constants).FreeValues() {
		k := int(math.Abs(mark)) - 1
		if k < 0 || k >= len(marked) || i >= len(values) {
			return e, nil, nil // not as the user wrote it
		}
		names = append(names, report.Name{Text: marked[k], Negated: values[i] < 0})
	}
	return e, names, nil
}
