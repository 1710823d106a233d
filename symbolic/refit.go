package symbolic

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/kansym/kansym/kan/lm"
)

// Data is what a formula is fitted to: columns of equal length, one a
// variable. Nothing in this package changes it.
type Data struct {
	Names []string    // of the columns
	Cols  [][]float64 // column-major, as long as Y
	Y     []float64   // the target
	W     []float64   // weights, not negative; nil means that all are 1
}

// Rows is a view of the rows from (included) to to (excluded), as far as there
// are any.
func (d Data) Rows(from, to int) Data {
	to = min(to, len(d.Y))
	from = max(0, min(from, to))
	out := Data{Names: d.Names, Y: d.Y[from:to]}
	for _, c := range d.Cols {
		out.Cols = append(out.Cols, c[from:to])
	}
	if d.W != nil {
		out.W = d.W[from:to]
	}
	return out
}

// check returns an error that says what is wrong with the shapes of d.
func (d Data) check() error {
	if len(d.Names) != len(d.Cols) {
		return fmt.Errorf("%d names for %d columns", len(d.Names), len(d.Cols))
	}
	if len(d.Y) == 0 {
		return fmt.Errorf("no rows")
	}
	for i, c := range d.Cols {
		if len(c) != len(d.Y) {
			return fmt.Errorf("column %s has %d rows, the target %d", d.Names[i], len(c), len(d.Y))
		}
	}
	if d.W != nil && len(d.W) != len(d.Y) {
		return fmt.Errorf("%d weights for %d rows", len(d.W), len(d.Y))
	}
	return nil
}

// Fit is a formula whose free constants have been fitted to data.
type Fit struct {
	Expr *Expr

	// SSE is the sum of w*(f-y)^2 and RMSE the root of SSE over the sum of the
	// weights: without weights, the root mean square of the residuals. Both
	// are +Inf if the formula is not finite on every row.
	RMSE, SSE float64

	// Cov is the covariance of the free constants in the order of
	// Expr.FreeValues, s^2 (J'J)^-1 with s^2 = SSE/(n-p). It is nil if there
	// are no free constants, if the data do not determine them all (Redundant
	// says which), or if there are not more rows than constants.
	Cov *mat.SymDense

	// StdErr are the roots of Cov's diagonal; nil if Cov is nil.
	StdErr []float64

	// Redundant are the indices of free constants that could be fixed where
	// they are without raising SSE.
	Redundant []int

	Iter      int  // trial steps of all starts
	Converged bool // whether the best start ended in a minimum
}

// ErrUndefined is returned by Refit, wrapped, when the formula is not finite on
// every row for any of the starting points. Others may be better.
var ErrUndefined = errors.New("the formula is undefined on some of the rows with every starting value of its constants that was tried")

// RefitOptions steer Refit. The zero value means one start from the constants
// as they are, and convergence to the limits of double precision.
type RefitOptions struct {
	// MaxIter bounds the trial steps of one start; 0 means 200+20p for p
	// constants.
	MaxIter int

	// Starts is the number of starting points, the first of which are the
	// constants as they are; 0 means 1. The others multiply constants by
	// log-normal factors and flip some signs.
	Starts int

	// Seed drives the starting points.
	Seed uint64

	// Tol ends a start when the linear model promises to lower the sum of
	// squares by less than this share of it. If it is 0 it is 1e-22, which is
	// as far as double precision goes; 1e-6 is enough for ranking.
	Tol float64

	// NoCov skips covariance, standard errors and redundancy.
	NoCov bool
}

