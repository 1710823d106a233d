package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

func (p *program) historyCommand() *cobra.Command {
	o := &stepOptions{}
	c := &cobra.Command{
		Use:   "history MODEL",
		Short: "List the versions of a model",
		Long: `List the versions of a model, with the command that made each and how well it
fits. kansym rewind goes back to one.`,
		Example:           "  kansym history net.json",
		Args:              exactArgs("MODEL"),
		ValidArgsFunction: completeFiles(1),
		RunE: func(_ *cobra.Command, args []string) error {
			v, err := newVocabulary("", o.functions)
			if err != nil {
				return err
			}
			m, err := openNetwork(args[0], v)
			if err != nil {
				return err
			}
			w := &textWriter{w: p.stdout}
			w.table(historyHeader, historyRows(m), historyAlign)
			return w.done()
		},
	}
	o.functionFlag(c)
	return c
}

var historyHeader = []string{"version", "shape", "edges", "named", "parameters", "RMSE held out", "command"}

const historyAlign = "rlrrrrl"

func historyRows(m *kan.Model) [][]string {
	var rows [][]string
	for v := 1; v <= m.Version(); v++ {
		s, err := m.At(v)
		if err != nil {
			break
		}
		held := "-"
		if s.Summary != nil {
			held = symbolic.TableNumber(s.Summary.RMSEHeldout)
		}
		rows = append(rows, []string{
			strconv.Itoa(v), shapeText(s.Network), strconv.Itoa(len(s.Network.EdgeIDs())), strconv.Itoa(namedEdges(s.Network)),
			strconv.Itoa(s.Network.NumParams()), held, s.Command,
		})
	}
	return rows
}

