package symbolic

import (
	"sync"

	"github.com/kansym/kansym/library"
)

// Derivative returns the partial derivative of e by the variable called name.
// It is tidied only lightly (no terms 0, no factors 1, numbers multiplied out);
// Simplify does more. Because one constant of e may occur several times in the
// derivative, the free constants of e are fixed in it.
//
// Where e is differentiable the result equals the derivative; at isolated
// points where it is not, or where a formula such as cbrt(x)/(3*x) divides by
// zero, the result may be NaN or infinite. abs has the derivative sign, and
// sign the derivative 0.
func (e *Expr) Derivative(name string) *Expr {
	d := differ{name: name, has: map[*Expr]bool{}}
	return d.of(fixed(e))
}

// fixed returns e with its free constants fixed.
func fixed(e *Expr) *Expr {
	return e.Map(func(n *Expr) *Expr {
		if n.IsFree() {
			return Float(n.v)
		}
		return n
	})
}

// differ differentiates by one variable.
type differ struct {
	name string
	has  map[*Expr]bool // whether a node depends on the variable
}

func (d *differ) depends(e *Expr) bool {
	switch {
	case e.kind == KindVar:
		return e.name == d.name
	case len(e.args) == 0:
		return false
	}
	if has, ok := d.has[e]; ok {
		return has
	}
	has := false
	for _, a := range e.args {
		has = has || d.depends(a)
	}
	d.has[e] = has
	return has
}

func (d *differ) of(e *Expr) *Expr {
	if !d.depends(e) {
		return Int(0)
	}
	switch e.kind {
	case KindVar:
		return Int(1)
	case KindAdd:
		terms := make([]*Expr, len(e.args))
		for i, a := range e.args {
			terms[i] = d.of(a)
		}
		return tidyAdd(terms...)
	case KindMul:
		var terms []*Expr
		for i, a := range e.args {
			if !d.depends(a) {
				continue
			}
			factors := append([]*Expr{d.of(a)}, e.args[:i]...)
			terms = append(terms, tidyMul(append(factors, e.args[i+1:]...)...))
		}
		return tidyAdd(terms...)
	case KindPow:
		return d.ofPower(e, e.args[0], e.args[1])
	case KindCall:
		return tidyMul(slope(e.fn, e.args[0]), d.of(e.args[0]))
	}
	return Int(0)
}

// ofPower differentiates e = b^p.
func (d *differ) ofPower(e, b, p *Expr) *Expr {
	if !d.depends(p) {
		return tidyMul(p, tidyPow(b, tidyAdd(p, Int(-1))), d.of(b))
	}
	log, _ := library.Lookup("log")
	if !d.depends(b) {
		return tidyMul(d.of(p), Call(log, b), e)
	}
	return tidyAdd(
		tidyMul(d.of(p), Call(log, b), e),
		tidyMul(p, tidyPow(b, tidyAdd(p, Int(-1))), d.of(b)))
}

// slope returns f'(arg).
func slope(f *library.Func, arg *Expr) *Expr {
	if f.IsPower {
		p := exponent(f.Exponent)
		return tidyMul(p, tidyPow(arg, tidyAdd(p, Int(-1))))
	}
	known, ok := slopes.Load(f)
	if !ok {
		known, _ = slopes.LoadOrStore(f, slopeOf(f))
	}
	if s := known.(*Expr); s != nil {
		return s.Subst(map[string]*Expr{"x": arg})
	}
	// Nothing says the derivative in words: a function that only computes it.
	return Call(&library.Func{
		Name: f.Name + "'", Domain: f.Domain, Cost: f.Cost,
		Value: func(x float64) float64 { _, df, _ := f.Derivatives(x); return df },
		Derivatives: func(x float64) (v, dv, d2v float64) {
			_, v, dv = f.Derivatives(x)
			// The third derivative of f, a central difference of the second.
			h := 1e-5 * (1 + max(x, -x))
			_, _, lo := f.Derivatives(x - h)
			_, _, hi := f.Derivatives(x + h)
			return v, dv, (hi - lo) / (2 * h)
		},
	}, arg)
}

// slopeOf returns f' as an expression in x, nil if no formula gives it.
func slopeOf(f *library.Func) *Expr {
	opt := ParseOptions{Vars: argument}
	if f.DerivativeFormula != "" {
		if e, err := Parse(f.DerivativeFormula, opt); err == nil {
			return e
		}
	}
	e, err := Parse(f.Formula, opt)
	if err != nil {
		return nil
	}
	if e.kind == KindCall && e.fn.Name == f.Name {
		return nil // f(x) as such: no help
	}
	return e.Derivative("x")
}

// slopes remembers slopeOf by function (*library.Func to *Expr, nil included):
// second derivatives of long formulas ask for the same few very often.
var slopes sync.Map
