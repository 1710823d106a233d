package mlp

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/kansym/kansym/kan"
)

// rowsOf draws rows of a function of two inputs.
func rowsOf(f func(a, b float64) float64, rows int, seed uint64) kan.Data {
	rng := rand.New(rand.NewPCG(seed, 2))
	d := kan.Data{Cols: make([][]float64, 2)}
	for range rows {
		a, b := 4*rng.Float64()-2, 4*rng.Float64()-2
		d.Cols[0], d.Cols[1] = append(d.Cols[0], a), append(d.Cols[1], b)
		d.Y = append(d.Y, f(a, b))
	}
	return d
}

func train(t *testing.T, shape []int, d kan.Data, opt TrainOptions) (*Network, Report) {
	t.Helper()
	net, r, err := Train(t.Context(), shape, d, opt)
	if err != nil {
		t.Fatal(err)
	}
	return net, r
}

// Data drawn from a small network are fitted to many digits by a network of
// its shape, everywhere.
func TestRecoversKnownNetwork(t *testing.T) {
	known := func(a, b float64) float64 {
		return 3 + 2*math.Tanh(1.2*a-0.7*b+0.3) - 1.5*math.Tanh(0.4*a+1.1*b-0.5)
	}
	net, r := train(t, []int{2, 2, 1}, rowsOf(known, 300, 1), TrainOptions{Seed: 1})
	if r.HeldRelative > 1e-8 || r.Status != kan.StatusTarget && r.Status != kan.StatusConverged {
		t.Errorf("relative error %v, %v", r.HeldRelative, r.Status)
	}
	fresh := rowsOf(known, 100, 2)
	out := make([]float64, len(fresh.Y))
	net.Predict(out, fresh.Cols)
	for k, y := range fresh.Y {
		if math.Abs(out[k]-y) > 1e-6 {
			t.Fatalf("row %d is %v, want %v", k, out[k], y)
		}
	}
}

func TestTwoHiddenLayers(t *testing.T) {
	wave := func(a, b float64) float64 { return math.Sin(2*a) * math.Exp(-b*b/2) }
	_, r := train(t, []int{2, 8, 8, 1}, rowsOf(wave, 500, 1), TrainOptions{Seed: 1})
	if r.HeldRelative > 0.01 {
		t.Errorf("relative error %v after %d steps, %v", r.HeldRelative, r.Iterations, r.Status)
	}
	if r.Starts > 7 || r.Iterations > 7*shortRound+2*midRound+240 {
		t.Errorf("%d starts and %d steps", r.Starts, r.Iterations)
	}
}

// The errors of the report are those of the network, in the units of the
// target, by the rows that HoldOut sets aside.
func TestReport(t *testing.T) {
	d := rowsOf(func(a, b float64) float64 { return 1e6 * (a*b + 5) }, 200, 1)
	for r := range d.Y {
		d.W = append(d.W, float64(r%3))
	}
	net, report := train(t, []int{2, 3, 1}, d, TrainOptions{Seed: 7, MaxIter: 20})
	h := d.HoldOut(7)
	rmse := func(cols [][]float64, y, w []float64) float64 {
		out := make([]float64, len(y))
		net.Predict(out, cols)
		sum, total := 0.0, 0.0
		for r := range y {
			sum += w[r] * (out[r] - y[r]) * (out[r] - y[r])
			total += w[r]
		}
		return math.Sqrt(sum / total)
	}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"training", report.TrainRMSE, rmse(h.Cols, h.Y, h.W)},
		{"held-out", report.HeldRMSE, rmse(h.HeldCols, h.HeldY, h.HeldW)},
	} {
		if math.Abs(c.got-c.want) > 1e-9*c.want || c.want < 1 {
			t.Errorf("%s error %v, want %v", c.name, c.got, c.want)
		}
	}
}

