package symbolic

import (
	"fmt"
	"math"
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"

	"github.com/kansym/kansym/library"
)

// Evaluator computes a printed formula by expr-lang itself: what anybody gets
// who pastes the formula into a program that embeds expr. Program is the same
// formula for inner loops, some fifty times as fast.
//
// An Evaluator is not safe for concurrent use.
type Evaluator struct {
	program *vm.Program
	machine vm.VM
	vars    []string
	env     map[string]any
}

// CompileExprLang compiles a formula over the given variables. Besides the
// built-in functions it may call those of set (nil for none). A formula that
// Parse does not take is refused with Parse's error, a *SyntaxError, so that of
// the many things expr-lang can do only arithmetic is left.
//
// Numbers are decimals: 2^62*4, which overflows as a product of expr-lang's
// integers, is 2^64. Everything else is as expr-lang computes it.
func CompileExprLang(text string, vars []string, set *library.Set) (*Evaluator, error) {
	if _, err := Parse(text, ParseOptions{Vars: vars, Functions: set}); err != nil {
		return nil, err
	}
	ev := &Evaluator{vars: slices.Clone(vars), env: map[string]any{"pi": math.Pi}}
	for _, v := range vars {
		ev.env[v] = 0.0
	}
	options := []expr.Option{expr.Env(ev.env), expr.DisableAllBuiltins(), expr.Patch(decimals{}), expr.AsFloat64()}
	// A column may have the name of a function that the formula does not call.
	define := func(name string, f func(args []any) float64, types any) {
		if !slices.Contains(vars, name) {
			options = append(options, expr.Function(name, func(args ...any) (any, error) { return f(args), nil }, types))
		}
	}
	unary := func(name string, f *library.Func) {
		define(name, func(args []any) float64 { return f.Value(toFloat(args[0])) }, new(func(float64) float64))
	}
	define("pow", func(args []any) float64 { return math.Pow(toFloat(args[0]), toFloat(args[1])) }, new(func(float64, float64) float64))
	for alias := range library.Aliases() {
		if f, ok := set.Callable(alias); ok {
			unary(alias, f)
		}
	}
	for _, f := range set.Callables() {
		unary(f.Name, f)
	}
	program, err := expr.Compile(text, options...)
	if err != nil {
		return nil, fmt.Errorf("formula: %w", err)
	}
	ev.program = program
	return ev, nil
}

// decimals makes decimals of the integers of a formula.
type decimals struct{}

func (decimals) Visit(n *ast.Node) {
	if i, ok := (*n).(*ast.IntegerNode); ok {
		ast.Patch(n, &ast.FloatNode{Value: float64(i.Value)})
	}
}

func toFloat(v any) float64 {
	if x, ok := v.(float64); ok {
		return x
	}
	return math.NaN()
}

// Eval computes the formula for one row, values in the order of the variables.
// Where the formula is not defined the result is NaN or infinite and the error
// nil; an error is a row of the wrong length, or a fault of expr-lang.
func (ev *Evaluator) Eval(row []float64) (float64, error) {
	if len(row) != len(ev.vars) {
		return math.NaN(), fmt.Errorf("formula: %d values for %d variables", len(row), len(ev.vars))
	}
	for i, v := range ev.vars {
		ev.env[v] = row[i]
	}
	out, err := ev.machine.Run(ev.program, ev.env)
	if err != nil {
		return math.NaN(), fmt.Errorf("formula: %w", err)
	}
	return toFloat(out), nil
}
