// Package relu rewrites a Kolmogorov-Arnold network as a multilayer perceptron:
// matrices of weights with rectified linear units between them.
//
// # The mapping
//
// A curve of the network is a cubic spline on N equal intervals from lo to hi,
// continued by its tangents. Let u = (x-lo)*N/(hi-lo) be the place of x in
// intervals and r(z) = max(z, 0). The part of u that lies in interval j is
//
//	v_j = r(u-j) - r(u-j-1),  0 <= v_j <= 1,
//
// what lies below the grid is r(-u) and what lies above it r(u-N). On interval j
// the spline is a polynomial p_j of v_j, and v_j is 0 before it and 1 behind it,
// so that all of the spline is
//
//	s(x) = p_0(0) - p_0'(0) r(-u) + sum_j (p_j(v_j) - p_j(0)) + p_(N-1)'(1) r(u-N).
//
// With p_j(v) - p_j(0) = b v + c v^2 + d v^3 and v_j >= 0 the sum needs r(v_j),
// r(v_j)^2 and r(v_j)^3. One layer of a KAN becomes two hidden layers of the
// perceptron: units r(u-j), r(-u) and r(u-N) first, then units of v_j whose
// activation is r, r^2 or r^3. Curves that leave the same node on the same grid
// share them. The sums of the KAN's nodes are weights, and weights that follow
// each other are multiplied into one matrix. The usual construction adds up
// truncated powers r(u-j)^3 instead and needs one layer less, but its terms grow
// like N^3 and cancel: at 50 intervals five digits are lost. Here nothing
// grows.
//
// A node that multiplies takes its factors two by two,
//
//	a b = (r(a+b)^2 + r(-a-b)^2 - r(a-b)^2 - r(b-a)^2) / 4,
//
// which is exact but for rounding: that is relative to the square of the larger
// factor, so that factors of very different sizes lose digits.
//
// Named curves that are polynomials of degree 3 or less, or |x|, have such units
// too: z = r(z)-r(-z), z^2 = r(z)^2+r(-z)^2, z^3 = r(z)^3-r(-z)^3,
// |z| = r(z)+r(-z). Other named curves (sin, exp, ...) have none, and From
// refuses them.
//
// # Plain ReLUs
//
// With Options.Pieces every unit is r. Each interval is divided into so many
// pieces, on which the curve is replaced by its chord: exact for curves that are
// straight there, and otherwise off by at most (1/pieces)^2/8 of the largest second
// derivative with respect to u. Beyond the grid the curve is exact. Errors of
// a layer reach the next multiplied by no more than the steepest slope of its
// curves; Network.Bound is the sum, which holds for every input, in the unit of
// the target.
//
// # Sources
//
// Z. Liu et al., KAN: Kolmogorov-Arnold Networks (2024); Y. Wang, J. Siegel,
// Z. Liu and T. Hou, On the expressiveness and spectral bias of KANs (2024),
// which shows by truncated powers that splines of degree k are perceptrons with
// r^k; D. Yarotsky, Error bounds for approximations with deep ReLU networks
// (2017), for products by squares and chords. C. de Boor, A Practical Guide to
// Splines (1978), chapter II, for the error of a chord.
package relu

import "fmt"

// Activation is what a unit does to the weighted sum that reaches it.
type Activation string

// The activations, with r(z) = max(z, 0).
const (
	ReLU     Activation = "relu"     // r(z)
	ReLU2    Activation = "relu2"    // r(z)^2
	ReLU3    Activation = "relu3"    // r(z)^3
	Identity Activation = "identity" // z; in the last layer
)

// Network is a multilayer perceptron with one output. It is plain data.
type Network struct {
	// Inputs is how many numbers go in.
	Inputs int `json:"-"`
	// Bound is by how much the output may differ from that of the network which
	// was rewritten, but for rounding; 0 where the rewriting is exact.
	Bound  float64 `json:"bound"`
	Layers []Layer `json:"layers"`
}

// Layer computes activation[k](sum_i Weights[k][i]*x[i] + Bias[k]) for each of
// its units k.
type Layer struct {
	Weights     [][]float64  `json:"weights"`
	Bias        []float64    `json:"bias"`
	Activations []Activation `json:"activations"`
}

// NumUnits returns the number of units that are rectified: those of all layers
// but the last.
func (n *Network) NumUnits() int {
	units := 0
	for _, l := range n.Layers[:len(n.Layers)-1] {
		units += len(l.Bias)
	}
	return units
}

// NumParams returns the number of weights and biases that are not 0.
func (n *Network) NumParams() int {
	params := 0
	for _, l := range n.Layers {
		for k, w := range l.Weights {
			for _, v := range append([]float64{l.Bias[k]}, w...) {
				if v != 0 {
					params++
				}
			}
		}
	}
	return params
}

// Eval returns the output for the given inputs. It panics if their number is
// wrong.
func (n *Network) Eval(x []float64) float64 {
	if len(x) != n.Inputs {
		panic("relu: wrong number of inputs")
	}
	for _, l := range n.Layers {
		next := make([]float64, len(l.Bias))
		for k, w := range l.Weights {
			z := l.Bias[k]
			for i, v := range w {
				if v != 0 { // a unit that is not joined does not hear of NaN
					z += v * x[i]
				}
			}
			next[k] = l.Activations[k].apply(z)
		}
		x = next
	}
	return x[0]
}

func (a Activation) apply(z float64) float64 {
	if a == Identity {
		return z
	}
	if z < 0 {
		z = 0
	}
	switch a {
	case ReLU2:
		return z * z
	case ReLU3:
		return z * z * z
	}
	return z
}

// Check reports layers that do not fit together or an unknown activation, as a
// file may hold them.
func (n *Network) Check() error {
	in := n.Inputs
	for l, layer := range n.Layers {
		if len(layer.Weights) != len(layer.Bias) || len(layer.Activations) != len(layer.Bias) {
			return fmt.Errorf("relu: layer %d: %d rows of weights, %d biases, %d activations", l, len(layer.Weights), len(layer.Bias), len(layer.Activations))
		}
		for k, w := range layer.Weights {
			if len(w) != in {
				return fmt.Errorf("relu: layer %d: unit %d has %d weights, want %d", l, k, len(w), in)
			}
			switch layer.Activations[k] {
			case ReLU, ReLU2, ReLU3, Identity:
			default:
				return fmt.Errorf("relu: layer %d: unknown activation %q", l, layer.Activations[k])
			}
		}
		in = len(layer.Bias)
	}
	if len(n.Layers) == 0 || in != 1 {
		return fmt.Errorf("relu: %d outputs, want 1", in)
	}
	return nil
}
