// Package export writes a formula or a network as a piece of something else: a
// function of Python, Go, C, Julia or MATLAB, a cell of a spreadsheet, SymPy or
// LaTeX, an ONNX graph, a multilayer perceptron, or JSON that other programs
// read.
//
// # What is written
//
// A Model has a formula or a network. A network whose edges are all named is
// its formula. One that still has splines is written as code that evaluates
// the splines, with the same numbers as kan does, tangents beyond the grids
// included; expr, LaTeX, SymPy and Excel, which can only say formulas, refuse
// it with ErrSplines.
//
// Functions of the user's are spelled out, so that nothing depends on their
// definitions. Inputs that do not matter are left out; the others keep their
// order. Names that a language reserves or cannot read are replaced (see
// symbolic.Identifier), and every piece says which column of the data each of
// its arguments was.
//
// Where a formula is undefined (log(-1), 0/0) the exported one is NaN, as kansym's
// own is, and an error value in spreadsheets; never an exception or a complex
// number.
//
// # ONNX
//
// The graph takes one tensor "inputs" of float64 with a row for each row of the
// data and a column for each input, and returns a tensor of one column named
// after the target. It uses operators of the standard set, version 13, and of
// those only what ONNX Runtime computes in float64; where it has a float32
// kernel alone (Atan, Asin, Acos, Asinh) the result is a start that is corrected
// in float64, and erf is summed as a series. See onnx_function.go.
//
// # Multilayer perceptrons
//
// Package kan/relu does the rewriting and documents it.
package export

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// Format is what can be written.
type Format string

// The formats.
const (
	Expr   Format = "expr"   // a formula in kansym's own notation
	LaTeX  Format = "latex"  // LaTeX math, one line
	SymPy  Format = "sympy"  // a Python module with a SymPy expression
	Python Format = "python" // a Python module with a function for NumPy arrays
	Go     Format = "go"     // a Go file with a function
	C      Format = "c"      // a C99 file with a function
	Julia  Format = "julia"  // a Julia file with a function
	MATLAB Format = "matlab" // a function file of MATLAB and Octave
	Excel  Format = "excel"  // a formula for a cell of a spreadsheet
	ONNX   Format = "onnx"   // a binary model for ONNX runtimes
	MLP    Format = "mlp"    // weight matrices of a multilayer perceptron, JSON
	JSON   Format = "json"   // the tree of the formula or the tables of the network
)

// Formats returns all formats. The slice is the caller's.
func Formats() []Format {
	return []Format{Expr, LaTeX, SymPy, Python, Go, C, Julia, MATLAB, Excel, ONNX, MLP, JSON}
}

// ParseFormat reads the name of a format; the error names the nearest one.
func ParseFormat(name string) (Format, error) {
	known := make([]string, 0, len(Formats()))
	for _, f := range Formats() {
		if string(f) == name {
			return f, nil
		}
		known = append(known, string(f))
	}
	if near, ok := library.Nearest(strings.ToLower(name), known); ok {
		return "", fmt.Errorf("there is no format %q; did you mean %q?", name, near)
	}
	return "", fmt.Errorf("there is no format %q; choose one of %s", name, strings.Join(known, ", "))
}

// Input is an input of a model: the identifier that its formula uses and the
// name of the column it was read from.
type Input struct{ Name, Column string }

// Model is what is exported. Either Formula or Network is set.
type Model struct {
	// Inputs are in the order of the data's columns. For a network there is one
	// for each of its inputs.
	Inputs []Input
	// Target is the name of what is predicted; "" if it is not known.
	Target  string
	Formula *symbolic.Expr
	Network *kan.Network
}

// Options say how a piece is written. The zero value is usual.
type Options struct {
	// Name is what the function is called; "" takes predict_TARGET. It must be
	// a name that Go, C, Python, Julia and MATLAB can all read.
	Name string
	// Let writes Excel formulas with names for the cells, LET(m, A2, ...), which
	// Excel 2021 and LibreOffice 24.8 understand.
	Let bool
	// Pieces asks an MLP for plain ReLUs, with so many straight pieces for each
	// interval of a spline; 0 for ReLUs, their squares and cubes, which are
	// exact.
	Pieces int
}

