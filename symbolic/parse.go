package symbolic

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
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
// numbers, pi, names, and calls of functions by name. It also takes the other
// names of functions that library.Alias knows (ln, arctan), and pow(a, b).
//
// Integers up to 2^53 and quotients of integers are exact, and so are decimal
// exponents such as 1.5 that Format prints for exact fractions, unless decimals
// are free; factors 1 are dropped. Nothing else is computed: 2*3 stays a product.
// What Format prints in expr-lang notation is read back as a formula of the same
// values that prints the same, up to decimals such as 2.0, which become
// integers, and divisions by exact fractions, which become products. As trees
// the two may differ: a free constant becomes a fixed one, x^-2 the quotient
// 1/x^2.
//
// The error is a *SyntaxError.
func Parse(text string, opt ParseOptions) (*Expr, error) {
	return parse(text, opt, unknownColumn)
}

// parse is Parse; unknown says what is wrong with a name that is not among
// opt.Vars.
func parse(text string, opt ParseOptions, unknown func(name string, vars []string) string) (*Expr, error) {
	if len(text) > maxFormula {
		return nil, &SyntaxError{Text: text[:80] + "...", Msg: fmt.Sprintf("%d bytes long; at most %d are read", len(text), maxFormula)}
	}
	if !utf8.ValidString(text) {
		return nil, &SyntaxError{Text: strings.ToValidUTF8(text, "?"), Msg: "not valid UTF-8"}
	}
	if strings.TrimSpace(text) == "" {
		return nil, &SyntaxError{Text: text, Msg: "empty"}
	}
	// expr-lang skips comments, which would make x of x//2.
	for _, comment := range [...]string{"//", "/*"} {
		if i := strings.Index(text, comment); i >= 0 {
			return nil, &SyntaxError{Text: text, Pos: utf8.RuneCountInString(text[:i]), Msg: strconv.Quote(comment) + " is no operation on numbers"}
		}
	}
	tree, err := parser.Parse(text)
	if err != nil {
		var fe *file.Error
		if errors.As(err, &fe) {
			return nil, plain(text, fe)
		}
		return nil, &SyntaxError{Text: text, Msg: err.Error()}
	}
	b := builder{text: text, opt: opt, unknown: unknown, params: map[string]bool{}}
	e := b.build(tree.Node, 0)
	if b.err != nil {
		return nil, b.err
	}
	return e, nil
}

// unexpected matches how expr-lang's parser names the token it stumbled over.
var unexpected = regexp.MustCompile(`^unexpected token (\w+)\((".*")\)$`)

// plain puts a fault found by expr-lang's parser in the words of formulas.
func plain(text string, fe *file.Error) *SyntaxError {
	se := &SyntaxError{Text: text, Pos: fe.From, Msg: fe.Message}
	const product = "a product is written with *"
	switch m := unexpected.FindStringSubmatch(fe.Message); {
	case strings.Contains(fe.Message, "unexpected token EOF"):
		se.Pos = utf8.RuneCountInString(strings.TrimRightFunc(text, unicode.IsSpace))
		se.Msg = "the formula ends too early"
	case m != nil:
		se.Msg = "unexpected " + m[2]
		switch {
		case m[1] == "Identifier" || m[1] == "Number" || m[2] == `"("`:
			se.Msg += "; " + product
		case m[2] == `","`:
			se.Msg += "; decimals are written with a point"
		}
	case strings.HasPrefix(fe.Message, "bad number syntax: "):
		se.Msg = "bad number " + strings.TrimPrefix(fe.Message, "bad number syntax: ") + "; " + product
	case strings.HasPrefix(fe.Message, "unrecognized character: "):
		se.Msg = notInFormulas(text, fe.From)
	case fe.Message == "literal not terminated":
		se.Msg = "quotes are not part of a formula"
		se.Pos = utf8.RuneCountInString(text[:max(0, strings.IndexAny(text, "'\"`"))])
	case strings.HasPrefix(fe.Message, "invalid hex literal"), strings.HasPrefix(fe.Message, "invalid octal literal"), strings.HasPrefix(fe.Message, "invalid binary literal"):
		se.Msg = "the number is out of range or has no digits"
	case strings.HasPrefix(fe.Message, "invalid integer literal"):
		se.Msg = "the integer is out of range; write large numbers as 1e20"
	case strings.HasPrefix(fe.Message, "invalid float literal"):
		se.Msg = "the number is out of range or has no digits"
	case strings.Contains(fe.Message, "maximum allowed nodes"):
		se.Msg = fmt.Sprintf("more than %d numbers, names and operations", conf.DefaultMaxNodes)
	}
	return se
}

// typeset are characters of typeset formulas, with what is written for them.
var typeset = map[rune]string{
	'·': "a product is written with *", '×': "a product is written with *", '⋅': "a product is written with *",
	'÷': "a quotient is written with /", '−': "the minus is -", '–': "the minus is -",
	'²': "a square is written ^2", '³': "a cube is written ^3", '√': "a square root is written sqrt(x)",
}

// notInFormulas says that formulas have no such character as that at pos, in
// runes.
func notInFormulas(text string, pos int) string {
	r := []rune(text)
	if pos < 0 || pos >= len(r) {
		return "a character that is not part of a formula"
	}
	msg := strconv.Quote(string(r[pos])) + " is not part of a formula"
	if hint, ok := typeset[r[pos]]; ok {
		msg += "; " + hint
	}
	return msg
}

