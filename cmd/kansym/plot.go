package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/report"
	"github.com/kansym/kansym/fit/table"
)

// plotOptions are the flags of kansym plot.
type plotOptions struct {
	subjectFlags
	edge       string
	front, fit bool
}

func (p *program) plotCommand() *cobra.Command {
	o := &plotOptions{}
	c := &cobra.Command{
		Use:   "plot MODEL [DATA] --output FILE",
		Short: "Draw a network, an edge, a front, or how well a formula fits",
		Long: `Draw a picture to a file, whose ending says how: .svg, .png or .pdf.

Without another option the picture is the network of a model: every edge with
its curve, with the named function over the learned one where it has both, and
the darker the stronger it is. With DATA curves are drawn over the values that
occur in it; without, over the ranges that the network was trained on.

--edge draws one edge, --front the error of the formulas of a result against
their complexity (with DATA the error on its rows), and --fit, which needs DATA,
predicted against true values, the residuals, and both against each input.

MODEL is a model file, a result of kansym fit --json, or for --fit a formula.`,
		Example: `  kansym plot model.json -o network.svg
  kansym plot model.json data.csv --edge 0:1:0 -o edge.pdf
  kansym plot result.json --front -o front.png
  kansym plot 'm/sqrt(1-(v/c)^2)' data.csv --fit -o fit.svg`,
		Args: modelAndData,
		RunE: func(c *cobra.Command, args []string) error {
			return p.plot(c.Context(), args, o)
		},
		ValidArgsFunction: completeFiles(2),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVarP(&o.output, "output", "o", "", "write the picture to `file`, which ends in .svg, .png or .pdf")
	f.StringVar(&o.edge, "edge", "", "draw the edge `layer:from:to`, counted from 0, as in 0:1:0")
	f.BoolVar(&o.front, "front", false, "draw error against complexity")
	f.BoolVar(&o.fit, "fit", false, "draw predicted against true values, and the residuals")
	o.dataFlags(c)
	return c
}

// modelAndData takes MODEL and perhaps DATA.
func modelAndData(c *cobra.Command, args []string) error {
	if len(args) == 2 {
		return nil
	}
	return exactArgs("MODEL")(c, args)
}

// plot runs the command.
func (p *program) plot(ctx context.Context, args []string, o *plotOptions) error {
	chosen := 0
	for _, is := range []bool{o.edge != "", o.front, o.fit} {
		if is {
			chosen++
		}
	}
	switch {
	case chosen > 1:
		return errors.New("--edge, --front and --fit are different pictures; choose one")
	case o.output == "":
		return errors.New("--output is missing; say where to draw to, as in -o picture.svg")
	case o.fit && len(args) < 2:
		return errors.New("--fit compares with data; give the data file after the model")
	}
	format, err := report.FormatOf(o.output)
	if err != nil {
		return err
	}
	s, missing, err := o.open(args[0], args[1:]...)
	if err != nil {
		return err
	}
	if s.network == nil && !o.fit && !o.front {
		return fmt.Errorf("%s holds no network; give a model of kansym fit --model, or draw --front or --fit", s.path)
	}
	out, err := openOutput(o.output, p.stdout)
	if err != nil {
		return err
	}
	defer out.discard()
	var data *table.Table
	if len(args) == 2 {
		if data, err = p.readData(ctx, s, args[1], o.target, missing); err != nil {
			return err
		}
		for _, x := range data.Sentinels {
			p.warn(false, fmt.Sprintf("the value %g of column %q in %s (the first in line %d) was taken for no number: left out; to keep such rows use --missing %v",
				x.Value, x.Column, counted(x.Rows, "row"), x.FirstLine, table.MissingKeepSentinels))
		}
		p.warnOfData(s, args[1], data, o.target)
	}
	picture, err := draw(s, data, o)
	if err != nil {
		return err
	}
	return out.write(func(w io.Writer) error { return picture.Write(w, format) })
}

// draw makes the picture that the options ask for; data may be nil.
func draw(s *subject, data *table.Table, o *plotOptions) (*report.Picture, error) {
	switch {
	case o.front:
		return drawFront(s, data)
	case o.fit:
		d, err := s.compare(data)
		if err != nil {
			return nil, err
		}
		return report.FitPlot(d)
	}
	if data != nil {
		for _, name := range s.network.Net.Inputs {
			for i, n := range data.Names {
				if n == name {
					s.network.Cols = append(s.network.Cols, data.Cols[i])
				}
			}
		}
	}
	if o.edge == "" {
		return report.NetworkPicture(s.network)
	}
	layer, from, to, err := plotEdge(o.edge)
	if err != nil {
		return nil, err
	}
	return report.EdgePlot(s.network, layer, from, to)
}

// compare predicts the target of the data by what the subject holds.
func (s *subject) compare(data *table.Table) (*report.Prediction, error) {
	switch {
	case s.model != nil:
		return report.CompareNetwork(s.network, data, nil)
	case s.formula != nil:
		return report.CompareFormula(s.formula, data, nil)
	}
	return report.CompareFormula(s.result.Best.Expr, data, heldout(s.result, data.Rows()))
}

// drawFront draws the front of a result with the errors that it has, or with
// those on the data.
func drawFront(s *subject, data *table.Table) (*report.Picture, error) {
	if s.result == nil {
		return nil, fmt.Errorf("%s has no front of formulas; give a result of kansym fit --json", s.path)
	}
	r := s.result
	if data == nil {
		return report.FrontPlot(r.Front, r.Best, r.Target)
	}
	var front []*fit.Candidate
	var best *fit.Candidate
	for _, c := range r.Front {
		m, err := report.Describe(c.Expr, data)
		if err != nil {
			return nil, err
		}
		m.Complexity = c.Complexity
		if c == r.Best {
			best = m
		}
		front = append(front, m)
	}
	return report.FrontPlot(front, best, r.Target)
}

// plotEdge reads LAYER:FROM:TO.
func plotEdge(text string) (layer, from, to int, err error) {
	parts := strings.Split(text, ":")
	var n [3]int
	for i := range n {
		if len(parts) != 3 {
			break
		}
		if n[i], err = strconv.Atoi(parts[i]); err != nil || n[i] < 0 {
			break
		}
	}
	if len(parts) != 3 || err != nil || min(n[0], n[1], n[2]) < 0 {
		return 0, 0, 0, fmt.Errorf("--edge %q: an edge is written layer:from:to, counted from 0, as in 0:1:0", text)
	}
	return n[0], n[1], n[2], nil
}
