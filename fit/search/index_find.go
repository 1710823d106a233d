package search

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/kansym/kansym/symbolic"
)

// Output is an invertible function T of the target.
type Output struct {
	// Forward is T; NaN where it has no value.
	Forward func(y float64) float64
	// Inverse makes a formula for y of one for T(y); negative tells that all y
	// are below zero.
	Inverse func(e *symbolic.Expr, negative bool) *symbolic.Expr
	// OneSign tells that T has an inverse only if all y have one sign.
	OneSign bool
	Plain   bool // T(y) = y
	// Inverted tells that 1/T is looked for as well, so that quotients need not
	// be looked for both ways.
	Inverted bool
}

// form is how a target is composed of two expressions f and g and constants a, b.
type form uint8

const (
	formAlone  form = iota // a+b*f
	formTimes              // f*(a+b*g)
	formOver               // (a+b*g)/f
	formBelow              // f/(a+b*g)
	formSum                // a+k*f+b*g with one of the factors
	formInside             // a+b*h(f) with one of insides for h
)

// factors are the k of formSum, simple ones first. One of two coefficients has
// to be among them, the other one is free.
var factors = [...]struct{ p, q int64 }{{1, 1}, {-1, 1}, {2, 1}, {-2, 1}, {1, 2}, {-1, 2}}

// target is the wanted function of y on the rows of the index.
type target struct {
	t [indexRows]float64
	// moved is what t would be for slightly another y. Where that makes no
	// difference to a look-up, what is found says nothing about y.
	moved [indexRows]float64
	size  int
	lift  func(*symbolic.Expr) *symbolic.Expr // from t to y
}

type hit struct {
	target *target
	form   form
	factor int
	f, g   int32
	size   int
	expr   *symbolic.Expr
	left   float64 // mean square, over the variance of the target
}

const mostHits = 8

// hits are the shortest few of what was found, in the order found if equally
// long.
type hits struct{ list []hit }

func (h *hits) add(v hit) {
	at, _ := slices.BinarySearchFunc(h.list, v.size+1, func(a hit, size int) int { return cmp.Compare(a.size, size) })
	if at < mostHits {
		h.list = slices.Insert(h.list, at, v)
		h.list = h.list[:min(len(h.list), mostHits)]
	}
}

// shortest is the size of the shortest hit.
func (h *hits) shortest() int {
	if len(h.list) == 0 {
		return math.MaxInt32
	}
	return h.list[0].size
}

// mostFound is how many formulas a search returns.
const mostFound = 3

// target is the target of the table on the rows of the index.
func (x *Index) target() *target {
	t := &target{lift: func(e *symbolic.Expr) *symbolic.Expr { return e }}
	for k, r := range x.rows {
		t.t[k] = x.d.Y[r]
		const visible = 1e3
		t.moved[k] = t.t[k] * (1 + visible*x.tol*[...]float64{1, -1, -1, 1, -1, 1, 1, -1}[k])
	}
	return t
}

// Find returns formulas for the target y of the table, shortest first, of the
// form that T(y) is made up of one expression of the index or of two: a+b*f,
// f*(a+b*g), (a+b*g)/f, f/(a+b*g) or a+k*f+b*g with k one of +-1, +-2 and +-1/2.
// The first one of two is among so many first expressions. All rows of the table
// agree with the formulas to about the digits of the target.
func (x *Index) Find(ctx context.Context, out Output, first int) []Candidate {
	var found hits
	if t, ok := x.target().through(out); ok {
		x.pairs(ctx, t, out, first, &found)
	}
	return found.candidates(mostFound)
}

// FindThree returns formulas as Find does after a third expression was taken off:
// of y, with y/s, y*s, y-s, y+s or y^s for the y of Find, of T(y) likewise, and of
// S(y) for the other outputs S with y-1 and y+1, as in log(1/y-1). s is one of
// the first so many expressions with few functions, and the first one of the
// other two is one of the first short expressions.
func (x *Index) FindThree(ctx context.Context, out Output, others []Output, thirds, short int) []Candidate {
	var found hits
	for _, t := range x.targets(out, others, thirds)[1:] {
		if ctx.Err() != nil {
			return nil
		}
		x.pairs(ctx, t, out, short, &found)
	}
	return found.candidates(mostFound)
}

