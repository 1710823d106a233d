package kan

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// TrainOptions steer Train. The zero value is useful: every field says what it
// means when it is zero.
type TrainOptions struct {
	// Grid is the sequence of numbers of intervals, coarse to fine; nil means
	// 4, 6, 12, 24. Training stops at the grid after which the held-out error
	// no longer falls.
	Grid []int

	// MaxIter bounds the Levenberg-Marquardt steps on each grid; 0 means 60.
	MaxIter int

	// Seed drives the random starts and, where the data hold no rows out, the
	// choice of the rows that are set aside.
	Seed uint64

	// Starts is the number of random starts of networks that need them; 0
	// means 3. Additive and multiplicative starts come on top.
	Starts int

	// Curvature weighs the penalty on the sum of squared second differences of
	// spline coefficients, relative to the variance of the target. 0 lets it
	// fall with the error, which is right for data without noise; below 0 it is
	// chosen by generalised cross-validation, which is right with noise.
	Curvature float64

	// NoAdditiveStart leaves out the starts from additive and multiplicative
	// models.
	NoAdditiveStart bool

	// Tolerance ends training when the held-out RMSE is below it, relative to
	// the standard deviation of the target; 0 means 1e-9.
	Tolerance float64

	// Method finds the steps; Auto decides by the number of parameters.
	Method Method
}

// Method is a way to find Levenberg-Marquardt steps.
type Method uint8

// The methods.
const (
	Auto       Method = iota // Dense up to 700 parameters, MatrixFree above
	Dense                    // Cholesky decomposition of the normal matrix
	MatrixFree               // conjugate gradients, memory linear in the parameters
)

// Train fits a network of the given shape, with sum nodes and spline edges on
// every connection, to the data: see TrainTopology.
func Train(ctx context.Context, shape []int, data Data, opt TrainOptions) (*Network, TrainReport, error) {
	if len(shape) > 0 && len(data.Cols) != shape[0] {
		return nil, TrainReport{}, fmt.Errorf("kan: shape %v for data with %d input columns", shape, len(data.Cols))
	}
	net, err := New(shape, NewOptions{Inputs: data.Names})
	if err != nil {
		return nil, TrainReport{}, err
	}
	return TrainTopology(ctx, net, data, opt)
}

// TrainTopology fits a network with the structure of template to the data: the
// same nodes, operations, absent edges and named edges, whose constants are
// kept as starting values, and splines trained from scratch. The template is
// left alone; its input and output scales count only where it has named edges.
//
// The error is not nil when the data or the template cannot be used (see
// Data.Check and Network.Check). When the context ends, the best network so
// far is returned without an error and the report says so. The result is the
// same for the same seed.
func TrainTopology(ctx context.Context, template *Network, data Data, opt TrainOptions) (*Network, TrainReport, error) {
	t, err := newTrainer(template, data, opt)
	if err != nil {
		return nil, TrainReport{}, err
	}
	if net := t.constant(template); net != nil {
		return net, t.report, nil
	}
	net := t.search(ctx, t.blank(template))
	return t.finish(net), t.report, nil
}

// Train continues from n, as it is, on the data and returns the result; n is
// left alone. Grids coarser than the network's own are skipped, so that the
// first step starts from what n already knows. Edges that are Fixed keep their
// functions. Errors are those of TrainTopology.
func (n *Network) Train(ctx context.Context, data Data, opt TrainOptions) (*Network, TrainReport, error) {
	t, err := newTrainer(n, data, opt)
	if err != nil {
		return nil, TrainReport{}, err
	}
	t.inScale = append([]float64(nil), n.InputScale...)
	t.outScale = n.OutputScale
	t.scaleData()
	c := candidate{net: n.Clone(), name: "given network"}
	t.report.Starts = 1
	t.warm(ctx, &c)
	return t.finish(&c), t.report, nil
}

var errNoFree = errors.New("kan: network without trainable parameters")

// trainer is the state of one call of Train.
type trainer struct {
	opt      TrainOptions
	raw      Data // with held-out rows, set aside if need be
	inScale  []float64
	outScale float64
	data     *rowSet
	sample   *rowSet // of data, for finding starts
	held     *rowSet
	variance float64 // of the scaled target
	sd       float64 // of the target as given
	rng      *rand.Rand
	report   TrainReport
}

