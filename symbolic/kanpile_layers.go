package symbolic

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
)

// output returns the signal that is the output of the network, which is never
// an input itself.
func (b *kanpiler) output(l wire) *signal {
	if l.isConst() {
		// A curve that is 1 everywhere hangs on the first input.
		one := wire{from: b.inputs[0], fn: library.Power(0), a: exactOne, c: l.d}
		return b.node(kan.Sum, []wire{one})
	}
	if s := b.materialize(l); s.level > 0 {
		return s
	}
	return b.node(kan.Sum, []wire{l})
}

// network lays the signals that out needs into layers. What is used beyond the
// next layer passes through nodes of its own, one for all its uses.
func (b *kanpiler) network(out *signal) (*kan.Network, error) {
	layers := make([][]*signal, out.level+1) // signals that a layer has, made in it or carried
	present := map[*signal]int{}             // the last layer that has it
	layers[0] = b.inputs
	var need func(s *signal, level int)
	need = func(s *signal, level int) {
		last, known := present[s]
		if !known {
			last = s.level - 1
			for _, l := range s.wires {
				need(l.from, s.level-1)
			}
		}
		for k := last + 1; k <= level; k++ {
			layers[k] = append(layers[k], s)
		}
		present[s] = max(last, level)
	}
	for _, s := range b.inputs {
		present[s] = 0
	}
	need(out, out.level)
	shape := make([]int, len(layers))
	for k, nodes := range layers {
		// In the order in which they were made, inputs first.
		slices.SortFunc(nodes, func(x, y *signal) int { return cmp.Compare(x.id, y.id) })
		shape[k] = len(nodes)
	}
	if err := kan.CheckSize(shape); err != nil {
		return nil, fmt.Errorf("compile a network: %w", err)
	}
	net := &kan.Network{Inputs: slices.Clone(b.data.Names), OutputScale: 1}
	for range net.Inputs {
		net.InputScale = append(net.InputScale, 1)
	}
	for k := 1; k < len(layers); k++ {
		net.Layers = append(net.Layers, b.layer(layers[k-1], layers[k], k))
	}
	if err := net.Check(); err != nil {
		return nil, fmt.Errorf("compile a network: %w", err)
	}
	return net, nil
}

// layer makes the edges that lead from before to the nodes of the given level.
func (b *kanpiler) layer(before, nodes []*signal, level int) *kan.Layer {
	l := &kan.Layer{In: len(before), Out: len(nodes)}
	place := map[*signal]int{}
	for i, s := range before {
		place[s] = i
	}
	for range l.In * l.Out {
		l.Edges = append(l.Edges, kan.ZeroEdge())
	}
	for to, s := range nodes {
		wires, op := s.wires, s.op
		if s.level < level {
			wires, op = []wire{identityWire(s)}, kan.Sum
		}
		l.Ops = append(l.Ops, op)
		for _, k := range wires {
			// Adding 0 leaves no negative zero.
			e := kan.NamedEdge(k.fn, k.a.v+0, k.b.v+0, k.c.v+0, k.d.v+0)
			e.Fixed = !k.free()
			l.Edges[to*l.In+place[k.from]] = e
		}
	}
	return l
}

// values evaluates e on the rows of the data.
func (b *kanpiler) values(e *Expr) ([]float64, error) {
	p, err := Compile(e, b.data.Names)
	if err != nil {
		return nil, fmt.Errorf("compile a network: %w", err)
	}
	out := make([]float64, b.rows)
	ws := p.NewWorkspace()
	if !p.Eval(ws, out, b.data.Cols, nil) {
		// Eval stops at the first block that is not finite.
		row := make([]float64, len(b.data.Names))
		for r := range out {
			for i, c := range b.data.Cols {
				row[i] = c[r]
			}
			out[r] = p.At(ws, row, nil)
		}
	}
	return out, nil
}

// checkFinite reports the first row on which e is not finite.
func (b *kanpiler) checkFinite(e *Expr) error {
	if b.rows == 0 {
		return nil
	}
	v, err := b.values(e)
	if err != nil {
		return err
	}
	r := slices.IndexFunc(v, func(v float64) bool { return !isFinite(v) })
	if r < 0 {
		return nil
	}
	one := &kanpiler{data: Data{Names: b.data.Names}, rows: 1}
	for _, c := range b.data.Cols {
		one.data.Cols = append(one.data.Cols, c[r:r+1])
	}
	part, value := e, v[r]
	for descend := true; descend; {
		descend = false
		for _, a := range part.args {
			if v, err := one.values(a); err == nil && !isFinite(v[0]) {
				part, value, descend = a, v[0], true
				break
			}
		}
	}
	var where []string
	for _, name := range part.Vars() {
		where = append(where, fmt.Sprintf("%s = %v", name, b.data.Cols[slices.Index(b.data.Names, name)][r]))
	}
	return &NotFiniteError{Row: r, Formula: part.String(), Value: value, Where: strings.Join(where, ", ")}
}

// checkNetwork reports the first row on which the network is not finite, where e
// is: rounding can make a sum overflow that does not in the order in which the
// formula is written.
func (b *kanpiler) checkNetwork(e *Expr, net *kan.Network) error {
	if b.rows == 0 {
		return nil
	}
	v := make([]float64, b.rows)
	net.Predict(v, b.data.Cols)
	if r := slices.IndexFunc(v, func(v float64) bool { return !isFinite(v) }); r >= 0 {
		return fmt.Errorf("compile a network: the numbers overflow in row %d of the data when %s is computed by sums and products of edges; write the formula so that its parts stay smaller", r+1, e)
	}
	return nil
}
