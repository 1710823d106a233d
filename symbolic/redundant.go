package symbolic

import (
	"context"
	"fmt"
	"math"
)

// RemoveRedundant returns e with as many free constants fixed as the data do
// not determine: one scale of a*b*x, one offset of log(a*x)+b. The numerical
// rank of the Jacobian at the fitted constants, columns scaled to norm 1 (QR
// with column pivoting), tells how many there are. Of the constants that can be
// fixed at 0, 1 or -1 without raising the error, those are taken that leave the
// smallest formula; a constant for which none of these serves stays at its
// fitted value. The free constants of the result are fitted.
//
// The error is that of Refit.
func RemoveRedundant(ctx context.Context, e *Expr, d Data) (*Expr, error) {
	f, err := Refit(ctx, e, d, RefitOptions{})
	if err != nil {
		return e, fmt.Errorf("remove redundant constants: %w", err)
	}
	floor := roundingFloor(d)
	for len(f.Redundant) > 0 && ctx.Err() == nil {
		f = fixOne(ctx, f, d, floor)
	}
	return f.Expr, nil
}

// fixOne fixes one of the constants of f, which has redundant ones.
func fixOne(ctx context.Context, f Fit, d Data, floor float64) Fit {
	limit := max(f.RMSE*(1+1e-9), floor)
	var best Fit
	size := math.MaxInt
	p := len(f.Expr.FreeValues())
	for k := range p {
		for _, v := range []int64{0, 1, -1} {
			if ctx.Err() != nil {
				break
			}
			fixed := fixConst(f.Expr, k, Int(v))
			smaller := Simplify(fixed, SimplifyOptions{Domains: IntervalsOf(d)})
			if smaller.Complexity() >= size {
				continue
			}
			g, err := Refit(ctx, smaller, d, RefitOptions{})
			// Fixing a constant that the data do determine raises the error;
			// one less to fix is left if the constant was redundant.
			if err == nil && g.RMSE <= limit {
				best, size = g, smaller.Complexity()
			}
		}
	}
	if size < math.MaxInt {
		return best
	}
	k := f.Redundant[0]
	g, err := Refit(ctx, fixConst(f.Expr, k, Float(f.Expr.FreeValues()[k])), d, RefitOptions{})
	if err != nil {
		f.Redundant = nil
		return f
	}
	return g
}

// fixConst replaces free constant k by node.
func fixConst(e *Expr, k int, node *Expr) *Expr {
	values := e.FreeValues()
	nodes := make([]*Expr, len(values))
	for i, v := range values {
		nodes[i] = Free(v)
	}
	nodes[k] = node
	return e.WithFree(nodes)
}

// roundingFloor is the error, in units of the target, that rounding explains.
func roundingFloor(d Data) float64 {
	var most float64
	for _, y := range d.Y {
		most = max(most, math.Abs(y))
	}
	if most == 0 {
		return 0
	}
	var ss float64
	for _, y := range d.Y {
		r := y / most
		ss += r * r
	}
	return 1e-13 * most * math.Sqrt(ss/float64(len(d.Y)))
}
