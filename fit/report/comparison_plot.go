package report

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/kansym/kansym/fit/compare"
)

// ComparisonPlot draws the held-out error of each network against its number
// of parameters, both on logarithmic axes, and writes the picture in a format:
// svg, png or pdf. Lines join the networks that have a smaller validation
// error than all smaller ones, which are marked with their shapes. The error
// is w's, or says that the format is unknown or that there is nothing to draw.
func ComparisonPlot(w io.Writer, r *compare.Result, format string) error {
	f, err := FormatOf("." + format)
	if err != nil {
		return fmt.Errorf("plot: there is no format %q", format)
	}
	c, err := newComparisonPlot(r)
	if err != nil {
		return err
	}
	return c.picture().Write(w, f)
}

// The two kinds of networks are told apart by the shape and the filling of
// marks and by the dashes of lines; colours only help.
var comparisonKinds = []struct {
	kind   compare.Kind
	color  color.NRGBA
	dashes []vg.Length
	mark   func(c draw.Canvas, at vg.Point)
}{
	{compare.KAN, blue, nil, func(c draw.Canvas, at vg.Point) {
		// The rim keeps discs apart that lie on each other.
		disc(c, at, 3.3, color.White, 0)
		disc(c, at, 2.6, blue, 0)
	}},
	// Hollow and larger than discs, so that neither hides the other.
	{compare.MLP, orange, []vg.Length{4, 2.5}, func(c draw.Canvas, at vg.Point) { box(c, at, 3.4, orange) }},
}

// box draws a hollow square.
func box(c draw.Canvas, at vg.Point, half vg.Length, col color.Color) {
	corners := []vg.Point{{X: -half, Y: -half}, {X: half, Y: -half}, {X: half, Y: half}, {X: -half, Y: half}}
	for i := range corners {
		corners[i] = corners[i].Add(at)
	}
	// The second corner comes twice to close the first with a proper joint.
	c.StrokeLines(stroke(col, 1.1), append(corners, corners[0], corners[1]))
}

const comparisonWidth, comparisonHeight = 430, 320

// comparisonPlot is the picture before it is drawn.
type comparisonPlot struct {
	target  string
	x, y    axis
	plot    *plot.Plot
	names   *pointNames
	entries []legendEntry
}

func newComparisonPlot(r *compare.Result) (*comparisonPlot, error) {
	if len(r.Models) == 0 {
		return nil, errors.New("plot: no network was trained, so there is nothing to draw")
	}
	c := &comparisonPlot{target: clean(r.Target)}
	var parameters, errs []float64
	for _, m := range r.Models {
		x, y := comparisonPoint(r, m)
		parameters, errs = append(parameters, x), append(errs, y)
	}
	const room = 0.12 // for labels and for what lies off the axes
	c.x, c.y = ratioAxis(parameters, room), ratioAxis(errs, room)
	c.plot = newPanel(c.x, c.y, "parameters", "RMSE on held-out rows")
	c.plot.Add(gridLines{})
	names := &pointNames{}
	c.names = names
	var marks []plot.Plotter
	for _, k := range comparisonKinds {
		var all, edge marked
		all.draw = k.mark
		for _, m := range r.Models {
			if m.Kind == k.kind {
				all.add(c.place(r, m))
			}
		}
		if len(all.x) == 0 {
			continue
		}
		for _, m := range r.Envelope(k.kind) {
			x, y := c.place(r, m)
			edge.add(x, y)
			names.names = append(names.names, pointName{x, y, hiddenNodes(m.Shape)})
		}
		join := draw.LineStyle{Color: k.color, Width: 1.1, Dashes: k.dashes}
		c.plot.Add(line{edge.x, edge.y, join})
		marks = append(marks, all)
		names.points, names.lines = append(names.points, all), append(names.lines, edge)
		c.entries = append(c.entries, legendEntry{string(k.kind), func(dc draw.Canvas, at vg.Point) {
			lineThumb(join)(dc, at)
			k.mark(dc, at)
		}})
	}
	c.plot.Add(marks...)
	c.addSearch(r)
	c.plot.Add(names)
	return c, nil
}

// place returns the coordinates of a network.
func (c *comparisonPlot) place(r *compare.Result, m *compare.Model) (x, y float64) {
	x, y = comparisonPoint(r, m)
	return c.x.at(x), c.y.at(y)
}

// addSearch marks the formula that was found. It may be many orders of
// magnitude better and smaller than networks; it is then drawn at the edge,
// where an arrow says so, as the networks would else be one spot.
func (c *comparisonPlot) addSearch(r *compare.Result) {
	s := r.Search
	if s == nil {
		return
	}
	name := fmt.Sprintf("formula, %s, RMSE %s", count(s.Parameters, "constant"), number(s.RMSEHeldout))
	x, y := math.Log10(float64(s.Parameters)), math.Log10(s.RMSEHeldout) // -Inf for 0
	mark := func(dc draw.Canvas, at vg.Point) { cross(dc, at, 3.2) }
	inset := func(a axis, share float64) float64 { return a.lo + share*(a.hi-a.lo) }
	off := func(dx, dy vg.Length) {
		name, mark = name+" (off the axes)", func(dc draw.Canvas, at vg.Point) { arrow(dc, at, dx, dy) }
	}
	var dx, dy vg.Length
	if left, right := inset(c.x, 0.03), inset(c.x, 0.97); !(x >= left) {
		x, dx = left, -1
	} else if x > right {
		x, dx = right, 1
	}
	if low, top := inset(c.y, 0.04), inset(c.y, 0.96); !(y >= low) {
		y, dy = low, -1
	} else if y > top {
		y, dy = top, 1
	}
	if dx != 0 || dy != 0 {
		off(dx, dy)
	}
	found := marked{draw: mark}
	found.add(x, y)
	c.plot.Add(found)
	c.names.points = append(c.names.points, found)
	c.entries = append(c.entries, legendEntry{name, mark})
}

func (c *comparisonPlot) picture() *Picture {
	const note = "labels: hidden nodes; lines join networks that err less on validation rows than all smaller ones"
	return &Picture{
		Width: comparisonWidth, Height: comparisonHeight,
		Title: "Error of networks against their number of parameters, target " + c.target,
		draw: func(dc draw.Canvas) {
			const width = comparisonWidth - 2*outerMargin
			head := style(labelSize, ink, text.XLeft, text.YTop)
			at := vg.Point{X: outerMargin, Y: comparisonHeight - outerMargin + 2}
			dc.FillText(head, at, fitText("Networks for "+c.target, head.Font, width, 1))
			at.Y -= 18
			drawLegend(dc, at, width, c.entries)
			at.Y -= vg.Length(legendRows(width, c.entries)) * legendRow
			label(dc, style(tickSize, quiet, text.XLeft, text.YCenter), at, note)
			c.plot.Draw(draw.Crop(dc, outerMargin, -outerMargin, outerMargin, at.Y-comparisonHeight-10))
		},
	}
}

// comparisonPoint is the place of a network on logarithmic axes, where an error
// below rounding, or none, is drawn at rounding.
func comparisonPoint(r *compare.Result, m *compare.Model) (parameters, rmse float64) {
	const (
		rounding = 1e-17
		// Beyond these the quotient of two errors would overflow.
		least, most = 1e-150, 1e150
	)
	y := math.Max(m.RMSEHeldout, rounding*r.Spread)
	return math.Max(float64(m.Parameters), 1), math.Min(math.Max(y, least), most)
}

// hiddenNodes writes the hidden layers of a shape, as in 5-5.
func hiddenNodes(shape []int) string {
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
