package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/symbolic"
)

// stepOptions are the flags that the steps on a network share.
type stepOptions struct {
	model     string // to be written
	weights   string
	missing   string
	functions []string
	library   string
	time      seconds
	quiet     bool
}

// dataFlags adds the flags that say how data are read.
func (o *stepOptions) dataFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.weights, "weights", "", "`column` with the weight of each row")
	f.StringVar(&o.missing, "missing", "drop", "`what` to do with rows that lack a number: drop, error or keep-sentinels, as kansym fit has it")
	completeColumns(c, "weights")
}

// functionFlag adds the flag that defines functions.
func (o *stepOptions) functionFlag(c *cobra.Command) {
	c.Flags().StringArrayVar(&o.functions, "function", nil, "define a function that an edge is called by, by its `definition`, as in 'lorentz(x)=1/(1+x^2)'; may be repeated")
}

// libraryFlag adds the flag that chooses functions.
func (o *stepOptions) libraryFlag(c *cobra.Command) {
	c.Flags().StringVar(&o.library, "library", "", libraryUsage)
}

// outputFlags adds the flags of a step that writes a model.
func (o *stepOptions) outputFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&o.model, "model", "m", "", "write the new model to `file`, which may be the one that is read; - is standard output")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print nothing but errors")
}

// timeFlag adds the flag that bounds long work.
func (o *stepOptions) timeFlag(c *cobra.Command) {
	if o.time == 0 {
		o.time = seconds(60 * time.Second)
	}
	c.Flags().Var(&o.time, "time", "how long to work at most, such as 20s or 5m; what was reached by then is kept")
}

// step is a model with the data that it is worked on.
type step struct {
	path  string // of the model
	model *kan.Model
	data  kan.Data      // training and held-out rows
	all   symbolic.Data // both
	words *vocabulary
	seed  uint64
}

// stepResult is what a step makes of a network.
type stepResult struct {
	net        *kan.Network
	iterations int
	// notes are sentences, and table what else there is to show, if anything.
	notes []string
	table func(w io.Writer) error
}

// stepCommand makes the command of a step that reads a model and data and
// writes a model. Of its flags only those are added that all steps have.
func (p *program) stepCommand(c *cobra.Command, o *stepOptions, change func(context.Context, *step) (*stepResult, error)) *cobra.Command {
	c.Use += " MODEL DATA"
	c.Args = exactArgs("MODEL", "DATA")
	c.ValidArgsFunction = completeFiles(2)
	c.Flags().SortFlags = false
	c.RunE = func(c *cobra.Command, args []string) error {
		return p.runStep(c, args[0], args[1], o, change)
	}
	return c
}

// runStep reads, changes, compares, writes and prints.
func (p *program) runStep(c *cobra.Command, modelPath, dataPath string, o *stepOptions, change func(context.Context, *step) (*stepResult, error)) error {
	ctx := c.Context()
	out, err := p.openModelOutput(o, dataPath)
	if err != nil {
		return err
	}
	defer out.discard()
	s, err := p.openStep(ctx, modelPath, dataPath, o)
	if err != nil {
		return err
	}
	before, err := s.model.Network.Summarize(s.data, s.seed)
	if err != nil {
		return fmt.Errorf("%s on %s: %w", modelPath, dataPath, plain(err))
	}
	p.warn(o.quiet, disagreement(modelPath, dataPath, toldBy(s.model.Summary), before.RMSEHeldout, before.HeldRelative))
	work, cancel, bar := p.startWork(ctx, o, c.Name())
	defer cancel()
	defer bar.stop()
	r, err := guarded(func() (*stepResult, error) { return change(work, s) })
	bar.stop()
	if err != nil {
		if ctx.Err() != nil {
			return &failure{code: exitInterrupted, err: fmt.Errorf("%s was interrupted before there was anything to keep", c.Name())}
		}
		return plain(err)
	}
	after, err := r.net.Summarize(s.data, s.seed)
	if err != nil {
		return &failure{code: exitNoAnswer, err: fmt.Errorf("%s: the result is of no use: %w", c.Name(), err)}
	}
	after.Iterations = r.iterations
	next := s.model.Step(kan.Snapshot{Command: commandLine(c, modelPath, dataPath), Network: r.net, Summary: after})
	if err := out.write(next.Save); err != nil {
		return err
	}
	if !o.quiet && o.model != "-" {
		if work.Err() != nil && ctx.Err() == nil {
			r.notes = append(r.notes, fmt.Sprintf("The time of %v was over before the work was done; --time gives it more.", &o.time))
		}
		head := fmt.Sprintf("%s: %s, version %d -> %s, version %d", c.Name(), modelPath, s.model.Version(), o.model, next.Version())
		if err := p.printStep(head, s.model.Network, r.net, before, after, r); err != nil {
			return err
		}
	}
	if c.Name() == "fix" {
		p.warn(o.quiet, worsening(o.model, s.model.Version(), before, after))
	}
	if ctx.Err() != nil {
		return &failure{code: exitInterrupted}
	}
	return nil
}

