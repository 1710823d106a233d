package report

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// EdgePlot draws the curve of the edge of a layer between two nodes, all counted
// from 0, over the values that reach it, of which marks along the axis show a
// sample, with the function that it was named. Edges of the first layer are
// drawn in units of the data. The error says which edges there are if this one
// is not.
func EdgePlot(n *Network, layer, from, to int) (*Picture, error) {
	curves, err := n.curves()
	if err != nil {
		return nil, err
	}
	for i := range curves {
		if c := &curves[i]; c.layer == layer && c.from == from && c.to == to {
			return n.edgePicture(c), nil
		}
	}
	net := n.Net
	place := fmt.Sprintf("%d:%d:%d", layer, from, to)
	switch {
	case layer < 0 || layer >= len(net.Layers):
		return nil, fmt.Errorf("there is no edge %s: the network has the layers 0 to %d", place, len(net.Layers)-1)
	case from < 0 || from >= net.Layers[layer].In || to < 0 || to >= net.Layers[layer].Out:
		return nil, fmt.Errorf("there is no edge %s: layer %d leads from the nodes 0 to %d to the nodes 0 to %d",
			place, layer, net.Layers[layer].In-1, net.Layers[layer].Out-1)
	}
	return nil, fmt.Errorf("the edge %s was pruned; there is no curve to draw", place)
}

// nodeName is a node of a layer as edges are called: by the layer whose edges
// leave it and its place among its nodes.
func (n *Network) nodeName(layer, node int) string {
	if layer == 0 {
		return clean(n.inputName(node))
	}
	return fmt.Sprintf("node %d:%d", layer, node)
}

func (n *Network) edgePicture(c *edgeCurve) *Picture {
	x := linearAxis(c.x)
	y := linearAxis([]float64{c.ylo, c.yhi})
	ylabel := fmt.Sprintf("edge %s to %s", c.place(), n.nodeName(c.layer+1, c.to))
	if c.layer == len(n.Net.Layers)-1 && n.Target != "" {
		ylabel = fmt.Sprintf("edge %s to %s", c.place(), clean(n.Target))
	}
	const width, height = 330, 250
	p := newPanel(x, y,
		fitText(n.nodeName(c.layer, c.from), sans(labelSize), 240, 2),
		fitText(ylabel, sans(labelSize), 170, 2))
	coordinates := func(a axis, values []float64) []float64 {
		out := make([]float64, len(values))
		for i, v := range values {
			out[i] = a.at(v)
		}
		return out
	}
	xs := coordinates(x, c.x)
	var entries []legendEntry
	if c.spline != nil {
		s, name := stroke(ink, 1.4), "learned curve"
		if c.named != nil {
			s = stroke(faint, 4.5)
		}
		if c.restored {
			name = "the spline it was"
		}
		p.Add(line{xs, coordinates(y, c.spline), s})
		entries = append(entries, legendEntry{name, lineThumb(s)})
	}
	if c.named != nil {
		s := stroke(blue, 1.4)
		p.Add(line{xs, coordinates(y, c.named), s})
		entries = append(entries, legendEntry{fitText(n.formula(c), sans(tickSize), 210, 1), lineThumb(s)})
	}
	if !c.bare {
		p.Add(rug{coordinates(x, pickRows(c.reach, everyNth(len(c.reach), 150)))})
	}
	note := ""
	if c.compared {
		note = fmt.Sprintf("The name misses the curve by RMSE %s, R² %s", minus(number(c.rmse)), r2(c.r2))
	}
	title := fmt.Sprintf("Edge %s of the network: %s", c.place(), plainForm(c))
	return &Picture{Width: width, Height: height, Title: title, draw: func(dc draw.Canvas) {
		rows := legendRows(width-2*outerMargin, entries)
		head := vg.Length(rows)*legendRow + 10
		if note != "" {
			head += legendRow
		}
		p.Draw(draw.Crop(dc, outerMargin, -14, outerMargin, -head))
		at := vg.Point{X: outerMargin, Y: height - outerMargin - 4}
		drawLegend(dc, at, width-2*outerMargin, entries)
		if note != "" {
			label(dc, style(tickSize, quiet, text.XLeft, text.YCenter), vg.Point{X: at.X, Y: at.Y - vg.Length(rows)*legendRow}, note)
		}
	}}
}

// formula is the named function with its constants, for reading.
func (n *Network) formula(c *edgeCurve) string {
	e := n.expression(c)
	if e == nil {
		return prettyName(c.name)
	}
	return prettyName(e.FormatDigits(library.LangText, 3))
}

// expression is c*name(a*x+b)+d; nil if the name cannot be read.
func (n *Network) expression(c *edgeCurve) *symbolic.Expr {
	arg := affineOf(symbolic.Var("x"), c.a, c.b)
	if f := n.lookup(c.name); f != nil {
		return symbolic.Simplify(affineOf(symbolic.Apply(f, arg), c.c, c.d), symbolic.SimplifyOptions{})
	}
	e, err := symbolic.Parse(c.name, symbolic.ParseOptions{Vars: []string{"x"}, Functions: n.Functions})
	if err != nil {
		return nil
	}
	return symbolic.Simplify(affineOf(e.Subst(map[string]*symbolic.Expr{"x": arg}), c.c, c.d), symbolic.SimplifyOptions{})
}

// affineOf is scale*e+shift without what does nothing.
func affineOf(e *symbolic.Expr, scale, shift float64) *symbolic.Expr {
	if scale != 1 {
		e = symbolic.Mul(symbolic.Float(scale), e)
	}
	if shift != 0 {
		e = symbolic.Add(e, symbolic.Float(shift))
	}
	return e
}

// plainForm says in words what the edge is.
func plainForm(c *edgeCurve) string {
	switch {
	case c.named == nil:
		return "a spline without a name"
	case c.spline == nil:
		return "the function " + clean(c.name)
	}
	return "a spline and the function " + clean(c.name) + " that it was named"
}

// rug draws short marks along the lower axis.
type rug struct{ x []float64 }

func (r rug) Plot(c draw.Canvas, p *plot.Plot) {
	tx, _ := p.Transforms(&c)
	var path vg.Path
	for _, v := range r.x {
		x := tx(v)
		if math.IsNaN(v) || !c.ContainsX(x) {
			continue
		}
		path.Move(vg.Point{X: x, Y: c.Min.Y})
		path.Line(vg.Point{X: x, Y: c.Min.Y + 4})
	}
	if len(path) == 0 {
		return
	}
	c.SetLineStyle(stroke(faint, 0.5))
	c.Stroke(path)
}
