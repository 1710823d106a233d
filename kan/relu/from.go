package relu

import (
	"fmt"
	"math"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/bspline"
)

// Options say how curves are rewritten.
type Options struct {
	// Pieces is the number of chords for each interval of a spline, with plain
	// ReLUs; 0 asks for squares and cubes of ReLUs, which are exact.
	Pieces int
}

// maxWeights bounds the numbers in the matrices, most of which are zero.
const maxWeights = 20_000_000

// From rewrites a network, whose inputs keep their number and order. The error
// says which node or which edges have no perceptron, or that the matrices would be too
// large.
func From(net *kan.Network, opt Options) (*Network, error) {
	if err := net.Check(); err != nil {
		return nil, err
	}
	if opt.Pieces < 0 {
		return nil, fmt.Errorf("relu: %d pieces", opt.Pieces)
	}
	b := &builder{pieces: opt.Pieces, out: &Network{Inputs: len(net.Inputs)}, live: liveNodes(net)}
	if err := checkNames(net, b.live, b.pieces); err != nil {
		return nil, err
	}
	b.width = len(net.Inputs)
	values := make([]value, len(net.Inputs))
	for i, s := range net.InputScale {
		values[i] = value{terms: []term{{i, s}}}
	}
	for l, layer := range net.Layers {
		var err error
		if values, err = b.layer(l, layer, values); err != nil {
			return nil, err
		}
	}
	y := values[0]
	b.out.Bound = y.bound * math.Abs(net.OutputScale)
	y = combine(0, part{net.OutputScale, y})
	if err := b.emit([]unit{{y, Identity}}); err != nil {
		return nil, err
	}
	if math.IsInf(b.out.Bound, 0) || math.IsNaN(b.out.Bound) {
		return nil, fmt.Errorf("relu: the bound of the error overflows: prune the network or choose more pieces")
	}
	return b.out, nil
}

// liveNodes tells on which nodes the output depends, by layer, the inputs first.
func liveNodes(n *kan.Network) [][]bool {
	live := make([][]bool, len(n.Layers)+1)
	live[len(n.Layers)] = []bool{true}
	for l := len(n.Layers) - 1; l >= 0; l-- {
		layer := n.Layers[l]
		live[l] = make([]bool, layer.In)
		for k, e := range layer.Edges {
			if e.Active() && live[l+1][k/layer.In] {
				live[l][k%layer.In] = true
			}
		}
	}
	return live
}

// value is a weighted sum of the units of the layer that was written last.
type value struct {
	terms []term
	bias  float64
	bound float64 // of its error
}

type term struct {
	unit   int
	weight float64
}

// unit is a value to which an activation is applied.
type unit struct {
	value
	act Activation
}

type part struct {
	factor float64
	value
}

// combine returns bias + sum factor*value. Terms of the same unit are added.
func combine(bias float64, parts ...part) value {
	v := value{bias: bias}
	at := map[int]int{}
	for _, p := range parts {
		v.bias += p.factor * p.bias
		v.bound += math.Abs(p.factor) * p.bound
		for _, t := range p.terms {
			k, ok := at[t.unit]
			if !ok {
				k = len(v.terms)
				at[t.unit] = k
				v.terms = append(v.terms, term{unit: t.unit})
			}
			v.terms[k].weight += p.factor * t.weight
		}
	}
	return v
}

type builder struct {
	out    *Network
	live   [][]bool
	pieces int
	width  int // units of the last layer
	size   int // weights so far
}

// emit appends a layer of the given units.
func (b *builder) emit(units []unit) error {
	if b.size += len(units) * (b.width + 1); b.size > maxWeights {
		return fmt.Errorf("relu: the matrices have more than %d numbers: prune the network, or train it on coarser grids", maxWeights)
	}
	l := Layer{}
	for _, u := range units {
		row := make([]float64, b.width)
		for _, t := range u.terms {
			row[t.unit] += t.weight
		}
		for _, w := range append(row, u.bias) {
			if math.IsNaN(w) || math.IsInf(w, 0) {
				return fmt.Errorf("relu: a weight overflows")
			}
		}
		l.Weights = append(l.Weights, row)
		l.Bias = append(l.Bias, u.bias)
		l.Activations = append(l.Activations, u.act)
	}
	b.out.Layers = append(b.out.Layers, l)
	b.width = len(units)
	return nil
}

