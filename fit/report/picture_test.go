package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/kan"
)

// draw writes a picture in a format, twice, and returns the bytes.
func drawn(t testing.TB, p *Picture, f Format) []byte {
	t.Helper()
	var a, b bytes.Buffer
	if err := errors.Join(p.Write(&a, f), p.Write(&b, f)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Errorf("%s: the same picture gives different bytes", f)
	}
	return a.Bytes()
}

// checkSVG reports what no SVG may have: text that is not well formed, elements
// that names smuggled in, numbers that are not finite. It returns the text in it.
func checkSVG(t testing.TB, svg []byte) string {
	t.Helper()
	known := map[string]bool{"svg": true, "title": true, "rect": true, "g": true, "path": true, "text": true}
	var text strings.Builder
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well formed: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if !known[token.Name.Local] {
				t.Errorf("element %s", token.Name.Local)
			}
			for _, a := range token.Attr {
				if a.Name.Local != "aria-label" && (strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf")) {
					t.Errorf("%s=%q", a.Name.Local, a.Value)
				}
				if strings.HasPrefix(a.Name.Local, "on") {
					t.Errorf("attribute %s", a.Name.Local)
				}
			}
		case xml.CharData:
			text.Write(token)
		}
	}
	return text.String()
}

func pictures(t testing.TB) map[string]*Picture {
	t.Helper()
	p := smallPage(t)
	n := *p.Network
	bare, err := NetworkPicture(&n)
	if err != nil {
		t.Fatal(err)
	}
	n.Cols = p.Table.InputCols()
	with, err1 := NetworkPicture(&n)
	edge, err2 := EdgePlot(&n, 0, 0, 0)
	named, err3 := EdgePlot(&n, 0, 3, 1)
	front, err4 := FrontPlot(p.Result.Front, p.Result.Best, p.Result.Target)
	d, err5 := CompareFormula(p.Result.Best.Expr, p.Table, p.Heldout)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		t.Fatal(err)
	}
	fitted, err := FitPlot(d)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*Picture{"bare": bare, "network": with, "edge": edge, "named edge": named, "front": front, "fit": fitted}
}

// Every picture is drawn in every format, the same each time.
func TestPictureFormats(t *testing.T) {
	for name, p := range pictures(t) {
		checkSVG(t, drawn(t, p, SVG))
		img, err := png.Decode(bytes.NewReader(drawn(t, p, PNG)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got, want := float64(img.Bounds().Dx()), p.Width*pixelsPerInch/72; math.Abs(got-want) > 1 {
			t.Errorf("%s is %v pixels wide, want %v", name, got, want)
		}
		pdf := drawn(t, p, PDF)
		if !bytes.HasPrefix(pdf, []byte("%PDF-")) || !bytes.Contains(pdf, []byte("D:20000101000000")) {
			t.Errorf("%s: no PDF with a fixed date", name)
		}
	}
}

func TestPictureShows(t *testing.T) {
	all := pictures(t)
	for name, want := range map[string][]string{
		"network":    {"log", "1/x", "sin", "learned curve", "named function", "adds", "multiplies"},
		"edge":       {"sin(x)", "learned curve", "R² 0.99999"},
		"named edge": {"edge 0:3:1 to node 1:1"},
		"front":      {"y = a*exp(b)+d", "held-out rows", "chosen"},
		"fit":        {"residual", "held-out rows", "predicted"},
	} {
		text := checkSVG(t, drawn(t, all[name], SVG))
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q is missing in %q", name, w, strings.Join(strings.Fields(text), " "))
			}
		}
	}
	// Spline and name are both there where an edge has both.
	svg := string(drawn(t, all["edge"], SVG))
	if !strings.Contains(svg, "#B4B4B4") || !strings.Contains(svg, "#0072B2") {
		t.Error("the edge lacks one of its curves")
	}
}

func TestFormatOf(t *testing.T) {
	for path, want := range map[string]Format{"a.svg": SVG, "b.x.PNG": PNG, "c/d.pdf": PDF} {
		if got, err := FormatOf(path); got != want || err != nil {
			t.Errorf("%s: %s, %v", path, got, err)
		}
	}
	for _, path := range []string{"", "svg", "a.jpg", "-"} {
		if _, err := FormatOf(path); err == nil {
			t.Errorf("%s is accepted", path)
		}
	}
}

