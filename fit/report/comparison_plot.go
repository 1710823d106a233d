package report

import (
	"cmp"
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

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
	p, legend, err := comparisonPlot(r)
	if err != nil {
		return err
	}
	const width, height = 16 * vg.Centimeter, 13 * vg.Centimeter
	var picture vg.CanvasWriterTo
	if format == "png" {
		// At the resolution of gonum letters are hard to read.
		picture = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(200))}
	} else if picture, err = draw.NewFormattedCanvas(width, height, format); err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	page := draw.NewCanvas(picture, width, height)
	page.SetColor(color.White)
	page.Fill(page.Path())
	// The title and the legend stand above the axes, where no point can be.
	within := draw.Crop(page, 8, -12, 8, -8)
	style := p.X.Label.TextStyle
	style.XAlign, style.YAlign = text.XLeft, text.YTop
	const longest = 60 // characters of the target
	for _, l := range []struct {
		size font.Length
		text string
	}{
		{13, "Error against size: " + cut(r.Target, longest)},
		{9, "Labels are the numbers of hidden nodes. Lines join networks that err less on validation rows than all smaller ones."},
	} {
		style.Font.Size = l.size
		within.FillText(style, vg.Point{X: within.Min.X, Y: within.Max.Y}, l.text)
		within.Max.Y -= l.size + 5
	}
	legend.Draw(within)
	const line = 13 // of the legend, of which there are three
	within.Max.Y -= 3*line + 6
	// On a logarithmic axis plot takes the middle of the label for one of the
	// values, near the upper end, and leaves room for it there.
	style.Font.Size, style.Rotation, style.XAlign = p.X.Label.TextStyle.Font.Size, math.Pi/2, text.XCenter
	within.FillText(style, vg.Point{X: within.Min.X, Y: within.Center().Y}, "RMSE on held-out rows")
	within.Min.X += style.Font.Size + 6
	p.Draw(within)
	if _, err := picture.WriteTo(w); err != nil {
		return fmt.Errorf("write plot: %w", err)
	}
	return nil
}

func comparisonPlot(r *compare.Result) (*plot.Plot, *plot.Legend, error) {
	p := plot.New()
	p.X.Label.Text = "parameters"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = decades{}, decades{}
	p.X.Label.Padding = 4
	p.Add(grid{})
	legend := plot.NewLegend()
	legend.Top, legend.Padding = true, 2
	legend.TextStyle.Font.Size = 10

	var all plotter.XYs
	for _, m := range r.Models {
		all = append(all, comparisonPoint(r, m))
	}
	if len(all) == 0 {
		return nil, nil, fmt.Errorf("plot: no network was trained, so there is nothing to draw")
	}
	spreadAxes(p, all)
	names := &labels{plot: p, points: all}
	for _, k := range []struct {
		kind   compare.Kind
		color  color.Color
		shape  draw.GlyphDrawer
		dashes []vg.Length
		side   float64 // of the labels: 1 above, -1 below
	}{
		{compare.KAN, kanColor, draw.CircleGlyph{}, nil, 1},
		{compare.MLP, mlpColor, hollowBox{}, []vg.Length{5, 3}, -1},
	} {
		var points, edge plotter.XYs
		for _, m := range r.Models {
			if m.Kind == k.kind {
				points = append(points, comparisonPoint(r, m))
			}
		}
		if len(points) == 0 {
			continue
		}
		envelope := r.Envelope(k.kind)
		for _, m := range envelope {
			edge = append(edge, comparisonPoint(r, m))
		}
		for i := len(envelope) - 1; i >= 0; i-- {
			names.add(edge[i], hidden(envelope[i].Shape), k.side)
		}
		line, err := plotter.NewLine(edge)
		if err != nil {
			return nil, nil, fmt.Errorf("plot: %w", err)
		}
		line.LineStyle = draw.LineStyle{Color: k.color, Width: 1.3, Dashes: k.dashes}
		marks, err := plotter.NewScatter(points)
		if err != nil {
			return nil, nil, fmt.Errorf("plot: %w", err)
		}
		marks.GlyphStyle = draw.GlyphStyle{Color: k.color, Radius: 3.5, Shape: k.shape}
		p.Add(line, marks)
		legend.Add(string(k.kind), line, marks)
	}
	if err := addSearch(p, &legend, r); err != nil {
		return nil, nil, err
	}
	p.Add(names)
	return p, &legend, nil
}

