package symbolic

import (
	"fmt"
	"math"

	"github.com/kansym/kansym/library"
)

// compiler lowers an expression into a Program. Equal operations on equal
// operands become one instruction (value numbering).
type compiler struct {
	p     *Program
	names map[string]int32
	known map[instr]int32
}

// maxChain is the largest integer exponent that becomes multiplications: up to
// it they are faster than math.Pow and lose about as many ulps as their number.
const maxChain = 16

func (c *compiler) emit(in instr) int32 {
	if in.op == opAdd || in.op == opMul {
		// Sums and products commute bit for bit: one order, scalars second.
		av, bv := c.p.isVec[in.a], c.p.isVec[in.b]
		if (av == bv && in.a > in.b) || (!av && bv) {
			in.a, in.b = in.b, in.a
		}
	}
	if in.op != opParam {
		if i, ok := c.known[in]; ok {
			return i
		}
	}
	i := int32(len(c.p.code))
	c.p.code = append(c.p.code, in)
	var vec, par bool
	switch in.op {
	case opConst:
	case opParam:
		par = true
	case opVar:
		vec = true
	default:
		vec = c.p.isVec[in.a] || c.p.isVec[in.b]
		par = c.p.needP[in.a] || c.p.needP[in.b]
	}
	c.p.isVec = append(c.p.isVec, vec)
	c.p.needP = append(c.p.needP, par)
	c.p.needX = append(c.p.needX, vec)
	c.known[in] = i
	return i
}

func (c *compiler) constant(v float64) int32 { return c.emit(instr{op: opConst, c: v}) }
func (c *compiler) unary(op opcode, a int32) int32 {
	return c.emit(instr{op: op, a: a, b: a})
}

func (c *compiler) binary(op opcode, a, b int32) int32 {
	return c.emit(instr{op: op, a: a, b: b})
}

// finish sorts the instructions into those run once a call and those run for
// every block.
func (c *compiler) finish() {
	for i, in := range c.p.code {
		if in.op <= opVar {
			continue
		}
		if c.p.isVec[i] {
			c.p.vector = append(c.p.vector, int32(i))
		} else {
			c.p.scalar = append(c.p.scalar, int32(i))
		}
	}
}

func (c *compiler) lower(e *Expr) (int32, error) {
	switch e.kind {
	case KindRational, KindPi:
		return c.constant(e.v), nil
	case KindFloat:
		if !e.free {
			return c.constant(e.v), nil
		}
		i := c.emit(instr{op: opParam, a: int32(len(c.p.start))})
		c.p.start = append(c.p.start, e.v)
		c.p.parOf = append(c.p.parOf, i)
		return i, nil
	case KindVar:
		k, ok := c.names[e.name]
		if !ok {
			return 0, fmt.Errorf("no column for variable %s", e.name)
		}
		i := c.emit(instr{op: opVar, a: k})
		c.p.varOf[k] = i
		return i, nil
	case KindAdd:
		return c.lowerSum(e)
	case KindMul:
		i, neg, err := c.lowerProduct(e)
		if neg {
			i = c.unary(opNeg, i)
		}
		return i, err
	case KindPow:
		return c.lowerPow(e)
	case KindCall:
		a, err := c.lower(e.args[0])
		if err != nil {
			return 0, err
		}
		return c.emit(instr{op: opCall, fast: fastOf(e.fn), fn: e.fn, a: a, b: a}), nil
	}
	return 0, fmt.Errorf("unknown kind of node %d", e.kind)
}

func (c *compiler) lowerSum(e *Expr) (int32, error) {
	sum := int32(-1)
	for _, t := range e.args {
		var i int32
		var neg bool
		var err error
		if t.kind == KindMul {
			i, neg, err = c.lowerProduct(t)
		} else {
			i, err = c.lower(t)
		}
		switch {
		case err != nil:
			return 0, err
		case sum < 0 && neg:
			sum = c.unary(opNeg, i)
		case sum < 0:
			sum = i
		case neg:
			sum = c.binary(opSub, sum, i)
		default:
			sum = c.binary(opAdd, sum, i)
		}
	}
	return sum, nil
}

