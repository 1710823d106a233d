package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// edgeFlag is a flag for the place of an edge.
type edgeFlag struct {
	id  kan.EdgeID
	set bool
}

func (e *edgeFlag) String() string {
	if !e.set {
		return ""
	}
	return e.id.String()
}

func (e *edgeFlag) Type() string { return "LAYER:FROM:TO" }

func (e *edgeFlag) Set(text string) (err error) {
	e.id, err = kan.ParseEdgeID(text)
	e.set = err == nil
	return err
}

// of returns the edge of a network; the error names the model's file.
func (e *edgeFlag) of(path string, net *kan.Network) (*kan.Edge, error) {
	if !e.set {
		return nil, errors.New("--edge is missing; name one as LAYER:FROM:TO, counted from 0, as in --edge 0:1:0")
	}
	edge, err := net.EdgeAt(e.id)
	if err != nil {
		return nil, inFile(path, err)
	}
	return edge, nil
}

const edgeUsage = "the edge, from node FROM to node TO of layer LAYER, counted from 0"

func (p *program) suggestCommand() *cobra.Command {
	o := &stepOptions{}
	edge := &edgeFlag{}
	var keep positive
	c := &cobra.Command{
		Use:   "suggest MODEL DATA",
		Short: "List the functions that an edge may be called by",
		Long: `List the functions c*f(a*x+b)+d that come nearest to the curve of an edge, x
being what the edge is given. RMSE and R^2 are those of the curve; the last
column is the error of the whole network on held-out rows if the edge were
called so and the rest refitted for a few steps. kansym fix gives the edge a
name.`,
		Example:           "  kansym suggest net.json data.csv --edge 0:1:0",
		Args:              exactArgs("MODEL", "DATA"),
		ValidArgsFunction: completeFiles(2),
		RunE: func(c *cobra.Command, args []string) error {
			return p.suggest(c.Context(), args[0], args[1], o, edge, int(keep))
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.Var(edge, "edge", edgeUsage)
	f.Var(&keep, "keep", "how many functions to list at most (default 8)")
	o.libraryFlag(c)
	o.functionFlag(c)
	o.dataFlags(c)
	o.timeFlag(c)
	return c
}

func (p *program) suggest(ctx context.Context, modelPath, dataPath string, o *stepOptions, edge *edgeFlag, keep int) error {
	s, err := p.openStep(ctx, modelPath, dataPath, o)
	if err != nil {
		return err
	}
	net := s.model.Network
	e, err := edge.of(modelPath, net)
	if err != nil {
		return err
	}
	sum, err := net.Summarize(s.data, s.seed)
	if err != nil {
		return fmt.Errorf("%s on %s: %w", modelPath, dataPath, plain(err))
	}
	p.warn(o.quiet, disagreement(modelPath, dataPath, toldBy(s.model.Summary), sum.RMSEHeldout, sum.HeldRelative))
	work, cancel, bar := p.startWork(ctx, o, "suggest")
	defer cancel()
	defer bar.stop()
	list, err := guarded(func() ([]symbolic.Suggestion, error) {
		return symbolic.SuggestEdge(work, net, s.data, edge.id, s.words.set, keep)
	})
	bar.stop()
	if err != nil {
		return inFile(modelPath, err)
	}
	if ctx.Err() != nil {
		return &failure{code: exitInterrupted}
	}
	if len(list) == 0 {
		return &failure{code: exitNoAnswer, err: fmt.Errorf("no function of the library comes near the curve of edge %v", edge.id)}
	}
	var rows [][]string
	for _, m := range list {
		rows = append(rows, []string{
			functionName(m.Func), symbolic.TableNumber(m.A), symbolic.TableNumber(m.B), symbolic.TableNumber(m.C), symbolic.TableNumber(m.D),
			symbolic.TableNumber(m.RMSE), symbolic.TableR2(max(m.R2, 0)), symbolic.TableNumber(m.HeldRMSE),
		})
	}
	w := &textWriter{w: p.stdout}
	is := "a spline"
	if e.Kind == kan.Named {
		is = "named " + functionName(e.Func)
	}
	w.wrapped(fmt.Sprintf("Edge %v of %s is %s; the network has a held-out RMSE of %s.", edge.id, modelPath, is, symbolic.TableNumber(sum.RMSEHeldout)))
	w.line("")
	w.table([]string{"name", "a", "b", "c", "d", "RMSE", "R^2", "held out then"}, rows, "lrrrrrrr")
	if net.Layers[edge.id.Layer].Ops[edge.id.To] == kan.Product {
		w.line("")
		w.wrapped(fmt.Sprintf("Node %d:%d multiplies, so the powers and scales of its factors are free, and the curve is one of many that would do. A power that is not listed may be as good: name the edges into a product first, by kansym fix, which changes the node's other curves with them.",
			edge.id.Layer+1, edge.id.To))
	}
	return w.done()
}

// inFile names the model's file in an error about what it holds.
func inFile(path string, err error) error { return fmt.Errorf("%s: %w", path, plain(err)) }

// plainError is an error without the names of the packages it came from, which
// mean nothing to a user.
type plainError struct{ err error }

func (e *plainError) Error() string {
	const name = "kan: "
	text := strings.TrimPrefix(strings.TrimPrefix(e.err.Error(), name), "load model: ")
	return strings.ReplaceAll(strings.TrimPrefix(text, name), ": "+name, ": ")
}
func (e *plainError) Unwrap() error { return e.err }

func plain(err error) error { return &plainError{err} }

func (p *program) fixCommand() *cobra.Command {
	o := &stepOptions{}
	edge := &edgeFlag{}
	var as string
	c := p.stepCommand(&cobra.Command{
		Use:   "fix",
		Short: "Call an edge by the name of a function",
		Long: `Make an edge the function c*f(a*x+b)+d. Its constants are matched to the curve
that the edge has and then fitted together with everything else. From then on
the edge is not trained, pruned or renamed; kansym symbolize, which has all
constants to fit together, changes its constants only. kansym unfix makes it a
curve again.`,
		Example: `  kansym fix net.json data.csv -m fixed.json --edge 0:1:0 --as sin
  kansym fix net.json data.csv -m fixed.json --edge 1:0:0 \
      --as lorentz --function 'lorentz(x)=1/(1+x^2)'`,
	}, o, func(ctx context.Context, s *step) (*stepResult, error) {
		if _, err := edge.of(s.path, s.model.Network); err != nil {
			return nil, err
		}
		f, err := functionNamed(as, s.words)
		if err != nil {
			return nil, err
		}
		net, m, err := symbolic.FixEdge(ctx, s.model.Network, s.data, edge.id, f)
		if err != nil {
			return nil, err
		}
		r := &stepResult{net: net}
		e, err := net.EdgeAt(edge.id)
		if err != nil {
			return nil, err
		}
		r.table = func(w io.Writer) error {
			return edgeConstants(w, []string{"matched", "refitted"}, []*kan.Edge{{Func: m.Func, A: m.A, B: m.B, C: m.C, D: m.D}, e})
		}
		r.notes = append(r.notes, fmt.Sprintf("Edge %v is fixed as %s, which came to its curve with R^2 %s.", edge.id, functionName(e.Func), symbolic.TableR2(m.R2)))
		if is, was := net.Layers[edge.id.Layer].Ops[edge.id.To], s.model.Network.Layers[edge.id.Layer].Ops[edge.id.To]; is != was {
			r.notes = append(r.notes, fmt.Sprintf("Node %d:%d, a %s before, is a %s now, which is another way to write the same function.", edge.id.Layer+1, edge.id.To, was, is))
		}
		if m.R2 < poorMatch {
			r.notes = append(r.notes, "That is not near; kansym suggest lists nearer ones, and kansym rewind goes back.")
		}
		return r, nil
	})
	o.outputFlags(c)
	f := c.Flags()
	f.Var(edge, "edge", edgeUsage)
	f.StringVar(&as, "as", "", "`name` of the function, such as sin, x^2 or 1/x; x^p is a power with a fitted exponent")
	o.functionFlag(c)
	o.dataFlags(c)
	o.timeFlag(c)
	return c
}

// poorMatch is the R^2 below which a function is not near a curve.
const poorMatch = 0.99

// edgeConstants writes the constants of an edge at several times.
func edgeConstants(w io.Writer, when []string, edges []*kan.Edge) error {
	var rows [][]string
	for i, e := range edges {
		rows = append(rows, []string{when[i], functionName(e.Func), symbolic.TableNumber(e.A), symbolic.TableNumber(e.B), symbolic.TableNumber(e.C), symbolic.TableNumber(e.D)})
	}
	return symbolic.WriteTable(w, symbolic.TablePlain, []string{"constants", "name", "a", "b", "c", "d"}, rows, "llrrrr")
}

// functionName is a function's name with no more digits than a table has room
// for.
func functionName(f *library.Func) string {
	const room = 10
	if !f.IsPower || len(f.Name) <= room {
		return f.Name
	}
	return "x^" + symbolic.TableNumber(f.Exponent)
}

// functionNamed finds a function by name, the user's or a built-in one.
func functionNamed(name string, v *vocabulary) (*library.Func, error) {
	if name == "" {
		return nil, errors.New("--as is missing; name a function, as in --as sin; kansym suggest lists those that come near")
	}
	if f, ok := v.set.Lookup(name); ok {
		return f, nil
	}
	if f, ok := library.Lookup(name); ok {
		return f, nil
	}
	var known []string
	for _, f := range append(library.Builtin(), v.user...) {
		known = append(known, f.Name)
	}
	slices.Sort(known)
	hint := "kansym library lists those there are"
	if near, ok := library.Nearest(name, known); ok {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return nil, fmt.Errorf("--as: no function is called %q; %s", name, hint)
}

func (p *program) unfixCommand() *cobra.Command {
	o := &stepOptions{}
	edge := &edgeFlag{}
	var grid positive
	c := p.stepCommand(&cobra.Command{
		Use:   "unfix",
		Short: "Make a named edge a curve again",
		Long: `Make a named edge a curve that training may change. The curve is the function to
begin with, within an error that is told.`,
		Example: "  kansym unfix net.json data.csv -m free.json --edge 0:1:0",
	}, o, func(_ context.Context, s *step) (*stepResult, error) {
		e, err := edge.of(s.path, s.model.Network)
		if err != nil {
			return nil, err
		}
		net, rep, err := s.model.Network.Unfix(edge.id, s.all.Cols, int(grid))
		if err != nil {
			return nil, err
		}
		return &stepResult{net: net, notes: []string{fmt.Sprintf(
			"Edge %v was %s and is a curve of %d intervals, which differs from it by at most %s on the data (RMSE %s of its spread).",
			edge.id, functionName(e.Func), rep.Intervals, symbolic.TableNumber(rep.MaxError), symbolic.TableNumber(rep.Relative))}}, nil
	})
	o.outputFlags(c)
	f := c.Flags()
	f.Var(edge, "edge", edgeUsage)
	f.Var(&grid, "grid", "number of intervals of the curve (default: as many as it takes for an error of 1e-6)")
	o.functionFlag(c)
	o.dataFlags(c)
	return c
}

func (p *program) symbolizeCommand() *cobra.Command {
	o := &stepOptions{}
	var loss float64
	var keepFixed bool
	c := p.stepCommand(&cobra.Command{
		Use:   "symbolize",
		Short: "Name all edges of a network, in context",
		Long: `Name all edges of a network so that the formula of the whole fits the data.

Names are chosen in context, never edge by edge: by the error and the size of
the whole formula, so a runner-up in the table may come nearer to its own curve.
All constants are fitted together; those that the formula can do without are
made 0 or 1. If no choice
of names keeps the error on held-out rows, edges are named one at a time as far
as that keeps it, and the rest stay curves. Named edges keep their names.`,
		Example: "  kansym symbolize net.json data.csv -m named.json",
	}, o, func(ctx context.Context, s *step) (*stepResult, error) {
		if !(loss >= 1) {
			return nil, fmt.Errorf("--loss %v: the error may grow by a factor of 1 or more", loss)
		}
		net, rep, err := symbolic.Symbolize(ctx, s.model.Network, s.data, s.words.set, symbolic.SymbolizeOptions{Loss: loss, KeepFixed: keepFixed})
		if err != nil {
			return nil, err
		}
		r := &stepResult{net: net, table: func(w io.Writer) error { return symbolic.EdgeTable(w, shortened(rep.Edges)) }}
		r.notes = symbolizeNotes(s, net, rep)
		if note := symbolic.EdgeNote(shortened(rep.Edges)); note != "" {
			r.notes = append([]string{note, ""}, r.notes...)
		}
		return r, nil
	})
	o.outputFlags(c)
	f := c.Flags()
	f.Float64Var(&loss, "loss", 1.1, "`factor` by which the held-out error may grow for the sake of names")
	f.BoolVar(&keepFixed, "keep-constants", false, "leave the constants of fixed edges as they are")
	o.libraryFlag(c)
	o.functionFlag(c)
	o.dataFlags(c)
	o.timeFlag(c)
	return c
}

// shortened keeps as many runners-up, and digits in names, as a line has room
// for.
func shortened(rows []symbolic.EdgeRow) []symbolic.EdgeRow {
	const most = 2
	out := slices.Clone(rows)
	for i := range out {
		if f, ok := library.Lookup(out[i].Name); ok {
			out[i].Name = functionName(f)
		}
		out[i].Alternatives = slices.Clone(out[i].Alternatives[:min(len(out[i].Alternatives), most)])
		for k := range out[i].Alternatives {
			f := *out[i].Alternatives[k].Func
			f.Name = functionName(&f)
			out[i].Alternatives[k].Func = &f
		}
	}
	return out
}

// symbolizeNotes says what came of naming.
func symbolizeNotes(s *step, net *kan.Network, rep symbolic.SymbolizeReport) []string {
	if len(rep.Left) == 0 {
		sum, _ := net.Summarize(s.data, s.seed)
		text, err := networkFormula(net, sum)
		if err != nil {
			return nil
		}
		return []string{"All edges are named:", asFormula(s.model, text)}
	}
	notes := []string{fmt.Sprintf("No names keep the fit of %s, which %s.", edgeList(rep.Left), stay(len(rep.Left)))}
	if rep.Formula != nil {
		return append(notes, "A formula with several functions on one edge fits as well, but no edge can carry it; kansym compile makes a network of more edges of it:",
			asFormula(s.model, rep.Formula.Format(library.LangExpr)))
	}
	return append(notes, "kansym suggest tells about one edge, and kansym fix names it; --library all and --function bring more functions, --loss allows a larger error.")
}

// formulaIndent marks a note that is a formula, which is not wrapped.
const formulaIndent = "    "

// asFormula writes a formula of a model as an equation.
func asFormula(m *kan.Model, text string) string {
	return formulaIndent + statementTarget(m) + " = " + text
}

func stay(n int) string {
	if n == 1 {
		return "stays a curve"
	}
	return "stay curves"
}

// edgeList lists edges: "edge 0:1:0", "edges 0:1:0 and 1:0:0".
func edgeList(ids []kan.EdgeID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = id.String()
	}
	if len(names) == 1 {
		return "edge " + names[0]
	}
	last := len(names) - 1
	return "edges " + strings.Join(names[:last], ", ") + " and " + names[last]
}
