package symbolic_test

import (
	"fmt"

	"github.com/kansym/kansym/symbolic"
)

// A law becomes a network of named edges, and the network a formula again.
func ExampleCompileNetwork() {
	e, err := symbolic.Parse("m*c^2/sqrt(1-(v/c)^2)", symbolic.ParseOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	d := symbolic.Data{Names: []string{"m", "v", "c"}, Cols: [][]float64{{1, 2}, {1, 3}, {2, 5}}}
	net, err := symbolic.CompileNetwork(e, d)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("shape", net.Shape())
	for l, layer := range net.Layers {
		for to, op := range layer.Ops {
			for from := range layer.In {
				if e := layer.Edge(from, to); e.Active() {
					fmt.Printf("edge %d:%d:%d into a %v: %g*%v(%g*x+%g)+%g\n", l, from, to, op, e.C, e.Func, e.A, e.B, e.D)
				}
			}
		}
	}
	back, err := symbolic.FromNetwork(net, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(symbolic.Simplify(back, symbolic.SimplifyOptions{Domains: symbolic.IntervalsOf(d)}))
	// Output:
	// shape [3 3 1]
	// edge 0:0:0 into a sum: 1*x(1*x+0)+0
	// edge 0:2:1 into a sum: 1*x(1*x+0)+0
	// edge 0:1:2 into a product: 1*x^2(1*x+0)+0
	// edge 0:2:2 into a product: 1*1/x^2(1*x+0)+0
	// edge 1:0:0 into a product: 1*x(1*x+0)+0
	// edge 1:1:0 into a product: 1*x^2(1*x+0)+0
	// edge 1:2:0 into a product: 1*1/sqrt(-1*x+1)+0
	// c^2*m/sqrt(1-(v/c)^2)
}
