package kan

// snapshot keeps, for every row, what the products with J need of a network at
// fixed parameters: the basis at every node and the derivative of the output
// by every node. That is little next to J, because all edges out of a node
// share the one and all edges into a sum share the other.
type snapshot struct {
	cache *basisCache // of all groups, the first layer's taken over
	first int         // groups of the first layer that were cached before
	delta [][]float64 // by node of the layers after the inputs, then row
	edges []int       // edges into products, which have factors of their own
	own   [][]float64
}

const maxSnapshotBytes = 64 << 20

// newSnapshot returns room for the given number of rows, or nil when that
// would take too much memory or the network has named edges: then blocks are
// evaluated again in each product.
func newSnapshot(p *plan, first *basisCache, rows int) *snapshot {
	s := &snapshot{cache: &basisCache{}}
	if first != nil {
		s.cache.idx = append(s.cache.idx, first.idx...)
		s.cache.bas = append(s.cache.bas, first.bas...)
		s.first = len(first.idx)
	}
	nodes := 0
	for _, l := range p.layers {
		nodes += len(l.nodes)
		for _, e := range l.edges {
			if e.kind == Named {
				return nil
			}
			if l.nodes[e.to].op == Product {
				s.edges = append(s.edges, e.index)
			}
		}
	}
	if rows*(36*(len(p.groups)-s.first)+8*(nodes+len(s.edges))) > maxSnapshotBytes {
		return nil
	}
	for range p.groups[s.first:] {
		s.cache.idx = append(s.cache.idx, make([]int32, rows))
		s.cache.bas = append(s.cache.bas, make([]float64, 4*rows))
	}
	for range nodes {
		s.delta = append(s.delta, make([]float64, rows))
	}
	for range s.edges {
		s.own = append(s.own, make([]float64, rows))
	}
	return s
}

// saveBasis takes over the basis of a block just evaluated.
func (s *snapshot) saveBasis(p *plan, w *work, r0, n int) {
	for g := s.first; g < len(p.groups); g++ {
		at := g * blockRows
		copy(s.cache.idx[g][r0:r0+n], w.idx[at:at+n])
		copy(s.cache.bas[g][4*r0:4*(r0+n)], w.bas[4*at:4*(at+n)])
	}
}

// save takes over the derivatives of a block just evaluated.
func (s *snapshot) save(p *plan, w *work, r0, n int) {
	k := 0
	for l := range p.layers {
		for j := range p.layers[l].nodes {
			copy(s.delta[k][r0:r0+n], nodeRows(w.delta[l+1], j, n))
			k++
		}
	}
	for k, e := range s.edges {
		copy(s.own[k][r0:r0+n], nodeRows(w.factor, e, n))
	}
}

// restore brings the factors of a block back into the scratch.
func (s *snapshot) restore(p *plan, w *work, r0, n int) {
	k := 0
	for l := range p.layers {
		pl := &p.layers[l]
		for j := range pl.nodes {
			node := &pl.nodes[j]
			if node.op == Sum {
				for i := node.begin; i < node.end; i++ {
					copy(nodeRows(w.factor, pl.edges[i].index, n), s.delta[k][r0:r0+n])
				}
			}
			k++
		}
	}
	for k, e := range s.edges {
		copy(nodeRows(w.factor, e, n), s.own[k][r0:r0+n])
	}
}
