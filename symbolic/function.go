package symbolic

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"unicode/utf8"

	"github.com/kansym/kansym/library"
)

// definition is name(argument) = formula.
var definition = regexp.MustCompile(`^\s*([^\s(=]*)\s*\(\s*([^\s()=,]*)\s*\)\s*=`)

var identifier = regexp.MustCompile(`^[\pL_][\pL\p{Nd}_]*$`)

// ParseFunction reads the definition of a function, "lorentz(x) = 1/(1+x^2)".
// The formula may call the built-in functions and those of set (nil for none).
// Derivatives are taken symbolically; where the function is finite is found by
// probing. Errors in the formula are a *SyntaxError that points into def.
func ParseFunction(def string, set *library.Set) (*library.Func, error) {
	at := func(offset int, format string, args ...any) error {
		return &SyntaxError{Text: def, Pos: utf8.RuneCountInString(def[:offset]), Msg: fmt.Sprintf(format, args...)}
	}
	if len(def) > maxFormula || !utf8.ValidString(def) {
		_, err := Parse(def, ParseOptions{})
		return nil, err
	}
	m := definition.FindStringSubmatchIndex(def)
	if m == nil {
		return nil, at(0, "a function is defined as name(x) = formula")
	}
	name, arg := def[m[2]:m[3]], def[m[4]:m[5]]
	switch {
	case !identifier.MatchString(name):
		return nil, at(m[2], "%q cannot be the name of a function", name)
	case !identifier.MatchString(arg):
		return nil, at(m[4], "%q cannot be the name of an argument", arg)
	case ReservedName(name):
		return nil, at(m[2], "%s is known already; choose another name", name)
	case ReservedName(arg):
		return nil, at(m[4], "%s is known already; choose another name for the argument", arg)
	}
	for alias := range aliases {
		if alias == name {
			return nil, at(m[2], "%s is another name of %s; choose another", name, aliases[name])
		}
	}
	start := m[1]
	e, err := Parse(def[start:], ParseOptions{Vars: []string{arg}, Functions: set})
	if err != nil {
		var se *SyntaxError
		if errors.As(err, &se) {
			return nil, &SyntaxError{Text: def, Pos: utf8.RuneCountInString(def[:start]) + se.Pos, Msg: se.Msg}
		}
		return nil, err
	}
	if len(e.Vars()) == 0 {
		return nil, at(start, "the formula does not use %s: constants are fitted anyway", arg)
	}
	e = e.Subst(map[string]*Expr{arg: Var("x")})
	first := e.Derivative("x")
	second := first.Derivative("x")
	f, df, d2f := closure(e), closure(first), closure(second)
	domain := probe(f)
	if !(domain.Lo < domain.Hi) {
		return nil, at(start, "the formula is not finite anywhere between -1e6 and 1e6")
	}
	return &library.Func{
		Name:              name,
		Formula:           e.Format(library.LangExpr),
		DerivativeFormula: first.Format(library.LangExpr),
		Callable:          true,
		Cost:              math.Log2(32), // as dear as one of some thirty functions
		Value:             f,
		Derivatives:       func(x float64) (float64, float64, float64) { return f(x), df(x), d2f(x) },
		Domain:            domain,
		Starts:            library.AnyStarts(domain),
	}, nil
}

// closure turns an expression in x into a function that needs no scratch
// space and may be called from any goroutine.
func closure(e *Expr) func(x float64) float64 {
	switch e.kind {
	case KindVar:
		return func(x float64) float64 { return x }
	case KindAdd, KindMul:
		parts := make([]func(float64) float64, len(e.args))
		for i, a := range e.args {
			parts[i] = closure(a)
		}
		if e.kind == KindAdd {
			return func(x float64) float64 {
				v := 0.0
				for _, p := range parts {
					v += p(x)
				}
				return v
			}
		}
		return func(x float64) float64 {
			v := 1.0
			for _, p := range parts {
				v *= p(x)
			}
			return v
		}
	case KindPow:
		base, p := closure(e.args[0]), closure(e.args[1])
		return func(x float64) float64 { return math.Pow(base(x), p(x)) }
	case KindCall:
		f, arg := e.fn.Value, closure(e.args[0])
		return func(x float64) float64 { return f(arg(x)) }
	}
	v := e.Const()
	return func(float64) float64 { return v }
}

