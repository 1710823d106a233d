package mlp

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/internal/levmar"
)

// TrainOptions steer Train. The zero value is useful.
type TrainOptions struct {
	// MaxIter bounds the Levenberg-Marquardt steps on the way from one start
	// to the result; 0 means 240, the four times 60 of kan.TrainOptions.
	MaxIter int

	// Starts is the number of random starts; 0 means 7, as many as a wide
	// network of package kan has at most.
	Starts int

	// Seed drives the starts and, where the data hold no rows out, the choice
	// of the rows that are set aside.
	Seed uint64

	// Tolerance ends training when the held-out RMSE is below it, relative to
	// the standard deviation of the target; 0 means 1e-9.
	Tolerance float64
}

// Report says what Train did. Errors are weighted root mean squares in the
// units of the target.
type Report struct {
	TrainRMSE, HeldRMSE float64
	// HeldRelative is HeldRMSE divided by the standard deviation of the target
	// over the training rows (0 for a constant target).
	HeldRelative float64

	Iterations int // Levenberg-Marquardt steps, all starts together
	Starts     int // starts tried
	Status     kan.Status
}

const (
	shortRound = 10 // steps by which starts are compared
	keepStarts = 2  // starts that go on after that
	midRound   = 60 // steps by which the last of those is chosen
)

// Train fits a network of the given shape to the data. Every start makes 10
// steps, the two best make 60, and the best of those goes on, each keeping the
// weights with the smallest error on the held-out rows. An error of 1e-4 of
// the spread ends the search for starts: these are the rules of kan.Train.
//
// The error is not nil when the shape or the data cannot be used (see New and
// kan.Data.Check). When the context ends, the best network so far is returned
// without an error and the report says so. The result is the same for the same
// seed.
func Train(ctx context.Context, shape []int, data kan.Data, opt TrainOptions) (*Network, Report, error) {
	if err := data.Check(); err != nil {
		return nil, Report{}, err
	}
	if len(shape) > 0 && len(data.Cols) != shape[0] {
		return nil, Report{}, fmt.Errorf("mlp: shape %v for data with %d input columns", shape, len(data.Cols))
	}
	net, err := New(shape)
	if err != nil {
		return nil, Report{}, err
	}
	if opt.MaxIter <= 0 {
		opt.MaxIter = 240
	}
	if opt.Starts <= 0 {
		opt.Starts = 7
	}
	if opt.Tolerance <= 0 {
		opt.Tolerance = 1e-9
	}
	t := newTrainer(net, data.HoldOut(opt.Seed), opt)
	best := &start{weights: net.Weights, status: kan.StatusConstant}
	if t.sd > 0 {
		best = t.search(ctx)
	}
	net.Weights = best.weights
	q := t.problem
	t.report.TrainRMSE = math.Sqrt(q.Train(net.Weights)) * net.OutScale
	t.report.HeldRMSE = math.Sqrt(q.Held(net.Weights)) * net.OutScale
	if t.sd > 0 {
		t.report.HeldRelative = t.report.HeldRMSE / t.sd
	}
	t.report.Status = best.status
	return net, t.report, nil
}

// trainer is the state of one call of Train.
type trainer struct {
	opt     TrainOptions
	shape   []int
	sd      float64 // of the target, 0 if it does not vary
	problem *problem
	loop    *levmar.Loop
	rng     *rand.Rand
	report  Report
}

func newTrainer(net *Network, data kan.Data, opt TrainOptions) *trainer {
	for i, c := range data.Cols {
		mean, sd := moments(c, data.W)
		net.InMean[i] = mean
		if sd > 0 {
			net.InScale[i] = 1 / sd
		}
	}
	t := &trainer{opt: opt, shape: net.Shape, rng: rand.New(rand.NewPCG(opt.Seed, 0x6d6c70))}
	net.OutMean, t.sd = moments(data.Y, data.W)
	if t.sd > 0 {
		net.OutScale = t.sd
	}
	t.problem = newProblem(net.Shape, net.NumParams(),
		net.standardize(data.Cols, data.Y, data.W), net.standardize(data.HeldCols, data.HeldY, data.HeldW))
	t.loop = levmar.NewLoop(net.NumParams(), net.NumParams())
	return t
}

// moments returns the weighted mean and standard deviation of v, the latter 0
// where it is nothing but rounding. Values are scaled on the way so that 1e300
// does not overflow.
func moments(v, w []float64) (mean, sd float64) {
	size := max(math.Abs(floats.Max(v)), math.Abs(floats.Min(v)))
	if size == 0 {
		return 0, 0
	}
	_, e := math.Frexp(size)
	scaled := make([]float64, len(v))
	for r, x := range v {
		scaled[r] = math.Ldexp(x, -e)
	}
	mean, variance := stat.PopMeanVariance(scaled, w)
	sd = math.Sqrt(variance)
	if !(sd > 1e-14*math.Abs(mean)) {
		sd = 0
	}
	sd = math.Ldexp(sd, e)
	if !finite(1 / sd) {
		sd = 0
	}
	return math.Ldexp(mean, e), sd
}

