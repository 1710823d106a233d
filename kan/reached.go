package kan

import "fmt"

// CheckReached reports a node that something depends on, the output or a hidden
// node that an edge leaves, although no edge leads to it. Such a node is a
// constant, 0 for a sum and 1 for a product, whatever the inputs are. No step on
// a network leaves one behind: constants go into the edges that follow. n must
// pass Check.
func (n *Network) CheckReached() error {
	last := len(n.Layers) - 1
	for l := last; l >= 0; l-- {
		for node := range n.Layers[l].Out {
			switch {
			case n.enters(l, node):
			case l == last:
				return fmt.Errorf("kan: no edge leads to the output, node %d:%d, so the network says nothing about the target; edges of it are missing", l+1, node)
			case n.leaves(l+1, node):
				return fmt.Errorf("kan: no edge leads to node %d:%d, on which the output depends; edges of it are missing", l+1, node)
			}
		}
	}
	return nil
}
