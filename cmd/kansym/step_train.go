package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/kan"
)

// trainOptions are the flags of kansym train.
type trainOptions struct {
	stepOptions
	target          string
	inputs, exclude []string
	shape, mult     counts
	grid            counts
	starts          positive
	seed            uint64
	noisy           bool
	from            string
}

// counts is a flag for whole numbers separated by commas.
type counts []int

func (n *counts) String() string {
	var parts []string
	for _, v := range *n {
		parts = append(parts, strconv.Itoa(v))
	}
	return strings.Join(parts, ",")
}

func (n *counts) Type() string { return "n,..." }

func (n *counts) Set(text string) error {
	*n = nil
	for part := range strings.SplitSeq(text, ",") {
		v, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || v < 0 {
			return errors.New("expected whole numbers separated by commas")
		}
		*n = append(*n, v)
	}
	return nil
}

func (p *program) trainCommand() *cobra.Command {
	o := &trainOptions{starts: 20}
	c := &cobra.Command{
		Use:   "train DATA",
		Short: "Train a network, to be worked on step by step",
		Long: `Train a Kolmogorov-Arnold network on a table and write it to a model file.

The shape is the number of inputs, of the nodes of each hidden layer, and 1 for
the output; without hidden layers the target is a sum of one curve for each
input. Nodes add what their edges bring; --mult makes some of them multiply.

Every edge carries a curve. The next steps are prune, which takes out what is
not needed, suggest and fix, which name curves, refine, symbolize, and formula;
attribute and history tell about a model, and rewind goes back.

A quarter of the rows, drawn by the seed, is held out. All steps on the same
data judge by the same rows.`,
		Example: `  kansym train data.csv -m net.json --shape 2,5,1
  kansym train data.csv -m net.json --shape 3,4,1 --mult 2,1 --target speed
  kansym train data.csv -m better.json --from net.json --grid 20`,
		Args:              exactArgs("DATA"),
		ValidArgsFunction: completeFiles(1),
		RunE: func(c *cobra.Command, args []string) error {
			if o.from != "" {
				return p.trainOn(c, args[0], o)
			}
			return p.train(c, args[0], o)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	o.outputFlags(c)
	f.Var(&o.shape, "shape", "number of inputs, of the nodes of each hidden layer, and 1")
	f.Var(&o.mult, "mult", "how many nodes of each layer after the inputs multiply, as in 2 for the first layer or 0,1 for the second")
	f.StringVar(&o.target, "target", "", "`column` to predict (default: the last that holds no weights)")
	f.StringSliceVar(&o.inputs, "inputs", nil, "`columns` that go in, separated by commas (default: all others)")
	f.StringSliceVar(&o.exclude, "exclude", nil, "`columns` to leave out; they need not hold numbers")
	o.dataFlags(c)
	f.Var(&o.grid, "grid", "numbers of intervals of the curves, coarse to fine (default 4,6,12,24, as far as it helps)")
	f.Var(&o.starts, "starts", "how many random networks to start from")
	f.Uint64Var(&o.seed, "seed", defaultSeed, "`number` to start everything random from; the same gives the same network")
	f.BoolVar(&o.noisy, "noisy", false, "smooth the curves by cross-validation, for a target with noise")
	f.StringVar(&o.from, "from", "", "train on from the network in `file` instead of a new one")
	o.timeFlag(c)
	completeColumns(c, "target", "inputs", "exclude")
	return c
}

// train trains a new network.
func (p *program) train(c *cobra.Command, path string, o *trainOptions) error {
	ctx := c.Context()
	if len(o.shape) == 0 {
		return errors.New("--shape is missing; give the number of inputs, of hidden nodes, and 1, as in --shape 2,5,1")
	}
	missing, err := table.ParseMissing(o.missing)
	if err != nil {
		return fmt.Errorf("--missing: %w", err)
	}
	if c.Flags().Changed("inputs") && len(o.inputs) == 0 {
		return errors.New("--inputs names no column")
	}
	out, err := p.openModelOutput(&o.stepOptions, path)
	if err != nil {
		return err
	}
	defer out.discard()
	v, err := newVocabulary("", nil)
	if err != nil {
		return err
	}
	t, err := p.readTable(ctx, path, table.Options{
		Target: o.target, Inputs: o.inputs, Exclude: o.exclude, Weights: o.weights,
		Missing: missing, Reserved: v.reserved,
	})
	if err != nil {
		return err
	}
	data, err := fit.NetworkData(t, nil, o.seed)
	if err != nil {
		return err
	}
	template, err := o.template(t.Source, data.Names)
	if err != nil {
		return err
	}
	work, cancel, bar := p.startWork(ctx, &o.stepOptions, "train")
	defer cancel()
	defer bar.stop()
	type trained struct {
		net *kan.Network
		rep kan.TrainReport
	}
	r, err := guarded(func() (r trained, err error) {
		r.net, r.rep, err = kan.TrainTopology(work, template, data, o.training())
		return r, err
	})
	bar.stop()
	if err != nil {
		return plain(err)
	}
	sum, err := r.net.Summarize(data, o.seed)
	if err != nil {
		return &failure{code: exitNoAnswer, err: fmt.Errorf("train: the result is of no use: %w", err)}
	}
	sum.Iterations = r.rep.Iterations
	m := &kan.Model{Target: t.Columns[t.Target], Snapshot: kan.Snapshot{
		Command: commandLine(c, path), Network: r.net, Summary: sum,
	}}
	for _, i := range t.Inputs() {
		m.Columns = append(m.Columns, t.Columns[i])
	}
	m.Missing = missingCodes(t.Sentinels, t.Columns)
	if err := out.write(m.Save); err != nil {
		return err
	}
	if !o.quiet && o.model != "-" {
		if err := p.printTrained(t, r.net, sum, r.rep, o); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return &failure{code: exitInterrupted}
	}
	return nil
}

func (p *program) printTrained(t *table.Table, net *kan.Network, sum *kan.Summary, rep kan.TrainReport, o *trainOptions) error {
	w := &textWriter{w: p.stdout}
	w.line("train: %s", t.Describe())
	w.line("    -> %s, version 1", o.model)
	w.line("")
	rows := changes(nil, net, nil, sum)
	rows = append(rows, []string{"rows", fmt.Sprintf("%d to fit, %d held out", sum.Rows, sum.RowsHeldout)},
		[]string{"grid", strconv.Itoa(rep.Grid)}, []string{"training", rep.Status.String()})
	w.table([]string{"", "network"}, rows, "ll")
	notes := slices.Clone(t.Warnings)
	if rep.Status == kan.StatusCancelled {
		notes = append(notes, "the training was ended early; --time gives it more")
	}
	if sum.HeldRelative > poorFit {
		notes = append(notes, "the network misses more than a tenth of the spread of the target: try more nodes, another --mult, more --starts, or another --seed")
	}
	if len(notes) > 0 {
		w.line("")
		for _, n := range notes {
			w.wrapped("warning: " + n)
		}
	}
	return w.done()
}

// poorFit is the share of the target's spread that a network worth going on
// with does not miss.
const poorFit = 0.1

// template is the network to be trained, for a file with the given inputs.
func (o *trainOptions) template(source string, inputs []string) (*kan.Network, error) {
	if o.shape[0] != len(inputs) {
		with := append(counts{len(inputs)}, o.shape[1:]...)
		return nil, fmt.Errorf("--shape %v begins with %d inputs, but %s has %d (%s); write --shape %v, or choose columns by --inputs",
			&o.shape, o.shape[0], source, len(inputs), strings.Join(inputs, ", "), &with)
	}
	last := len(o.shape) - 1
	if last < 1 || o.shape[last] != 1 {
		with := append(slices.Clone(o.shape), 1)
		return nil, fmt.Errorf("--shape %v does not end with the 1 of the output; write --shape %v", &o.shape, &with)
	}
	// Before anything of that size is made.
	if err := kan.CheckSize(o.shape); err != nil {
		return nil, fmt.Errorf("--shape %v asks for %w; choose fewer nodes", &o.shape, err)
	}
	if i := slices.Index(o.shape, 0); i >= 0 {
		return nil, fmt.Errorf("--shape %v: layer %d has no nodes; give it one or leave it out", &o.shape, i)
	}
	if len(o.mult) > last {
		return nil, fmt.Errorf("--mult %v has %d layers, but --shape %v has only %d after the inputs", &o.mult, len(o.mult), &o.shape, last)
	}
	var ops [][]kan.Op
	for l, n := range o.mult {
		size := o.shape[l+1]
		if n > size {
			return nil, fmt.Errorf("--mult %v: layer %d has only %d nodes by --shape %v", &o.mult, l+1, size, &o.shape)
		}
		layer := make([]kan.Op, size)
		for k := size - n; k < size; k++ {
			layer[k] = kan.Product
		}
		ops = append(ops, layer)
	}
	net, err := kan.New(o.shape, kan.NewOptions{Inputs: inputs, Ops: ops})
	if err != nil {
		return nil, fmt.Errorf("--shape %v: %w", &o.shape, plain(err))
	}
	if n := net.NumParams(); n > mostParameters {
		return nil, fmt.Errorf("--shape %v asks for %d parameters, more than the %d that can be trained in any time; choose fewer nodes", &o.shape, n, mostParameters)
	}
	for _, g := range o.grid {
		if g < 1 {
			return nil, fmt.Errorf("--grid %d: a curve has one interval or more; give numbers such as 4,6,12", g)
		}
		const degree = 3 // of the splines
		if n := len(net.EdgeIDs()) * (g + degree); n > mostParameters {
			return nil, fmt.Errorf("--grid %d asks for %d parameters, more than the %d that can be trained in any time; choose fewer intervals", g, n, mostParameters)
		}
	}
	return net, nil
}

// mostParameters bounds the networks that are trained step by step.
const mostParameters = 20000

func (o *trainOptions) training() kan.TrainOptions {
	opt := kan.TrainOptions{Grid: o.grid, Starts: int(o.starts), Seed: o.seed}
	if o.noisy {
		opt.Curvature = -1
	}
	return opt
}

// trainOn trains on from a model.
func (p *program) trainOn(c *cobra.Command, path string, o *trainOptions) error {
	for _, name := range []string{"shape", "mult", "target", "inputs", "exclude", "starts"} {
		if c.Flags().Changed(name) {
			return fmt.Errorf("--%s is for new networks and --from %s goes on from one; give only one of the two", name, o.from)
		}
	}
	return p.runStep(c, o.from, path, &o.stepOptions, func(ctx context.Context, s *step) (*stepResult, error) {
		if c.Flags().Changed("seed") && o.seed != s.seed {
			return nil, fmt.Errorf("--seed %d would hold out other rows than %s was trained without; leave it out", o.seed, o.from)
		}
		opt := o.training()
		opt.Seed = s.seed
		net, rep, err := s.model.Network.Train(ctx, s.data, opt)
		if err != nil {
			return nil, err
		}
		return &stepResult{net: net, iterations: rep.Iterations, notes: []string{"Training ended: " + rep.Status.String() + "."}}, nil
	})
}