// In a network of any shape nothing overlaps and nothing is cut.
func TestNetworkLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shape := []int{rapid.IntRange(1, 9).Draw(t, "inputs")}
		for range rapid.IntRange(0, 2).Draw(t, "layers") {
			shape = append(shape, rapid.IntRange(1, 4).Draw(t, "nodes"))
		}
		shape = append(shape, 1)
		net, err := kan.New(shape, kan.NewOptions{})
		if err != nil {
			t.Fatal(err)
		}
		n := &Network{Net: net, Target: rapid.SampledFrom(append(hostile, "y", "")).Draw(t, "target")}
		for _, l := range net.Layers {
			for k := range l.Edges {
				if rapid.IntRange(0, 4).Draw(t, "pruned") == 0 {
					l.Edges[k] = kan.ZeroEdge()
				}
			}
			for k := range l.Ops {
				l.Ops[k] = rapid.SampledFrom([]kan.Op{kan.Sum, kan.Product}).Draw(t, "op")
			}
		}
		for range shape[0] {
			n.Inputs = append(n.Inputs, rapid.SampledFrom(append(hostile, "x", "energy_density", "")).Draw(t, "name"))
		}
		curves, err := n.curves()
		if err != nil {
			t.Fatal(err)
		}
		l := layOut(n, curves, rapid.SampledFrom([]vg.Length{lineGap, narrowGap}).Draw(t, "gap"), rapid.SampledFrom([]vg.Length{nameWidth, narrowName}).Draw(t, "names"))
		var taken []vg.Rectangle
		place := func(what string, r vg.Rectangle) {
			if r.Min.X < 0 || r.Min.Y < 0 || r.Max.X > l.width || r.Max.Y > l.height {
				t.Fatalf("%s %v is cut by the picture of %v x %v", what, r, l.width, l.height)
			}
			for _, o := range taken {
				if r.Min.X < o.Max.X && o.Min.X < r.Max.X && r.Min.Y < o.Max.Y && o.Min.Y < r.Max.Y {
					t.Fatalf("%s %v overlaps with %v", what, r, o)
				}
			}
			taken = append(taken, r)
		}
		for i := range curves {
			b := l.box[i]
			b.Max.Y += 1.5 + tickSize // the name above it
			place("box "+curves[i].place(), b)
		}
		for k, nodes := range l.node[1:] {
			for i, at := range nodes {
				r := vg.Length(nodeRadius)
				place(fmt.Sprintf("node %d:%d", k+1, i), vg.Rectangle{Min: vg.Point{X: at.X - r, Y: at.Y - r}, Max: vg.Point{X: at.X + r, Y: at.Y + r}})
			}
		}
		for i, at := range l.node[0] {
			w, h := textWidth(l.inputs[i], labelSize), vg.Length(strings.Count(l.inputs[i], "\n")+1)*labelSize
			place("name "+l.inputs[i], vg.Rectangle{Min: vg.Point{X: at.X - 6 - w, Y: at.Y - h/2}, Max: vg.Point{X: at.X + dotRadius, Y: at.Y + h/2}})
		}
	})
}

func TestEdgePlotErrors(t *testing.T) {
	n := &Network{Net: smallNetwork(t)}
	for _, tt := range []struct {
		layer, from, to int
		want            string
	}{
		{2, 0, 0, "there is no edge 2:0:0: the network has the layers 0 to 1"},
		{0, 4, 0, "there is no edge 0:4:0: layer 0 leads from the nodes 0 to 3 to the nodes 0 to 1"},
		{1, 0, 1, "there is no edge 1:0:1: layer 1 leads from the nodes 0 to 1 to the nodes 0 to 0"},
		{0, 2, 1, "the edge 0:2:1 was pruned; there is no curve to draw"},
		{-1, 0, 0, "there is no edge -1:0:0: the network has the layers 0 to 1"},
	} {
		if _, err := EdgePlot(n, tt.layer, tt.from, tt.to); err == nil || err.Error() != tt.want {
			t.Errorf("%v, want %s", err, tt.want)
		}
	}
}