// probe finds the interval around 1, or else the widest one, on which f is
// finite but for poles, within +-1e6; bounds that reach that far are taken for
// infinite.
func probe(f func(float64) float64) library.Domain {
	const far, steps = 1e6, 240
	var xs []float64
	for k := steps; k >= 0; k-- {
		xs = append(xs, -far*math.Pow(1e-12, float64(steps-k)/steps))
	}
	xs = append(xs, 0)
	for k := range steps + 1 {
		xs = append(xs, far*math.Pow(1e-12, float64(steps-k)/steps))
	}
	finite := make([]bool, len(xs))
	for i, x := range xs {
		finite[i] = isFinite(f(x))
	}
	// A single point is a pole, not an end.
	for i := 1; i+1 < len(xs); i++ {
		if finite[i-1] && finite[i+1] {
			finite[i] = true
		}
	}
	lo, hi := 0, -1
	for i := 0; i < len(xs); {
		if !finite[i] {
			i++
			continue
		}
		j := i
		for j+1 < len(xs) && finite[j+1] {
			j++
		}
		holdsOne := xs[i] <= 1 && 1 <= xs[j]
		if holdsOne || !(lo <= hi && xs[lo] <= 1 && 1 <= xs[hi]) && (hi < lo || xs[j]-xs[i] > xs[hi]-xs[lo]) {
			lo, hi = i, j
		}
		i = j + 1
	}
	d := library.Domain{Lo: math.Inf(1), Hi: math.Inf(-1)}
	if hi < lo {
		return d
	}
	// border bisects between a finite and a point that is not.
	border := func(in, out float64) float64 {
		for range 200 {
			mid := in + (out-in)/2
			if mid == in || mid == out {
				break
			}
			if isFinite(f(mid)) {
				in = mid
			} else {
				out = mid
			}
		}
		return in
	}
	d.Lo, d.Hi = math.Inf(-1), math.Inf(1)
	if lo > 0 {
		d.Lo = border(xs[lo], xs[lo-1])
	}
	if hi < len(xs)-1 {
		d.Hi = border(xs[hi], xs[hi+1])
	}
	d.Poles = func(lo, hi float64) []float64 { return poles(f, lo, hi) }
	return d
}

// poles finds where |f| grows without bound between lo and hi.
func poles(f func(float64) float64, lo, hi float64) []float64 {
	if lo == hi {
		if !isFinite(f(lo)) {
			return []float64{lo}
		}
		return nil
	}
	const steps = 256
	size := func(x float64) float64 {
		v := math.Abs(f(x))
		if !isFinite(v) {
			return math.Inf(1)
		}
		return v
	}
	var out []float64
	at := func(i int) float64 { return lo + (hi-lo)*float64(i)/steps }
	for i := 0; i <= steps; i++ {
		x := at(i)
		if math.IsInf(size(x), 1) {
			out = append(out, x)
			continue
		}
		if i == 0 || i == steps || size(x) < size(at(i-1)) || size(x) < size(at(i+1)) {
			continue
		}
		// A local maximum of |f|: a pole if it keeps growing.
		a, b := at(i-1), at(i+1)
		for range 80 {
			p, q := a+(b-a)/3, b-(b-a)/3
			if size(p) > size(q) {
				b = q
			} else {
				a = p
			}
		}
		if mid := a + (b-a)/2; size(mid) > 1e6*(1+min(size(at(i-1)), size(at(i+1)))) {
			out = append(out, mid)
		}
	}
	return out
}