// targets lists T(y), nil where it has no value, and then, each once, what is
// left of it when one of so many expressions is taken off, as FindThree says.
func (x *Index) targets(out Output, others []Output, thirds int) []*target {
	seen := map[[indexRows]float64]bool{}
	plain := x.target()
	// T may have values only where an amplitude was taken off.
	list := []*target{nil}
	outer, whole := plain.through(out)
	if whole {
		list[0], seen[outer.t] = outer, true
	}
	add := func(t *target, ok bool) {
		if ok && !seen[t.t] && !x.agrees(&t.t, &t.moved) {
			seen[t.t] = true
			list = append(list, t)
		}
	}
	through := func(t *target, ok bool) (*target, bool) {
		if !ok {
			return nil, false
		}
		return t.through(out)
	}
	for _, i := range x.thirds(thirds) {
		for p := range peel(len(peels)) {
			if whole {
				add(x.peeled(outer, p, i))
			}
			if out.Plain {
				continue
			}
			add(through(x.peeled(plain, p, i)))
			if x.nodes[i].op != opOne {
				continue
			}
			for _, o := range others {
				if t, ok := plain.through(o); ok && !o.Plain {
					add(through(x.peeled(t, p, i)))
				}
			}
		}
	}
	return list
}

// thirds lists the first expressions, of each size those without functions first.
func (x *Index) thirds(most int) []int32 {
	var list []int32
	for size := 1; size < len(x.ends) && len(list) < most; size++ {
		from, to := x.ofSize(size)
		for _, functions := range [...]bool{false, true} {
			for i := from; i < to; i++ {
				if x.nodes[i].function == functions {
					list = append(list, i)
				}
			}
		}
	}
	return list[:min(len(list), most)]
}

// through is the function T of a target; not ok where it has none.
func (t *target) through(out Output) (*target, bool) {
	if out.Plain {
		return t, true
	}
	n := &target{size: t.size + 1}
	negative, positive := true, true
	for k, v := range t.t {
		n.t[k], n.moved[k] = out.Forward(v), out.Forward(t.moved[k])
		negative, positive = negative && v < 0, positive && v > 0
		if !(math.Abs(n.t[k]) < 1e12) {
			return nil, false
		}
	}
	if out.OneSign && !negative && !positive {
		return nil, false
	}
	n.lift = func(e *symbolic.Expr) *symbolic.Expr { return t.lift(out.Inverse(e, negative)) }
	return n, true
}

// peel takes an expression s off a target.
type peel uint8

const (
	peelFactor  peel = iota // t = s*rest
	peelDivisor             // t = rest/s
	peelTerm                // t = rest+s
	peelMinus               // t = rest-s
	peelPower               // t = rest^(1/s)
)

var peels = [...]func(t, s float64) float64{
	peelFactor:  func(t, s float64) float64 { return t / s },
	peelDivisor: func(t, s float64) float64 { return t * s },
	peelTerm:    func(t, s float64) float64 { return t - s },
	peelMinus:   func(t, s float64) float64 { return t + s },
	peelPower: func(t, s float64) float64 {
		if t <= 0 {
			return math.NaN()
		}
		return math.Pow(t, s)
	},
}

// peeled is what is left of a target when expression i is taken off.
func (x *Index) peeled(t *target, p peel, i int32) (*target, bool) {
	s := x.nodes[i]
	if s.vars == 0 && p != peelTerm && p != peelMinus {
		return nil, false
	}
	n := &target{size: t.size + int(s.size) + 1}
	for k, v := range t.t {
		n.t[k], n.moved[k] = peels[p](v, x.vals[i][k]), peels[p](t.moved[k], x.vals[i][k])
		if !(math.Abs(n.t[k]) < 1e12) {
			return nil, false
		}
	}
	e := x.expr(i)
	n.lift = func(rest *symbolic.Expr) *symbolic.Expr {
		switch p {
		case peelFactor:
			rest = symbolic.Mul(e, rest)
		case peelDivisor:
			rest = symbolic.Div(rest, e)
		case peelTerm:
			rest = symbolic.Add(rest, e)
		case peelMinus:
			rest = symbolic.Sub(rest, e)
		case peelPower:
			rest = symbolic.Pow(rest, symbolic.Pow(e, symbolic.Int(-1)))
		}
		return t.lift(rest)
	}
	return n, true
}

