package symbolic

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"github.com/kansym/kansym/library"
)

// ParseOptions say what the names and numbers of a formula mean. The zero
// value takes every name for a variable and every number for fixed.
type ParseOptions struct {
	// Vars are the known variables; nil means that every name is one.
	Vars []string
	// Params makes free constants, with starting value 1, of names that are
	// not in Vars. The same name twice is an error, because each free constant
	// of an Expr is fitted on its own.
	Params bool
	// FreeNumbers makes decimals ("2.5", "1e3", but not "2") free constants.
	FreeNumbers bool
	// Functions are the functions that can be called, besides the built-in
	// ones; nil means those alone.
	Functions *library.Set
}

// SyntaxError is a formula that cannot be read, with the place where.
type SyntaxError struct {
	Text string // the formula
	Pos  int    // offset of the fault, in runes
	Msg  string
}

// Error prints the message, and the formula with a caret under the fault.
func (e *SyntaxError) Error() string {
	text, pos := e.Text, e.Pos
	// Long formulas are cut around the fault, so that the caret is in sight.
	const around = 40
	r := []rune(strings.Map(func(c rune) rune {
		if c == '\n' || c == '\t' || c == '\r' {
			return ' '
		}
		return c
	}, text))
	pos = max(0, min(pos, len(r)))
	from, to := max(0, pos-around), min(len(r), pos+around)
	prefix, suffix := "", ""
	if from > 0 {
		prefix = "..."
	}
	if to < len(r) {
		suffix = "..."
	}
	return fmt.Sprintf("formula: %s\n  %s%s%s\n  %s^", e.Msg, prefix, string(r[from:to]), suffix, strings.Repeat(" ", len(prefix)+pos-from))
}

// maxFormula bounds the length of a formula, in bytes.
const maxFormula = 1 << 16

// Parse reads a formula in expr-lang notation: + - * / ^ (or **), parentheses,
// numbers, pi, names, and calls of functions by name. It also takes ln,
// arcsin, arccos, arctan and pow(a, b). Integers and quotients of integers are
// exact. The error is a *SyntaxError.
func Parse(text string, opt ParseOptions) (*Expr, error) {
	if len(text) > maxFormula {
		return nil, &SyntaxError{Text: text[:80] + "...", Msg: fmt.Sprintf("%d bytes long; at most %d are read", len(text), maxFormula)}
	}
	if !utf8.ValidString(text) {
		return nil, &SyntaxError{Text: strings.ToValidUTF8(text, "?"), Msg: "not valid UTF-8"}
	}
	if strings.TrimSpace(text) == "" {
		return nil, &SyntaxError{Text: text, Msg: "empty"}
	}
	tree, err := parser.Parse(text)
	if err != nil {
		se := &SyntaxError{Text: text, Msg: err.Error()}
		var fe *file.Error
		if errors.As(err, &fe) {
			se.Pos, se.Msg = fe.From, fe.Message
		}
		return nil, se
	}
	b := builder{text: text, opt: opt, params: map[string]bool{}}
	e := b.build(tree.Node, 0)
	if b.err != nil {
		return nil, b.err
	}
	return e, nil
}

// builder turns the syntax tree of expr-lang into an Expr.
type builder struct {
	text   string
	opt    ParseOptions
	params map[string]bool
	err    error // the first one
}

// maxDepth bounds the nesting of a formula, so that recursion stays shallow.
const maxDepth = 1000

func (b *builder) fail(n ast.Node, format string, args ...any) *Expr {
	if b.err == nil {
		b.err = &SyntaxError{Text: b.text, Pos: n.Location().From, Msg: fmt.Sprintf(format, args...)}
	}
	return Int(0)
}

