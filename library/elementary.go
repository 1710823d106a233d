package library

import "math"

var whole = Domain{Lo: math.Inf(-1), Hi: math.Inf(1)}

// elementary returns the functions that formulas call by name, except sqrt,
// which is a power.
func elementary() []*Func {
	return []*Func{
		{
			Name: "exp", Cost: 3, Value: math.Exp, Domain: whole, Starts: rateStarts,
			DerivativeFormula: "exp(x)",
			Derivatives:       func(x float64) (f, df, d2f float64) { e := math.Exp(x); return e, e, e },
		},
		{
			Name: "log", Cost: 3, Value: math.Log, Starts: shiftStarts,
			Domain:            Domain{Lo: 0, Hi: math.Inf(1), LoOpen: true},
			DerivativeFormula: "1/x",
			Derivatives: func(x float64) (f, df, d2f float64) {
				if x <= 0 {
					return math.Log(x), math.NaN(), math.NaN()
				}
				return math.Log(x), 1 / x, -1 / (x * x)
			},
		},
		{
			Name: "sin", Cost: 3, Value: math.Sin, Domain: whole, Starts: waveStarts,
			DerivativeFormula: "cos(x)",
			Derivatives:       func(x float64) (f, df, d2f float64) { s, c := math.Sincos(x); return s, c, -s },
		},
		{
			Name: "cos", Cost: 3, Value: math.Cos, Domain: whole, Starts: waveStarts,
			DerivativeFormula: "-sin(x)",
			Derivatives:       func(x float64) (f, df, d2f float64) { s, c := math.Sincos(x); return c, -s, -c },
		},
		{
			Name: "tan", Cost: 5, Value: math.Tan, Starts: rateStarts,
			Domain:            Domain{Lo: math.Inf(-1), Hi: math.Inf(1), Poles: polesOfTan},
			DerivativeFormula: "1+tan(x)^2",
			Derivatives: func(x float64) (f, df, d2f float64) {
				t := math.Tan(x)
				return t, 1 + t*t, 2 * t * (1 + t*t)
			},
		},
		{
			Name: "asin", Cost: 5, Value: math.Asin, Domain: Domain{Lo: -1, Hi: 1}, Starts: rateStarts,
			DerivativeFormula: "1/sqrt(1-x^2)",
			Derivatives: func(x float64) (f, df, d2f float64) {
				s := math.Sqrt((1 - x) * (1 + x))
				return math.Asin(x), 1 / s, x / (s * s * s)
			},
		},
		{
			Name: "acos", Cost: 5, Value: math.Acos, Domain: Domain{Lo: -1, Hi: 1}, Starts: rateStarts,
			DerivativeFormula: "-1/sqrt(1-x^2)",
			Derivatives: func(x float64) (f, df, d2f float64) {
				s := math.Sqrt((1 - x) * (1 + x))
				return math.Acos(x), -1 / s, -x / (s * s * s)
			},
		},
		{
			Name: "atan", Cost: 5, Value: math.Atan, Domain: whole, Starts: bumpStarts,
			DerivativeFormula: "1/(1+x^2)",
			Derivatives: func(x float64) (f, df, d2f float64) {
				d := 1 / (1 + x*x)
				return math.Atan(x), d, -2 * x * d * d
			},
		},
		{
			Name: "sinh", Cost: 5, Value: math.Sinh, Domain: whole, Starts: bumpStarts,
			DerivativeFormula: "cosh(x)",
			Derivatives: func(x float64) (f, df, d2f float64) {
				s := math.Sinh(x)
				return s, math.Cosh(x), s
			},
		},
		{
			Name: "cosh", Cost: 5, Value: math.Cosh, Domain: whole, Starts: bumpStarts,
			DerivativeFormula: "sinh(x)",
			Derivatives: func(x float64) (f, df, d2f float64) {
				c := math.Cosh(x)
				return c, math.Sinh(x), c
			},
		},
		{
			Name: "tanh", Cost: 4, Value: math.Tanh, Domain: whole, Starts: bumpStarts,
			DerivativeFormula: "1-tanh(x)^2",
			Derivatives: func(x float64) (f, df, d2f float64) {
				t, s := math.Tanh(x), 1/math.Cosh(x)
				return t, s * s, -2 * t * s * s
			},
		},
		{
			Name: "asinh", Cost: 6, Value: math.Asinh, Domain: whole, Starts: bumpStarts,
			DerivativeFormula: "1/sqrt(1+x^2)",
			Derivatives: func(x float64) (f, df, d2f float64) {
				h := math.Hypot(1, x)
				return math.Asinh(x), 1 / h, -x / h / h / h
			},
		},
		{
			Name: "cbrt", Cost: 5, Value: math.Cbrt, Domain: whole, Starts: shiftStarts,
			DerivativeFormula: "cbrt(x)/(3*x)",
			Derivatives: func(x float64) (f, df, d2f float64) {
				c := math.Cbrt(x)
				return c, 1 / (3 * c * c), -2 / (9 * c * c * c * c * c)
			},
		},
		{
			Name: "erf", Cost: 7, Value: math.Erf, Domain: whole, Starts: bumpStarts,
			DerivativeFormula: "2*exp(-x^2)/sqrt(pi)",
			Derivatives: func(x float64) (f, df, d2f float64) {
				d := 2 / math.SqrtPi * math.Exp(-x*x)
				return math.Erf(x), d, -2 * x * d
			},
		},
		{
			Name: "abs", Cost: 4, Value: math.Abs, Domain: whole, Starts: bumpStarts,
			DerivativeFormula: "sign(x)",
			Derivatives:       func(x float64) (f, df, d2f float64) { return math.Abs(x), sign(x), 0 },
		},
		{
			Name: "sign", Cost: 6, Value: sign, Domain: whole, Starts: bumpStarts,
			DerivativeFormula: "0",
			Derivatives:       func(x float64) (f, df, d2f float64) { return sign(x), 0, 0 },
		},
	}
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x // 0 and NaN
}

// polesOfTan returns the odd multiples of pi/2 in [lo, hi].
func polesOfTan(lo, hi float64) []float64 {
	if math.IsInf(lo, 0) || math.IsInf(hi, 0) || hi-lo > 1e4 {
		// Too many to list: the first one says that there are some.
		lo, hi = math.Max(lo, -math.Pi), math.Min(hi, math.Pi)
	}
	var poles []float64
	for k := math.Ceil(lo/math.Pi - 0.5); ; k++ {
		p := (k + 0.5) * math.Pi
		if p > hi {
			return poles
		}
		if p >= lo {
			poles = append(poles, p)
		}
	}
}