// lowerProduct lowers a product into numerator over denominator, scalars first,
// and returns whether the result is still to be negated.
func (c *compiler) lowerProduct(e *Expr) (i int32, neg bool, err error) {
	num := [2]int32{-1, -1} // of scalars, of blocks
	den := num
	times := func(acc *[2]int32, f int32) {
		k := 0
		if c.p.isVec[f] {
			k = 1
		}
		if acc[k] < 0 {
			acc[k] = f
		} else {
			acc[k] = c.binary(opMul, acc[k], f)
		}
	}
	for _, f := range e.args {
		if f.IsInt(-1) {
			neg = !neg
			continue
		}
		acc := &num
		if f.kind == KindPow && f.args[1].IsConst() && !f.args[1].IsFree() && f.args[1].v < 0 {
			acc = &den
			if f.args[1].IsInt(-1) {
				f = f.args[0]
			} else {
				f = Pow(f.args[0], Neg(f.args[1]))
			}
		}
		var i int32
		if i, err = c.lower(f); err != nil {
			return 0, false, err
		}
		times(acc, i)
	}
	join := func(acc [2]int32) int32 {
		switch {
		case acc[0] < 0:
			return acc[1]
		case acc[1] < 0:
			return acc[0]
		}
		return c.binary(opMul, acc[1], acc[0])
	}
	n, d := join(num), join(den)
	if n < 0 {
		n = c.constant(1)
	}
	if d >= 0 {
		n = c.binary(opDiv, n, d)
	}
	return n, neg, nil
}

func (c *compiler) lowerPow(e *Expr) (int32, error) {
	base, err := c.lower(e.args[0])
	if err != nil {
		return 0, err
	}
	x := e.args[1]
	if x.kind == KindRational || (x.kind == KindFloat && !x.free) {
		// Integer and half-integer exponents need no math.Pow.
		twice := 2 * x.v
		if n := int(math.Abs(twice)); twice == math.Trunc(twice) && n > 0 && n <= 2*maxChain {
			i := int32(-1)
			if n > 1 {
				i = c.chain(base, n/2)
			}
			if n%2 == 1 {
				root := c.unary(opSqrt, base)
				if i < 0 {
					i = root
				} else {
					i = c.binary(opMul, i, root)
				}
			}
			if x.v < 0 {
				i = c.binary(opDiv, c.constant(1), i)
			}
			return i, nil
		}
	}
	exponent, err := c.lower(x)
	if err != nil {
		return 0, err
	}
	return c.binary(opPow, base, exponent), nil
}

// chain multiplies out base^n by squaring; powers of one base share factors.
func (c *compiler) chain(base int32, n int) int32 {
	if n == 1 {
		return base
	}
	half := c.chain(base, n/2)
	i := c.binary(opMul, half, half)
	if n%2 == 1 {
		i = c.binary(opMul, i, base)
	}
	return i
}

// fastFunc selects a loop that calls a function of package math directly
// instead of through library.Func.
type fastFunc uint8

const (
	fastNone fastFunc = iota
	fastSin
	fastCos
	fastExp
	fastLog
	fastTanh
	fastAbs
	fastSqrt
)

func fastOf(f *library.Func) fastFunc {
	// A user may have a function of the same name.
	if b, ok := library.Lookup(f.Name); !ok || b != f {
		return fastNone
	}
	switch f.Name {
	case "sin":
		return fastSin
	case "cos":
		return fastCos
	case "exp":
		return fastExp
	case "log":
		return fastLog
	case "tanh":
		return fastTanh
	case "abs":
		return fastAbs
	case "sqrt":
		return fastSqrt
	}
	return fastNone
}
