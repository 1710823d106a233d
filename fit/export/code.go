package export

import (
	"fmt"
	"go/format"
	"strconv"
	"strings"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// code writes a function of a programming language: of one expression where
// there is a formula, and otherwise of one statement for each edge of the
// network.
func (p *piece) code(f Format) ([]byte, error) {
	c := &coder{piece: p, dialect: dialects[f], name: p.name, uses: map[string]bool{}}
	if f == Go {
		c.name = camel(p.name)
	}
	c.args = arguments(p.inputs, c.lang, c.name)
	if p.formula != nil {
		c.result = c.print(c.prepare(rename(p.formula, p.inputs, c.args, c.lang)))
	} else {
		c.network()
	}
	if c.err != nil {
		return nil, c.err
	}
	text := c.layout(c)
	if f == Go {
		tidy, err := format.Source([]byte(text))
		if err != nil {
			return nil, fmt.Errorf("the code that was written is not Go: %w", err)
		}
		return tidy, nil
	}
	return []byte(text), nil
}

// dialect is what tells one programming language from another.
type dialect struct {
	lang    library.Language
	comment string // begins a line of comment
	define  string // a statement that defines a variable: name, value
	update  string // one that adds to it or multiplies it: name, + or *, value
	product string // the sign of multiplication
	// table defines the coefficients of a spline: name, numbers, how many.
	table  func(name, numbers string, n int) string
	layout func(*coder) string
	// helpers are functions that the piece defines for itself where it uses
	// them, by what they are called after; $ stands for the function's name.
	helpers map[string]string
}

// coder writes one function.
type coder struct {
	*piece
	dialect
	name   string   // of the function
	args   []string // what the inputs are called
	tables []string
	body   []string // statements before the result
	result string
	uses   map[string]bool // helpers that are called
	err    error           // the first one met
}

// helper returns the name of a helper function and notes that it is used.
func (c *coder) helper(what string) string {
	c.uses[what] = true
	return c.helperName(what)
}

func (c *coder) helperName(what string) string {
	if c.lang == library.LangGo {
		return strings.ToLower(c.name[:1]) + c.name[1:] + strings.ToUpper(what[:1]) + what[1:]
	}
	if c.lang == library.LangPy {
		return "_" + c.name + "_" + what
	}
	return c.name + "_" + what
}

// helperText returns the definitions of the helpers that are used, in the order
// of names, each after a line end.
func (c *coder) helperText() string {
	var b strings.Builder
	for _, what := range helperOrder {
		if text, ok := c.helpers[what]; ok && c.uses[what] {
			b.WriteString("\n" + strings.ReplaceAll(strings.TrimLeft(text, "\n"), "$", c.helperName(what)))
		}
	}
	return b.String()
}

var helperOrder = []string{"sign", "sinc", "xlogx", "planck", "softplus", "spline", "sqrt", "log", "pow", "asin", "acos"}

// callable is a function that is called by the given name whatever the
// language.
func callable(name string) *library.Func { return &library.Func{Name: name, Callable: true} }

// prepare replaces what the language would compute otherwise than kansym does,
// NaNs included, by calls of helpers.
func (c *coder) prepare(e *symbolic.Expr) *symbolic.Expr {
	return e.Map(func(n *symbolic.Expr) *symbolic.Expr {
		if f := n.Func(); f != nil && f.Name == "sign" && c.helpers["sign"] != "" {
			return symbolic.Call(callable(c.helper("sign")), n.Args()[0])
		}
		return n
	})
}

func (c *coder) print(e *symbolic.Expr) string { return e.Format(c.lang) }

// network writes the statements that evaluate a network, those that the output
// depends on, in the order in which kan evaluates it.
func (c *coder) network() {
	net, live := c.piece.network, c.live
	values := make([]string, len(net.Inputs)) // what is computed so far
	for i, k := 0, 0; i < len(values); i++ {
		if !live.nodes[0][i] {
			continue
		}
		values[i] = c.args[k]
		k++
		if s := net.InputScale[i]; s != 1 {
			scaled := fresh("scaled_"+strconv.Itoa(i+1), c.args)
			c.body = append(c.body, fmt.Sprintf(c.define, scaled, c.times(values[i], s)))
			values[i] = scaled
		}
	}
	for l, layer := range net.Layers {
		next := make([]string, layer.Out)
		for j := range layer.Out {
			if !live.nodes[l+1][j] {
				continue
			}
			next[j] = fresh(fmt.Sprintf("node_%d_%d", l+1, j), c.args)
			c.node(l, j, values, next[j])
		}
		values = next
	}
	c.result = values[0]
	if s := net.OutputScale; s != 1 {
		c.result = c.times(c.result, s)
	}
}

func (c *coder) times(name string, v float64) string {
	return c.printOf(symbolic.Mul(symbolic.Float(v), value), name)
}

// value is the variable of expressions that are printed over a name of the code.
var value = symbolic.Var("kansym_value")

// printOf prints an expression of value over a name, which stands as it is.
func (c *coder) printOf(e *symbolic.Expr, name string) string {
	return strings.ReplaceAll(c.print(e), value.Name(), name)
}

// node writes the statements for node j after layer l.
func (c *coder) node(l, j int, values []string, name string) {
	layer := c.piece.network.Layers[l]
	op, first := "+", true
	if layer.Ops[j] == kan.Product {
		op = "*"
		if c.product != "" {
			op = c.product
		}
	}
	for i := range layer.In {
		e := layer.Edge(i, j)
		if !e.Active() {
			continue
		}
		var text string
		if e.Kind == kan.Spline {
			text = c.spline(e, values[i], fmt.Sprintf("edge_%d_%d_%d", l, i, j))
		} else {
			text = c.named(e, values[i])
		}
		if first {
			c.body = append(c.body, fmt.Sprintf(c.define, name, text))
		} else {
			c.body = append(c.body, fmt.Sprintf(c.update, name, op, text))
		}
		first = false
	}
	if first { // a node without edges
		c.body = append(c.body, fmt.Sprintf(c.define, name, map[bool]string{true: "0.0", false: "1.0"}[op == "+"]))
	}
}

// spline defines the coefficients of an edge and returns its call.
func (c *coder) spline(e *kan.Edge, arg, what string) string {
	table := c.helperName(what)
	if c.lang == library.LangGo {
		table = c.helperName(camel(what))
	}
	numbers := make([]string, len(e.Spline.Coef))
	for k, v := range e.Spline.Coef {
		numbers[k] = strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(numbers[k], ".e") {
			numbers[k] += ".0"
		}
	}
	c.tables = append(c.tables, c.table(table, wrap(numbers), len(numbers)))
	lo, hi := c.print(symbolic.Float(e.Spline.Lo)), c.print(symbolic.Float(e.Spline.Hi))
	call := c.helper("spline") + "(" + arg + ", " + lo + ", " + hi + ", " + table
	if c.lang == library.LangC {
		call += ", " + strconv.Itoa(e.Spline.N)
	}
	return call + ")"
}

// wrap sets numbers in lines of a readable length, with commas.
func wrap(numbers []string) string {
	var b strings.Builder
	width := 0
	for k, s := range numbers {
		if k > 0 {
			b.WriteByte(',')
			if width += len(s) + 2; width > 88 {
				b.WriteString("\n    ")
				width = len(s)
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteString(s)
	}
	return b.String()
}

// named returns c*f(a*x+b)+d.
func (c *coder) named(e *kan.Edge, arg string) string {
	inner := affine(e.A, value, e.B)
	var f *symbolic.Expr
	switch careful := carefulShapes[builtinName(e.Func)]; {
	case c.helpers[careful] != "":
		f = symbolic.Call(callable(c.helper(careful)), inner)
	case builtinName(e.Func) == "1/(exp(x)-1)":
		f = symbolic.Div(symbolic.Int(1), symbolic.Call(callable(expm1[c.lang]), inner))
	default:
		var err error
		if f, err = shape(e.Func, inner); err != nil {
			c.err = err
			return ""
		}
	}
	return c.printOf(c.prepare(affine(e.C, f, e.D)), arg)
}

// builtinName is the name of a function of the library, "" for one of the
// user's, which may have the name of a shape.
func builtinName(f *library.Func) string {
	if g, ok := library.Lookup(f.Name); ok && g == f {
		return f.Name
	}
	return ""
}

// affine returns a*x+b without what does nothing.
func affine(a float64, x *symbolic.Expr, b float64) *symbolic.Expr {
	switch a {
	case 1:
	case -1:
		x = symbolic.Neg(x)
	default:
		x = symbolic.Mul(symbolic.Float(a), x)
	}
	if b != 0 {
		x = symbolic.Add(x, symbolic.Float(b))
	}
	return x
}

// carefulShapes are the functions of edges whose formula divides 0 by 0 or loses
// digits where the function itself is smooth, and the helpers that do not.
var carefulShapes = map[string]string{
	"sin(x)/x": "sinc", "x*log(x)": "xlogx", "x/(exp(x)-1)": "planck", "softplus": "softplus",
}

// shape is Apply with formulas that keep their digits near -1 and 1, and
// functions of the user's spelled out.
func shape(f *library.Func, arg *symbolic.Expr) (*symbolic.Expr, error) {
	if name := builtinName(f); name == "sqrt(1-x^2)" || name == "1/sqrt(1-x^2)" {
		one := symbolic.Int(1)
		r := symbolic.Sqrt(symbolic.Mul(symbolic.Sub(one, arg), symbolic.Add(one, arg)))
		if name == "sqrt(1-x^2)" {
			return r, nil
		}
		return symbolic.Div(one, r), nil
	}
	return spellOut(symbolic.Apply(f, arg))
}

// what returns sentences about the function, one to a line of comment.
func (c *coder) what() []string {
	lines := []string{}
	switch {
	case c.formula != nil && c.target != "":
		lines = append(lines, "The formula of "+strconv.QuoteToGraphic(c.target)+":")
	case c.formula != nil:
		lines = append(lines, "The formula")
	case c.target != "":
		lines = append(lines, "The network of "+strconv.QuoteToGraphic(c.target)+", with its curves as cubic splines.")
	default:
		lines = append(lines, "A network with its curves as cubic splines.")
	}
	if c.formula != nil {
		text := c.formula.Format(library.LangText)
		if len(text) <= 400 {
			lines = append(lines, "    "+text)
		} else {
			lines[0] = strings.TrimSuffix(lines[0], ":") + "."
		}
	}
	if len(c.inputs) > 0 {
		lines = append(lines, "", "Arguments, in this order:")
	}
	width := 0
	for _, a := range c.args {
		width = max(width, len(a))
	}
	for i, in := range c.inputs {
		lines = append(lines, fmt.Sprintf("    %-*s  %s", width, c.args[i], note(in)))
	}
	return lines
}

// comments writes lines as comments, each after indent.
func (c *coder) comments(indent string, lines ...string) string {
	var b strings.Builder
	for _, s := range lines {
		b.WriteString(strings.TrimRight(indent+c.comment+" "+s, " ") + "\n")
	}
	return b.String()
}

// statements writes the body, each line after indent.
func (c *coder) statements(indent string) string {
	var b strings.Builder
	for _, s := range c.body {
		b.WriteString(indent + s + "\n")
	}
	return b.String()
}