func (p *program) formulaCommand() *cobra.Command {
	o := &stepOptions{}
	c := &cobra.Command{
		Use:   "formula MODEL",
		Short: "Print the formula of a model whose edges are named",
		Long: `Print the formula of a model all of whose edges are named, and how well it fits.
If some are curves still, say which, and how to name them.`,
		Example: `  kansym formula named.json
  kansym predict "$(kansym formula named.json --quiet)" new.csv`,
		Args:              exactArgs("MODEL"),
		ValidArgsFunction: completeFiles(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return p.formula(args[0], o)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print the formula alone, to full precision")
	o.functionFlag(c)
	return c
}

func (p *program) formula(path string, o *stepOptions) error {
	v, err := newVocabulary("", o.functions)
	if err != nil {
		return err
	}
	m, err := openNetwork(path, v)
	if err != nil {
		return err
	}
	var left []kan.EdgeID
	for _, id := range m.Network.EdgeIDs() {
		if e, err := m.Network.EdgeAt(id); err == nil && e.Kind != kan.Named {
			left = append(left, id)
		}
	}
	if len(left) > 0 {
		is := "is a curve"
		if len(left) > 1 {
			is = "are curves"
		}
		text := fmt.Sprintf("%s: %s %s without a name, so there is no formula; name all by kansym symbolize %s DATA, or one by kansym suggest and kansym fix with --edge %v",
			path, edgeList(left), is, quoteWord(path), left[0])
		return &failure{code: exitNoAnswer, err: fmt.Errorf("%s", strings.Join(wrapText(text, textWidth-len("kansym: ")), "\n"))}
	}
	sum := m.Summary
	if o.quiet {
		sum = nil
	}
	text, err := networkFormula(m.Network, sum)
	if err != nil {
		return inFile(path, err)
	}
	w := &textWriter{w: p.stdout}
	if o.quiet {
		w.line("%s", text)
		return w.done()
	}
	w.line("%s", asFormula(m, text))
	w.line("")
	if m.Summary == nil {
		w.wrapped("The model does not say how well it fits; kansym predict tells on data.")
		return w.done()
	}
	w.wrapped(fitSentence(m))
	return w.done()
}

// fitSentence says how well a model with a summary fits.
func fitSentence(m *kan.Model) string {
	s := m.Summary
	held, train := symbolic.TableNumber(s.RMSEHeldout), symbolic.TableNumber(s.RMSETrain)
	spread := fmt.Sprintf("%s of the spread of %s", symbolic.TableNumber(s.HeldRelative), m.Target)
	switch {
	case neverFitted(m) && s.RowsHeldout > 0:
		return fmt.Sprintf("RMSE %s on %s and %s on %d others, %s. The network was compiled from a formula and never fitted.",
			held, counted(s.RowsHeldout, "row"), train, s.Rows, spread)
	case neverFitted(m):
		return fmt.Sprintf("RMSE %s on the %s it was compared with, %s. The network was compiled from a formula and never fitted.",
			held, counted(s.Rows, "row"), spread)
	case s.RowsHeldout == 0:
		return fmt.Sprintf("RMSE %s on the %s it was fitted to, %s. No rows were held out.", train, counted(s.Rows, "row"), spread)
	}
	return fmt.Sprintf("RMSE %s on %s, %s; %s on the %s it was fitted to.",
		held, counted(s.RowsHeldout, "held-out row"), spread, train, counted(s.Rows, "row"))
}

// neverFitted reports whether a model was compiled from a formula and has gone
// only through steps that leave the function as it is.
func neverFitted(m *kan.Model) bool {
	for v := 1; v <= m.Version(); v++ {
		s, err := m.At(v)
		if err != nil {
			return false
		}
		name, _, _ := strings.Cut(s.Command, " ")
		switch {
		case v == 1 && name != "compile":
			return false
		case v > 1 && !slices.Contains([]string{"widen", "deepen", "swap", "unfix"}, name):
			return false
		}
	}
	return true
}

// networkFormula is the formula of a network of named edges. With a summary its
// constants have the digits that its error lets mean anything, and three more.
func networkFormula(net *kan.Network, sum *kan.Summary) (string, error) {
	e, err := symbolic.NetworkFormula(net, nil)
	if err != nil {
		return "", err
	}
	if sum == nil {
		return e.Format(library.LangExpr), nil
	}
	const least, most = 6, 15
	digits := most
	if sum.HeldRelative > 0 {
		digits = min(max(int(math.Ceil(-math.Log10(sum.HeldRelative)))+3, least), most)
	}
	return e.FormatDigits(library.LangExpr, digits), nil
}

func (p *program) attributeCommand() *cobra.Command {
	o := &stepOptions{}
	var asJSON bool
	c := &cobra.Command{
		Use:   "attribute MODEL DATA",
		Short: "Tell how much inputs, nodes and edges matter",
		Long: `Tell how much each input, node and edge of a network matters for its output on
some data. The output has a score of 1, and a node hands its score on to its
incoming edges in proportion to what their variation does.

The interaction of two inputs is the second derivative of the output by both,
times their spreads and divided by that of the output: 0 where their effects
just add up.`,
		Example:           "  kansym attribute net.json data.csv",
		Args:              exactArgs("MODEL", "DATA"),
		ValidArgsFunction: completeFiles(2),
		RunE: func(c *cobra.Command, args []string) error {
			return p.attribute(c.Context(), args[0], args[1], o, asJSON)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.BoolVar(&asJSON, "json", false, "write JSON")
	o.functionFlag(c)
	o.dataFlags(c)
	return c
}

func (p *program) attribute(ctx context.Context, modelPath, dataPath string, o *stepOptions, asJSON bool) error {
	s, err := p.openStep(ctx, modelPath, dataPath, o)
	if err != nil {
		return err
	}
	sum, err := s.model.Network.Summarize(s.data, s.seed)
	if err != nil {
		return fmt.Errorf("%s on %s: %w", modelPath, dataPath, plain(err))
	}
	p.warn(o.quiet, disagreement(modelPath, dataPath, toldBy(s.model.Summary), sum.RMSEHeldout, sum.HeldRelative))
	a := attributionOf(s)
	if asJSON {
		e := json.NewEncoder(p.stdout)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(a); err != nil {
			return fmt.Errorf("cannot write to standard output: %w", err)
		}
		return nil
	}
	w := &textWriter{w: p.stdout}
	w.call(a.write)
	return w.done()
}

// attribution is what kansym attribute tells, as it is written to JSON.
type attribution struct {
	Inputs       []inputScore       `json:"inputs"`
	Nodes        []nodeScore        `json:"nodes"`
	Edges        []edgeScore        `json:"edges"`
	Interactions []interactionScore `json:"interactions"`
}

type inputScore struct {
	Name  string  `json:"name"`
	Score float64 `json:"score"`
}

type nodeScore struct {
	Layer int     `json:"layer"`
	Node  int     `json:"node"`
	Kind  string  `json:"kind"`
	Score float64 `json:"score"`
}

type edgeScore struct {
	Layer int     `json:"layer"`
	From  int     `json:"from"`
	To    int     `json:"to"`
	Name  string  `json:"name"`
	Score float64 `json:"score"`
}

type interactionScore struct {
	Inputs   [2]string `json:"inputs"`
	Strength float64   `json:"strength"`
}

func attributionOf(s *step) *attribution {
	net := s.model.Network
	scores := net.Attribution(s.all.Cols, s.all.W)
	a := &attribution{Inputs: []inputScore{}, Nodes: []nodeScore{}, Edges: []edgeScore{}, Interactions: []interactionScore{}}
	for i, v := range scores.Inputs() {
		a.Inputs = append(a.Inputs, inputScore{net.Inputs[i], v})
	}
	for l := 1; l < len(scores.Nodes)-1; l++ {
		for k, v := range scores.Nodes[l] {
			a.Nodes = append(a.Nodes, nodeScore{l, k, net.Layers[l-1].Ops[k].String(), v})
		}
	}
	for _, id := range net.EdgeIDs() {
		e, err := net.EdgeAt(id)
		if err != nil {
			continue
		}
		name := "spline"
		if e.Kind == kan.Named {
			name = functionName(e.Func)
		}
		a.Edges = append(a.Edges, edgeScore{id.Layer, id.From, id.To, name, scores.Edge(id.Layer, id.From, id.To)})
	}
	for _, i := range net.Interactions(s.all.Cols, s.all.W) {
		a.Interactions = append(a.Interactions, interactionScore{[2]string{net.Inputs[i.I], net.Inputs[i.J]}, i.Strength})
	}
	slices.SortStableFunc(a.Inputs, func(x, y inputScore) int { return cmp.Compare(y.Score, x.Score) })
	slices.SortStableFunc(a.Interactions, func(x, y interactionScore) int { return cmp.Compare(y.Strength, x.Strength) })
	return a
}

// mostInteractions bounds the pairs that a person is shown.
const mostInteractions = 20

func (a *attribution) write(out io.Writer) error {
	w := &textWriter{w: out}
	var rows [][]string
	for _, i := range a.Inputs {
		rows = append(rows, []string{i.Name, score(i.Score)})
	}
	w.table([]string{"input", "score"}, rows, "lr")
	if rows = nil; len(a.Nodes) > 0 {
		for _, n := range a.Nodes {
			rows = append(rows, []string{fmt.Sprintf("%d:%d", n.Layer, n.Node), n.Kind, score(n.Score)})
		}
		w.line("")
		w.table([]string{"node", "kind", "score"}, rows, "llr")
	}
	rows = nil
	for _, e := range a.Edges {
		rows = append(rows, []string{kan.EdgeID{Layer: e.Layer, From: e.From, To: e.To}.String(), e.Name, score(e.Score)})
	}
	w.line("")
	w.table([]string{"edge", "function", "score"}, rows, "llr")
	if rows = nil; len(a.Interactions) > 0 {
		for _, i := range a.Interactions[:min(len(a.Interactions), mostInteractions)] {
			rows = append(rows, []string{i.Inputs[0] + ", " + i.Inputs[1], score(i.Strength)})
		}
		w.line("")
		w.table([]string{"inputs", "interaction"}, rows, "lr")
		if more := len(a.Interactions) - mostInteractions; more > 0 {
			w.wrapped(fmt.Sprintf("and %d pairs with less; --json has all", more))
		}
	}
	return w.err
}

// score writes a share to three places, and one that is not quite 0 as such.
func score(v float64) string {
	if v > 0 && v < 0.0005 {
		return strconv.FormatFloat(v, 'g', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 3, 64)
}
