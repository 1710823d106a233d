package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/symbolic"
)

func (p *program) pruneCommand() *cobra.Command {
	o := &stepOptions{}
	var noisy, all bool
	var patience, iterations positive
	c := p.stepCommand(&cobra.Command{
		Use:   "prune",
		Short: "Take out of a network what it does not need",
		Long: `Take out the inputs, nodes and edges that a network can do without.

What matters least for the output is taken out first and the rest refitted. A
removal stands if it lowers the Bayesian information criterion or does not raise
the error on held-out rows. Edges fixed by kansym fix are kept.`,
		Example: "  kansym prune net.json data.csv -m pruned.json",
	}, o, func(ctx context.Context, s *step) (*stepResult, error) {
		if err := worthPruning(s.path, s.model.Network); err != nil {
			return nil, err
		}
		opt := kan.PruneOptions{Seed: s.seed, Patience: int(patience), MaxIter: int(iterations)}
		if noisy {
			opt.Curvature = -1
		}
		net, rep, err := s.model.Network.Prune(ctx, s.data, opt)
		if err != nil {
			return nil, err
		}
		r := &stepResult{net: net, table: func(w io.Writer) error { return pruneTable(w, s.model.Network, rep.Steps, all) }}
		if len(rep.Steps) == 0 {
			r.table = nil
			r.notes = append(r.notes, "There was nothing that could be taken out.")
		}
		var unused []string
		for i, used := range net.UsedInputs() {
			if !used {
				unused = append(unused, net.Inputs[i])
			}
		}
		if len(unused) > 0 {
			r.notes = append(r.notes, "Inputs that are not needed: "+strings.Join(unused, ", ")+".")
		}
		return r, nil
	})
	o.outputFlags(c)
	o.dataFlags(c)
	f := c.Flags()
	f.Var(&iterations, "iterations", "how many steps the rest is refitted for after each removal (default 12)")
	f.Var(&patience, "patience", "how many removals of a kind may fail before the rest is kept (default 3)")
	f.BoolVar(&noisy, "noisy", false, "smooth the curves by cross-validation, for a target with noise")
	f.BoolVar(&all, "all", false, "list also what was tried and kept")
	o.functionFlag(c)
	o.timeFlag(c)
	return c
}

// worthPruning reports that no edge may be taken out.
func worthPruning(path string, net *kan.Network) error {
	named := true
	for _, id := range net.EdgeIDs() {
		e, err := net.EdgeAt(id)
		if err != nil || !e.Fixed {
			return nil
		}
		named = named && e.Kind == kan.Named
	}
	if named {
		return fmt.Errorf("nothing of %s can be taken out: every edge is named and fixed; kansym formula %s prints its formula, and kansym unfix makes a curve of an edge",
			path, quoteWord(path))
	}
	return fmt.Errorf("nothing of %s can be taken out: every edge is fixed; kansym unfix frees one", path)
}

func pruneTable(w io.Writer, net *kan.Network, steps []kan.PruneStep, all bool) error {
	var rows [][]string
	kept := 0
	for _, s := range steps {
		outcome := "out"
		if !s.Removed {
			kept++
			if outcome = "kept"; !all {
				continue
			}
		}
		what := s.String()
		if s.Kind == kan.PruneInput {
			what = "input " + net.Inputs[s.From]
		}
		rows = append(rows, []string{what, symbolic.TableNumber(s.Score), symbolic.TableNumber(s.HeldRMSE), symbolic.TableNumber(s.BICChange), outcome})
	}
	t := &textWriter{w: w}
	if len(rows) > 0 {
		t.table([]string{"tried", "score", "RMSE held out", "change of BIC", ""}, rows, "lrrrl")
	}
	if kept > 0 && !all {
		t.wrapped(fmt.Sprintf("%d more removals were tried and undone; --all lists them.", kept))
	}
	return t.err
}

