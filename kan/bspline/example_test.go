package bspline_test

import (
	"fmt"
	"math"

	"github.com/kansym/kansym/kan/bspline"
)

func ExampleFit() {
	var x, y []float64
	for k := range 101 {
		x = append(x, float64(k)/50-1)
		y = append(y, math.Exp(x[k]))
	}
	s := bspline.Fit(bspline.NewGrid(-1, 1, 10), x, y, nil, 0)
	f, df, d2f := s.Derivatives(0.5)
	fmt.Printf("%.4f %.4f %.2f, exp(0.5) = %.4f\n", f, df, d2f, math.Exp(0.5))
	// Beyond the grid the spline is a straight line.
	_, _, d2f = s.Derivatives(2)
	fmt.Println(d2f)
	// Output:
	// 1.6487 1.6487 1.65, exp(0.5) = 1.6487
	// 0
}
