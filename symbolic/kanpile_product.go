package symbolic

import (
	"fmt"
	"math"
	"slices"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
)

// A power is a factor of a product: base^exponent.
type power struct {
	base     wire
	exponent float64
	free     bool // the exponent is a free constant
}

// powerList is a product: the factors of nested products and powers in one list.
type powerList struct {
	scale  edgeConst
	powers []power
}

// product returns a product or a power; its numeric factor stays outside of its
// node.
func (b *kanpiler) product(e *Expr) (wire, error) {
	f := powerList{scale: exactOne}
	if err := b.collect(&f, e, 1, false); err != nil {
		return wire{}, err
	}
	return b.productOf(f)
}

// productOf multiplies the powers of f.
func (b *kanpiler) productOf(f powerList) (wire, error) {
	for {
		scale := f.scale
		var wires []wire
		for _, p := range f.powers {
			l, err := b.power(p.base, p.exponent, p.free)
			switch {
			case err != nil:
				return wire{}, err
			case l.isConst():
				scale = scale.times(l.d)
				continue
			case l.d == exactZero:
				scale = scale.times(l.c)
				l.c = exactOne
			}
			wires = append(wires, l)
		}
		if !isFinite(scale.v) {
			return foldedWire(scale.v, scale.free, "a product")
		}
		wires, changed := b.apart(exponentials(wires))
		if !changed {
			return b.productNode(scale, wires)
		}
		// What has a node of its own now may be a factor already.
		f = powerList{scale: scale}
		for _, l := range wires {
			f.add(l, 1, false)
		}
	}
}

func (b *kanpiler) productNode(scale edgeConst, wires []wire) (wire, error) {
	switch {
	case len(wires) == 0 || scale.v == 0 && !scale.free:
		return constantWire(scale), nil
	case len(wires) == 1:
		return wires[0].scaled(scale), nil
	}
	return identityWire(b.node(kan.Product, wires)).scaled(scale), nil
}

// collect adds the factors of e^exponent.
func (b *kanpiler) collect(f *powerList, e *Expr, exponent float64, free bool) error {
	// (u*v)^p = u^p*v^p and (u^q)^p = u^(q*p) hold for all real u and v only
	// if p is whole.
	whole := exponent == math.Trunc(exponent) && !free
	switch {
	case e.kind == KindMul && whole:
		for _, a := range e.args {
			if err := b.collect(f, a, exponent, free); err != nil {
				return err
			}
		}
		return nil
	case e.kind == KindPow && whole:
		q, err := b.wire(e.args[1])
		switch {
		case err != nil:
			return err
		case q.isConst():
			return b.collect(f, e.args[0], exponent*q.d.v, q.d.free)
		}
		l, err := b.variablePower(e.args[0], e.args[1])
		if err != nil {
			return err
		}
		f.add(l, exponent, free)
		return nil
	}
	l, err := b.wire(e)
	if err != nil {
		return err
	}
	f.add(l, exponent, free)
	return nil
}

// add multiplies by l^exponent.
func (f *powerList) add(l wire, exponent float64, free bool) {
	whole := exponent == math.Trunc(exponent) && !free
	if !l.isConst() && whole && l.d.v == 0 && !l.d.free && l.c.v != 0 {
		f.scale = f.scale.times(edgeConst{math.Pow(l.c.v, exponent), l.c.free})
		l.c = exactOne
		if l.fn.IsPower && l.b.v == 0 && !l.b.free && l.a.v == 1 && !l.a.free {
			exponent *= l.fn.Exponent
			l.fn = library.Power(1)
		}
	}
	for i, p := range f.powers {
		if !p.free && !free && !l.isConst() && !p.base.isConst() &&
			p.base.sameCurve(l) && p.base.c == l.c && p.base.d == l.d && !l.free() {
			f.powers[i].exponent += exponent
			return
		}
	}
	f.powers = append(f.powers, power{l, exponent, free})
}

// exponentials joins factors exp(a*s+b) of the same signal.
func exponentials(wires []wire) []wire {
	var out []wire
	for _, l := range wires {
		i := slices.IndexFunc(out, func(o wire) bool {
			return o.from == l.from && isExpWire(o) && isExpWire(l) && o.free() == l.free()
		})
		if i < 0 {
			out = append(out, l)
			continue
		}
		out[i].a, out[i].b = out[i].a.plus(l.a), out[i].b.plus(l.b)
	}
	return out
}

