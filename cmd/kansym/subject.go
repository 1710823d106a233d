package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

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
	told   *toldErrors      // nil if it tells of none
	none   []table.Sentinel // numbers that stand for missing ones

	result  *fit.Result     // of kansym fit --json
	formula *symbolic.Expr  // of a formula or the file of one
	model   *kan.Model      // of a network
	network *report.Network // the same for pictures
}

// subjectFlags are the flags that plot and report share.
type subjectFlags struct {
	output    string
	target    string
	missing   string
	functions []string
}

// dataFlags adds the flags that say how MODEL and DATA are read.
func (o *subjectFlags) dataFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.target, "target", "", "`column` of DATA that is predicted (default: as in MODEL, or the last)")
	f.StringVar(&o.missing, "missing", "drop", "`what` to do with rows that lack a number: drop, error or keep-sentinels, as kansym fit has it")
	f.StringArrayVar(&o.functions, "function", nil, "define a function that MODEL uses by its `definition`, as in 'lorentz(x)=1/(1+x^2)'; may be repeated")
}

// open reads the subject of a command whose output must be none of the files that
// it reads.
func (o *subjectFlags) open(what string, files ...string) (*subject, table.Missing, error) {
	missing, err := table.ParseMissing(o.missing)
	if err != nil {
		return nil, missing, fmt.Errorf("--missing: %w", err)
	}
	for _, path := range append(files, what) {
		if path != "" && o.output != "-" && sameFile(o.output, path) {
			return nil, missing, fmt.Errorf("%s would be overwritten; choose another file", path)
		}
	}
	v, err := newVocabulary("", o.functions)
	if err != nil {
		return nil, missing, err
	}
	s, err := loadSubject(what, v)
	return s, missing, err
}

// loadSubject reads a model, a result or a formula.
func loadSubject(what string, v *vocabulary) (*subject, error) {
	f, target, e, err := fileOrFormula(what, v)
	if err != nil {
		return nil, err
	}
	if f != nil {
		return f.subject()
	}
	s := &subject{path: what, target: target, formula: e, v: v}
	for _, name := range e.Vars() {
		s.inputs = append(s.inputs, fit.Variable{Name: name, Column: name})
	}
	return s, nil
}

// subject is the file as it is drawn or reported on.
func (f *modelFile) subject() (*subject, error) {
	s := &subject{path: f.path, v: f.v}
	var err error
	switch {
	case f.network != nil:
		s.model, s.target, s.inputs = f.network, f.network.Target, modelInputs(f.network)
		s.network, s.told = networkOf(s.model, f.v), toldBy(s.model.Summary)
		s.none = knownSentinels(s.model.Missing)
	case f.formula != nil:
		var names []string
		for _, x := range f.formula.Variables {
			names = append(names, x.Name)
		}
		if s.formula, err = symbolic.Parse(f.formula.Expression, symbolic.ParseOptions{Vars: names, Functions: f.v.set}); err != nil {
			return nil, fmt.Errorf("%s: %w", f.path, err)
		}
		s.target, s.inputs, s.none = f.formula.Target, f.formula.Variables, f.formula.Sentinels
	default:
		if s.result, err = report.Read(bytes.NewReader(f.text), f.v.set); err != nil {
			return nil, fmt.Errorf("%s: %w", f.path, err)
		}
		s.target, s.inputs, s.told = s.result.Target, s.result.Variables, f.told
		s.none = s.result.Sentinels
	}
	return s, nil
}

// networkOf is the network of a model for pictures.
func networkOf(m *kan.Model, v *vocabulary) *report.Network {
	n := &report.Network{Net: m.Network, Inputs: m.Columns, Ranges: m.Ranges, Target: m.Target, Functions: v.set}
	for _, s := range m.History {
		n.Earlier = append(n.Earlier, s.Network)
	}
	return n
}

// readData reads the rows that the subject is compared with. Its columns are
// looked for by the names they had, then by identifier, and get the identifiers
// that the subject uses.
func (p *program) readData(ctx context.Context, s *subject, path, target string, missing table.Missing) (*table.Table, error) {
	opt := table.Options{Target: target, Missing: missing, Reserved: s.v.reserved, Known: s.none}
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

// warnOfData warns where the subject is far from the data that it is shown with, but
// not where the user chose another target.
func (p *program) warnOfData(s *subject, path string, data *table.Table, target string) {
	if target != "" {
		return
	}
	if d, err := s.compare(data); err == nil {
		p.warn(false, disagreementOf(s.path, path, s.told, d.Predicted, d.Y))
	}
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