// addSearch marks the formula that was found. It may be many orders of
// magnitude better and smaller than networks; it is then drawn at the edge,
// where an arrow says so, as the networks would else be one spot.
func addSearch(p *plot.Plot, legend *plot.Legend, r *compare.Result) error {
	s := r.Search
	if s == nil {
		return nil
	}
	name := fmt.Sprintf("formula, %s, RMSE %s", count(s.Parameters, "constant"), number(s.RMSEHeldout))
	at := plotter.XY{X: float64(s.Parameters), Y: s.RMSEHeldout}
	style := draw.GlyphStyle{Color: color.Black, Radius: 5, Shape: draw.CrossGlyph{}}
	inset := func(lo, hi, share float64) float64 {
		return math.Exp((1-share)*math.Log(lo) + share*math.Log(hi))
	}
	if left := inset(p.X.Min, p.X.Max, 0.03); !(at.X >= left) {
		at.X, style.Shape = left, arrow{dx: -1}
	}
	if low := inset(p.Y.Min, p.Y.Max, 0.04); !(at.Y >= low) {
		at.Y, style.Shape = low, arrow{dy: -1}
	}
	if top := inset(p.Y.Min, p.Y.Max, 0.96); at.Y > top {
		at.Y, style.Shape = top, arrow{dy: 1}
	}
	if right := inset(p.X.Min, p.X.Max, 0.97); at.X > right {
		at.X, style.Shape = right, arrow{dx: 1}
	}
	mark, err := plotter.NewScatter(plotter.XYs{at})
	if err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	mark.GlyphStyle = style
	if _, off := style.Shape.(arrow); off {
		name += " (off the axes)"
	}
	p.Add(mark)
	legend.Add(name, mark)
	return nil
}

// comparisonPoint is the place of a network on logarithmic axes, where an error
// below rounding, or none, is drawn at rounding.
func comparisonPoint(r *compare.Result, m *compare.Model) plotter.XY {
	const (
		rounding = 1e-17
		// Beyond these the quotient of two errors would overflow.
		least, most = 1e-150, 1e150
	)
	y := math.Max(m.RMSEHeldout, rounding*r.Spread)
	return plotter.XY{X: math.Max(float64(m.Parameters), 1), Y: math.Min(math.Max(y, least), most)}
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

// spreadAxes leaves room around the points.
func spreadAxes(p *plot.Plot, points plotter.XYs) {
	x0, x1, y0, y1 := plotter.XYRange(points)
	margin := func(lo, hi, share float64) float64 {
		return math.Pow(math.Max(hi/lo, 1.3), share)
	}
	p.X.Min, p.X.Max = x0/margin(x0, x1, 0.1), x1*margin(x0, x1, 0.1)
	p.Y.Min, p.Y.Max = y0/margin(y0, y1, 0.15), y1*margin(y0, y1, 0.12)
}

// decades marks the powers of ten of a logarithmic axis, where there are fewer
// than two of them 2 and 5 times those, and in less than a decade round numbers.
type decades struct{}

// Ticks implements plot.Ticker.
func (decades) Ticks(lo, hi float64) []plot.Tick {
	if !(lo > 0) || !(hi > lo) || math.IsInf(hi, 0) {
		return nil
	}
	if hi < 8*lo {
		ticks := plot.DefaultTicks{}.Ticks(lo, hi)
		slices.SortFunc(ticks, func(a, b plot.Tick) int { return cmp.Compare(a.Value, b.Value) })
		return ticks
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
			if m == 1 && (e%every+every)%every == 0 || powers < 2 && (m == 2 || m == 5) {
				label = tickLabel(v, e)
			}
			out = append(out, plot.Tick{Value: v, Label: label})
		}
	}
	return out
}

