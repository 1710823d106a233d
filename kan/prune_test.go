package kan

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// dead returns the first hidden node without edges on one side, "" if there
// is none.
func dead(n *Network) string {
	for l := 1; l < len(n.Layers); l++ {
		for node := range n.Layers[l].In {
			in := false
			for from := range n.Layers[l-1].In {
				in = in || n.Layers[l-1].Edge(from, node).Active()
			}
			if !in || !n.leaves(l, node) {
				return fmt.Sprintf("node %d:%d", l, node)
			}
		}
	}
	return ""
}

// Edges replaced by constants change the function to what it is with those
// constants, whatever had to be folded and taken out.
func TestWithoutFoldsConstants(t *testing.T) {
	cols := randomColumns(5, 3, 60, -1, 1)
	rapid.Check(t, func(t *rapid.T) {
		n := randomNetwork(rapid.Uint64().Draw(t, "seed"), 3, 4, 3, 1)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "drop"), 3))
		share := rapid.SampledFrom([]float64{0, 0.2, 0.5, 0.9}).Draw(t, "share")
		dropped := map[[2]int]float64{}
		for l, layer := range n.Layers {
			for k, e := range layer.Edges {
				if e.Active() && rng.Float64() < share {
					dropped[[2]int{l, k}] = rng.NormFloat64()
				}
			}
		}
		before := n.Clone()
		small, kept, ok := n.without(
			func(l, k int) bool { _, is := dropped[[2]int{l, k}]; return is },
			func(l, k int) float64 { return dropped[[2]int{l, k}] })

		// The reference: the same edges as constant lines.
		flat := n.Clone()
		for at, v := range dropped {
			flat.Layers[at[0]].Edges[at[1]] = line(0, v)
		}
		want, got := make([]float64, 60), make([]float64, 60)
		flat.Predict(want, cols)
		size, spread := 0.0, 0.0
		for _, v := range want {
			size = math.Max(size, math.Abs(v))
			spread = math.Max(spread, math.Abs(v-want[0]))
		}
		if !ok {
			if spread > 1e-9*size {
				t.Fatalf("refused a network that varies by %g of %g", spread, size)
			}
			return
		}
		if err := small.Check(); err != nil {
			t.Fatal(err)
		}
		if d := dead(small); d != "" {
			t.Fatalf("%s is dead", d)
		}
		small.Predict(got, cols)
		for r := range want {
			if math.Abs(got[r]-want[r]) > 1e-10*size {
				t.Fatalf("row %d: %v, want %v", r, got[r], want[r])
			}
		}
		for l, ids := range kept {
			if len(ids) != small.Shape()[l] {
				t.Fatalf("layer %d has %d nodes from %v", l, small.Shape()[l], ids)
			}
		}
		n.Predict(got, cols)
		before.Predict(want, cols)
		for r := range want {
			if got[r] != want[r] {
				t.Fatal("the network itself was changed")
			}
		}
	})
}

func TestSelectInputs(t *testing.T) {
	n := network(t, []int{3, 2, 1}, line(1, 0), nil, line(2, 1), nil, nil, line(3, 0), line(1, 0), line(1, 0))
	if got := n.UsedInputs(); !got[0] || got[1] || !got[2] {
		t.Fatalf("used inputs %v", got)
	}
	s := n.SelectInputs([]int{2, 0})
	if err := s.Check(); err != nil || s.Inputs[0] != "x3" || s.Inputs[1] != "x1" {
		t.Fatalf("inputs %v, %v", s.Inputs, err)
	}
	a, b := make([]float64, 2), make([]float64, 2)
	n.Predict(a, [][]float64{{1, 2}, {5, 6}, {3, 4}})
	s.Predict(b, [][]float64{{3, 4}, {1, 2}})
	if a[0] != b[0] || a[1] != b[1] {
		t.Errorf("%v, of the inputs selected %v", a, b)
	}
	for _, bad := range [][]int{{0}, {0, 1, 3}, {-1, 0, 2}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("inputs %v selected", bad)
				}
			}()
			n.SelectInputs(bad)
		}()
	}
}

// law returns data of f over n inputs in [lo, hi] with noise of the given
// standard deviation.
func law(seed uint64, n, rows int, lo, hi, noise float64, f func(x []float64) float64) Data {
	rng := rand.New(rand.NewPCG(seed, 99))
	d := Data{Cols: randomColumns(seed, n, rows, lo, hi), Y: make([]float64, rows)}
	x := make([]float64, n)
	for r := range d.Y {
		for i := range x {
			x[i] = d.Cols[i][r]
		}
		d.Y[r] = f(x) + noise*rng.NormFloat64()
	}
	return d
}

