package library

import "math"

// shapes returns functions that formulas spell out: curves that are common in
// data, and that several named edges would otherwise be needed for.
func shapes() []*Func {
	return []*Func{
		{
			Name: "exp(-x^2)", Formula: "exp(-x^2)", Cost: 5, Domain: whole, Starts: bumpStarts,
			Value: func(x float64) float64 { return math.Exp(-x * x) },
			Derivatives: func(x float64) (f, df, d2f float64) {
				e := math.Exp(-x * x)
				if e == 0 {
					return 0, 0, 0
				}
				return e, -2 * x * e, (4*x*x - 2) * e
			},
		},
		{
			Name: "1/cosh", Formula: "1/cosh(x)", Cost: 6, Domain: whole, Starts: bumpStarts,
			Value: func(x float64) float64 { return 1 / math.Cosh(x) },
			Derivatives: func(x float64) (f, df, d2f float64) {
				s := 1 / math.Cosh(x)
				return s, -s * math.Tanh(x), s * (1 - 2*s*s)
			},
		},
		{
			Name: "sigmoid", Formula: "1/(1+exp(-x))", Cost: 6, Domain: whole, Starts: bumpStarts,
			Value: sigmoid,
			Derivatives: func(x float64) (f, df, d2f float64) {
				s, c := sigmoid(x), sigmoid(-x)
				return s, s * c, s * c * (c - s)
			},
		},
		{
			Name: "softplus", Formula: "log(1+exp(x))", Cost: 7, Domain: whole, Starts: bumpStarts,
			Value: softplus,
			Derivatives: func(x float64) (f, df, d2f float64) {
				s, c := sigmoid(x), sigmoid(-x)
				return softplus(x), s, s * c
			},
		},
		{
			Name: "sin(x)/x", Formula: "sin(x)/x", Cost: 7, Domain: whole, Starts: bumpStarts,
			Value: func(x float64) float64 { f, _, _ := sinc(x); return f }, Derivatives: sinc,
		},
		{
			Name: "x*log(x)", Formula: "x*log(x)", Cost: 6, Starts: shiftStarts,
			Domain: Domain{Lo: 0, Hi: math.Inf(1)},
			Value: func(x float64) float64 {
				if x == 0 {
					return 0
				}
				return x * math.Log(x)
			},
			Derivatives: func(x float64) (f, df, d2f float64) {
				if x == 0 {
					return 0, math.Inf(-1), math.Inf(1)
				}
				l := math.Log(x)
				return x * l, l + 1, 1 / x
			},
		},
		{
			Name: "x/(exp(x)-1)", Formula: "x/(exp(x)-1)", Cost: 7, Domain: whole, Starts: rateStarts,
			Value: func(x float64) float64 { f, _, _ := bose(x); return f }, Derivatives: bose,
		},
		{
			Name: "1/(exp(x)-1)", Formula: "1/(exp(x)-1)", Cost: 7, Starts: rateStarts,
			Domain: Domain{Lo: math.Inf(-1), Hi: math.Inf(1), Poles: poleAtZero},
			Value:  func(x float64) float64 { return 1 / math.Expm1(x) },
			Derivatives: func(x float64) (f, df, d2f float64) {
				// With n = 1/(exp(x)-1): n' = -n(n+1), n'' = n(n+1)(2n+1).
				n := 1 / math.Expm1(x)
				return n, -n * (n + 1), n * (n + 1) * (2*n + 1)
			},
		},
		{
			Name: "1/(1+x^2)", Formula: "1/(1+x^2)", Cost: 5, Domain: whole, Starts: bumpStarts,
			Value: func(x float64) float64 { return 1 / (1 + x*x) },
			Derivatives: func(x float64) (f, df, d2f float64) {
				d := 1 / (1 + x*x)
				return d, -2 * x * d * d, (6*x*x - 2) * d * d * d
			},
		},
		{
			Name: "sqrt(1+x^2)", Formula: "sqrt(1+x^2)", Cost: 5, Domain: whole, Starts: bumpStarts,
			Value: func(x float64) float64 { return math.Hypot(1, x) },
			Derivatives: func(x float64) (f, df, d2f float64) {
				h := math.Hypot(1, x)
				return h, x / h, 1 / h / h / h
			},
		},
		{
			Name: "sqrt(1-x^2)", Formula: "sqrt(1-x^2)", Cost: 5, Domain: Domain{Lo: -1, Hi: 1}, Starts: rateStarts,
			Value: func(x float64) float64 { return math.Sqrt((1 - x) * (1 + x)) },
			Derivatives: func(x float64) (f, df, d2f float64) {
				s := math.Sqrt((1 - x) * (1 + x))
				return s, -x / s, -1 / (s * s * s)
			},
		},
		{
			Name: "1/sqrt(1-x^2)", Formula: "1/sqrt(1-x^2)", Cost: 5, Starts: rateStarts,
			Domain: Domain{Lo: -1, Hi: 1, LoOpen: true, HiOpen: true},
			Value:  func(x float64) float64 { return 1 / math.Sqrt((1-x)*(1+x)) },
			Derivatives: func(x float64) (f, df, d2f float64) {
				s := 1 / math.Sqrt((1-x)*(1+x))
				return s, x * s * s * s, (1 + 2*x*x) * s * s * s * s * s
			},
		},
	}
}