// tickLabel writes m times ten to the e as a reader of an axis would.
func tickLabel(v float64, e int) string {
	if e >= -3 && e <= 4 {
		return strconv.FormatFloat(v, 'f', max(-e, 0), 64)
	}
	return fmt.Sprintf("%.0fe%d", v/math.Pow10(e), e)
}

// labels writes names beside points, leaving out those that would be hidden by
// a point or another name.
type labels struct {
	plot   *plot.Plot
	points plotter.XYs // all
	placed []placedLabel
}

type placedLabel struct {
	at   plotter.XY
	text string
	side float64 // 1 above the point, -1 below
}

// place returns a point in shares of the axes.
func (l *labels) place(at plotter.XY) (x, y float64) {
	share := func(v float64, a plot.Axis) float64 {
		return (math.Log(v) - math.Log(a.Min)) / (math.Log(a.Max) - math.Log(a.Min))
	}
	return share(at.X, l.plot.X), share(at.Y, l.plot.Y)
}

// The room that letters and marks take up, in shares of the axes.
const (
	letterWidth = 0.006 // half a letter
	lineHeight  = 0.035
	beside      = 0.035 // from the point to the middle of its name
	markSize    = 0.012 // half of one
)

func (l *labels) add(at plotter.XY, text string, side float64) {
	x, y := l.place(at)
	y += side * beside
	half := letterWidth * float64(len(text))
	for _, p := range l.points {
		px, py := l.place(p)
		if math.Abs(px-x) < half+markSize && math.Abs(py-y) < lineHeight/2+markSize {
			return
		}
	}
	for _, o := range l.placed {
		ox, oy := l.place(o.at)
		oy += o.side * beside
		if math.Abs(ox-x) < half+letterWidth*float64(len(o.text)+1) && math.Abs(oy-y) < lineHeight {
			return
		}
	}
	l.placed = append(l.placed, placedLabel{at, text, side})
}

// Plot implements plot.Plotter.
func (l *labels) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	style := p.X.Tick.Label
	style.Font.Size, style.Rotation = 8, 0
	style.XAlign, style.YAlign = text.XCenter, text.YCenter
	for _, n := range l.placed {
		at := vg.Point{X: x(n.at.X), Y: y(n.at.Y) + vg.Length(n.side*beside)*(c.Max.Y-c.Min.Y)}
		c.FillText(style, at, n.text)
	}
}

// hollowBox is a square that hides what is below it.
type hollowBox struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (hollowBox) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	r := style.Radius
	corners := []vg.Point{{X: at.X - r, Y: at.Y - r}, {X: at.X + r, Y: at.Y - r}, {X: at.X + r, Y: at.Y + r}, {X: at.X - r, Y: at.Y + r}}
	c.FillPolygon(color.White, corners)
	// The second corner comes twice to close the first with a proper joint.
	c.StrokeLines(draw.LineStyle{Color: style.Color, Width: 1.2}, append(corners, corners[0], corners[1]))
}

// arrow points to where something lies outside of the picture.
type arrow struct{ dx, dy vg.Length }

// DrawGlyph implements draw.GlyphDrawer.
func (a arrow) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	r := style.Radius
	tip := vg.Point{X: at.X + a.dx*r, Y: at.Y + a.dy*r}
	left := vg.Point{X: at.X - a.dx*r - a.dy*r, Y: at.Y - a.dy*r + a.dx*r}
	right := vg.Point{X: at.X - a.dx*r + a.dy*r, Y: at.Y - a.dy*r - a.dx*r}
	c.FillPolygon(style.Color, []vg.Point{tip, left, right})
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
