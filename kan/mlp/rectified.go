package mlp

import (
	"errors"
	"fmt"
	"math"

	"github.com/kansym/kansym/kan"
)

// Rectified is a perceptron of rectified units and their powers: what a
// Kolmogorov-Arnold network of splines is when it is written as a multilayer
// perceptron. Layers of units alternate with layers of plain sums.
type Rectified struct {
	// Sums[l] are the nodes of layer l+1 of the network; their inputs are
	// Units[l], which are fed by the nodes of layer l, inputs first.
	Units [][]Unit
	Sums  [][]WeightedSum
}

// Unit is max(0, Weight*x+Bias)^Power of one node x of the layer below.
type Unit struct {
	From         int
	Weight, Bias float64
	Power        int // 1, 2 or 3
}

// WeightedSum is a node that adds up units: Weights[k] times the unit with
// index Units[k], and a bias.
type WeightedSum struct {
	Units   []int
	Weights []float64
	Bias    float64
}

// ErrNoRewriting is returned by Rewrite for networks that are no perceptrons of
// rectified units.
var ErrNoRewriting = errors.New("mlp: only a network of sums and splines is a perceptron of rectified units")

// Rewrite returns the perceptron that equals a Kolmogorov-Arnold network of
// sum nodes and splines everywhere, but for rounding: a cubic spline with N
// intervals of width h that goes on as straight lines is a sum of truncated
// powers,
//
//	s(u) = a + b*u + c*(u)+^2 + sum over k = 0..N of d_k*(u-k)+^3 + e*(u-N)+^2,
//
// where u = (x-Lo)/h, (u)+ is max(0, u), a, b and c are the value, slope and
// half the curvature at the lower end, d_k are the jumps of a sixth of the
// third derivative, and e ends the curvature at the upper end (C. de Boor, A
// Practical Guide to Splines, 1978, chapter VIII). The line is b*((u)+ - (-u)+).
// Edges from the same node over the same grid share their units. The error is
// ErrNoRewriting, wrapped, when a node is a product or an edge is named.
func Rewrite(net *kan.Network) (*Rectified, error) {
	r := &Rectified{}
	for l, layer := range net.Layers {
		units := &unitSet{index: map[Unit]int{}}
		var sums []WeightedSum
		for to := range layer.Out {
			if layer.Ops[to] != kan.Sum {
				return nil, fmt.Errorf("%w: node %d of layer %d is a product", ErrNoRewriting, to, l+1)
			}
			var s WeightedSum
			for from := range layer.In {
				e := layer.Edge(from, to)
				switch {
				case !e.Active():
				case e.Kind != kan.Spline:
					return nil, fmt.Errorf("%w: edge %d:%d:%d is a named function", ErrNoRewriting, l, from, to)
				default:
					scale := 1.0
					if l == 0 {
						scale = net.InputScale[from]
					}
					units.addSpline(&s, e, from, scale)
				}
			}
			if l == len(net.Layers)-1 {
				s.Bias *= net.OutputScale
				for k := range s.Weights {
					s.Weights[k] *= net.OutputScale
				}
			}
			sums = append(sums, s)
		}
		r.Units = append(r.Units, units.list)
		r.Sums = append(r.Sums, sums)
	}
	return r, nil
}

// unitSet is the units of a layer, each once.
type unitSet struct {
	list  []Unit
	index map[Unit]int
}

// addSpline adds an edge from a node, whose value is multiplied by scale, to a
// sum.
func (u *unitSet) addSpline(sum *WeightedSum, e *kan.Edge, from int, scale float64) {
	s := e.Spline
	c, n := s.Coef, s.N
	perStep := 1 / s.Step()
	// add is weight*(sign*(u-k))+^power.
	add := func(weight, sign float64, k, power int) {
		if weight == 0 {
			return
		}
		unit := Unit{From: from, Weight: sign * scale * perStep, Bias: -sign * (s.Lo*perStep + float64(k)), Power: power}
		i, ok := u.index[unit]
		if !ok {
			i = len(u.list)
			u.index[unit] = i
			u.list = append(u.list, unit)
		}
		sum.Units = append(sum.Units, i)
		sum.Weights = append(sum.Weights, weight)
	}
	third := func(i int) float64 { return (c[i+3] - 3*c[i+2] + 3*c[i+1] - c[i]) / 6 }
	second := func(i int) float64 { return (c[i] - 2*c[i+1] + c[i+2]) / 2 }

	sum.Bias += (c[0] + 4*c[1] + c[2]) / 6
	slope := (c[2] - c[0]) / 2
	add(slope, 1, 0, 1)
	add(-slope, -1, 0, 1)
	add(second(0), 1, 0, 2)
	before := 0.0
	for k := range n {
		add(third(k)-before, 1, k, 3)
		before = third(k)
	}
	add(-before, 1, n, 3)
	add(-second(n), 1, n, 2)
}

// NumUnits returns the number of rectified units.
func (r *Rectified) NumUnits() int {
	n := 0
	for _, u := range r.Units {
		n += len(u)
	}
	return n
}

// NumParams returns the number of weights and biases, zeros not counted.
func (r *Rectified) NumParams() int {
	n := 2 * r.NumUnits()
	for _, layer := range r.Sums {
		for _, s := range layer {
			n += len(s.Weights) + 1
		}
	}
	return n
}

// Predict writes the values of the perceptron into dst, cols[i] being input i
// in the rows of dst. It panics on columns of another length.
func (r *Rectified) Predict(dst []float64, cols [][]float64) {
	for _, c := range cols {
		if len(c) != len(dst) {
			panic("mlp: column of wrong length")
		}
	}
	var units []float64
	for row := range dst {
		at := func(i int) float64 { return cols[i][row] }
		var nodes []float64
		for l, layer := range r.Units {
			units = units[:0]
			for _, u := range layer {
				v := math.Max(0, u.Weight*at(u.From)+u.Bias)
				switch u.Power {
				case 2:
					v *= v
				case 3:
					v *= v * v
				}
				units = append(units, v)
			}
			nodes = make([]float64, len(r.Sums[l]))
			for j, s := range r.Sums[l] {
				sum := s.Bias
				for k, i := range s.Units {
					sum += s.Weights[k] * units[i]
				}
				nodes[j] = sum
			}
			at = func(i int) float64 { return nodes[i] }
		}
		dst[row] = nodes[0]
	}
}
