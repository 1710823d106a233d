package report

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// Describe measures a formula on all rows of a table, whose inputs it is over,
// without changing it. Both errors of the result are over all rows; standard
// errors are those of least squares at the decimals as they are, 0 where the rows
// do not determine them. The error names a variable that the table does not have.
func Describe(e *symbolic.Expr, t *table.Table) (*fit.Candidate, error) {
	d, err := CompareFormula(e, t, nil)
	if err != nil {
		return nil, err
	}
	c := &fit.Candidate{
		Expression: e.Format(library.LangExpr), LaTeX: e.Format(library.LangLaTeX),
		Complexity: e.Complexity(), Expr: e, Constants: []fit.Constant{},
	}
	c.RMSEHeldout, c.R2Heldout = agreement(d.Y, d.Predicted)
	c.RMSETrain, c.R2Train = c.RMSEHeldout, c.R2Heldout
	// With its decimals free, the formula has a derivative by each of them.
	free, err := symbolic.Parse(c.Expression, symbolic.ParseOptions{Vars: t.InputNames(), FreeNumbers: true, Functions: functionsOf(e)})
	if err != nil {
		free = e
	}
	stderr := standardErrors(free, d, t)
	var values []float64
	free.Walk(func(n *symbolic.Expr) bool {
		if n.Kind() == symbolic.KindFloat {
			values = append(values, n.Const())
		}
		return true
	})
	for _, i := range free.DecimalOrder() {
		k := fit.Constant{Value: values[i]}
		if len(stderr) == len(values) {
			k.StdErr = stderr[i]
		}
		c.Constants = append(c.Constants, k)
	}
	return c, nil
}

// functionsOf is the set of the functions that a formula calls.
func functionsOf(e *symbolic.Expr) *library.Set {
	var funcs []*library.Func
	e.Walk(func(n *symbolic.Expr) bool {
		if f := n.Func(); f != nil {
			funcs = append(funcs, f)
		}
		return true
	})
	return library.DefaultSet().With(funcs...)
}

// standardErrors are the roots of the diagonal of s²(J'J)⁻¹ for the free constants
// of e, with columns of J scaled to norm 1 while it is inverted.
func standardErrors(e *symbolic.Expr, d *Prediction, t *table.Table) []float64 {
	program, err := symbolic.Compile(e, t.InputNames())
	if err != nil {
		return nil
	}
	n, p := len(d.Y), program.NumParams()
	if p == 0 || n <= p {
		return nil
	}
	value, jac := make([]float64, n), make([][]float64, p)
	for k := range jac {
		jac[k] = make([]float64, n)
	}
	if !program.EvalJac(program.NewWorkspace(), value, jac, d.Cols, nil) {
		return nil
	}
	sse := 0.0
	for r, v := range value {
		w := 1.0
		if t.Weights != nil {
			w = t.Weights[r]
		}
		root := math.Sqrt(w)
		for k := range jac {
			jac[k][r] *= root
		}
		sse += w * (v - d.Y[r]) * (v - d.Y[r])
	}
	norm := make([]float64, p)
	for k, col := range jac {
		norm[k] = mat.Norm(mat.NewVecDense(n, col), 2)
		if !(norm[k] > 0) || math.IsInf(norm[k], 0) {
			return nil
		}
		for r := range col {
			col[r] /= norm[k]
		}
	}
	gram := mat.NewSymDense(p, nil)
	for i := range p {
		for j := i; j < p; j++ {
			gram.SetSym(i, j, mat.Dot(mat.NewVecDense(n, jac[i]), mat.NewVecDense(n, jac[j])))
		}
	}
	var chol mat.Cholesky
	// Beyond this the inverse has no digit left, and constants are not determined.
	const worst = 1e12
	if !chol.Factorize(gram) || chol.Cond() > worst {
		return nil
	}
	var inverse mat.SymDense
	if err := chol.InverseTo(&inverse); err != nil {
		return nil
	}
	out := make([]float64, p)
	for k := range out {
		out[k] = math.Sqrt(sse/float64(n-p)*inverse.At(k, k)) / norm[k]
		if !isFinite(out[k]) {
			return nil
		}
	}
	return out
}
