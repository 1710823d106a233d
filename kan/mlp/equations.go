package mlp

import (
	"math"

	"github.com/kansym/kansym/kan/internal/levmar"
)

// rowSet is rows that are standardised for training.
type rowSet struct {
	cols [][]float64
	y    []float64
	// sw[r] is the square root of row r's weight, the weights summing to 1.
	sw []float64
}

func (d *rowSet) rows() int { return len(d.y) }

// standardize returns rows as n sees them.
func (n *Network) standardize(cols [][]float64, y, w []float64) *rowSet {
	d := &rowSet{y: make([]float64, len(y)), sw: make([]float64, len(y))}
	for i, c := range cols {
		s := make([]float64, len(c))
		for r, x := range c {
			s[r] = (x - n.InMean[i]) * n.InScale[i]
		}
		d.cols = append(d.cols, s)
	}
	total := 0.0
	for r := range y {
		d.y[r] = (y[r] - n.OutMean) / n.OutScale
		d.sw[r] = 1
		if w != nil {
			d.sw[r] = w[r]
		}
		total += d.sw[r]
	}
	for r := range d.sw {
		d.sw[r] = math.Sqrt(d.sw[r] / total)
	}
	return d
}

// problem is the least-squares problem of a network in training: the mean
// square of its errors, the variance of the target being 1, plus ridge times
// the mean square of its weights.
type problem struct {
	data, held *rowSet
	pass       *pass
	ridge      float64

	// h is the upper triangle of J'J in rows of the matrix's stride. In the
	// same memory, jacobian rows below it, is a block of rows of J.
	memory   []float64
	h, g     []float64
	jacobian int
	c        *levmar.Cholesky
}

func newProblem(shape []int, weights int, data, held *rowSet) *problem {
	q := &problem{data: data, held: held, pass: newPass(shape), g: make([]float64, weights)}
	q.c = levmar.NewCholesky(weights)
	q.jacobian = (weights + 3) &^ 3
	q.memory = make([]float64, (q.jacobian+blockRows)*q.c.Stride)
	q.h = q.memory[:q.jacobian*q.c.Stride]
	return q
}

// Update forms J'J and J'r with the penalty and returns the penalised loss.
func (q *problem) Update(params []float64) float64 {
	clear(q.h)
	clear(q.g)
	loss := 0.0
	ld, d := q.c.Stride, q.data
	jac := q.memory[q.jacobian*ld:]
	for r0 := 0; r0 < d.rows(); r0 += blockRows {
		n := min(blockRows, d.rows()-r0)
		q.load(d, r0, n)
		q.pass.forward(params, n)
		q.pass.backward(params, n)
		sw := d.sw[r0 : r0+n]
		q.pass.jacobian(jac, ld, sw)
		for r, v := range q.pass.output(n) {
			e := (v - d.y[r0+r]) * sw[r]
			loss += e * e
			for k, x := range jac[r*ld : r*ld+len(q.g)] {
				q.g[k] += e * x
			}
		}
		// The tiles of -J'J on and above the diagonal.
		for i := 0; i < len(q.g); i += 4 {
			for j := i &^ 7; j < ld; j += 8 {
				levmar.SubtractTile(q.memory, ld, i*ld+j, q.jacobian*ld+i, q.jacobian*ld+j, n)
			}
		}
	}
	for k := range q.h {
		q.h[k] = -q.h[k]
	}
	loss += q.Penalty(params)
	lambda := q.ridge / float64(len(params))
	for k, w := range params {
		q.h[k*ld+k] += lambda
		q.g[k] += lambda * w
	}
	if !finite(loss) {
		return math.Inf(1)
	}
	return loss
}

// Solve finds a step by Cholesky decomposition.
func (q *problem) Solve(dst []float64, mu float64) bool { return q.c.Step(dst, q.h, q.g, mu) }

// Train is the error on the rows that are fitted.
func (q *problem) Train(params []float64) float64 { return q.meanSquare(q.data, params) }

// Held is the error on the rows that are not.
func (q *problem) Held(params []float64) float64 { return q.meanSquare(q.held, params) }

// Penalty is what the size of the weights adds to the loss.
func (q *problem) Penalty(params []float64) float64 {
	sum := 0.0
	for _, w := range params {
		sum += w * w
	}
	return q.ridge * sum / float64(len(params))
}

func (q *problem) meanSquare(d *rowSet, params []float64) float64 {
	sum := 0.0
	for r0 := 0; r0 < d.rows(); r0 += blockRows {
		n := min(blockRows, d.rows()-r0)
		q.load(d, r0, n)
		q.pass.forward(params, n)
		for r, v := range q.pass.output(n) {
			e := (v - d.y[r0+r]) * d.sw[r0+r]
			sum += e * e
		}
	}
	if !finite(sum) {
		return math.Inf(1)
	}
	return sum
}

func (q *problem) load(d *rowSet, r0, n int) {
	for i, c := range d.cols {
		copy(nodeRows(q.pass.val[0], i, n), c[r0:r0+n])
	}
}
