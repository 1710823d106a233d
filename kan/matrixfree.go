package kan

import "math"

// matrixFree finds damped Gauss-Newton steps by conjugate gradients,
// preconditioned by the diagonal, that multiply by J and J' and never form
// J'J: the cost of a multiplication is linear in rows times edges, the memory
// linear in the parameters. A step is inexact, but always one of descent.
//
// Source: J. Nocedal and S. Wright, Numerical Optimization (2006), sections
// 7.1 and 10.3; J. Martens, Deep learning via Hessian-free optimization (2010).
type matrixFree struct {
	t    *levenberg
	snap *snapshot

	params    []float64
	curvature float64
	mean      float64 // of diag
	grad      []float64
	diag      []float64

	// conjugate gradients: residual, preconditioned residual, direction and
	// its product with the damped matrix
	res, pre, dir, prod []float64
	row                 []float64 // one value for each row of a block
}

const (
	maxConjugate = 40   // multiplications a step
	conjugateTol = 0.03 // residual, relative to the gradient, that is good enough
)

func newMatrixFree(t *levenberg) *matrixFree {
	n := t.p.trainable
	return &matrixFree{
		t: t, snap: newSnapshot(t.p, t.cache, t.data.rows()),
		grad: make([]float64, n), diag: make([]float64, n), res: make([]float64, n),
		pre: make([]float64, n), dir: make([]float64, n), prod: make([]float64, n),
		row: make([]float64, blockRows),
	}
}

func (m *matrixFree) update(params []float64, curvature float64) float64 {
	t, w := m.t, m.t.w
	m.params, m.curvature = params, curvature
	clear(m.grad)
	clear(m.diag)
	loss := 0.0
	for r0 := 0; r0 < t.data.rows(); r0 += blockRows {
		n := min(blockRows, t.data.rows()-r0)
		m.evaluate(r0, n)
		if m.snap != nil {
			m.snap.save(t.p, w, r0, n)
		}
		e := m.row[:n]
		for r, v := range w.val[len(w.val)-1][:n] {
			s := t.data.sw[r0+r]
			d := (v - t.data.y[r0+r]) * s
			loss += d * d
			e[r] = d * s
		}
		t.p.transposedProduct(w, m.bases(), params, r0, n, e, m.grad)
		for r := range e {
			s := t.data.sw[r0+r]
			e[r] = s * s
		}
		t.p.addDiagonal(w, m.bases(), params, r0, n, e, m.diag)
	}
	d := [3]float64{1, -2, 1}
	t.p.eachSpline(func(off, size int) {
		for i := off; i+2 < off+size; i++ {
			s := params[i] - 2*params[i+1] + params[i+2]
			loss += curvature * s * s
			for k := range d {
				m.grad[i+k] += curvature * d[k] * s
				m.diag[i+k] += curvature * d[k] * d[k]
			}
		}
	})
	m.mean = 0
	for _, v := range m.diag {
		m.mean += v / float64(len(m.diag))
	}
	if !finite(loss) {
		return math.Inf(1)
	}
	return loss
}

// evaluate leaves slopes and factors of a block of rows in the scratch.
func (m *matrixFree) evaluate(r0, n int) {
	t := m.t
	t.w.loadInputs(t.data.cols, nil, r0, n)
	t.p.forward(t.w, t.cache, m.params, r0, n, true, false)
	t.p.backward(t.w, n, false)
	if m.snap != nil {
		m.snap.saveBasis(t.p, t.w, r0, n)
	}
}

func (m *matrixFree) bases() *basisCache {
	if m.snap != nil {
		return m.snap.cache
	}
	return m.t.cache
}

// multiply writes (J'WJ + curvature*D'D) v into dst.
func (m *matrixFree) multiply(dst, v []float64) {
	t := m.t
	clear(dst)
	for r0 := 0; r0 < t.data.rows(); r0 += blockRows {
		n := min(blockRows, t.data.rows()-r0)
		if m.snap != nil {
			m.snap.restore(t.p, t.w, r0, n)
		} else {
			m.evaluate(r0, n)
		}
		u := m.row[:n]
		t.p.product(t.w, m.bases(), m.params, r0, n, v, u)
		for r := range u {
			s := t.data.sw[r0+r]
			u[r] *= s * s
		}
		t.p.transposedProduct(t.w, m.bases(), m.params, r0, n, u, dst)
	}
	if m.curvature == 0 {
		return
	}
	t.p.eachSpline(func(off, size int) {
		for i := off; i+2 < off+size; i++ {
			s := m.curvature * (v[i] - 2*v[i+1] + v[i+2])
			dst[i] += s
			dst[i+1] -= 2 * s
			dst[i+2] += s
		}
	})
}

