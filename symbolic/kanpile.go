package symbolic

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
)

// CompileNetwork returns a network of named edges that computes e: the way back
// from FromNetwork. Its inputs are the columns of data, in their order, used or
// not; data.Y and data.W are not looked at.
//
// Sums and products become nodes, functions and constant powers become edges, and
// what a later layer needs is carried there by identity edges. Subexpressions
// that occur more than once are computed once. Numeric factors and offsets go
// into the edges; a product of powers is one node however it is bracketed. A
// power with an exponent that varies is exp(exponent*log(base)); where the
// base is negative on some rows (and the exponent there whole, or the power would
// not be real), the sign is a factor made of cos(pi*exponent) and sign(base).
//
// Edges with a Free constant are left for training, all others are Fixed, so
// that training changes what refitting the formula would.
//
// On the rows of data the network has the values of e but for rounding.
// Without rows (columns nil or empty) the bases of powers whose exponents vary
// are taken to be positive. The error is a *NotFiniteError where e is not
// finite on a row; other errors are a variable that is no column, 0^0 in a power
// whose exponent varies, and a network too large for a model file.
//
// Source of the idea: the "kanpiler" of Z. Liu, P. Ma, Y. Wang, W. Matusik and
// M. Tegmark, KAN 2.0: Kolmogorov-Arnold Networks Meet Science (2024), section 4.2.
func CompileNetwork(e *Expr, data Data) (*kan.Network, error) {
	b, err := newKanpiler(data)
	if err != nil {
		return nil, err
	}
	for _, name := range e.Vars() {
		if !slices.Contains(data.Names, name) {
			return nil, fmt.Errorf("compile a network: the formula uses %s, which is no column; the columns are %s", name, strings.Join(data.Names, ", "))
		}
	}
	if err := b.checkFinite(e); err != nil {
		return nil, err
	}
	out, err := b.wire(e)
	if err != nil {
		return nil, err
	}
	net, err := b.network(b.output(out))
	if err != nil {
		return nil, err
	}
	return net, b.checkNetwork(e, net)
}

// NotFiniteError is a formula that has no finite value on a row.
type NotFiniteError struct {
	Row     int    // of the data, from 0
	Formula string // the smallest part that is not finite although its parts are
	Value   float64
	Where   string // the values of its variables: "x = -1, y = 2"
}

// Error says where, and what to do.
func (e *NotFiniteError) Error() string {
	return fmt.Sprintf("the formula is not finite in row %d of the data: %s", e.Row+1, e.Reason())
}

// Reason says what is not finite, without the place.
func (e *NotFiniteError) Reason() string {
	what := "is not a real number"
	if math.IsInf(e.Value, 0) {
		what = "is infinite"
	}
	where := ""
	if e.Where != "" {
		where = " for " + e.Where
	}
	return fmt.Sprintf("%s %s%s; change the formula, or leave such rows out", e.Formula, what, where)
}

// kanpiler turns an expression into the nodes of a network. Its errors are those
// of CompileNetwork.
type kanpiler struct {
	data   Data
	rows   int
	inputs []*signal
	count  int                // of signals
	known  map[string]*signal // nodes, by what they compute
	wires  map[uint64][]knownWire
}

type knownWire struct {
	e *Expr
	l wire
}

// A signal is an input or a node of the network to be.
type signal struct {
	id    int
	level int // number of layers before it; 0 for an input
	op    kan.Op
	wires []wire // of a node, each from another signal
}

// A wire is c*f(a*from+b)+d: an edge that does not yet lead anywhere. Without
// from it is the constant d. The identity has a = 1 and b = 0.
type wire struct {
	from       *signal
	fn         *library.Func
	a, b, c, d edgeConst
}

var (
	exactOne  = edgeConst{v: 1}
	exactZero = edgeConst{}
)

func constantWire(v edgeConst) wire { return wire{d: v} }

func identityWire(s *signal) wire {
	return wire{from: s, fn: library.Power(1), a: exactOne, c: exactOne}
}

