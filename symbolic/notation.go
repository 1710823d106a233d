package symbolic

import "math"

// notation is a formula as a reader sees it: with differences, quotients,
// negations and square roots, which Expr writes as sums, products and powers.
// All printers and Complexity work on it, so that what is counted is what is
// printed.
type notation struct {
	op   noteOp
	v    float64 // noteNum, noteRatio
	p, q int64   // noteRatio: the exact value
	name string  // noteVar
	expr *Expr   // noteCall: the call; noteNum: the constant it stands for
	args []*notation
}

type noteOp uint8

const (
	noteNum   noteOp = iota // a number that is not negative
	noteRatio               // an exact fraction written as a short decimal (x^1.5)
	notePi
	noteVar
	noteNeg  // -a
	noteAdd  // a+b
	noteSub  // a-b
	noteMul  // a*b
	noteDiv  // a/b
	notePow  // a^b
	noteSqrt // square root of a
	noteCall // f(a)
)

func node(op noteOp, args ...*notation) *notation { return &notation{op: op, args: args} }

// count returns the number of nodes. The minus of a number belongs to it.
func (n *notation) count() int {
	c := 1
	if n.op == noteNeg && n.args[0].startsWithNumber() {
		c = 0
	}
	for _, a := range n.args {
		c += a.count()
	}
	return c
}

// startsWithNumber reports whether a minus before n stands before a number that
// it can be part of; that of -2^x cannot.
func (n *notation) startsWithNumber() bool {
	for n.op == noteMul || n.op == noteDiv {
		n = n.args[0]
	}
	return n.op == noteNum || n.op == noteRatio
}

// startsWithPower reports whether the first thing that n prints is the base of a
// power, which a minus before n would belong to if it bound stronger.
func (n *notation) startsWithPower() bool {
	for n.op == noteMul || n.op == noteDiv {
		n = n.args[0]
	}
	return n.op == notePow
}

// note writes e in the notation of a reader.
func note(e *Expr) *notation {
	switch e.kind {
	case KindVar:
		return &notation{op: noteVar, name: e.name}
	case KindPi:
		return &notation{op: notePi}
	case KindAdd:
		return noteSum(e.args)
	case KindCall:
		return &notation{op: noteCall, expr: e, args: []*notation{note(e.args[0])}}
	}
	// Numbers, products and powers share one form: a sign, a numerator and a
	// denominator.
	negative, n := noteTerm(e)
	if negative {
		return node(noteNeg, n)
	}
	return n
}

// noteSum starts with the first term that has no minus sign, if there is one.
func noteSum(terms []*Expr) *notation {
	type term struct {
		negative bool
		n        *notation
	}
	list := make([]term, len(terms))
	first := -1
	for i, t := range terms {
		list[i].negative, list[i].n = noteTerm(t)
		if first < 0 && !list[i].negative {
			first = i
		}
	}
	if first > 0 {
		head := list[first]
		copy(list[1:first+1], list[:first])
		list[0] = head
	}
	sum := list[0].n
	if list[0].negative {
		sum = node(noteNeg, sum)
	}
	for _, t := range list[1:] {
		if t.negative {
			sum = node(noteSub, sum, t.n)
		} else {
			sum = node(noteAdd, sum, t.n)
		}
	}
	return sum
}

// noteTerm splits a sign off and writes the rest as numerator/denominator.
func noteTerm(e *Expr) (negative bool, n *notation) {
	factors := []*Expr{e}
	if e.kind == KindMul {
		factors = e.args
	}
	var over, under []*notation // factors of numerator and denominator
	for _, f := range factors {
		switch f.kind {
		case KindRational:
			negative = negative != (f.p < 0)
			p, q := max(f.p, -f.p), f.q
			style := ratioStyleOf(p, q)
			switch {
			case style == styleDecimal || len(factors) == 1 && isDecimal(p, q):
				over = append(over, ratio(p, q))
				continue
			case style == styleOver:
				under = append(under, ratio(q, p))
				continue
			}
			if p != 1 {
				over = append(over, number(float64(p), f))
			}
			if q != 1 {
				under = append(under, number(float64(q), f))
			}
		case KindFloat:
			negative = negative != math.Signbit(f.v)
			over = append(over, number(math.Abs(f.v), f))
		case KindPow:
			if x := f.args[1]; x.kind == KindRational && x.p < 0 || x.kind == KindFloat && x.v < 0 {
				under = append(under, notePower(f.args[0], Neg(x)))
			} else {
				over = append(over, notePower(f.args[0], x))
			}
		default:
			over = append(over, note(f))
		}
	}
	n = chain(over)
	if n == nil {
		n = number(1, nil)
	}
	if d := chain(under); d != nil {
		n = node(noteDiv, n, d)
	}
	return negative, n
}

// chain multiplies factors from left to right; nil for none.
func chain(factors []*notation) *notation {
	var product *notation
	for _, f := range factors {
		product = extend(product, f)
	}
	return product
}

// extend multiplies a product, nil for none, by f, or by its factors one by one,
// which saves parentheses.
func extend(product, f *notation) *notation {
	switch {
	case product == nil:
		return f
	case f.op == noteMul:
		return extend(extend(product, f.args[0]), f.args[1])
	}
	return node(noteMul, product, f)
}

// notePower writes base^exponent for an exponent that is not a negative number.
func notePower(base, exponent *Expr) *notation {
	if exponent.kind == KindRational {
		switch {
		case exponent.IsInt(1):
			return note(base)
		case exponent.p == 1 && exponent.q == 2:
			return node(noteSqrt, note(base))
		}
	}
	return node(notePow, note(base), note(exponent))
}

func ratio(p, q int64) *notation {
	return &notation{op: noteRatio, v: float64(p) / float64(q), p: p, q: q}
}

func number(v float64, e *Expr) *notation { return &notation{op: noteNum, v: v, expr: e} }