// Refit changes the free constants of e so that the weighted sum of squares is
// least, by Levenberg-Marquardt with QR steps (package lm). Constants in which
// e is affine are eliminated by variable projection, so their starting values do
// not matter. Without noise a true formula reaches a relative RMSE near 1e-15.
// The result is never worse than e.
//
// The error is about the shapes of d, a variable of e that is not in d, or a
// formula that is not finite for any start, ErrUndefined. If ctx is done, the best constants
// so far are returned without an error.
func Refit(ctx context.Context, e *Expr, d Data, opt RefitOptions) (Fit, error) {
	r, err := newRefitter(e, d)
	if err != nil {
		return Fit{Expr: e, RMSE: math.Inf(1), SSE: math.Inf(1)}, fmt.Errorf("refit: %w", err)
	}
	return r.fit(ctx, opt)
}

// refitter fits the constants of one expression to one table.
type refitter struct {
	e    *Expr
	d    Data
	prog *Program
	ws   *Workspace
	view [][]float64
	rw   []float64 // square roots of the weights, nil if all are 1
	sumW float64
}

func newRefitter(e *Expr, d Data) (*refitter, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	prog, err := Compile(e, d.Names)
	if err != nil {
		return nil, err
	}
	r := &refitter{e: e, d: d, prog: prog, ws: prog.NewWorkspace(), view: make([][]float64, len(d.Cols)), sumW: float64(len(d.Y))}
	if d.W != nil {
		r.sumW = 0
		r.rw = make([]float64, len(d.W))
		for i, w := range d.W {
			if !(w >= 0) || math.IsInf(w, 0) {
				return nil, fmt.Errorf("weight of row %d is %v; weights must be finite and not negative", i, w)
			}
			r.rw[i] = math.Sqrt(w)
			r.sumW += w
		}
		if r.sumW == 0 {
			return nil, fmt.Errorf("all weights are 0")
		}
	}
	return r, nil
}

func (r *refitter) rows(lo, hi int) [][]float64 {
	for i, c := range r.d.Cols {
		r.view[i] = c[lo:hi]
	}
	return r.view
}

// residuals turns values into weighted residuals.
func (r *refitter) residuals(dst []float64, lo int) {
	y := r.d.Y[lo : lo+len(dst)]
	if r.rw == nil {
		for i := range dst {
			dst[i] -= y[i]
		}
		return
	}
	w := r.rw[lo : lo+len(dst)]
	for i := range dst {
		dst[i] = (dst[i] - y[i]) * w[i]
	}
}

func (r *refitter) problem() lm.Problem {
	return lm.Problem{
		NumParams:    r.prog.NumParams(),
		NumResiduals: len(r.d.Y),
		Residual: func(dst, params []float64, lo, hi int) bool {
			if !r.prog.Eval(r.ws, dst, r.rows(lo, hi), params) {
				return false
			}
			r.residuals(dst, lo)
			return finite(dst)
		},
		Jacobian: func(dst []float64, jac [][]float64, params []float64, lo, hi int) bool {
			if !r.prog.EvalJac(r.ws, dst, jac, r.rows(lo, hi), params) {
				return false
			}
			r.residuals(dst, lo)
			if r.rw != nil {
				w := r.rw[lo:hi]
				for _, col := range jac {
					for i := range col {
						col[i] *= w[i]
					}
				}
			}
			return finite(dst)
		},
		Linear: affineParams(r.e),
	}
}

// rmse returns the error with the constants as they are, +Inf if a value is not
// finite.
func (r *refitter) rmse() float64 {
	var ss float64
	buf := make([]float64, min(len(r.d.Y), 1024))
	for lo := 0; lo < len(r.d.Y); lo += len(buf) {
		out := buf[:min(len(buf), len(r.d.Y)-lo)]
		if !r.prog.Eval(r.ws, out, r.rows(lo, lo+len(out)), nil) {
			return math.Inf(1)
		}
		r.residuals(out, lo)
		for _, v := range out {
			ss += v * v
		}
	}
	return math.Sqrt(ss / r.sumW)
}

