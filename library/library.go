// Package library holds the named functions that kansym knows: what a learned
// curve can be called and what a formula can call.
//
// Every function has one real variable. It carries its value and first two
// derivatives, the domain on which it is defined, its poles, a
// description-length cost in bits, how it is printed in each output language,
// and the starting values from which c*f(a*x+b)+d is fitted to a curve.
//
// A function is either callable, which means that formulas call it by its name
// (sin, exp, sqrt), or it is a shape that formulas spell out in terms of
// callable ones ("x^2", "1/(1+exp(-x))"). Func.Formula says how.
//
// The functions that formulas call are sin, cos, tan, asin, acos, atan, sinh,
// cosh, tanh, exp, log (natural), sqrt, cbrt, abs and sign, the extensions
// asinh and erf, and whatever the user adds.
//
// Lookup finds a function by name, Power gives x^p for any p, and a Set is a
// choice of functions with which curves are named.
package library

// Func is a named function of one real variable. Funcs are immutable and
// shared by pointer; two Funcs of the same name are the same function.
type Func struct {
	// Name is what a user types and sees: "sin", "x^2", "sin(x)/x".
	Name string

	// Formula is the function as an expression of the variable x that uses
	// callable functions only: "sin(x)", "x^2", "1/(1+exp(-x))".
	Formula string

	// DerivativeFormula is f'(x) in the same notation. It is set for callable
	// functions; empty where it follows from Formula, which then calls other
	// functions.
	DerivativeFormula string

	// Callable reports whether formulas may call the function by Name.
	Callable bool

	// Cost is the number of bits it takes to name the function in a formula,
	// excluding its constants.
	Cost float64

	// Value returns f(x). Outside the domain it returns NaN or an infinity;
	// it never panics.
	Value func(x float64) float64

	// Derivatives returns f(x), f'(x) and f''(x).
	Derivatives func(x float64) (f, df, d2f float64)

	// Domain is where the function is finite and real.
	Domain Domain

	// Starts proposes values of a and b for fitting c*f(a*u+b)+d to a curve
	// whose argument u was scaled, not shifted, so that max|u| = 1 on the
	// interval [lo, hi]. zeros is the number of sign changes of the curve
	// about its mean line, a hint for oscillating functions.
	Starts func(lo, hi float64, zeros int) []Start

	// Exponent is p for the power functions x^p (including 1/x, sqrt and
	// 1/sqrt) and 0 for every other function. For powers with IsPower, scale
	// a is redundant with c when b is 0.
	Exponent float64
	IsPower  bool

	templates map[Language]string
}

// RealPowerName is the name of the family of all powers x^p with a real
// exponent. As a member of a Set it asks for exponents to be fitted; Power(p)
// is the function that results. Evaluated as it stands it is the identity.
const RealPowerName = "x^p"

// IsRealPower reports whether f stands for the family of all powers.
func (f *Func) IsRealPower() bool { return f.Name == RealPowerName }

// String returns the name.
func (f *Func) String() string { return f.Name }

// Start is a pair of starting values for the inner constants of
// c*f(a*u+b)+d.
type Start struct{ A, B float64 }

// Domain describes where a function is real and finite: the interval from Lo
// to Hi (infinite where unbounded; LoOpen and HiOpen tell whether the end
// itself is excluded) without the poles.
type Domain struct {
	Lo, Hi         float64
	LoOpen, HiOpen bool
	// Poles returns the poles inside [lo, hi], nil if there are none. A nil
	// func means that the function has no poles.
	Poles func(lo, hi float64) []float64
}
