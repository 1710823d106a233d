package fit

import (
	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
)

// branch is a part of a tree: an input, or a node that combines parts, with the
// curve that leads from its value to the node above.
type branch struct {
	input int // -1 for a node
	op    kan.Op
	parts []*branch
	curve *kan.Edge
}

// with returns a copy of the tree with other curves.
func (b *branch) with(curve func(*branch) *kan.Edge) *branch {
	c := *b
	c.curve = curve(b)
	c.parts = nil
	for _, p := range b.parts {
		c.parts = append(c.parts, p.with(curve))
	}
	return &c
}

// replace returns the tree with one branch in the place of another; what is not
// above it is shared.
func (b *branch) replace(old, by *branch) *branch {
	if b == old {
		return by
	}
	if b.input >= 0 {
		return b
	}
	c := *b
	c.parts = nil
	for _, p := range b.parts {
		c.parts = append(c.parts, p.replace(old, by))
	}
	return &c
}

func (b *branch) depth() int {
	deepest := 0
	for _, p := range b.parts {
		deepest = max(deepest, p.depth()+1)
	}
	return deepest
}

// leaves calls visit with every input in the branch.
func (b *branch) leaves(visit func(input int)) {
	if b.input >= 0 {
		visit(b.input)
	}
	for _, p := range b.parts {
		p.leaves(visit)
	}
}

func (b *branch) describe(names []string) string {
	if b.input >= 0 {
		return names[b.input]
	}
	sign := "+"
	if b.op == kan.Product {
		sign = "*"
	}
	out := "("
	for k, p := range b.parts {
		if k > 0 {
			out += sign
		}
		out += p.describe(names)
	}
	return out + ")"
}

// values returns the values of a branch before its curve.
func (g *growth) values(b *branch) []float64 {
	out := make([]float64, len(g.data.Y))
	if b.input >= 0 {
		for r, x := range g.data.Cols[b.input] {
			out[r] = x * g.template.InputScale[b.input]
		}
		return out
	}
	for k, p := range b.parts {
		for r, v := range g.after(p) {
			switch {
			case k == 0:
				out[r] = v
			case b.op == kan.Product:
				out[r] *= v
			default:
				out[r] += v
			}
		}
	}
	return out
}

// after returns the values of a branch behind its curve.
func (g *growth) after(b *branch) []float64 {
	v := g.values(b)
	for r, x := range v {
		v[r] = b.curve.Eval(x)
	}
	return v
}

// network lays a tree out in layers, with nodes that pass values on where a branch
// ends deeper than its neighbours, and tells where the curve of each branch is.
func (g *growth) network(root *branch) (*kan.Network, map[*branch]kan.EdgeID) {
	depth := root.depth()
	type source struct {
		b     *branch
		level int // of the node whose value is passed
	}
	// Nodes of each level, the inputs first.
	levels := make([][]source, depth+1)
	at := make([]map[*branch]int, depth+1)
	for l := range at {
		at[l] = map[*branch]int{}
	}
	var lay func(b *branch, above int)
	lay = func(b *branch, above int) {
		own := b.depth()
		for l := max(own, 1); l < above; l++ {
			at[l][b] = len(levels[l])
			levels[l] = append(levels[l], source{b, own})
		}
		for _, p := range b.parts {
			lay(p, own)
		}
	}
	lay(root, depth+1)
	n := len(g.data.Cols)
	shape := []int{n}
	ops := [][]kan.Op{}
	for l := 1; l <= depth; l++ {
		shape = append(shape, len(levels[l]))
		var row []kan.Op
		for _, s := range levels[l] {
			op := kan.Sum
			if s.level == l {
				op = s.b.op
			}
			row = append(row, op)
		}
		ops = append(ops, row)
	}
	shape, ops = append(shape, 1), append(ops, []kan.Op{kan.Sum})
	net, err := kan.New(shape, kan.NewOptions{Inputs: g.template.Inputs, Ops: ops})
	if err != nil {
		return nil, nil
	}
	copy(net.InputScale, g.template.InputScale)
	net.OutputScale = g.template.OutputScale
	for _, l := range net.Layers {
		for k := range l.Edges {
			l.Edges[k] = kan.ZeroEdge()
		}
	}
	same, _ := library.Lookup("x")
	places := map[*branch]kan.EdgeID{}
	node := func(b *branch, level int) int {
		if level == 0 {
			return b.input
		}
		return at[level][b]
	}
	set := func(level, from, to int, e *kan.Edge) {
		l := net.Layers[level]
		l.Edges[to*l.In+from] = e
	}
	for l := 1; l <= depth; l++ {
		for to, s := range levels[l] {
			if s.level < l {
				pass := kan.NamedEdge(same, 1, 0, 1, 0)
				pass.Fixed = true
				set(l-1, node(s.b, l-1), to, pass)
				continue
			}
			for _, p := range s.b.parts {
				from := node(p, l-1)
				set(l-1, from, to, p.curve.Clone())
				places[p] = kan.EdgeID{Layer: l - 1, From: from, To: to}
			}
		}
	}
	set(depth, 0, 0, root.curve.Clone())
	places[root] = kan.EdgeID{Layer: depth}
	return net, places
}
