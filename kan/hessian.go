package kan

// Hessian writes, for each row, the network's value into dst, its derivative
// by input i into grad[i] and its second derivative by inputs i and j, i <= j,
// into hess[HessianIndex(i, j)], all exact and in the units of the data. dst
// and grad may be nil. hess has n(n+1)/2 columns for n inputs. Splines have
// continuous second derivatives inside their grid and none beyond it. It
// panics on columns that do not fit.
//
// Values, gradients and Hessians travel forward together: an edge's function g
// turns u into g(u), its gradient into g' times u's and its Hessian into g'
// times u's plus the second derivative times the outer product of u's gradient; a product of f
// and g has the Hessian f H(g) + g H(f) + the symmetric product of gradients.
func (n *Network) Hessian(dst []float64, grad, hess, cols [][]float64) {
	in := len(n.Inputs)
	if len(cols) != in || len(hess) != in*(in+1)/2 || (grad != nil && len(grad) != in) {
		panic("kan: wrong number of columns")
	}
	rows := len(cols[0])
	n.checkCols(cols, rows)
	for _, h := range hess {
		if len(h) != rows {
			panic("kan: column of wrong length")
		}
	}
	for _, g := range grad {
		if len(g) != rows {
			panic("kan: column of wrong length")
		}
	}
	if dst != nil && len(dst) != rows {
		panic("kan: column of wrong length")
	}
	widest := in
	for _, l := range n.Layers {
		widest = max(widest, l.Out)
	}
	now, next := newJets(widest, in), newJets(widest, in)
	edge := newJets(1, in)
	for r := range rows {
		for i := range in {
			now[i].reset(cols[i][r] * n.InputScale[i])
			now[i].grad[i] = n.InputScale[i]
		}
		for _, l := range n.Layers {
			for to := range l.Out {
				node := &next[to]
				product := l.Ops[to] == Product
				node.reset(0)
				if product {
					node.value = 1
				}
				for from := range l.In {
					e := l.Edge(from, to)
					if !e.Active() {
						continue
					}
					edge[0].apply(e, &now[from])
					if product {
						node.multiply(&edge[0])
					} else {
						node.add(&edge[0])
					}
				}
			}
			now, next = next, now
		}
		out := &now[0]
		if dst != nil {
			dst[r] = out.value * n.OutputScale
		}
		for i := range grad {
			grad[i][r] = out.grad[i] * n.OutputScale
		}
		for k := range hess {
			hess[k][r] = out.hess[k] * n.OutputScale
		}
	}
}

// HessianIndex returns the place of the second derivative by inputs i and j,
// in either order, among those that Hessian writes.
func HessianIndex(i, j int) int {
	if i > j {
		i, j = j, i
	}
	return j*(j+1)/2 + i
}

// jet is a value with its first and second derivatives by the inputs, the
// latter in the order of HessianIndex.
type jet struct {
	value      float64
	grad, hess []float64
}

func newJets(n, inputs int) []jet {
	js := make([]jet, n)
	for k := range js {
		js[k].grad = make([]float64, inputs)
		js[k].hess = make([]float64, inputs*(inputs+1)/2)
	}
	return js
}

func (j *jet) reset(v float64) {
	j.value = v
	clear(j.grad)
	clear(j.hess)
}

// apply sets j to the edge's function of u.
func (j *jet) apply(e *Edge, u *jet) {
	f, df, d2f := e.Derivatives(u.value)
	j.value = f
	k := 0
	for a, ga := range u.grad {
		j.grad[a] = df * ga
		for _, gb := range u.grad[:a+1] {
			j.hess[k] = df*u.hess[k] + d2f*ga*gb
			k++
		}
	}
}

func (j *jet) add(o *jet) {
	j.value += o.value
	for a, g := range o.grad {
		j.grad[a] += g
	}
	for k, h := range o.hess {
		j.hess[k] += h
	}
}

func (j *jet) multiply(o *jet) {
	k := 0
	for a := range j.grad {
		for b := range a + 1 {
			j.hess[k] = j.value*o.hess[k] + o.value*j.hess[k] + j.grad[a]*o.grad[b] + j.grad[b]*o.grad[a]
			k++
		}
	}
	for a, g := range o.grad {
		j.grad[a] = j.value*g + o.value*j.grad[a]
	}
	j.value *= o.value
}
