// Package bench measures how well formulas are recovered: it draws data from
// the formulas of a suite, runs fit.Run on them as anybody would, and judges the
// answers.
//
// Two suites are built in. "feynman" has 100 laws of physics with the ranges of
// the Feynman Symbolic Regression Database (Udrescu and Tegmark, AI Feynman,
// Science Advances 6, 2020); "classics" has formulas by Keijzer (Improving
// symbolic regression with interval arithmetic and linear scaling, EuroGP 2003)
// and Uy et al. (Semantically-based crossover in genetic programming, Genetic
// Programming and Evolvable Machines 12, 2011).
//
// Nothing in a suite is known to the search: a problem reaches it as a table.
package bench

import (
	"bytes"
	"embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

//go:embed suites/*.csv
var suites embed.FS

// Suites returns the names of the suites that are built in.
func Suites() []string { return []string{"classics", "feynman"} }

// Problem is a formula to be found.
type Problem struct {
	ID      string
	Suite   string
	Formula string
	Vars    []Var
	Rows    int // 0: as many as the caller draws

	expr *symbolic.Expr
}

// The rows that a problem may be given with. Fewer than MinRows leave nothing
// to judge an answer by.
const (
	MinRows = 8
	MaxRows = 10_000_000
)

// Var is an input and the range it is drawn from.
type Var struct {
	Name string
	Low  float64
	High float64
	Log  bool // spread evenly over the logarithm
}

// Expr is the formula as an expression over the variables.
func (p *Problem) Expr() *symbolic.Expr { return p.expr }

// Names returns the names of the variables.
func (p *Problem) Names() []string {
	var out []string
	for _, v := range p.Vars {
		out = append(out, v.Name)
	}
	return out
}

// Open reads a suite: the name of one that is built in, or the path of a CSV
// file with the columns id, formula, variables, and optionally suite and rows.
// variables is a JSON array of objects with name, low, high and optionally log.
func Open(name string) ([]*Problem, error) {
	if slices.Contains(Suites(), name) {
		text, err := suites.ReadFile("suites/" + name + ".csv")
		if err != nil {
			return nil, err
		}
		return Read(bytes.NewReader(text), name)
	}
	f, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		hint := "built in are " + strings.Join(Suites(), " and ")
		if near, ok := library.Nearest(name, Suites()); ok {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return nil, fmt.Errorf("%s: no such suite or file; %s", name, hint)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Read(f, name)
}

// Read reads a suite from r; source names it in errors.
func Read(r io.Reader, source string) ([]*Problem, error) {
	cr := csv.NewReader(r)
	header, err := cr.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", source, unreadable(err, 0))
	}
	width := len(header)
	column := map[string]int{}
	for i, name := range header {
		name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
		if _, twice := column[name]; twice && name != "" {
			return nil, fmt.Errorf("%s: two columns are called %q", source, name)
		}
		column[name] = i
	}
	for _, name := range []string{"id", "formula", "variables"} {
		if _, ok := column[name]; !ok {
			return nil, fmt.Errorf("%s: no column %q; a suite has the columns id, formula, variables, and may have suite and rows", source, name)
		}
	}
	var out []*Problem
	seen := map[string]bool{}
	for {
		rec, err := cr.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", source, unreadable(err, width))
		}
		line, _ := cr.FieldPos(0)
		cell := func(name string) string {
			if i, ok := column[name]; ok {
				return strings.TrimSpace(rec[i])
			}
			return ""
		}
		p := &Problem{ID: cell("id"), Suite: cell("suite"), Formula: cell("formula")}
		fail := func(name string, err error) error {
			return fmt.Errorf("%s: line %d, column %s: %w", source, line, name, err)
		}
		switch {
		case p.ID == "":
			return nil, fail("id", errors.New("empty"))
		case seen[p.ID]:
			return nil, fail("id", fmt.Errorf("%s occurs twice", p.ID))
		}
		seen[p.ID] = true
		if rows := cell("rows"); rows != "" {
			if p.Rows, err = strconv.Atoi(rows); err != nil || p.Rows < MinRows || p.Rows > MaxRows {
				return nil, fail("rows", fmt.Errorf("%q is not a whole number from %d to %d", rows, MinRows, MaxRows))
			}
		}
		if p.Vars, err = readVars(cell("variables")); err != nil {
			return nil, fail("variables", err)
		}
		if err := p.check(); err != nil {
			return nil, fail("variables", err)
		}
		if p.expr, err = symbolic.Parse(p.Formula, symbolic.ParseOptions{Vars: p.Names()}); err != nil {
			return nil, fail("formula", err)
		}
		out = append(out, p)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no problems below the header", source)
	}
	return out, nil
}

