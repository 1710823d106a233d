package search

import (
	"context"
	"math"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// operation is what a node does with its arguments.
type operation uint8

const (
	opVar operation = iota
	opOne
	opAdd
	opSub
	opMul
	opDiv
	opPow
	opInv
	opSquare
	opSqrt
	opExp
	opLog
	opSin
	opCos
	// Those that follow are in an Index only.
	opCube
	opTan
	opTanh
	opAsin
	opAcos
	opAtan
	opAddTwice // x+2*y
	opSubTwice // x-2*y
)

// sizes are what the operations count for. Functions count for more than
// arithmetic: laws have few of them.
var sizes = [...]int{
	opVar: 1, opOne: 1, opAdd: 1, opSub: 1, opMul: 1, opDiv: 1, opPow: 2, opInv: 1,
	opSquare: 1, opSqrt: 1, opExp: 2, opLog: 2, opSin: 2, opCos: 2,
	opCube: 2, opTan: 3, opTanh: 3, opAsin: 3, opAcos: 3, opAtan: 3, opAddTwice: 2, opSubTwice: 2,
}

var unary = [...]operation{opSquare, opInv, opSqrt, opExp, opLog, opSin, opCos}

// node is one operation on earlier nodes.
type node struct {
	op       operation
	size     uint8
	function bool   // has a function of the kind of exp or sin in it
	vars     uint64 // inputs that occur
	a, b     int32  // arguments; a is the input of opVar
}

// Bank is a set of expressions over the columns of a table, shortest first,
// with their values.
type Bank struct {
	// Triples lets Sums and Products extend the best pairs by a third
	// expression, which takes about twice as long.
	Triples bool

	names  []string
	rows   int
	nodes  []node
	cols   [][]float64
	bySize [][]int32 // nodes of each size
	seen   map[uint64]struct{}
	spare  []float64

	work  atomic.Int64
	mu    sync.Mutex // of built: matches may run side by side
	built map[int32]*symbolic.Expr
}

// NewBank enumerates expressions over the inputs of d, by growing size, until
// there are most of them. At most 64 inputs are used.
func NewBank(ctx context.Context, d symbolic.Data, most int) *Bank {
	b := &Bank{
		names: d.Names, rows: len(d.Y),
		seen: map[uint64]struct{}{}, built: map[int32]*symbolic.Expr{},
		bySize: make([][]int32, 2),
	}
	for i := range d.Cols {
		if i < 64 {
			b.add(node{op: opVar, size: 1, vars: 1 << i, a: int32(i)}, d.Cols[i])
		}
	}
	one := make([]float64, b.rows)
	for i := range one {
		one[i] = 1
	}
	b.add(node{op: opOne, size: 1}, one)
	const largest = 12
	for size := 2; size <= largest && len(b.nodes) < most && ctx.Err() == nil; size++ {
		b.bySize = append(b.bySize, nil)
		b.growUnary(size, most)
		b.growBinary(ctx, size, most)
	}
	return b
}

// Len returns how many expressions there are.
func (b *Bank) Len() int { return len(b.nodes) }

// Work returns the node-rows evaluated so far.
func (b *Bank) Work() int64 { return b.work.Load() }

func (b *Bank) growUnary(size, most int) {
	for _, op := range unary {
		below := size - sizes[op]
		if below < 1 {
			continue
		}
		for _, i := range b.bySize[below] {
			n := b.nodes[i]
			if n.vars == 0 || sizes[op] > 1 && n.function || redundant(op, n.op) {
				continue
			}
			b.offer(node{op: op, size: uint8(size), function: n.function || sizes[op] > 1, vars: n.vars, a: i})
			if len(b.nodes) >= most {
				return
			}
		}
	}
}

// redundant reports whether op undoes, or is better written inside, the
// operation of its argument.
func redundant(op, inner operation) bool {
	switch op {
	case opSquare:
		return inner == opSqrt || inner == opInv
	case opInv:
		return inner == opInv || inner == opDiv
	case opSqrt:
		return inner == opSquare || inner == opInv || inner == opExp
	case opLog:
		return inner == opExp || inner == opInv || inner == opSquare || inner == opSqrt
	}
	return false
}

func (b *Bank) growBinary(ctx context.Context, size, most int) {
	for left := 1; left <= size-2; left++ {
		if right := size - sizes[opPow] - left; right >= 1 {
			b.growPowers(size, left, right, most)
		}
		right := size - 1 - left
		for _, i := range b.bySize[left] {
			if ctx.Err() != nil {
				return
			}
			for _, j := range b.bySize[right] {
				for _, op := range [...]operation{opMul, opDiv, opAdd, opSub} {
					commutes := op != opDiv
					if commutes && (right > left || right == left && j > i) {
						continue
					}
					p, q := b.nodes[i], b.nodes[j]
					if p.vars|q.vars == 0 || (op == opMul || op == opDiv) && q.vars == 0 || op == opDiv && p.vars == 0 {
						continue
					}
					b.offer(node{op: op, size: uint8(size), function: p.function || q.function, vars: p.vars | q.vars, a: i, b: j})
					if len(b.nodes) >= most {
						return
					}
				}
			}
		}
	}
}

// growPowers raises positive expressions to powers that vary.
func (b *Bank) growPowers(size, left, right, most int) {
	for _, i := range b.bySize[left] {
		p := b.nodes[i]
		if p.vars == 0 || p.function || p.op == opInv || p.op == opSquare || p.op == opSqrt || slices.Min(b.cols[i]) <= 0 {
			continue
		}
		for _, j := range b.bySize[right] {
			q := b.nodes[j]
			if q.vars == 0 || q.function || p.vars == q.vars && bits.OnesCount64(p.vars) == 1 {
				continue // x^x is in no law
			}
			b.offer(node{op: opPow, size: uint8(size), function: true, vars: p.vars | q.vars, a: i, b: j})
			if len(b.nodes) >= most {
				return
			}
		}
	}
}

// offer evaluates a node and keeps it if its values are finite and new.
func (b *Bank) offer(n node) {
	if b.spare == nil {
		b.spare = make([]float64, b.rows)
	}
	if b.apply(b.spare, n) && b.add(n, b.spare) {
		b.spare = nil
	}
}

// apply evaluates a node into dst and reports whether the values are usable.
func (b *Bank) apply(dst []float64, n node) bool {
	var y []float64
	if n.op >= opAdd && n.op <= opPow {
		y = b.cols[n.b][:len(dst)]
	}
	b.work.Add(int64(len(dst)))
	return evaluate(dst, n.op, b.cols[n.a][:len(dst)], y)
}

// evaluate computes one operation on columns and reports whether all values are
// finite and of a size that further operations stand.
func evaluate(dst []float64, op operation, x, y []float64) bool {
	x = x[:len(dst)]
	switch op {
	case opAdd:
		y = y[:len(dst)]
		for i := range dst {
			dst[i] = x[i] + y[i]
		}
	case opSub:
		y = y[:len(dst)]
		for i := range dst {
			dst[i] = x[i] - y[i]
		}
	case opMul:
		y = y[:len(dst)]
		for i := range dst {
			dst[i] = x[i] * y[i]
		}
	case opDiv:
		y = y[:len(dst)]
		for i := range dst {
			dst[i] = x[i] / y[i]
		}
	case opPow:
		y = y[:len(dst)]
		for i := range dst {
			dst[i] = math.Pow(x[i], y[i])
		}
	case opInv:
		for i := range dst {
			dst[i] = 1 / x[i]
		}
	case opSquare:
		for i := range dst {
			dst[i] = x[i] * x[i]
		}
	case opSqrt:
		for i := range dst {
			dst[i] = math.Sqrt(x[i])
		}
	case opExp:
		for i := range dst {
			dst[i] = math.Exp(x[i])
		}
	case opLog:
		for i := range dst {
			dst[i] = math.Log(x[i])
		}
	case opSin:
		for i := range dst {
			dst[i] = math.Sin(x[i])
		}
	case opCos:
		for i := range dst {
			dst[i] = math.Cos(x[i])
		}
	}
	const largest = 1e12
	ok := true
	for _, v := range dst {
		// NaN fails the comparison too.
		ok = ok && math.Abs(v) < largest
	}
	return ok
}

// add keeps a node with its values unless an earlier one has the same values up
// to a factor, or they hardly vary.
func (b *Bank) add(n node, values []float64) bool {
	key, ok := fingerprint(values)
	if !ok && n.op != opOne {
		return false
	}
	if _, known := b.seen[key]; known {
		return false
	}
	b.seen[key] = struct{}{}
	b.bySize[n.size] = append(b.bySize[n.size], int32(len(b.nodes)))
	b.nodes = append(b.nodes, n)
	b.cols = append(b.cols, values)
	return true
}

// fingerprint hashes values up to a common factor and rounding errors. Not ok
// for values that do not vary.
func fingerprint(v []float64) (key uint64, ok bool) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, x := range v {
		lo, hi = min(lo, x), max(hi, x)
	}
	size := max(math.Abs(lo), math.Abs(hi))
	if hi-lo <= 1e-9*size {
		return 1, false
	}
	// The first value that is not small sets the factor.
	unit := 0.0
	for _, x := range v {
		if math.Abs(x) > 1e-3*size {
			unit = 1 / x
			break
		}
	}
	key = 0x9e3779b97f4a7c15
	// The mantissa is rounded to 32 bits. Two computations of one value that
	// fall on either side of a boundary only cost a repetition.
	const drop = 20
	for _, x := range v[:min(len(v), 40)] {
		u := x * unit
		if math.Abs(x) < 1e-9*size {
			u = 0
		}
		key ^= (math.Float64bits(u+0) + 1<<(drop-1)) >> drop
		hi, lo := bits.Mul64(key, 0xd6e8feb86659fd93)
		key = hi ^ lo
	}
	return key, true
}

