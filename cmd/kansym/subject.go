package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/report"
	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/symbolic"
)

// subject is what is drawn or reported on: a result with its formulas, a formula
// alone, or a network.
type subject struct {
	path   string
	target string // name of the column; empty if unknown
	inputs []fit.Variable
	v      *vocabulary

	result  *fit.Result     // of kansym fit --json
	formula *symbolic.Expr  // of a formula or the file of one
	model   *kan.Model      // of a network
	network *report.Network // the same for pictures
}

// loadSubject reads a model, a result or a formula.
func loadSubject(what string, v *vocabulary) (*subject, error) {
	info, err := os.Stat(what)
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s is a directory; name a model file or give a formula", what)
	case err == nil:
		return readSubject(what, v)
	}
	left, formula := splitEquation(what)
	e, err := symbolic.Parse(formula, symbolic.ParseOptions{Functions: v.set})
	switch {
	case err != nil && pathLike.MatchString(what):
		return nil, fmt.Errorf("%s: no such file; give a model, a result of kansym fit --json, or a formula", what)
	case err != nil:
		return nil, err
	}
	s := &subject{path: what, target: left, formula: e, v: v}
	for _, name := range e.Vars() {
		s.inputs = append(s.inputs, fit.Variable{Name: name, Column: name})
	}
	return s, nil
}

func readSubject(path string, v *vocabulary) (*subject, error) {
	const most = 64 << 20
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	case len(text) > most:
		return nil, fmt.Errorf("%s: is larger than %d MB, which no model is", path, most>>20)
	}
	var head struct {
		formulaModel
		Best json.RawMessage `json:"best"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		if bytes.Contains(text, []byte(`"`+kan.FormatName+`"`)) {
			// A model that is damaged; reading it as one says where.
			_, err = readModel(path, bytes.NewReader(text), v)
			return nil, err
		}
		return nil, notModel(path)
	}
	s := &subject{path: path, v: v}
	switch {
	case head.Format == kan.FormatName:
		if s.model, err = readModel(path, bytes.NewReader(text), v); err != nil {
			return nil, err
		}
		s.target, s.inputs = s.model.Target, modelInputs(s.model)
		s.network = networkOf(s.model, v)
		return s, nil
	case head.Format == formulaFormat && head.formulaModel.Version > formulaVersion:
		return nil, fmt.Errorf("%s: was written by a newer kansym (version %d of the format); use that one", path, head.formulaModel.Version)
	case head.Format == formulaFormat:
		if len(head.Functions) > 0 {
			defs := append(append([]string(nil), head.Functions...), v.definitions...)
			if s.v, err = newVocabulary("", defs); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
		}
		var names []string
		for _, x := range head.Variables {
			names = append(names, x.Name)
		}
		if s.formula, err = symbolic.Parse(head.Expression, symbolic.ParseOptions{Vars: names, Functions: s.v.set}); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		s.target, s.inputs = head.Target, head.Variables
		return s, nil
	case len(head.Best) == 0:
		return nil, notModel(path)
	}
	if s.result, err = report.Read(bytes.NewReader(text), v.set); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s.target, s.inputs = s.result.Target, s.result.Variables
	return s, nil
}

// networkOf is the network of a model for pictures.
func networkOf(m *kan.Model, v *vocabulary) *report.Network {
	n := &report.Network{Net: m.Network, Inputs: m.Columns, Target: m.Target, Functions: v.set}
	for _, s := range m.History {
		n.Earlier = append(n.Earlier, s.Network)
	}
	return n
}

// readData reads the rows that the subject is compared with. Its columns are
// looked for by the names they had, then by identifier, and get the identifiers
// that the subject uses.
func (p *program) readData(ctx context.Context, s *subject, path, target string, missing table.Missing) (*table.Table, error) {
	opt := table.Options{Target: target, Missing: missing, Reserved: s.v.reserved}
	if target == "" {
		opt.Target = s.target
	}
	refs := map[string]string{} // identifiers of the subject by reference to the file
	for _, x := range s.inputs {
		opt.Inputs = append(opt.Inputs, x.Column)
		refs[x.Column] = x.Name
	}
	if path != "-" {
		header, err := p.header(path, s.v)
		if err != nil {
			return nil, err
		}
		refs = map[string]string{}
		for i, x := range s.inputs {
			k, err := header.Index(x.Column, "for a variable of "+s.path)
			if err != nil {
				other, again := header.Index(x.Name, "")
				if again != nil {
					return nil, err
				}
				k = other
			}
			opt.Inputs[i] = fmt.Sprintf("#%d", k+1)
			refs[header.Columns[k]] = x.Name
		}
	}
	t, err := p.readTable(ctx, path, opt)
	if err != nil {
		return nil, err
	}
	for i := range t.Names {
		if name, ok := refs[t.Columns[i]]; ok && i != t.Target {
			t.Names[i] = name
		}
	}
	for _, x := range s.inputs {
		if !slices.Contains(t.Names, x.Name) && s.needs(x.Name) {
			return nil, fmt.Errorf("%s: %s uses %s, which is the same in every row; give data in which it varies", path, s.path, x.Column)
		}
	}
	return t, nil
}

// needs reports whether anything that is evaluated uses an input.
func (s *subject) needs(name string) bool {
	switch {
	case s.model != nil:
		return true
	case s.formula != nil:
		return slices.Contains(s.formula.Vars(), name)
	}
	return slices.ContainsFunc(s.result.Front, func(c *fit.Candidate) bool { return slices.Contains(c.Expr.Vars(), name) })
}

func (p *program) header(path string, v *vocabulary) (table.Header, error) {
	in, source, err := p.openData(path)
	if err != nil {
		return table.Header{}, err
	}
	defer in.Close()
	rd, err := table.NewReader(in, source, table.ReaderOptions{Reserved: v.reserved})
	if err != nil {
		return table.Header{}, err
	}
	return rd.Header(), nil
}

// heldout tells the rows that a result was not fitted to; nil if the table is
// not the one that it was found from, or nothing was held out.
func heldout(r *fit.Result, rows int) []bool {
	if r == nil || r.RowsHeldout == 0 || r.Rows != rows || r.RowsUsed+r.RowsHeldout > rows {
		return nil
	}
	used, _ := fit.SplitRows(rows, fit.Options{
		Seed: r.Seed, RowsUsed: r.RowsUsed, Heldout: float64(r.RowsHeldout) / float64(rows),
	})
	out := make([]bool, rows)
	for i := range out {
		out[i] = true
	}
	for _, i := range used {
		out[i] = false
	}
	return out
}
