package lm

import (
	"context"
	"math"
	"testing"
)

// A curve is a model y = f(x; b) with its derivatives in b.
type curve struct {
	name    string
	x, y    []float64
	f       func(x float64, b, grad []float64) float64 // grad may be nil
	linear  []bool
	starts  [][]float64
	want    []float64
	se      []float64
	rss     float64
	maxIter int // trial steps allowed

	// Start 1 is far away on purpose. Where farLinear is set, only the
	// elimination of the linear parameters is expected to come back from it;
	// where hopeless is set, nothing is (other minima lie in between).
	farLinear, hopeless bool
}

// problem states the least-squares problem of the curve.
func (c *curve) problem() Problem {
	grad := make([]float64, len(c.want))
	return Problem{
		NumParams: len(c.want), NumResiduals: len(c.y),
		Residual: func(dst, b []float64, lo, hi int) bool {
			for i := lo; i < hi; i++ {
				dst[i-lo] = c.f(c.x[i], b, nil) - c.y[i]
			}
			return finite(dst)
		},
		Jacobian: func(dst []float64, jac [][]float64, b []float64, lo, hi int) bool {
			for i := lo; i < hi; i++ {
				dst[i-lo] = c.f(c.x[i], b, grad) - c.y[i]
				for k, g := range grad {
					jac[k][i-lo] = g
				}
			}
			for _, col := range jac {
				if !finite(col) {
					return false
				}
			}
			return finite(dst)
		},
	}
}

func ramp(lo, hi, step float64) []float64 {
	var v []float64
	for i := 0; lo+float64(i)*step <= hi+step/2; i++ {
		v = append(v, lo+float64(i)*step)
	}
	return v
}

// The NIST Statistical Reference Datasets for nonlinear regression
// (https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml), with their
// certified parameters, standard errors and residual sums of squares.
var nist = []curve{
	{
		name: "Misra1a",
		y:    []float64{10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78},
		x:    []float64{77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0},
		f: func(x float64, b, g []float64) float64 {
			e := math.Exp(-b[1] * x)
			if g != nil {
				g[0], g[1] = 1-e, b[0]*x*e
			}
			return b[0] * (1 - e)
		},
		linear: []bool{true, false},
		starts: [][]float64{{500, 1e-4}, {250, 5e-4}},
		want:   []float64{2.3894212918e+02, 5.5015643181e-04},
		se:     []float64{2.7070075241e+00, 7.2668688436e-06},
		rss:    1.2455138894e-01, maxIter: 30,
	},
	{
		name: "BoxBOD",
		y:    []float64{109, 149, 149, 191, 213, 224},
		x:    []float64{1, 2, 3, 5, 7, 10},
		f: func(x float64, b, g []float64) float64 {
			e := math.Exp(-b[1] * x)
			if g != nil {
				g[0], g[1] = 1-e, b[0]*x*e
			}
			return b[0] * (1 - e)
		},
		linear: []bool{true, false},
		starts: [][]float64{{1, 1}, {100, 0.75}},
		want:   []float64{2.1380940889e+02, 5.4723748542e-01},
		se:     []float64{1.2354515176e+01, 1.0455993237e-01},
		rss:    1.1680088766e+03, maxIter: 60, farLinear: true,
	},
	{
		name: "MGH09",
		y:    []float64{0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246},
		x:    []float64{4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625},
		f: func(x float64, b, g []float64) float64 {
			num, den := x*x+x*b[1], x*x+x*b[2]+b[3]
			if g != nil {
				g[0], g[1] = num/den, b[0]*x/den
				g[2], g[3] = -b[0]*num*x/(den*den), -b[0]*num/(den*den)
			}
			return b[0] * num / den
		},
		linear: []bool{true, false, false, false},
		starts: [][]float64{{25, 39, 41.5, 39}, {0.25, 0.39, 0.415, 0.39}},
		want:   []float64{1.9280693458e-01, 1.9128232873e-01, 1.2305650693e-01, 1.3606233068e-01},
		se:     []float64{1.1435312227e-02, 1.9633220911e-01, 8.0842031232e-02, 9.0025542308e-02},
		rss:    3.0750560385e-04, maxIter: 300,
	},
	{
		name: "MGH10",
		y:    []float64{34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872},
		x:    ramp(50, 125, 5),
		f: func(x float64, b, g []float64) float64 {
			e := math.Exp(b[1] / (x + b[2]))
			if g != nil {
				g[0], g[1], g[2] = e, b[0]*e/(x+b[2]), -b[0]*e*b[1]/((x+b[2])*(x+b[2]))
			}
			return b[0] * e
		},
		linear: []bool{true, false, false},
		starts: [][]float64{{2, 400000, 25000}, {0.02, 4000, 250}},
		want:   []float64{5.6096364710e-03, 6.1813463463e+03, 3.4522363462e+02},
		se:     []float64{1.5687892471e-04, 2.3309021107e+01, 7.8486103508e-01},
		rss:    8.7945855171e+01, maxIter: 300, hopeless: true,
	},
	{
		name: "Thurber",
		y: []float64{
			80.574, 84.248, 87.264, 87.195, 89.076, 89.608, 89.868, 90.101, 92.405, 95.854, 100.696, 101.060,
			401.672, 390.724, 567.534, 635.316, 733.054, 759.087, 894.206, 990.785, 1090.109, 1080.914, 1122.643, 1178.351,
			1260.531, 1273.514, 1288.339, 1327.543, 1353.863, 1414.509, 1425.208, 1421.384, 1442.962, 1464.350, 1468.705,
			1447.894, 1457.628,
		},
		x: []float64{
			-3.067, -2.981, -2.921, -2.912, -2.840, -2.797, -2.702, -2.699, -2.633, -2.481, -2.363, -2.322,
			-1.501, -1.460, -1.274, -1.212, -1.100, -1.046, -0.915, -0.714, -0.566, -0.545, -0.400, -0.309,
			-0.109, -0.103, 0.010, 0.119, 0.377, 0.790, 0.963, 1.006, 1.115, 1.572, 1.841,
			2.047, 2.200,
		},
		f: func(x float64, b, g []float64) float64 {
			num := b[0] + x*(b[1]+x*(b[2]+x*b[3]))
			den := 1 + x*(b[4]+x*(b[5]+x*b[6]))
			if g != nil {
				p := 1.0
				for k := range 4 {
					g[k] = p / den
					p *= x
				}
				p = x
				for k := 4; k < 7; k++ {
					g[k] = -num * p / (den * den)
					p *= x
				}
			}
			return num / den
		},
		linear: []bool{true, true, true, true, false, false, false},
		starts: [][]float64{{1000, 1000, 400, 40, 0.7, 0.3, 0.03}, {1300, 1500, 500, 75, 1, 0.4, 0.05}},
		want:   []float64{1.2881396800e+03, 1.4910792535e+03, 5.8323836877e+02, 7.5416644291e+01, 9.6629502864e-01, 3.9797285797e-01, 4.9727297349e-02},
		se:     []float64{4.6647963344e+00, 3.9571156086e+01, 2.8698696102e+01, 5.5675370270e+00, 3.1333340687e-02, 1.4984928198e-02, 6.5842344623e-03},
		rss:    5.6427082397e+03, maxIter: 100,
	},
}

