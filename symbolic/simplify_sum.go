package symbolic

// summand is a number times a product without number.
type summand struct {
	number *Expr
	rest   *Expr
}

// sum returns the normal form of a sum of normal forms.
func (s *simplifier) sum(args []*Expr) *Expr {
	flat := Add(args...)
	if flat.kind != KindAdd {
		return flat
	}
	var list []summand
	for _, t := range flat.args {
		f := split(t)
		n := f.number
		f.number = one
		list = collect(list, summand{n, f.expr()})
	}
	list = absorbConstants(list)
	list = s.pythagoras(list)
	list = s.mergeLogs(list)
	out := make([]*Expr, 0, len(list))
	for _, t := range list {
		if t.number.IsInt(0) || (t.number.kind == KindFloat && !t.number.free && t.number.v == 0) {
			continue
		}
		f := split(t.rest)
		if !f.number.IsInt(1) {
			// Collecting brought a number in.
			out = append(out, s.product([]*Expr{t.number, t.rest}))
			continue
		}
		f.number = t.number
		out = append(out, f.expr())
	}
	return Add(sortedTerms(out)...)
}

// collect adds t to the terms, merging like ones. Terms that contain free
// constants are like others in their numbers only: constants that happen to
// have equal values are not one constant.
func collect(list []summand, t summand) []summand {
	if !hasFree(t.rest) {
		for i, o := range list {
			if o.rest.Equal(t.rest) {
				if n, ok := plus(o.number, t.number); ok {
					list[i].number = n
					return list
				}
			}
		}
	}
	return append(list, t)
}

// absorbConstants lets free numbers take in what they cannot be told from: a
// free constant every term without variables, a free factor of a product the
// terms that differ from it by a constant factor.
func absorbConstants(list []summand) []summand {
	for i := 0; i < len(list); i++ {
		if !list[i].number.IsFree() {
			continue
		}
		variable, own := variablePart(list[i].rest)
		if hasFree(variable) {
			continue
		}
		for j := 0; j < len(list); j++ {
			if j == i || hasFree(list[j].rest) {
				continue
			}
			v, c := variablePart(list[j].rest)
			if !v.Equal(variable) {
				continue
			}
			n, ok := freeValue(list[i].number.v*own + list[j].number.v*c)
			if !ok {
				continue
			}
			list[i], own = summand{n, variable}, 1
			list = append(list[:j], list[j+1:]...)
			if j < i {
				i--
			}
			j--
		}
	}
	return list
}

// variablePart splits a product into the factors with variables and the value
// of the others.
func variablePart(e *Expr) (*Expr, float64) {
	if !hasVar(e) {
		return one, constValue(e)
	}
	f := split(e)
	value := f.number.v
	f.number = one
	list := f.list[:0:0]
	for _, g := range f.list {
		if x := g.expr(); hasVar(x) {
			list = append(list, g)
		} else {
			value *= constValue(x)
		}
	}
	f.list = list
	return f.expr(), value
}

// pythagoras uses sin(u)^2+cos(u)^2 = 1: a*sin^2+a*cos^2 = a and
// a-a*sin^2 = a*cos^2, times any common factor.
func (s *simplifier) pythagoras(list []summand) []summand {
	for i := range list {
		name, u, rest, ok := s.squareOfTrig(list[i])
		if !ok {
			continue
		}
		for j := range list {
			if j == i {
				continue
			}
			o := list[j]
			if other, v, r, ok := s.squareOfTrig(o); ok && other != name && v.Equal(u) && r.Equal(rest) && sameNumber(o.number, list[i].number, 1) {
				list[i].rest = rest
				return s.recollect(append(list[:j:j], list[j+1:]...))
			}
			if o.rest.Equal(rest) && sameNumber(o.number, list[i].number, -1) {
				opposite := "sin"
				if name == "sin" {
					opposite = "cos"
				}
				f, _ := builtinFunc(opposite)
				list[j].rest = s.product([]*Expr{rest, Pow(Call(f, u), Int(2))})
				return s.recollect(append(list[:i:i], list[i+1:]...))
			}
		}
	}
	return list
}

func (s *simplifier) recollect(list []summand) []summand {
	out := make([]summand, 0, len(list))
	for _, t := range list {
		out = collect(out, t)
	}
	return s.pythagoras(out)
}

// sameNumber reports whether a = sign*b, both fixed and exactly.
func sameNumber(a, b *Expr, sign float64) bool {
	return !a.IsFree() && !b.IsFree() && a.v == sign*b.v && a.kind == b.kind
}

// squareOfTrig takes a factor sin(u)^2 or cos(u)^2 out of a term.
func (s *simplifier) squareOfTrig(t summand) (name string, u, rest *Expr, ok bool) {
	if t.number.IsFree() || hasFree(t.rest) {
		return "", nil, nil, false
	}
	f := split(t.rest)
	for i, g := range f.list {
		if g.base.kind != KindCall || !g.exponent.IsInt(2) || (g.base.fn.Name != "sin" && g.base.fn.Name != "cos") || !isBuiltin(g.base.fn) {
			continue
		}
		r := factors{number: one}
		r.list = append(append(r.list, f.list[:i]...), f.list[i+1:]...)
		return g.base.fn.Name, g.base.args[0], r.expr(), true
	}
	return "", nil, nil, false
}

// mergeLogs turns c*log(u)+c*log(v) into c*log(u*v) and c*log(u)-c*log(v) into
// c*log(u/v): where both logarithms are finite u and v are positive.
func (s *simplifier) mergeLogs(list []summand) []summand {
	for i := range list {
		u, rest, ok := logOf(list[i])
		if !ok {
			continue
		}
		for j := i + 1; j < len(list); j++ {
			v, r, ok := logOf(list[j])
			if !ok || !r.Equal(rest) || hasFree(rest) {
				continue
			}
			var arg *Expr
			switch {
			case sameNumber(list[i].number, list[j].number, 1):
				arg = s.product([]*Expr{u, v})
			case sameNumber(list[i].number, list[j].number, -1):
				arg = s.product([]*Expr{u, s.power(v, minusOne)})
			default:
				continue
			}
			log, _ := builtinFunc("log")
			merged := s.product([]*Expr{list[i].number, rest, s.call(log, arg)})
			others := append(append(list[:i:i], list[i+1:j]...), list[j+1:]...)
			terms := []*Expr{merged}
			if merged.kind == KindAdd {
				terms = merged.args
			}
			for _, t := range terms {
				f := split(t)
				n := f.number
				f.number = one
				others = collect(others, summand{n, f.expr()})
			}
			return s.mergeLogs(others)
		}
	}
	return list
}

// logOf takes a factor log(u) out of a term with a fixed number.
func logOf(t summand) (u, rest *Expr, ok bool) {
	if t.number.IsFree() {
		return nil, nil, false
	}
	f := split(t.rest)
	for i, g := range f.list {
		if g.base.kind == KindCall && g.base.fn.Name == "log" && g.exponent.IsInt(1) && isBuiltin(g.base.fn) {
			r := factors{number: one}
			r.list = append(append(r.list, f.list[:i]...), f.list[i+1:]...)
			return g.base.args[0], r.expr(), true
		}
	}
	return nil, nil, false
}
