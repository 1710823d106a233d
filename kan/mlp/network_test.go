package mlp

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// anyNetwork draws a network with weights and scales.
func anyNetwork(t *rapid.T) (*Network, *rand.Rand) {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	shape := []int{rapid.IntRange(1, 4).Draw(t, "inputs")}
	for range rapid.IntRange(0, 3).Draw(t, "hidden layers") {
		shape = append(shape, rapid.IntRange(1, 6).Draw(t, "nodes"))
	}
	net, err := New(append(shape, 1))
	if err != nil {
		t.Fatal(err)
	}
	for i := range net.Weights {
		net.Weights[i] = rng.NormFloat64()
	}
	for i := range net.InMean {
		net.InMean[i], net.InScale[i] = rng.NormFloat64(), math.Exp(rng.NormFloat64())
	}
	net.OutMean, net.OutScale = rng.NormFloat64(), math.Exp(rng.NormFloat64())
	return net, rng
}

func normals(rng *rand.Rand, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	return v
}

func columns(rng *rand.Rand, n, rows int) [][]float64 {
	cols := make([][]float64, n)
	for i := range cols {
		cols[i] = normals(rng, rows)
	}
	return cols
}

// value is the network written down as a formula.
func value(net *Network, x []float64) float64 {
	at := make([]float64, len(x))
	for i, v := range x {
		at[i] = (v - net.InMean[i]) * net.InScale[i]
	}
	w := net.Weights
	for l := 1; l < len(net.Shape); l++ {
		next := make([]float64, net.Shape[l])
		for j := range next {
			for i, v := range at {
				next[j] += w[i] * v
			}
			next[j] += w[len(at)]
			w = w[len(at)+1:]
			if l < len(net.Shape)-1 {
				next[j] = math.Tanh(next[j])
			}
		}
		at = next
	}
	return net.OutMean + net.OutScale*at[0]
}

func TestPredict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net, rng := anyNetwork(t)
		rows := rapid.IntRange(0, 2*blockRows+3).Draw(t, "rows")
		cols := columns(rng, net.Shape[0], rows)
		got := make([]float64, rows)
		net.Predict(got, cols)
		x := make([]float64, len(cols))
		for r := range got {
			for i := range cols {
				x[i] = cols[i][r]
			}
			// Only the order of additions differs.
			if want := value(net, x); math.Abs(got[r]-want) > 1e-12*(1+math.Abs(want)) {
				t.Fatalf("row %d is %v, want %v", r, got[r], want)
			}
		}
	})
}

func TestJacobianAgainstDifferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net, rng := anyNetwork(t)
		rows := rapid.IntRange(1, blockRows+3).Draw(t, "rows")
		cols := columns(rng, net.Shape[0], rows)
		jac := mat.NewDense(rows, net.NumParams(), nil)
		net.Jacobian(jac, cols)
		up, down := make([]float64, rows), make([]float64, rows)
		for k := range net.Weights {
			const h = 1e-6
			c := net.Clone()
			c.Weights[k] += h
			c.Predict(up, cols)
			c.Weights[k] -= 2 * h
			c.Predict(down, cols)
			for r := range up {
				want := (up[r] - down[r]) / (2 * h)
				// The differences have an error of h^2 times a third
				// derivative, which is the cube of an input of up to about
				// 100, and of rounding over h.
				if got := jac.At(r, k); math.Abs(got-want) > 1e-6*net.OutScale*(1+math.Abs(want)) {
					t.Fatalf("row %d, weight %d: %v, want %v", r, k, got, want)
				}
			}
		}
	})
}

// The equations of training are those of the exact Jacobian.
func TestEquations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net, rng := anyNetwork(t)
		rows := rapid.IntRange(1, blockRows+30).Draw(t, "rows")
		cols, y, w := columns(rng, net.Shape[0], rows), normals(rng, rows), normals(rng, rows)
		for r := range w {
			w[r] *= w[r]
		}
		d := net.standardize(cols, y, w)
		q := newProblem(net.Shape, net.NumParams(), d, d)
		q.ridge = 0.1
		q.Update(net.Weights)         // the second time must not see the first
		loss := q.Update(net.Weights) // in units of the standardised target
		p := net.NumParams()
		jac := mat.NewDense(rows, p, nil)
		net.Jacobian(jac, cols)
		out := make([]float64, rows)
		net.Predict(out, cols)
		want := q.ridge * mat.Dot(mat.NewVecDense(p, net.Weights), mat.NewVecDense(p, net.Weights)) / float64(p)
		for r := range out {
			e := d.sw[r] * (out[r] - y[r]) / net.OutScale
			want += e * e
		}
		if math.Abs(loss-want) > 1e-11*(1+want) {
			t.Fatalf("loss %v, want %v", loss, want)
		}
		for i := range p {
			g := q.ridge * net.Weights[i] / float64(p)
			for r := range out {
				g += d.sw[r] * d.sw[r] * jac.At(r, i) * (out[r] - y[r]) / (net.OutScale * net.OutScale)
			}
			if math.Abs(q.g[i]-g) > 1e-10*(1+math.Abs(g)) {
				t.Fatalf("gradient %d is %v, want %v", i, q.g[i], g)
			}
			for j := i; j < p; j++ {
				h := 0.0
				if i == j {
					h = q.ridge / float64(p)
				}
				for r := range out {
					h += d.sw[r] * d.sw[r] * jac.At(r, i) * jac.At(r, j) / (net.OutScale * net.OutScale)
				}
				if got := q.h[i*q.c.Stride+j]; math.Abs(got-h) > 1e-10*(1+math.Abs(h)) {
					t.Fatalf("h[%d,%d] is %v, want %v", i, j, got, h)
				}
			}
		}
	})
}

func TestNewRefuses(t *testing.T) {
	for _, shape := range [][]int{nil, {1}, {2, 3}, {0, 1}, {2, 0, 1}, {2, -1, 1}, {2, 200, 200, 1}, {1 << 40, 1}, {1, 1 << 62, 1}} {
		if net, err := New(shape); err == nil {
			t.Errorf("shape %v is a network of %d weights", shape, net.NumParams())
		}
	}
}
