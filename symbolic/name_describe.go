package symbolic

import (
	"context"
	"fmt"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
)

// DescribeEdges matches the curve of every spline of a trained network by itself
// and returns a row for every edge: what the curves look like, where no formula
// is wanted. NameNetwork chooses names that fit together. data are the rows the
// network was trained on. A spline that nothing comes near, or that ctx left no
// time for, is called "spline".
func DescribeEdges(ctx context.Context, net *kan.Network, data kan.Data, set *library.Set) ([]EdgeRow, error) {
	n, err := newNaming(net, data, nil, set, NameOptions{})
	if err != nil {
		return nil, fmt.Errorf("describe edges: %w", err)
	}
	n.matchEdges(ctx)
	named := net.Clone()
	for _, p := range n.splines {
		if m := n.matches[p]; len(m) > 0 {
			put(named, p, m[0])
		}
	}
	return n.rows(named, n.choices(), nil), nil
}