var (
	fnExp  = function("exp")
	fnLog  = function("log")
	fnSin  = function("sin")
	fnCos  = function("cos")
	fnTanh = function("tanh")
	fnTan  = function("tan")
	fnAsin = function("asin")
	fnAcos = function("acos")
	fnAtan = function("atan")
)

func function(name string) *library.Func {
	f, ok := library.Lookup(name)
	if !ok {
		panic("search: the library lacks " + name)
	}
	return f
}

// expr writes node i as an expression.
func (b *Bank) expr(i int32) *symbolic.Expr {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.build(i)
}

func (b *Bank) build(i int32) *symbolic.Expr {
	if e := b.built[i]; e != nil {
		return e
	}
	n := b.nodes[i]
	var e *symbolic.Expr
	switch n.op {
	case opVar:
		e = symbolic.Var(b.names[n.a])
	case opOne:
		e = symbolic.Int(1)
	case opAdd, opSub, opMul, opDiv, opPow:
		e = written(n.op, b.build(n.a), b.build(n.b))
	default:
		e = written(n.op, b.build(n.a), nil)
	}
	b.built[i] = e
	return e
}

// written is the expression of an operation on x and y.
func written(op operation, x, y *symbolic.Expr) *symbolic.Expr {
	switch op {
	case opAdd:
		return symbolic.Add(x, y)
	case opSub:
		return symbolic.Sub(x, y)
	case opMul:
		return symbolic.Mul(x, y)
	case opDiv:
		return symbolic.Div(x, y)
	case opPow:
		return symbolic.Pow(x, y)
	case opInv:
		return symbolic.Pow(x, symbolic.Int(-1))
	case opSquare:
		return symbolic.Pow(x, symbolic.Int(2))
	case opSqrt:
		return symbolic.Sqrt(x)
	case opExp:
		return symbolic.Call(fnExp, x)
	case opLog:
		return symbolic.Call(fnLog, x)
	case opSin:
		return symbolic.Call(fnSin, x)
	case opCos:
		return symbolic.Call(fnCos, x)
	case opCube:
		return symbolic.Pow(x, symbolic.Int(3))
	case opTan:
		return symbolic.Call(fnTan, x)
	case opTanh:
		return symbolic.Call(fnTanh, x)
	case opAsin:
		return symbolic.Call(fnAsin, x)
	case opAcos:
		return symbolic.Call(fnAcos, x)
	case opAtan:
		return symbolic.Call(fnAtan, x)
	case opAddTwice:
		return symbolic.Add(x, symbolic.Mul(symbolic.Int(2), y))
	case opSubTwice:
		return symbolic.Sub(x, symbolic.Mul(symbolic.Int(2), y))
	}
	return x
}