// start is a set of weights in training.
type start struct {
	weights []float64
	ridge   float64
	held    float64
	used    int // steps
	status  kan.Status
}

// search trains from every start for a few steps, the best of them longer, and
// the very best to the end.
func (t *trainer) search(ctx context.Context) *start {
	var all []*start
	for range t.opt.Starts {
		s := &start{weights: t.random(), ridge: firstRidge}
		all = append(all, s)
		t.report.Starts++
		t.improve(ctx, s, min(shortRound, t.opt.MaxIter))
		if s.held < 1e-8 {
			all = []*start{s}
			break
		}
		if ctx.Err() != nil {
			break
		}
	}
	byHeld := func(a, b *start) int {
		switch {
		case a.held < b.held:
			return -1
		case a.held > b.held:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(all, byHeld)
	all = all[:min(keepStarts, len(all))]
	for _, s := range all {
		t.improve(ctx, s, min(midRound, t.opt.MaxIter))
	}
	slices.SortStableFunc(all, byHeld)
	t.improve(ctx, all[0], t.opt.MaxIter)
	return all[0]
}

// random draws weights by D. Nguyen and B. Widrow, Improving the learning
// speed of 2-layer neural networks by choosing initial values of the adaptive
// weights (1990): the nodes of a layer share out the range of what they are
// fed by, each bending in a part of its own.
func (t *trainer) random() []float64 {
	var out []float64
	for l := 1; l < len(t.shape); l++ {
		in, n := t.shape[l-1], t.shape[l]
		if l == len(t.shape)-1 {
			for range in {
				out = append(out, t.rng.NormFloat64()/math.Sqrt(float64(in)))
			}
			return append(out, 0)
		}
		// Inputs of standard deviation 1 reach about twice as far as the
		// values of tanh.
		reach := 1.0
		if l == 1 {
			reach = 2
		}
		size := 0.7 * math.Pow(float64(n), 1/float64(in))
		for range n {
			w := make([]float64, in)
			for i := range w {
				w[i] = t.rng.NormFloat64()
			}
			norm := floats.Norm(w, 2)
			if norm == 0 {
				norm = 1
			}
			for _, x := range w {
				out = append(out, size*x/norm/reach)
			}
			out = append(out, size*(2*t.rng.Float64()-1))
		}
	}
	return out
}

// The penalties on the mean square of the weights, relative to the variance of
// the target: the first, as much as kan.Train begins to penalise curvature
// with, and the bounds.
const (
	firstRidge = 1e-6
	leastRidge = 1e-16
	mostRidge  = 1e-2
	ridgeStep  = 100
)

// improve trains s until it has made so many steps in all. The penalty is
// lowered as long as it is a noticeable part of the loss, and raised when the
// held-out error rises, which is the sign of weights that follow single rows.
// Two rounds in a row that gain nothing end the training.
func (t *trainer) improve(ctx context.Context, s *start, steps int) {
	q := t.problem
	if s.used == 0 {
		s.held = math.Inf(1)
	}
	failures := 0
	for s.used < steps {
		q.ridge = s.ridge
		out := t.loop.Run(ctx, q, s.weights, levmar.Round{
			Iterations: steps - s.used, Slow: 1e-3, Target: t.opt.Tolerance * t.opt.Tolerance,
		})
		s.used += out.Iterations
		t.report.Iterations += out.Iterations
		failures++
		if out.Held < 0.98*s.held {
			failures = 0
		}
		s.held = out.Held
		s.status = statusOf[out.Status]
		switch {
		case ctx.Err() != nil, out.Status == levmar.Target, out.Status == levmar.Diverged, failures == 2:
			return
		case out.Status == levmar.Heldout && s.ridge < mostRidge:
			s.ridge = math.Max(s.ridge, leastRidge) * ridgeStep
		case out.Status == levmar.Heldout:
			return
		case s.ridge > 0 && q.Penalty(s.weights) > 0.1*out.Train:
			s.ridge /= ridgeStep
			if s.ridge < leastRidge {
				s.ridge = 0
			}
		case out.Status == levmar.Converged && failures > 0:
			return
		}
	}
}

var statusOf = [...]kan.Status{
	levmar.Converged: kan.StatusConverged, levmar.Heldout: kan.StatusHeldout, levmar.Target: kan.StatusTarget,
	levmar.Iterations: kan.StatusIterations, levmar.Cancelled: kan.StatusCancelled, levmar.Diverged: kan.StatusDiverged,
}
