package kan

import (
	"context"
	"math"
	"sort"

	"github.com/kansym/kansym/kan/bspline"
)

// candidate is a network in training.
type candidate struct {
	net     *Network
	name    string
	out     outcome
	history []GridError
	grid    int
	// guess is the relative error expected of a start before any training, by
	// which starts are ordered.
	guess float64
}

const (
	shortRound = 10 // steps by which starts are compared
	keepStarts = 2  // starts that are trained to the end of the first grid
)

// search trains from every start for a few steps, the best of them on the
// whole first grid, and the very best on finer grids.
func (t *trainer) search(ctx context.Context, blank *Network) *candidate {
	cands := t.starts(ctx, blank)
	t.report.Starts = len(cands)
	grid := t.opt.Grid[0]
	for k, c := range cands {
		t.improve(ctx, c, grid, min(shortRound, t.opt.MaxIter))
		if ctx.Err() != nil {
			cands = cands[:k+1]
			break
		}
		if t.good(c) {
			// Nothing that the other starts could reach is worth more than what
			// finer grids will make of this one.
			cands = []*candidate{c}
			break
		}
	}
	byHeld := func(i, j int) bool { return cands[i].out.held < cands[j].out.held }
	sort.SliceStable(cands, byHeld)
	cands = cands[:min(keepStarts, len(cands))]
	if t.opt.MaxIter > shortRound {
		for _, c := range cands {
			t.improve(ctx, c, 0, t.opt.MaxIter-shortRound)
		}
		sort.SliceStable(cands, byHeld)
	}
	best := cands[0]
	best.history = append(best.history, t.gridError(best))
	t.refineGrids(ctx, best, t.opt.Grid[1:])
	return best
}

// good reports whether a start already has a relative error that only the
// right model reaches on a coarse grid.
func (t *trainer) good(c *candidate) bool { return c.out.held < 1e-8*t.variance }

// warm continues from a given network: first on its own grids, then on the
// finer ones of the options.
func (t *trainer) warm(ctx context.Context, c *candidate) {
	finest := 0
	for _, l := range c.net.Layers {
		for _, e := range l.Edges {
			if e.Kind == Spline {
				finest = max(finest, e.Spline.N)
			}
		}
	}
	t.improve(ctx, c, 0, t.opt.MaxIter)
	c.grid = finest
	c.history = append(c.history, t.gridError(c))
	for k, g := range t.opt.Grid {
		if g > finest {
			t.refineGrids(ctx, c, t.opt.Grid[k:])
			return
		}
	}
}

// refineGrids moves c to finer and finer grids until the held-out error has
// not fallen by a tenth twice in a row: one grid may be worse than a coarser
// one, with knots in the wrong places, and the next much better than both.
func (t *trainer) refineGrids(ctx context.Context, c *candidate, grids []int) {
	last := *c
	failures := 0
	for _, g := range grids {
		if ctx.Err() != nil || last.out.status == StatusTarget || last.out.status == StatusDiverged ||
			failures == 2 || t.overparametrized(c.net, g) {
			return
		}
		finer := last
		finer.net = last.net.Clone()
		t.improve(ctx, &finer, g, t.opt.MaxIter)
		finer.history = append(finer.history[:len(finer.history):len(finer.history)], t.gridError(&finer))
		failures++
		if finer.out.held < 0.81*c.out.held {
			failures = 0
		}
		if finer.out.held < c.out.held {
			*c = finer
		}
		last = finer
	}
}

// overparametrized reports whether a network on grids of n intervals has more
// parameters than there are rows. Half the data's worth of parameters can
// still be told apart by the penalty and the held-out rows; more is costly
// and gains nothing.
func (t *trainer) overparametrized(net *Network, n int) bool {
	params := 0
	for _, l := range net.Layers {
		for _, e := range l.Edges {
			switch {
			case e.Kind == Spline && !e.Fixed:
				params += n + bspline.Degree
			default:
				params += e.NumParams()
			}
		}
	}
	return params > t.data.rows()
}

// improve trains c's network on a grid of n intervals (0: on its own grids)
// for at most so many steps, keeping the grids of hidden nodes where their
// values are. Of the networks on the way it leaves the one with the smallest
// held-out error; with n = 0 that may be the one given.
func (t *trainer) improve(ctx context.Context, c *candidate, n, steps int) {
	run := &stretches{t: t, c: c}
	if n == 0 {
		run.keepGiven()
	}
	respan(c.net, t.data, n)
	if n > 0 {
		c.grid = n
	}
	if t.opt.Curvature < 0 {
		run.validated(ctx, steps)
	} else {
		run.plain(ctx, steps)
	}
	status := c.out.status
	*c = *run.best
	c.out.status = status
	c.out.iterations = run.used
}

// stretches is training on one grid, interrupted to move the grids of hidden
// nodes and to reconsider the penalty.
type stretches struct {
	t    *trainer
	c    *candidate
	best *candidate
	used int // steps
}

// keepGiven makes the network as it is the one to beat.
func (s *stretches) keepGiven() {
	lm := s.t.prepare(s.c.net)
	out := outcome{curvature: s.c.out.curvature}
	out.train = lm.p.meanSquare(lm.w, lm.cache, lm.data, lm.p.params)
	out.held = lm.p.meanSquare(lm.w, lm.hold, lm.held, lm.p.params)
	s.c.out = out
	s.keep()
}

