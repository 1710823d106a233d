package report

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/kansym/kansym/fit/compare"
)

// The two kinds of networks are told apart by the shape and the filling of
// marks and by the dashes of lines; the colours, two of those that M. Okabe and
// K. Ito chose for the colour-blind (Color Universal Design, 2008), only help.
var (
	kanColor = color.NRGBA{R: 0x00, G: 0x72, B: 0xb2, A: 0xff} // blue
	mlpColor = color.NRGBA{R: 0xd5, G: 0x5e, B: 0x00, A: 0xff} // vermilion
)

// ComparisonPlot draws the held-out error of each network against its number
// of parameters, both on logarithmic axes, and writes the picture in a format:
// svg, png or pdf. Lines join the networks that have a smaller validation
// error than all smaller ones, which are marked with their shapes. The error
// is w's, or says that the format is unknown or that there is nothing to draw.
func ComparisonPlot(w io.Writer, r *compare.Result, format string) error {
	p, err := comparisonPlot(r)
	if err != nil {
		return err
	}
	picture, err := p.WriterTo(16*vg.Centimeter, 12*vg.Centimeter, format)
	if err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	if _, err := picture.WriteTo(w); err != nil {
		return fmt.Errorf("write plot: %w", err)
	}
	return nil
}

func comparisonPlot(r *compare.Result) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = "Error against size: " + r.Target
	p.X.Label.Text = "parameters"
	p.Y.Label.Text = "RMSE on held-out rows"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = decades{}, decades{}
	p.Title.Padding, p.X.Label.Padding, p.Y.Label.Padding = 6, 4, 4
	p.Legend.Top = true
	p.Legend.Padding = 2
	p.Legend.YOffs = -4
	p.Legend.XOffs = -4
	p.Add(grid{})

	kinds := []struct {
		kind compare.Kind
		name string
		draw.GlyphStyle
		dashes []vg.Length
		side   vg.Length // of the labels: 1 above, -1 below
	}{
		{compare.KAN, "KAN", draw.GlyphStyle{Color: kanColor, Radius: 3.5, Shape: draw.CircleGlyph{}}, nil, 1},
		{compare.MLP, "MLP", draw.GlyphStyle{Color: mlpColor, Radius: 3.5, Shape: draw.BoxGlyph{}}, []vg.Length{5, 3}, -1},
	}
	var all plotter.XYs
	for _, k := range kinds {
		var points plotter.XYs
		for _, m := range r.Models {
			if m.Kind == k.kind {
				points = append(points, comparisonPoint(r, m.Parameters, m.RMSEHeldout))
			}
		}
		if len(points) == 0 {
			continue
		}
		all = append(all, points...)
		var edge plotter.XYs
		var shapes []string
		for _, m := range r.Envelope(k.kind) {
			edge = append(edge, comparisonPoint(r, m.Parameters, m.RMSEHeldout))
			shapes = append(shapes, hidden(m.Shape))
		}
		line, err := plotter.NewLine(edge)
		if err != nil {
			return nil, fmt.Errorf("plot: %w", err)
		}
		line.LineStyle = draw.LineStyle{Color: k.Color, Width: 1.3, Dashes: k.dashes}
		marks, err := plotter.NewScatter(points)
		if err != nil {
			return nil, fmt.Errorf("plot: %w", err)
		}
		marks.GlyphStyle = k.GlyphStyle
		labels, err := plotter.NewLabels(plotter.XYLabels{XYs: edge, Labels: shapes})
		if err != nil {
			return nil, fmt.Errorf("plot: %w", err)
		}
		for i := range labels.TextStyle {
			labels.TextStyle[i].Font.Size = 8
			labels.TextStyle[i].XAlign = text.XCenter
			labels.TextStyle[i].YAlign = text.YBottom
			if k.side < 0 {
				labels.TextStyle[i].YAlign = text.YTop
			}
		}
		labels.Offset = vg.Point{Y: k.side * 5}
		p.Add(line, marks, labels)
		p.Legend.Add(k.name+" (hidden nodes)", line, marks)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("plot: no network was trained, so there is nothing to draw")
	}
	if s := r.Search; s != nil {
		point := comparisonPoint(r, s.Parameters, s.RMSEHeldout)
		all = append(all, point)
		mark, err := plotter.NewScatter(plotter.XYs{point})
		if err != nil {
			return nil, fmt.Errorf("plot: %w", err)
		}
		mark.GlyphStyle = draw.GlyphStyle{Color: color.Black, Radius: 5, Shape: draw.CrossGlyph{}}
		p.Add(mark)
		name := "formula, " + count(s.Parameters, "fitted constant")
		if s.Parameters == 0 {
			name = "formula, nothing fitted"
		}
		p.Legend.Add(name, mark)
	}
	spreadAxes(p, all)
	p.X.Label.TextStyle.Font.Size, p.Y.Label.TextStyle.Font.Size = 11, 11
	p.Title.TextStyle.Font = font.Font{Typeface: p.Title.TextStyle.Font.Typeface, Variant: p.Title.TextStyle.Font.Variant, Size: 13}
	return p, nil
}

