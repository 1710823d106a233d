package compare

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/bspline"
	"github.com/kansym/kansym/kan/mlp"
	"github.com/kansym/kansym/kan/relu"
)

// candidate is a network that may be trained.
type candidate struct {
	kind       Kind
	shape      []int
	grid       []int // of a KAN, from coarse to fine
	parameters int   // of a KAN on the first of those
}

// grids are the numbers of intervals that a KAN is trained with, coarse to
// fine, those of kan.TrainOptions. It is trained with the first of them alone,
// too: by the last that lowers the validation error it may have five times as
// many parameters for little.
var grids = []int{4, 6, 12, 24}

// candidates lists networks for tables of so many inputs and rows to fit, the
// smallest first. Networks of more parameters than rows are left out, but for
// the smallest of each kind. Where a wide layer is enough for any function in
// theory, 2n+1 nodes (A. Kolmogorov, 1957), that width is among them.
func candidates(inputs, rows int) (list []candidate, omitted int) {
	add := func(kind Kind, hidden [][]int) {
		first := true
		for _, h := range hidden {
			c := candidate{kind: kind, shape: slices.Concat([]int{inputs}, h, []int{1})}
			for l := 1; l < len(c.shape); l++ {
				edges := c.shape[l-1] * c.shape[l]
				if kind == KAN {
					c.parameters += edges * (grids[0] + bspline.Degree)
				} else {
					c.parameters += edges + c.shape[l]
				}
			}
			if c.parameters > rows && !first {
				omitted++
				continue
			}
			first = false
			if kind == KAN {
				c.grid = grids[:1]
				list = append(list, c)
				c.grid = grids
			}
			list = append(list, c)
		}
	}
	splines := [][]int{{}, {1}, {2}, {2, 2}, {5}}
	if wide := 2*inputs + 1; wide > 5 {
		splines = append(splines, []int{wide})
	}
	add(KAN, splines)
	add(MLP, [][]int{{2}, {5}, {10}, {5, 5}, {20}, {10, 10}, {40}, {20, 20}})
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(a.parameters, b.parameters) })
	return list, omitted
}

// trainAll trains networks one after another.
func (c *comparison) trainAll(ctx context.Context) {
	list, omitted := candidates(len(c.data.Cols), len(c.data.Y))
	if omitted > 0 {
		c.warn("%d larger networks were left out, having more parameters than there are rows to fit (%d)", omitted, len(c.data.Y))
	}
	deadline := c.start.Add(time.Duration(trainedBy * float64(c.opt.Time)))
	var left troubles
	for i, k := range list {
		if ctx.Err() != nil {
			break
		}
		share := time.Until(deadline) / time.Duration(len(list)-i)
		c.opt.Progress(fmt.Sprintf("%s %s, %d of %d", k.kind, ShapeText(k.shape), i+1, len(list)))
		m, net, err := c.trainOne(ctx, k, share)
		switch {
		case ctx.Err() != nil:
			// What was cut off in the midst says nothing.
		case err != nil:
			left.add(fmt.Sprintf("could not be trained: %v", err), k)
		case math.IsInf(m.RMSEHeldout, 0) || math.IsInf(m.RMSEValidation, 0):
			left.add("left out: not finite on every row", k)
		case slices.ContainsFunc(c.result.Models, func(o *Model) bool {
			return o.Kind == KAN && m.Kind == KAN && o.Grid == m.Grid && slices.Equal(o.Shape, m.Shape)
		}):
			// Finer grids gained nothing, so this is the network before it.
		default:
			c.result.Models = append(c.result.Models, m)
			c.nets = append(c.nets, net)
		}
	}
	c.sort()
	for _, t := range left {
		c.warn("%s %s", networkList(t.networks), t.what)
	}
	stopped := 0
	for _, m := range c.result.Models {
		if m.Stopped {
			stopped++
		}
	}
	if stopped > 0 {
		c.warn("%d of %d networks were stopped by the time before they were trained to the end, and are left out of what is said of KANs; give more --time", stopped, len(list))
	}
}

