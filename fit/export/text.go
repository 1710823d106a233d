package export

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// latex writes an equation, or the formula alone if the target is not known.
func (p *piece) latex() []byte {
	text := p.formula.Format(library.LangLaTeX)
	if p.target != "" {
		// As for inputs, letters of any script stay.
		name := table.Identifier(p.target)
		if name == "" {
			name = p.targetName()
		}
		text = symbolic.Var(name).Format(library.LangLaTeX) + " = " + text
	}
	return []byte(text + "\n")
}

// sympy writes a module that defines the symbols and the expression.
func (p *piece) sympy() ([]byte, error) {
	c := &coder{piece: p, dialect: dialect{lang: library.LangSymPy, comment: "#"}, name: p.name}
	c.args = arguments(p.inputs, c.lang, c.name)
	e := rename(p.formula, p.inputs, c.args, c.lang)
	var b strings.Builder
	b.WriteString(c.comments("", c.what()...))
	b.WriteString("import sympy\n\n")
	if len(c.args) > 0 {
		names := make([]string, len(p.inputs))
		for i, in := range p.inputs {
			names[i] = in.Name
		}
		// symbols() returns one symbol for one name and a tuple for several.
		fmt.Fprintf(&b, "%s = sympy.symbols(\"%s\", real=True)\n", strings.Join(c.args, ", "), strings.Join(names, " "))
	}
	fmt.Fprintf(&b, "%s = %s\n", c.name, c.print(e))
	return []byte(b.String()), nil
}

// maxCell is the number of characters that Excel takes in a formula, and
// maxNesting how deep calls and parentheses may be in each other.
const (
	maxCell    = 8192
	maxNesting = 64
)

// excel writes a formula for a cell in row 2, below comments that say which cell
// holds which input. The comments begin with an apostrophe: pasted into cells
// they are text.
func (p *piece) excel() ([]byte, error) {
	cells := make([]string, len(p.inputs))
	for i := range cells {
		cells[i] = columnLetters(i) + "2"
	}
	names, formula := cells, ""
	if p.opt.Let && len(p.inputs) > 0 {
		names = letNames(p.inputs)
		var bind strings.Builder
		for i, name := range names {
			bind.WriteString(name + "," + cells[i] + ",")
		}
		formula = "=LET(" + bind.String() + rename(p.formula, p.inputs, names, library.LangExcel).Format(library.LangExcel) + ")"
	} else {
		formula = "=" + rename(p.formula, p.inputs, cells, library.LangExcel).Format(library.LangExcel)
	}
	if len(formula) > maxCell {
		return nil, fmt.Errorf("the formula has %d characters, and a cell takes %d: choose a shorter formula, or split it over cells by hand from --to expr", len(formula), maxCell)
	}
	if nesting(formula) > maxNesting {
		return nil, errors.New("the formula is nested deeper than the 64 levels that a cell takes: choose a shorter formula")
	}
	var b strings.Builder
	if p.target != "" {
		fmt.Fprintf(&b, "' %s\n", strconv.QuoteToGraphic(p.target))
	}
	for i, in := range p.inputs {
		fmt.Fprintf(&b, "' %s  %s\n", cells[i], note(in))
	}
	return []byte(b.String() + formula + "\n"), nil
}

func nesting(formula string) int {
	depth, most := 0, 0
	for _, r := range formula {
		switch r {
		case '(':
			depth++
			most = max(most, depth)
		case ')':
			depth--
		}
	}
	return most
}

// columnLetters is the name of a column of a sheet: A to Z, AA, AB and so on.
func columnLetters(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

// cellLike are names that a spreadsheet takes for cells: A1, R1C1, R and C.
var cellLike = regexp.MustCompile(`(?i)^([a-z]{1,3}[0-9]+|r[0-9]*(c[0-9]*)?|c[0-9]*|true|false|pi)$`)

// letNames are names for LET: none that looks like a cell, and different even if
// case is not looked at.
func letNames(inputs []Input) []string {
	taken := map[string]bool{}
	names := make([]string, len(inputs))
	for i, in := range inputs {
		name := identifier(in.Name)
		if name == "" {
			name = "in"
		}
		for cellLike.MatchString(name) || taken[strings.ToLower(name)] {
			name += "_"
		}
		names[i] = name
		taken[strings.ToLower(name)] = true
	}
	return names
}
