package report

import (
	"fmt"
	"image/color"
	"math"
	"regexp"
	"strconv"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/kansym/kansym/kan"
)

// NetworkPicture draws a network from its inputs on the left to its output on
// the right: each edge as a box with its curve, the named function, if it has
// one, in a thin blue line over the wide grey one of the spline; the stronger an
// edge, the darker. Nodes that add and nodes that multiply carry their signs.
// The error says what is wrong with the network or its columns.
func NetworkPicture(n *Network) (*Picture, error) {
	curves, err := n.curves()
	if err != nil {
		return nil, err
	}
	return layOut(n, curves, lineGap, nameWidth).picture(), nil
}

func (l *networkLayout) picture() *Picture {
	named := 0
	for _, c := range l.curves {
		if c.named != nil {
			named++
		}
	}
	return &Picture{
		Width: float64(l.width), Height: float64(l.height),
		Title: fmt.Sprintf("Network [%s] with %s, %d of them named", joinInts(l.n.Net.Shape()), count(len(l.curves), "edge"), named),
		draw:  l.draw,
	}
}

// Sizes in the picture of a network, in points.
const (
	boxHeight   = 30
	tightHeight = 24 // of boxes where there are many
	manyBoxes   = 10 // in a column
	nodeRadius  = 6.5
	dotRadius   = 2
	lineGap     = 34 // between nodes and boxes
	narrowGap   = 20 // the same for narrow screens
	nameWidth   = 104
	narrowName  = 62 // width of names for narrow screens
	outerMargin = 8
)

// networkLayout has the places of everything, y upwards from the lower edge.
type networkLayout struct {
	n             *Network
	width, height vg.Length
	curves        []edgeCurve
	box           []vg.Rectangle // by curve
	label         []string       // by curve
	node          [][]vg.Point   // by layer and node, inputs first
	inputs        []string       // broken into lines
	used          []bool         // inputs that an edge leaves
	target        string
	legend        []legendEntry
}

// layOut places everything, gap being the least distance of nodes and boxes and
// names the width of the lines that names are broken into.
func layOut(n *Network, curves []edgeCurve, gap, names vg.Length) *networkLayout {
	net := n.Net
	l := &networkLayout{n: n, curves: curves, box: make([]vg.Rectangle, len(curves)), label: make([]string, len(curves))}
	labels := vg.Length(0)
	for i := range net.Inputs {
		name := fitText(clean(n.inputName(i)), sans(labelSize), names, 3)
		l.inputs = append(l.inputs, name)
		labels = max(labels, textWidth(name, labelSize))
	}
	l.used = make([]bool, len(net.Inputs))
	l.target = fitText(clean(n.Target), sans(labelSize), names, 3)

	// The edges of a layer stand below one another, those of a node together; a
	// node without edges has a place too.
	slots := make([][]int, len(net.Layers)) // by layer: curves from above, -1 for none
	for k, layer := range net.Layers {
		for from := range layer.In {
			any := false
			for i, c := range curves {
				if c.layer == k && c.from == from {
					slots[k], any = append(slots[k], i), true
				}
			}
			if k == 0 {
				l.used[from] = any
			}
			if !any {
				slots[k] = append(slots[k], -1)
			}
		}
	}
	most := 0
	for _, s := range slots {
		most = max(most, len(s))
	}
	tall, pitch := vg.Length(boxHeight), vg.Length(boxHeight+20)
	if most > manyBoxes {
		tall, pitch = tightHeight, tightHeight+14.5
	}
	l.legend = l.entries()
	body := vg.Length(most) * pitch

	// Widths, from left to right. Wires that climb far get more room.
	after := make([]vg.Length, len(net.Layers))
	for k := range net.Layers {
		after[k] = min(max(gap, vg.Length(len(slots[k]))*pitch*0.12), 3*gap)
	}
	x := outerMargin + labels + 6
	l.node = make([][]vg.Point, len(net.Layers)+1)
	wide := make([]vg.Length, len(net.Layers))
	for k := range net.Layers {
		wide[k] = 50
		for i, c := range curves {
			if c.layer == k {
				l.label[i] = fitText(prettyName(c.name), sans(tickSize), 84, 1)
				wide[k] = max(wide[k], textWidth(l.label[i], tickSize)+4)
			}
		}
	}
	type column struct{ node, box vg.Length }
	columns := make([]column, len(net.Layers))
	for k := range net.Layers {
		columns[k] = column{node: x, box: x + gap}
		x += gap + wide[k] + after[k] + nodeRadius
	}
	outX := x
	end := outX + nodeRadius + 5
	if l.target != "" {
		end += 12 + textWidth(l.target, labelSize)
	}
	l.width = max(end+outerMargin, 250)
	shift := (l.width - outerMargin - end) / 2
	rows := legendRows(l.width-2*outerMargin, l.legend)
	foot := vg.Length(outerMargin) + vg.Length(rows)*legendRow + 8
	l.height = foot + body + outerMargin

	for k, layer := range net.Layers {
		top := foot + body/2 + vg.Length(len(slots[k]))*pitch/2
		middle := func(i int) vg.Length { return top - (vg.Length(i)+0.5)*pitch }
		l.node[k] = make([]vg.Point, layer.In)
		sum, n := make([]vg.Length, layer.In), make([]int, layer.In)
		empty := 0
		for i, c := range slots[k] {
			// The label stands above the box, both in the middle of the place.
			y := middle(i) - 4.5
			from := 0
			if c >= 0 {
				from = curves[c].from
				left := columns[k].box + shift
				l.box[c] = vg.Rectangle{Min: vg.Point{X: left, Y: y - tall/2}, Max: vg.Point{X: left + wide[k], Y: y + tall/2}}
			} else {
				// Nodes without edges come in the order of the nodes.
				for from = empty; n[from] > 0 || hasEdge(curves, k, from); from++ {
				}
				empty = from + 1
			}
			sum[from] += y
			n[from]++
		}
		for i := range l.node[k] {
			l.node[k][i] = vg.Point{X: columns[k].node + shift, Y: sum[i] / vg.Length(max(n[i], 1))}
		}
	}
	l.node[len(net.Layers)] = []vg.Point{{X: outX + shift, Y: foot + body/2 - 4.5}}
	return l
}

