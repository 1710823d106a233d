package kan_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"math"
	"math/rand/v2"

	"github.com/kansym/kansym/kan"
)

// A third column does not matter: attribution sees it, pruning removes it, and
// the history of the model file remembers.
func Example_prune() {
	rng := rand.New(rand.NewPCG(1, 2))
	data := kan.Data{Names: []string{"a", "b", "c"}, Cols: make([][]float64, 3)}
	for range 500 {
		a, b, c := rng.Float64(), rng.Float64(), rng.Float64()
		data.Cols[0] = append(data.Cols[0], a)
		data.Cols[1] = append(data.Cols[1], b)
		data.Cols[2] = append(data.Cols[2], c)
		data.Y = append(data.Y, 2*math.Sin(3*a)+b*b+0.05*rng.NormFloat64())
	}
	ctx := context.Background()
	net, _, err := kan.Train(ctx, []int{3, 1}, data, kan.TrainOptions{Grid: []int{4}, Curvature: -1})
	if err != nil {
		log.Fatal(err)
	}
	for i, score := range net.Attribution(data.Cols, nil).Inputs() {
		fmt.Printf("%s %.1f\n", net.Inputs[i], score)
	}
	small, _, err := net.Prune(ctx, data, kan.PruneOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("used:", small.UsedInputs())

	model := &kan.Model{Target: "y", Snapshot: kan.Snapshot{Command: "train", Network: net}}
	model = model.Step(kan.Snapshot{Command: "prune", Network: small})
	var file bytes.Buffer
	if err := model.Save(&file); err != nil {
		log.Fatal(err)
	}
	loaded, err := kan.Load(&file, nil)
	if err != nil {
		log.Fatal(err)
	}
	before, err := loaded.Rewind(1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("version %d uses %v, version %d %v\n",
		loaded.Version(), loaded.Network.UsedInputs(), before.Version(), before.Network.UsedInputs())
	// Output:
	// a 0.7
	// b 0.3
	// c 0.0
	// used: [true true false]
	// version 2 uses [true true false], version 1 [true true true]
}