// builder turns the syntax tree of expr-lang into an Expr.
type builder struct {
	text    string
	opt     ParseOptions
	unknown func(name string, vars []string) string
	params  map[string]bool
	err     error // the first one
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
	switch n.Operator {
	case "+", "-":
		return b.sum(n, depth)
	case "*", "/":
		return b.product(n, depth)
	case "^", "**":
		return b.power(n, n.Left, n.Right, depth)
	case "%":
		return b.fail(n, "remainders (%%) are not part of a formula")
	}
	return b.fail(n, "%q is no operation on numbers", n.Operator)
}

// links lists the operations of a chain such as a+b-c from left to right, and
// its first operand. It keeps long sums and products from counting as nested.
func links(n *ast.BinaryNode, op1, op2 string) (first ast.Node, chain []*ast.BinaryNode) {
	for {
		chain = append(chain, n)
		left, ok := n.Left.(*ast.BinaryNode)
		if !ok || left.Operator != op1 && left.Operator != op2 {
			slices.Reverse(chain)
			return n.Left, chain
		}
		n = left
	}
}

func (b *builder) sum(n *ast.BinaryNode, depth int) *Expr {
	first, chain := links(n, "+", "-")
	terms := []*Expr{b.build(first, depth+1)}
	for _, op := range chain {
		t := b.build(op.Right, depth+1)
		if op.Operator == "-" {
			t = Neg(t)
		}
		terms = append(terms, t)
	}
	return Add(terms...)
}

func (b *builder) product(n *ast.BinaryNode, depth int) *Expr {
	first, chain := links(n, "*", "/")
	factors := []*Expr{b.build(first, depth+1)}
	for _, op := range chain {
		f := b.build(op.Right, depth+1)
		switch {
		case op.Operator == "*":
			factors = append(factors, f)
		case f.IsConst() && f.v == 0:
			return b.fail(op, "division by zero")
		case f.kind == KindRational:
			head := factors[0]
			if len(factors) == 1 && head.kind == KindRational && head.q == 1 && f.q == 1 {
				factors[0] = Rat(head.p, f.p)
			} else {
				factors = append(factors, Int(f.q), Rat(1, f.p)) // as x*2/3 is read
			}
		default:
			factors = append(factors, Pow(f, Int(-1)))
		}
	}
	// A factor 1 is not printed, so it is not read either.
	return Mul(slices.DeleteFunc(factors, func(f *Expr) bool { return f.IsInt(1) })...)
}

// power reads base^exponent. Decimals that the printers write for the exponents
// p/2, p/4, p/5 and p/10 are those fractions.
func (b *builder) power(n, base, exponent ast.Node, depth int) *Expr {
	x, p := b.build(base, depth+1), b.build(exponent, depth+1)
	if x.IsConst() && x.v == 0 && p.IsConst() && p.v < 0 {
		return b.fail(n, "division by zero")
	}
	if p.kind == KindFloat && !p.free && math.Abs(p.v) < 1000 {
		if twenty := math.Round(20 * p.v); twenty/20 == p.v {
			if r := Rat(int64(twenty), 20); r.q != 20 {
				p = r
			}
		}
	}
	return Pow(x, p)
}

func (b *builder) name(n *ast.IdentifierNode) *Expr {
	name := n.Value
	if slices.Contains(b.opt.Vars, name) {
		return Var(name)
	}
	if name == "pi" {
		return Pi()
	}
	if grammarWord(name) {
		return b.fail(n, "%q cannot be the name of a variable", name)
	}
	if _, ok := b.opt.Functions.Callable(name); ok {
		return b.fail(n, "the function %s needs an argument in parentheses", name)
	}
	switch {
	case b.opt.Params && b.params[name]:
		return b.fail(n, "the constant %s occurs twice; give each occurrence a name of its own, each is fitted by itself", name)
	case b.opt.Params:
		b.params[name] = true
		return Free(1)
	case b.opt.Vars != nil:
		return b.fail(n, "%s", b.unknown(name, b.opt.Vars))
	}
	return Var(name)
}

// unknownColumn says that no column is called so.
func unknownColumn(name string, vars []string) string {
	hint := ""
	if near, ok := library.Nearest(name, vars); ok {
		hint = fmt.Sprintf("; did you mean %q?", near)
	} else if len(vars) > 0 {
		hint = "; the columns are " + strings.Join(vars, ", ")
	}
	return fmt.Sprintf("no column is called %q%s", name, hint)
}

func (b *builder) call(n ast.Node, name string, args []ast.Node, depth int) *Expr {
	if slices.Contains(b.opt.Vars, name) {
		return b.fail(n, "%s is no function here; a product is written %s*(...)", name, name)
	}
	if name == "pow" && len(args) == 2 {
		return b.power(n, args[0], args[1], depth)
	}
	f, ok := b.opt.Functions.Callable(name)
	if !ok {
		return b.fail(n, "no function is called %q%s", name, b.nearestFunction(name))
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
	for _, f := range b.opt.Functions.Callables() {
		known = append(known, f.Name)
	}
	if near, ok := library.Nearest(name, known); ok {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return "; those that can be called are " + strings.Join(known, ", ")
}
