package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

type columnView struct {
	Name, Column, Role         string
	Min, Median, Mean, SD, Max string
	Picture                    template.HTML
}

// viewFit draws the target and its prediction against each input.
func (p *Page) viewFit(v *pageView) {
	var d *Prediction
	var err error
	switch {
	case p.Result.Best != nil:
		d, err = p.compare(p.Result.Best.Expr)
	case p.Network != nil:
		d, err = CompareNetwork(p.Network, p.Table, p.Heldout)
	default:
		return
	}
	if err != nil || d.finite() == 0 {
		return
	}
	if p.Result.Best == nil {
		v.Sure = []string{strings.ReplaceAll(d.summary(), "the formula", "the network")}
	}
	const most = 350
	all := len(d.Y)
	d = d.thin(most)
	if p.Result.Best == nil {
		pair := d.pair()
		v.Rows = &pair
	}
	v.DrawNote = d.note(all)
	v.Inputs = &keyedPictures{Key: inline(legendPicture(append(d.inputsLegend(), d.rowsLegend()...)))}
	for i := range min(len(d.Cols), maxInputPanels) {
		v.Inputs.Pictures = append(v.Inputs.Pictures, inline(d.inputPicture(i, 252, 215)))
	}
}

// viewData describes the columns and what the page was made from.
func (p *Page) viewData(v *pageView) {
	t, r := p.Table, p.Result
	v.DataLine = t.Describe()
	for i, name := range t.Names {
		role := "input"
		if i == t.Target {
			role = "target"
		}
		v.Columns = append(v.Columns, viewColumn(name, clean(t.Columns[i]), role, t.Cols[i]))
	}
	if m := t.Missing; m.Rows > 0 {
		v.Missing = fmt.Sprintf("%s left out because a number is missing in %s.", count(m.Rows, "row"), joinWords(m.Columns))
	}
	if p.Version != "" {
		v.Facts = append(v.Facts, factView{"kansym", p.Version})
	}
	v.Facts = append(v.Facts, factView{"data", fmt.Sprintf("%s, %s, %s", v.Source, count(t.Rows(), "row"), count(len(t.Names), "column"))})
	if r.RowsHeldout > 0 {
		v.Facts = append(v.Facts,
			factView{"seed", strconv.FormatUint(r.Seed, 10)},
			factView{"rows fitted to", strconv.Itoa(r.RowsUsed)},
			factView{"rows held out", strconv.Itoa(r.RowsHeldout)})
	}
	if t.Weights != nil {
		v.Facts = append(v.Facts, factView{"rows weighted by", clean(t.WeightsColumn)})
	}
}

func viewColumn(name, column, role string, values []float64) columnView {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	n := len(sorted)
	median := sorted[n/2]
	if n%2 == 0 {
		median = sorted[n/2-1]/2 + sorted[n/2]/2
	}
	// Divided first, so that the sum of large numbers is finite.
	mean, size := 0.0, math.Max(math.Abs(sorted[0]), math.Abs(sorted[n-1]))
	for _, x := range values {
		mean += x / float64(n)
	}
	sd := 0.0
	if size > 0 {
		for _, x := range values {
			d := x/size - mean/size
			sd += d * d / float64(n)
		}
		sd = math.Sqrt(sd) * size
	}
	short := func(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
	return columnView{
		Name: name, Column: column, Role: role,
		Min: short(sorted[0]), Median: short(median), Mean: short(mean), SD: short(sd), Max: short(sorted[n-1]),
		Picture: inline(histogram(column, values)),
	}
}

// histogram shows how the values of a column are spread.
func histogram(name string, values []float64) *Picture {
	const bins, width, height = 24, 84, 20
	lo, hi := span([][]float64{values})
	var n [bins]int
	for _, v := range values {
		k := bins / 2
		if hi > lo {
			k = min(int(bins*((v/2-lo/2)/(hi/2-lo/2))), bins-1)
		}
		n[max(k, 0)]++
	}
	most := slices.Max(n[:])
	return &Picture{Width: width, Height: height, Title: "Distribution of " + name, draw: func(dc draw.Canvas) {
		var path vg.Path
		for i, k := range n {
			if k == 0 {
				continue
			}
			x0, x1 := dc.X(float64(i)/bins), dc.X(float64(i+1)/bins)-0.6
			y1 := max(dc.Y(float64(k)/float64(most)), dc.Min.Y+0.8)
			path.Move(vg.Point{X: x0, Y: dc.Min.Y})
			path.Line(vg.Point{X: x1, Y: dc.Min.Y})
			path.Line(vg.Point{X: x1, Y: y1})
			path.Line(vg.Point{X: x0, Y: y1})
			path.Close()
		}
		dc.SetColor(quiet)
		dc.Fill(path)
	}}
}