// ErrSplines says that the format has no words for a network with splines.
var ErrSplines = errors.New("the network still has splines, for which this format has no words")

// maxFormula bounds the formula of a network, in nodes: what several edges use
// is written out for each of them.
const maxFormula = 100_000

// Write writes m in the format. Nothing is written if there is an error other
// than w's.
func Write(w io.Writer, m *Model, f Format, opt Options) error {
	p, err := newPiece(m, opt)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	text, err := p.write(f)
	if err != nil {
		return fmt.Errorf("export to %s: %w", f, err)
	}
	if _, err := w.Write(text); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

func (p *piece) write(f Format) ([]byte, error) {
	if p.formula == nil && slices.Contains([]Format{Expr, LaTeX, SymPy, Excel}, f) {
		return nil, p.noFormula
	}
	switch f {
	case Expr:
		return []byte(p.formula.Format(library.LangExpr) + "\n"), nil
	case LaTeX:
		return p.latex(), nil
	case SymPy:
		return p.sympy()
	case Excel:
		return p.excel()
	case Python, Go, C, Julia, MATLAB:
		return p.code(f)
	case ONNX:
		return p.onnx()
	case MLP:
		return p.mlp()
	case JSON:
		return p.json()
	}
	return nil, fmt.Errorf("there is no such format")
}

// piece is a model made ready for writing: a formula over the inputs that
// matter or, if there is none, a network.
type piece struct {
	inputs  []Input
	target  string
	name    string
	opt     Options
	formula *symbolic.Expr
	// network is nil where the model was a formula. Its inputs are those of the
	// model, used or not; live tells which are.
	network   *kan.Network
	live      *reach
	all       []Input
	noFormula error // why formula is nil
}

func newPiece(m *Model, opt Options) (*piece, error) {
	p := &piece{target: m.Target, opt: opt, name: opt.Name, network: m.Network, all: m.Inputs}
	if p.name == "" {
		p.name = functionName(m.Target)
	} else if !plainName(p.name) || reservedSomewhere(p.name) {
		return nil, fmt.Errorf("%q cannot be the name of a function; take letters from a to z, digits and _", p.name)
	}
	p.formula = m.Formula
	if m.Network != nil {
		if err := m.Network.Check(); err != nil {
			return nil, err
		}
		if len(m.Inputs) != len(m.Network.Inputs) {
			return nil, fmt.Errorf("%d inputs for a network of %d", len(m.Inputs), len(m.Network.Inputs))
		}
		p.live = reachOf(m.Network)
		p.formula, p.noFormula = formulaOf(m.Network, p.live)
		if p.formula != nil {
			p.formula = p.formula.Subst(inputNames(m))
		}
	}
	if p.formula == nil {
		if p.noFormula == nil {
			return nil, errors.New("a model without a formula and without a network")
		}
		for i, in := range m.Inputs {
			if p.live.nodes[0][i] {
				p.inputs = append(p.inputs, in)
			}
		}
		return p, nil
	}
	var err error
	if p.formula, err = spellOut(p.formula); err != nil {
		return nil, err
	}
	if err := checkConstants(p.formula); err != nil {
		return nil, err
	}
	used := p.formula.Vars()
	for _, in := range m.Inputs {
		if i := slices.Index(used, in.Name); i >= 0 {
			p.inputs = append(p.inputs, in)
			used = slices.Delete(used, i, i+1)
		}
	}
	if len(used) > 0 {
		return nil, fmt.Errorf("the formula uses %s, which is not among the inputs", used[0])
	}
	return p, nil
}

// inputNames leads from the names that a network has for its inputs to those of
// the model.
func inputNames(m *Model) map[string]*symbolic.Expr {
	names := map[string]*symbolic.Expr{}
	for i, name := range m.Network.Inputs {
		names[name] = symbolic.Var(m.Inputs[i].Name)
	}
	return names
}

// targetName is the target as an identifier, y if there is none.
func (p *piece) targetName() string {
	if name := identifier(p.target); name != "" {
		return name
	}
	return "y"
}
