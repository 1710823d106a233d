package report

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// Network is a network with what is known about it beside its parameters, for
// pictures and tables. Only Net must be there.
type Network struct {
	Net *kan.Network

	// Inputs are what the inputs are called in pictures, in their order; nil
	// means as the network calls them. Target is what the output is called.
	Inputs []string
	Target string

	// Cols are rows of data, Cols[i][r] being input i in row r, over which
	// curves are drawn and strengths measured. Without them rows are drawn at
	// random from the ranges that the splines cover, or from Ranges.
	Cols [][]float64

	// Ranges are the smallest and the largest value of each input where no
	// spline tells them; nil if they are unknown.
	Ranges [][2]float64

	// Edges are the names that were found for splines, in units of the data
	// (fit.NetworkInfo has them).
	Edges []symbolic.EdgeRow

	// Earlier are former states of the network, the oldest first: where an edge
	// has a name now, the last spline that it had is drawn too.
	Earlier []*kan.Network

	// Functions resolves names of Edges that are the user's; nil means that
	// there are none.
	Functions *library.Set
}

// curvePoints is the number of points that a curve is drawn by.
const curvePoints = 160

// edgeCurve is the function of an edge over the values that reach it, in units
// of the data at both ends of the network.
type edgeCurve struct {
	layer, from, to int

	x              []float64 // curvePoints values over the range
	spline, named  []float64 // at x, nil for what the edge does not have
	name           string    // of named
	a, b, c, d     float64   // named is c*name(a*x+b)+d if hasForm
	hasForm        bool
	rmse, r2       float64 // of a name against its spline
	compared       bool    // whether they are known
	alternatives   []symbolic.Match
	reach          []float64 // the values that reach the edge
	share          float64   // of the network's variation, from 0 to 1
	strength       float64   // share by the greatest of its layer
	ylo, yhi       float64   // what the curve spans, without poles
	restored, bare bool      // spline comes from an earlier state; no data were given
}

// place names an edge as the command line does.
func (c *edgeCurve) place() string { return fmt.Sprintf("%d:%d:%d", c.layer, c.from, c.to) }

// curves evaluates every edge that is there, by layer, source and target.
func (n *Network) curves() ([]edgeCurve, error) {
	net := n.Net
	if net == nil {
		return nil, errors.New("draw network: there is none")
	}
	if err := net.Check(); err != nil {
		return nil, fmt.Errorf("draw network: %w", err)
	}
	cols, err := n.rows()
	if err != nil {
		return nil, err
	}
	values := activations(net, cols)
	share := net.Attribution(cols, nil)
	var out []edgeCurve
	for l, layer := range net.Layers {
		first, strongest := len(out), 0.0
		for from := range layer.In {
			for to := range layer.Out {
				e := layer.Edge(from, to)
				if !e.Active() {
					continue
				}
				c := edgeCurve{layer: l, from: from, to: to, share: share.Edge(l, from, to), bare: n.Cols == nil}
				strongest = math.Max(strongest, c.share)
				n.sample(&c, e, values[l][from])
				out = append(out, c)
			}
		}
		for i := first; i < len(out); i++ {
			if strongest > 0 {
				out[i].strength = out[i].share / strongest
			}
		}
	}
	return out, nil
}

// rows returns the data, thinned out, or rows drawn at random.
func (n *Network) rows() ([][]float64, error) {
	net := n.Net
	const most = 2000
	if n.Cols != nil {
		if len(n.Cols) != len(net.Inputs) {
			return nil, fmt.Errorf("draw network: %d columns for %d inputs", len(n.Cols), len(net.Inputs))
		}
		keep := everyNth(len(n.Cols[0]), most)
		out := make([][]float64, len(n.Cols))
		for i, c := range n.Cols {
			if len(c) != len(n.Cols[0]) {
				return nil, errors.New("draw network: columns of different lengths")
			}
			out[i] = pickRows(c, keep)
		}
		if len(keep) > 0 {
			return out, nil
		}
	}
	const draws = 1000
	rng := rand.New(rand.NewPCG(1, 0x9e3779b97f4a7c15))
	out := make([][]float64, len(net.Inputs))
	for i := range out {
		lo, hi := n.inputRange(i)
		out[i] = make([]float64, draws)
		for r := range out[i] {
			out[i][r] = (lo + (hi-lo)*rng.Float64()) / net.InputScale[i]
		}
	}
	return out, nil
}

