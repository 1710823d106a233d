package kan

import (
	"math"
	"testing"

	"github.com/kansym/kansym/kan/bspline"
	"pgregory.net/rapid"
)

// line returns an edge slope*x+offset.
func line(slope, offset float64) *Edge {
	return SplineEdge(bspline.Linear(bspline.NewGrid(-1, 1, 2), slope, offset))
}

// network returns a network of the given shape with edges, layer by layer, by
// target and then by source; nil is an absent edge.
func network(t testing.TB, shape []int, edges ...*Edge) *Network {
	t.Helper()
	n, err := New(shape, NewOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range n.Layers {
		for k := range l.Edges {
			e := edges[0]
			edges = edges[1:]
			if e == nil {
				e = ZeroEdge()
			}
			l.Edges[k] = e
		}
	}
	return n
}

// 3 x1 + x2 + 5 on independent columns of equal spread: shares 3/4 and 1/4.
func TestAttributionOfASum(t *testing.T) {
	cols := [][]float64{{-1, 1, -1, 1}, {-1, -1, 1, 1}, {1, 2, 3, 4}}
	n := network(t, []int{3, 1}, line(3, 0), line(-1, 5), nil)
	a := n.Attribution(cols, nil)
	for i, want := range []float64{0.75, 0.25, 0} {
		if got := a.Inputs()[i]; math.Abs(got-want) > 1e-15 {
			t.Errorf("input %d scores %v, want %v", i, got, want)
		}
	}
	// With all the weight on two rows in which x2 is -1, it does not vary.
	a = n.Attribution(cols, []float64{2, 2, 0, 0})
	if got := a.Inputs(); got[0] != 1 || got[1] != 0 {
		t.Errorf("weighted scores %v, want 1 0 0", got)
	}
}

// x1 * x2 with x2 = 10 +- 1 and x1 = 0 +- 1: leaving out x1's variation changes
// the product by 10, leaving out x2's by 1.
func TestAttributionOfAProduct(t *testing.T) {
	cols := [][]float64{{-1, 1, -1, 1}, {9, 9, 11, 11}}
	n := network(t, []int{2, 1}, line(1, 0), line(1, 0))
	n.Layers[0].Ops[0] = Product
	got := n.Attribution(cols, nil).Inputs()
	big, small := math.Sqrt((81+121)/2.), 1.
	if math.Abs(got[0]-big/(big+small)) > 1e-14 || math.Abs(got[0]+got[1]-1) > 1e-15 {
		t.Errorf("scores %v, want %v and the rest", got, big/(big+small))
	}
}

// Deeper: scores flow back through the layers. Node 0 = x1, node 1 = x1 + x2,
// y = 1*node0 + 2*node1, contributions 1 and 2 sqrt(2).
func TestAttributionFlowsBack(t *testing.T) {
	cols := [][]float64{{-1, 1, -1, 1}, {-1, -1, 1, 1}}
	n := network(t, []int{2, 2, 1}, line(1, 0), nil, line(1, 0), line(1, 0), line(1, 0), line(2, 0))
	a := n.Attribution(cols, nil)
	b := 2 * math.Sqrt2 / (1 + 2*math.Sqrt2)
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"node 1", a.Nodes[1][1], b}, {"edge 1:1:0", a.Edge(1, 1, 0), b},
		{"edge 0:1:1", a.Edge(0, 1, 1), b / 2}, {"edge 0:1:0", a.Edge(0, 1, 0), 0},
		{"x2", a.Inputs()[1], b / 2}, {"x1", a.Inputs()[0], 1 - b/2}, {"output", a.Nodes[2][0], 1},
	} {
		if math.Abs(c.got-c.want) > 1e-14 {
			t.Errorf("%s scores %v, want %v", c.name, c.got, c.want)
		}
	}
}

// Whatever the network: scores are not negative, each layer's sum to at most 1,
// a node's equal those of the edges that leave it, and neither the scale of the
// columns nor that of the output matters.
func TestAttributionIsAShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := randomNetwork(rapid.Uint64().Draw(t, "seed"), 3, 4, 2, 1)
		cols := randomColumns(rapid.Uint64().Draw(t, "data"), 3, 70, -1, 1)
		a := n.Attribution(cols, nil)
		for l, nodes := range a.Nodes {
			sum := 0.0
			for i, v := range nodes {
				if !(v >= 0) {
					t.Fatalf("node %d:%d scores %v", l, i, v)
				}
				sum += v
				if l == len(n.Layers) {
					continue
				}
				out := 0.0
				for to := range n.Layers[l].Out {
					out += a.Edge(l, i, to)
				}
				if math.Abs(out-v) > 1e-14 {
					t.Fatalf("node %d:%d scores %v, its edges %v", l, i, v, out)
				}
			}
			if sum > 1+1e-12 {
				t.Fatalf("layer %d scores %v in all", l, sum)
			}
		}
		scaled := n.Clone()
		scaled.OutputScale = math.Ldexp(1, 900)
		for i := range scaled.InputScale {
			scaled.InputScale[i] = math.Ldexp(1, -900)
			for r := range cols[i] {
				cols[i][r] = math.Ldexp(cols[i][r], 900)
			}
		}
		b := scaled.Attribution(cols, nil)
		for i, v := range a.Inputs() {
			if math.Abs(b.Inputs()[i]-v) > 1e-12 {
				t.Fatalf("input %d scores %v, scaled %v", i, v, b.Inputs()[i])
			}
		}
	})
}

func TestAttributionOfAConstant(t *testing.T) {
	cols := [][]float64{{0.1, 0.2, 0.7}, {1, 1, 1}}
	n := network(t, []int{2, 1}, line(0, 0.1), line(1, 0))
	for i, v := range n.Attribution(cols, nil).Inputs() {
		if v != 0 {
			t.Errorf("input %d scores %v in a constant network", i, v)
		}
	}
}
