// Package mlp trains multilayer perceptrons: the networks to which
// Kolmogorov-Arnold networks are compared.
//
// A Network has tanh nodes in its hidden layers and one linear output, and
// works on inputs and a target of mean 0 and standard deviation 1. It is
// trained by the loop that trains the networks of package kan, on the same
// Data and by the same rules: Levenberg-Marquardt on normal equations, several
// starts of which the best go on, a penalty that follows the error, and the
// weights kept that had the smallest error on rows that are not fitted.
package mlp

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Network is a multilayer perceptron. The zero value is not usable; New makes
// one, Train trains one.
type Network struct {
	// Shape has the number of inputs, of nodes in each hidden layer, and 1.
	Shape []int

	// Weights has, layer by layer and node by node, the weights of what a node
	// is fed by and then its bias.
	Weights []float64

	// Input i is seen by the network as (x-InMean[i])*InScale[i]; the answer is
	// OutMean + OutScale times its output.
	InMean, InScale   []float64
	OutMean, OutScale float64
}

// maxWeights bounds a network; beyond it the normal matrix alone takes
// gigabytes.
const maxWeights = 10000

// New returns a network whose weights are 0, with means of 0 and scales of 1.
// The error is not nil when the shape is not that of a network with at least
// one input, one output and at most 10000 weights.
func New(shape []int) (*Network, error) {
	if len(shape) < 2 || shape[len(shape)-1] != 1 {
		return nil, fmt.Errorf("mlp: shape %v: want the number of inputs, of nodes in each hidden layer, and 1 output", shape)
	}
	weights := 0
	for l, n := range shape {
		if n < 1 || n > maxWeights {
			return nil, fmt.Errorf("mlp: shape %v: a layer of %d nodes", shape, n)
		}
		if l > 0 {
			weights += (shape[l-1] + 1) * n
		}
	}
	if weights > maxWeights {
		return nil, fmt.Errorf("mlp: shape %v has %d weights, more than the %d that can be trained", shape, weights, maxWeights)
	}
	net := &Network{Shape: append([]int(nil), shape...), Weights: make([]float64, weights), OutScale: 1}
	for range shape[0] {
		net.InMean = append(net.InMean, 0)
		net.InScale = append(net.InScale, 1)
	}
	return net, nil
}

// NumParams returns the number of weights and biases.
func (n *Network) NumParams() int { return len(n.Weights) }

// Clone returns a copy that shares nothing with n.
func (n *Network) Clone() *Network {
	c := *n
	c.Shape = append([]int(nil), n.Shape...)
	c.Weights = append([]float64(nil), n.Weights...)
	c.InMean = append([]float64(nil), n.InMean...)
	c.InScale = append([]float64(nil), n.InScale...)
	return &c
}

// Predict writes the values of the network into dst, cols[i] being input i in
// the rows of dst. It panics on columns of another number or length.
func (n *Network) Predict(dst []float64, cols [][]float64) {
	n.checkCols(cols, len(dst))
	p := newPass(n.Shape)
	for r0 := 0; r0 < len(dst); r0 += blockRows {
		k := min(blockRows, len(dst)-r0)
		n.load(p, cols, r0, k)
		p.forward(n.Weights, k)
		for r, v := range p.output(k) {
			dst[r0+r] = n.OutMean + n.OutScale*v
		}
	}
}

// Jacobian writes the derivatives of the network's value by its weights, in
// the order of Weights and in the units of the target, into jac, rows by
// NumParams. It panics on shapes that do not fit.
func (n *Network) Jacobian(jac *mat.Dense, cols [][]float64) {
	rows, params := jac.Dims()
	n.checkCols(cols, rows)
	if params != n.NumParams() {
		panic("mlp: Jacobian of wrong width")
	}
	p := newPass(n.Shape)
	scale := make([]float64, blockRows)
	for r := range scale {
		scale[r] = n.OutScale
	}
	for r0 := 0; r0 < rows; r0 += blockRows {
		k := min(blockRows, rows-r0)
		n.load(p, cols, r0, k)
		p.forward(n.Weights, k)
		p.backward(n.Weights, k)
		p.jacobian(jac.RawMatrix().Data[r0*jac.RawMatrix().Stride:], jac.RawMatrix().Stride, scale[:k])
	}
}

// load puts the standardised inputs of rows r0 to r0+k-1 into p.
func (n *Network) load(p *pass, cols [][]float64, r0, k int) {
	for i, c := range cols {
		dst := nodeRows(p.val[0], i, k)
		for r, x := range c[r0 : r0+k] {
			dst[r] = (x - n.InMean[i]) * n.InScale[i]
		}
	}
}

func (n *Network) checkCols(cols [][]float64, rows int) {
	if len(cols) != n.Shape[0] {
		panic("mlp: wrong number of columns")
	}
	for _, c := range cols {
		if len(c) != rows {
			panic("mlp: column of wrong length")
		}
	}
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