// unreadable puts what is wrong with the text of a suite into words; width is
// the number of columns in the header.
func unreadable(err error, width int) error {
	var bad *csv.ParseError
	switch {
	case err == io.EOF:
		return errors.New("empty; a suite begins with a header")
	case !errors.As(err, &bad):
		return err
	case errors.Is(err, csv.ErrFieldCount):
		return fmt.Errorf("line %d: it has not the %d cells of the header; a cell with commas is put in quotes", bad.StartLine, width)
	}
	return fmt.Errorf("line %d, character %d: %w; a quote within quotes is doubled", bad.Line, bad.Column, bad.Err)
}

// readVars reads the cell with the variables.
func readVars(text string) ([]Var, error) {
	const like = `a list is expected like [{"name": "x", "low": 1, "high": 2}]`
	if text == "" {
		return nil, errors.New("empty; " + like)
	}
	// Pointers tell what is missing from what is 0.
	var list []struct {
		Name string   `json:"name"`
		Low  *float64 `json:"low"`
		High *float64 `json:"high"`
		Log  bool     `json:"log"`
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	var wrong *json.UnmarshalTypeError
	switch err := dec.Decode(&list); {
	case errors.As(err, &wrong) && wrong.Field != "":
		return nil, fmt.Errorf("%s cannot be a %s; %s", wrong.Field, wrong.Value, like)
	case errors.As(err, &wrong):
		return nil, fmt.Errorf("%s; not a %s", like, wrong.Value)
	case err == io.ErrUnexpectedEOF:
		return nil, errors.New("it ends too early; " + like)
	case err != nil:
		return nil, fmt.Errorf("%s; %s", strings.TrimPrefix(err.Error(), "json: "), like)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("there is something behind the list; " + like)
	}
	var out []Var
	for _, v := range list {
		if v.Low == nil || v.High == nil {
			return nil, fmt.Errorf("%q has no low or no high; %s", v.Name, like)
		}
		out = append(out, Var{Name: v.Name, Low: *v.Low, High: *v.High, Log: v.Log})
	}
	return out, nil
}

func identifier(name string) bool {
	for i, r := range name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return name != ""
}

func (p *Problem) check() error {
	if len(p.Vars) == 0 {
		return errors.New("no variables")
	}
	seen := map[string]bool{}
	for _, v := range p.Vars {
		switch {
		case !identifier(v.Name) || symbolic.ReservedName(v.Name):
			return fmt.Errorf("%q cannot be the name of a variable", v.Name)
		case seen[v.Name]:
			return fmt.Errorf("%s occurs twice", v.Name)
		case !(v.Low < v.High):
			return fmt.Errorf("%s: low %v is not below high %v", v.Name, v.Low, v.High)
		case math.IsInf(2*v.High-2*v.Low, 0): // what the judge draws from
			return fmt.Errorf("%s: the range from %v to %v is too wide", v.Name, v.Low, v.High)
		case v.Log && v.Low <= 0:
			return fmt.Errorf("%s: a logarithmic range begins above 0, not at %v", v.Name, v.Low)
		}
		seen[v.Name] = true
	}
	return nil
}
