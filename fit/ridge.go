package fit

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// gram is the matrix of inner products of columns, row weights applied.
func gram(columns [][]float64, w []float64) *mat.SymDense {
	n := len(columns)
	g := mat.NewSymDense(n, nil)
	for i, c := range columns {
		if w != nil {
			c = floats.MulTo(make([]float64, len(c)), c, w)
		}
		for j := i; j < n; j++ {
			g.SetSym(i, j, floats.Dot(c, columns[j]))
		}
	}
	return g
}

// ridge solves (g+damping*I)*x = b and returns the inverse of that matrix too, which
// is the covariance of x for errors of variance one; not ok where g is not positive
// definite in working precision.
func ridge(g *mat.SymDense, b []float64, damping float64) (x []float64, inverse *mat.SymDense, ok bool) {
	m := len(b)
	damped := mat.NewSymDense(m, nil)
	damped.CopySym(g)
	for j := range m {
		damped.SetSym(j, j, g.At(j, j)+damping)
	}
	var chol mat.Cholesky
	inverse = &mat.SymDense{}
	if !chol.Factorize(damped) || chol.InverseTo(inverse) != nil {
		return nil, nil, false
	}
	x = make([]float64, m)
	mat.NewVecDense(m, x).MulVec(inverse, mat.NewVecDense(m, b))
	return x, inverse, true
}

// leastSquares fits target by columns, with damping relative to the squared size
// of each column. variances are those of the coefficients for residuals of
// variance one; nil where there is no solution.
func leastSquares(columns [][]float64, target []float64, damping float64) (coef, variances []float64) {
	m := len(columns)
	g, rhs := gram(columns, nil), make([]float64, m)
	size := make([]float64, m)
	for j, c := range columns {
		if size[j] = math.Sqrt(g.At(j, j)); size[j] == 0 || !finite(size[j]) {
			return nil, nil
		}
		rhs[j] = floats.Dot(c, target) / size[j]
	}
	for j := range m {
		for k := range j {
			g.SetSym(j, k, g.At(j, k)/(size[j]*size[k]))
		}
		g.SetSym(j, j, 1)
	}
	coef, inverse, ok := ridge(g, rhs, damping)
	if !ok {
		return nil, nil
	}
	variances = make([]float64, m)
	for j := range coef {
		coef[j] /= size[j]
		variances[j] = inverse.At(j, j) / (size[j] * size[j])
		if !finite(coef[j]) {
			return nil, nil
		}
	}
	return coef, variances
}
