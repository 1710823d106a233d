package symbolic

import (
	"fmt"
	"math"

	"github.com/expr-lang/expr"
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
func CompileExprLang(text string, vars []string, set *library.Set) (*Evaluator, error) {
	if _, err := Parse(text, ParseOptions{Vars: vars, Functions: set}); err != nil {
		return nil, err
	}
	ev := &Evaluator{vars: vars, env: map[string]any{"pi": math.Pi}}
	options := []expr.Option{
		expr.Env(ev.env), expr.DisableAllBuiltins(),
		// 1/2 is 0.5 in expr-lang, but 2^62 times 4 overflows as an integer.
		expr.AsFloat64(),
	}
	define := func(name string, f *library.Func) {
		options = append(options, expr.Function(name, func(args ...any) (any, error) {
			switch x := args[0].(type) {
			case float64:
				return f.Value(x), nil
			case int:
				return f.Value(float64(x)), nil
			}
			return nil, fmt.Errorf("%s of something that is no number", name)
		}, new(func(float64) float64), new(func(int) float64)))
	}
	for _, f := range set.Callables() {
		define(f.Name, f)
	}
	for alias, name := range aliases {
		if f, ok := set.Callable(name); ok {
			define(alias, f)
		}
	}
	options = append(options, expr.Function("pow", func(args ...any) (any, error) {
		return math.Pow(realOf(args[0]), realOf(args[1])), nil
	}, new(func(float64, float64) float64), new(func(int, int) float64), new(func(int, float64) float64), new(func(float64, int) float64)))
	for _, v := range vars {
		ev.env[v] = 0.0
	}
	program, err := expr.Compile(text, options...)
	if err != nil {
		return nil, fmt.Errorf("formula: %w", err)
	}
	ev.program = program
	return ev, nil
}

func realOf(v any) float64 {
	switch x := v.(type) {
	case float64:
		return x
	case int:
		return float64(x)
	}
	return math.NaN()
}

// Eval computes the formula for one row, values in the order of the variables.
// The result is NaN or infinite where the formula is not defined.
func (ev *Evaluator) Eval(row []float64) (float64, error) {
	if len(row) != len(ev.vars) {
		return 0, fmt.Errorf("formula: %d values for %d variables", len(row), len(ev.vars))
	}
	for i, v := range ev.vars {
		ev.env[v] = row[i]
	}
	out, err := ev.machine.Run(ev.program, ev.env)
	if err != nil {
		return 0, fmt.Errorf("formula: %w", err)
	}
	return realOf(out), nil
}
