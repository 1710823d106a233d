package kan

import (
	"fmt"
	"math"
)

// mostValue is how large the values of nodes may become. Their squares, which
// attributions and errors are made of, are numbers still, and so are the slopes
// that curves go on by beyond their grids.
const mostValue = 1e150

// CheckRange reports curves and constants that are so large that the node which
// they enter, or the output, may overflow. No training makes such: data of any
// size are scaled to about 1 before they come to the curves. What named functions
// grow to has no bound and is left out. n must pass Check.
func (n *Network) CheckRange() error {
	output := 0.0 // a bound of its size, 0 if it has none
	for l, layer := range n.Layers {
		for to, op := range layer.Ops {
			bound, named := 0.0, false
			if op == Product {
				bound = 1
			}
			for from := range layer.In {
				e := layer.Edge(from, to)
				if e.Kind == Named {
					named = true
					if most := math.Max(math.Max(math.Abs(e.A), math.Abs(e.B)), math.Max(math.Abs(e.C), math.Abs(e.D))); most > mostValue {
						return fmt.Errorf("kan: edge %v: the constant %.3g is too large to compute with; the most is %.0e", EdgeID{l, from, to}, most, mostValue)
					}
				}
				if e.Kind != Spline {
					continue
				}
				// Between its knots a spline is a mean of coefficients.
				most := 0.0
				for _, c := range e.Spline.Coef {
					most = math.Max(most, math.Abs(c))
				}
				if op == Product {
					bound *= math.Max(most, 1)
				} else {
					bound += most
				}
				if !(bound <= mostValue) {
					return fmt.Errorf("kan: edge %v: coefficients of up to %.3g make node %d:%d overflow; training leaves them near 1", EdgeID{l, from, to}, most, l+1, to)
				}
			}
			if output = bound; named {
				output = 0
			}
		}
	}
	if !finite(output * n.OutputScale) {
		return fmt.Errorf("kan: the output scale %.3g makes the output overflow", n.OutputScale)
	}
	return nil
}
