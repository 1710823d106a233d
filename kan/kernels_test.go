package kan

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/kansym/kansym/kan/internal/levmar"
)

// closeTo allows for a different order of additions.
func closeTo(a, b []float64) bool {
	for i := range a {
		if math.Abs(a[i]-b[i]) > 1e-12*(1+math.Abs(a[i])) {
			return false
		}
	}
	return true
}

func normals(rng *rand.Rand, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	return v
}

func TestKernelsEqualPlainGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		slots := rapid.IntRange(1, 9).Draw(t, "slots")
		rows := rapid.IntRange(0, 20).Draw(t, "rows")
		const size = 7 // parameters of each edge
		n := slots * size
		stride := levmar.StrideFor(n)
		col := make([]int32, rows*slots)
		for k := range col {
			col[k] = int32(k%slots*size + rng.IntN(size-3))
		}
		jac := normals(rng, 4*len(col))
		a, b := make([]float64, n*stride), make([]float64, n*stride)
		for s := range slots {
			addOuter(a, stride, col, jac, slots, s, rows)
			addOuterGo(b, stride, col, jac, slots, s, rows)
		}
		if !closeTo(a, b) {
			t.Error("addOuter differs from addOuterGo")
		}

		off, at := make([]int32, slots), make([]int32, slots)
		for s := range slots {
			off[s] = int32(s * size)
			at[s] = int32(s * blockRows)
		}
		idx := make([]int32, rows)
		for r := range idx {
			idx[r] = int32(rng.IntN(size - 3))
		}
		bas, factor, v := normals(rng, 4*rows), normals(rng, slots*blockRows), normals(rng, n)
		u := normals(rng, rows)
		w := append([]float64(nil), u...)
		gather(u, factor, v, idx, bas, off, at)
		gatherGo(w, factor, v, idx, bas, off, at)
		if !closeTo(u, w) {
			t.Error("gather differs from gatherGo")
		}
		c := append([]float64(nil), v...)
		scatter(v, factor, u, idx, bas, off, at)
		scatterGo(c, factor, u, idx, bas, off, at)
		if !closeTo(v, c) {
			t.Error("scatter differs from scatterGo")
		}
	})
}

// prepared returns the training state of a random network on random data.
func prepared(t *rapid.T, method Method) *levenberg {
	net := anyNetwork(t)
	if net.NumParams() == 0 {
		t.Skip("nothing to train")
	}
	cols := drawColumns(len(net.Inputs), blockRows+20, 3)
	y := normals(rand.New(rand.NewPCG(1, 2)), len(cols[0]))
	w := make([]float64, len(y))
	for r := range w {
		w[r] = float64(r % 4)
	}
	tr, err := newTrainer(net, Data{Cols: cols, Y: y, W: w, HeldCols: cols, HeldY: y}, TrainOptions{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	return tr.prepare(tr.blank(net))
}

// The equations that both methods form are those of the exact Jacobian.
func TestEquationsAgainstJacobian(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lm := prepared(t, Dense)
		p, d := lm.p, lm.data
		const lambda = 0.01
		eq := newDenseEquations(lm)
		loss := eq.update(p.params, lambda)
		if !finite(loss) || loss > 1e12 {
			t.Skip("the network overflows")
		}
		free := newMatrixFree(lm)
		if other := free.update(p.params, lambda); math.Abs(other-loss) > 1e-10*(1+loss) {
			t.Errorf("losses %v and %v", loss, other)
		}

		jac := make([][]float64, d.rows())
		res := make([]float64, d.rows())
		col, part, one := make([]int32, blockRows*p.slots), make([]float64, 4*blockRows*p.slots), make([]float64, blockRows)
		for r := range one {
			one[r] = 1
		}
		for r0 := 0; r0 < d.rows(); r0 += blockRows {
			n := min(blockRows, d.rows()-r0)
			lm.w.loadInputs(d.cols, nil, r0, n)
			p.forward(lm.w, nil, p.params, r0, n, true, false)
			p.backward(lm.w, n, false)
			p.rowJacobian(lm.w, nil, p.params, r0, n, one, col, part)
			for r := range n {
				jac[r0+r] = make([]float64, p.trainable)
				res[r0+r] = lm.w.val[len(lm.w.val)-1][r] - d.y[r0+r]
				for s := range p.slots {
					copy(jac[r0+r][col[r*p.slots+s]:], part[4*(r*p.slots+s):4*(r*p.slots+s)+4])
				}
			}
		}
		penalty := mat.NewSymDense(p.trainable, nil)
		p.eachSpline(func(off, size int) {
			for i := off; i+2 < off+size; i++ {
				for a, x := range []float64{1, -2, 1} {
					for b, y := range []float64{1, -2, 1} {
						if a <= b {
							penalty.SetSym(i+a, i+b, penalty.At(i+a, i+b)+lambda*x*y)
						}
					}
				}
			}
		})
		h := make([]float64, p.trainable)
		want := make([]float64, p.trainable)
		v := normals(rand.New(rand.NewPCG(3, 4)), p.trainable)
		product := make([]float64, p.trainable)
		size := 1.0
		for i := range p.trainable {
			g, hv := 0.0, 0.0
			for j := range p.trainable {
				sum := penalty.At(i, j)
				for r := range jac {
					sum += d.sw[r] * d.sw[r] * jac[r][i] * jac[r][j]
				}
				hv += sum * v[j]
				g += penalty.At(i, j) * p.params[j]
				if j >= i {
					size = math.Max(size, math.Abs(sum))
					if got := eq.q.h[i*eq.q.stride+j]; math.Abs(got-sum) > 1e-10*size {
						t.Fatalf("h[%d,%d] = %v, want %v", i, j, got, sum)
					}
				}
			}
			for r := range jac {
				g += d.sw[r] * d.sw[r] * jac[r][i] * res[r]
			}
			h[i], want[i] = hv, g
		}
		free.multiply(product, v)
		for i := range want {
			tol := 1e-9 * size * float64(p.trainable)
			if math.Abs(eq.q.g[i]-want[i]) > tol*(1+math.Sqrt(loss)) || math.Abs(free.grad[i]-want[i]) > tol*(1+math.Sqrt(loss)) {
				t.Errorf("gradient %d: %v and %v, want %v", i, eq.q.g[i], free.grad[i], want[i])
			}
			if math.Abs(product[i]-h[i]) > tol {
				t.Errorf("product %d: %v, want %v", i, product[i], h[i])
			}
		}
	})
}

func TestTrainingStepAllocatesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, m := range []Method{Dense, MatrixFree} {
			lm := prepared(t, m)
			step := make([]float64, lm.p.trainable)
			n := testing.AllocsPerRun(2, func() {
				lm.eq.update(lm.p.params, 1e-6)
				lm.eq.solve(step, 1)
				lm.p.meanSquare(lm.w, lm.cache, lm.data, lm.p.params)
			})
			if n != 0 {
				t.Errorf("method %d: %v allocations", m, n)
			}
		}
	})
}
