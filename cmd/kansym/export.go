package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/kansym/kansym/fit/export"
	"github.com/kansym/kansym/symbolic"
)

// exportOptions are the flags of kansym export.
type exportOptions struct {
	to        string
	output    string
	name      string
	let       bool
	pieces    positive
	functions []string
}

func (p *program) exportCommand() *cobra.Command {
	o := &exportOptions{}
	c := &cobra.Command{
		Use:   "export MODEL|FORMULA --to LANGUAGE",
		Short: "Write a formula or a network for another language or tool",
		Long: `Write a formula or a network as a piece that other tools take:

  expr    the formula in kansym's own notation
  latex   an equation for LaTeX
  sympy   a Python module with a SymPy expression
  python  a Python module with a function for NumPy arrays
  go, c, julia, matlab
          a file with a function; the one for MATLAB is for Octave too
  excel   a formula for a cell of a spreadsheet
  onnx    a binary model for ONNX runtimes, in float64
  mlp     the network as a multilayer perceptron with ReLUs, weights as JSON
  json    the tree of the formula, or the network with knots and coefficients

The first argument is a formula, a model of kansym fit --model or of a step, or
a result of kansym fit --json. A network with all edges named is written as its
formula. One that still has splines is written with them in python, go, c,
julia, matlab, onnx, mlp and json; the other languages have no words for it.`,
		Example: `  kansym export 'm/sqrt(1-(v/c)^2)' --to latex
  kansym export result.json --to python -o law.py
  kansym export model.json --to onnx -o model.onnx`,
		Args: exactArgs("MODEL or FORMULA"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.export(c.Context(), args[0], o, c.Flags().Changed("pieces"))
		},
		ValidArgsFunction: completeFiles(1),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&o.to, "to", "", "`language` to write, one of the above")
	f.StringVarP(&o.output, "output", "o", "-", "write to `file`; - is standard output")
	f.StringVar(&o.name, "name", "", "`name` of the function (default: predict_ and the target; for matlab the name of the file)")
	f.BoolVar(&o.let, "let", false, "excel: give the cells the names of the inputs by LET (Excel 2021, LibreOffice 24.8)")
	f.Var(&o.pieces, "pieces", "mlp: plain ReLUs with `n` straight pieces for each interval of a spline, and a bound of the error (default: ReLUs with squares and cubes, exact)")
	f.StringArrayVar(&o.functions, "function", nil, "define a function that the formula uses by its `definition`, as in 'lorentz(x)=1/(1+x^2)'; may be repeated")
	if err := c.RegisterFlagCompletionFunc("to", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		var names []string
		for _, f := range export.Formats() {
			names = append(names, string(f))
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}); err != nil {
		panic("kansym: completion of an unknown flag")
	}
	return c
}

// export runs the command.
func (p *program) export(_ context.Context, what string, o *exportOptions, pieces bool) error {
	if o.to == "" {
		return errors.New("--to is missing; choose what to write, for example --to python\nrun kansym export --help for the languages")
	}
	format, err := export.ParseFormat(o.to)
	switch {
	case err != nil:
		return fmt.Errorf("--to: %w", err)
	case o.let && format != export.Excel:
		return errors.New("--let is for --to excel")
	case pieces && format != export.MLP:
		return errors.New("--pieces is for --to mlp")
	}
	v, err := newVocabulary("", o.functions)
	if err != nil {
		return err
	}
	m, err := readSource(what, v)
	if err != nil {
		return withFunctionHint(err)
	}
	if o.output != "-" && m.path != "" && sameFile(o.output, m.path) {
		return fmt.Errorf("%s holds the model and would be overwritten; choose another file", o.output)
	}
	if format == export.ONNX && o.output == "-" && isTerminal(p.stdout) {
		return errors.New("an ONNX model is binary; name a file for it with -o")
	}
	opt := export.Options{Name: o.name, Let: o.let, Pieces: int(o.pieces)}
	if format == export.MATLAB && opt.Name == "" {
		opt.Name = matlabName(o.output)
	}
	var text bytes.Buffer
	if err := export.Write(&text, m.exported(), format, opt); err != nil {
		return m.wrap(err)
	}
	out, err := openOutput(o.output, p.stdout)
	if err != nil {
		return err
	}
	defer out.discard()
	return out.write(func(w io.Writer) error {
		_, err := w.Write(text.Bytes())
		return err
	})
}

// exported is the source for package export. The inputs of a formula on the
// command line are in the order in which it names them.
func (m *source) exported() *export.Model {
	e := &export.Model{Target: m.target, Formula: m.formula}
	for _, x := range m.inputs {
		e.Inputs = append(e.Inputs, export.Input{Name: x.Name, Column: x.Column})
	}
	if m.network != nil {
		e.Network = m.network.Network
	}
	if m.path == "" {
		e.Inputs = nil
		seen := map[string]bool{}
		m.formula.Walk(func(n *symbolic.Expr) bool {
			if name := n.Name(); n.Kind() == symbolic.KindVar && !seen[name] {
				seen[name] = true
				e.Inputs = append(e.Inputs, export.Input{Name: name, Column: name})
			}
			return true
		})
	}
	return e
}

var matlabFunction = regexp.MustCompile(`^[A-Za-z]\w{0,39}$`)

// matlabName is the name that MATLAB wants for the function of a file, "" if the
// file's name cannot be one.
func matlabName(path string) string {
	name, ok := strings.CutSuffix(filepath.Base(path), ".m")
	if !ok || !matlabFunction.MatchString(name) {
		return ""
	}
	return name
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

// withFunctionHint tells how functions are defined if a formula calls an unknown
// one.
func withFunctionHint(err error) error {
	if syntax := new(symbolic.SyntaxError); errors.As(err, &syntax) && strings.HasPrefix(syntax.Msg, "no function") {
		return fmt.Errorf("%w\nfunctions of your own are defined by --function", err)
	}
	return err
}
