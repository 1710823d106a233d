package report

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Prediction is a target beside what a formula or a network predicts for it. All
// slices have one entry a row.
type Prediction struct {
	// Target and Inputs are what the columns are called in pictures.
	Target string
	Inputs []string

	Cols      [][]float64 // Cols[i] is input i
	Y         []float64   // the target
	Predicted []float64   // NaN where there is no finite prediction
	// Heldout tells the rows that nothing was fitted to; nil if that is unknown.
	Heldout []bool
}

// check reports columns that do not fit together.
func (d *Prediction) check() error {
	n := len(d.Y)
	if len(d.Inputs) != len(d.Cols) || len(d.Predicted) != n || d.Heldout != nil && len(d.Heldout) != n {
		return errors.New("draw fit: columns of different lengths")
	}
	for _, c := range d.Cols {
		if len(c) != n {
			return errors.New("draw fit: columns of different lengths")
		}
	}
	if d.finite() == 0 {
		return errors.New("draw fit: there is no row for which a number is predicted")
	}
	return nil
}

// finite is the number of rows with a prediction.
func (d *Prediction) finite() int {
	n := 0
	for _, v := range d.Predicted {
		if isFinite(v) {
			n++
		}
	}
	return n
}

// worstRows is how many rows of greatest residual are drawn in any case.
const worstRows = 20

// thin keeps at most so many rows, evenly spread, and those that are predicted
// worst; without it pictures of many rows are large and black.
func (d *Prediction) thin(most int) *Prediction {
	n := len(d.Y)
	if n <= most {
		return d
	}
	keep := everyNth(n, most-worstRows)
	worst := make([]int, n)
	for i := range worst {
		worst[i] = i
	}
	slices.SortStableFunc(worst, func(a, b int) int {
		ra, rb := d.residual(a), d.residual(b)
		switch {
		case math.Abs(ra) > math.Abs(rb) || isFinite(ra) && !isFinite(rb):
			return -1
		case math.Abs(ra) < math.Abs(rb) || isFinite(rb) && !isFinite(ra):
			return 1
		}
		return 0
	})
	keep = append(keep, worst[:worstRows]...)
	slices.Sort(keep)
	keep = slices.Compact(keep)
	out := &Prediction{Target: d.Target, Inputs: d.Inputs, Y: pickRows(d.Y, keep), Predicted: pickRows(d.Predicted, keep)}
	for _, c := range d.Cols {
		out.Cols = append(out.Cols, pickRows(c, keep))
	}
	if d.Heldout != nil {
		for _, r := range keep {
			out.Heldout = append(out.Heldout, d.Heldout[r])
		}
	}
	return out
}

// residual is what the prediction of a row misses of the target.
func (d *Prediction) residual(r int) float64 { return d.Y[r] - d.Predicted[r] }

func (d *Prediction) residuals() []float64 {
	out := make([]float64, len(d.Y))
	for r := range out {
		out[r] = d.residual(r)
	}
	return out
}

// How the points are drawn.
const (
	dotSize  = 1.5
	ringSize = 1.6
)

// scatter adds the rows to a plot: those held out as discs, those fitted to as
// rings.
func (d *Prediction) scatter(p *plot.Plot, x, y axis, xs, ys []float64) {
	var fitted, held dots
	fitted = dots{radius: ringSize, color: quiet, ring: 0.5}
	held = dots{radius: dotSize, color: blue}
	for r := range xs {
		to := &held
		if d.Heldout != nil && !d.Heldout[r] {
			to = &fitted
		}
		to.x, to.y = append(to.x, x.at(xs[r])), append(to.y, y.at(ys[r]))
	}
	p.Add(fitted, held)
}

func (d *Prediction) rowsLegend() []legendEntry {
	if d.Heldout == nil {
		return []legendEntry{{"rows of the data", dotThumb(2.2, blue, 0)}}
	}
	return []legendEntry{
		{"held-out rows", dotThumb(2.2, blue, 0)},
		{"rows fitted to", dotThumb(2.2, quiet, 0.6)},
	}
}

// targetName is the target for the label of an axis.
func (d *Prediction) targetName(width vg.Length) string {
	return fitText(clean(d.Target), sans(labelSize), width, 1)
}

// predictedPanel is predicted against true.
func (d *Prediction) predictedPanel() *plot.Plot {
	a := dataAxis(d.Y, d.Predicted)
	p := newPanel(a, a, d.targetName(110), "predicted "+d.targetName(80))
	p.Add(line{[]float64{a.lo, a.hi}, []float64{a.lo, a.hi}, stroke(faint, 0.8)})
	d.scatter(p, a, a, d.Y, d.Predicted)
	return p
}