// inputRange is what the splines that leave an input cover, now or in the latest
// of the earlier states in which there is one, in units of the network. Inputs
// are scaled to 1 at most, which is the range where nothing else is known.
func (n *Network) inputRange(i int) (lo, hi float64) {
	for _, net := range append([]*kan.Network{n.Net}, n.backwards()...) {
		k := slices.Index(net.Inputs, n.Net.Inputs[i])
		if k < 0 || net.InputScale[k] != n.Net.InputScale[i] {
			continue
		}
		lo, hi = math.Inf(1), math.Inf(-1)
		for to := range net.Layers[0].Out {
			if e := net.Layers[0].Edge(k, to); e.Kind == kan.Spline {
				lo, hi = math.Min(lo, e.Spline.Lo), math.Max(hi, e.Spline.Hi)
			}
		}
		if lo < hi {
			return lo, hi
		}
	}
	if i < len(n.Ranges) && n.Ranges[i][0] < n.Ranges[i][1] {
		scale := n.Net.InputScale[i]
		return n.Ranges[i][0] * scale, n.Ranges[i][1] * scale
	}
	// A function that is undefined for negative numbers says that there were none.
	lo = 0.5
	for to := range n.Net.Layers[0].Out {
		if e := n.Net.Layers[0].Edge(i, to); e.Kind == kan.Named && !isFinite(e.Eval(-lo)) {
			return 0.01, 1
		}
	}
	return -1, 1
}

// backwards are the earlier states, the latest first.
func (n *Network) backwards() []*kan.Network {
	out := slices.Clone(n.Earlier)
	slices.Reverse(out)
	return out
}

// activations returns the values at all nodes that edges leave: [layer][node]
// of rows, inputs as the network scales them.
func activations(net *kan.Network, cols [][]float64) [][][]float64 {
	rows := len(cols[0])
	values := make([][]float64, len(cols))
	for i, c := range cols {
		values[i] = make([]float64, rows)
		for r, v := range c {
			values[i][r] = v * net.InputScale[i]
		}
	}
	var out [][][]float64
	for _, layer := range net.Layers {
		out = append(out, values)
		next := make([][]float64, layer.Out)
		for to := range next {
			next[to] = make([]float64, rows)
			product := layer.Ops[to] == kan.Product
			for r := range next[to] {
				sum, prod := 0.0, 1.0
				for from := range layer.In {
					if e := layer.Edge(from, to); e.Active() {
						v := e.Eval(values[from][r])
						sum, prod = sum+v, prod*v
					}
				}
				next[to][r] = sum
				if product {
					next[to][r] = prod
				}
			}
		}
		values = next
	}
	return out
}

// sample fills in the curve of an edge for the values that reach it.
func (n *Network) sample(c *edgeCurve, e *kan.Edge, reach []float64) {
	net := n.Net
	in, result := 1.0, 1.0
	if c.layer == 0 {
		in = net.InputScale[c.from]
	}
	if n.takesOutputScale(c) {
		result = net.OutputScale
	}
	lo, hi := span([][]float64{reach})
	if lo == hi {
		margin := math.Max(math.Abs(lo)/2, 1e-3)
		lo, hi = lo-margin, hi+margin
	}
	c.x = make([]float64, curvePoints)
	own := make([]float64, curvePoints)
	for i := range c.x {
		t := float64(i) / (curvePoints - 1)
		x := lo*(1-t) + hi*t
		c.x[i], own[i] = x/in, e.Eval(x)*result
	}
	for _, v := range reach {
		if isFinite(v) {
			c.reach = append(c.reach, v/in)
		}
	}
	if e.Kind == kan.Spline {
		c.spline = own
		n.findName(c)
	} else {
		c.named, c.name = own, e.Func.Name
		c.a, c.b, c.c, c.d, c.hasForm = e.A*in, e.B, e.C*result, e.D*result, true
		n.findSpline(c, lo, hi, result)
	}
	c.ylo, c.yhi = c.heights()
}

// takesOutputScale reports whether the values of the edge are those of the data
// when multiplied by the scale of the output: an edge into the last node, of the
// factors of a product the first.
func (n *Network) takesOutputScale(c *edgeCurve) bool {
	last := len(n.Net.Layers) - 1
	if c.layer != last {
		return false
	}
	layer := n.Net.Layers[last]
	if layer.Ops[c.to] == kan.Product {
		for from := range c.from {
			if layer.Edge(from, c.to).Active() {
				return false
			}
		}
	}
	return true
}