// trainOne trains a network and measures it. The network is returned if it is
// a KAN.
func (c *comparison) trainOne(ctx context.Context, k candidate, share time.Duration) (*Model, *kan.Network, error) {
	limited, cancel := context.WithTimeout(ctx, max(share, 0))
	defer cancel()
	m := &Model{Kind: k.kind, Shape: k.shape}
	out := make([]float64, len(c.held.Y))
	begin := time.Now()
	var net *kan.Network
	var status kan.Status
	if k.kind == KAN {
		trained, report, err := kan.Train(limited, k.shape, c.data, kan.TrainOptions{Grid: k.grid, Seed: c.opt.Seed})
		if err != nil {
			return nil, nil, err
		}
		m.Seconds = time.Since(begin).Seconds()
		net, status = trained, report.Status
		m.Grid, m.Parameters, m.Starts, m.Steps = report.Grid, trained.NumParams(), report.Starts, report.Iterations
		m.RMSETrain, m.RMSEValidation = report.TrainRMSE, report.HeldRMSE
		trained.Predict(out, c.held.Cols)
	} else {
		trained, report, err := mlp.Train(limited, k.shape, c.data, mlp.TrainOptions{Seed: c.opt.Seed})
		if err != nil {
			return nil, nil, err
		}
		m.Seconds = time.Since(begin).Seconds()
		status = report.Status
		m.Parameters, m.Starts, m.Steps = trained.NumParams(), report.Starts, report.Iterations
		m.RMSETrain, m.RMSEValidation = report.TrainRMSE, report.HeldRMSE
		trained.Predict(out, c.held.Cols)
	}
	m.Status, m.Stopped = status.String(), limited.Err() != nil
	m.RMSEHeldout = rootMeanSquare(out, c.held)
	m.Relative = m.RMSEHeldout / c.spread
	return m, net, nil
}

// sort brings the models into the order of the result: by kind and size.
func (c *comparison) sort() {
	order := make([]int, len(c.nets))
	for i := range order {
		order[i] = i
	}
	models, nets := slices.Clone(c.result.Models), slices.Clone(c.nets)
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(models[a].Kind, models[b].Kind), cmp.Compare(models[a].Parameters, models[b].Parameters))
	})
	for to, from := range order {
		c.result.Models[to], c.nets[to] = models[from], nets[from]
	}
}

// rewrite writes the KAN of least validation error as a perceptron and
// compares the two.
func (c *comparison) rewrite(ctx context.Context) {
	best := c.result.Best(KAN)
	if best == nil || ctx.Err() != nil {
		return
	}
	net := c.nets[slices.Index(c.result.Models, best)]
	p, err := relu.From(net, relu.Options{})
	if err != nil {
		c.warn("the KAN %s could not be rewritten: %v", ShapeText(best.Shape), err)
		return
	}
	c.result.Rewrite = &Rewrite{Shape: best.Shape, Units: p.NumUnits(), Parameters: p.NumParams()}
	for _, cols := range [][][]float64{c.train.Cols, c.held.Cols} {
		a, b := make([]float64, len(cols[0])), make([]float64, len(cols[0]))
		net.Predict(a, cols)
		row := make([]float64, len(cols))
		for r := range b {
			for i, col := range cols {
				row[i] = col[r]
			}
			b[r] = p.Eval(row)
		}
		for r := range a {
			d := math.Abs(a[r]-b[r]) / c.spread
			c.result.Rewrite.Difference = math.Max(c.result.Rewrite.Difference, d)
		}
	}
	if d := c.result.Rewrite.Difference; math.IsNaN(d) || math.IsInf(d, 0) {
		c.result.Rewrite = nil
		c.warn("the KAN %s and the perceptron that it was rewritten as are not finite on every row", ShapeText(best.Shape))
	}
}

// troubles are what went wrong with networks, the same told once.
type troubles []trouble

type trouble struct {
	what     string
	networks []string
}

func (t *troubles) add(what string, k candidate) {
	name := fmt.Sprintf("%s %s", k.kind, ShapeText(k.shape))
	if k.kind == KAN {
		name += fmt.Sprintf(" with grids to %d", k.grid[len(k.grid)-1])
	}
	for i := range *t {
		if (*t)[i].what == what {
			(*t)[i].networks = append((*t)[i].networks, name)
			return
		}
	}
	*t = append(*t, trouble{what, []string{name}})
}

// networkList names a few networks and counts more.
func networkList(names []string) string {
	const most = 4
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%d networks (%s, ...)", len(names), strings.Join(names[:most-1], ", "))
}

func (c *comparison) warn(format string, args ...any) {
	c.result.Warnings = append(c.result.Warnings, fmt.Sprintf(format, args...))
}

// ShapeText writes a shape like [2, 5, 1].
func ShapeText(shape []int) string {
	s := make([]string, len(shape))
	for i, n := range shape {
		s[i] = strconv.Itoa(n)
	}
	return "[" + strings.Join(s, ", ") + "]"
}