func hasEdge(curves []edgeCurve, layer, from int) bool {
	for _, c := range curves {
		if c.layer == layer && c.from == from {
			return true
		}
	}
	return false
}

func (n *Network) inputName(i int) string {
	if i < len(n.Inputs) && clean(n.Inputs[i]) != "" {
		return n.Inputs[i]
	}
	return n.Net.Inputs[i]
}

// entries are the keys to what occurs in the picture.
func (l *networkLayout) entries() []legendEntry {
	var out []legendEntry
	learned, named, sums, products := false, false, false, false
	for _, c := range l.curves {
		learned, named = learned || c.spline != nil, named || c.named != nil
	}
	for _, layer := range l.n.Net.Layers {
		for _, op := range layer.Ops {
			sums, products = sums || op == kan.Sum, products || op == kan.Product
		}
	}
	if learned {
		s := stroke(faint, 3)
		if !named {
			s = stroke(ink, 1.2)
		}
		out = append(out, legendEntry{"learned curve", lineThumb(s)})
	}
	if named {
		out = append(out, legendEntry{"named function", lineThumb(stroke(blue, 1.2))})
	}
	if sums {
		out = append(out, legendEntry{"adds", func(c draw.Canvas, at vg.Point) { drawNode(c, at, kan.Sum, 4.5) }})
	}
	if products {
		out = append(out, legendEntry{"multiplies", func(c draw.Canvas, at vg.Point) { drawNode(c, at, kan.Product, 4.5) }})
	}
	return append(out, legendEntry{"the darker, the stronger", func(c draw.Canvas, at vg.Point) {
		for i, s := range []float64{0.25, 0.5, 1} {
			x := at.X - thumbWidth/2 + vg.Length(i)*thumbWidth/3
			c.StrokeLine2(stroke(fade(ink, s), 1.6), x, at.Y, x+thumbWidth/3, at.Y)
		}
	}})
}

// visible is the strength of colour of an edge. Shares are errors squared away;
// their root leaves more to be seen of the weak.
func visible(strength float64) float64 {
	return 0.22 + 0.78*math.Sqrt(math.Min(math.Max(strength, 0), 1))
}

func (l *networkLayout) draw(dc draw.Canvas) {
	net := l.n.Net
	for i, c := range l.curves {
		s := stroke(fade(quiet, visible(c.strength)), 0.9)
		source, sink := l.node[c.layer][c.from], l.node[c.layer+1][c.to]
		b := l.box[i]
		y := (b.Min.Y + b.Max.Y) / 2
		wire(dc, s, source, vg.Point{X: b.Min.X, Y: y})
		wire(dc, s, vg.Point{X: b.Max.X, Y: y}, sink)
	}
	for i := range l.curves {
		l.drawBox(dc, i)
	}
	for i, at := range l.node[0] {
		c := color.Color(ink)
		if !l.used[i] {
			c = faint
		}
		disc(dc, at, dotRadius, c, 0)
		label(dc, style(labelSize, c, text.XRight, text.YCenter), vg.Point{X: at.X - 6, Y: at.Y}, l.inputs[i])
	}
	for k, layer := range net.Layers {
		for i, at := range l.node[k+1] {
			drawNode(dc, at, layer.Ops[i], nodeRadius)
		}
	}
	if out := l.node[len(l.node)-1][0]; l.target != "" {
		dc.StrokeLine2(stroke(quiet, 0.9), out.X+nodeRadius, out.Y, out.X+nodeRadius+8, out.Y)
		label(dc, style(labelSize, ink, text.XLeft, text.YCenter), vg.Point{X: out.X + nodeRadius + 12, Y: out.Y}, l.target)
	}
	foot := vg.Length(outerMargin) + vg.Length(legendRows(l.width-2*outerMargin, l.legend)-1)*legendRow + 5
	drawLegend(dc, vg.Point{X: outerMargin, Y: foot}, l.width-2*outerMargin, l.legend)
}