func (s *stretches) keep() {
	k := *s.c
	k.net = s.c.net.Clone()
	s.best = &k
}

// run trains for a stretch and reports whether that lowered the held-out error
// by more than a trifle.
func (s *stretches) run(ctx context.Context, r round) (lm *levenberg, gain bool) {
	lm = s.t.prepare(s.c.net)
	r.target = s.t.target()
	out := lm.run(ctx, r)
	lm.p.store(s.c.net, lm.p.params)
	s.c.out = out
	s.used += out.iterations
	s.t.report.Iterations += out.iterations
	gain = s.best == nil || out.held < 0.98*s.best.out.held
	if s.best == nil || out.held < s.best.out.held {
		s.keep()
	}
	return lm, gain
}

// over reports whether nothing is left to be done.
func (s *stretches) over(ctx context.Context, steps int) bool {
	status := s.c.out.status
	return s.used >= steps || ctx.Err() != nil || status == StatusTarget || status == StatusDiverged
}

// plain trains with a given penalty, or with one that is lowered as long as it
// is a noticeable part of the loss.
func (s *stretches) plain(ctx context.Context, steps int) {
	const stretch = 12
	lambda := s.t.firstCurvature(s.c)
	for {
		lm, gain := s.run(ctx, round{iterations: min(stretch, steps-s.used), curvature: lambda, slow: 0.02})
		if s.over(ctx, steps) {
			return
		}
		out := s.c.out
		weight := lambda * lm.p.curvature(lm.p.params)
		switch {
		case s.t.opt.Curvature == 0 && lambda > 0 && weight > 0.1*out.train && out.status != StatusHeldout:
			lambda /= 100
			if lambda < 1e-16*s.t.variance {
				lambda = 0
			}
		case out.status != StatusIterations && !gain:
			return
		}
		respan(s.c.net, s.t.data, 0)
	}
}

func (t *trainer) firstCurvature(c *candidate) float64 {
	if t.opt.Curvature > 0 {
		return t.opt.Curvature * t.variance
	}
	if c.out.curvature > 0 {
		return c.out.curvature
	}
	return 1e-6 * t.variance
}

func (t *trainer) target() float64 { return t.opt.Tolerance * t.opt.Tolerance * t.variance }

// maxDense is the number of parameters up to which the normal matrix is formed.
const maxDense = 700

// prepare lays a network out for training.
func (t *trainer) prepare(net *Network) *levenberg {
	p := newPlan(net)
	lm := &levenberg{
		p: p, w: p.newWork(), data: t.data, held: t.held,
		cache: p.newCache(t.data.cols), hold: p.newCache(t.held.cols),
	}
	if t.opt.Method == MatrixFree || (t.opt.Method == Auto && p.trainable > maxDense) {
		lm.eq = newMatrixFree(lm)
		t.report.MatrixFree = true
	} else {
		lm.eq = newDenseEquations(lm)
	}
	return lm
}

func (t *trainer) gridError(c *candidate) GridError {
	s := math.Abs(t.outScale)
	return GridError{
		Grid: c.grid, Iterations: c.out.iterations, Curvature: c.out.curvature / math.Max(t.variance, 1e-300),
		TrainRMSE: math.Sqrt(c.out.train) * s, HeldRMSE: math.Sqrt(c.out.held) * s, Status: c.out.status,
	}
}

// finish fills the report and returns the network.
func (t *trainer) finish(c *candidate) *Network {
	s := math.Abs(t.outScale)
	r := &t.report
	r.TrainRMSE, r.HeldRMSE = math.Sqrt(c.out.train)*s, math.Sqrt(c.out.held)*s
	if t.sd > 0 {
		r.TrainRelative, r.HeldRelative = r.TrainRMSE/t.sd, r.HeldRMSE/t.sd
	}
	r.Grid, r.Start, r.Status, r.History = c.grid, c.name, c.out.status, c.history
	if t.variance > 0 {
		r.Curvature = c.out.curvature / t.variance
	}
	return c.net
}

// constant returns a network that answers the mean, if the target does not
// vary and the last node can say so; nil otherwise.
func (t *trainer) constant(template *Network) *Network {
	if t.variance > 0 {
		return nil
	}
	mean, _ := spread(t.raw.Y, t.raw.W)
	net := t.blank(template)
	for _, l := range net.Layers {
		for _, e := range l.Edges {
			if e.Kind == Spline && !e.Fixed {
				e.affine(0, 0)
			}
		}
	}
	last := net.Layers[len(net.Layers)-1]
	value := mean / t.outScale
	set := false
	for _, e := range last.Edges {
		switch {
		case !e.Active():
			continue
		case e.Kind != Spline || e.Fixed:
			t.variance = 1
			return nil
		case !set:
			e.affine(0, value)
			set = true
		case last.Ops[0] == Product:
			e.affine(0, 1)
		}
	}
	if !set {
		return nil
	}
	respan(net, t.data, t.opt.Grid[0])
	c := &candidate{net: net, name: "constant", grid: t.opt.Grid[0]}
	lm := t.prepare(net)
	c.out = outcome{status: StatusConstant}
	c.out.train = lm.p.meanSquare(lm.w, lm.cache, lm.data, lm.p.params)
	c.out.held = lm.p.meanSquare(lm.w, lm.hold, lm.held, lm.p.params)
	return t.finish(c)
}