// pairs looks up what a target leaves beside each of the first most expressions.
func (x *Index) pairs(ctx context.Context, t *target, out Output, most int, found *hits) {
	if g := x.lookUp(&t.t, x.least); g >= 0 {
		x.note(hit{target: t, form: formAlone, f: g, g: g, size: t.size + int(x.nodes[g].size)}, found)
	}
	most = min(most, len(x.nodes))
	for from := 0; from < most; {
		size := int(x.nodes[from].size)
		// A longer first one was found as the second one before.
		if ctx.Err() != nil || t.size+2*size > found.shortest() {
			return
		}
		const batch = 4096
		to := min(most, int(x.ends[size]), from+batch)
		x.beside(t, formTimes, 0, from, to, found)
		x.beside(t, formOver, 0, from, to, found)
		if !out.Inverted {
			x.beside(t, formBelow, 0, from, to, found)
		}
		for k := range factors {
			x.beside(t, formSum, k, from, to, found)
		}
		from = to
	}
}

// beside looks up what a target leaves beside expressions from to to.
func (x *Index) beside(t *target, how form, factor, from, to int, found *hits) {
	const batch = 256
	var rest [batch][4]float64
	k := float64(factors[factor].p) / float64(factors[factor].q)
	cell, edge, filter, shift := x.cell, cellEdge*x.cell, x.filter, x.shift
	t0, t1, t2, t3 := t.t[0], t.t[1], t.t[2], t.t[3]
	for ; from < to; from += batch {
		vals := x.vals[from:min(to, from+batch)]
		switch how {
		case formTimes:
			for i := range vals {
				f := &vals[i]
				rest[i] = [4]float64{t0 / f[0], t1 / f[1], t2 / f[2], t3 / f[3]}
			}
		case formOver:
			for i := range vals {
				f := &vals[i]
				rest[i] = [4]float64{t0 * f[0], t1 * f[1], t2 * f[2], t3 * f[3]}
			}
		case formBelow:
			for i := range vals {
				f := &vals[i]
				rest[i] = [4]float64{f[0] / t0, f[1] / t1, f[2] / t2, f[3] / t3}
			}
		case formSum:
			for i := range vals {
				f := &vals[i]
				rest[i] = [4]float64{t0 - k*f[0], t1 - k*f[1], t2 - k*f[2], t3 - k*f[3]}
			}
		}
		x.work.Add(int64(4 * len(vals)))
		for i := range vals {
			// As alikeShares and cells do it, with one division; what those
			// would turn down is turned down by pair.
			r := &rest[i]
			a, b, c := r[1]-r[0], r[2]-r[0], r[3]-r[0]
			u := math.Abs(a)
			if !(u > x.least*math.Abs(r[0])) {
				continue
			}
			ub, uc := u+math.Abs(b), u+math.Abs(c)
			w := math.Copysign(cell, a) / (ub * uc)
			h := alikeHash(int64(b*uc*w+edge), int64(c*ub*w+edge))
			if filter[h>>shift>>6]>>(h>>shift&63)&1 == 0 {
				continue
			}
			x.pair(t, how, factor, int32(from+i), found)
		}
	}
}

// rest is what a target leaves beside f on all rows of the index.
func (t *target) rest(how form, factor int, f *[indexRows]float64) (rest [indexRows]float64) {
	k := float64(factors[factor].p) / float64(factors[factor].q)
	for i, y := range t.t {
		switch how {
		case formAlone, formInside:
			rest[i] = y
		case formTimes:
			rest[i] = y / f[i]
		case formOver:
			rest[i] = y * f[i]
		case formBelow:
			rest[i] = f[i] / y
		case formSum:
			rest[i] = y - k*f[i]
		}
	}
	return rest
}

// pair looks up what a target leaves beside f, by all rows, and notes what holds
// in the whole table.
func (x *Index) pair(t *target, how form, factor int, f int32, found *hits) {
	if x.nodes[f].vars == 0 {
		return // found alone
	}
	rest := t.rest(how, factor, &x.vals[f])
	g := x.lookUp(&rest, x.least)
	if g < 0 || g == f && how == formSum || !x.gives(t, &rest, how, &x.vals[f], &x.vals[g]) {
		return
	}
	size := t.size + int(x.nodes[f].size) + int(x.nodes[g].size) + 1
	if factor > 1 {
		size++
	}
	x.note(hit{target: t, form: how, factor: factor, f: f, g: g, size: size}, found)
}