func (l wire) isConst() bool    { return l.from == nil }
func (l wire) isIdentity() bool { return l.fn.IsPower && l.fn.Exponent == 1 }

// isPlain reports whether the wire hands its signal on unchanged.
func (l wire) isPlain() bool { return l.isIdentity() && l.c.v == 1 && l.d.v == 0 && !l.free() }

func (l wire) free() bool { return l.a.free || l.b.free || l.c.free || l.d.free }

// scaled returns k*l.
func (l wire) scaled(k edgeConst) wire {
	l.c, l.d = l.c.times(k), l.d.times(k)
	return l
}

// bare returns l without its factor and offset.
func (l wire) bare() wire {
	l.c, l.d = exactOne, exactZero
	return l
}

// sameCurve reports whether two wires differ in nothing but c and d.
func (l wire) sameCurve(o wire) bool {
	return l.from == o.from && l.fn.Name == o.fn.Name && l.a == o.a && l.b == o.b
}

func (l wire) key() string {
	return fmt.Sprintf("%d %s %v %v %v %v", l.from.id, l.fn.Name, l.a, l.b, l.c, l.d)
}

func newKanpiler(data Data) (*kanpiler, error) {
	b := &kanpiler{data: data, known: map[string]*signal{}, wires: map[uint64][]knownWire{}}
	if len(data.Names) == 0 {
		return nil, fmt.Errorf("compile a network: no columns for its inputs")
	}
	if len(data.Cols) > 0 {
		if len(data.Cols) != len(data.Names) {
			return nil, fmt.Errorf("compile a network: %d columns with %d names", len(data.Cols), len(data.Names))
		}
		b.rows = len(data.Cols[0])
		for _, c := range data.Cols {
			if len(c) != b.rows {
				return nil, fmt.Errorf("compile a network: columns of %d and %d rows", b.rows, len(c))
			}
		}
	}
	for range data.Names {
		b.inputs = append(b.inputs, b.signal(0))
	}
	return b, nil
}

func (b *kanpiler) signal(level int) *signal {
	s := &signal{id: b.count, level: level}
	b.count++
	return s
}

// node returns the node that combines wires, a new one if there is none yet.
func (b *kanpiler) node(op kan.Op, wires []wire) *signal {
	wires = slices.Clone(wires)
	slices.SortStableFunc(wires, func(x, y wire) int { return cmp.Compare(x.from.id, y.from.id) })
	key := op.String()
	level := 0
	for _, l := range wires {
		key += ";" + l.key()
		level = max(level, l.from.level+1)
	}
	if s, ok := b.known[key]; ok {
		return s
	}
	s := b.signal(level)
	s.op, s.wires = op, wires
	if !slices.ContainsFunc(wires, wire.free) {
		// Free constants that happen to have equal values are fitted apart.
		b.known[key] = s
	}
	return s
}

// materialize returns a signal that has the value of l, which is not constant.
func (b *kanpiler) materialize(l wire) *signal {
	switch {
	case l.isPlain():
		return l.from
	case !l.isIdentity() || l.from.level == 0:
		return b.node(kan.Sum, []wire{l})
	}
	// A factor and an offset fit into the edges of the node itself.
	wires := slices.Clone(l.from.wires)
	switch {
	case l.from.op == kan.Sum:
		for i := range wires {
			wires[i] = wires[i].scaled(l.c)
		}
		addOffset(wires, l.d)
		return b.node(kan.Sum, wires)
	case l.d.v == 0 && !l.d.free:
		i := sameFreedom(wires, l.c)
		wires[i] = wires[i].scaled(l.c)
		return b.node(kan.Product, wires)
	}
	return b.node(kan.Sum, []wire{l})
}

// addOffset adds v to one of the wires of a sum.
func addOffset(wires []wire, v edgeConst) {
	if v.v != 0 || v.free {
		i := sameFreedom(wires, v)
		wires[i].d = wires[i].d.plus(v)
	}
}

