package symbolic

import (
	"errors"
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/kansym/kansym/library"
)

// definition is name(argument) = formula.
var definition = regexp.MustCompile(`^\s*([^\s()=]*)\s*\(\s*([^()=]*?)\s*\)\s*=`)

var identifier = regexp.MustCompile(`^[\pL_][\pL\p{Nd}_]*$`)

// maxFunction bounds the size of a function's formula, in numbers, names and operations.
// Differentiating it takes time and space up to the square of that.
const maxFunction = 500

// maxDerivative bounds the size of a derivative that is written down.
const maxDerivative = 5000

// functionCost is what it takes to name a function of the user's, in bits: as
// much as one of some thirty.
const functionCost = 5

// ParseFunction reads the definition of a function, "lorentz(x) = 1/(1+x^2)",
// with any name for the argument. The formula may call the built-in functions
// and those of set (nil for none), which are spelled out: Formula and
// DerivativeFormula of the result call built-in functions alone.
//
// Derivatives are exact. The domain is the interval around 1 on which the
// function is finite, or the widest one between -1e6 and 1e6 if it is not
// finite at 1, less the poles; a point where a formula such as sin(x)/x divides
// 0 by 0 is no pole. Starts are those of a function of which nothing is known.
//
// The error is a *SyntaxError that points into def.
func ParseFunction(def string, set *library.Set) (*library.Func, error) {
	if len(def) > maxFormula || !utf8.ValidString(def) {
		_, err := Parse(def, ParseOptions{})
		return nil, err
	}
	at := func(offset int, format string, args ...any) error {
		return &SyntaxError{Text: def, Pos: utf8.RuneCountInString(def[:offset]), Msg: fmt.Sprintf(format, args...)}
	}
	m := definition.FindStringSubmatchIndex(def)
	if m == nil {
		return nil, at(0, "a function is defined as name(x) = formula")
	}
	name, arg, start := def[m[2]:m[3]], def[m[4]:m[5]], m[1]
	if err := checkName(name); err != nil {
		return nil, at(m[2], "%v", err)
	}
	if name == "pow" {
		return nil, at(m[2], "pow(a, b) is a^b; choose another name")
	}
	if err := checkName(arg); err != nil {
		return nil, at(m[4], "the argument: %v", err)
	}
	unknown := func(used string, _ []string) string {
		return fmt.Sprintf("the formula of %s uses %q; its argument is %s", name, used, arg)
	}
	e, err := parse(def[start:], ParseOptions{Vars: []string{arg}, Functions: set}, unknown)
	if err != nil {
		var se *SyntaxError
		if errors.As(err, &se) {
			return nil, &SyntaxError{Text: def, Pos: utf8.RuneCountInString(def[:start]) + se.Pos, Msg: se.Msg}
		}
		return nil, err
	}
	e = e.Subst(map[string]*Expr{arg: Var("x")})
	if spelledSize(e, isCalledByName) > maxFunction {
		return nil, at(start, "longer than %d numbers, names and operations", maxFunction)
	}
	return newFunction(name, spelled(e, isCalledByName), func(msg string) error { return at(start, "%s", msg) })
}

// checkName says what is wrong with the name of a function or its argument.
func checkName(name string) error {
	switch {
	case !identifier.MatchString(name):
		return fmt.Errorf("%q cannot be a name", name)
	case ReservedName(name):
		return fmt.Errorf("%s is known already; choose another name", name)
	}
	return nil
}

// newFunction makes a function of a formula of x that calls built-in functions
// alone.
func newFunction(name string, e *Expr, fail func(msg string) error) (*library.Func, error) {
	value := valueOf(e)
	domain, ok := domainOf(e, value)
	switch {
	case !ok:
		return nil, fail("not finite anywhere between -1e6 and 1e6")
	case isConstant(value, domain):
		return nil, fail("a constant; constants are fitted anyway")
	}
	f := &library.Func{
		Name: name, Formula: e.Format(library.LangExpr), Callable: true, Cost: functionCost,
		Value: value, Derivatives: derivativesOf(e),
		Domain: domain, Starts: library.AnyStarts(domain),
	}
	// A derivative too long to be read back follows from Formula where it is
	// needed.
	if d := e.Derivative("x"); spelledSize(d, isCalledByName) <= maxDerivative {
		if text := d.Format(library.LangExpr); len(text) <= maxFormula {
			f.DerivativeFormula = text
		}
	}
	return f, nil
}

// isCalledByName reports whether every formula can call f.
func isCalledByName(f *library.Func) bool {
	g, ok := library.Lookup(f.Name)
	return ok && g == f && f.Callable
}

// spelled returns e with the calls of functions for which keep is false spelled
// out by their formulas. Calls of functions without a formula that can be read
// remain.
func spelled(e *Expr, keep func(*library.Func) bool) *Expr {
	return e.Map(func(n *Expr) *Expr {
		if n.kind == KindCall && !keep(n.fn) {
			if body, ok := bodyOf(n.fn); ok {
				return body.Subst(map[string]*Expr{"x": n.args[0]})
			}
		}
		return n
	})
}

// spelledSize returns the number of nodes that spelled(e, keep) has.
func spelledSize(e *Expr, keep func(*library.Func) bool) float64 {
	size := 1.0
	for _, a := range e.args {
		size += spelledSize(a, keep)
	}
	if e.kind != KindCall || keep(e.fn) {
		return size
	}
	body, ok := bodyOf(e.fn)
	if !ok {
		return size
	}
	nodes, uses := 0.0, 0.0
	body.Walk(func(n *Expr) bool {
		nodes++
		if n.kind == KindVar {
			uses++
		}
		return true
	})
	return nodes + uses*(size-2) // size-1 nodes in place of every x
}

// bodyOf returns the formula of f in x, not ok if it cannot be read or only
// calls f.
func bodyOf(f *library.Func) (*Expr, bool) {
	if f.IsPower {
		return Pow(Var("x"), exponent(f.Exponent)), true
	}
	e, err := Parse(f.Formula, ParseOptions{Vars: argument})
	if err != nil || e.kind == KindCall && e.fn.Name == f.Name {
		return nil, false
	}
	return e, true
}
