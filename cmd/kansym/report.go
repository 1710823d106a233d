package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/report"
	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/symbolic"
)

// reportOptions are the flags of kansym report.
type reportOptions struct {
	subjectFlags
	network string
}

func (p *program) reportCommand() *cobra.Command {
	o := &reportOptions{}
	c := &cobra.Command{
		Use:   "report MODEL DATA --output FILE.html",
		Short: "Write a page that shows a formula or a network beside the data",
		Long: `Write a page for the browser that shows a formula or a network beside the data:
the formula typeset, how sure it is, its constants with standard errors, all
formulas from simple to accurate with their residuals and exports, the network
and its curves, and the data. The page is one file that needs nothing else.

MODEL is a result of kansym fit --json, which has the most to show, a model
file, or a formula. The network that a result belongs to is added by --network.`,
		Example: `  kansym report result.json data.csv --network model.json -o page.html
  kansym report model.json data.csv -o page.html
  kansym fit data.csv --report page.html`,
		Args: exactArgs("MODEL", "DATA"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.report(c.Context(), args, o)
		},
		ValidArgsFunction: completeFiles(2),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVarP(&o.output, "output", "o", "", "write the page to `file`; - is standard output")
	f.StringVar(&o.network, "network", "", "show the network of the model `file` too")
	o.dataFlags(c)
	return c
}

// report runs the command.
func (p *program) report(ctx context.Context, args []string, o *reportOptions) error {
	if o.output == "" {
		return errors.New("--output is missing; say where to write to, as in -o page.html")
	}
	s, missing, err := o.open(args[0], args[1], o.network)
	if err != nil {
		return err
	}
	var added *kan.Model
	if o.network != "" {
		if s.network != nil {
			return fmt.Errorf("%s is a network itself; leave --network out", s.path)
		}
		m, err := openNetwork(o.network, s.v)
		if err != nil {
			return err
		}
		added = m
		s.network = networkOf(m, s.v)
	}
	out, err := openOutput(o.output, p.stdout)
	if err != nil {
		return err
	}
	defer out.discard()
	data, err := p.readData(ctx, s, args[1], o.target, missing)
	if err != nil {
		return err
	}
	page, err := s.page(ctx, data)
	if err != nil {
		return err
	}
	p.warnOfData(s, args[1], data, o.target)
	if added != nil {
		p.warnOfData(&subject{path: o.network, model: added, network: s.network, told: toldBy(added.Summary)}, args[1], data, o.target)
	}
	if ctx.Err() != nil {
		return &failure{code: exitInterrupted, err: errors.New("interrupted before the page was written")}
	}
	page.Command, page.Version = p.commandLine(), version()
	return writePage(out, page)
}

// writePage makes the page before it writes it, so that what is wrong with the
// page is not blamed on the file.
func writePage(out *output, page *report.Page) error {
	var b bytes.Buffer
	if err := report.HTML(&b, page); err != nil {
		return err
	}
	return out.write(func(w io.Writer) error {
		_, err := b.WriteTo(w)
		return err
	})
}

// page is what is known about the subject on the data.
func (s *subject) page(ctx context.Context, data *table.Table) (*report.Page, error) {
	page := &report.Page{Table: data, Network: s.network}
	r := &fit.Result{Version: 1, Target: data.Names[data.Target], Rows: data.Rows(), Warnings: data.Warnings}
	e := s.formula
	if s.result != nil {
		best := s.result.Best
		c, err := report.Describe(best.Expr, data)
		if err != nil {
			return nil, err
		}
		if ownData(s.result, c) {
			page.Result, page.Heldout = s.result, heldout(s.result, data.Rows())
			if page.Network != nil && s.result.Network != nil {
				page.Network.Edges = s.result.Network.Edges
			}
			return page, nil
		}
		e = best.Expr
		r.Warnings = append(slices.Clone(r.Warnings), fmt.Sprintf("these are not the data that the formula was found on: there its root mean square error on rows held out was %.3g, here it is %.3g; the errors on this page are those of all rows here", best.RMSEHeldout, c.RMSEHeldout))
	}
	for i, name := range data.Names {
		if i != data.Target {
			r.Variables = append(r.Variables, fit.Variable{Name: name, Column: data.Columns[i]})
		}
	}
	page.Result = r
	if s.model != nil {
		rows, d := networkData(s.model.Network, data)
		edges, err := symbolic.DescribeEdges(ctx, s.model.Network, rows, s.v.set)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.path, err)
		}
		s.network.Edges = fit.EdgesInDataUnits(s.model.Network, edges)
		r.Found = historyOf(s.model)
		if sum := s.model.Summary; sum != nil {
			r.Network = &fit.NetworkInfo{Shape: s.model.Network.Shape(), RMSEHeldout: sum.RMSEHeldout}
		}
		// A network with a spline has no formula.
		if e, err = symbolic.FromNetwork(s.model.Network, nil); err != nil {
			return page, nil
		}
		e = symbolic.Simplify(e, symbolic.SimplifyOptions{Domains: symbolic.IntervalsOf(d)})
	}
	c, err := report.Describe(e, data)
	if err != nil {
		return nil, err
	}
	r.Best, r.Front = c, []*fit.Candidate{c}
	return page, nil
}

