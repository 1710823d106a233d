package symbolic

import (
	"math"
	"slices"

	"github.com/kansym/kansym/library"
)

// pieceExpr writes the piece out over arg.
func (b *blend) pieceExpr(i int, arg *Expr) *Expr {
	p := &b.pieces[i]
	u := arg
	if p.product {
		return Mul(b.pieceExpr(p.of, arg), b.pieceExpr(p.by, arg))
	}
	if p.of != none {
		u = b.pieceExpr(p.of, arg)
	} else {
		u = powerOf(arg, p.pow)
	}
	a, shift := p.constants(b.theta)
	if p.a != none || a != 1 {
		u = Mul(constant(a, p.a != none), u)
	}
	if p.b != none {
		u = Add(u, Free(shift))
	}
	switch {
	case p.p != none:
		return Pow(u, Free(b.theta[p.p]))
	case p.f == nil:
		return u
	}
	return applyNamed(p.f, u, false)
}

func powerOf(arg *Expr, p float64) *Expr {
	switch p {
	case 0:
		return Int(1)
	case 1:
		return arg
	}
	return tidyPow(arg, exponent(p))
}

func (b *blend) columnExpr(c *column, arg *Expr, without int) *Expr {
	var factors []*Expr
	switch {
	case c.log:
		factors = append(factors, logarithm(arg))
	case c.pow != 0:
		factors = append(factors, powerOf(arg, c.pow))
	}
	for _, i := range c.pieces {
		if i != without {
			factors = append(factors, b.pieceExpr(i, arg))
		}
	}
	return Mul(factors...)
}

func logarithm(arg *Expr) *Expr {
	f, _ := library.Lookup("log")
	return Call(f, arg)
}

// expr writes the blend out over arg, columns with the same first piece
// together, and the sine and the cosine of one angle as one sine.
func (b *blend) expr(arg *Expr) *Expr {
	b = b.joined()
	var sum []*Expr
	done := make([]bool, len(b.cols))
	for j := range b.cols {
		if done[j] {
			continue
		}
		c := &b.cols[j]
		if len(c.pieces) == 0 {
			sum = append(sum, Mul(Free(b.coef[j]), b.columnExpr(c, arg, none)))
			continue
		}
		common := c.pieces[0]
		var inner []*Expr
		for k := j; k < len(b.cols); k++ {
			d := &b.cols[k]
			if !done[k] && len(d.pieces) > 0 && d.pieces[0] == common {
				done[k] = true
				inner = append(inner, Mul(Free(b.coef[k]), b.columnExpr(d, arg, common)))
			}
		}
		sum = append(sum, Mul(Add(inner...), b.pieceExpr(common, arg)))
	}
	return Add(sum...)
}

// joined returns the blend with c*sin(t)+d*cos(t) as a sine with a shift.
func (b *blend) joined() *blend {
	out := b.clone()
	last := func(c column) *piece {
		if len(c.pieces) == 0 {
			return &piece{}
		}
		return &out.pieces[c.pieces[len(c.pieces)-1]]
	}
	for i := 0; i < len(out.cols); i++ {
		p := last(out.cols[i])
		if p.f == nil || p.f.Name != "sin" || p.b != none {
			continue
		}
		for j := range out.cols {
			c, d := out.cols[i], out.cols[j]
			q := last(d)
			if q.f == nil || q.f.Name != "cos" || q.a != p.a || q.mult != p.mult || q.of != p.of || q.pow != p.pow || q.b != none ||
				c.pow != d.pow || len(c.pieces) != len(d.pieces) || !slices.Equal(c.pieces[:len(c.pieces)-1], d.pieces[:len(d.pieces)-1]) {
				continue
			}
			shifted := *p
			shifted.b = len(out.theta)
			out.theta = append(out.theta, math.Atan2(out.coef[j], out.coef[i]))
			out.coef[i] = math.Hypot(out.coef[i], out.coef[j])
			at := slices.Clone(c.pieces)
			at[len(at)-1] = len(out.pieces)
			out.pieces = append(out.pieces, shifted)
			out.cols[i].pieces = at
			out.cols, out.coef = slices.Delete(out.cols, j, j+1), slices.Delete(out.coef, j, j+1)
			if j < i {
				i--
			}
			break
		}
	}
	return out
}

// exponential writes exp of the blend out: logarithms become powers and the
// constant a factor.
func (b *blend) exponential(arg *Expr) *Expr {
	exp, _ := library.Lookup("exp")
	var factors, rest []*Expr
	for j := range b.cols {
		c, coef := &b.cols[j], b.coef[j]
		switch {
		case len(c.pieces) == 0 && c.pow == 0 && !c.log && math.Abs(coef) < 700:
			factors = append(factors, Free(math.Exp(coef)))
		case len(c.pieces) == 0 && c.log:
			factors = append(factors, Pow(arg, Free(coef)))
		case len(c.pieces) == 1 && c.pow == 0 && !c.log && b.pieces[c.pieces[0]].f != nil && b.pieces[c.pieces[0]].f.Name == "log":
			bare := b.clone()
			bare.pieces[c.pieces[0]].f = nil
			factors = append(factors, Pow(bare.pieceExpr(c.pieces[0], arg), Free(coef)))
		default:
			rest = append(rest, Mul(Free(coef), b.columnExpr(c, arg, none)))
		}
	}
	if len(rest) > 0 {
		factors = append(factors, Call(exp, Add(rest...)))
	}
	return Mul(factors...)
}
