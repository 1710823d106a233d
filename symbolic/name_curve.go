package symbolic

import (
	"context"
	"math"

	"github.com/kansym/kansym/kan"
)

// A trace holds, for every row, the values that arrive at the nodes of a
// network and the derivatives of its output by the values of its edges.
type trace struct {
	values [][][]float64 // [layer][node][row]; values[0] are the scaled inputs
	factor [][][]float64 // [layer][edge][row], of the output before OutputScale
}

// traceOf follows the rows through the network and back.
func traceOf(net *kan.Network, cols [][]float64) *trace {
	rows := len(cols[0])
	t := &trace{}
	in := newColumns(rows, len(cols))
	for i, c := range cols {
		for r, v := range c {
			in[i][r] = v * net.InputScale[i]
		}
	}
	t.values = append(t.values, in)
	var slopes [][][]float64
	for _, layer := range net.Layers {
		out, val, slope := newColumns(rows, layer.Out), newColumns(rows, len(layer.Edges)), newColumns(rows, len(layer.Edges))
		for j := range layer.Out {
			product := layer.Ops[j] == kan.Product
			for r := range rows {
				if product {
					out[j][r] = 1
				}
				for i := range layer.In {
					e := layer.Edge(i, j)
					if !e.Active() {
						continue
					}
					k := j*layer.In + i
					f, df, _ := e.Derivatives(t.values[len(t.values)-1][i][r])
					val[k][r], slope[k][r] = f, df
					if product {
						out[j][r] *= f
					} else {
						out[j][r] += f
					}
				}
			}
		}
		t.factor = append(t.factor, edgeFactors(layer, val))
		slopes = append(slopes, slope)
		t.values = append(t.values, out)
	}
	t.backward(net, slopes)
	return t
}

// edgeFactors returns the derivative of a node's value by each of its edges:
// 1 in a sum, the product of the others in a product.
func edgeFactors(layer *kan.Layer, val [][]float64) [][]float64 {
	rows := len(val[0])
	out := newColumns(rows, len(layer.Edges))
	for j := range layer.Out {
		for i := range layer.In {
			f := out[j*layer.In+i]
			for r := range f {
				f[r] = 1
			}
			if layer.Ops[j] != kan.Product {
				continue
			}
			for o := range layer.In {
				if o == i || !layer.Edge(o, j).Active() {
					continue
				}
				for r := range f {
					f[r] *= val[j*layer.In+o][r]
				}
			}
		}
	}
	return out
}

// backward multiplies the factors by what comes from the layers behind.
func (t *trace) backward(net *kan.Network, slopes [][][]float64) {
	rows := len(t.values[0][0])
	delta := newColumns(rows, 1)
	for r := range rows {
		delta[0][r] = 1
	}
	for l := len(net.Layers) - 1; l >= 0; l-- {
		layer := net.Layers[l]
		before := newColumns(rows, layer.In)
		for j := range layer.Out {
			for i := range layer.In {
				k := j*layer.In + i
				for r := range rows {
					t.factor[l][k][r] *= delta[j][r]
					before[i][r] += t.factor[l][k][r] * slopes[l][k][r]
				}
			}
		}
		delta = before
	}
}

// curve returns the points of an edge's curve at the rows of the trace, each
// weighed by the square of what it does to the output.
func (t *trace) curve(net *kan.Network, p place) (x, y, w []float64) {
	layer := net.Layers[p.layer]
	e := p.in(net)
	x = t.values[p.layer][p.from]
	y, w = make([]float64, len(x)), make([]float64, len(x))
	most := 0.0
	factor := t.factor[p.layer][p.to*layer.In+p.from]
	for r, v := range x {
		y[r] = e.Eval(v)
		most = math.Max(most, math.Abs(factor[r]))
	}
	for r := range w {
		if most == 0 || !isFinite(most) {
			w[r] = 1
			continue
		}
		f := factor[r] / most
		w[r] = f * f
		if !isFinite(w[r]) {
			w[r] = 0
		}
	}
	return x, y, w
}

// curveShare is the error that a learned curve is given credit for, relative
// to what the error of the whole network would be in terms of the curve.
const curveShare = 0.25

// matchEdge matches one spline of net, which leaves an error of rms on the
// target.
func (n *naming) matchEdge(ctx context.Context, net *kan.Network, t *trace, p place, rms float64) []Match {
	x, y, w := t.curve(net, p)
	return n.matchPoints(ctx, net, p, x, y, w, t.noise(net, p, rms))
}

// noise returns the error in a curve that explains its share of an error of rms
// on the target.
func (t *trace) noise(net *kan.Network, p place, rms float64) float64 {
	ss, factor := 0.0, t.factor[p.layer][p.to*net.Layers[p.layer].In+p.from]
	for _, f := range factor {
		ss += f * f
	}
	sensitivity := math.Sqrt(ss/float64(len(factor))) * math.Abs(net.OutputScale)
	if !(sensitivity > 0) {
		return 0
	}
	return curveShare * rms / sensitivity
}

// sampleOf returns the points of the curve of an edge, or nil where they are
// too few to tell anything.
func (n *naming) sampleOf(net *kan.Network, p place, x, y, w []float64, noise float64) *sample {
	s := newSample(x, y, w, 0)
	if s == nil {
		return nil
	}
	if !isFinite(noise) || noise > 0.2*s.sd {
		noise = 0.2 * s.sd
	}
	s.measure(noise)
	// The errors of a spline are as many as its coefficients, not as the rows.
	if e := p.in(net); e.Kind == kan.Spline {
		s.count = math.Min(s.count, 2*float64(len(e.Spline.Coef)))
	}
	return s
}

func (n *naming) matchPoints(ctx context.Context, net *kan.Network, p place, x, y, w []float64, noise float64) []Match {
	s := n.sampleOf(net, p, x, y, w, noise)
	if s == nil {
		return nil
	}
	var out []Match
	for _, c := range n.fits.matchCurve(ctx, s, n.set, n.opt.Candidates) {
		out = append(out, c.match(s))
	}
	return out
}

// matchEdges matches every spline of the network.
func (n *naming) matchEdges(ctx context.Context) {
	t := traceOf(n.net, n.some.Cols)
	rms := n.networkError(n.net)
	for _, p := range n.splines {
		if ctx.Err() != nil {
			return
		}
		n.matches[p] = n.matchEdge(ctx, n.net, t, p, rms)
	}
}

// networkError returns the weighted root mean square error of net on the rows of
// choice, +Inf where it is not finite.
func (n *naming) networkError(net *kan.Network) float64 {
	pred := make([]float64, len(n.some.Y))
	net.Predict(pred, n.some.Cols)
	ss, total := 0.0, 0.0
	for r, v := range pred {
		w := 1.0
		if n.some.W != nil {
			w = n.some.W[r]
		}
		d := v - n.some.Y[r]
		ss += w * d * d
		total += w
	}
	rms := math.Sqrt(ss / total)
	if !isFinite(rms) {
		return math.Inf(1)
	}
	return rms
}

// put makes an edge of net the match.
func put(net *kan.Network, p place, m Match) {
	e := p.in(net)
	*e = kan.Edge{Kind: kan.Named, Func: m.Func, A: m.A, B: m.B, C: m.C, D: m.D}
}
