package relu_test

import (
	"fmt"
	"log"
	"math"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/bspline"
	"github.com/kansym/kansym/kan/relu"
)

// A sine that was learned on [0, 3], with 6 intervals.
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
		fmt.Printf("%d layers of %d units first, sin(1) is %.4f, off by less than %.1g\n",
			len(m.Layers), len(m.Layers[0].Bias), m.Eval([]float64{1}), m.Bound)
	}
	// Output:
	// 3 layers of 8 units first, sin(1) is 0.8415, off by less than 0
	// 2 layers of 8 units first, sin(1) is 0.8415, off by less than 0.03
	// 2 layers of 50 units first, sin(1) is 0.8415, off by less than 0.0005
}
