package kan

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// journey does with data what a person does step by step: train, attribute,
// prune, refine, train on, save, load, predict. It fails the test at anything
// that is not finite or not sound, and returns the loaded model.
func journey(t *testing.T, shape []int, d Data) *Model {
	t.Helper()
	ctx := context.Background()
	net, rep, err := Train(ctx, shape, d, TrainOptions{Grid: []int{3, 6}, MaxIter: 12, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	m := &Model{Target: "y", Snapshot: Snapshot{Command: "train", Network: net, Summary: &Summary{
		Rows: len(d.Y), RMSETrain: rep.TrainRMSE, RMSEHeldout: rep.HeldRMSE, HeldRelative: rep.HeldRelative, Iterations: rep.Iterations, Seed: 5,
	}}}
	a := net.Attribution(d.Cols, d.W)
	sum := 0.0
	for i, v := range a.Inputs() {
		if !(v >= 0) || math.IsInf(v, 0) {
			t.Fatalf("input %d scores %v", i, v)
		}
		sum += v
	}
	if sum > 1+1e-9 {
		t.Fatalf("inputs score %v in all", sum)
	}
	small, pr, err := net.Prune(ctx, d, PruneOptions{Seed: 5, MaxIter: 8, Patience: 2})
	if err != nil {
		t.Fatal(err)
	}
	if what := dead(small); what != "" {
		t.Fatalf("after pruning %s is dead", what)
	}
	for _, s := range pr.Steps {
		for _, v := range []float64{s.Score, s.TrainRMSE, s.HeldRMSE, s.BICChange} {
			if !finite(v) {
				t.Fatalf("%v: %+v", s, s)
			}
		}
	}
	m = m.Step(Snapshot{Command: "prune", Network: small})
	fine, err := small.Refine(12)
	if err != nil {
		t.Fatal(err)
	}
	m = m.Step(Snapshot{Command: "refine", Network: fine})
	last, rep, err := fine.Train(ctx, d, TrainOptions{Grid: []int{12}, MaxIter: 5, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	if !finite(rep.TrainRMSE) || !finite(rep.HeldRMSE) {
		t.Fatalf("training on: %+v", rep)
	}
	m = m.Step(Snapshot{Command: "train", Network: last})
	back, err := Load(bytes.NewReader(save(t, m)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, back, sameFunc, bits); diff != "" {
		t.Fatal(diff)
	}
	y, grad := make([]float64, len(d.Y)), make([][]float64, len(d.Cols))
	for i := range grad {
		grad[i] = make([]float64, len(d.Y))
	}
	for v := 1; v <= back.Version(); v++ {
		s, _ := back.At(v)
		s.Network.Gradient(y, grad, d.Cols)
		for i, col := range append([][]float64{y}, grad...) {
			if !allFinite(col) {
				t.Fatalf("version %d: value or derivative %d is not finite", v, i-1)
			}
		}
	}
	return back
}

func TestJourneyOnAwkwardData(t *testing.T) {
	smooth := func(x []float64) float64 { return math.Sin(2*x[0]) + x[1]*x[1] }
	for _, c := range []struct {
		name  string
		shape []int
		make  func() Data
		rel   float64 // training error at most, relative to the deviation; 0 for no bound
	}{
		{"plain", []int{2, 2, 1}, func() Data { return law(1, 2, 200, -1, 1, 0, smooth) }, 1e-2},
		{"constant column", []int{3, 2, 1}, func() Data {
			d := law(2, 3, 200, -1, 1, 0, smooth)
			for r := range d.Cols[2] {
				d.Cols[2][r] = 7
			}
			return d
		}, 1e-2},
		{"all zero column", []int{3, 1}, func() Data {
			d := law(2, 3, 200, -1, 1, 0, smooth)
			clear(d.Cols[2])
			return d
		}, 1e-2},
		{"duplicate column", []int{3, 2, 1}, func() Data {
			d := law(3, 3, 200, -1, 1, 0, smooth)
			copy(d.Cols[2], d.Cols[0])
			return d
		}, 1e-2},
		{"tiny and huge columns", []int{2, 2, 1}, func() Data {
			d := law(4, 2, 200, -1, 1, 0, smooth)
			for r := range d.Y {
				d.Cols[0][r] *= 1e-30
				d.Cols[1][r] *= 1e30
				d.Y[r] *= 1e30
			}
			return d
		}, 1e-2},
		{"tiny target", []int{2, 1}, func() Data {
			d := law(4, 2, 200, -1, 1, 0, smooth)
			for r := range d.Y {
				d.Y[r] *= 1e-200
			}
			return d
		}, 1e-2},
		{"huge target", []int{2, 1}, func() Data {
			d := law(4, 2, 200, -1, 1, 0, smooth)
			for r := range d.Y {
				d.Y[r] *= 1e200
			}
			return d
		}, 1e-2},
		{"fewer rows than parameters", []int{3, 3, 1}, func() Data { return law(5, 3, 12, -1, 1, 0, smooth) }, 0},
		{"two rows", []int{2, 1}, func() Data { return law(6, 2, 2, -1, 1, 0, smooth) }, 0},
		{"one row", []int{2, 1}, func() Data { return law(6, 2, 1, -1, 1, 0, smooth) }, 0},
		{"constant target", []int{2, 2, 1}, func() Data { return law(7, 2, 100, -1, 1, 0, func([]float64) float64 { return 3 }) }, 0},
		{"zero target", []int{2, 1}, func() Data { return law(7, 2, 100, -1, 1, 0, func([]float64) float64 { return 0 }) }, 0},
		{"two values", []int{2, 1}, func() Data {
			d := law(8, 2, 100, -1, 1, 0, smooth)
			for r := range d.Y {
				d.Cols[0][r] = float64(r % 2)
				d.Y[r] = 3 * d.Cols[0][r]
			}
			return d
		}, 1e-2},
		{"one outlier in a column", []int{2, 1}, func() Data {
			d := law(9, 2, 200, -1, 1, 0, smooth)
			d.Cols[1][17], d.Y[17] = 1e6, math.Sin(2*d.Cols[0][17])
			return d
		}, 0},
		{"noise only", []int{3, 2, 1}, func() Data { return law(10, 3, 100, -1, 1, 1, func([]float64) float64 { return 0 }) }, 0},
		{"weights, many zero", []int{2, 1}, func() Data {
			d := law(11, 2, 200, -1, 1, 0, smooth)
			d.W = make([]float64, 200)
			for r := range d.W {
				if r%3 == 0 {
					d.W[r] = 1e-10 * float64(1+r%5)
				}
			}
			return d
		}, 1e-2},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := c.make()
			m := journey(t, c.shape, d)
			if c.rel > 0 {
				s, err := m.At(1)
				if err != nil {
					t.Fatal(err)
				}
				if s.Summary.HeldRelative > c.rel {
					t.Errorf("held-out error %.3g, want at most %.3g", s.Summary.HeldRelative, c.rel)
				}
			}
			if again := journey(t, c.shape, d); !bytes.Equal(save(t, m), save(t, again)) {
				t.Error("a second time the model is another")
			}
		})
	}
}

// A column that says nothing, and a copy of another, leave the network.
func TestPruneDropsUselessColumns(t *testing.T) {
	d := law(12, 4, 400, -1, 1, 0.05, func(x []float64) float64 { return math.Exp(x[0]) + x[1]*x[1] })
	for r := range d.Y {
		d.Cols[2][r] = -3
	}
	copy(d.Cols[3], d.Cols[1])
	net, _, err := Train(context.Background(), []int{4, 1}, d, TrainOptions{Grid: []int{4}, Curvature: -1})
	if err != nil {
		t.Fatal(err)
	}
	small, _, err := net.Prune(context.Background(), d, PruneOptions{Curvature: -1})
	if err != nil {
		t.Fatal(err)
	}
	used := small.UsedInputs()
	if !used[0] || used[1] == used[3] || used[2] {
		t.Errorf("used inputs %v, want the first and one of the second and the fourth", used)
	}
}

// Units do not matter: columns and target in units a power of two smaller give
// the same steps with the same decisions, bit for bit.
func TestPruneIsScaleFree(t *testing.T) {
	d := law(13, 3, 300, -1, 1, 0.05, func(x []float64) float64 { return x[0]*x[0] + x[1] })
	prune := func(d Data) (string, *Network) {
		net, _, err := Train(context.Background(), []int{3, 2, 1}, d, TrainOptions{Grid: []int{4}, MaxIter: 15})
		if err != nil {
			t.Fatal(err)
		}
		small, rep, err := net.Prune(context.Background(), d, PruneOptions{})
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, s := range rep.Steps {
			text += fmt.Sprintln(s, s.Score, s.Params, s.Removed)
		}
		return text, small
	}
	want, _ := prune(d)
	scaled := Data{Y: make([]float64, len(d.Y))}
	for i, c := range d.Cols {
		s := make([]float64, len(c))
		for r, v := range c {
			s[r] = math.Ldexp(v, 200*(i-1))
		}
		scaled.Cols = append(scaled.Cols, s)
	}
	for r, v := range d.Y {
		scaled.Y[r] = math.Ldexp(v, 300)
	}
	if got, _ := prune(scaled); got != want {
		t.Errorf("steps\n%s\nin other units\n%s", want, got)
	}
}