// sameFreedom returns the first wire that is free if and only if v is, else the
// first: a constant that is fixed and one that is not fit badly into one edge.
func sameFreedom(wires []wire, v edgeConst) int {
	return max(0, slices.IndexFunc(wires, func(l wire) bool { return l.free() == v.free }))
}

// apart returns the wires with at most one from each signal, as a node can have
// them; of several from one signal all but the first (an identity, if there is one)
// get a node of their own. changed tells that there were such.
func (b *kanpiler) apart(wires []wire) (out []wire, changed bool) {
	keep := map[*signal]int{}
	for i, l := range wires {
		k, twice := keep[l.from]
		if !twice || l.isIdentity() && !wires[k].isIdentity() {
			keep[l.from] = i
		}
	}
	for i, l := range wires {
		if keep[l.from] == i {
			out = append(out, l)
			continue
		}
		s := identityWire(b.node(kan.Sum, []wire{l.bare()}))
		s.c, s.d = l.c, l.d
		out = append(out, s)
		changed = true
	}
	return out, changed
}

// wire returns e as a function of one signal.
func (b *kanpiler) wire(e *Expr) (wire, error) {
	for _, k := range b.wires[e.Hash()] {
		if k.e.Equal(e) {
			return k.l, nil
		}
	}
	l, err := b.newWire(e)
	if err == nil && !hasFree(e) {
		b.wires[e.Hash()] = append(b.wires[e.Hash()], knownWire{e, l})
	}
	return l, err
}

func (b *kanpiler) newWire(e *Expr) (wire, error) {
	switch e.kind {
	case KindVar:
		return identityWire(b.inputs[slices.Index(b.data.Names, e.name)]), nil
	case KindAdd:
		return b.sum(e)
	case KindMul, KindPow:
		return b.product(e)
	case KindCall:
		l, err := b.wire(e.args[0])
		if err != nil {
			return wire{}, err
		}
		if e.fn.IsPower {
			return b.power(l, e.fn.Exponent, false)
		}
		return b.apply(e.fn, l)
	}
	return constantWire(edgeConst{e.v, e.IsFree()}), nil
}

// apply returns f(l).
func (b *kanpiler) apply(f *library.Func, l wire) (wire, error) {
	if l.isConst() {
		return foldedWire(f.Value(l.d.v), l.d.free, f.Name)
	}
	s := l.from
	if !l.isIdentity() {
		s = b.materialize(l.bare())
	}
	return wire{from: s, fn: f, a: l.c, b: l.d, c: exactOne}, nil
}

// foldedWire is a constant that was computed.
func foldedWire(v float64, free bool, what string) (wire, error) {
	if !isFinite(v) {
		return wire{}, fmt.Errorf("compile a network: a constant part of the formula, %s of numbers, is not finite", what)
	}
	return constantWire(edgeConst{v, free}), nil
}

// sum returns a sum; its offset stays outside of its node.
func (b *kanpiler) sum(e *Expr) (wire, error) {
	var offset edgeConst
	var wires []wire
	for _, t := range e.args {
		l, err := b.wire(t)
		if err != nil {
			return wire{}, err
		}
		offset = offset.plus(l.d)
		if l.d = exactZero; !l.isConst() {
			wires = append(wires, l)
		}
	}
	for changed := true; changed; {
		wires = likeTerms(wires)
		wires, changed = b.apart(wires)
	}
	switch len(wires) {
	case 0:
		return foldedWire(offset.v, offset.free, "a sum")
	case 1:
		wires[0].d = offset
		return wires[0], nil
	}
	l := identityWire(b.node(kan.Sum, wires))
	l.d = offset
	return l, nil
}

// likeTerms adds up the factors of equal curves and drops those that cancel.
func likeTerms(wires []wire) []wire {
	var out []wire
	for _, l := range wires {
		i := slices.IndexFunc(out, l.sameCurve)
		if i < 0 {
			out = append(out, l)
			continue
		}
		out[i].c = out[i].c.plus(l.c)
	}
	return slices.DeleteFunc(out, func(l wire) bool { return l.c.v == 0 && !l.c.free })
}