// guarded is guard for functions that return a value.
func guarded[T any](f func() (T, error)) (v T, err error) {
	err = guard(func() error {
		var err error
		v, err = f()
		return err
	})
	return v, err
}

// openModelOutput makes sure before the work that the model can be written.
func (p *program) openModelOutput(o *stepOptions, dataPath string) (*output, error) {
	switch {
	case o.model == "":
		return nil, errors.New("--model is missing; name the file for the new model, as in -m next.json")
	case o.model != "-" && dataPath != "-" && sameFile(o.model, dataPath):
		return nil, fmt.Errorf("%s holds the data and would be overwritten; choose another file", o.model)
	}
	return openOutput(o.model, p.stdout)
}

// openStep reads a model and its data.
func (p *program) openStep(ctx context.Context, modelPath, dataPath string, o *stepOptions) (*step, error) {
	v, err := newVocabulary(o.library, o.functions)
	if err != nil {
		return nil, err
	}
	m, err := openNetwork(modelPath, v)
	if err != nil {
		return nil, err
	}
	return p.modelStep(ctx, m, modelPath, dataPath, o, v)
}

// modelStep reads the data of a model.
func (p *program) modelStep(ctx context.Context, m *kan.Model, modelPath, dataPath string, o *stepOptions, v *vocabulary) (*step, error) {
	missing, err := table.ParseMissing(o.missing)
	if err != nil {
		return nil, fmt.Errorf("--missing: %w", err)
	}
	if m.Target == "" {
		return nil, fmt.Errorf("%s: was compiled for no column in particular, so there is nothing to compare it with; compile it as an equation, as in 'y = ...', or with --target", modelPath)
	}
	s := &step{path: modelPath, model: m, words: v, seed: defaultSeed}
	if m.Summary != nil {
		s.seed = m.Summary.Seed
	}
	opt := table.Options{Target: m.Target, Weights: o.weights, Missing: missing, Reserved: v.reserved, Known: knownSentinels(m.Missing)}
	var names []string
	for _, x := range modelInputs(m) {
		opt.Inputs = append(opt.Inputs, x.Column)
		names = append(names, x.Name)
	}
	t, err := p.readTable(ctx, dataPath, opt)
	if err != nil && dataPath != "-" && errors.As(err, new(*table.Error)) {
		// A file that goes by other names than the one that was fitted has the
		// identifiers.
		inputs := opt.Inputs
		opt.Inputs = names
		again, aerr := p.readTable(ctx, dataPath, opt)
		if aerr != nil {
			if opt.Target = table.Identifier(m.Target); opt.Target != "" {
				again, aerr = p.readTable(ctx, dataPath, opt)
			}
		}
		if opt.Inputs = inputs; aerr == nil {
			t, err, opt.Inputs = again, nil, names
		}
	}
	if err != nil {
		return nil, err
	}
	if s.data, err = fit.NetworkData(t, opt.Inputs, s.seed); err != nil {
		return nil, err
	}
	s.data.Names = m.Network.Inputs
	s.all = fit.AllRows(s.data)
	return s, nil
}

// defaultSeed is the seed where nothing says otherwise.
const defaultSeed = 1

// startWork bounds the work by the time, if there is one, and shows a bar on a
// terminal, which is nil elsewhere.
func (p *program) startWork(ctx context.Context, o *stepOptions, what string) (work context.Context, cancel func(), bar *progress) {
	if o.time == 0 {
		work, cancel = context.WithCancel(ctx)
		return work, cancel, nil
	}
	work, cancel = context.WithTimeout(ctx, time.Duration(o.time))
	if f := terminal(p.stderr); f != nil && !o.quiet {
		bar = startProgress(f, width(f), time.Duration(o.time))
		bar.report(fit.Progress{Stage: what})
	}
	return work, cancel, bar
}