// residualPanel is the residual against the prediction.
func (d *Prediction) residualPanel() *plot.Plot {
	x := dataAxis(d.Predicted)
	y := linearAxis(d.residuals(), []float64{0})
	p := newPanel(x, y, "predicted "+d.targetName(80), "residual")
	p.Add(line{[]float64{x.lo, x.hi}, []float64{0, 0}, stroke(faint, 0.8)})
	d.scatter(p, x, y, d.Predicted, d.residuals())
	return p
}

// inputPanels are target and prediction, and below them the residual, against
// an input.
func (d *Prediction) inputPanels(i int) [2]*plot.Plot {
	x := dataAxis(d.Cols[i])
	y := dataAxis(d.Y, d.Predicted)
	name := fitText(clean(d.Inputs[i]), sans(labelSize), 150, 2)
	upper := newPanel(x, y, "", fitText(clean(d.Target), sans(labelSize), 88, 2))
	upper.X.Tick.Marker = plot.TickerFunc(func(lo, hi float64) []plot.Tick {
		ticks := x.ticks(lo, hi, 4)
		for k := range ticks {
			ticks[k].Label = ""
		}
		return ticks
	})
	upper.Y.Tick.Marker = y.ticker(4)
	xs := make([]float64, len(d.Y))
	truth, predicted := make([]float64, len(d.Y)), make([]float64, len(d.Y))
	for r := range xs {
		xs[r], truth[r], predicted[r] = x.at(d.Cols[i][r]), y.at(d.Y[r]), y.at(d.Predicted[r])
	}
	upper.Add(dots{xs, truth, 1.9, quiet, 0.5})
	if len(d.Cols) == 1 {
		// The formula of one input is a curve.
		order := make([]int, len(xs))
		for k := range order {
			order[k] = k
		}
		slices.SortStableFunc(order, func(a, b int) int {
			switch {
			case xs[a] < xs[b]:
				return -1
			case xs[a] > xs[b]:
				return 1
			}
			return 0
		})
		upper.Add(line{pickRows(xs, order), pickRows(predicted, order), stroke(orange, 1.2)})
	} else {
		upper.Add(dots{xs, predicted, 0.8, orange, 0})
	}
	e := linearAxis(d.residuals(), []float64{0})
	lower := newPanel(x, e, name, "residual")
	lower.X.Tick.Marker, lower.Y.Tick.Marker = x.ticker(4), e.ticker(3)
	lower.Add(line{[]float64{x.lo, x.hi}, []float64{0, 0}, stroke(faint, 0.8)})
	d.scatter(lower, x, e, d.Cols[i], d.residuals())
	return [2]*plot.Plot{upper, lower}
}

func (d *Prediction) inputsLegend() []legendEntry {
	out := []legendEntry{{"data", dotThumb(2.2, quiet, 0.6)}}
	if len(d.Cols) == 1 {
		return append(out, legendEntry{"predicted", lineThumb(stroke(orange, 1.2))})
	}
	return append(out, legendEntry{"predicted", dotThumb(1.6, orange, 0)})
}

// drawStacked draws two plots above each other, the upper twice as high, their
// axes in line.
func drawStacked(dc draw.Canvas, p [2]*plot.Plot) {
	const gap = 2
	height := dc.Max.Y - dc.Min.Y
	upper := draw.Crop(dc, 0, 0, height*0.44+gap, 0)
	lower := draw.Crop(dc, 0, 0, 0, -(height*0.56 - gap))
	align([]*draw.Canvas{&upper, &lower}, p[:])
	p[0].Draw(upper)
	p[1].Draw(lower)
}

// align narrows canvases so that what the axes enclose has the same left and
// right ends.
func align(dcs []*draw.Canvas, plots []*plot.Plot) {
	left, right := vg.Length(math.Inf(-1)), vg.Length(math.Inf(1))
	areas := make([]draw.Canvas, len(dcs))
	for i, dc := range dcs {
		areas[i] = plots[i].DataCanvas(*dc)
		left, right = max(left, areas[i].Min.X), min(right, areas[i].Max.X)
	}
	for i, dc := range dcs {
		*dc = draw.Crop(*dc, left-areas[i].Min.X, right-areas[i].Max.X, 0, 0)
	}
}

