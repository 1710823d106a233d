package kan

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
)

// helloWorld is exp(sin(pi x)+y^2), the example every KAN paper begins with.
func helloWorld(x []float64) float64 { return math.Exp(math.Sin(math.Pi*x[0]) + x[1]*x[1]) }

// drawRows draws rows of f with inputs uniform in [lo, hi].
func drawRows(f func([]float64) float64, inputs, rows int, lo, hi float64, seed uint64) (cols [][]float64, y []float64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	cols = make([][]float64, inputs)
	for i := range cols {
		cols[i] = make([]float64, rows)
	}
	y = make([]float64, rows)
	x := make([]float64, inputs)
	for r := range rows {
		for i := range x {
			x[i] = lo + (hi-lo)*rng.Float64()
			cols[i][r] = x[i]
		}
		y[r] = f(x)
	}
	return cols, y
}

// relativeError is the RMSE of n on the rows over the standard deviation of y.
func relativeError(n *Network, cols [][]float64, y []float64) float64 {
	p := make([]float64, len(y))
	n.Predict(p, cols)
	ss := 0.0
	for r := range y {
		ss += (p[r] - y[r]) * (p[r] - y[r])
	}
	_, sd := spread(y, nil)
	return math.Sqrt(ss/float64(len(y))) / sd
}

// benchmarkFit trains from data to the held-out tolerance and reports the
// error on fresh rows.
func benchmarkFit(b *testing.B, shape []int, tolerance float64) {
	cols, y := drawRows(helloWorld, 2, 1000, -1, 1, 1)
	testCols, testY := drawRows(helloWorld, 2, 10000, -1, 1, 2)
	worst := 0.0
	for b.Loop() {
		net, _, err := Train(context.Background(), shape, Data{Cols: cols, Y: y}, TrainOptions{Tolerance: tolerance})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		worst = math.Max(worst, relativeError(net, testCols, testY))
		b.StartTimer()
	}
	b.ReportMetric(worst, "relRMSE")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/fit")
}

func BenchmarkFitHelloWorld211(b *testing.B) { benchmarkFit(b, []int{2, 1, 1}, 0) }

func BenchmarkFitHelloWorld251(b *testing.B) { benchmarkFit(b, []int{2, 5, 1}, 0) }

// BenchmarkFitHelloWorld251Tolerance stops where 1e-4 on fresh rows is safe.
func BenchmarkFitHelloWorld251Tolerance(b *testing.B) { benchmarkFit(b, []int{2, 5, 1}, 5e-5) }

// benchmarkIteration times one training step (equations, solution, trial) of a
// network of 5 intervals an edge and reports the memory in use.
func benchmarkIteration(b *testing.B, shape []int, rows int) {
	f := func(x []float64) float64 {
		s := 0.0
		for i, v := range x {
			s += math.Sin(float64(i+1)*v) * (1 + x[0])
		}
		return s
	}
	cols, y := drawRows(f, shape[0], rows, -1, 1, 1)
	template, err := New(shape, NewOptions{Grid: 5})
	if err != nil {
		b.Fatal(err)
	}
	held := 100
	data := Data{Cols: cols, Y: y, HeldY: y[:held]}
	for _, c := range cols {
		data.HeldCols = append(data.HeldCols, c[:held])
	}
	t, err := newTrainer(template, data, TrainOptions{Grid: []int{5}, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	net := t.blank(template)
	t.randomize(net)
	respan(net, t.data, 5)
	lm := t.prepare(net)
	ctx := context.Background()
	one := round{iterations: 1, curvature: 1e-6}
	steps := 0
	for b.Loop() {
		steps += lm.run(ctx, one).iterations
	}
	b.StopTimer()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "MB-sys")
	b.ReportMetric(b.Elapsed().Seconds()*1e3/float64(steps), "ms/step")
}

func BenchmarkIteration491Rows1000(b *testing.B)  { benchmarkIteration(b, []int{4, 9, 1}, 1000) }
func BenchmarkIteration491Rows10000(b *testing.B) { benchmarkIteration(b, []int{4, 9, 1}, 10000) }

func BenchmarkIteration10x20x20x1Rows10000(b *testing.B) {
	if testing.Short() {
		b.Skip("seconds a step")
	}
	benchmarkIteration(b, []int{10, 20, 20, 1}, 10000)
}
