package fit

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/symbolic"
)

// view is a trained network together with how it sees the data: inputs and
// target as they are or by their logarithms. Laws that are products at heart
// have small networks in logarithms.
type view struct {
	logX     []bool
	logY     bool
	net      *kan.Network
	relative float64 // validation error over the spread of what it predicts
}

// least is the smallest relative error of the networks trained so far.
func (s *state) least() float64 {
	least := math.Inf(1)
	for _, views := range s.trained {
		for _, v := range views {
			least = min(least, v.relative)
		}
	}
	return least
}

// viewWidths are the numbers of hidden nodes that networks are tried with.
var viewWidths = []int{3, 6}

// clear reports whether networks fit well enough to read symmetries off their
// gradients.
func (s *state) clear(ctx context.Context) bool {
	for _, width := range viewWidths {
		if views := s.views(ctx, width); len(views) > 0 && views[0].relative <= noisyRelative {
			return true
		}
	}
	return false
}

// unexplained is the share of the variance of the target that the best network
// leaves.
func (s *state) unexplained(ctx context.Context) float64 {
	least := 1.0
	for _, width := range viewWidths {
		least = min(least, s.share(s.views(ctx, width)))
	}
	return least
}

// share is the least share of the variance of the target that one of the networks
// leaves, at most 1.
func (s *state) share(views []*view) float64 {
	d := head(s.data.search, networkRows)
	variance := spread(d.Y, d.W)
	variance *= variance
	predicted := make([]float64, len(d.Y))
	least := 1.0
	for _, v := range views {
		v.net.Predict(predicted, v.data(d).Cols)
		if v.logY {
			for i, y := range d.Y {
				predicted[i] = math.Copysign(math.Exp(predicted[i]), y)
			}
		}
		if mse, ok := meanSquare(predicted, d.Y, d.W); ok && variance > 0 {
			least = min(least, mse/variance)
		}
	}
	return least
}

// views returns trained networks with one hidden layer of width nodes, best
// first.
func (s *state) views(ctx context.Context, width int) []*view {
	if list, ok := s.trained[width]; ok {
		return list
	}
	list := s.trainViews(ctx, width)
	if ctx.Err() == nil {
		if s.trained == nil {
			s.trained = map[int][]*view{}
		}
		s.trained[width] = list
		if s == s.root {
			s.reached = min(s.reached, s.share(list))
		}
	}
	return list
}

func (s *state) trainViews(ctx context.Context, width int) []*view {
	d := head(s.data.search, networkRows)
	n := len(d.Names)
	logs := make([]bool, n)
	any := false
	for i, c := range d.Cols {
		lo, _ := bounds(c)
		logs[i] = lo > 0
		any = any || logs[i]
	}
	lo, hi := bounds(d.Y)
	oneSign := lo > 0 || hi < 0
	plain := make([]bool, n)
	candidates := []*view{{logX: plain}}
	if any {
		candidates = append(candidates, &view{logX: logs})
	}
	if oneSign {
		candidates = append(candidates, &view{logX: plain, logY: true})
		if any {
			candidates = append(candidates, &view{logX: logs, logY: true})
		}
	}
	s.say("looking for symmetries")
	s.parallel(len(candidates), func(i int) {
		v := candidates[i]
		v.relative = math.Inf(1)
		if ctx.Err() != nil {
			return
		}
		shape, grid := []int{n, width, 1}, []int{3, 8}
		if n == 1 {
			shape, grid = []int{1, 1}, []int{8, 16, 32, 64}
		}
		net, report, err := kan.Train(ctx, shape, v.data(d), kan.TrainOptions{
			Grid: grid, MaxIter: 40, Starts: 2, Seed: s.opt.Seed,
		})
		if err == nil && finite(report.HeldRelative) {
			v.net, v.relative = net, report.HeldRelative
		}
	})
	candidates = slices.DeleteFunc(candidates, func(v *view) bool { return v.net == nil })
	byError := func(a, b *view) int { return cmp.Compare(a.relative, b.relative) }
	slices.SortStableFunc(candidates, byError)
	if len(candidates) > 0 && candidates[0].relative > noisyRelative {
		s.parallel(min(len(candidates), mostSteadied), func(i int) { s.steady(ctx, candidates[i]) })
		slices.SortStableFunc(candidates, byError)
	}
	return candidates
}

