package fit

import (
	"context"

	"github.com/kansym/kansym/kan"
)

// denseParameters bounds the parameters of the dense network: above it,
// training is slow and the network says little about the formula.
const denseParameters = 400

// denseNetwork trains a network with one hidden layer on everything, prunes
// what it can do without and names the edges that remain.
func (s *state) denseNetwork(ctx context.Context) bool {
	n := len(s.data.search.Names)
	data := s.networkData()
	const grid = 6
	// With one input it would be a curve, which the flat networks are.
	most := min(denseParameters, len(s.data.search.Y)/2)
	width := min(2*n+1, most/((n+1)*(grid+3)))
	if n < 2 || width < 2 {
		return false
	}
	ops := make([]kan.Op, width)
	net, err := kan.New([]int{n, width, 1}, kan.NewOptions{Inputs: data.Names, Ops: [][]kan.Op{ops}})
	if err != nil {
		return false
	}
	net, report, err := kan.TrainTopology(ctx, net, data, kan.TrainOptions{Grid: []int{3, grid}, Seed: s.opt.Seed, Starts: 2})
	if err != nil || !finite(report.HeldRMSE) || ctx.Err() != nil {
		return false
	}
	s.keepNetwork(&trained{tree: tree{name: "dense network", net: net}, mse: s.networkError(net)})
	pruned, _, err := net.Prune(ctx, data, kan.PruneOptions{})
	if err != nil {
		return false
	}
	// Naming many curves one by one leads nowhere.
	const mostEdges = 14
	edges := 0
	for _, l := range pruned.Layers {
		for _, e := range l.Edges {
			if e.Active() {
				edges++
			}
		}
	}
	if edges > mostEdges {
		return false
	}
	t := &trained{tree: tree{name: "pruned network", net: pruned}, mse: s.networkError(pruned)}
	certain := s.try(ctx, []task{s.naming(t, data)})
	s.keepNetwork(t)
	return certain
}
