package symbolic

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
)

// table draws n rows uniformly from the ranges and computes the target.
func table(f func(x []float64) float64, ranges [][2]float64, n int, seed uint64) kan.Data {
	rng := rand.New(rand.NewPCG(seed, 11))
	d := kan.Data{Cols: newColumns(n, len(ranges)), Y: make([]float64, n)}
	row := make([]float64, len(ranges))
	for r := range n {
		for i, b := range ranges {
			row[i] = b[0] + (b[1]-b[0])*rng.Float64()
			d.Cols[i][r] = row[i]
		}
		d.Y[r] = f(row)
	}
	return d
}

// A lawCase is a law and the network that learns it.
type lawCase struct {
	name   string
	f      func(x []float64) float64
	ranges [][2]float64
	shape  []int
	ops    [][]kan.Op
	groups [][]int // inputs of each node of the first layer, nil for all
}

var (
	unit = [2]float64{-1, 1}
	more = [2]float64{1, 5}
)

var lawCases = []lawCase{
	{
		name:   "exp(sin(pi a)+b^2)",
		f:      func(x []float64) float64 { return math.Exp(math.Sin(math.Pi*x[0]) + x[1]*x[1]) },
		ranges: [][2]float64{unit, unit}, shape: []int{2, 1, 1},
	}, {
		name:   "Coulomb's law",
		f:      func(x []float64) float64 { return x[0] * x[1] / (4 * math.Pi * x[2] * x[3] * x[3]) },
		ranges: [][2]float64{more, more, more, more}, shape: []int{4, 1, 1},
	}, {
		name:   "a/sqrt(1-b^2) as a product",
		f:      func(x []float64) float64 { return x[0] / math.Sqrt(1-x[1]*x[1]) },
		ranges: [][2]float64{more, {0, 0.9}}, shape: []int{2, 1}, ops: [][]kan.Op{{kan.Product}},
	}, {
		name:   "a/sqrt(1-b^2) through a sum",
		f:      func(x []float64) float64 { return x[0] / math.Sqrt(1-x[1]*x[1]) },
		ranges: [][2]float64{more, {0, 0.9}}, shape: []int{2, 1, 1},
	}, {
		name:   "sqrt(a^2+b^2+c^2)",
		f:      func(x []float64) float64 { return math.Sqrt(x[0]*x[0] + x[1]*x[1] + x[2]*x[2]) },
		ranges: [][2]float64{more, more, more}, shape: []int{3, 1, 1},
	}, {
		name:   "a exp(-b) sin(c)",
		f:      func(x []float64) float64 { return x[0] * math.Exp(-x[1]) * math.Sin(x[2]) },
		ranges: [][2]float64{{-2, 2}, {0, 3}, {0, 6}}, shape: []int{3, 1}, ops: [][]kan.Op{{kan.Product}},
	}, {
		name:   "asin(a sin(b))",
		f:      func(x []float64) float64 { return math.Asin(x[0] * math.Sin(x[1])) },
		ranges: [][2]float64{{0.1, 0.9}, {0.1, 1.5}}, shape: []int{2, 1, 1},
	}, {
		name:   "1/(1/a+1/b)",
		f:      func(x []float64) float64 { return 1 / (1/x[0] + 1/x[1]) },
		ranges: [][2]float64{more, more}, shape: []int{2, 1, 1},
	}, {
		name:   "2 log(a)+sin(2b)",
		f:      func(x []float64) float64 { return 2*math.Log(x[0]) + math.Sin(2*x[1]) },
		ranges: [][2]float64{more, {0, 3}}, shape: []int{2, 1},
	}, {
		name:   "1/(exp(a/b)-1)",
		f:      func(x []float64) float64 { return 1 / math.Expm1(x[0]/x[1]) },
		ranges: [][2]float64{more, more}, shape: []int{2, 1, 1},
	}, {
		name:   "a b+c d",
		f:      func(x []float64) float64 { return x[0]*x[1] + x[2]*x[3] },
		ranges: [][2]float64{more, more, more, more}, shape: []int{4, 2, 1},
		ops: [][]kan.Op{{kan.Product, kan.Product}, {kan.Sum}}, groups: [][]int{{0, 1}, {2, 3}},
	}, {
		name:   "a b log(d/c)",
		f:      func(x []float64) float64 { return x[0] * x[1] * math.Log(x[3]/x[2]) },
		ranges: [][2]float64{more, more, {1, 2}, {3, 6}}, shape: []int{4, 2, 1},
		ops: [][]kan.Op{{kan.Product, kan.Sum}, {kan.Product}}, groups: [][]int{{0, 1}, {2, 3}},
	},
}

