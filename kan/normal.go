package kan

import (
	"math"

	"github.com/kansym/kansym/kan/internal/levmar"
)

// rowSet is a data set scaled for training: columns and target multiplied by
// powers of two.
type rowSet struct {
	cols [][]float64
	y    []float64
	// sw[r] is the square root of row r's weight, the weights summing to 1, so
	// that sums of squares are weighted mean squares.
	sw []float64
}

func (d *rowSet) rows() int { return len(d.y) }

// newRowSet scales rows for training.
func newRowSet(cols [][]float64, y, w []float64, inScale []float64, outScale float64) *rowSet {
	d := &rowSet{y: make([]float64, len(y)), sw: make([]float64, len(y))}
	for i, c := range cols {
		s := make([]float64, len(c))
		for r, v := range c {
			s[r] = v * inScale[i]
		}
		d.cols = append(d.cols, s)
	}
	total := 0.0
	for r := range y {
		d.y[r] = y[r] * outScale
		total += weight(w, r)
	}
	for r := range d.sw {
		d.sw[r] = math.Sqrt(weight(w, r) / total)
	}
	return d
}

// thin returns at most n of the rows, evenly spaced, or d itself if it has no
// more. Weights sum to 1 again.
func (d *rowSet) thin(n int) *rowSet {
	if d.rows() <= n {
		return d
	}
	s := &rowSet{cols: make([][]float64, len(d.cols))}
	total := 0.0
	for k := range n {
		r := k * d.rows() / n
		for i, c := range d.cols {
			s.cols[i] = append(s.cols[i], c[r])
		}
		s.y = append(s.y, d.y[r])
		s.sw = append(s.sw, d.sw[r])
		total += d.sw[r] * d.sw[r]
	}
	if total == 0 {
		return d
	}
	for r := range s.sw {
		s.sw[r] /= math.Sqrt(total)
	}
	return s
}

// meanSquare returns the weighted mean squared error of the network with the
// given parameters, +Inf where a value is not finite.
func (p *plan) meanSquare(w *work, c *basisCache, d *rowSet, params []float64) float64 {
	sum := 0.0
	for r0 := 0; r0 < d.rows(); r0 += blockRows {
		n := min(blockRows, d.rows()-r0)
		w.loadInputs(d.cols, nil, r0, n)
		p.forward(w, c, params, r0, n, false, false)
		for r, v := range w.val[len(w.val)-1][:n] {
			e := (v - d.y[r0+r]) * d.sw[r0+r]
			sum += e * e
		}
	}
	if !finite(sum) {
		return math.Inf(1)
	}
	return sum
}

// normal holds the normal equations of the weighted least-squares problem at
// some parameters: h is the upper triangle of J'J, g is J'r, loss the mean
// squared error. Below the diagonal h holds leftovers.
type normal struct {
	n, stride int
	h, g      []float64
	loss      float64

	col   []int32
	jac   []float64
	scale []float64
}

func newNormal(p *plan) *normal {
	n := p.trainable
	stride := levmar.StrideFor(n)
	return &normal{
		n: n, stride: stride, h: make([]float64, n*stride), g: make([]float64, n),
		col: make([]int32, blockRows*p.slots), jac: make([]float64, 4*blockRows*p.slots),
		scale: make([]float64, blockRows),
	}
}

// accumulate fills q with the normal equations at params. A row's Jacobian has
// four entries for each trainable edge, so a row adds 4x4 blocks to h, one for
// each pair of edges. Within a block of rows one edge is taken at a time: the
// few rows of h that it owns then stay in the first-level cache.
func (q *normal) accumulate(p *plan, w *work, c *basisCache, d *rowSet, params []float64) {
	clear(q.h)
	clear(q.g)
	q.loss = 0
	for r0 := 0; r0 < d.rows(); r0 += blockRows {
		n := min(blockRows, d.rows()-r0)
		w.loadInputs(d.cols, nil, r0, n)
		p.forward(w, c, params, r0, n, true, false)
		p.backward(w, n, false)
		p.rowJacobian(w, c, params, r0, n, d.sw[r0:r0+n], q.col, q.jac)
		for r, v := range w.val[len(w.val)-1][:n] {
			e := (v - d.y[r0+r]) * d.sw[r0+r]
			q.loss += e * e
			q.addGradient(e, q.col[r*p.slots:(r+1)*p.slots], q.jac[4*r*p.slots:])
		}
		for s := range p.slots {
			addOuter(q.h, q.stride, q.col, q.jac, p.slots, s, n)
		}
	}
	if !finite(q.loss) {
		q.loss = math.Inf(1)
	}
}

func (q *normal) addGradient(e float64, col []int32, jac []float64) {
	for s, k := range col {
		g := (*[4]float64)(q.g[k:])
		j := (*[4]float64)(jac[4*s:])
		g[0] += e * j[0]
		g[1] += e * j[1]
		g[2] += e * j[2]
		g[3] += e * j[3]
	}
}

// addCurvature adds the penalty lambda*sum of squared second differences of
// the coefficients of trainable splines: its Hessian to h, half its gradient
// to g, its value to loss.
func (q *normal) addCurvature(p *plan, params []float64, lambda float64) {
	d := [3]float64{1, -2, 1}
	p.eachSpline(func(off, size int) {
		for i := off; i+2 < off+size; i++ {
			s := params[i] - 2*params[i+1] + params[i+2]
			q.loss += lambda * s * s
			for k := range d {
				q.g[i+k] += lambda * d[k] * s
				for l := k; l < 3; l++ {
					q.h[(i+k)*q.stride+i+l] += lambda * d[k] * d[l]
				}
			}
		}
	})
}

// curvature returns the sum of squared second differences of the
// coefficients of all trainable splines.
func (p *plan) curvature(params []float64) float64 {
	sum := 0.0
	p.eachSpline(func(off, size int) {
		for i := off; i+2 < off+size; i++ {
			s := params[i] - 2*params[i+1] + params[i+2]
			sum += s * s
		}
	})
	return sum
}

// eachSpline calls do with the range of parameters of each trainable spline.
func (p *plan) eachSpline(do func(off, size int)) {
	for l := range p.layers {
		for k := range p.layers[l].edges {
			if e := &p.layers[l].edges[k]; e.slot >= 0 && e.kind == Spline {
				do(e.off, e.size)
			}
		}
	}
}