// sigmoid is 1/(1+exp(-x)) without overflow.
func sigmoid(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}

func softplus(x float64) float64 { return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// sinc is sin(x)/x; near 0, where the quotients of the derivatives cancel, by
// its Taylor series, which at 1/2 has fallen below rounding after 8 terms.
func sinc(x float64) (f, df, d2f float64) {
	if math.Abs(x) < 0.5 {
		// Term k is (-1)^k x^2k/(2k+1)!.
		c := 1.0
		for k := 0; k < 9; k++ {
			n := float64(2 * k)
			f += c * ipow(x, 2*k)
			if k > 0 {
				df += n * c * ipow(x, 2*k-1)
				d2f += n * (n - 1) * c * ipow(x, 2*k-2)
			}
			c /= -(n + 2) * (n + 3)
		}
		return f, df, d2f
	}
	s, c := math.Sincos(x)
	return s / x, (c - s/x) / x, (2*(s/x-c)/x - s) / x
}

// bernoulli holds B_n/n! for even n: x/(exp(x)-1) = 1 - x/2 + sum over even n.
var bernoulli = [...]float64{
	1, 1. / 12, -1. / 720, 1. / 30240, -1. / 1209600, 1. / 47900160,
	-691. / 1307674368000, 1. / 74724249600, -3617. / 10670622842880000,
}

// bose is x/(exp(x)-1). Near 0 it is summed by its series; a negative x goes
// back to a positive one by f(-x) = f(x)+x.
func bose(x float64) (f, df, d2f float64) {
	switch {
	case math.Abs(x) < 0.7:
		f, df = -x/2, -0.5
		for k, b := range bernoulli {
			n := float64(2 * k)
			f += b * ipow(x, 2*k)
			if k > 0 {
				df += n * b * ipow(x, 2*k-1)
				d2f += n * (n - 1) * b * ipow(x, 2*k-2)
			}
		}
		return f, df, d2f
	case x < 0:
		g, dg, d2g := bose(-x)
		return g - x, -dg - 1, d2g
	case x > 745:
		return 0, 0, 0
	}
	u, v := math.Exp(-x), -math.Expm1(-x) // v = 1-u
	return x * u / v, u * (v - x) / (v * v), u * (x*(1+u) - 2*v) / (v * v * v)
}

// ipow is x^n for small n >= 0.
func ipow(x float64, n int) float64 {
	p := 1.0
	for range n {
		p *= x
	}
	return p
}
