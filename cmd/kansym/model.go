package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"slices"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// formulaFormat marks a model file that holds a formula; network models have a
// format of their own.
const (
	formulaFormat  = "kansym-formula"
	formulaVersion = 1
)

// formulaModel is a model file that holds a formula.
type formulaModel struct {
	Format     string         `json:"format"`
	Version    int            `json:"version"`
	Target     string         `json:"target"`
	Expression string         `json:"expression"`
	Variables  []fit.Variable `json:"variables"`
	Functions  []string       `json:"functions,omitempty"` // definitions of the user's functions
}

// writeModel writes the trained network, or the formula if none was needed.
func writeModel(w io.Writer, r *fit.Result, data *table.Table, v *vocabulary) error {
	if r.Net == nil {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(formulaModel{
			Format: formulaFormat, Version: formulaVersion, Target: r.Target,
			Expression: r.Best.Expression, Variables: r.Variables, Functions: v.definitions,
		})
	}
	columns := map[string]string{}
	for _, x := range r.Variables {
		columns[x.Name] = x.Column
	}
	m := kan.Model{Target: r.Target, Snapshot: kan.Snapshot{Command: "fit", Network: r.Net}}
	for _, name := range r.Net.Inputs {
		m.Columns = append(m.Columns, columns[name])
	}
	// The seed in the summary tells later steps which rows are held out.
	if d, err := fit.NetworkData(data, m.Columns, r.Seed); err == nil {
		m.Summary, _ = r.Net.Summarize(d, r.Seed)
	}
	return m.Save(w)
}

// predictor predicts a target from columns.
type predictor struct {
	inputs []fit.Variable
	target string // empty if unknown

	// predict fills dst for rows of inputs, cols[i] being input i. Where there
	// is no finite answer, dst is NaN.
	predict func(dst []float64, cols [][]float64)
}

// pathLike matches what was rather meant as a file's name than as a formula.
var pathLike = regexp.MustCompile(`^[./~\\]|\.[A-Za-z]\w*$`)

// newPredictor reads what is to predict: a formula, or the name of a file with
// a model or a result.
func newPredictor(what string, v *vocabulary) (*predictor, error) {
	m, err := readSource(what, v)
	if err != nil {
		return nil, err
	}
	if m.network != nil {
		return networkPredictor(m.network), nil
	}
	p := &predictor{inputs: m.inputs, target: m.target}
	if err := p.evaluate(m.text, m.set); err != nil {
		return nil, m.wrap(err)
	}
	return p, nil
}

// source is what a command line names to predict or export: a network, or a
// formula with the inputs that it uses.
type source struct {
	path   string // of the file; "" for a formula on the command line
	target string // empty if unknown
	inputs []fit.Variable

	network *kan.Model

	formula *symbolic.Expr
	text    string
	set     *library.Set // of the functions that the formula calls
}

// wrap adds the name of the file to an error.
func (m *source) wrap(err error) error {
	if err == nil || m.path == "" {
		return err
	}
	return fmt.Errorf("%s: %w", m.path, err)
}

// readSource reads a formula, or the file with a model or a result of that name.
func readSource(what string, v *vocabulary) (*source, error) {
	info, err := os.Stat(what)
	switch {
	case err == nil && info.IsDir() && !isFormula(what, v):
		return nil, fmt.Errorf("%s is a directory; name a model file or give a formula", what)
	case err == nil && info.Mode().IsRegular():
		return loadSource(what, v)
	}
	left, formula := splitEquation(what)
	e, err := symbolic.Parse(formula, symbolic.ParseOptions{Functions: v.set})
	switch {
	case err != nil && pathLike.MatchString(what):
		return nil, fmt.Errorf("%s: no such file; give a model, a result of kansym fit --json, or a formula", what)
	case err != nil:
		return nil, err
	}
	m := &source{target: left, formula: e, text: formula, set: v.set}
	for _, name := range e.Vars() {
		m.inputs = append(m.inputs, fit.Variable{Name: name, Column: name})
	}
	return m, nil
}

func isFormula(text string, v *vocabulary) bool {
	_, err := symbolic.Parse(text, symbolic.ParseOptions{Functions: v.set})
	return err == nil
}

