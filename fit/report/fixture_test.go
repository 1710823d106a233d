package report

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/bspline"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// hostile are names that a file may have and that no picture and no page may
// take for anything but text.
var hostile = []string{
	`<script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	"]]>&amp;</style></svg>\x00\x1b[31m",
	"flow rate (m³/s) of the second of the three cooling circuits behind the main condenser",
}

// smallNetwork is [4,2,1] with splines, named functions, an absent edge, a sum
// and a product.
func smallNetwork(t testing.TB) *kan.Network {
	t.Helper()
	net, err := kan.New([]int{4, 2, 1}, kan.NewOptions{Inputs: []string{"a", "b", "c", "d"}, Ops: [][]kan.Op{{kan.Sum, kan.Product}}})
	if err != nil {
		t.Fatal(err)
	}
	first := net.Layers[0]
	curve := func(f func(float64) float64) *kan.Edge {
		g := bspline.NewGrid(0.1, 1, 12)
		var x, y []float64
		for i := range 200 {
			v := 0.1 + 0.9*float64(i)/199
			x, y = append(x, v), append(y, f(v))
		}
		return kan.SplineEdge(bspline.Fit(g, x, y, nil, 1e-9))
	}
	named := func(name string, a, b, c, d float64) *kan.Edge {
		f, ok := library.Lookup(name)
		if !ok {
			t.Fatalf("no function %s", name)
		}
		return kan.NamedEdge(f, a, b, c, d)
	}
	first.Edges[0*4+0] = curve(math.Sin)
	first.Edges[0*4+1] = named("log", 1, 0, 1, 0)
	first.Edges[0*4+2] = kan.ZeroEdge()
	first.Edges[0*4+3] = curve(math.Exp)
	first.Edges[1*4+0] = named("1/x", 1, 0, 0.2, 0)
	first.Edges[1*4+1] = curve(math.Sqrt)
	first.Edges[1*4+2] = kan.ZeroEdge()
	first.Edges[1*4+3] = named("x^2", 1, 0.5, 1, 0)
	net.Layers[1].Edges[1] = named("exp", 0.1, 0, 1, 0)
	net.InputScale = []float64{1, 0.5, 1, 1}
	net.OutputScale = 4
	return net
}

// tableOf has the columns of names, of which the last is the target, and so many
// rows.
func tableOf(names, columns []string, rows int, f func(x []float64) float64) *table.Table {
	rng := rand.New(rand.NewPCG(1, 2))
	t := &table.Table{Source: "data.csv", Names: names, Columns: columns, Target: len(names) - 1, Cols: make([][]float64, len(names))}
	for range rows {
		var x []float64
		for i := range len(names) - 1 {
			x = append(x, 0.1+0.9*rng.Float64())
			t.Cols[i] = append(t.Cols[i], x[i])
		}
		t.Cols[t.Target] = append(t.Cols[t.Target], f(x))
	}
	return t
}

// candidate is a formula measured on a table.
func candidate(t testing.TB, formula string, data *table.Table) *fit.Candidate {
	t.Helper()
	e, err := symbolic.Parse(formula, symbolic.ParseOptions{Vars: data.InputNames()})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Describe(e, data)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// smallPage has everything that a page can have, under hostile names.
func smallPage(t testing.TB) *Page {
	t.Helper()
	columns := append(append([]string(nil), hostile...), `y <b>"bold"</b>`)
	data := tableOf([]string{"a", "b", "c", "d", "y"}, columns, 400, func(x []float64) float64 { return x[0]*math.Exp(x[1]) + x[3] })
	data.Source = `<i>data</i>.csv`
	best := candidate(t, "a*exp(b)+d", data)
	best.Exact = true
	best.Constants = []fit.Constant{{Value: 2.00000001, StdErr: 1e-7, Snapped: "2"}, {Value: 1.5, StdErr: 0.01}}
	front := []*fit.Candidate{candidate(t, "1.7", data), candidate(t, "1.5*a+d+0.5", data), best, candidate(t, "log(a-0.5)", data)}
	for i, c := range front {
		c.DescriptionLength = 1000 / float64(i+1)
	}
	r := &fit.Result{
		Version: 1, Target: "y", Rows: 400, RowsUsed: 300, RowsHeldout: 100, Seed: 7, Best: best, Front: front,
		Structure: []string{"a < b & c"}, Found: []string{"by <chance>"}, Warnings: []string{`column "<x>" is odd`},
		Network: &fit.NetworkInfo{Shape: []int{4, 2, 1}, RMSEHeldout: 0.01, Edges: []symbolic.EdgeRow{
			{Layer: 0, From: 0, To: 0, Name: "sin", A: 1, C: 1, RMSE: 1e-5, R2: 0.99999, Alternatives: []symbolic.Match{{Func: function(t, "tan"), RMSE: 0.1}}},
		}},
	}
	held := make([]bool, 400)
	for i := range held {
		held[i] = i%4 == 0
	}
	return &Page{
		Result: r, Table: data, Heldout: held, Command: `kansym fit '<i>data</i>.csv'`, Version: "v0",
		Network: &Network{Net: smallNetwork(t), Inputs: columns[:4], Target: columns[4], Edges: r.Network.Edges},
	}
}
