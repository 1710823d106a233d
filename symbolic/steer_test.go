package symbolic

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
)

// dampedData is 1.7*exp(-d*t)*cos(w*t), a quarter of it held out.
func dampedData() kan.Data {
	rng := rand.New(rand.NewPCG(1, 2))
	draw := func(rows int) (cols [][]float64, y []float64) {
		cols = make([][]float64, 3)
		for range rows {
			d, w, t := 0.2+0.8*rng.Float64(), 1+2*rng.Float64(), 0.1+1.9*rng.Float64()
			for i, v := range []float64{d, w, t} {
				cols[i] = append(cols[i], v)
			}
			y = append(y, 1.7*math.Exp(-d*t)*math.Cos(w*t))
		}
		return cols, y
	}
	data := kan.Data{Names: []string{"d", "w", "t"}}
	data.Cols, data.Y = draw(600)
	data.HeldCols, data.HeldY = draw(200)
	return data
}

// powersNetwork is the law with nodes that are other powers of d*t and w*t than
// the first, as splines.
func powersNetwork(t *testing.T, data kan.Data) *kan.Network {
	t.Helper()
	get := func(name string) *library.Func {
		f, ok := library.Lookup(name)
		if !ok {
			t.Fatal(name)
		}
		return f
	}
	net, err := kan.New([]int{3, 2, 2, 1}, kan.NewOptions{Inputs: data.Names, Ops: [][]kan.Op{{kan.Product, kan.Product}, nil, {kan.Product}}})
	if err != nil {
		t.Fatal(err)
	}
	set := func(l, from, to int, f *library.Func, a, c float64) {
		net.Layers[l].Edges[to*net.Layers[l].In+from] = kan.NamedEdge(f, a, 0, c, 0)
	}
	for _, l := range net.Layers {
		for k := range l.Edges {
			l.Edges[k] = kan.ZeroEdge()
		}
	}
	set(0, 0, 0, library.Power(-0.3), 1, 1)
	set(0, 2, 0, library.Power(-0.3), 1, 1)
	set(0, 1, 1, library.Power(0.6), 1, 1)
	set(0, 2, 1, library.Power(0.6), 1, 1)
	set(1, 0, 0, library.Power(-1/0.3), 1, 1)
	set(1, 1, 1, library.Power(1/0.6), 1, 1)
	set(2, 0, 0, get("exp"), -1, 1.7)
	set(2, 1, 0, get("cos"), 1, 1)
	for _, id := range net.EdgeIDs() {
		free, rep, err := net.Unfix(id, data.Cols, 24)
		if err != nil || rep.Relative > 1e-2 {
			t.Fatal(id, rep, err)
		}
		net = free
	}
	trained, _, err := net.Train(context.Background(), data, kan.TrainOptions{Grid: []int{1}, MaxIter: 20})
	if err != nil {
		t.Fatal(err)
	}
	return trained
}