// Eleven digits are certified; the last may be rounded.
const certified = 1e-10

func TestNIST(t *testing.T) {
	for i := range nist {
		c := &nist[i]
		for _, projected := range []bool{false, true} {
			for k, start := range c.starts {
				if k == 0 && (c.hopeless || c.farLinear && !projected) {
					continue
				}
				prob := c.problem()
				if projected {
					prob.Linear = c.linear
				}
				res := Solve(context.Background(), prob, start, Options{MaxIter: c.maxIter})
				t.Logf("%s start %d projected %v: %v after %d steps, %d evaluations, cosine %.1g",
					c.name, k+1, projected, res.Status, res.Iter, res.Evals, res.Cosine)
				if res.Status != Converged {
					t.Errorf("%s start %d: status %v, params %v", c.name, k+1, res.Status, res.Params)
				}
				for j, want := range c.want {
					if e := math.Abs(res.Params[j]/want - 1); e > certified {
						t.Errorf("%s start %d projected %v: parameter %d is %.12g, certified %.11g, off by %.1g", c.name, k+1, projected, j, res.Params[j], want, e)
					}
				}
				if e := math.Abs(res.Norm*res.Norm/c.rss - 1); e > certified {
					t.Errorf("%s start %d: sum of squares %.12g, certified %.11g", c.name, k+1, res.Norm*res.Norm, c.rss)
				}
				cov := res.Covariance()
				if cov == nil {
					t.Errorf("%s: no covariance", c.name)
					continue
				}
				for j, want := range c.se {
					if e := math.Abs(math.Sqrt(cov.At(j, j))/want - 1); e > 1e-8 {
						t.Errorf("%s: standard error %d is %.12g, certified %.11g", c.name, j, math.Sqrt(cov.At(j, j)), want)
					}
				}
			}
		}
	}
}
