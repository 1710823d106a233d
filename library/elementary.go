package library

import "math"

// The functions of this file return value, first and second derivative of the
// callable functions. They avoid overflow of intermediate results, so that
// the derivatives of bounded functions go to zero and not to NaN.

func sinD(x float64) (f, df, d2f float64) {
	s, c := math.Sincos(x)
	return s, c, -s
}

func cosD(x float64) (f, df, d2f float64) {
	s, c := math.Sincos(x)
	return c, -s, -c
}

func tanD(x float64) (f, df, d2f float64) {
	t := math.Tan(x)
	s := 1 + t*t
	return t, s, 2 * t * s
}

func asinD(x float64) (f, df, d2f float64) {
	// (1-x)(1+x) keeps its digits near the ends, 1-x*x does not.
	r := math.Sqrt((1 - x) * (1 + x))
	return math.Asin(x), 1 / r, x / (r * r * r)
}

func acosD(x float64) (f, df, d2f float64) {
	r := math.Sqrt((1 - x) * (1 + x))
	return math.Acos(x), -1 / r, -x / (r * r * r)
}

func atanD(x float64) (f, df, d2f float64) {
	h := 1 / math.Hypot(1, x)
	return math.Atan(x), h * h, -2 * (x * h) * h * h * h
}

func sinhD(x float64) (f, df, d2f float64) {
	s := math.Sinh(x)
	return s, math.Cosh(x), s
}

func coshD(x float64) (f, df, d2f float64) {
	c := math.Cosh(x)
	return c, math.Sinh(x), c
}

func tanhD(x float64) (f, df, d2f float64) {
	t, s := math.Tanh(x), sech(x)
	return t, s * s, -2 * t * s * s
}

func asinhD(x float64) (f, df, d2f float64) {
	h := 1 / math.Hypot(1, x)
	return math.Asinh(x), h, -(x * h) * h * h
}

func expD(x float64) (f, df, d2f float64) {
	e := math.Exp(x)
	return e, e, e
}

func logD(x float64) (f, df, d2f float64) {
	if x < 0 { // 1/x is defined there, the logarithm is not
		return math.NaN(), math.NaN(), math.NaN()
	}
	r := 1 / x
	return math.Log(x), r, -r * r
}

func cbrtD(x float64) (f, df, d2f float64) {
	c := math.Cbrt(x)
	d := 1 / (3 * c * c)
	return c, d, -2 * d / (3 * x)
}

func absD(x float64) (f, df, d2f float64) { return math.Abs(x), sign(x), 0 }

func signD(x float64) (f, df, d2f float64) { return sign(x), 0, 0 }

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x // 0 and NaN
}

func erfD(x float64) (f, df, d2f float64) {
	f = math.Erf(x)
	g := 2 / math.Sqrt(math.Pi) * math.Exp(-x*x)
	if g == 0 { // far out x*g would be Inf*0
		return f, 0, 0
	}
	return f, g, -2 * x * g
}