// layer rewrites a layer of the KAN and returns its nodes.
func (b *builder) layer(l int, layer *kan.Layer, in []value) ([]value, error) {
	s := &stage{builder: b, in: in, grids: map[gridKey]*gridUnits{}, pairs: map[pairKey]int{}}
	for k, e := range layer.Edges {
		if !e.Active() || !b.live[l+1][k/layer.In] {
			continue
		}
		s.prepare(k%layer.In, e)
	}
	if err := s.write(); err != nil {
		return nil, err
	}
	factors := make([][]value, layer.Out)
	for j := range layer.Out {
		if !b.live[l+1][j] {
			continue
		}
		for i := range layer.In {
			if e := layer.Edge(i, j); e.Active() {
				factors[j] = append(factors[j], s.edge(i, e))
			}
		}
		if layer.Ops[j] == kan.Sum {
			sum := make([]part, len(factors[j]))
			for k, v := range factors[j] {
				sum[k] = part{1, v}
			}
			factors[j] = []value{combine(0, sum...)}
		} else if len(factors[j]) > 1 && b.pieces > 0 {
			return nil, fmt.Errorf("relu: node %d of layer %d is a product, which plain ReLUs cannot compute: leave out the pieces", j, l+1)
		}
	}
	return b.multiply(factors)
}

// multiply reduces the factors of each node to their product, two by two, in as
// many layers as it takes.
func (b *builder) multiply(factors [][]value) ([]value, error) {
	for {
		var units []unit
		var next [][]value
		open := false
		add := func(v value, act Activation) term {
			units = append(units, unit{v, act})
			return term{unit: len(units) - 1}
		}
		for _, f := range factors {
			var left []value
			for len(f) > 1 {
				open = true
				product := value{}
				for _, sign := range []float64{1, -1} {
					sum := combine(0, part{1, f[0]}, part{sign, f[1]})
					for _, side := range []float64{1, -1} {
						t := add(combine(0, part{side, sum}), ReLU2)
						t.weight = sign / 4
						product.terms = append(product.terms, t)
					}
				}
				left = append(left, product)
				f = f[2:]
			}
			if len(f) == 1 {
				left = append(left, f[0])
			}
			next = append(next, left)
		}
		if !open {
			return finish(factors), nil
		}
		// What waits for the next round passes through as r(z) - r(-z).
		for k, f := range factors {
			if len(f)%2 == 1 {
				rest := f[len(f)-1]
				up := add(rest, ReLU)
				down := add(combine(0, part{-1, rest}), ReLU)
				up.weight, down.weight = 1, -1
				next[k][len(next[k])-1] = value{terms: []term{up, down}, bound: rest.bound}
			}
		}
		if err := b.emit(units); err != nil {
			return nil, err
		}
		factors = next
	}
}

// finish returns the only factor of each node; a product without any is 1.
func finish(factors [][]value) []value {
	out := make([]value, len(factors))
	for j, f := range factors {
		out[j] = value{bias: 1}
		if len(f) == 1 {
			out[j] = f[0]
		}
	}
	return out
}

// cubic returns the polynomial of a spline on interval j over its place t in
// [0, 1]: p[0] + p[1]*t + p[2]*t^2 + p[3]*t^3.
func cubic(s *bspline.Spline, j int) [4]float64 {
	c := s.Coef[j : j+4]
	return [4]float64{
		(c[0] + 4*c[1] + c[2]) / 6,
		(c[2] - c[0]) / 2,
		(c[0] - 2*c[1] + c[2]) / 2,
		(c[3] - c[0] + 3*(c[1]-c[2])) / 6,
	}
}