// The same seed gives the same bits, side by side with others too.
func TestDeterministic(t *testing.T) {
	d := rowsOf(func(a, b float64) float64 { return a / (2.5 + b) }, 150, 1)
	opt := TrainOptions{Seed: 3, MaxIter: 40}
	want, report := train(t, []int{2, 4, 1}, d, opt)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			net, r, err := Train(t.Context(), []int{2, 4, 1}, d, opt)
			if err != nil || r != report || !slices.Equal(net.Weights, want.Weights) {
				t.Errorf("%v, %+v, want %+v", err, r, report)
			}
		})
	}
	wg.Wait()
	other, _ := train(t, []int{2, 4, 1}, d, TrainOptions{Seed: 4, MaxIter: 40})
	if slices.Equal(other.Weights, want.Weights) {
		t.Error("another seed gives the same weights")
	}
}

// Units change nothing: a network of columns of 1e-200 and 1e200 fits as well.
func TestScales(t *testing.T) {
	d := rowsOf(func(a, b float64) float64 { return math.Tanh(a + b) }, 100, 1)
	_, plain := train(t, []int{2, 1, 1}, d, TrainOptions{Seed: 1})
	for r := range d.Y {
		d.Cols[0][r] *= 1e200
		d.Cols[1][r] = d.Cols[1][r]*1e-200 + 1e-199
		d.Y[r] *= 1e200
	}
	_, scaled := train(t, []int{2, 1, 1}, d, TrainOptions{Seed: 1})
	if plain.HeldRelative > 1e-8 || scaled.HeldRelative > 1e-8 {
		t.Errorf("relative errors %v and %v", plain.HeldRelative, scaled.HeldRelative)
	}
}

func TestDegenerate(t *testing.T) {
	constant := kan.Data{Cols: [][]float64{{1, 2, 3}}, Y: []float64{7, 7, 7}}
	net, r := train(t, []int{1, 3, 1}, constant, TrainOptions{})
	out := make([]float64, 1)
	net.Predict(out, [][]float64{{9}})
	if out[0] != 7 || r.Status != kan.StatusConstant || r.HeldRMSE != 0 {
		t.Errorf("%v, %+v", out[0], r)
	}
	// One row, and an input that does not vary.
	for _, d := range []kan.Data{
		{Cols: [][]float64{{1}}, Y: []float64{2}},
		{Cols: [][]float64{{5, 5, 5, 5}}, Y: []float64{1, 2, 3, 4}},
	} {
		net, _ := train(t, []int{1, 2, 1}, d, TrainOptions{})
		net.Predict(out, [][]float64{d.Cols[0][:1]})
		mean := 0.0
		for _, y := range d.Y {
			mean += y / float64(len(d.Y))
		}
		if math.Abs(out[0]-mean) > 1e-6 {
			t.Errorf("%v, want the mean %v", out[0], mean)
		}
	}
}

func TestTrainRefuses(t *testing.T) {
	good := rowsOf(func(a, b float64) float64 { return a }, 10, 1)
	bad := rowsOf(func(a, b float64) float64 { return math.NaN() }, 10, 1)
	for name, f := range map[string]func() error{
		"NaN":          func() error { _, _, err := Train(t.Context(), []int{2, 1}, bad, TrainOptions{}); return err },
		"wrong inputs": func() error { _, _, err := Train(t.Context(), []int{3, 1}, good, TrainOptions{}); return err },
		"no output":    func() error { _, _, err := Train(t.Context(), []int{2}, good, TrainOptions{}); return err },
	} {
		if f() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// A context that ends leaves the best network so far.
func TestCancelled(t *testing.T) {
	d := rowsOf(func(a, b float64) float64 { return math.Sin(3*a) * b }, 200, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	net, r, err := Train(ctx, []int{2, 5, 1}, d, TrainOptions{Seed: 1})
	if err != nil || r.Status != kan.StatusCancelled || r.Starts != 1 {
		t.Fatalf("%v, %+v", err, r)
	}
	out := make([]float64, len(d.Y))
	net.Predict(out, d.Cols)
	for _, v := range out {
		if !finite(v) {
			t.Fatalf("value %v", v)
		}
	}
}
