package relu_test

import (
	"fmt"
	"log"
	"math"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/bspline"
	"github.com/kansym/kansym/kan/relu"
)

// A sine on [0, 3] as a spline of 6 intervals, and its perceptrons; what they may
// be off by is from the spline.
func ExampleFrom() {
	var x, y []float64
	for i := range 301 {
		x = append(x, float64(i)/100)
		y = append(y, math.Sin(x[i]))
	}
	net, err := kan.New([]int{1, 1}, kan.NewOptions{})
	if err != nil {
		log.Fatal(err)
	}
	net.Layers[0].Edges[0] = kan.SplineEdge(bspline.Fit(bspline.NewGrid(0, 3, 6), x, y, nil, 0))

	for _, pieces := range []int{0, 1, 8} {
		m, err := relu.From(net, relu.Options{Pieces: pieces})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%d layers of %d units first, sin(1.25) is %.4f, off by at most %.1g\n",
			len(m.Layers), len(m.Layers[0].Bias), m.Eval([]float64{1.25}), m.Bound)
	}
	// Output:
	// 3 layers of 8 units first, sin(1.25) is 0.9489, off by at most 0
	// 2 layers of 8 units first, sin(1.25) is 0.9196, off by at most 0.03
	// 2 layers of 50 units first, sin(1.25) is 0.9489, off by at most 0.0005
}