func (p *program) refineCommand() *cobra.Command {
	o := &stepOptions{}
	var grid positive
	var noisy, noTraining bool
	c := p.stepCommand(&cobra.Command{
		Use:   "refine",
		Short: "Give the curves of a network finer grids and train on",
		Long: `Give the curves of a network finer grids, on which they are the same to begin
with, and train on. Curves that are as fine already and named edges that are
fixed stay as they are. If training does not help, the finer network is kept as
it is.`,
		Example: "  kansym refine net.json data.csv -m fine.json --grid 10",
	}, o, func(ctx context.Context, s *step) (*stepResult, error) {
		if grid == 0 {
			return nil, errors.New("--grid is missing; give the number of intervals, as in --grid 10")
		}
		if err := worthRefining(s.path, s.model.Network, int(grid)); err != nil {
			return nil, err
		}
		fine, err := s.model.Network.Refine(int(grid))
		if err != nil {
			return nil, err
		}
		if n := fine.NumParams(); n > mostParameters {
			return nil, fmt.Errorf("--grid %d asks for %d parameters, more than the %d that can be trained in any time; choose fewer intervals", int(grid), n, mostParameters)
		}
		r := &stepResult{net: fine}
		if noTraining || fine.NumParams() == 0 {
			return r, nil
		}
		opt := kan.TrainOptions{Grid: []int{int(grid)}, Seed: s.seed}
		if noisy {
			opt.Curvature = -1
		}
		net, rep, err := fine.Train(ctx, s.data, opt)
		if err != nil {
			return nil, err
		}
		if rep.Status != kan.StatusDiverged {
			r.net, r.iterations = net, rep.Iterations
		}
		r.notes = append(r.notes, "Training ended: "+rep.Status.String()+".")
		return r, nil
	})
	o.outputFlags(c)
	f := c.Flags()
	f.Var(&grid, "grid", "number of intervals of the curves")
	f.BoolVar(&noTraining, "no-training", false, "refine alone: the network stays the same function")
	f.BoolVar(&noisy, "noisy", false, "smooth the curves by cross-validation, for a target with noise")
	o.dataFlags(c)
	o.functionFlag(c)
	o.timeFlag(c)
	return c
}

// worthRefining reports that there is no curve that a grid would be finer for.
func worthRefining(path string, net *kan.Network, grid int) error {
	curves, fixed, coarsest := 0, 0, math.MaxInt
	for _, id := range net.EdgeIDs() {
		e, err := net.EdgeAt(id)
		switch {
		case err != nil || e.Kind != kan.Spline:
		case e.Fixed:
			fixed++
		case e.Spline.N < grid:
			return nil
		default:
			curves++
			coarsest = min(coarsest, e.Spline.N)
		}
	}
	switch {
	case curves > 0:
		return fmt.Errorf("--grid %d would change nothing: every curve of %s has %d intervals or more; give more than that, or train on by kansym train --from %s",
			grid, path, coarsest, quoteWord(path))
	case fixed > 0:
		return fmt.Errorf("--grid %d would change nothing: every curve of %s is fixed; kansym unfix frees one", grid, path)
	}
	return fmt.Errorf("--grid %d would change nothing: every edge of %s is named, so there is no grid; kansym unfix makes a curve of one", grid, path)
}

func (p *program) widenCommand() *cobra.Command {
	o := &stepOptions{}
	var layer, by, mult counts
	c := p.stepCommand(&cobra.Command{
		Use:   "widen",
		Short: "Add nodes to a hidden layer, without changing the function",
		Long: `Add nodes to a hidden layer. They have no influence at first, so the network is
the same function as before; kansym train --from makes use of them. Layers of
nodes are counted from the inputs, which are layer 0.`,
		Example: `  kansym widen net.json data.csv -m wide.json --layer 1 --by 2
  kansym train data.csv --from wide.json -m better.json`,
	}, o, func(_ context.Context, s *step) (*stepResult, error) {
		at, err := one("--layer", layer, 1)
		if err != nil {
			return nil, err
		}
		count, err := one("--by", by, 1)
		if err != nil {
			return nil, err
		}
		products, err := one("--mult", mult, 0)
		if err != nil {
			return nil, err
		}
		if products > count {
			return nil, fmt.Errorf("--mult %d is more than the %d nodes that --by adds", products, count)
		}
		net := s.model.Network
		for _, add := range []struct {
			count int
			op    kan.Op
		}{{count - products, kan.Sum}, {products, kan.Product}} {
			if add.count == 0 && !(count == 0 && add.op == kan.Sum) {
				continue
			}
			if net, err = net.Widen(at, add.count, add.op, s.all.Cols, s.seed); err != nil {
				return nil, err
			}
		}
		return &stepResult{net: net}, nil
	})
	o.outputFlags(c)
	f := c.Flags()
	f.Var(&layer, "layer", "hidden layer to widen (default 1)")
	f.Var(&by, "by", "how many nodes to add (default 1)")
	f.Var(&mult, "mult", "how many of these multiply (default 0)")
	o.dataFlags(c)
	o.functionFlag(c)
	return c
}

