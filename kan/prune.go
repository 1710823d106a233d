package kan

import (
	"context"
	"fmt"
	"math"
	"sort"
)

// PruneOptions steer Prune. The zero value is useful.
type PruneOptions struct {
	// MaxIter bounds the training steps after each removal; 0 means 12.
	MaxIter int

	// Patience is how many removals in a row may fail before the rest of the
	// inputs, of the nodes or of the edges, all with higher scores, are kept
	// without a trial; 0 means 3.
	Patience int

	// Seed chooses the rows set aside for judging if the data hold none out.
	Seed uint64

	// Curvature is the penalty while refitting, as in TrainOptions. If it is 0
	// it is the one at which training on from the given network ends.
	Curvature float64
}

// PruneKind tells what a PruneStep is about.
type PruneKind uint8

// The kinds of removal.
const (
	PruneBatch PruneKind = iota // all edges with a score below Score
	PruneInput                  // all edges that leave an input
	PruneNode                   // a hidden node
	PruneEdge                   // an edge
)

// PruneStep is one removal that was tried. Layers and nodes are numbered as in
// the network that was given to Prune.
type PruneStep struct {
	Kind PruneKind
	// Layer, From and To place an edge. Layer and From place a node (Layer
	// counts the layers of nodes, the inputs being 0) or an input.
	Layer, From, To int
	// Edges is how many edges a batch has.
	Edges int
	// Score is the attribution of what was removed, for a batch its bound.
	Score float64

	// TrainRMSE and HeldRMSE are the errors after removal and refit, in the
	// units of the target, and Params the parameters that are left.
	TrainRMSE, HeldRMSE float64
	Params              int
	// BICChange is by how much the Bayesian information criterion rose; below
	// 0 the smaller network is the better explanation.
	BICChange float64
	// Removed tells that the smaller network was kept.
	Removed bool
}

// String describes the removal, not its outcome: "edge 0:1:2".
func (s PruneStep) String() string {
	switch s.Kind {
	case PruneInput:
		return fmt.Sprintf("input %d", s.From)
	case PruneNode:
		return fmt.Sprintf("node %d:%d", s.Layer, s.From)
	case PruneEdge:
		return fmt.Sprintf("edge %d:%d:%d", s.Layer, s.From, s.To)
	}
	return fmt.Sprintf("%d edges with a score below %g", s.Edges, s.Score)
}

// PruneReport says what Prune tried.
type PruneReport struct {
	Steps []PruneStep
	// Nodes[l][i] is the index that node i of layer l of the result had in the
	// network that was given.
	Nodes [][]int
	// TrainRMSE and HeldRMSE are the errors of the result, in the units of the
	// target.
	TrainRMSE, HeldRMSE float64
	// Interrupted tells that the context ended the work early.
	Interrupted bool
}

// Prune returns n without the inputs, nodes and edges that it can do without.
// It trains n on first; then it removes what has the smallest attribution,
// refits for a few steps, and keeps the smaller network if
//
//	BIC = N*log(MSE) + p*log(N)
//
// falls on the N training rows, p being the number of parameters, or if the
// error on held-out rows does not rise: without noise the training error still
// falls a little with every needless parameter. What is removed is replaced by
// its mean on the data, and nothing is left behind: no hidden node without
// edges on both sides, no constant. Inputs stay in the list of inputs (see
// UsedInputs and SelectInputs). Fixed edges are kept.
//
// n is left alone. Errors are those of TrainTopology; when the context ends the
// best network so far is returned without one.
func (n *Network) Prune(ctx context.Context, data Data, opt PruneOptions) (*Network, PruneReport, error) {
	if opt.MaxIter <= 0 {
		opt.MaxIter = 12
	}
	if opt.Patience <= 0 {
		opt.Patience = 3
	}
	if err := data.Check(); err != nil {
		return nil, PruneReport{}, err
	}
	p := &pruner{opt: opt, data: data.HoldOut(opt.Seed)}
	for r := range p.data.Y {
		if weight(p.data.W, r) > 0 {
			p.rows++
		}
	}
	_, p.sd = spread(p.data.Y, p.data.W)
	if err := p.start(ctx, n); err != nil {
		return nil, PruneReport{}, err
	}
	p.batches(ctx)
	for _, kind := range []PruneKind{PruneInput, PruneNode, PruneEdge} {
		p.onebyone(ctx, kind)
	}
	p.report.Nodes = p.ids
	p.report.TrainRMSE, p.report.HeldRMSE = p.train, p.held
	p.report.Interrupted = ctx.Err() != nil
	return p.net, p.report, nil
}

// pruner is the state of one call of Prune.
type pruner struct {
	opt       PruneOptions
	data      Data
	rows      int
	sd        float64
	curvature float64

	net         *Network
	ids         survivors // of the nodes of net in the network given
	train, held float64
	report      PruneReport
}

// start trains on from the given network, so that removals are not compared
// with a fit that further steps alone would have bettered.
func (p *pruner) start(ctx context.Context, n *Network) error {
	net, rep, err := n.Train(ctx, p.data, TrainOptions{
		Grid: []int{1}, MaxIter: 3 * p.opt.MaxIter, Curvature: p.opt.Curvature,
	})
	if err != nil {
		return err
	}
	p.net, p.train, p.held = net, rep.TrainRMSE, rep.HeldRMSE
	// Refits start near the end of training, where the penalty is small
	// already; 0 would make them start again with a large one.
	p.curvature = p.opt.Curvature
	if p.curvature == 0 {
		p.curvature = math.Max(rep.Curvature, 1e-16)
	}
	p.ids = nil
	for _, size := range net.Shape() {
		p.ids = append(p.ids, upTo(size))
	}
	return nil
}

