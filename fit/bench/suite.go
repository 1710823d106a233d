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

// Var is an input and the range it is drawn from.
type Var struct {
	Name string  `json:"name"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	Log  bool    `json:"log"` // spread evenly over the logarithm
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
		return nil, fmt.Errorf("%s: no such suite or file; built in are %s", name, strings.Join(Suites(), " and "))
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
		return nil, fmt.Errorf("%s: %w", source, noEOF(err))
	}
	column := map[string]int{}
	for i, name := range header {
		column[strings.TrimPrefix(strings.TrimSpace(name), "\ufeff")] = i
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
			return nil, fmt.Errorf("%s: %w", source, err)
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
			if p.Rows, err = strconv.Atoi(rows); err != nil || p.Rows < 8 {
				return nil, fail("rows", fmt.Errorf("%q is not a whole number of at least 8", rows))
			}
		}
		dec := json.NewDecoder(strings.NewReader(cell("variables")))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&p.Vars); err != nil {
			return nil, fail("variables", noEOF(err))
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

func noEOF(err error) error {
	if err == io.EOF {
		return errors.New("empty")
	}
	return err
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
		case !(v.Low < v.High) || math.IsInf(v.Low, 0) || math.IsInf(v.High, 0):
			return fmt.Errorf("%s: low %v is not below high %v", v.Name, v.Low, v.High)
		case v.Log && v.Low <= 0:
			return fmt.Errorf("%s: a logarithmic range begins above 0, not at %v", v.Name, v.Low)
		}
		seen[v.Name] = true
	}
	return nil
}