// comparisonPoint is a place on logarithmic axes: a formula without constants
// is drawn at one parameter, and an error below rounding at rounding.
func comparisonPoint(r *compare.Result, parameters int, rmse float64) plotter.XY {
	const rounding = 1e-17
	return plotter.XY{X: math.Max(float64(parameters), 1), Y: math.Max(rmse, math.Max(rounding*r.Spread, math.SmallestNonzeroFloat64*1e20))}
}

// hidden writes the hidden layers of a shape, as in 5-5.
func hidden(shape []int) string {
	text := ""
	for l := 1; l < len(shape)-1; l++ {
		if l > 1 {
			text += "-"
		}
		text += strconv.Itoa(shape[l])
	}
	if text == "" {
		return "none"
	}
	return text
}

// spreadAxes leaves room around the points, most above them for the legend.
func spreadAxes(p *plot.Plot, points plotter.XYs) {
	x0, x1, y0, y1 := plotter.XYRange(points)
	margin := func(lo, hi, share float64) float64 {
		return math.Pow(math.Max(hi/lo, 2), share)
	}
	p.X.Min, p.X.Max = x0/margin(x0, x1, 0.1), x1*margin(x0, x1, 0.1)
	p.Y.Min, p.Y.Max = y0/margin(y0, y1, 0.1), y1*margin(y0, y1, 0.35)
}

// decades marks the powers of ten of a logarithmic axis, and where there are
// fewer than two of them 2 and 5 times those.
type decades struct{}

// Ticks implements plot.Ticker.
func (decades) Ticks(lo, hi float64) []plot.Tick {
	if !(lo > 0) || !(hi > lo) || math.IsInf(hi, 0) {
		return nil
	}
	first, last := int(math.Floor(math.Log10(lo))), int(math.Ceil(math.Log10(hi)))
	powers := 0
	for e := first; e <= last; e++ {
		if v := math.Pow10(e); v >= lo && v <= hi {
			powers++
		}
	}
	const mostLabels = 8
	every := 1 + (powers-1)/mostLabels
	var out []plot.Tick
	for e := first; e <= last; e++ {
		for m := 1; m <= 9; m++ {
			v := float64(m) * math.Pow10(e)
			if v < lo || v > hi || m > 1 && powers > mostLabels {
				continue
			}
			label := ""
			if m == 1 && (e%every+every)%every == 0 || powers < 2 && (m == 2 || m == 5) || powers == 0 {
				label = strconv.FormatFloat(v, 'g', 3, 64)
			}
			out = append(out, plot.Tick{Value: v, Label: label})
		}
	}
	return out
}

// grid draws thin lines at the labels.
type grid struct{}

// Plot implements plot.Plotter.
func (grid) Plot(c draw.Canvas, p *plot.Plot) {
	style := draw.LineStyle{Color: color.Gray{Y: 0xdd}, Width: 0.5}
	x, y := p.Transforms(&c)
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if t.Label != "" {
			c.StrokeLine2(style, x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
		}
	}
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if t.Label != "" {
			c.StrokeLine2(style, c.Min.X, y(t.Value), c.Max.X, y(t.Value))
		}
	}
}
