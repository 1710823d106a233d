package fit

import (
	"context"
	"math"
	"slices"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/symbolic"
)

// settled reports whether the best formula leaves nothing but noise, so that
// the search can end: what it leaves of the target is not predicted by a
// network of all inputs, the formula is short with hardly a constant that is not
// exact, and it explains most of the target; late in the search two such constants
// are allowed, and early more nodes without any or in a power law. Without noise
// no formula but an exact one passes: what a wrong one leaves is smooth.
func (s *state) settled(ctx context.Context, late bool) bool {
	b := s.front.best()
	if b == nil || b.exact || ctx.Err() != nil {
		return false
	}
	if b.undetermined {
		return false
	}
	// Constants that are not exact are what overfitting is made of: with more
	// of them a better formula is worth looking for, and likewise where the
	// formula is long. Polishing makes formulas shorter, but not by that much,
	// though all exponents of a power law may turn out whole.
	mostConstants, mostSize := 1, 6
	if late || s.searched {
		mostConstants, mostSize = 2, 16
	}
	if b.complexity > max(2*mostSize, 30) || len(b.expr.FreeValues()) > max(2*mostConstants+2, len(s.data.search.Names)+2) {
		return false
	}
	if b != s.judged {
		if p := s.polish(ctx, b); p != b && (s.opt.MaxComplexity == 0 || p.complexity <= s.opt.MaxComplexity) {
			s.front.polish(b, p)
			b = s.front.best()
		}
	}
	if len(b.expr.FreeValues()) == 0 || powerLaw(b.expr) {
		// Nothing was adapted to the noise, or nothing but a factor.
		mostSize = 20
	}
	if b.complexity > mostSize || len(b.expr.FreeValues()) > mostConstants {
		return false
	}
	if b == s.judged {
		return s.white
	}
	s.judged, s.white = b, false
	// What something else predicts is no noise.
	if s.outdone(b) {
		return false
	}
	if s.withinRounding(b) {
		s.white = true
		return true
	}
	// Networks of few rows miss what is there.
	const rowsPerInput = 200
	if len(s.data.search.Y) < rowsPerInput*len(s.data.search.Names) {
		return false
	}
	// Where most of the target is left, an oscillation too fast for a network
	// would look like noise.
	const most = 0.5
	if math.Sqrt(b.error()) > most*s.scale {
		return false
	}
	s.white = s.isNoise(ctx, b.expr)
	return s.white
}

// powerLaw reports whether e is a product of whole or half powers of inputs and
// constants.
func powerLaw(e *symbolic.Expr) bool {
	switch e.Kind() {
	case symbolic.KindMul:
		return !slices.ContainsFunc(e.Args(), func(a *symbolic.Expr) bool { return !powerLaw(a) })
	case symbolic.KindPow:
		_, q, ok := e.Args()[1].Rational()
		return ok && q <= 2 && powerLaw(e.Args()[0])
	}
	return e.IsConst() || e.Kind() == symbolic.KindVar
}

// isNoise reports whether no network predicts what e leaves of the target.
func (s *state) isNoise(ctx context.Context, e *symbolic.Expr) bool {
	d, h := head(s.data.search, networkRows), head(s.data.held, networkRows)
	left, ok := leftover(e, d)
	if !ok {
		return false
	}
	leftHeld, ok := leftover(e, h)
	if !ok || len(leftHeld) == 0 {
		return false
	}
	const width = 4
	shape := []int{len(d.Names), width, 1}
	if len(d.Names) == 1 {
		shape = []int{1, 1}
	}
	net, _, err := kan.Train(ctx, shape, kan.Data{Cols: d.Cols, Y: left, W: d.W}, kan.TrainOptions{
		Grid: []int{3, 6, 12}, MaxIter: 30, Starts: 2, Seed: s.opt.Seed, Curvature: -1,
	})
	if err != nil || ctx.Err() != nil {
		return false
	}
	// Both errors are on the same rows, so that their ratio is hardly subject to
	// the luck of the draw: a network of pure noise is a little worse than zero.
	predicted := make([]float64, len(leftHeld))
	net.Predict(predicted, h.Cols)
	with, ok := meanSquare(predicted, leftHeld, h.W)
	without, _ := meanSquare(make([]float64, len(leftHeld)), leftHeld, h.W)
	const predictable = 0.99
	s.trace("of what %s leaves, a network leaves %.5f", e, with/without)
	return ok && with > predictable*without
}

// leftover is the target minus e.
func leftover(e *symbolic.Expr, d symbolic.Data) ([]float64, bool) {
	values, ok := column(e, d)
	if !ok {
		return nil, false
	}
	left := make([]float64, len(d.Y))
	for i, y := range d.Y {
		left[i] = y - values[i]
	}
	return left, true
}
