package kan

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/kansym/kansym/kan/bspline"
	"github.com/kansym/kansym/library"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// anyNetwork draws a network of any shape with sums, products, splines on
// grids of their own, named and fixed edges and gaps.
func anyNetwork(t *rapid.T) *Network {
	shape := []int{rapid.IntRange(1, 4).Draw(t, "inputs")}
	for range rapid.IntRange(0, 2).Draw(t, "hidden") {
		shape = append(shape, rapid.IntRange(1, 3).Draw(t, "nodes"))
	}
	net, err := New(append(shape, 1), NewOptions{})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	names := []string{"sin", "exp", "tanh", "x^2", "x"}
	for _, l := range net.Layers {
		for j := range l.Ops {
			l.Ops[j] = Op(rng.IntN(2))
		}
		for k := range l.Edges {
			switch rng.IntN(8) {
			case 0:
				l.Edges[k] = ZeroEdge()
			case 1, 2:
				f, ok := library.Lookup(names[rng.IntN(len(names))])
				if !ok {
					t.Fatal("function missing from the library")
				}
				l.Edges[k] = NamedEdge(f, 1+0.3*rng.NormFloat64(), 0.3*rng.NormFloat64(), 0.5+rng.Float64(), rng.NormFloat64())
				l.Edges[k].Fixed = rng.IntN(3) == 0
			default:
				s := bspline.New(bspline.NewGrid(-1.5-rng.Float64(), 1.5+rng.Float64(), 1+rng.IntN(8)))
				for j := range s.Coef {
					s.Coef[j] = rng.NormFloat64()
				}
				l.Edges[k] = SplineEdge(s)
				l.Edges[k].Fixed = rng.IntN(8) == 0
			}
		}
	}
	for i := range net.InputScale {
		net.InputScale[i] = []float64{0.5, 1, 2}[rng.IntN(3)]
	}
	net.OutputScale = []float64{0.25, 1, 8}[rng.IntN(3)]
	if err := net.Check(); err != nil {
		t.Fatal(err)
	}
	return net
}

func drawColumns(inputs, rows int, seed uint64) [][]float64 {
	cols, _ := drawRows(func([]float64) float64 { return 0 }, inputs, rows, -1, 1, seed)
	return cols
}

// predictAt evaluates edge by edge, without the layout of plans.
func predictAt(n *Network, x []float64) float64 {
	var now []float64
	for i, v := range x {
		now = append(now, v*n.InputScale[i])
	}
	for _, l := range n.Layers {
		next := make([]float64, l.Out)
		for j := range next {
			if l.Ops[j] == Product {
				next[j] = 1
			}
			for i := range l.In {
				e := l.Edge(i, j)
				switch {
				case !e.Active():
				case l.Ops[j] == Product:
					next[j] *= e.Eval(now[i])
				default:
					next[j] += e.Eval(now[i])
				}
			}
		}
		now = next
	}
	return now[0] * n.OutputScale
}

func TestPredictEqualsEdgeByEdge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net := anyNetwork(t)
		cols := drawColumns(len(net.Inputs), blockRows+9, 5)
		got := make([]float64, len(cols[0]))
		net.Predict(got, cols)
		x := make([]float64, len(cols))
		for r := range got {
			for i := range x {
				x[i] = cols[i][r]
			}
			want := predictAt(net, x)
			if math.Abs(got[r]-want) > 1e-11*(1+math.Abs(want)) && finite(want) {
				t.Fatalf("row %d: %v, want %v", r, got[r], want)
			}
		}
	})
}

// near tells whether two derivatives agree: relative to their size and to the
// size of the values whose difference was taken.
func near(got, want, size, tol float64) bool {
	return math.Abs(got-want) <= tol*(1+math.Abs(got)+math.Abs(want)+math.Abs(size))
}

func TestGradientAndHessianAgainstDifferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net := anyNetwork(t)
		n := len(net.Inputs)
		cols := drawColumns(n, 5, rapid.Uint64().Draw(t, "rows"))
		rows := len(cols[0])
		table := func(k int) [][]float64 {
			c := make([][]float64, k)
			for i := range c {
				c[i] = make([]float64, rows)
			}
			return c
		}
		value, again, plain := make([]float64, rows), make([]float64, rows), make([]float64, rows)
		grad, grad2, hess := table(n), table(n), table(n*(n+1)/2)
		net.Predict(plain, cols)
		net.Gradient(value, grad, cols)
		net.Hessian(again, grad2, hess, cols)
		up, down := table(n), table(n)
		const eps = 1e-6
		for i := range n {
			old := append([]float64(nil), cols[i]...)
			for r := range rows {
				cols[i][r] = old[r] + eps
			}
			net.Gradient(again, up, cols)
			upValue := append([]float64(nil), again...)
			for r := range rows {
				cols[i][r] = old[r] - eps
			}
			net.Gradient(again, down, cols)
			copy(cols[i], old)
			for r := range rows {
				if !finite(plain[r]) || math.Abs(plain[r]) > 1e8 || !finite(grad[i][r]) || math.Abs(grad[i][r]) > 1e8 {
					continue // products of exponentials: differences say nothing
				}
				if value[r] != plain[r] {
					t.Fatalf("Gradient's value %v, Predict's %v", value[r], plain[r])
				}
				if d := (upValue[r] - again[r]) / (2 * eps); !near(grad[i][r], d, plain[r], 1e-4) {
					t.Errorf("row %d: derivative by input %d is %v, difference %v", r, i, grad[i][r], d)
				}
				if !near(grad2[i][r], grad[i][r], plain[r], 1e-10) {
					t.Errorf("row %d: Hessian's gradient %v, Gradient's %v", r, grad2[i][r], grad[i][r])
				}
				for j := range n {
					h := hess[HessianIndex(i, j)][r]
					d := (up[j][r] - down[j][r]) / (2 * eps)
					// A kink of the second derivative between the two points
					// is a jump of at most 2 eps/h of it; size stands for it.
					if !near(h, d, plain[r]+grad[i][r]+grad[j][r], 2e-3) && math.Abs(h) < 1e6 {
						t.Errorf("row %d: second derivative by inputs %d and %d is %v, difference %v", r, i, j, h, d)
					}
				}
			}
		}
	})
}

// A central difference over h is wrong by h^2/6 of the third derivative, which is
// huge in networks that are steep (an exponential of a product of exponentials),
// and by rounding. The difference over 2h is wrong by four times as much, so that
// the two are apart by three times the error of the first: that much is allowed.
// Where it is no small part of the derivative the difference says nothing; there
// must be few such places, or else the test could not fail.
func TestJacobianAgainstDifferences(t *testing.T) {
	const (
		eps      = 1e-6
		rounding = 1e-6 // share of value and derivative: 2^-52/eps, thousands of times over
		blunt    = 1e-3 // share beyond which a difference says nothing
	)
	sharp, unclear := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		net := anyNetwork(t)
		if net.NumParams() == 0 {
			t.Skip("nothing to train")
		}
		cols := drawColumns(len(net.Inputs), 4, rapid.Uint64().Draw(t, "rows"))
		jac := mat.NewDense(4, net.NumParams(), nil)
		value := make([]float64, 4)
		net.Jacobian(value, jac, cols)
		params := net.Params()
		var at [4][]float64 // predictions with the parameter changed by -2, -1, 1 and 2 eps
		for i := range at {
			at[i] = make([]float64, 4)
		}
		for k, old := range params {
			for i, by := range []float64{-2, -1, 1, 2} {
				params[k] = old + by*eps
				net.SetParams(params)
				net.Predict(at[i], cols)
			}
			params[k] = old
			for r, y := range value {
				got := jac.At(r, k)
				if !finite(y) || math.Abs(y) > 1e8 || math.Abs(got) > 1e8 {
					continue
				}
				near, far := (at[2][r]-at[1][r])/(2*eps), (at[3][r]-at[0][r])/(4*eps)
				size := 1 + math.Abs(y) + math.Max(math.Abs(got), math.Abs(near))
				apart := math.Abs(near - far)
				if !(apart <= blunt*size) {
					unclear++
					continue
				}
				sharp++
				if !(math.Abs(got-near) <= apart+rounding*size) {
					t.Errorf("row %d, parameter %d: %v, differences %v and %v", r, k, got, near, far)
				}
			}
		}
	})
	if sharp < 100*unclear || sharp == 0 {
		t.Errorf("only %d differences of %d are sharp enough to tell", sharp, sharp+unclear)
	}
}

func TestWrongColumnsPanic(t *testing.T) {
	net, err := New([]int{2, 1}, NewOptions{})
	if err != nil {
		t.Fatal(err)
	}
	two := [][]float64{{1, 2}, {3, 4}}
	for name, f := range map[string]func(){
		"predict too few":  func() { net.Predict(make([]float64, 2), two[:1]) },
		"predict length":   func() { net.Predict(make([]float64, 3), two) },
		"gradient columns": func() { net.Gradient(nil, two[:1], two) },
		"gradient value":   func() { net.Gradient(make([]float64, 1), [][]float64{{0, 0}, {0, 0}}, two) },
		"hessian columns":  func() { net.Hessian(nil, nil, two, two) },
		"hessian length":   func() { net.Hessian(nil, nil, [][]float64{{0}, {0}, {0}}, two) },
		"jacobian width":   func() { net.Jacobian(nil, mat.NewDense(2, 3, nil), two) },
		"parameters":       func() { net.SetParams([]float64{1}) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}
