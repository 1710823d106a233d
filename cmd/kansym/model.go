package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
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

	// Sentinels are the numbers that stood for missing ones in the data.
	Sentinels []table.Sentinel `json:"sentinels,omitempty"`
}

// writeModel writes the network that command trained, or the formula if none was
// needed.
func writeModel(w io.Writer, r *fit.Result, data *table.Table, v *vocabulary, command string) error {
	if r.Net == nil {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(formulaModel{
			Format: formulaFormat, Version: formulaVersion, Target: r.Target,
			Expression: r.Best.Expression, Variables: r.Variables, Functions: v.definitions,
			Sentinels: data.Sentinels,
		})
	}
	m := kan.Model{Target: data.Columns[data.Target], Snapshot: kan.Snapshot{Command: command, Network: r.Net}}
	for _, name := range r.Net.Inputs {
		m.Columns = append(m.Columns, data.Columns[slices.Index(data.Names, name)])
	}
	m.Missing = missingCodes(data.Sentinels, append(slices.Clone(m.Columns), m.Target))
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

	told *toldErrors      // nil if it tells of none
	none []table.Sentinel // numbers that stand for missing ones

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
	p := &predictor{inputs: m.inputs, target: m.target, told: m.told, none: m.none}
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
	none   []table.Sentinel // numbers that stand for missing ones

	network *kan.Model

	told    *toldErrors // of the formula, nil if unknown
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
	f, target, e, err := fileOrFormula(what, v)
	if err != nil {
		return nil, err
	}
	if f != nil {
		return f.source()
	}
	_, text := splitEquation(what)
	m := &source{target: target, formula: e, text: text, set: v.set}
	for _, name := range e.Vars() {
		m.inputs = append(m.inputs, fit.Variable{Name: name, Column: name})
	}
	return m, nil
}

// source is the file as a command predicts by it or exports it: of a result it
// is the best formula alone.
func (f *modelFile) source() (*source, error) {
	switch {
	case f.network != nil:
		return &source{path: f.path, target: f.network.Target, inputs: modelInputs(f.network), none: knownSentinels(f.network.Missing), network: f.network}, nil
	case f.result != nil:
		s, err := formulaSource(f.path, *f.result, f.v)
		if err == nil {
			s.told = f.told
		}
		return s, err
	}
	return formulaSource(f.path, *f.formula, f.v)
}

// formulaSource reads the formula of a file. Variables that the formula does
// without are left out.
func formulaSource(path string, f formulaModel, v *vocabulary) (*source, error) {
	e, err := symbolic.Parse(f.Expression, symbolic.ParseOptions{Functions: v.set})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	m := &source{path: path, target: f.Target, none: f.Sentinels, formula: e, text: f.Expression, set: v.set}
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
	return &predictor{target: m.Target, inputs: modelInputs(m), told: toldBy(m.Summary), none: knownSentinels(m.Missing), predict: func(dst []float64, cols [][]float64) {
		m.Network.Predict(dst, cols)
		for i, y := range dst {
			if math.IsInf(y, 0) {
				dst[i] = math.NaN()
			}
		}
	}}
}