const (
	// fewRows is the number of rows below which noise makes splines wiggle.
	fewRows = 1000
	// steadyRows bounds the rows that average noise out.
	steadyRows = 8000
	// mostSteadied is how many views are trained once more where there is noise.
	mostSteadied = 2
)

// steady trains the network of a view once more where there may be noise: with a
// curvature penalty chosen by generalised cross-validation where rows are few,
// which halves the error of gradients there (100 and 300 rows, noise of a tenth;
// with 2000 rows it changes nothing), and on all rows where there are many.
func (s *state) steady(ctx context.Context, v *view) {
	opt := kan.TrainOptions{Grid: []int{3, 8}, MaxIter: 40, Starts: 2, Seed: s.opt.Seed}
	d := head(s.data.search, networkRows)
	var (
		net    *kan.Network
		report kan.TrainReport
		err    error
	)
	switch all := head(s.data.train, steadyRows); {
	case len(d.Names) == 1:
		return
	case len(d.Y) < fewRows:
		opt.Curvature = -1
		net, report, err = kan.TrainTopology(ctx, v.net, v.data(d), opt)
	case len(all.Y) > 2*len(d.Y):
		opt.Grid, opt.MaxIter = []int{8}, 15
		net, report, err = v.net.Train(ctx, v.data(all), opt)
	default:
		return
	}
	// The rows that training sets aside are others with more rows.
	const luck = 1.05
	if err == nil && report.HeldRelative < luck*v.relative {
		v.net, v.relative = net, report.HeldRelative
	}
}

// data is what the network of a view is trained on.
func (v *view) data(d symbolic.Data) kan.Data {
	out := kan.Data{Y: d.Y, W: d.W}
	for i, c := range d.Cols {
		if v.logX[i] {
			c = mapped(c, math.Log)
		}
		out.Cols = append(out.Cols, c)
	}
	if v.logY {
		out.Y = mapped(d.Y, func(y float64) float64 { return math.Log(math.Abs(y)) })
	}
	return out
}

func mapped(c []float64, f func(float64) float64) []float64 {
	out := make([]float64, len(c))
	for i, v := range c {
		out[i] = f(v)
	}
	return out
}

// gradients returns f and the derivatives by the inputs as they are and by
// their logarithms. With logY, f stands for the logarithm of the target.
func (v *view) gradients(d symbolic.Data) (value []float64, plain, scaled [][]float64) {
	data := v.data(d)
	n, rows := len(d.Cols), len(d.Y)
	value = make([]float64, rows)
	plain, scaled = newColumns(n, rows), newColumns(n, rows)
	v.net.Gradient(value, plain, data.Cols)
	for i, c := range d.Cols {
		for r, x := range c {
			if v.logX[i] {
				scaled[i][r] = plain[i][r]
				plain[i][r] /= x
			} else {
				scaled[i][r] = plain[i][r] * x
			}
		}
	}
	return value, plain, scaled
}

// leveled returns row weights that make rows count about alike, whatever the
// size of their gradients: a symmetry holds everywhere, and the few rows where a
// function is steepest are those that a network is worst at. Rows of hardly any
// gradient count for less, as they hold hardly more than error.
func leveled(columns [][]float64) []float64 {
	const small = 0.03 // of the mean square, added to the square of each row
	w := make([]float64, len(columns[0]))
	for _, c := range columns {
		for r, v := range c {
			w[r] += v * v
		}
	}
	sorted := slices.Clone(w)
	slices.Sort(sorted)
	middle := sorted[len(sorted)/2]
	for r := range w {
		w[r] = 1 / (w[r] + small*middle + 1e-300)
	}
	return w
}

func newColumns(n, rows int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, rows)
	}
	return out
}

// needless lists the inputs that move the value of the network by no more than
// its error.
func (v *view) needless(d symbolic.Data, plain [][]float64) []int {
	y := v.data(d).Y
	scale := spread(y, nil)
	var out []int
	for i, c := range d.Cols {
		share := rootMeanSquare(plain[i]) * spread(c, nil) / scale
		if share < min(max(5*v.relative, 1e-4), 0.3) {
			out = append(out, i)
		}
	}
	return out
}