// ownData reports whether the error of a result's formula on all rows of some data,
// c, may be that on the data which the result is from.
func ownData(r *fit.Result, c *fit.Candidate) bool {
	const alike = 3
	known := max(r.Best.RMSETrain, r.Best.RMSEHeldout)
	// What an exact formula leaves is rounding, some of which comes from the file.
	const rounding = 1e-12 // as a share of the variance
	return c.RMSEHeldout <= alike*known || r.Best.Exact && 1-c.R2Heldout < rounding
}

// historyOf lists the commands that made a model, the oldest first.
func historyOf(m *kan.Model) []string {
	var out []string
	for _, s := range append(slices.Clone(m.History), m.Snapshot) {
		if s.Command != "" {
			out = append(out, s.Command)
		}
	}
	return out
}

// networkData is the table as a network and as its formula take it, thinned out
// to what the names of curves need.
func networkData(net *kan.Network, t *table.Table) (kan.Data, symbolic.Data) {
	const most = 2000
	stride := int(math.Ceil(float64(t.Rows()) / most))
	thin := func(c []float64) []float64 {
		var out []float64
		for r := 0; r < len(c); r += stride {
			out = append(out, c[r])
		}
		return out
	}
	d := kan.Data{Y: thin(t.Y()), Names: net.Inputs}
	for _, name := range net.Inputs {
		d.Cols = append(d.Cols, thin(t.Cols[slices.Index(t.Names, name)]))
	}
	return d, symbolic.Data{Names: net.Inputs, Cols: d.Cols, Y: d.Y}
}

// commandLine is how the program was called, for a shell.
func (p *program) commandLine() string {
	words := []string{"kansym"}
	for _, a := range p.args {
		words = append(words, shellWord(a))
	}
	return strings.Join(words, " ")
}

// shellWord quotes what a shell would read otherwise.
func shellWord(a string) string {
	plain := a != "" && !strings.ContainsFunc(a, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:,=+@%", r))
	})
	if plain {
		return a
	}
	return "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
}

// page is the page about what was found, for kansym fit --report.
func (p *program) page(r *fit.Result, data *table.Table, v *vocabulary, constants []report.Name) *report.Page {
	page := &report.Page{
		Result: r, Table: data, Heldout: heldout(r, data.Rows()), Constants: constants,
		Command: p.commandLine(), Version: version(),
	}
	if r.Net == nil {
		return page
	}
	page.Network = &report.Network{Net: r.Net, Target: data.Columns[data.Target], Functions: v.set}
	for _, name := range r.Net.Inputs {
		page.Network.Inputs = append(page.Network.Inputs, data.Columns[slices.Index(data.Names, name)])
	}
	if r.Network != nil {
		page.Network.Edges = r.Network.Edges
	}
	return page
}
