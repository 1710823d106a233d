package library

import "math"

// The functions of this file return value, first and second derivative of the
// shapes that have no name of their own in formulas. Where the closed form
// cancels (sin(x)/x and x/(exp(x)-1) near 0) a series takes over; where it
// overflows (sigmoid, softplus, 1/cosh) it is written in exp(-|x|).

func sech(x float64) float64 {
	e := math.Exp(-math.Abs(x))
	return 2 * e / (1 + e*e)
}

func sechD(x float64) (f, df, d2f float64) {
	s, t := sech(x), math.Tanh(x)
	return s, -s * t, s * (t*t - s*s)
}

func gauss(x float64) float64 { return math.Exp(-x * x) }

func gaussD(x float64) (f, df, d2f float64) {
	g := math.Exp(-x * x)
	if g == 0 {
		return 0, 0, 0
	}
	return g, -2 * x * g, (4*x*x - 2) * g
}

func sigmoid(x float64) float64 {
	e := math.Exp(-math.Abs(x))
	if x < 0 {
		return e / (1 + e)
	}
	return 1 / (1 + e)
}

func sigmoidD(x float64) (f, df, d2f float64) {
	e := math.Exp(-math.Abs(x))
	d := e / ((1 + e) * (1 + e))
	// f'' = f'(1-2f), and 1-2f = -tanh(x/2).
	return sigmoid(x), d, -d * math.Tanh(x/2)
}

func softplus(x float64) float64 {
	return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
}

func softplusD(x float64) (f, df, d2f float64) {
	s, ds, _ := sigmoidD(x)
	return softplus(x), s, ds
}

func xlogx(x float64) float64 {
	if x == 0 {
		return 0
	}
	return x * math.Log(x)
}

func xlogxD(x float64) (f, df, d2f float64) {
	if x < 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	return xlogx(x), math.Log(x) + 1, 1 / x
}

func lorentz(x float64) float64 { return 1 / (1 + x*x) }

func lorentzD(x float64) (f, df, d2f float64) {
	h := 1 / math.Hypot(1, x)
	v, u := h*h, x*h // u = x/sqrt(1+x^2) is bounded, x^2 is not
	return lorentz(x), -2 * u * h * v, (6*u*u - 2*v) * v * v
}

func hyperbola(x float64) float64 { return math.Hypot(1, x) }

func hyperbolaD(x float64) (f, df, d2f float64) {
	h := math.Hypot(1, x)
	return h, x / h, 1 / h / h / h
}

func circle(x float64) float64 { return math.Sqrt((1 - x) * (1 + x)) }

func circleD(x float64) (f, df, d2f float64) {
	r := circle(x)
	return r, -x / r, -1 / (r * r * r)
}

func gamma(x float64) float64 { return 1 / circle(x) }

func gammaD(x float64) (f, df, d2f float64) {
	g := gamma(x)
	g3 := g * g * g
	return g, x * g3, (1 + 2*x*x) * g3 * g * g
}

func sinc(x float64) float64 {
	// Below, sin(x)/x is 1 - x*x/6 + ... and rounds to 1.
	if math.Abs(x) < 1e-8 {
		return 1
	}
	if math.IsInf(x, 0) {
		return 0
	}
	return math.Sin(x) / x
}

func sincD(x float64) (f, df, d2f float64) {
	if math.IsInf(x, 0) {
		return 0, 0, 0
	}
	if math.Abs(x) < 1 {
		// sin(x)/x = sum (-1)^k x^(2k)/(2k+1)!; term by term, from the
		// smallest up. Ten terms leave less than 1/21!.
		y := x * x
		for k := 9; k >= 0; k-- {
			c := oddFactorial[k]
			f = f*y + c
			if k >= 1 {
				df = df*y + 2*float64(k)*c
				d2f = d2f*y + 2*float64(k)*(2*float64(k)-1)*c
			}
		}
		return f, df * x, d2f
	}
	s, c := math.Sincos(x)
	f = s / x
	df = (c - f) / x
	return f, df, -f - 2*df/x
}

// oddFactorial[k] is (-1)^k/(2k+1)!.
var oddFactorial = [10]float64{
	1, -1. / 6, 1. / 120, -1. / 5040, 1. / 362880, -1. / 39916800, 1. / 6227020800,
	-1. / 1307674368000, 1. / 355687428096000, -1. / 121645100408832000,
}

func planck(x float64) float64 {
	if x == 0 {
		return 1
	}
	if x > 800 { // exp(x) is infinite; keep Inf/Inf away
		return 0
	}
	return x / math.Expm1(x)
}

func planckD(x float64) (f, df, d2f float64) {
	switch {
	case math.Abs(x) < 1:
		return planckSeries(x)
	case x > 800:
		return 0, 0, 0
	case x < -40: // exp(x) is below the last bit of 1
		return planck(x), -1, 0
	}
	h, dh, _ := boseD(x)
	return x * h, h + x*dh, dh * (2 - x*(1+2*h))
}

func bose(x float64) float64 { return 1 / math.Expm1(x) }

func boseD(x float64) (f, df, d2f float64) {
	f = bose(x)
	// 1+f = exp(x)*f loses its digits for x < 0.
	if x < 0 {
		df = -math.Exp(x) * f * f
	} else {
		df = -f * (1 + f)
	}
	return f, df, -df * (1 + 2*f)
}

// planckSeries is x/(exp(x)-1) = sum B_n x^n/n! with the Bernoulli numbers
// B_n; it converges for |x| < 2 pi, and its 13 terms are exact to the last bits
// for |x| < 1.
func planckSeries(x float64) (f, df, d2f float64) {
	y := x * x
	for k := len(bernoulli) - 1; k >= 0; k-- {
		c, n := bernoulli[k], 2*float64(k)
		f = f*y + c
		if k >= 1 {
			df = df*y + n*c
			d2f = d2f*y + n*(n-1)*c
		}
	}
	return f - x/2, df*x - 0.5, d2f
}

// bernoulli[k] is B_2k/(2k)!.
var bernoulli = [13]float64{
	1,
	1. / 12,
	-1. / 720,
	1. / 30240,
	-1. / 1209600,
	1. / 47900160,
	-691. / 1307674368000,
	1. / 74724249600,
	-3617. / 10670622842880000,
	43867. / 5109094217170944000,
	-174611. / 802857662698291200000,
	77683. / 14101100039391805440000,
	-236364091. / 1693824136731743669452800000,
}
