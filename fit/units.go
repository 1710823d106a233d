package fit

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/symbolic"
)

// Squares and their sums leave the range of float64 long before numbers do. A
// target of such numbers is searched in a unit of its own, a power of ten, which
// changes the digits of no decimal, and formulas are given back in the unit of the
// data.

// ordinary is the exponent of ten up to which either way targets are searched as
// they are.
const ordinary = 60

// unitOf is the power of ten to search y in.
func unitOf(y []float64) float64 {
	const largest = 300
	lo, hi := bounds(y)
	size := max(-lo, hi)
	if size == 0 || !finite(size) {
		return 1
	}
	e := math.Floor(math.Log10(size))
	if math.Abs(e) <= ordinary {
		return 1
	}
	return math.Pow10(int(max(-largest, min(e, largest))))
}

// inUnit returns d with the target in a unit.
func inUnit(d symbolic.Data, unit float64) symbolic.Data {
	d.Y = mapped(d.Y, func(y float64) float64 { return y / unit })
	return d
}

// rescale changes the unit of the target of all parts.
func (p *parts) rescale(unit float64) {
	held, search := len(p.held.Y), len(p.search.Y)
	p.all = inUnit(p.all, unit)
	p.held = head(p.all, held)
	p.train = inUnit(p.train, unit)
	p.search = head(p.train, search)
}

// inData returns a candidate as a formula of the target in the unit of the data,
// with its errors left in that of the search; ok is false if it cannot be written
// or evaluated with float64. All decimals of a formula that was searched for are
// free in it.
func (s *state) inData(c *scored) (out *scored, ok bool) {
	if s.unit == 1 {
		return c, true
	}
	e := c.expr
	if s.opt.Refit != nil {
		affine := s.opt.Refit.AffineConstants()
		var nodes []*symbolic.Expr
		for i, v := range e.FreeValues() {
			if affine[i] {
				v *= s.unit
			}
			nodes = append(nodes, symbolic.Free(v))
		}
		e = s.opt.Refit.WithFree(nodes)
	} else {
		e = times(s.unit, e)
	}
	usable := true
	e.Walk(func(n *symbolic.Expr) bool {
		usable = usable && (n.Kind() != symbolic.KindFloat || finite(n.Const()) && n.Const() != 0)
		return usable
	})
	if !usable {
		return nil, false
	}
	for _, d := range []symbolic.Data{s.data.train, s.data.all} {
		p, err := symbolic.Compile(e, d.Names)
		if err != nil || !p.Eval(p.NewWorkspace(), make([]float64, len(d.Y)), d.Cols, p.Params()) {
			return nil, false
		}
	}
	n := *c
	n.expr, n.complexity, n.snaps = e, e.Complexity(), nil
	n.fit.StdErr = s.standardErrors(e)
	return &n, true
}

// times multiplies a formula by a number, its terms one by one.
func times(factor float64, e *symbolic.Expr) *symbolic.Expr {
	terms := []*symbolic.Expr{e}
	if e.Kind() == symbolic.KindAdd {
		terms = e.Args()
	}
	scaled := make([]*symbolic.Expr, len(terms))
	for i, t := range terms {
		v := factor
		var rest []*symbolic.Expr
		factors := []*symbolic.Expr{t}
		if t.Kind() == symbolic.KindMul {
			factors = t.Args()
		}
		for _, f := range factors {
			switch f.Kind() {
			case symbolic.KindFloat, symbolic.KindRational, symbolic.KindPi:
				v *= f.Const()
			default:
				rest = append(rest, f)
			}
		}
		scaled[i] = symbolic.Mul(append([]*symbolic.Expr{symbolic.Free(v)}, rest...)...)
	}
	return symbolic.Add(scaled...).Map(func(n *symbolic.Expr) *symbolic.Expr {
		if n.Kind() == symbolic.KindFloat {
			return symbolic.Free(n.Const())
		}
		return n
	})
}

// standardErrors are those of the free constants of a formula in the unit of the
// data. Constants of any size are varied by factors near 1, for the squares of
// their errors may be out of range.
func (s *state) standardErrors(e *symbolic.Expr) []float64 {
	values := e.FreeValues()
	if len(values) == 0 {
		return nil
	}
	size := make([]float64, len(values))
	nodes := make([]*symbolic.Expr, len(values))
	for i, v := range values {
		size[i], nodes[i] = math.Abs(v), symbolic.Mul(symbolic.Float(v), symbolic.Free(1))
		if v == 0 {
			size[i], nodes[i] = 1, symbolic.Free(0)
		}
	}
	f, err := symbolic.Refit(context.Background(), perUnit(e.WithFree(nodes), s.unit), s.data.train, symbolic.RefitOptions{MaxIter: 1})
	if err != nil || len(f.StdErr) != len(size) {
		return nil
	}
	out := make([]float64, len(size))
	for i, v := range f.StdErr {
		out[i] = v * size[i]
	}
	return out
}

// inSearch is the caller's formula for the target in the unit of the search. Its
// constants are those of the caller, but the ones that the target's unit is that of,
// which are in the unit of the search too.
func (s *state) inSearch() *symbolic.Expr {
	e := s.opt.Refit
	if s.unit == 1 {
		return e
	}
	affine := e.AffineConstants()
	var nodes []*symbolic.Expr
	for i, v := range e.FreeValues() {
		if affine[i] {
			// Refit needs no start for it but its sign.
			nodes = append(nodes, symbolic.Mul(symbolic.Float(s.unit), symbolic.Free(math.Copysign(1, v))))
			continue
		}
		nodes = append(nodes, symbolic.Free(v))
	}
	return perUnit(e.WithFree(nodes), s.unit)
}

// perUnit is e divided by a unit.
func perUnit(e *symbolic.Expr, unit float64) *symbolic.Expr {
	return symbolic.Mul(symbolic.Float(1/unit), e)
}

// representable leaves those candidates on the front that can be written in the
// unit of the data. The error says what to do if there are none.
func (s *state) representable(t *table.Table) error {
	if s.unit == 1 {
		return nil
	}
	// The factor makes some as long as others that are better.
	best := map[int]*scored{}
	for _, c := range s.front.list {
		if d, ok := s.inData(c); ok && (best[d.complexity] == nil || c.bits < best[d.complexity].bits) {
			best[d.complexity] = c
		}
	}
	s.front.list = slices.DeleteFunc(s.front.list, func(c *scored) bool {
		d, ok := s.inData(c)
		return !ok || best[d.complexity] != c
	})
	if len(s.front.list) > 0 {
		return nil
	}
	return s.outOfRange(t)
}

// outOfRange refuses a target whose numbers are too large or too small.
func (s *state) outOfRange(t *table.Table) error {
	lo, hi := bounds(t.Y())
	how := fmt.Sprintf("dividing it by %.0e", s.unit)
	if s.unit < 1 {
		how = fmt.Sprintf("multiplying it by %.0e", 1/s.unit)
	}
	return &table.Error{
		Source: t.Source, Column: t.Columns[t.Target],
		Problem: fmt.Sprintf("reaches from %g to %g, and formulas of such numbers leave the range of 64-bit floating-point numbers", lo, hi),
		Hint:    "express the column in another unit, as by " + how,
	}
}