func (m *matrixFree) solve(dst []float64, mu float64) bool {
	if !(m.mean > 0) || !finite(m.mean) {
		return false
	}
	damping := func(i int) float64 { return mu*(m.diag[i]+1e-3*m.mean) + 1e-14*m.mean }
	clear(dst)
	copy(m.res, m.grad)
	rz, first := 0.0, 0.0
	for i, r := range m.res {
		m.pre[i] = r / (m.diag[i] + damping(i))
		rz += r * m.pre[i]
	}
	copy(m.dir, m.pre)
	first = rz
	if !(first > 0) {
		return false
	}
	for range maxConjugate {
		m.multiply(m.prod, m.dir)
		curve := 0.0
		for i, d := range m.dir {
			m.prod[i] += damping(i) * d
			curve += d * m.prod[i]
		}
		if !(curve > 0) || !finite(curve) {
			break
		}
		alpha := rz / curve
		next := 0.0
		for i := range dst {
			dst[i] += alpha * m.dir[i]
			m.res[i] -= alpha * m.prod[i]
			m.pre[i] = m.res[i] / (m.diag[i] + damping(i))
			next += m.res[i] * m.pre[i]
		}
		if !(next > conjugateTol*conjugateTol*first) {
			break
		}
		beta := next / rz
		rz = next
		for i := range m.dir {
			m.dir[i] = m.pre[i] + beta*m.dir[i]
		}
	}
	return allFinite(dst)
}

// product writes J v for the rows of the block, unweighted, into u.
func (p *plan) product(w *work, c *basisCache, params []float64, r0, n int, v, u []float64) {
	clear(u)
	for g := range p.groups {
		idx, bas := w.basis(g, c, r0, n)
		gather(u, w.factor, v, idx, bas, p.groups[g].off, p.groups[g].at)
	}
	p.eachNamed(func(l int, e *planEdge) {
		ve := v[e.off : e.off+4]
		x, fn := nodeRows(w.val[l], e.from, n), w.fn[2*e.index*blockRows:]
		cc := params[e.off+2]
		for r, f := range nodeRows(w.factor, e.index, n) {
			df := cc * fn[2*r+1]
			u[r] += f * (df*(x[r]*ve[0]+ve[1]) + fn[2*r]*ve[2] + ve[3])
		}
	})
}

// transposedProduct adds J'u for the rows of the block to dst.
func (p *plan) transposedProduct(w *work, c *basisCache, params []float64, r0, n int, u, dst []float64) {
	for g := range p.groups {
		idx, bas := w.basis(g, c, r0, n)
		scatter(dst, w.factor, u, idx, bas, p.groups[g].off, p.groups[g].at)
	}
	p.eachNamed(func(l int, e *planEdge) {
		de := dst[e.off : e.off+4]
		x, fn := nodeRows(w.val[l], e.from, n), w.fn[2*e.index*blockRows:]
		cc := params[e.off+2]
		for r, f := range nodeRows(w.factor, e.index, n) {
			f *= u[r]
			df := f * cc * fn[2*r+1]
			de[0] += df * x[r]
			de[1] += df
			de[2] += f * fn[2*r]
			de[3] += f
		}
	})
}

// eachNamed calls do for each trainable named edge, with its layer.
func (p *plan) eachNamed(do func(l int, e *planEdge)) {
	for l := range p.layers {
		for k := range p.layers[l].edges {
			if e := &p.layers[l].edges[k]; e.slot >= 0 && e.kind == Named {
				do(l, e)
			}
		}
	}
}

// addDiagonal adds the diagonal of J' diag(u) J for the rows of the block.
func (p *plan) addDiagonal(w *work, c *basisCache, params []float64, r0, n int, u, dst []float64) {
	for l := range p.layers {
		pl := &p.layers[l]
		for k := range pl.edges {
			e := &pl.edges[k]
			if e.slot < 0 {
				continue
			}
			factor := nodeRows(w.factor, e.index, n)
			de := dst[e.off : e.off+e.size]
			if e.kind == Named {
				x, fn := nodeRows(w.val[l], e.from, n), w.fn[2*e.index*blockRows:]
				cc := params[e.off+2]
				for r, f := range factor {
					f *= f * u[r]
					df := cc * fn[2*r+1]
					de[0] += f * df * df * x[r] * x[r]
					de[1] += f * df * df
					de[2] += f * fn[2*r] * fn[2*r]
					de[3] += f
				}
				continue
			}
			idx, bas := w.basis(e.group, c, r0, n)
			for r, f := range factor {
				f *= f * u[r]
				b := (*[4]float64)(bas[4*r:])
				d := (*[4]float64)(de[idx[r]:])
				for i := range d {
					d[i] += f * b[i] * b[i]
				}
			}
		}
	}
}
