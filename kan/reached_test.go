package kan

import (
	"strings"
	"testing"
)

func TestCheckReached(t *testing.T) {
	for _, c := range []struct {
		name string
		gone []EdgeID
		want string // part of the error, "" for none
	}{
		{"whole", nil, ""},
		{"one edge of two gone", []EdgeID{{0, 0, 0}}, ""},
		{"unused node", []EdgeID{{0, 0, 1}, {0, 1, 1}, {1, 1, 0}}, ""},
		{"node without outgoing edges", []EdgeID{{1, 1, 0}}, ""},
		{"hidden", []EdgeID{{0, 0, 1}, {0, 1, 1}}, "node 1:1, on which"},
		{"output", []EdgeID{{1, 0, 0}, {1, 1, 0}}, "the output, node 2:0"},
	} {
		n, err := New([]int{2, 2, 1}, NewOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range c.gone {
			l := n.Layers[id.Layer]
			l.Edges[id.To*l.In+id.From] = ZeroEdge()
		}
		err = n.CheckReached()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