// An edge of which only the gauge is wrong can be called a straight line without
// loss, and two such calls lead to the law.
func TestFixChangesTheGauge(t *testing.T) {
	data := dampedData()
	ctx := context.Background()
	net := powersNetwork(t, data)
	before, err := net.Summarize(data, 0)
	if err != nil {
		t.Fatal(err)
	}
	x := library.Power(1)
	for _, id := range []kan.EdgeID{{Layer: 0, From: 2, To: 0}, {Layer: 0, From: 2, To: 1}} {
		fixed, m, err := FixEdge(ctx, net, data, id, x)
		if err != nil {
			t.Fatal(err)
		}
		after, err := fixed.Summarize(data, 0)
		if err != nil {
			t.Fatal(err)
		}
		// Curves are changed by splines of the same grid, which may lose a
		// little.
		if after.RMSEHeldout > 3*before.RMSEHeldout+1e-4 || m.R2 < 0.9999 {
			t.Errorf("edge %v: error %.3g became %.3g; R^2 %.6f", id, before.RMSEHeldout, after.RMSEHeldout, m.R2)
		}
		if e, err := fixed.EdgeAt(id); err != nil || !e.Fixed || e.Func != x {
			t.Errorf("edge %v is %+v", id, e)
		}
		net = fixed
	}
	named, rep, err := Symbolize(ctx, net, data, nil, SymbolizeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.Left) > 0 || rep.After > 1e-12 {
		t.Fatalf("left %v, error %.3g", rep.Left, rep.After)
	}
	e, err := NetworkFormula(named, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Format(library.LangExpr); !strings.Contains(got, "exp(-d*t)") || !strings.Contains(got, "cos(t*w)") || !strings.Contains(got, "1.7") {
		t.Errorf("formula %s", got)
	}
}

// A suggestion tells what the network is with it.
func TestSuggestEdge(t *testing.T) {
	data := dampedData()
	net := powersNetwork(t, data)
	list, err := SuggestEdge(context.Background(), net, data, kan.EdgeID{Layer: 2, From: 1, To: 0}, nil, 4)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, s := range list {
		found = found || s.Func.Name == "cos" || s.Func.Name == "sin"
		if math.IsNaN(s.HeldRMSE) {
			t.Errorf("%s: error %v", s.Func.Name, s.HeldRMSE)
		}
	}
	if len(list) > 4 || !found {
		t.Errorf("suggestions %+v", list)
	}
	if _, err := SuggestEdge(context.Background(), net, data, kan.EdgeID{Layer: 2, From: 5, To: 0}, nil, 4); err == nil {
		t.Error("an edge that is not there got suggestions")
	}
}

// Constants that mean nothing become neutral, and a constant edge goes.
func TestSettle(t *testing.T) {
	data := dampedData()
	x, _ := library.Lookup("x")
	exp, _ := library.Lookup("exp")
	for r := range data.Y {
		data.Y[r] = 2.5 * math.Exp(-0.5*data.Cols[0][r]*math.Pow(data.Cols[2][r], 2))
	}
	data.HeldCols, data.HeldY = nil, nil
	net, err := kan.New([]int{3, 1, 1}, kan.NewOptions{Inputs: data.Names, Ops: [][]kan.Op{{kan.Product}}})
	if err != nil {
		t.Fatal(err)
	}
	net.Layers[0].Edges[0] = kan.NamedEdge(x, 1.3, 0.01, 0.7, 0.02)
	net.Layers[0].Edges[1] = kan.NamedEdge(x, 1e-3, 0, 1e-3, 1) // w does not matter
	net.Layers[0].Edges[2] = kan.NamedEdge(library.Power(1.97), 0.9, 0, 1.1, 0)
	net.Layers[1].Edges[0] = kan.NamedEdge(exp, -0.45, 0.3, 1.7, 0.01)
	settled, err := Settle(context.Background(), net, data)
	if err != nil {
		t.Fatal(err)
	}
	e, err := NetworkFormula(settled, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := e.Format(library.LangExpr), "2.5*exp(-0.5*d*t^2)"; got != want {
		t.Errorf("formula %s, want %s", got, want)
	}
	if used := settled.UsedInputs(); used[1] {
		t.Error("the input without influence is still there")
	}
	// What is fixed stays.
	net.Layers[1].Edges[0].Fixed = true
	kept, err := Settle(context.Background(), net, data)
	if err != nil {
		t.Fatal(err)
	}
	if got := kept.Layers[1].Edges[0]; got.A != -0.45 || got.B != 0.3 || got.C != 1.7 || got.D != 0.01 {
		t.Errorf("a fixed edge became %+v", got)
	}
	if net.Layers[0].Edges[0].A != 1.3 {
		t.Error("the network given was changed")
	}
}

// What the library has no name for stays a curve, and the fit is kept.
func TestSymbolizeLeavesCurves(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	data := kan.Data{Names: []string{"a", "b"}, Cols: make([][]float64, 2)}
	for range 400 {
		a, b := 2*rng.Float64(), 2*rng.Float64()-1
		data.Cols[0], data.Cols[1] = append(data.Cols[0], a), append(data.Cols[1], b)
		data.Y = append(data.Y, math.Sin(7*a)+b*b)
	}
	ctx := context.Background()
	net, _, err := kan.Train(ctx, []int{2, 1}, data, kan.TrainOptions{})
	if err != nil {
		t.Fatal(err)
	}
	set, err := library.ParseSet("polynomial")
	if err != nil {
		t.Fatal(err)
	}
	part, rep, err := Symbolize(ctx, net, data, set, SymbolizeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.Left) != 1 || rep.Left[0] != (kan.EdgeID{}) || rep.After > 1.1*rep.Before {
		t.Errorf("left %v, error %.3g became %.3g", rep.Left, rep.Before, rep.After)
	}
	if r := rep.Edges[0]; r.Name != "spline" || r.RMSE != 0 || r.R2 != 1 || len(r.Alternatives) == 0 || !(r.Alternatives[0].RMSE > 0) {
		t.Errorf("the row of the curve is %+v", r)
	}
	if e, err := part.EdgeAt(kan.EdgeID{From: 1}); err != nil || e.Kind != kan.Named || e.Func.Name != "x^2" {
		t.Errorf("the other edge is %+v", e)
	}
	if _, err := NetworkFormula(part, nil); err == nil {
		t.Error("a network with a curve has a formula")
	}
}
