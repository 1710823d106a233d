package kan

import (
	"fmt"
	"strconv"
	"strings"
)

// EdgeID is the place of an edge: from node From to node To of layer Layer, all
// counted from 0.
type EdgeID struct{ Layer, From, To int }

// String writes the place as people give it: "0:1:2".
func (id EdgeID) String() string { return fmt.Sprintf("%d:%d:%d", id.Layer, id.From, id.To) }

// ParseEdgeID reads "LAYER:FROM:TO".
func ParseEdgeID(text string) (EdgeID, error) {
	var n [3]int
	parts := strings.Split(text, ":")
	ok := len(parts) == len(n)
	for i := range n {
		if ok {
			v, err := strconv.Atoi(strings.TrimSpace(parts[i]))
			n[i], ok = v, err == nil && v >= 0
		}
	}
	if !ok {
		return EdgeID{}, fmt.Errorf("%q is no edge: write LAYER:FROM:TO, counted from 0, as in 0:1:2", text)
	}
	return EdgeID{n[0], n[1], n[2]}, nil
}

// EdgeAt returns the edge at a place, which stays the network's own. The error
// says which places there are if that one is outside the network, and that the
// edge is absent where it is of Kind Zero.
func (n *Network) EdgeAt(id EdgeID) (*Edge, error) {
	if id.Layer < 0 || id.Layer >= len(n.Layers) {
		return nil, fmt.Errorf("kan: there is no edge %v: the network has %s, counted from 0", id, plural(len(n.Layers), "layer"))
	}
	l := n.Layers[id.Layer]
	if id.From < 0 || id.From >= l.In || id.To < 0 || id.To >= l.Out {
		return nil, fmt.Errorf("kan: there is no edge %v: layer %d leads from %s to %s, counted from 0",
			id, id.Layer, plural(l.In, "node"), plural(l.Out, "node"))
	}
	e := l.Edge(id.From, id.To)
	if !e.Active() {
		var there []string
		for _, other := range n.EdgeIDs() {
			if other.Layer == id.Layer {
				there = append(there, other.String())
			}
		}
		if len(there) > 12 {
			there = append(there[:12], "...")
		}
		return nil, fmt.Errorf("kan: there is no edge %v any more: the edges of layer %d are %s", id, id.Layer, strings.Join(there, ", "))
	}
	return e, nil
}

// EdgeIDs lists the edges that are there, by layer, then by the node they lead
// to, then by the node they come from.
func (n *Network) EdgeIDs() []EdgeID {
	var ids []EdgeID
	for l, layer := range n.Layers {
		for k, e := range layer.Edges {
			if e.Active() {
				ids = append(ids, EdgeID{l, k % layer.In, k / layer.In})
			}
		}
	}
	return ids
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
