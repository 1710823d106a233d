package kan

import (
	"fmt"
	"math"

	"github.com/kansym/kansym/kan/bspline"
)

// Op is how a node combines the values of its incoming edges.
type Op uint8

// The operations of a node. An absent edge contributes nothing: a sum without
// edges is 0 and a product without edges is 1.
const (
	Sum Op = iota
	Product
)

// String returns "sum" or "product".
func (o Op) String() string {
	if o == Product {
		return "product"
	}
	return "sum"
}

// Layer joins In nodes to Out nodes.
type Layer struct {
	In, Out int
	// Ops has the operation of each of the Out nodes.
	Ops []Op
	// Edges holds the edge from node i to node j at index j*In+i. None is nil.
	Edges []*Edge
}

// Edge returns the edge from node from to node to.
func (l *Layer) Edge(from, to int) *Edge { return l.Edges[to*l.In+from] }

// Network is a Kolmogorov-Arnold network with one output. For inputs x it is
//
//	y = OutputScale * net(InputScale[0]*x[0], InputScale[1]*x[1], ...)
//
// where the edges of the first layer see the scaled inputs.
type Network struct {
	// Inputs names the inputs, in the order of the columns.
	Inputs []string
	// InputScale and OutputScale are powers of two, so that scaling is exact.
	InputScale  []float64
	OutputScale float64
	// Layers lead from the inputs to the single output.
	Layers []*Layer
}

// NewOptions say how New makes a network. The zero value asks for sum nodes
// and spline edges of 4 intervals.
type NewOptions struct {
	// Inputs names the inputs; nil names them x1, x2, ...
	Inputs []string
	// Grid is the number of intervals of every spline; 0 means 4.
	Grid int
	// Ops[l][j] is the operation of node j of layer l; missing entries are Sum.
	Ops [][]Op
}

// New returns a network of the given shape: the number of inputs, of the nodes
// of each hidden layer, and 1 for the output. Every edge is a spline that
// equals the identity, over [-1, 1]. It returns an error when the shape has
// fewer than two entries, an entry below 1, or more than one output.
func New(shape []int, opt NewOptions) (*Network, error) {
	if len(shape) < 2 {
		return nil, fmt.Errorf("kan: shape %v: want the number of inputs, of hidden nodes, and 1", shape)
	}
	for _, n := range shape {
		if n < 1 {
			return nil, fmt.Errorf("kan: shape %v: a layer needs at least one node", shape)
		}
	}
	if shape[len(shape)-1] != 1 {
		return nil, fmt.Errorf("kan: shape %v: a network has one output", shape)
	}
	if opt.Inputs != nil && len(opt.Inputs) != shape[0] {
		return nil, fmt.Errorf("kan: %d names for %d inputs", len(opt.Inputs), shape[0])
	}
	if opt.Grid < 0 {
		return nil, fmt.Errorf("kan: grid of %d intervals", opt.Grid)
	}
	if opt.Grid == 0 {
		opt.Grid = 4
	}
	n := &Network{OutputScale: 1}
	for i := range shape[0] {
		name := fmt.Sprintf("x%d", i+1)
		if opt.Inputs != nil {
			name = opt.Inputs[i]
		}
		n.Inputs = append(n.Inputs, name)
		n.InputScale = append(n.InputScale, 1)
	}
	grid := bspline.NewGrid(-1, 1, opt.Grid)
	for l := range len(shape) - 1 {
		layer := &Layer{In: shape[l], Out: shape[l+1], Ops: make([]Op, shape[l+1])}
		if l < len(opt.Ops) {
			copy(layer.Ops, opt.Ops[l])
		}
		for range layer.In * layer.Out {
			layer.Edges = append(layer.Edges, SplineEdge(bspline.Linear(grid, 1, 0)))
		}
		n.Layers = append(n.Layers, layer)
	}
	return n, nil
}

// Shape returns the number of inputs, of the nodes of each hidden layer, and
// of outputs, which is 1.
func (n *Network) Shape() []int {
	shape := []int{len(n.Inputs)}
	for _, l := range n.Layers {
		shape = append(shape, l.Out)
	}
	return shape
}

// Clone returns a copy that shares nothing with n but the named functions.
func (n *Network) Clone() *Network {
	c := &Network{
		Inputs:      append([]string(nil), n.Inputs...),
		InputScale:  append([]float64(nil), n.InputScale...),
		OutputScale: n.OutputScale,
	}
	for _, l := range n.Layers {
		k := &Layer{In: l.In, Out: l.Out, Ops: append([]Op(nil), l.Ops...)}
		for _, e := range l.Edges {
			k.Edges = append(k.Edges, e.Clone())
		}
		c.Layers = append(c.Layers, k)
	}
	return c
}

// NumParams returns the number of trainable parameters.
func (n *Network) NumParams() int {
	p := 0
	for _, l := range n.Layers {
		for _, e := range l.Edges {
			p += e.NumParams()
		}
	}
	return p
}

// Check reports what makes n unusable: layers that do not fit together, a
// missing edge, or a number that is not finite. Predict and Train expect a
// network that passes.
func (n *Network) Check() error {
	if len(n.Layers) == 0 {
		return fmt.Errorf("kan: network without layers")
	}
	if len(n.Inputs) != n.Layers[0].In || len(n.InputScale) != len(n.Inputs) {
		return fmt.Errorf("kan: %d inputs and %d scales for a first layer of %d", len(n.Inputs), len(n.InputScale), n.Layers[0].In)
	}
	for _, s := range append([]float64{n.OutputScale}, n.InputScale...) {
		if !finite(s) || s == 0 {
			return fmt.Errorf("kan: scale %v", s)
		}
	}
	for i, l := range n.Layers {
		if l.In < 1 || l.Out < 1 || len(l.Edges) != l.In*l.Out || len(l.Ops) != l.Out {
			return fmt.Errorf("kan: layer %d: %d edges and %d operations for %d to %d nodes", i, len(l.Edges), len(l.Ops), l.In, l.Out)
		}
		if i > 0 && n.Layers[i-1].Out != l.In {
			return fmt.Errorf("kan: layer %d takes %d nodes, the one before makes %d", i, l.In, n.Layers[i-1].Out)
		}
		for k, e := range l.Edges {
			if err := e.check(); err != nil {
				return fmt.Errorf("kan: edge %d:%d:%d: %w", i, k%l.In, k/l.In, err)
			}
		}
	}
	if n.Layers[len(n.Layers)-1].Out != 1 {
		return fmt.Errorf("kan: %d outputs, want 1", n.Layers[len(n.Layers)-1].Out)
	}
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