func (b *builder) build(n ast.Node, depth int) *Expr {
	if b.err != nil {
		return Int(0)
	}
	if depth > maxDepth {
		return b.fail(n, "nested more than %d deep", maxDepth)
	}
	switch n := n.(type) {
	case *ast.IntegerNode:
		const exact = 1 << 53
		if n.Value > exact || n.Value < -exact {
			return Float(float64(n.Value))
		}
		return Int(int64(n.Value))
	case *ast.FloatNode:
		if math.IsInf(n.Value, 0) || math.IsNaN(n.Value) {
			return b.fail(n, "the number is out of range")
		}
		if b.opt.FreeNumbers {
			return Free(n.Value)
		}
		return Float(n.Value)
	case *ast.IdentifierNode:
		return b.name(n)
	case *ast.UnaryNode:
		a := b.build(n.Node, depth+1)
		switch n.Operator {
		case "-":
			return Neg(a)
		case "+":
			return a
		}
		return b.fail(n, "%q is no operation on numbers", n.Operator)
	case *ast.BinaryNode:
		return b.binary(n, depth)
	case *ast.CallNode:
		if id, ok := n.Callee.(*ast.IdentifierNode); ok {
			return b.call(n, id.Value, n.Arguments, depth)
		}
		return b.fail(n, "only functions can be called, by name")
	case *ast.BuiltinNode:
		return b.call(n, n.Name, n.Arguments, depth)
	}
	return b.fail(n, "not part of a formula: only numbers, names, + - * / ^, parentheses and functions of one argument are")
}

func (b *builder) binary(n *ast.BinaryNode, depth int) *Expr {
	l, r := b.build(n.Left, depth+1), b.build(n.Right, depth+1)
	if b.err != nil {
		return Int(0)
	}
	switch n.Operator {
	case "+":
		return Add(l, r)
	case "-":
		return Sub(l, r)
	case "*":
		return Mul(l, r)
	case "/":
		if r.kind == KindRational {
			if r.p == 0 {
				return b.fail(n, "division by zero")
			}
			inverse := Rat(r.q, r.p)
			if l.kind == KindRational && r.q == 1 && l.q == 1 {
				return Rat(l.p, r.p)
			}
			return Mul(l, inverse)
		}
		return Div(l, r)
	case "^", "**":
		return Pow(l, r)
	case "%":
		return b.fail(n, "remainders (%%) are not part of a formula")
	}
	return b.fail(n, "%q is no operation on numbers", n.Operator)
}

func (b *builder) name(n *ast.IdentifierNode) *Expr {
	name := n.Value
	if slices.Contains(b.opt.Vars, name) {
		return Var(name)
	}
	if name == "pi" {
		return Pi()
	}
	if b.opt.Params {
		if _, ok := b.opt.Functions.Callable(name); ok {
			return b.fail(n, "the function %s needs an argument in parentheses", name)
		}
		if b.params[name] {
			return b.fail(n, "the constant %s occurs twice; give each occurrence a name of its own, each is fitted by itself", name)
		}
		b.params[name] = true
		return Free(1)
	}
	if b.opt.Vars != nil {
		hint := ""
		if near, ok := library.Nearest(name, b.opt.Vars); ok {
			hint = fmt.Sprintf("; did you mean %q?", near)
		} else if len(b.opt.Vars) > 0 {
			hint = "; the columns are " + strings.Join(b.opt.Vars, ", ")
		}
		return b.fail(n, "no column is called %q%s", name, hint)
	}
	if _, ok := b.opt.Functions.Callable(name); ok {
		return b.fail(n, "the function %s needs an argument in parentheses", name)
	}
	return Var(name)
}

// aliases are other common names of functions.
var aliases = map[string]string{
	"ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh", "sgn": "sign", "fabs": "abs",
}

func (b *builder) call(n ast.Node, name string, args []ast.Node, depth int) *Expr {
	if name == "pow" && len(args) == 2 {
		return Pow(b.build(args[0], depth+1), b.build(args[1], depth+1))
	}
	f, ok := b.opt.Functions.Callable(name)
	if !ok {
		if f, ok = b.opt.Functions.Callable(aliases[name]); !ok {
			return b.fail(n, "no function is called %q%s", name, b.nearestFunction(name))
		}
	}
	if len(args) != 1 {
		return b.fail(n, "%s takes one argument, not %d", name, len(args))
	}
	a := b.build(args[0], depth+1)
	if f.Name == "sqrt" {
		return Sqrt(a)
	}
	return Call(f, a)
}

func (b *builder) nearestFunction(name string) string {
	var known []string
	all := library.Builtin()
	if b.opt.Functions != nil {
		all = append(all, b.opt.Functions.Funcs()...)
	}
	for _, f := range all {
		if f.Callable {
			known = append(known, f.Name)
		}
	}
	if near, ok := library.Nearest(name, known); ok {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return "; those that can be called are " + strings.Join(known, ", ")
}
