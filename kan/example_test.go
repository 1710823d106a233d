package kan_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/kansym/kansym/kan"
)

// A network of one hidden node learns sqrt(x^2 + y^2) as g(p(x) + q(y)).
func ExampleTrain() {
	rng := rand.New(rand.NewPCG(1, 1))
	x, y, z := make([]float64, 500), make([]float64, 500), make([]float64, 500)
	for r := range z {
		x[r], y[r] = 1+4*rng.Float64(), 1+4*rng.Float64()
		z[r] = math.Hypot(x[r], y[r])
	}
	net, report, err := kan.Train(context.Background(), []int{2, 1, 1}, kan.Data{Cols: [][]float64{x, y}, Y: z}, kan.TrainOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("held-out error below 1e-4:", report.HeldRelative < 1e-4)

	value := make([]float64, 1)
	grad := [][]float64{{0}, {0}}
	net.Gradient(value, grad, [][]float64{{3}, {4}})
	fmt.Printf("f(3,4) = %.3f, gradient %.3f %.3f\n", value[0], grad[0][0], grad[1][0])
	// Output:
	// held-out error below 1e-4: true
	// f(3,4) = 5.000, gradient 0.600 0.800
}

// A product node keeps signs, which no sum of curves can.
func ExampleTrainTopology() {
	rng := rand.New(rand.NewPCG(1, 1))
	x, y, z := make([]float64, 400), make([]float64, 400), make([]float64, 400)
	for r := range z {
		x[r], y[r] = 2*rng.Float64()-1, 2*rng.Float64()-1
		z[r] = x[r] * math.Sin(3*y[r])
	}
	template, err := kan.New([]int{2, 1}, kan.NewOptions{
		Inputs: []string{"x", "y"},
		Ops:    [][]kan.Op{{kan.Product}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	net, report, err := kan.TrainTopology(context.Background(), template, kan.Data{Cols: [][]float64{x, y}, Y: z}, kan.TrainOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("held-out error below 1e-4:", report.HeldRelative < 1e-4)
	value := make([]float64, 2)
	net.Predict(value, [][]float64{{0.5, -0.5}, {0.5, 0.5}})
	fmt.Printf("%.3f %.3f\n", value[0], value[1])
	// Output:
	// held-out error below 1e-4: true
	// 0.499 -0.499
}