// commandLine is how a step is told in the history: what was typed, but for what
// the network does not depend on, unless the time is too short.
func commandLine(c *cobra.Command, args ...string) string {
	return recordedCommand(c, []string{"model", "quiet", "time"}, args...)
}

// recordedCommand is what was typed but for some flags.
func recordedCommand(c *cobra.Command, without []string, args ...string) string {
	words := []string{c.Name()}
	for _, a := range args {
		words = append(words, quoteWord(a))
	}
	c.Flags().Visit(func(f *pflag.Flag) {
		if slices.Contains(without, f.Name) {
			return
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = []string{strings.Join(list.GetSlice(), ",")}
			if f.Value.Type() == "stringArray" { // given anew for each
				values = list.GetSlice()
			}
		}
		for _, value := range values {
			words = append(words, "--"+f.Name)
			if f.Value.Type() != "bool" {
				words = append(words, quoteWord(value))
			}
		}
	})
	return strings.Join(words, " ")
}

// quoteWord writes a word so that a shell reads it as one.
func quoteWord(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\n'\"\\$&|;<>()*?#~`[]{}!^") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// printStep writes what a step changed.
func (p *program) printStep(head string, from, to *kan.Network, before, after *kan.Summary, r *stepResult) error {
	w := &textWriter{w: p.stdout}
	w.line("%s", head)
	w.line("")
	w.table([]string{"", "before", "after"}, changes(from, to, before, after), "lrr")
	if r.table != nil {
		w.line("")
		w.call(r.table)
	}
	if len(r.notes) > 0 {
		w.line("")
		for _, n := range r.notes {
			if strings.HasPrefix(n, formulaIndent) {
				w.line("%s", n)
				continue
			}
			w.wrapped(n)
		}
	}
	return w.done()
}

// changes are the lines of the table of what a step changed; from and before
// are nil where there was nothing.
func changes(from, to *kan.Network, before, after *kan.Summary) [][]string {
	var rows [][]string
	add := func(name string, value func(n *kan.Network, s *kan.Summary) string) {
		row := []string{name}
		if from != nil {
			row = append(row, value(from, before))
		}
		rows = append(rows, append(row, value(to, after)))
	}
	add("shape", func(n *kan.Network, _ *kan.Summary) string { return shapeText(n) })
	add("edges", func(n *kan.Network, _ *kan.Summary) string { return strconv.Itoa(len(n.EdgeIDs())) })
	add("  named", func(n *kan.Network, _ *kan.Summary) string { return strconv.Itoa(namedEdges(n)) })
	add("parameters", func(n *kan.Network, _ *kan.Summary) string { return strconv.Itoa(n.NumParams()) })
	add("RMSE fit", func(_ *kan.Network, s *kan.Summary) string { return symbolic.TableNumber(s.RMSETrain) })
	add("RMSE held out", func(_ *kan.Network, s *kan.Summary) string { return symbolic.TableNumber(s.RMSEHeldout) })
	add("  of the spread", func(_ *kan.Network, s *kan.Summary) string { return symbolic.TableNumber(s.HeldRelative) })
	return rows
}

// shapeText writes the numbers of nodes, those that multiply behind an x:
// 2,5x2,1 has two that multiply among five.
func shapeText(n *kan.Network) string {
	parts := []string{strconv.Itoa(len(n.Inputs))}
	for _, l := range n.Layers {
		part, products := strconv.Itoa(l.Out), 0
		for _, op := range l.Ops {
			if op == kan.Product {
				products++
			}
		}
		if products > 0 {
			part += "x" + strconv.Itoa(products)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ",")
}

func namedEdges(n *kan.Network) int {
	named := 0
	for _, id := range n.EdgeIDs() {
		if e, err := n.EdgeAt(id); err == nil && e.Kind == kan.Named {
			named++
		}
	}
	return named
}

// stepCommands are the commands of work on a network step by step.
func (p *program) stepCommands() []*cobra.Command {
	return []*cobra.Command{
		p.trainCommand(), p.pruneCommand(), p.suggestCommand(), p.fixCommand(), p.unfixCommand(), p.refineCommand(),
		p.symbolizeCommand(), p.formulaCommand(), p.attributeCommand(), p.widenCommand(), p.deepenCommand(), p.swapCommand(),
		p.historyCommand(), p.rewindCommand(),
	}
}
