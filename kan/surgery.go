package kan

// survivors[l][i] is the index that node i of layer l of a smaller network had
// in the larger one it was cut from.
type survivors [][]int

// without returns a copy of n in which the edges that drop names are replaced
// by constants, value(l, index) being the one of edge index of layer l.
// Constants are folded into the offsets and factors of what follows, and
// hidden nodes that nothing enters or that nothing leaves are taken out; the
// inputs stay, used or not.
//
// It reports false where that leaves no network: the output would be constant,
// a constant would have to go into Fixed edges, or it is not finite.
func (n *Network) without(drop func(l, index int) bool, value func(l, index int) float64) (*Network, survivors, bool) {
	c := n.Clone()
	if !c.foldConstants(drop, value) {
		return nil, nil, false
	}
	c.cutLooseEnds()
	return c, c.compact(), true
}

// FoldConstants returns the network without the edges that are called "1", the
// constant: their values move into the offsets and factors of what follows, and
// hidden nodes that nothing enters or leaves any more are taken out. Fixed edges
// stay. It reports false, and returns n, where that leaves no network. n is left
// alone.
func (n *Network) FoldConstants() (*Network, bool) {
	edge := func(l, k int) *Edge { return n.Layers[l].Edges[k] }
	c, _, ok := n.without(func(l, k int) bool {
		e := edge(l, k)
		return e.Kind == Named && !e.Fixed && e.Func.Name == "1"
	}, func(l, k int) float64 { return edge(l, k).Eval(0) })
	if !ok {
		return n, false
	}
	return c, true
}

// foldConstants removes the edges named by drop, and all edges of nodes that
// have become constant, by moving their values on.
func (n *Network) foldConstants(drop func(l, index int) bool, value func(l, index int) float64) bool {
	fixed := make([]bool, len(n.Inputs)) // nodes that are constant, with their values
	values := make([]float64, len(n.Inputs))
	for l, layer := range n.Layers {
		nextFixed, nextValues := make([]bool, layer.Out), make([]float64, layer.Out)
		for to := range layer.Out {
			acc, rest := 0.0, 0
			if layer.Ops[to] == Product {
				acc = 1
			}
			for from := range layer.In {
				k := to*layer.In + from
				e := layer.Edges[k]
				if !e.Active() {
					continue
				}
				var v float64
				switch {
				case drop(l, k):
					v = value(l, k)
				case fixed[from]:
					v = e.Eval(values[from])
				default:
					rest++
					continue
				}
				if layer.Ops[to] == Product {
					acc *= v
				} else {
					acc += v
				}
				layer.Edges[k] = ZeroEdge()
			}
			if !finite(acc) {
				return false
			}
			if rest == 0 || layer.Ops[to] == Product && acc == 0 {
				for from := range layer.In {
					layer.Edges[to*layer.In+from] = ZeroEdge()
				}
				nextFixed[to], nextValues[to] = true, acc
				continue
			}
			if !layer.absorb(to, acc) {
				return false
			}
		}
		fixed, values = nextFixed, nextValues
	}
	return !fixed[0]
}

// absorb adds v to a sum node, or multiplies a product node by it, by changing
// one of its edges.
func (l *Layer) absorb(to int, v float64) bool {
	scale, shift := 1.0, v
	if l.Ops[to] == Product {
		scale, shift = v, 0
	}
	if scale == 1 && shift == 0 {
		return true
	}
	for from := range l.In {
		if l.Edge(from, to).affine(scale, shift) {
			return true
		}
	}
	return false
}

// cutLooseEnds removes the edges into hidden nodes that nothing leaves.
func (n *Network) cutLooseEnds() {
	for l := len(n.Layers) - 1; l > 0; l-- {
		for node := range n.Layers[l].In {
			if n.leaves(l, node) {
				continue
			}
			before := n.Layers[l-1]
			for from := range before.In {
				before.Edges[node*before.In+from] = ZeroEdge()
			}
		}
	}
}

// leaves reports whether an edge leaves the node at the start of layer l.
func (n *Network) leaves(l, node int) bool {
	for to := range n.Layers[l].Out {
		if n.Layers[l].Edge(node, to).Active() {
			return true
		}
	}
	return false
}

// compact takes out the hidden nodes that no edge leaves.
func (n *Network) compact() survivors {
	kept := survivors{upTo(len(n.Inputs))}
	for l := 1; l < len(n.Layers); l++ {
		var keep []int
		for node := range n.Layers[l].In {
			if n.leaves(l, node) {
				keep = append(keep, node)
			}
		}
		kept = append(kept, keep)
	}
	kept = append(kept, []int{0})
	for l, layer := range n.Layers {
		small := &Layer{In: len(kept[l]), Out: len(kept[l+1])}
		for _, to := range kept[l+1] {
			small.Ops = append(small.Ops, layer.Ops[to])
			for _, from := range kept[l] {
				small.Edges = append(small.Edges, layer.Edge(from, to))
			}
		}
		n.Layers[l] = small
	}
	return kept
}

func upTo(n int) []int {
	v := make([]int, n)
	for i := range v {
		v[i] = i
	}
	return v
}

// UsedInputs reports for every input whether an edge leaves it.
func (n *Network) UsedInputs() []bool {
	used := make([]bool, len(n.Inputs))
	for i := range used {
		used[i] = n.leaves(0, i)
	}
	return used
}

// SelectInputs returns the network as one of only some inputs, those at the
// indices in keep, in that order: a network for the corresponding columns. It
// panics on an index out of range and when an input that is used is left out.
func (n *Network) SelectInputs(keep []int) *Network {
	c := n.Clone()
	first := n.Layers[0]
	small := &Layer{In: len(keep), Out: first.Out, Ops: c.Layers[0].Ops}
	c.Inputs, c.InputScale = nil, nil
	kept := make([]bool, first.In)
	for _, i := range keep {
		if i < 0 || i >= first.In {
			panic("kan: input out of range")
		}
		kept[i] = true
		c.Inputs = append(c.Inputs, n.Inputs[i])
		c.InputScale = append(c.InputScale, n.InputScale[i])
	}
	for i, used := range n.UsedInputs() {
		if used && !kept[i] {
			panic("kan: selection leaves out an input that is used")
		}
	}
	for to := range first.Out {
		for _, i := range keep {
			small.Edges = append(small.Edges, first.Edge(i, to).Clone())
		}
	}
	c.Layers[0] = small
	return c
}
