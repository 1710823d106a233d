package export

import (
	"fmt"
	"math"

	"github.com/kansym/kansym/library"
)

// call appends the nodes of a function that formulas call. Operators for which
// runtimes have float64 kernels are used as they are; the others are made of
// these.
func (g *graph) call(f *library.Func, x string) (string, error) {
	one := g.number(1)
	switch f.Name {
	case "sin":
		return g.one("Sin", x), nil
	case "cos":
		return g.cos(x), nil
	case "tan":
		return g.div(g.one("Sin", x), g.cos(x)), nil
	case "exp":
		return g.one("Exp", x), nil
	case "log":
		return g.one("Log", x), nil
	case "sqrt":
		return g.one("Sqrt", x), nil
	case "abs":
		return g.one("Abs", x), nil
	case "tanh":
		return g.one("Tanh", x), nil
	case "sinh":
		return g.sinh(x), nil
	case "cosh":
		return g.cosh(x), nil
	case "sign":
		// Runtimes differ in the sign of NaN.
		return g.where(g.op("Equal", []string{x, x}), g.one("Sign", x), x), nil
	case "cbrt":
		root := g.op("Pow", []string{g.one("Abs", x), g.number(1.0 / 3)})
		return g.mul(g.one("Sign", x), root), nil
	case "atan":
		return g.angle(g.start("Atan", x), x, one), nil
	case "asin":
		return g.angle(g.start("Asin", x), x, g.leg(x)), nil
	case "acos":
		return g.angle(g.start("Acos", x), g.leg(x), x), nil
	case "asinh":
		// One step of Newton's rule doubles the digits of float32; far out the
		// logarithm has them all.
		size := g.one("Abs", x)
		y := g.start("Asinh", x)
		near := g.sub(y, g.div(g.sub(g.sinh(y), x), g.cosh(y)))
		root := g.one("Sqrt", g.add(one, g.div(one, g.mul(x, x))))
		far := g.mul(g.one("Sign", x), g.add(g.one("Log", size), g.one("Log", g.add(one, root))))
		return g.where(g.less(size, 1), near, far), nil
	case "erf":
		return g.erf(x), nil
	}
	return "", fmt.Errorf("there is no operator for %s", f.Name)
}

// cos is the sine of pi/2-|x|, with pi/2 in two parts: the first difference is
// exact near the first zeros, so that they keep their digits.
func (g *graph) cos(x string) string {
	const rest = 6.123233995736766e-17 // pi/2 less its float64
	d := g.sub(g.number(math.Pi/2), g.one("Abs", x))
	return g.one("Sin", g.add(d, g.number(rest)))
}

// expm1 is exp(x)-1 = 2t/(1-t) with t = tanh(x/2), without loss of digits near
// 0; far out it is what it says.
func (g *graph) expm1(x string) string {
	one := g.number(1)
	t := g.one("Tanh", g.mul(g.number(0.5), x))
	near := g.div(g.mul(g.number(2), t), g.sub(one, t))
	return g.where(g.less(g.one("Abs", x), 1), near, g.sub(g.one("Exp", x), one))
}

func (g *graph) sinh(x string) string {
	one := g.number(1)
	t := g.one("Tanh", g.mul(g.number(0.5), x))
	near := g.div(g.mul(g.number(2), t), g.sub(one, g.mul(t, t)))
	// exp(x/2) does not overflow before sinh(x) does.
	half := g.mul(g.number(0.5), x)
	up, down := g.one("Exp", half), g.one("Exp", g.one("Neg", half))
	far := g.mul(g.mul(g.number(0.5), g.sub(up, down)), g.add(up, down))
	return g.where(g.less(g.one("Abs", x), 1), near, far)
}

func (g *graph) cosh(x string) string {
	return g.mul(g.number(0.5), g.add(g.one("Exp", x), g.one("Exp", g.one("Neg", x))))
}

// start is an operator in float32.
func (g *graph) start(op, x string) string {
	single := g.op("Cast", []string{x}, attribute{"to", onnxFloat})
	return g.op("Cast", []string{g.one(op, single)}, attribute{"to", onnxDouble})
}

// leg is sqrt(1-x^2).
func (g *graph) leg(x string) string {
	one := g.number(1)
	return g.one("Sqrt", g.mul(g.sub(one, x), g.add(one, x)))
}

// angle corrects an angle y that is near the one with the sine s/h and the
// cosine c/h, h > 0: rotated back by y, what is left is small enough for d - d^3/3.
func (g *graph) angle(y, s, c string) string {
	sin, cos := g.one("Sin", y), g.cos(y)
	d := g.div(g.sub(g.mul(s, cos), g.mul(c, sin)), g.add(g.mul(c, cos), g.mul(s, sin)))
	cube := g.mul(g.mul(d, d), g.mul(d, g.number(1.0/3)))
	return g.add(y, g.sub(d, cube))
}

// erfTerms are as many terms of the series of erf as it takes to |x| = 6, beyond
// which it is 1 in float64.
const erfTerms = 150

// erf is 2/sqrt(pi) exp(-x^2) sum_k 2^k x^(2k+1)/(2k+1)!!, all of whose terms have
// one sign (Abramowitz and Stegun, 7.1.6).
func (g *graph) erf(x string) string {
	powers := tensor{kind: onnxDouble, dims: []int{1, erfTerms}}
	factors := tensor{kind: onnxDouble, dims: []int{1, erfTerms}}
	f := 2 / math.Sqrt(math.Pi)
	for k := range erfTerms {
		powers.floats = append(powers.floats, float64(k))
		factors.floats = append(factors.floats, f)
		f *= 2 / float64(2*k+3)
	}
	size := g.one("Abs", x)
	inside := g.op("Min", []string{size, g.number(6)})
	z := g.mul(inside, inside)
	terms := g.mul(g.op("Pow", []string{z, g.constant(powers)}), g.constant(factors))
	axis := g.constant(tensor{kind: onnxInt64, dims: []int{1}, ints: []int64{1}})
	sum := g.op("ReduceSum", []string{terms, axis}, attribute{"keepdims", 1})
	v := g.mul(g.mul(inside, sum), g.one("Exp", g.one("Neg", z)))
	return g.mul(g.one("Sign", x), g.op("Min", []string{v, g.number(1)}))
}
