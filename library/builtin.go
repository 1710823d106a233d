package library

import (
	"math"
	"sync"
)

// Builtin returns every built-in function: the constant, powers, elementary
// functions and shapes, in a fixed order, simplest kind first. The caller owns
// the slice.
func Builtin() []*Func {
	fs := []*Func{constant()}
	for _, p := range []float64{1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6, 0.5, 1.5, -0.5} {
		fs = append(fs, Power(p))
	}
	fs = append(fs, realPower())
	for _, f := range elementary() {
		f.Callable = true
		f.Formula = f.Name + "(x)"
		f.templates = templates[f.Name]
		fs = append(fs, f)
	}
	return append(fs, shapes()...)
}

// Lookup returns the built-in function called name. Besides the names in
// Builtin it knows every power: "x^2.5", "1/x^7".
func Lookup(name string) (*Func, bool) {
	if f, ok := table()[name]; ok {
		return f, true
	}
	if p, ok := parsePower(name); ok {
		return Power(p), true
	}
	return nil, false
}

// constant is the function 1: an edge named so is a number.
func constant() *Func {
	return &Func{
		Name: "1", Formula: "1", DerivativeFormula: "0", Cost: 1, Domain: whole,
		Value:       func(float64) float64 { return 1 },
		Derivatives: func(float64) (f, df, d2f float64) { return 1, 0, 0 },
		Starts:      func(_, _ float64, _ int) []Start { return []Start{{1, 0}} },
	}
}

// realPower stands for the family x^p with real p. Matching fits p and names
// the result by Power(p); evaluated as it stands it is the identity.
func realPower() *Func {
	f := *Power(1)
	f.Name, f.Formula, f.Cost = "x^p", "x^1", 5
	f.IsPower = false
	f.Domain = Domain{Lo: 0, Hi: math.Inf(1), LoOpen: true}
	return &f
}

// table indexes the built-in functions by name.
var table = sync.OnceValue(func() map[string]*Func {
	t := map[string]*Func{}
	for _, f := range Builtin() {
		t[f.Name] = f
	}
	return t
})