func newTrainer(template *Network, data Data, opt TrainOptions) (*trainer, error) {
	if err := data.Check(); err != nil {
		return nil, err
	}
	if err := template.Check(); err != nil {
		return nil, err
	}
	if len(template.Inputs) != len(data.Cols) {
		return nil, fmt.Errorf("kan: network of %d inputs for data with %d columns", len(template.Inputs), len(data.Cols))
	}
	for _, g := range opt.Grid {
		if g < 1 {
			return nil, fmt.Errorf("kan: grid of %d intervals", g)
		}
	}
	if template.NumParams() == 0 {
		return nil, errNoFree
	}
	if len(opt.Grid) == 0 {
		opt.Grid = []int{4, 6, 12, 24}
	}
	if opt.MaxIter <= 0 {
		opt.MaxIter = 60
	}
	if opt.Starts <= 0 {
		opt.Starts = 3
	}
	if opt.Tolerance <= 0 {
		opt.Tolerance = 1e-9
	}
	t := &trainer{opt: opt, rng: rand.New(rand.NewPCG(opt.Seed, 0x6b616e))}
	t.raw = data.HoldOut(opt.Seed)
	mean, sd := spread(t.raw.Y, t.raw.W)
	t.sd = sd
	size := sd
	if !(sd > 1e-14*math.Abs(mean)) {
		t.sd, size = 0, math.Abs(mean)
	}
	t.outScale = 1 / powerOfTwoFor(size)
	for _, c := range t.raw.Cols {
		t.inScale = append(t.inScale, scaleOfColumn(c))
	}
	if hasNamed(template) {
		t.inScale = append(t.inScale[:0], template.InputScale...)
		t.outScale = template.OutputScale
	}
	t.scaleData()
	return t, nil
}

// maxStartRows is how many rows starts are computed from: they need to be near,
// not exact.
const maxStartRows = 3000

func hasNamed(n *Network) bool {
	for _, l := range n.Layers {
		for _, e := range l.Edges {
			if e.Kind == Named {
				return true
			}
		}
	}
	return false
}

func (t *trainer) scaleData() {
	t.data = newRowSet(t.raw.Cols, t.raw.Y, t.raw.W, t.inScale, 1/t.outScale)
	t.sample = t.data.thin(maxStartRows)
	t.held = newRowSet(t.raw.HeldCols, t.raw.HeldY, t.raw.HeldW, t.inScale, 1/t.outScale)
	s := t.sd / t.outScale
	t.variance = s * s
}

// HoldOut returns the data with held-out rows, as Train would use them. If d
// has none, a fifth of its rows is set aside by seed; of fewer than 20 rows all
// are used for both, which leaves stopping to the training error. The result
// may share columns with d.
func (d Data) HoldOut(seed uint64) Data {
	if len(d.HeldY) > 0 {
		return d
	}
	rows := len(d.Y)
	if rows < 20 {
		d.HeldCols, d.HeldY, d.HeldW = d.Cols, d.Y, d.W
		return d
	}
	order := rand.New(rand.NewPCG(seed, 0x686f6c64)).Perm(rows)
	held := make([]bool, rows)
	for _, r := range order[:rows/5] {
		held[r] = true
	}
	split := func(v []float64) (train, out []float64) {
		if v == nil {
			return nil, nil
		}
		for r, x := range v {
			if held[r] {
				out = append(out, x)
			} else {
				train = append(train, x)
			}
		}
		return train, out
	}
	s := Data{Names: d.Names}
	for _, c := range d.Cols {
		a, b := split(c)
		s.Cols = append(s.Cols, a)
		s.HeldCols = append(s.HeldCols, b)
	}
	s.Y, s.HeldY = split(d.Y)
	s.W, s.HeldW = split(d.W)
	if !positive(s.W) || !positive(s.HeldW) {
		d.HeldCols, d.HeldY, d.HeldW = d.Cols, d.Y, d.W
		return d
	}
	return s
}

// positive reports whether some weight is; no weights are all 1.
func positive(w []float64) bool {
	for _, v := range w {
		if v > 0 {
			return true
		}
	}
	return w == nil
}

// blank returns the template with the scales of the data and splines that are
// the identity on the first grid.
func (t *trainer) blank(template *Network) *Network {
	net := template.Clone()
	copy(net.InputScale, t.inScale)
	net.OutputScale = t.outScale
	if t.raw.Names != nil {
		copy(net.Inputs, t.raw.Names)
	}
	return net
}
