package compare

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

const (
	// mostEdges bounds the curves of a network that is named: names for more
	// make a formula that nobody reads.
	mostEdges = 10
	// good is how many times the error of its network a formula may have to
	// count as found, and rounding the error, relative to the spread, below
	// which any formula does.
	good     = 2
	rounding = 1e-9
)

// nameAll names the curves of the KANs, one network after another, each shape
// on its finest grid.
func (c *comparison) nameAll(ctx context.Context) {
	deadline := c.start.Add(time.Duration(namedBy * float64(c.opt.Time)))
	left := 0
	var unfinished []string
	for _, m := range c.result.Models {
		if m.Kind == KAN && c.result.finest(m) == m {
			left++
		}
	}
	for i, m := range c.result.Models {
		if m.Kind != KAN {
			continue
		}
		if f := c.result.finest(m); f != m {
			m.SeeGrid = f.Grid
			continue
		}
		if ctx.Err() != nil {
			m.Unnamed = interrupted
			continue
		}
		c.opt.Progress(fmt.Sprintf("names for the curves of %s", ShapeText(m.Shape)))
		limited, cancel := context.WithTimeout(ctx, max(time.Until(deadline), 0)/time.Duration(left))
		c.name(limited, m, c.nets[i])
		if limited.Err() != nil && ctx.Err() == nil {
			unfinished = append(unfinished, ShapeText(m.Shape))
		}
		cancel()
		left--
	}
	if len(unfinished) > 0 {
		c.warn("the time for naming the curves of %s was over before that was finished; give more --time", networkList(unfinished))
	}
}

// name names the curves of one network, which is pruned first if it has many.
func (c *comparison) name(ctx context.Context, m *Model, net *kan.Network) {
	edges := activeEdges(net)
	if edges > mostEdges {
		pruned, _, err := net.Prune(ctx, c.data, kan.PruneOptions{})
		if err == nil && ctx.Err() == nil {
			net, edges = pruned, activeEdges(pruned)
		}
	}
	if edges > mostEdges {
		m.Unnamed = fmt.Sprintf("%d curves", edges)
		return
	}
	named, err := symbolic.NameNetwork(ctx, net, c.data, c.data.Names, c.opt.Library, symbolic.NameOptions{})
	if err != nil || len(named) == 0 {
		m.Unnamed = "no names fit"
		if ctx.Err() != nil {
			m.Unnamed = noTime
		}
		return
	}
	best := named[0].Expr
	rmse := formulaError(best, c.held)
	if math.IsInf(rmse, 0) {
		m.Unnamed = "undefined on a row"
		return
	}
	m.Formula = &Formula{
		Expression: best.Format(library.LangExpr), Complexity: best.Complexity(), RMSEHeldout: rmse,
		Good: rmse <= good*m.RMSEHeldout || rmse <= rounding*c.spread,
	}
}

func activeEdges(net *kan.Network) int {
	n := 0
	for _, l := range net.Layers {
		for _, e := range l.Edges {
			if e.Active() {
				n++
			}
		}
	}
	return n
}

// formulaError is the error of a formula, +Inf where it is undefined on a row.
func formulaError(e *symbolic.Expr, d symbolic.Data) float64 {
	p, err := symbolic.Compile(e, d.Names)
	if err != nil {
		return math.Inf(1)
	}
	out := make([]float64, len(d.Y))
	if !p.Eval(p.NewWorkspace(), out, d.Cols, p.Params()) {
		return math.Inf(1)
	}
	return rootMeanSquare(out, d)
}

// finest returns the KAN of the same shape as m with the finest grid.
func (r *Result) finest(m *Model) *Model {
	for _, o := range r.Models {
		if o.Kind == m.Kind && o.Grid > m.Grid && slices.Equal(o.Shape, m.Shape) {
			m = o
		}
	}
	return m
}