func TestPictureErrors(t *testing.T) {
	if _, err := NetworkPicture(&Network{}); err == nil {
		t.Error("a picture without a network")
	}
	if _, err := NetworkPicture(&Network{Net: smallNetwork(t), Cols: [][]float64{{1}}}); err == nil {
		t.Error("a picture with one column for four inputs")
	}
	if _, err := FrontPlot(nil, nil, "y"); err == nil {
		t.Error("a front of nothing")
	}
	if _, err := FitPlot(&Prediction{Y: []float64{1}, Predicted: []float64{math.NaN()}}); err == nil {
		t.Error("a fit without predictions")
	}
	if _, err := FitPlot(&Prediction{Y: []float64{1}}); err == nil {
		t.Error("a fit with columns of different lengths")
	}
	for _, f := range []Format{SVG, PNG, PDF} {
		if err := pictures(t)["front"].Write(brokenWriter{}, f); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("%s: %v", f, err)
		}
	}
}

// Whatever the numbers are, pictures have finite coordinates and nothing panics.
func TestPicturesOfExtremes(t *testing.T) {
	values := []float64{0, 1, -1, 1e300, -1e300, 1.7e308, -1.7e308, 1e-300, 5e-324, 1e-17, 12345678, math.Pi, math.NaN(), math.Inf(1), math.Inf(-1)}
	rapid.Check(t, func(rt *rapid.T) {
		column := func(name string, n int) []float64 {
			pool := rapid.SliceOfN(rapid.SampledFrom(values), 1, 3).Draw(rt, name)
			out := make([]float64, n)
			for i := range out {
				out[i] = pool[i%len(pool)]
			}
			return out
		}
		d := &Prediction{
			Target: "y", Inputs: []string{"x"}, Cols: [][]float64{column("x", 5)},
			Y: column("y", 5), Predicted: column("predicted", 5),
		}
		if p, err := FitPlot(d); err == nil {
			checkSVG(t, drawn(t, p, SVG))
		}
		var front []*fit.Candidate
		for i, e := range column("errors", 3) {
			front = append(front, &fit.Candidate{Expression: "x", Complexity: i + 1, RMSEHeldout: math.Abs(e), RMSETrain: e})
		}
		p, err := FrontPlot(front, front[0], "y")
		if err != nil {
			rt.Fatal(err)
		}
		checkSVG(t, drawn(t, p, SVG))
		f, err := newFrontPlot(front, nil, "y", 300, 200, false)
		if err != nil {
			rt.Fatal(err)
		}
		for _, s := range f.spots() {
			if !(s.x >= 0 && s.x <= 1 && s.y >= 0 && s.y <= 1) {
				rt.Fatalf("the place %v is outside of the picture", s)
			}
		}
		checkSVG(t, []byte(histogram("x", column("histogram", 4)).svg(false)))
	})
}

// Splines with extreme coefficients and named functions with poles.
func TestNetworkOfExtremes(t *testing.T) {
	net := smallNetwork(t)
	for i, e := range net.Layers[0].Edges {
		if e.Kind == kan.Spline {
			e.Spline.Coef[i%len(e.Spline.Coef)] = 1e300
		}
	}
	net.Layers[0].Edges[0] = kan.NamedEdge(function(t, "tan"), 30, 0, 1e200, 0)
	net.Layers[0].Edges[3] = kan.NamedEdge(function(t, "sqrt"), -1, -5, 1, 0) // nowhere defined
	n := &Network{Net: net}
	p, err := NetworkPicture(n)
	if err != nil {
		t.Fatal(err)
	}
	checkSVG(t, drawn(t, p, SVG))
	for _, from := range []int{0, 1, 3} {
		p, err := EdgePlot(n, 0, from, 0)
		if err != nil {
			t.Fatal(err)
		}
		checkSVG(t, drawn(t, p, SVG))
	}
}

