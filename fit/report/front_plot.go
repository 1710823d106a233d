package report

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/kansym/kansym/fit"
)

// FrontPlot draws the formulas of a front, error against complexity, both on
// held-out rows (discs) and on those that were fitted to (rings); steps lead
// along the least error so far, and best, which may be nil, is marked and
// written out. Errors of 0 have a place of their own below the scale. target
// is what the formulas give. The error is that there are no formulas.
func FrontPlot(front []*fit.Candidate, best *fit.Candidate, target string) (*Picture, error) {
	f, err := newFrontPlot(front, best, target, 430, 270, true)
	if err != nil {
		return nil, err
	}
	return f.picture(), nil
}

type frontPlot struct {
	width, height vg.Length
	plot          *plot.Plot
	x, y          axis
	front         []*fit.Candidate
	entries       []legendEntry
	caption       string
}

func newFrontPlot(front []*fit.Candidate, best *fit.Candidate, target string, width, height vg.Length, caption bool) (*frontPlot, error) {
	if len(front) == 0 {
		return nil, fmt.Errorf("draw front: there are no formulas")
	}
	f := &frontPlot{width: width, height: height, front: front}
	var size, held, train []float64
	for _, c := range front {
		size = append(size, float64(c.Complexity))
		held, train = append(held, c.RMSEHeldout), append(train, c.RMSETrain)
	}
	f.y = errorAxis(held, train)
	most := 1.0
	for _, s := range size {
		most = math.Max(most, s)
	}
	f.x = axis{lo: 0, hi: most + math.Max(1, most/20)}
	f.plot = newPanel(f.x, f.y, "complexity (operators, functions, variables and numbers)", "RMSE")
	ticks := 8
	if width < 300 {
		ticks = 5
	}
	f.plot.X.Tick.Marker = plot.TickerFunc(func(lo, hi float64) []plot.Tick {
		var whole []plot.Tick
		for _, t := range f.x.ticks(lo, hi, ticks) {
			if t.Value == math.Trunc(t.Value) {
				whole = append(whole, t)
			}
		}
		return whole
	})
	if width < 300 {
		f.plot.X.Label.Text = "complexity"
	}
	coordinates := func(values []float64) []float64 {
		out := make([]float64, len(values))
		for i, v := range values {
			out[i] = f.y.at(v)
		}
		return out
	}
	h := coordinates(held)
	stairsX, stairsY := stairs(size, h, f.x.hi)
	// Rings are the larger, so that neither hides the other.
	steps, ring, dot := stroke(faint, 0.9), vg.Length(3.5), vg.Length(2.2)
	f.plot.Add(line{stairsX, stairsY, steps},
		dots{size, coordinates(train), ring, quiet, 0.8},
		dots{size, h, dot, ink, 0})
	f.entries = []legendEntry{
		{"held-out rows", dotThumb(dot, ink, 0)},
		{"rows fitted to", dotThumb(ring, quiet, 0.8)},
	}
	for i, c := range front {
		if c == best {
			f.plot.Add(dots{size[i : i+1], h[i : i+1], 6, orange, 1.6})
			f.entries = append(f.entries, legendEntry{"chosen", dotThumb(5, orange, 1.6)})
			if caption {
				f.caption = fitFormula(fmt.Sprintf("%s = %s", clean(target), brief(c.Expression)), sans(labelSize), width-2*outerMargin, 2)
			}
		}
	}
	return f, nil
}

// stairs leads along the least error of at most a size.
func stairs(size, err []float64, end float64) (x, y []float64) {
	for i := range size {
		if !isFinite(err[i]) || len(y) > 0 && err[i] >= y[len(y)-1] {
			continue
		}
		if len(y) > 0 {
			x, y = append(x, size[i]), append(y, y[len(y)-1])
		}
		x, y = append(x, size[i]), append(y, err[i])
	}
	if len(y) > 0 {
		x, y = append(x, end), append(y, y[len(y)-1])
	}
	return x, y
}

// area is the part of the picture that the axes enclose.
func (f *frontPlot) area(dc draw.Canvas) draw.Canvas {
	return draw.Crop(dc, outerMargin, -outerMargin, outerMargin, -f.head())
}

func (f *frontPlot) head() vg.Length {
	h := vg.Length(legendRows(f.width-2*outerMargin, f.entries))*legendRow + 10
	if f.caption != "" {
		h += style(labelSize, ink, 0, 0).Height(f.caption) + 5
	}
	return h
}

func (f *frontPlot) picture() *Picture {
	title := fmt.Sprintf("Error against complexity of %s", count(len(f.front), "formula"))
	if f.caption != "" {
		title += "; chosen: " + clean(f.caption)
	}
	return &Picture{Width: float64(f.width), Height: float64(f.height), Title: title, draw: func(dc draw.Canvas) {
		f.plot.Draw(f.area(dc))
		at := vg.Point{X: outerMargin, Y: f.height - outerMargin - 4}
		if f.caption != "" {
			sty := style(labelSize, ink, text.XLeft, text.YTop)
			dc.FillText(sty, vg.Point{X: at.X, Y: f.height - outerMargin + 2}, f.caption)
			at.Y -= sty.Height(f.caption) + 5
		}
		drawLegend(dc, at, f.width-2*outerMargin, f.entries)
	}}
}

// spot is the place of a formula in the picture: shares of its width from the
// left and of its height from the top.
type spot struct{ x, y float64 }

// spots are the places of all formulas, in their order.
func (f *frontPlot) spots() []spot {
	dc := draw.NewCanvas(nil, f.width, f.height)
	data := f.plot.DataCanvas(f.area(dc))
	tx, ty := f.plot.Transforms(&data)
	out := make([]spot, len(f.front))
	for i, c := range f.front {
		v := f.y.at(c.RMSEHeldout)
		if !isFinite(v) {
			v = f.y.hi
		}
		out[i] = spot{float64(tx(float64(c.Complexity)) / f.width), 1 - float64(ty(v)/f.height)}
	}
	return out
}