func (r *refitter) fit(ctx context.Context, opt RefitOptions) (Fit, error) {
	var solver lm.Solver
	prob := r.problem()
	start := r.prog.Params()
	lmOpt := lm.Options{MaxIter: opt.MaxIter, ReductionTol: opt.Tol}
	rng := rand.New(rand.NewPCG(opt.Seed, 0x5eed))

	best := lm.Result{Status: lm.NonFinite}
	iter := 0
	for s := range max(opt.Starts, 1) {
		if s > 0 && (ctx.Err() != nil || len(start) == 0) {
			break
		}
		from := append([]float64(nil), start...)
		if s > 0 {
			perturb(from, rng)
		}
		res := solver.Solve(ctx, prob, from, lmOpt)
		iter += res.Iter
		if res.Status != lm.NonFinite && (best.Status == lm.NonFinite || res.Norm < best.Norm) {
			best = res
		}
	}
	f := Fit{Expr: r.e, RMSE: math.Inf(1), SSE: math.Inf(1), Iter: iter}
	if best.Status == lm.NonFinite {
		return f, fmt.Errorf("refit: %s: %w", r.e, ErrUndefined)
	}
	f.Converged = best.Status == lm.Converged
	f.SSE = best.Norm * best.Norm
	f.RMSE = best.Norm / math.Sqrt(r.sumW)
	if len(start) == 0 {
		return f, nil
	}
	nodes := make([]*Expr, len(best.Params))
	for i, v := range best.Params {
		nodes[i] = Free(v)
	}
	f.Expr = r.e.WithFree(nodes)
	if opt.NoCov {
		return f, nil
	}
	f.Redundant = best.Redundant(0)
	f.Cov = best.Covariance()
	if f.Cov != nil {
		f.StdErr = make([]float64, len(nodes))
		for i := range f.StdErr {
			f.StdErr[i] = math.Sqrt(f.Cov.At(i, i))
		}
	}
	return f, nil
}

// perturb moves constants to another starting point.
func perturb(v []float64, rng *rand.Rand) {
	for i := range v {
		if v[i] == 0 {
			v[i] = rng.NormFloat64()
			continue
		}
		v[i] *= math.Exp(rng.NormFloat64())
		if rng.IntN(4) == 0 {
			v[i] = -v[i]
		}
	}
}

// AffineConstants marks, in the order of FreeValues, free constants in which e is
// jointly affine while the others are held: those that Refit eliminates.
func (e *Expr) AffineConstants() []bool { return affineParams(e) }

// affineParams marks free constants in which e is jointly affine while the
// others are held. Which set is taken is decided from the outside in: in
// a*(x+b) it is a.
func affineParams(e *Expr) []bool {
	var depth []int
	var visit func(n *Expr, d int)
	visit = func(n *Expr, d int) {
		if n.IsFree() {
			depth = append(depth, d)
			return
		}
		for _, a := range n.args {
			visit(a, d+1)
		}
	}
	visit(e, 0)
	order := make([]int, len(depth))
	for i := range order {
		order[i] = i
	}
	for i := 1; i < len(order); i++ { // insertion sort: stable, and few constants
		for j := i; j > 0 && depth[order[j]] < depth[order[j-1]]; j-- {
			order[j], order[j-1] = order[j-1], order[j]
		}
	}
	in := make([]bool, len(depth))
	for _, k := range order {
		in[k] = true
		next := 0
		if degree(e, in, &next) > 1 {
			in[k] = false
		}
	}
	return in
}

// degree returns the degree of e in the marked free constants: 0, 1, or 2 for
// anything that is not affine. next counts the free constants passed.
func degree(e *Expr, in []bool, next *int) int {
	if e.IsFree() {
		*next++
		if in[*next-1] {
			return 1
		}
		return 0
	}
	d := 0
	for _, a := range e.args {
		g := degree(a, in, next)
		switch e.kind {
		case KindAdd:
			d = max(d, g)
		case KindMul:
			d += g
		default:
			d += 2 * g
		}
	}
	return min(d, 2)
}