// Of many rows those predicted worst are always drawn.
func TestThin(t *testing.T) {
	n := 10007
	d := &Prediction{Target: "y", Y: make([]float64, n), Predicted: make([]float64, n), Heldout: make([]bool, n)}
	d.Predicted[5003], d.Predicted[1], d.Predicted[2] = 7, -9, math.NaN()
	s := d.thin(100)
	if len(s.Y) > 100 || len(s.Heldout) != len(s.Y) {
		t.Fatalf("%d rows", len(s.Y))
	}
	lo, hi := span([][]float64{s.residuals()})
	if lo != -7 || hi != 9 {
		t.Errorf("residuals from %v to %v", lo, hi)
	}
}

// The spline that an edge had before it was named is drawn under the name, unless
// the network has moved away from it.
func TestEarlierSpline(t *testing.T) {
	now := smallNetwork(t)
	before := now.Clone()
	before.Layers[0].Edges[1] = before.Layers[0].Edges[1*4+1] // sqrt, near log
	n := &Network{Net: now, Earlier: []*kan.Network{before}}
	curve := func() *edgeCurve {
		curves, err := n.curves()
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range curves {
			if c.place() == "0:1:0" {
				return &curves[i]
			}
		}
		t.Fatal("the edge is missing")
		return nil
	}
	now.Layers[0].Edges[1] = kan.NamedEdge(function(t, "sqrt"), 1, 0, 1, 0)
	if c := curve(); c.spline == nil || !c.restored || c.r2 < 0.999 {
		t.Errorf("no spline, or R² %v", c.r2)
	}
	now.Layers[0].Edges[1] = kan.NamedEdge(function(t, "sqrt"), 1, 0, -1, 0)
	if c := curve(); c.spline != nil {
		t.Error("a spline that has nothing to do with the name is shown")
	}
}

func TestClean(t *testing.T) {
	for name, want := range map[string]string{
		"a\tb\n c":           "a b c",
		"\u202eabc\u200b":    "abc",
		"\uE000x\uE002":      "x",
		"\xff\xfeθ₁":         "θ₁",
		"  flow  rate (m/s)": "flow rate (m/s)",
	} {
		if got := clean(name); got != want {
			t.Errorf("clean(%q) = %q, want %q", name, got, want)
		}
	}
}

// Lines of formulas end before operators, the last one too where it is cut.
func TestFitFormula(t *testing.T) {
	text := "y = 1.23456*exp(-0.654321*x1)+2.34567e-07*sin(3.45678*x2-4.56789)+5.67891*log(x3+6.78912)"
	whole := map[string]bool{}
	so := ""
	for _, piece := range breakable(text) {
		so += piece
		whole[so] = true
	}
	for width := vg.Length(100); width < 400; width += 7 {
		got := fitFormula(text, sans(8), width, 3)
		so := ""
		for line := range strings.SplitSeq(got, "\n") {
			if w := textWidth(line, 8); w > width {
				t.Errorf("%q is %v wide, want %v", line, w, width)
			}
			so += strings.TrimSuffix(line, "…")
			if so != text && !whole[so] {
				t.Errorf("width %v: a line ends after %q", width, so)
			}
		}
		if so != text && !strings.HasSuffix(got, "…") {
			t.Errorf("width %v: %q lacks its end", width, got)
		}
	}
}

func TestFitText(t *testing.T) {
	for _, tt := range []struct {
		text  string
		width vg.Length
		lines int
	}{
		{"short", 100, 1},
		{"flow rate of the second cooling circuit", 60, 3},
		{"flow_rate_of_the_second_cooling_circuit", 60, 2},
		{strings.Repeat("m", 1000), 50, 2},
		{strings.Repeat("\u5b57", 10), 20, 2},
		{"", 10, 1},
		{"mm", 1, 2},
	} {
		got := fitText(tt.text, sans(8), tt.width, tt.lines)
		if n := strings.Count(got, "\n") + 1; n > tt.lines {
			t.Errorf("%q has %d lines", got, n)
		}
		if w := textWidth(got, 8); w > tt.width && len([]rune(tt.text)) > 2 {
			t.Errorf("%q is %v wide, want %v", got, w, tt.width)
		}
	}
}