// wire joins two points by a curve that leaves and arrives level.
func wire(dc draw.Canvas, s draw.LineStyle, a, b vg.Point) {
	var p vg.Path
	p.Move(a)
	m := (a.X + b.X) / 2
	p.CubeTo(vg.Point{X: m, Y: a.Y}, vg.Point{X: m, Y: b.Y}, b)
	dc.SetLineStyle(s)
	dc.Stroke(p)
}

// drawNode draws a ring with a plus, or a square on its corner with a cross.
func drawNode(dc draw.Canvas, at vg.Point, op kan.Op, r vg.Length) {
	var p vg.Path
	sign := r * 0.52
	if op == kan.Product {
		r *= 1.22
		p.Move(vg.Point{X: at.X + r, Y: at.Y})
		p.Line(vg.Point{X: at.X, Y: at.Y + r})
		p.Line(vg.Point{X: at.X - r, Y: at.Y})
		p.Line(vg.Point{X: at.X, Y: at.Y - r})
		sign *= 0.68
	} else {
		p.Move(vg.Point{X: at.X + r, Y: at.Y})
		p.Arc(at, r, 0, 2*math.Pi)
	}
	p.Close()
	dc.SetColor(color.White)
	dc.Fill(p)
	s := stroke(ink, 1)
	dc.SetLineStyle(s)
	dc.Stroke(p)
	if op == kan.Product {
		dc.StrokeLine2(s, at.X-sign, at.Y-sign, at.X+sign, at.Y+sign)
		dc.StrokeLine2(s, at.X-sign, at.Y+sign, at.X+sign, at.Y-sign)
		return
	}
	dc.StrokeLine2(s, at.X-sign, at.Y, at.X+sign, at.Y)
	dc.StrokeLine2(s, at.X, at.Y-sign, at.X, at.Y+sign)
}

// drawBox draws the box of an edge with its curve and name.
func (l *networkLayout) drawBox(dc draw.Canvas, i int) {
	c, b := l.curves[i], l.box[i]
	shade := visible(c.strength)
	frame := []vg.Point{b.Min, {X: b.Max.X, Y: b.Min.Y}, b.Max, {X: b.Min.X, Y: b.Max.Y}, b.Min}
	dc.FillPolygon(color.White, frame)
	dc.StrokeLines(stroke(fade(quiet, shade), 0.6), frame)
	drawCurve(dc, b, &c, shade)
	if l.label[i] != "" {
		at := vg.Point{X: (b.Min.X + b.Max.X) / 2, Y: b.Max.Y + 1.5}
		// Names stay legible however weak the edge.
		dc.FillText(style(tickSize, fade(ink, math.Max(shade, 0.62)), text.XCenter, text.YBottom), at, l.label[i])
	}
}

// drawCurve draws the curves of an edge into a rectangle, without axes.
func drawCurve(dc draw.Canvas, b vg.Rectangle, c *edgeCurve, shade float64) {
	inner := draw.Canvas{Canvas: dc.Canvas, Rectangle: vg.Rectangle{
		Min: vg.Point{X: b.Min.X + 3, Y: b.Min.Y + 3}, Max: vg.Point{X: b.Max.X - 3, Y: b.Max.Y - 3},
	}}
	lo, hi := c.ylo, c.yhi
	if !(hi > lo) || hi-lo < 1e-9*math.Max(math.Abs(lo), math.Abs(hi)) {
		margin := math.Max(math.Abs(lo), 1e-300)
		lo, hi = lo-margin, hi+margin
	}
	path := func(y []float64, s draw.LineStyle) {
		for _, piece := range pieces(c.x, y) {
			pts := make([]vg.Point, len(piece))
			for k, i := range piece {
				// Halves, because hi-lo can overflow.
				t := (y[i]/2 - lo/2) / (hi/2 - lo/2)
				pts[k] = vg.Point{
					X: inner.X(float64(i) / float64(len(c.x)-1)),
					Y: inner.Y(math.Min(math.Max(t, -9), 10)),
				}
			}
			dc.StrokeLines(s, inner.ClipLinesY(pts)...)
		}
	}
	switch {
	case c.named == nil:
		path(c.spline, stroke(fade(ink, shade), 1.2))
	default:
		if c.spline != nil {
			path(c.spline, stroke(fade(faint, shade), 3))
		}
		path(c.named, stroke(fade(blue, shade), 1.1))
	}
}

var power = regexp.MustCompile(`\^(-?[0-9.]+|\([-0-9./]+\))`)

// prettyName writes the name of a function with superscripts, its numbers to
// four digits.
func prettyName(name string) string {
	name = decimal.ReplaceAllStringFunc(clean(name), func(s string) string {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return s
		}
		return strconv.FormatFloat(v, 'g', 4, 64)
	})
	name = power.ReplaceAllStringFunc(name, func(s string) string {
		return superscript(strings.Trim(s[1:], "()"))
	})
	return minus(strings.ReplaceAll(name, "*", "·"))
}