// findName evaluates the name that was found for a spline.
func (n *Network) findName(c *edgeCurve) {
	i := slices.IndexFunc(n.Edges, func(r symbolic.EdgeRow) bool {
		return r.Layer == c.layer && r.From == c.from && r.To == c.to
	})
	if i < 0 || n.Edges[i].Name == spline {
		return
	}
	row := n.Edges[i]
	value := n.function(row.Name)
	if value == nil {
		return
	}
	c.name, c.a, c.b, c.c, c.d, c.hasForm = row.Name, row.A, row.B, row.C, row.D, true
	c.rmse, c.r2, c.compared, c.alternatives = row.RMSE, row.R2, true, row.Alternatives
	c.named = make([]float64, len(c.x))
	for k, x := range c.x {
		c.named[k] = row.C*value(row.A*x+row.B) + row.D
	}
}

// function returns the function of a name in a table of edges, which may also be
// a formula of x; nil if it cannot be read.
func (n *Network) function(name string) func(float64) float64 {
	if f := n.lookup(name); f != nil {
		return f.Value
	}
	e, err := symbolic.Parse(name, symbolic.ParseOptions{Vars: []string{"x"}, Functions: n.Functions})
	if err != nil {
		return nil
	}
	p, err := symbolic.Compile(e, []string{"x"})
	if err != nil {
		return nil
	}
	ev := newEvaluation(p)
	return func(x float64) float64 {
		out := []float64{0}
		ev.eval(out, [][]float64{{x}})
		return out[0]
	}
}

// lookup returns the function of a name, nil if there is none.
func (n *Network) lookup(name string) *library.Func {
	if n.Functions != nil {
		if f, ok := n.Functions.Lookup(name); ok {
			return f
		}
	}
	if f, ok := library.Lookup(name); ok {
		return f
	}
	return nil
}

// findSpline looks for the spline that a named edge had in an earlier state of a
// network of the same shape. One that the network has moved away from since says
// nothing about the name and is not shown.
func (n *Network) findSpline(c *edgeCurve, lo, hi, result float64) {
	for _, net := range n.backwards() {
		if !slices.Equal(net.Shape(), n.Net.Shape()) || !slices.Equal(net.Inputs, n.Net.Inputs) ||
			!slices.Equal(net.InputScale, n.Net.InputScale) || net.OutputScale != n.Net.OutputScale {
			return
		}
		e := net.Layers[c.layer].Edge(c.from, c.to)
		if e.Kind != kan.Spline {
			continue
		}
		old := make([]float64, curvePoints)
		for i := range old {
			t := float64(i) / (curvePoints - 1)
			old[i] = e.Eval(lo*(1-t)+hi*t) * result
		}
		rmse, r2 := agreement(old, c.named)
		const near = 0.9
		if r2 >= near {
			c.spline, c.restored = old, true
			c.rmse, c.r2, c.compared = rmse, r2, true
		}
		return
	}
}

// agreement returns how far got is from want where both are finite.
func agreement(want, got []float64) (rmse, r2 float64) {
	// In units of the largest number squares stay in range.
	unit := 0.0
	for i, w := range want {
		if isFinite(w) && isFinite(got[i]) {
			unit = max(unit, math.Abs(w))
		}
	}
	if unit == 0 {
		unit = 1
	}
	n, mean, spread, sse := 0.0, 0.0, 0.0, 0.0
	for i, w := range want {
		if !isFinite(w) || !isFinite(got[i]) {
			continue
		}
		w, g := w/unit, got[i]/unit
		n++
		d := w - mean
		mean += d / n
		spread += d * (w - mean)
		sse += (g - w) * (g - w)
	}
	if n == 0 || spread == 0 {
		return 0, 0
	}
	return math.Sqrt(sse/n) * unit, 1 - sse/spread
}

// heights is what the picture of the curve spans: the spline, or of a function
// without one all but the tenths with its poles.
func (c *edgeCurve) heights() (lo, hi float64) {
	if c.spline != nil {
		return span([][]float64{c.spline})
	}
	var v []float64
	for _, y := range c.named {
		if isFinite(y) {
			v = append(v, y)
		}
	}
	if len(v) == 0 {
		return 0, 0
	}
	slices.Sort(v)
	q := func(share float64) float64 { return v[int(share*float64(len(v)-1))] }
	lo, hi = q(0.1), q(0.9)
	margin := 4 * (hi - lo)
	return math.Max(v[0], lo-margin), math.Min(v[len(v)-1], hi+margin)
}

// everyNth returns at most so many of n indices, evenly spread.
func everyNth(n, most int) []int {
	k := min(n, most)
	out := make([]int, k)
	for i := range out {
		out[i] = int(int64(i) * int64(n) / int64(k))
	}
	return out
}

func pickRows(c []float64, rows []int) []float64 {
	out := make([]float64, len(rows))
	for i, r := range rows {
		out[i] = c[r]
	}
	return out
}