// loadSource reads a model file or a result.
func loadSource(path string, v *vocabulary) (*source, error) {
	const most = 64 << 20
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(text) > most {
		return nil, fmt.Errorf("%s: is larger than %d MB, which no model is", path, most>>20)
	}
	var head struct {
		formulaModel
		Best *struct {
			Expression string `json:"expression"`
		} `json:"best"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, notModel(path)
	}
	switch {
	case head.Format == kan.FormatName:
		m, err := readModel(path, bytes.NewReader(text), v)
		if err != nil {
			return nil, err
		}
		return &source{path: path, target: m.Target, inputs: modelInputs(m), network: m}, nil
	case head.Format == formulaFormat && head.Version > formulaVersion, head.Best != nil && head.Version > 1:
		return nil, fmt.Errorf("%s: was written by a newer kansym (version %d of the format); use that one", path, head.Version)
	case head.Best != nil:
		head.Expression = head.Best.Expression
	case head.Format != formulaFormat:
		return nil, notModel(path)
	}
	if len(head.Functions) > 0 {
		defs := append(append([]string(nil), head.Functions...), v.definitions...)
		if v, err = newVocabulary("", defs); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return formulaSource(path, head.formulaModel, v)
}

func notModel(path string) error {
	return fmt.Errorf("%s: is neither a model of kansym fit --model nor a result of kansym fit --json; the data come second", path)
}

// formulaSource reads the formula of a file. Variables that the formula does
// without are left out.
func formulaSource(path string, f formulaModel, v *vocabulary) (*source, error) {
	e, err := symbolic.Parse(f.Expression, symbolic.ParseOptions{Functions: v.set})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	m := &source{path: path, target: f.Target, formula: e, text: f.Expression, set: v.set}
	used := e.Vars()
	for _, x := range f.Variables {
		if i := slices.Index(used, x.Name); i >= 0 {
			m.inputs = append(m.inputs, x)
			used = slices.Delete(used, i, i+1)
		}
	}
	if len(used) > 0 {
		return nil, fmt.Errorf("%s: the formula uses %s, which is not among the variables", path, used[0])
	}
	return m, nil
}

// evaluate makes p predict by the expr-lang program of a formula.
func (p *predictor) evaluate(formula string, set *library.Set) error {
	names := make([]string, len(p.inputs))
	for i, x := range p.inputs {
		names[i] = x.Name
	}
	ev, err := symbolic.CompileExprLang(formula, names, set)
	if err != nil {
		return err
	}
	row := make([]float64, len(names))
	p.predict = func(dst []float64, cols [][]float64) {
		for r := range dst {
			for i := range cols {
				row[i] = cols[i][r]
			}
			y, err := ev.Eval(row)
			if err != nil || math.IsInf(y, 0) {
				y = math.NaN()
			}
			dst[r] = y
		}
	}
	return nil
}

// loadModel reads a model file. The error names the file.
func loadModel(path string, v *vocabulary) (*kan.Model, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readModel(path, f, v)
}

// readModel reads a model from a file that is open. Functions that are not
// built in are defined in the file or by v.
func readModel(path string, in io.Reader, v *vocabulary) (*kan.Model, error) {
	m, err := kan.Load(in, func(name, formula string) (*library.Func, error) {
		if f, ok := library.Lookup(name); ok && formula == "" {
			return f, nil
		}
		if f, ok := v.set.Lookup(name); ok {
			return f, nil
		}
		if formula == "" {
			return nil, errors.New("unknown function " + name + "; define it with --function")
		}
		return symbolic.ParseFunction(name+"(x)="+formula, v.set)
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// modelInputs lists the inputs of a model with their columns.
func modelInputs(m *kan.Model) []fit.Variable {
	var out []fit.Variable
	for i, name := range m.Network.Inputs {
		x := fit.Variable{Name: name, Column: name}
		if m.Columns != nil {
			x.Column = m.Columns[i]
		}
		out = append(out, x)
	}
	return out
}

// networkPredictor predicts by the network of a model file.
func networkPredictor(m *kan.Model) *predictor {
	return &predictor{target: m.Target, inputs: modelInputs(m), predict: func(dst []float64, cols [][]float64) {
		m.Network.Predict(dst, cols)
		for i, y := range dst {
			if math.IsInf(y, 0) {
				dst[i] = math.NaN()
			}
		}
	}}
}