// Sizes of the panels in points.
const (
	panelWidth, panelHeight = 252, 205
	cellWidth, cellHeight   = 168, 186
	maxInputPanels          = 30
	rowsDrawn               = 600
)

// FitPlot draws predicted against true, the residuals, and both against each
// input. Of many rows an even choice and those predicted worst are drawn. The
// error says that there is nothing to draw, or that columns do not fit.
func FitPlot(d *Prediction) (*Picture, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	all := len(d.Y)
	d = d.thin(rowsDrawn)
	inputs := min(len(d.Cols), maxInputPanels)
	columns := max(1, min(inputs, 3))
	rows := (inputs + columns - 1) / columns
	width := vg.Length(2*panelWidth + outerMargin)
	cell := width / vg.Length(columns)
	note := d.note(all)
	const legend = 22
	height := vg.Length(legend + panelHeight + legend + 4 + rows*cellHeight + outerMargin)
	if note != "" {
		height += 14
	}
	p := &Picture{Width: float64(width), Height: float64(height)}
	p.Title = fmt.Sprintf("Predicted %s against the data, residuals, and both against %s", clean(d.Target), count(inputs, "input"))
	p.draw = func(dc draw.Canvas) {
		top := height
		drawLegend(dc, vg.Point{X: outerMargin, Y: top - 13}, width-2*outerMargin, d.rowsLegend())
		top -= legend
		area := func(left, w, h vg.Length) draw.Canvas {
			return draw.Canvas{Canvas: dc.Canvas, Rectangle: vg.Rectangle{
				Min: vg.Point{X: left + 5, Y: top - h + 5}, Max: vg.Point{X: left + w - 7, Y: top - 3},
			}}
		}
		d.predictedPanel().Draw(area(0, width/2, panelHeight))
		d.residualPanel().Draw(area(width/2, width/2, panelHeight))
		top -= panelHeight
		if inputs > 0 {
			drawLegend(dc, vg.Point{X: outerMargin, Y: top - 15}, width-2*outerMargin, d.inputsLegend())
		}
		top -= legend + 4
		for i := range inputs {
			drawStacked(area(vg.Length(i%columns)*cell, cell, cellHeight), d.inputPanels(i))
			if i%columns == columns-1 {
				top -= cellHeight
			}
		}
		if note != "" {
			label(dc, style(tickSize, quiet, text.XLeft, text.YCenter), vg.Point{X: outerMargin, Y: 12}, note)
		}
	}
	return p, nil
}

// note says what of the data is not in the picture.
func (d *Prediction) note(all int) string {
	note := ""
	if len(d.Y) < all {
		note = fmt.Sprintf("%d of %d rows are drawn, among them the %d predicted worst. ", len(d.Y), all, worstRows)
	}
	if n := len(d.Y) - d.finite(); n > 0 {
		note += fmt.Sprintf("%s without a prediction. ", count(n, "row"))
	}
	if n := len(d.Cols) - maxInputPanels; n > 0 {
		note += fmt.Sprintf("%s more. ", count(n, "input"))
	}
	return note
}

// panelPicture is one panel as a picture of its own.
func (d *Prediction) panelPicture(p *plot.Plot, title string, width, height vg.Length) *Picture {
	return &Picture{Width: float64(width), Height: float64(height), Title: title, draw: func(dc draw.Canvas) {
		p.Draw(draw.Crop(dc, 3, -9, 3, -5))
	}}
}

// inputPicture is the pair of panels of an input as a picture of its own.
func (d *Prediction) inputPicture(i int, width, height vg.Length) *Picture {
	p := d.inputPanels(i)
	title := fmt.Sprintf("%s, predicted %s and the residual against %s", clean(d.Target), clean(d.Target), clean(d.Inputs[i]))
	return &Picture{Width: float64(width), Height: float64(height), Title: title, draw: func(dc draw.Canvas) {
		drawStacked(draw.Crop(dc, 3, -9, 3, -5), p)
	}}
}

// legendPicture is a row of keys as a picture of its own.
func legendPicture(entries []legendEntry) *Picture {
	width := vg.Length(4)
	var words []string
	for _, e := range entries {
		width += thumbWidth + 4 + textWidth(e.text, tickSize) + legendGap
		words = append(words, e.text)
	}
	return &Picture{Width: float64(width), Height: 16, Title: "Key: " + joinWords(words), draw: func(dc draw.Canvas) {
		drawLegend(dc, vg.Point{X: 2, Y: 8}, width, entries)
	}}
}
