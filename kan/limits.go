package kan

import "fmt"

// CheckSize reports what makes a network of the given shape (see
// Network.Shape) too large for a model file.
func CheckSize(shape []int) error {
	if n := len(shape) - 1; n > maxLayers {
		return fmt.Errorf("%d layers, and a model file holds at most %d", n, maxLayers)
	}
	edges := 0
	for k, n := range shape {
		if n > maxNodes {
			return fmt.Errorf("%d nodes in a layer, and a model file holds at most %d", n, maxNodes)
		}
		if k > 0 {
			edges += n * shape[k-1]
		}
	}
	if edges > maxEdges {
		return fmt.Errorf("%d possible edges, and a model file holds at most %d", edges, maxEdges)
	}
	return nil
}
