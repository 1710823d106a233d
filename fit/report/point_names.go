package report

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// marked are points with a mark of their own, in the coordinates of a plot.
type marked struct {
	x, y []float64
	draw func(c draw.Canvas, at vg.Point)
}

func (m *marked) add(x, y float64) { m.x, m.y = append(m.x, x), append(m.y, y) }

// Plot implements plot.Plotter.
func (m marked) Plot(c draw.Canvas, p *plot.Plot) {
	for _, at := range m.on(c, p) {
		m.draw(c, at)
	}
}

// on are the points on the canvas.
func (m marked) on(c draw.Canvas, p *plot.Plot) []vg.Point {
	tx, ty := p.Transforms(&c)
	out := make([]vg.Point, len(m.x))
	for i := range out {
		out[i] = vg.Point{X: tx(m.x[i]), Y: ty(m.y[i])}
	}
	return out
}

// pointName is a name beside a point.
type pointName struct {
	x, y float64
	text string
}

// pointNames writes names beside points where there is room: over none of the
// points and lines, and over no other name. What has no room is left out.
type pointNames struct {
	names  []pointName
	points []marked
	lines  []marked
}

// Plot implements plot.Plotter.
func (l *pointNames) Plot(c draw.Canvas, p *plot.Plot) {
	sty := style(tickSize, ink, text.XCenter, text.YCenter)
	for i, b := range l.place(c, p) {
		if b.Max.X > b.Min.X {
			label(c, sty, vg.Point{X: (b.Min.X + b.Max.X) / 2, Y: (b.Min.Y + b.Max.Y) / 2}, l.names[i].text)
		}
	}
}

// place returns the box of each name, empty where there is no room.
func (l *pointNames) place(c draw.Canvas, p *plot.Plot) []vg.Rectangle {
	const (
		mark   = 4.2            // half of one, with some air
		height = tickSize * 0.8 // of digits
		gap    = 1
	)
	tx, ty := p.Transforms(&c)
	boxes := make([]vg.Rectangle, len(l.names))
	free := func(b vg.Rectangle) bool {
		if b.Min.X < c.Min.X || b.Max.X > c.Max.X || b.Min.Y < c.Min.Y || b.Max.Y > c.Max.Y {
			return false
		}
		for _, m := range l.points {
			for _, at := range m.on(c, p) {
				if at.X > b.Min.X-mark && at.X < b.Max.X+mark && at.Y > b.Min.Y-mark && at.Y < b.Max.Y+mark {
					return false
				}
			}
		}
		for _, m := range l.lines {
			pts := m.on(c, p)
			for i := 1; i < len(pts); i++ {
				if crosses(pts[i-1], pts[i], b) {
					return false
				}
			}
		}
		for _, o := range boxes {
			if o.Max.X > o.Min.X && b.Min.X < o.Max.X+gap && b.Max.X > o.Min.X-gap && b.Min.Y < o.Max.Y+gap && b.Max.Y > o.Min.Y-gap {
				return false
			}
		}
		return true
	}
	for i, n := range l.names {
		at := vg.Point{X: tx(n.x), Y: ty(n.y)}
		w := textWidth(n.text, tickSize)/2 + gap/2.0
		h := vg.Length(height/2 + gap)
		// Beside the point, above and below first, then farther away.
		for _, far := range []vg.Length{1, 6} {
			up, side := mark+h+far, mark+w+far
			for _, d := range []vg.Point{{Y: up}, {Y: -up}, {X: side}, {X: -side}, {X: side * 0.8, Y: up * 0.8}, {X: -side * 0.8, Y: -up * 0.8}, {X: -side * 0.8, Y: up * 0.8}, {X: side * 0.8, Y: -up * 0.8}} {
				q := at.Add(d)
				b := vg.Rectangle{Min: vg.Point{X: q.X - w, Y: q.Y - h}, Max: vg.Point{X: q.X + w, Y: q.Y + h}}
				if boxes[i].Max.X <= boxes[i].Min.X && free(b) {
					boxes[i] = b
				}
			}
		}
	}
	return boxes
}

// crosses reports whether a stretch of a line runs through a box (J. Liang and B.
// Barsky, A new concept and method for line clipping, 1984).
func crosses(a, b vg.Point, box vg.Rectangle) bool {
	from, to := 0.0, 1.0
	for _, e := range [][2]vg.Length{
		{a.X - b.X, a.X - box.Min.X}, {b.X - a.X, box.Max.X - a.X},
		{a.Y - b.Y, a.Y - box.Min.Y}, {b.Y - a.Y, box.Max.Y - a.Y},
	} {
		p, q := float64(e[0]), float64(e[1])
		switch {
		case p == 0 && q < 0:
			return false
		case p < 0:
			from = math.Max(from, q/p)
		case p > 0:
			to = math.Min(to, q/p)
		}
	}
	return from < to
}

// cross draws two strokes through a point.
func cross(c draw.Canvas, at vg.Point, r vg.Length) {
	c.StrokeLine2(stroke(ink, 1.4), at.X-r, at.Y-r, at.X+r, at.Y+r)
	c.StrokeLine2(stroke(ink, 1.4), at.X-r, at.Y+r, at.X+r, at.Y-r)
}

// arrow points to where something lies outside of a picture, in a direction of
// -1, 0 and 1.
func arrow(c draw.Canvas, at vg.Point, dx, dy vg.Length) {
	const r = 4.5
	if dx != 0 && dy != 0 {
		dx, dy = dx*math.Sqrt2/2, dy*math.Sqrt2/2
	}
	tip := vg.Point{X: at.X + dx*r, Y: at.Y + dy*r}
	left := vg.Point{X: at.X - dx*r - dy*r, Y: at.Y - dy*r + dx*r}
	right := vg.Point{X: at.X - dx*r + dy*r, Y: at.Y - dy*r - dx*r}
	c.FillPolygon(ink, []vg.Point{tip, left, right})
}

// gridLines draws thin lines at the labels.
type gridLines struct{}

// Plot implements plot.Plotter.
func (gridLines) Plot(c draw.Canvas, p *plot.Plot) {
	sty := stroke(fade(faint, 0.5), 0.5)
	tx, ty := p.Transforms(&c)
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if t.Label != "" {
			c.StrokeLine2(sty, tx(t.Value), c.Min.Y, tx(t.Value), c.Max.Y)
		}
	}
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if t.Label != "" {
			c.StrokeLine2(sty, c.Min.X, ty(t.Value), c.Max.X, ty(t.Value))
		}
	}
}