// gives reports whether rest = a+b*g gives the target back as well: the other
// way round errors may weigh more.
func (x *Index) gives(t *target, rest *[indexRows]float64, how form, f, g *[indexRows]float64) bool {
	a, b := x.line(rest, g)
	const slack = 30
	for k, y := range t.t {
		v := a + b*g[k]
		switch how {
		case formTimes:
			v *= f[k]
		case formOver:
			v /= f[k]
		case formBelow:
			v = f[k] / v
		case formSum:
			v += y - rest[k]
		}
		if !(math.Abs(v-y) <= slack*x.tol*scaleOf(&t.t, k)) {
			return false
		}
	}
	return true
}

// note adds a hit that holds on all rows of the table.
func (x *Index) note(h hit, found *hits) {
	if len(found.list) == mostHits && h.size >= found.list[mostHits-1].size {
		return
	}
	h.expr = x.formula(h)
	p, err := symbolic.Compile(h.expr, x.d.Names)
	if err != nil {
		return
	}
	// The constants are those of few rows, and what T amplifies is not weighed:
	// what is no accident is better by far.
	const slack, first = 1e3, 40
	ws := p.NewWorkspace()
	for _, rows := range [...]int{first, len(x.d.Y)} {
		d := x.d.Rows(0, min(rows, len(x.d.Y)))
		values := make([]float64, len(d.Y))
		if !p.Eval(ws, values, d.Cols, p.Params()) {
			return
		}
		sum := 0.0
		for i, v := range values {
			sum += (v - d.Y[i]) * (v - d.Y[i])
		}
		h.left = sum / float64(len(values)) / x.variance
		if !(math.Sqrt(h.left) <= slack*x.tol) {
			return
		}
	}
	found.add(h)
}

// candidates lists at most so many of the hits, each form once.
func (h *hits) candidates(most int) []Candidate {
	var out []Candidate
	shapes := map[uint64]bool{}
	for _, v := range h.list {
		if key := v.expr.Shape(); !shapes[key] && len(out) < most {
			shapes[key] = true
			out = append(out, Candidate{v.expr, v.left, v.size})
		}
	}
	return out
}

// formula writes a hit as a formula for the target.
func (x *Index) formula(h hit) *symbolic.Expr {
	f, g := &x.vals[h.f], &x.vals[h.g]
	written := x.expr(h.g)
	if h.form == formInside {
		values := insides[h.factor].values(g)
		g, written = &values, insides[h.factor].write(written)
		h.factor = 0
	}
	rest := h.target.rest(h.form, h.factor, f)
	p, q := factors[h.factor].p, factors[h.factor].q
	a, b := x.line(&rest, g)
	inner := symbolic.Mul(symbolic.Free(b), written)
	if a != 0 {
		inner = symbolic.Add(symbolic.Free(a), inner)
	}
	switch h.form {
	case formTimes:
		inner = symbolic.Mul(x.expr(h.f), inner)
	case formOver:
		inner = symbolic.Div(inner, x.expr(h.f))
	case formBelow:
		inner = symbolic.Div(x.expr(h.f), inner)
	case formSum:
		inner = symbolic.Add(inner, symbolic.Mul(symbolic.Rat(p, q), x.expr(h.f)))
	}
	return h.target.lift(inner)
}

// line fits t = a+b*g on the rows of the index; a is 0 where it does without.
func (x *Index) line(t, g *[indexRows]float64) (a, b float64) {
	var tt, tg, gg, mt, mg float64
	for k := range t {
		mt += t[k] / indexRows
		mg += g[k] / indexRows
	}
	for k := range t {
		tg += (t[k] - mt) * (g[k] - mg)
		gg += (g[k] - mg) * (g[k] - mg)
		tt += (t[k] - mt) * (t[k] - mt)
	}
	b = tg / gg
	a = mt - b*mg
	if math.Abs(a) <= 10*x.tol*math.Sqrt(tt) {
		return 0, b
	}
	return a, b
}