// bic returns the Bayesian information criterion. Errors below 1e-9 of the
// target's standard deviation are all alike.
func (p *pruner) bic(rmse float64, params int) float64 {
	if floor := 1e-9 * p.sd; rmse < floor {
		rmse = floor
	}
	if rmse == 0 {
		return float64(params) * math.Log(float64(p.rows))
	}
	return 2*float64(p.rows)*math.Log(rmse) + float64(params)*math.Log(float64(p.rows))
}

// batches tries to remove all edges of small scores at once, which is what
// makes a wide network affordable.
func (p *pruner) batches(ctx context.Context) {
	for _, bound := range []float64{3e-2, 1e-2, 1e-3} {
		if ctx.Err() != nil {
			return
		}
		scores := p.net.Attribution(p.data.Cols, p.data.W)
		step := PruneStep{Kind: PruneBatch, Score: bound}
		drop := func(l, k int) bool {
			e := p.net.Layers[l].Edges[k]
			return e.Active() && !e.Fixed && scores.Edges[l][k] < bound
		}
		for l, layer := range p.net.Layers {
			for k := range layer.Edges {
				if drop(l, k) {
					step.Edges++
				}
			}
		}
		if step.Edges > 1 && p.try(ctx, step, drop) {
			return
		}
	}
}

// onebyone tries removals of one kind, those of the smallest scores first.
func (p *pruner) onebyone(ctx context.Context, kind PruneKind) {
	tried := map[PruneStep]bool{}
	failures := 0
	for failures < p.opt.Patience && ctx.Err() == nil {
		steps := p.candidates(kind)
		next := -1
		for k, s := range steps {
			s.Score = 0 // it changes as the network does
			if !tried[s] {
				tried[s], next = true, k
				break
			}
		}
		if next < 0 {
			return
		}
		step := steps[next]
		from, to := p.place(step.Layer, step.From), -1
		if kind == PruneEdge {
			to = p.place(step.Layer+1, step.To)
		}
		drop := func(l, k int) bool {
			in := p.net.Layers[l].In
			return l == step.Layer && k%in == from && (kind != PruneEdge || k/in == to)
		}
		if p.try(ctx, step, drop) {
			failures = 0
		} else {
			failures++
		}
	}
}

// place returns the present index of a node given by its original one.
func (p *pruner) place(layer, id int) int {
	for i, v := range p.ids[layer] {
		if v == id {
			return i
		}
	}
	return -1
}

// candidates lists what could be removed, by rising score.
func (p *pruner) candidates(kind PruneKind) []PruneStep {
	scores := p.net.Attribution(p.data.Cols, p.data.W)
	var steps []PruneStep
	for l, layer := range p.net.Layers {
		if (kind == PruneInput) != (l == 0) && kind != PruneEdge {
			continue
		}
		for from := range layer.In {
			active, fixed := 0, false
			for to := range layer.Out {
				e := layer.Edge(from, to)
				if !e.Active() {
					continue
				}
				active++
				fixed = fixed || e.Fixed
				if kind == PruneEdge && !e.Fixed {
					steps = append(steps, PruneStep{
						Kind: kind, Layer: l, From: p.ids[l][from], To: p.ids[l+1][to],
						Score: scores.Edge(l, from, to),
					})
				}
			}
			if kind != PruneEdge && active > 0 && !fixed {
				steps = append(steps, PruneStep{Kind: kind, Layer: l, From: p.ids[l][from], Score: scores.Nodes[l][from]})
			}
		}
	}
	sort.SliceStable(steps, func(i, j int) bool { return steps[i].Score < steps[j].Score })
	return steps
}

// try removes, refits and compares; it keeps the smaller network if it is the
// better one and reports whether it is.
func (p *pruner) try(ctx context.Context, step PruneStep, drop func(l, k int) bool) bool {
	small, kept, ok := p.net.without(drop, p.means())
	if !ok {
		return false
	}
	net, rep, err := small.Train(ctx, p.data, TrainOptions{
		Grid: []int{1}, MaxIter: p.opt.MaxIter, Curvature: p.curvature,
	})
	if err != nil || rep.Status == StatusDiverged || ctx.Err() != nil && rep.Iterations == 0 {
		return false // nothing to train is left, or no point to start from
	}
	step.TrainRMSE, step.HeldRMSE, step.Params = rep.TrainRMSE, rep.HeldRMSE, net.NumParams()
	step.BICChange = p.bic(rep.TrainRMSE, step.Params) - p.bic(p.train, p.net.NumParams())
	step.Removed = step.BICChange < 0 || rep.HeldRMSE <= p.held
	p.report.Steps = append(p.report.Steps, step)
	if !step.Removed {
		return false
	}
	ids := make(survivors, len(kept))
	for l := range kept {
		for _, i := range kept[l] {
			ids[l] = append(ids[l], p.ids[l][i])
		}
	}
	p.net, p.ids, p.train, p.held = net, ids, rep.TrainRMSE, rep.HeldRMSE
	return true
}

// means returns a function that gives the mean value of an edge on the data.
func (p *pruner) means() func(l, k int) float64 {
	pl := newPlan(p.net)
	mean := pl.edgeMeans(p.net, p.data.Cols, p.data.W)
	at := make([][]float64, len(pl.layers))
	for l, layer := range pl.layers {
		at[l] = make([]float64, len(p.net.Layers[l].Edges))
		for _, e := range layer.edges {
			at[l][e.to*p.net.Layers[l].In+e.from] = mean[e.index]
		}
	}
	return func(l, k int) float64 { return at[l][k] }
}