// train learns the law.
func (c *lawCase) train(t *testing.T) (*kan.Network, kan.Data) {
	t.Helper()
	d := table(c.f, c.ranges, 1000, 3)
	d.Names = []string{"a", "b", "c", "d"}[:len(c.ranges)]
	template, err := kan.New(c.shape, kan.NewOptions{Inputs: d.Names, Ops: c.ops})
	if err != nil {
		t.Fatal(err)
	}
	for j, group := range c.groups {
		for i := range c.shape[0] {
			if !slices.Contains(group, i) {
				*template.Layers[0].Edge(i, j) = *kan.ZeroEdge()
			}
		}
	}
	net, _, err := kan.TrainTopology(context.Background(), template, d, kan.TrainOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return net, d
}

// From data to a formula that reproduces them to rounding, or nearly: 1e-10
// leaves room for the condition of the constants, and wrong names are above 1e-6.
func TestNameNetwork(t *testing.T) {
	for _, c := range lawCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			net, d := c.train(t)
			before := net.Clone()
			got, err := NameNetwork(context.Background(), net, d, nil, library.DefaultSet(), NameOptions{})
			if err != nil {
				t.Fatal(err)
			}
			data := Data{Names: d.Names, Cols: d.Cols, Y: d.Y}
			e := Simplify(got[0].Expr, SimplifyOptions{Domains: IntervalsOf(data)})
			fit, err := Refit(context.Background(), e, data, RefitOptions{})
			if err != nil {
				t.Fatal(err)
			}
			sd, _ := spreadOf(data)
			if r := fit.RMSE / sd; !(r < 1e-10) {
				t.Errorf("named %v, relative error %.2g", fit.Expr, r)
			}
			if !reflect.DeepEqual(net, before) {
				t.Error("the network was changed")
			}
			if len(got[0].Edges) == 0 {
				t.Error("no table of edges")
			}
		})
	}
}

// Edges that are Fixed keep their names and constants, and the others are
// named around them.
func TestNameNetworkFixed(t *testing.T) {
	c := lawCases[0]
	net, d := c.train(t)
	sin, _ := library.Lookup("sin")
	template := net.Clone()
	*template.Layers[0].Edge(0, 0) = *kan.NamedEdge(sin, math.Pi/template.InputScale[0], 0, 0.5, 0.25)
	template.Layers[0].Edge(0, 0).Fixed = true
	net, _, err := kan.TrainTopology(context.Background(), template, d, kan.TrainOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	got, err := NameNetwork(context.Background(), net, d, nil, library.DefaultSet(), NameOptions{})
	if err != nil {
		t.Fatal(err)
	}
	e := got[0].Net.Layers[0].Edge(0, 0)
	if e.Func.Name != "sin" || e.C != 0.5 || e.D != 0.25 || !e.Fixed {
		t.Errorf("the fixed edge became %+v", e)
	}
	if sd, _ := spreadOf(Data{Y: d.Y}); got[0].RMSE > 1e-10*sd {
		t.Errorf("got %v with an error of %.2g", got[0].Expr, got[0].RMSE)
	}
}

func TestNameNetworkRepeats(t *testing.T) {
	net, d := lawCases[0].train(t)
	var first []Named
	for i := range 2 {
		got, err := NameNetwork(context.Background(), net, d, nil, library.DefaultSet(), NameOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = got
			continue
		}
		if len(got) != len(first) {
			t.Fatalf("%d results, then %d", len(first), len(got))
		}
		for k := range got {
			if a, b := first[k].Expr.String(), got[k].Expr.String(); a != b {
				t.Errorf("result %d: %s, then %s", k, a, b)
			}
		}
	}
}

func TestNameNetworkErrors(t *testing.T) {
	net, d := lawCases[2].train(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := NameNetwork(ctx, net, d, nil, nil, NameOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("without time: %v", err)
	}
	if _, err := NameNetwork(context.Background(), net, d, []string{"a"}, nil, NameOptions{}); err == nil {
		t.Error("one name for two inputs")
	}
	d.Y = d.Y[1:]
	if _, err := NameNetwork(context.Background(), net, d, nil, nil, NameOptions{}); err == nil {
		t.Error("columns of different lengths")
	}
}

func TestDescribeEdges(t *testing.T) {
	net, d := lawCases[0].train(t)
	rows, err := DescribeEdges(context.Background(), net, d, library.DefaultSet())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range rows {
		names = append(names, r.Name)
		if !(r.R2 > 0.999999) || len(r.Alternatives) == 0 {
			t.Errorf("row %+v", r)
		}
	}
	if got := strings.Join(names, " "); got != "sin x^2 exp" && got != "cos x^2 exp" {
		t.Errorf("got %s", got)
	}
}
