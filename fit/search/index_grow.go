package search

import (
	"context"
	"math"
	"math/bits"

	"github.com/kansym/kansym/symbolic"
)

var indexUnary = [...]operation{
	opSquare, opInv, opSqrt, opExp, opLog, opSin, opCos, opCube, opTan, opTanh, opAsin, opAcos, opAtan,
}

// ofSize is the range of the expressions of a size.
func (x *Index) ofSize(size int) (from, to int32) {
	if size < 1 || size >= len(x.ends) {
		return 0, 0
	}
	return x.ends[size-1], x.ends[size]
}

// nestedSize is what a function inside a function counts for: few laws have it.
const nestedSize = 2

func (x *Index) growUnary(size int) {
	for _, op := range indexUnary {
		fn := op != opSquare && op != opSqrt && op != opCube && op != opInv
		for _, nested := range [...]bool{false, true} {
			below := size - sizes[op]
			if nested {
				below -= nestedSize
			}
			from, to := x.ofSize(below)
			for i := from; i < to && len(x.nodes) < cap(x.nodes); i++ {
				n := x.nodes[i]
				if n.vars == 0 || (fn && n.function) != nested || redundant(op, n.op) || op == opCube && (n.op == opInv || n.op == opSqrt) {
					continue
				}
				x.offer(leaf{op: op, size: uint8(size), function: fn || n.function, vars: n.vars, a: i})
			}
		}
	}
}

func (x *Index) growBinary(ctx context.Context, size int) {
	for left := 1; left < size-1; left++ {
		if ctx.Err() != nil {
			return
		}
		from, to := x.ofSize(left)
		for i := from; i < to; i++ {
			x.combine(size, i, size-1-left, opMul, opDiv, opAdd, opSub)
			x.combine(size, i, size-2-left, opPow, opAddTwice, opSubTwice)
			if len(x.nodes) == cap(x.nodes) {
				return
			}
		}
	}
}

// combine makes expressions of i and those of a size.
func (x *Index) combine(size int, i int32, right int, ops ...operation) {
	from, to := x.ofSize(right)
	if from == to {
		return
	}
	p := x.nodes[i]
	a := x.vals[i]
	for _, op := range ops {
		last := to
		switch op {
		case opMul, opAdd, opSub:
			last = min(to, i+1) // these commute, but for the sign
		case opPow:
			// A power of a power is one, and x^x is in no law.
			if p.vars == 0 || p.function || p.op == opInv || p.op == opSquare || p.op == opSqrt || p.op == opCube || !positive(&a) {
				continue
			}
		}
		if (op == opMul || op == opDiv) && p.vars == 0 {
			continue
		}
		for j := from; j < last; j++ {
			if len(x.nodes) == cap(x.nodes) {
				return
			}
			q := x.nodes[j]
			n := leaf{op: op, size: uint8(size), function: p.function || q.function, vars: p.vars | q.vars, a: i, b: j}
			switch op {
			case opMul, opDiv:
				// a*(b*c) is (a*b)*c, and a/(b/c) is (a*c)/b.
				if q.vars == 0 || q.op == opMul || q.op == opDiv || q.op == opInv {
					continue
				}
			case opAdd, opSub:
				if n.vars == 0 || q.op == opAdd || q.op == opSub {
					continue
				}
			case opAddTwice, opSubTwice:
				if n.vars == 0 || i == j {
					continue
				}
			case opPow:
				if q.vars == 0 || q.function || p.vars == q.vars && bits.OnesCount8(p.vars) == 1 {
					continue
				}
				n.function = true
			}
			x.offer(n)
		}
	}
}

func positive(v *[indexRows]float64) bool {
	for _, u := range v {
		if u <= 0 {
			return false
		}
	}
	return true
}

// offer evaluates an expression, first on the four rows that tell whether it is
// new, and keeps it if its values are finite.
func (x *Index) offer(n leaf) {
	var v [indexRows]float64
	a, b := &x.vals[n.a], &x.vals[n.b]
	const first = 4
	evaluated := first
	defer func() { x.work.Add(int64(evaluated)) }()
	if !operate(v[:first], n.op, a[:first], b[:first]) {
		return
	}
	h, ok := scaleKey(&v)
	if !ok || x.known.has(h) {
		return
	}
	evaluated = indexRows
	if operate(v[first:], n.op, a[first:], b[first:]) {
		x.keep(n, &v)
	}
}

// operate computes one operation and reports whether all values are usable:
// finite and, for sums and differences, not what rounding leaves of terms that
// cancel.
func operate(v []float64, op operation, a, b []float64) bool {
	const largest, cancelled = 1e12, 1e-8
	a, b = a[:len(v)], b[:len(v)]
	ok := true
	switch op {
	case opAdd, opSub, opAddTwice, opSubTwice:
		c := 1.0
		switch op {
		case opSub:
			c = -1
		case opAddTwice:
			c = 2
		case opSubTwice:
			c = -2
		}
		for k := range v {
			u := a[k] + c*b[k]
			v[k] = u
			ok = ok && math.Abs(u) < largest && math.Abs(u) > cancelled*math.Abs(a[k])
		}
		return ok
	case opMul:
		for k := range v {
			u := a[k] * b[k]
			v[k] = u
			ok = ok && math.Abs(u) < largest
		}
		return ok
	case opDiv:
		for k := range v {
			u := a[k] / b[k]
			v[k] = u
			ok = ok && math.Abs(u) < largest
		}
		return ok
	case opCube:
		for k := range v {
			v[k] = a[k] * a[k] * a[k]
		}
	case opTan:
		apply(v, a, math.Tan)
	case opTanh:
		apply(v, a, math.Tanh)
	case opAsin:
		apply(v, a, math.Asin)
	case opAcos:
		apply(v, a, math.Acos)
	case opAtan:
		apply(v, a, math.Atan)
	default:
		return evaluate(v, op, a, b)
	}
	for _, u := range v {
		ok = ok && math.Abs(u) < largest
	}
	return ok
}

func apply(v, a []float64, f func(float64) float64) {
	for k := range v {
		v[k] = f(a[k])
	}
}

// expr writes expression i.
func (x *Index) expr(i int32) *symbolic.Expr {
	n := x.nodes[i]
	switch {
	case n.op == opVar:
		return symbolic.Var(x.d.Names[n.a])
	case n.op == opOne:
		return symbolic.Int(1)
	case n.op >= opAdd && n.op <= opPow || n.op == opAddTwice || n.op == opSubTwice:
		return written(n.op, x.expr(n.a), x.expr(n.b))
	}
	return written(n.op, x.expr(n.a), nil)
}
