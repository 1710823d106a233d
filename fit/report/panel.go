package report

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sizes of letters in points.
const (
	labelSize = 8.5
	tickSize  = 7.5
)

// newPanel returns an empty plot in the style of all pictures: two thin axes,
// ticks outward, nothing else.
func newPanel(x, y axis, xlabel, ylabel string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	p.TextHandler = lettering{fontCache()}
	p.X.Min, p.X.Max, p.X.Tick.Marker = x.lo, x.hi, x
	p.Y.Min, p.Y.Max, p.Y.Tick.Marker = y.lo, y.hi, y
	p.X.Label.Text, p.Y.Label.Text = x.label(xlabel), y.label(ylabel)
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Color, a.Width, a.Padding = quiet, 0.6, 2
		a.Tick.Color, a.Tick.Width, a.Tick.Length = quiet, 0.6, 3
		a.Label.Padding = 3
		rotation, tick := a.Label.TextStyle.Rotation, a.Tick.Label
		a.Label.TextStyle = style(labelSize, ink, text.XCenter, a.Label.TextStyle.YAlign)
		a.Label.TextStyle.Rotation = rotation
		a.Tick.Label = style(tickSize, quiet, tick.XAlign, tick.YAlign)
	}
	return p
}

// dots draws points as discs, or as rings.
type dots struct {
	x, y   []float64 // coordinates; those that are not finite are left out
	radius vg.Length
	color  color.Color
	ring   vg.Length // width of the line of rings; 0 for discs
}

// Plot draws all points as one path, which keeps files small.
func (d dots) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	var path vg.Path
	for i, x := range d.x {
		if !isFinite(x) || !isFinite(d.y[i]) {
			continue
		}
		at := vg.Point{X: tx(x), Y: ty(d.y[i])}
		if !c.Contains(at) {
			continue
		}
		path.Move(vg.Point{X: at.X + d.radius, Y: at.Y})
		path.Arc(at, d.radius, 0, 2*math.Pi)
		path.Close()
	}
	if len(path) == 0 {
		return
	}
	c.SetColor(d.color)
	if d.ring > 0 {
		c.SetLineWidth(d.ring)
		c.SetLineDash(nil, 0)
		c.Stroke(path)
		return
	}
	c.Fill(path)
}

// line draws a line through points, broken where one is not finite and cut off
// at the edges of the plot.
type line struct {
	x, y  []float64
	style draw.LineStyle
}

func (l line) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	for _, piece := range pieces(l.x, l.y) {
		pts := make([]vg.Point, len(piece))
		for i, k := range piece {
			// Far outside, coordinates only have to be on the right side.
			y := math.Max(p.Y.Min-10*(p.Y.Max-p.Y.Min), math.Min(l.y[k], p.Y.Max+10*(p.Y.Max-p.Y.Min)))
			pts[i] = vg.Point{X: tx(l.x[k]), Y: ty(y)}
		}
		c.StrokeLines(l.style, c.ClipLinesXY(pts)...)
	}
}

// pieces lists the indices of the stretches of a line that are finite, of two
// points or more.
func pieces(x, y []float64) [][]int {
	var out [][]int
	var now []int
	for i := range x {
		if isFinite(x[i]) && isFinite(y[i]) {
			now = append(now, i)
			continue
		}
		if len(now) > 1 {
			out = append(out, now)
		}
		now = nil
	}
	if len(now) > 1 {
		out = append(out, now)
	}
	return out
}

// stroke is a plain line.
func stroke(c color.Color, width vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: width}
}

// label writes text beside a point. Text set to the middle stands too low by
// itself, because few letters go below the line.
func label(dc draw.Canvas, sty text.Style, at vg.Point, txt string) {
	at.Y += 0.09 * sty.Font.Size
	dc.FillText(sty, at, txt)
}

// legendEntry is a key below or above a plot.
type legendEntry struct {
	text  string
	thumb func(c draw.Canvas, at vg.Point) // draws a sample, 14 points wide, about at
}

const (
	thumbWidth = 15
	legendGap  = 11
)

// drawLegend writes the entries in a row that starts at the left, in as many
// rows as it takes, downwards from at.
func drawLegend(dc draw.Canvas, at vg.Point, width vg.Length, entries []legendEntry) {
	x, y := at.X, at.Y
	for _, e := range entries {
		w := thumbWidth + 4 + textWidth(e.text, tickSize)
		if x > at.X && x+w > at.X+width {
			x, y = at.X, y-legendRow
		}
		e.thumb(dc, vg.Point{X: x + thumbWidth/2, Y: y})
		label(dc, style(tickSize, ink, text.XLeft, text.YCenter), vg.Point{X: x + thumbWidth + 4, Y: y}, e.text)
		x += w + legendGap
	}
}

const legendRow = 12

// legendRows is the number of rows that drawLegend takes.
func legendRows(width vg.Length, entries []legendEntry) int {
	n, x := 1, vg.Length(0)
	for _, e := range entries {
		w := thumbWidth + 4 + textWidth(e.text, tickSize)
		if x > 0 && x+w > width {
			n, x = n+1, 0
		}
		x += w + legendGap
	}
	return n
}

func lineThumb(s draw.LineStyle) func(draw.Canvas, vg.Point) {
	return func(c draw.Canvas, at vg.Point) {
		c.StrokeLine2(s, at.X-thumbWidth/2, at.Y, at.X+thumbWidth/2, at.Y)
	}
}

func dotThumb(radius vg.Length, col color.Color, ring vg.Length) func(draw.Canvas, vg.Point) {
	return func(c draw.Canvas, at vg.Point) { disc(c, at, radius, col, ring) }
}

// disc draws one disc, or a ring.
func disc(c draw.Canvas, at vg.Point, radius vg.Length, col color.Color, ring vg.Length) {
	var path vg.Path
	path.Move(vg.Point{X: at.X + radius, Y: at.Y})
	path.Arc(at, radius, 0, 2*math.Pi)
	path.Close()
	c.SetColor(col)
	if ring > 0 {
		c.SetLineWidth(ring)
		c.SetLineDash(nil, 0)
		c.Stroke(path)
		return
	}
	c.Fill(path)
}
