package mlp

import "math"

// blockRows is the number of rows that go through the network at a time: the
// values of all nodes and a block of the Jacobian then stay in the second-level
// cache.
const blockRows = 64

// pass is the memory of one way through a network and back, for blocks of
// rows.
type pass struct {
	shape []int
	// val[l] has the values of the nodes of layer l, inputs first, and back[l]
	// the derivatives of the output by what arrives at them (none for inputs);
	// row r of node i is at i*blockRows+r.
	val, back [][]float64
}

func newPass(shape []int) *pass {
	p := &pass{shape: shape}
	for _, n := range shape {
		p.val = append(p.val, make([]float64, n*blockRows))
		p.back = append(p.back, make([]float64, n*blockRows))
	}
	return p
}

// nodeRows is the part of v for the first n rows of a node.
func nodeRows(v []float64, node, n int) []float64 {
	return v[node*blockRows : node*blockRows+n]
}

// output is what forward left as the values of the last node.
func (p *pass) output(n int) []float64 { return p.val[len(p.val)-1][:n] }

// forward computes the values of all nodes for n rows of inputs.
func (p *pass) forward(weights []float64, n int) {
	for l := 1; l < len(p.shape); l++ {
		in := p.shape[l-1]
		for j := range p.shape[l] {
			w := weights[:in]
			dst := nodeRows(p.val[l], j, n)
			for r := range dst {
				dst[r] = weights[in]
			}
			for i, wi := range w {
				for r, x := range nodeRows(p.val[l-1], i, n) {
					dst[r] += wi * x
				}
			}
			if l < len(p.shape)-1 {
				for r, x := range dst {
					dst[r] = math.Tanh(x)
				}
			}
			weights = weights[in+1:]
		}
	}
}

// backward computes the derivatives of the output by what arrives at each
// node, after forward.
func (p *pass) backward(weights []float64, n int) {
	last := len(p.shape) - 1
	one := p.back[last][:n]
	for r := range one {
		one[r] = 1
	}
	end := len(weights)
	for l := last; l > 1; l-- {
		in := p.shape[l-1]
		begin := end - p.shape[l]*(in+1)
		for i := range in {
			dst := nodeRows(p.back[l-1], i, n)
			clear(dst)
			for j := range p.shape[l] {
				w := weights[begin+j*(in+1)+i]
				for r, d := range nodeRows(p.back[l], j, n) {
					dst[r] += w * d
				}
			}
			for r, t := range nodeRows(p.val[l-1], i, n) {
				dst[r] *= (1 - t) * (1 + t)
			}
		}
		end = begin
	}
}

// jacobian writes the derivatives of the output by the weights, each row
// multiplied by its scale, into rows of dst that begin stride apart, after
// backward.
func (p *pass) jacobian(dst []float64, stride int, scale []float64) {
	at := 0
	for l := 1; l < len(p.shape); l++ {
		in := p.shape[l-1]
		for j := range p.shape[l] {
			back := nodeRows(p.back[l], j, len(scale))
			for r, s := range scale {
				d := s * back[r]
				row := dst[r*stride+at : r*stride+at+in+1]
				for i := range in {
					row[i] = d * p.val[l-1][i*blockRows+r]
				}
				row[in] = d
			}
			at += in + 1
		}
	}
}