// isExpWire reports whether l is exp(a*s+b).
func isExpWire(l wire) bool { return l.fn.Name == "exp" && l.c == exactOne && l.d == exactZero }

// power returns l^p.
func (b *kanpiler) power(l wire, p float64, free bool) (wire, error) {
	switch {
	case l.isConst():
		return foldedWire(math.Pow(l.d.v, p), l.d.free || free, "a power")
	case !isFinite(p):
		return foldedWire(p, free, "a product of exponents")
	case p == 0 && !free:
		return constantWire(exactOne), nil
	case p == 1 && !free:
		return l, nil
	case isExpWire(l):
		l.a, l.b = l.a.times(edgeConst{p, free}), l.b.times(edgeConst{p, free})
		return l, nil
	}
	f, ok := powerFunction(p)
	if !ok {
		return b.exponential(l, edgeConst{p, free})
	}
	l, err := b.apply(f, l)
	l.a.free = l.a.free || free // the edge is not Fixed
	return l, err
}

// exponential returns l^p as exp(p*log(l)). A power of a negative number is real
// only if p is whole; whole numbers too long for a name are even.
func (b *kanpiler) exponential(l wire, p edgeConst) (wire, error) {
	calls := []string{"log", "exp"}
	if p.v == math.Trunc(p.v) {
		calls = []string{"abs", "log", "exp"}
	}
	for _, name := range calls {
		f, _ := library.Lookup(name)
		if name == "exp" {
			l = l.scaled(p)
		}
		var err error
		if l, err = b.apply(f, l); err != nil {
			return wire{}, err
		}
	}
	return l, nil
}

// powerFunction returns x^p, not ok if a model file could not name it.
func powerFunction(p float64) (*library.Func, bool) {
	f := library.Power(p)
	g, ok := library.Lookup(f.Name)
	return f, ok && (g.IsPower && g.Exponent == p || p == 0)
}

// variablePower returns base^exponent for an exponent that varies.
func (b *kanpiler) variablePower(base, exponent *Expr) (wire, error) {
	call := func(name string, arg *Expr) *Expr {
		f, _ := library.Lookup(name)
		return Call(f, arg)
	}
	signs, err := b.signsOf(base, exponent)
	if err != nil {
		return wire{}, err
	}
	if !signs.positive && !signs.negative && b.rows > 0 {
		return constantWire(exactZero), nil
	}
	size := base
	if signs.negative {
		size = call("abs", base)
	}
	l, err := b.wire(call("exp", Mul(exponent, logArgument(size, call))))
	if err != nil || !signs.odd {
		return l, err
	}
	// (-1)^n is cos(pi*n) for whole n.
	sign := call("cos", Mul(Pi(), exponent))
	if signs.positive {
		// Its factor, (1-sign(base))/2, is 0 where the base is positive.
		s, half := call("sign", base), Rat(1, 2)
		sign = Add(Mul(half, Add(Int(1), s)), Mul(half, Sub(Int(1), s), sign))
	}
	s, err := b.wire(sign)
	if err != nil {
		return wire{}, err
	}
	f := powerList{scale: exactOne}
	f.add(l, 1, false)
	f.add(s, 1, false)
	return b.productOf(f)
}

// logArgument returns log(e), that of exp(u) being u.
func logArgument(e *Expr, call func(string, *Expr) *Expr) *Expr {
	if e.kind == KindCall && e.fn.Name == "exp" && isCalledByName(e.fn) {
		return e.args[0]
	}
	return call("log", e)
}

// signs are those of the base of a power on the rows.
type signs struct {
	positive, negative bool
	odd                bool // some exponent of a negative base is odd
}

// signsOf finds out the signs of base, which may also be 0.
func (b *kanpiler) signsOf(base, exponent *Expr) (signs, error) {
	if b.rows == 0 {
		return signs{positive: true}, nil
	}
	x, err := b.values(base)
	if err != nil {
		return signs{}, err
	}
	p, err := b.values(exponent)
	if err != nil {
		return signs{}, err
	}
	var s signs
	for r, v := range x {
		switch {
		case v == 0 && p[r] == 0:
			return s, fmt.Errorf("compile a network: %s is 0^0 in row %d of the data, and exp(exponent*log(base)), by which a network computes a power with an exponent that varies, has no value there; leave such rows out", Pow(base, exponent), r+1)
		case v < 0:
			s.negative = true
			s.odd = s.odd || math.Mod(p[r], 2) != 0
		case v > 0:
			s.positive = true
		}
	}
	return s, nil
}