// one returns the only number of a flag.
func one(flag string, n counts, standard int) (int, error) {
	switch len(n) {
	case 0:
		return standard, nil
	case 1:
		return n[0], nil
	}
	return 0, fmt.Errorf("%s %v: expected one number", flag, &n)
}

func (p *program) deepenCommand() *cobra.Command {
	o := &stepOptions{}
	var after counts
	c := p.stepCommand(&cobra.Command{
		Use:   "deepen",
		Short: "Add a layer to a network, without changing the function",
		Long: `Add a layer of as many nodes as the one before it has. Each repeats one of them
at first, so the network is the same function as before, to rounding; kansym
train --from makes use of it. Layers of nodes are counted from the inputs, which
are layer 0.`,
		Example: `  kansym deepen net.json data.csv -m deep.json --after 1
  kansym train data.csv --from deep.json -m better.json`,
	}, o, func(_ context.Context, s *step) (*stepResult, error) {
		at, err := one("--after", after, len(s.model.Network.Layers)-1)
		if err != nil {
			return nil, err
		}
		net, err := s.model.Network.Deepen(at, s.all.Cols)
		if err != nil {
			return nil, err
		}
		return &stepResult{net: net}, nil
	})
	o.outputFlags(c)
	c.Flags().Var(&after, "after", "layer of nodes behind which to add one (default: the last before the output)")
	o.dataFlags(c)
	o.functionFlag(c)
	return c
}

func (p *program) swapCommand() *cobra.Command {
	o := &stepOptions{}
	var layer, nodes counts
	c := p.stepCommand(&cobra.Command{
		Use:   "swap",
		Short: "Exchange two nodes of a hidden layer",
		Long: `Exchange two nodes of a hidden layer with all their edges. The network is the
same function as before, to rounding, in another order. Layers of nodes are
counted from the inputs, which are layer 0, and nodes from 0.`,
		Example: "  kansym swap net.json data.csv -m swapped.json --layer 1 --nodes 0,1",
	}, o, func(_ context.Context, s *step) (*stepResult, error) {
		at, err := one("--layer", layer, 1)
		if err != nil {
			return nil, err
		}
		if len(nodes) != 2 {
			return nil, errors.New("--nodes wants the two nodes to exchange, as in --nodes 0,1")
		}
		if nodes[0] == nodes[1] {
			return nil, fmt.Errorf("--nodes %v would change nothing: it names one node twice; give two, as in --nodes 0,1", &nodes)
		}
		net, err := s.model.Network.Swap(at, nodes[0], nodes[1])
		if err != nil {
			return nil, err
		}
		return &stepResult{net: net}, nil
	})
	o.outputFlags(c)
	f := c.Flags()
	f.Var(&layer, "layer", "hidden layer (default 1)")
	f.Var(&nodes, "nodes", "the two nodes")
	o.dataFlags(c)
	o.functionFlag(c)
	return c
}

func (p *program) rewindCommand() *cobra.Command {
	o := &stepOptions{}
	c := &cobra.Command{
		Use:   "rewind MODEL VERSION",
		Short: "Go back to an earlier version of a model",
		Long: `Write an earlier version of a model as a model of its own, with the history that
it had then. The network is the same to the last bit. kansym history lists the
versions.`,
		Example:           "  kansym rewind net.json 2 -m earlier.json",
		Args:              exactArgs("MODEL", "VERSION"),
		ValidArgsFunction: completeFiles(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return p.rewind(args[0], args[1], o)
		},
	}
	c.Flags().SortFlags = false
	o.outputFlags(c)
	o.functionFlag(c)
	return c
}

func (p *program) rewind(path, version string, o *stepOptions) error {
	out, err := p.openModelOutput(o, "-")
	if err != nil {
		return err
	}
	defer out.discard()
	v, err := newVocabulary("", o.functions)
	if err != nil {
		return err
	}
	m, err := openNetwork(path, v)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(version)
	if err != nil {
		return fmt.Errorf("%q is no version; %s has 1 to %d, which kansym history lists", version, path, m.Version())
	}
	earlier, err := m.Rewind(n)
	if err != nil {
		return inFile(path, err)
	}
	if err := out.write(earlier.Save); err != nil {
		return err
	}
	if o.quiet || o.model == "-" {
		return nil
	}
	w := &textWriter{w: p.stdout}
	w.line("rewind: %s, version %d of %d -> %s", path, n, m.Version(), o.model)
	w.line("")
	w.table(historyHeader, historyRows(earlier), historyAlign)
	return w.done()
}