func TestPrune(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name   string
		shape  []int
		noise  float64
		f      func(x []float64) float64
		unused []int
		nodes  int // hidden nodes at most
		// rel bounds the held-out error relative to the target's deviation: what
		// grids of 8 intervals reach, or little more than the noise.
		rel float64
	}{
		{"two of four inputs", []int{4, 1}, 0, func(x []float64) float64 { return math.Sin(3*x[0]) + x[2]*x[2] }, []int{1, 3}, 0, 5e-4},
		{"with noise", []int{4, 1}, 0.1, func(x []float64) float64 { return math.Sin(3*x[0]) + x[2]*x[2] }, []int{1, 3}, 0, 0.2},
		{"hidden node", []int{3, 2, 1}, 0, func(x []float64) float64 { return math.Exp(math.Sin(2*x[0]) + x[1]*x[1]) }, []int{2}, 2, 1e-3},
		{"hidden node with noise", []int{3, 2, 1}, 0.1, func(x []float64) float64 { return math.Exp(math.Sin(2*x[0]) + x[1]*x[1]) }, []int{2}, 1, 0.1},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := law(17, c.shape[0], 600, -1, 1, c.noise, c.f)
			opt := TrainOptions{Grid: []int{4, 8}, MaxIter: 30, Seed: 3}
			if c.noise > 0 {
				opt.Curvature, opt.Grid = -1, []int{4}
			}
			net, rep, err := Train(ctx, c.shape, d, opt)
			if err != nil {
				t.Fatal(err)
			}
			small, pr, err := net.Prune(ctx, d, PruneOptions{Seed: 3, Curvature: opt.Curvature})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range pr.Steps {
				t.Logf("%v: score %.2g, removed %v, BIC %+.1f, held-out %.3g", s, s.Score, s.Removed, s.BICChange, s.HeldRMSE)
			}
			if err := small.Check(); err != nil {
				t.Fatal(err)
			}
			if what := dead(small); what != "" {
				t.Errorf("%s is dead", what)
			}
			used := small.UsedInputs()
			for _, i := range c.unused {
				if used[i] {
					t.Errorf("input %d is still used", i)
				}
				used[i] = true
			}
			for i, u := range used {
				if !u {
					t.Errorf("input %d was removed", i)
				}
			}
			hidden := 0
			for _, size := range small.Shape()[1:] {
				hidden += size
			}
			hidden-- // the output
			if hidden > c.nodes {
				t.Errorf("%d hidden nodes are left, want at most %d", hidden, c.nodes)
			}
			_, sd := spread(d.Y, nil)
			if rel := pr.HeldRMSE / sd; rel > c.rel {
				t.Errorf("held-out error %.3g, before %.3g, want at most %.3g", rel, rep.HeldRelative, c.rel)
			}
			if small.NumParams() >= net.NumParams() {
				t.Errorf("%d parameters, before %d", small.NumParams(), net.NumParams())
			}
		})
	}
}

// Pruning is reproducible, stops when told, and leaves its argument alone.
func TestPruneIsDeterministic(t *testing.T) {
	d := law(4, 3, 300, -1, 1, 0.05, func(x []float64) float64 { return x[0]*x[0] + x[1] })
	net, _, err := Train(context.Background(), []int{3, 2, 1}, d, TrainOptions{Grid: []int{4}, MaxIter: 15})
	if err != nil {
		t.Fatal(err)
	}
	before := save(t, &Model{Snapshot: Snapshot{Network: net}})
	var first []byte
	for range 2 {
		small, rep, err := net.Prune(context.Background(), d, PruneOptions{})
		if err != nil || rep.Interrupted {
			t.Fatal(err, rep)
		}
		text := append(save(t, &Model{Snapshot: Snapshot{Network: small}}), fmt.Sprint(rep)...)
		if first != nil && string(first) != string(text) {
			t.Errorf("first %s\nthen %s", first, text)
		}
		first = text
	}
	if string(before) != string(save(t, &Model{Snapshot: Snapshot{Network: net}})) {
		t.Error("the network given was changed")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	small, rep, err := net.Prune(ctx, d, PruneOptions{})
	if err != nil || small == nil || !rep.Interrupted || len(rep.Steps) > 0 {
		t.Errorf("after cancelling: %v, %+v", err, rep)
	}
}

// Fixed edges stay, and with nothing else to train there is an error.
func TestPruneKeepsFixedEdges(t *testing.T) {
	d := law(5, 2, 200, -1, 1, 0, func(x []float64) float64 { return x[0] * x[0] })
	net, _, err := Train(context.Background(), []int{2, 1}, d, TrainOptions{Grid: []int{4}, MaxIter: 10})
	if err != nil {
		t.Fatal(err)
	}
	net.Layers[0].Edges[1].Fixed = true
	small, _, err := net.Prune(context.Background(), d, PruneOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !small.Layers[0].Edges[1].Active() || !small.Layers[0].Edges[0].Active() {
		t.Error("a fixed edge, or the one that matters, was removed")
	}
	net.Layers[0].Edges[0].Fixed = true
	if _, _, err := net.Prune(context.Background(), d, PruneOptions{}); err == nil {
		t.Error("a network without trainable parameters was pruned")
	}
	if _, _, err := net.Prune(context.Background(), Data{}, PruneOptions{}); err == nil {
		t.Error("pruned without data")
	}
}
