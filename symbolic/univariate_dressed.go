package symbolic

import (
	"cmp"
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/kansym/kansym/library"
)

// dresses are the polynomials that a seed f comes with: P(x)+Q(x)*f, given by
// the exponents of P and Q. Those of log(x) as well are for exponents of laws.
var dresses = [...]dress{
	{p: []float64{0, 1}, q: []float64{0}},
	{p: []float64{0}, q: []float64{0, 1}},
	{p: []float64{0, 1, 2, 3}, q: []float64{0}, plain: true},
	{p: []float64{0, 1}, q: []float64{0, 1, 2}},
	{p: []float64{0, -1, -2}, q: []float64{0, -1, -2}},
	{p: []float64{0, 1, -1}, q: []float64{0, 1, -1}, plain: true},
	{p: []float64{-3}, q: []float64{-3}},
	{p: []float64{-2}, q: []float64{-2}},
	{p: []float64{-1}, q: []float64{-1}},
	{p: []float64{-0.5}, q: []float64{-0.5}},
	{p: []float64{0.5}, q: []float64{0.5}},
	{p: []float64{1}, q: []float64{1}},
	{p: []float64{2}, q: []float64{2}},
	{p: []float64{3}, q: []float64{3}},
	{p: []float64{0}, log: true, q: []float64{0}, product: true},
	{p: []float64{0, 1}, log: true, q: []float64{0}, product: true},
}

type dress struct {
	p, q    []float64
	log     bool // log(x) is a part of P
	plain   bool // for y itself only
	product bool // for the logarithm of y only
}

// A target is a transform of y that a blend may be: y is sign*outer(blend).
type target struct {
	outer     *library.Func // nil for y itself
	sign      float64
	transform func(y float64) (t, dt float64)
	few       map[*sample]*sample
}

// targets lists y and those of its transforms that are defined.
func (u *univariate) targets() []*target {
	list := []*target{{sign: 1, transform: func(y float64) (float64, float64) { return y, 1 }}}
	positive, negative := true, true
	for _, y := range u.s.y {
		positive, negative = positive && y > 0, negative && y < 0
	}
	for _, inv := range inverses {
		outer, ok := u.outerFunc(inv.outer)
		if !ok {
			continue
		}
		for _, sign := range [...]float64{1, -1} {
			switch inv.outer {
			case "asin", "acos", "atan", "tanh", "log":
				if sign < 0 && inv.outer != "log" {
					continue // odd, or its own mirror image
				}
			case "sqrt", "exp", "1/x", "1/sqrt", "x^2", "1/x^2":
				if sign > 0 && !positive || sign < 0 && !negative || inv.outer == "1/x" && sign < 0 && positive {
					continue
				}
			default:
				continue
			}
			if u.s.through(inv.transform, sign) == nil {
				continue
			}
			list = append(list, &target{outer: outer, sign: sign, transform: inv.transform})
		}
	}
	return list
}

// of returns the sample with the target in place of y.
func (t *target) of(s *sample) *sample {
	if t.outer == nil {
		return s
	}
	if t.few == nil {
		t.few = map[*sample]*sample{}
	}
	if t.few[s] == nil {
		t.few[s] = s.through(t.transform, t.sign)
	}
	return t.few[s]
}

// A blended is a blend of a target with its error in units of y.
type blended struct {
	b       *blend
	t       *target
	rms, dl float64

	// Of one that is settled: the formula in blendArg, its values and the bits
	// that it takes.
	expr   *Expr
	values []float64
	cost   float64
}

// blendArg is the variable of a blend's formula.
const blendArg = "x"

// dressed tries P(x)+Q(x)*f for y and its transforms, where P and Q are short
// polynomials and f any seed.
func (u *univariate) dressed(ctx context.Context) {
	seeds := u.seeds()
	var field []blended
	for _, t := range u.targets() {
		s := t.of(u.coarse.s)
		if s == nil {
			continue
		}
		for i := range dresses {
			d := &dresses[i]
			if ctx.Err() != nil {
				return
			}
			if d.plain && t.outer != nil || d.product && (t.outer == nil || t.outer.Name != "exp") {
				continue
			}
			for _, b := range u.screen(s, d, seeds) {
				field = append(field, blended{b: b, t: t})
			}
		}
	}
	u.raceBlends(ctx, field)
}

// perDress is how many seeds of a dress go into the race.
const perDress = 12

// screen returns the best seeds of the dress, one of each form.
func (u *univariate) screen(s *sample, d *dress, seeds []seed) []*blend {
	n := len(s.x)
	if n <= len(d.p)+2*len(d.q)+mostTheta || !(s.sd > 0) {
		return nil
	}
	var base [][]float64
	put := func(col []float64) bool {
		before := math.Sqrt(floats.Dot(col, col))
		for _, q := range base {
			floats.AddScaled(col, -floats.Dot(q, col), q)
		}
		norm := math.Sqrt(floats.Dot(col, col))
		if !(norm > 1e-7*before) || !isFinite(norm) {
			return false
		}
		floats.Scale(1/norm, col)
		base = append(base, col)
		return true
	}
	sx := s.scale()
	lift := map[float64][]float64{}
	power := func(p float64) []float64 {
		if lift[p] == nil {
			col := make([]float64, n)
			for i, x := range s.x {
				col[i] = raised(x*sx, p) * s.root(i)
			}
			lift[p] = col
		}
		return lift[p]
	}
	for _, p := range d.p {
		if !put(slices.Clone(power(p))) {
			return nil
		}
	}
	if d.log {
		col := make([]float64, n)
		for i, x := range s.x {
			col[i] = math.Log(x*sx) * s.root(i)
		}
		if !(s.x[0] > 0) || !put(col) {
			return nil
		}
	}
	for _, q := range d.q {
		if floats.HasNaN(power(q)) || math.IsInf(floats.Norm(power(q), 2), 1) {
			return nil
		}
	}
	rest := make([]float64, n)
	for i, y := range s.y {
		rest[i] = y / s.size * s.root(i)
	}
	whole := floats.Dot(rest, rest)
	for _, q := range base {
		floats.AddScaled(rest, -floats.Dot(q, rest), q)
	}
	fixed := len(base)
	scratch := newColumns(n, 6)
	left := make([]float64, n)
	leaves := func(values [][]float64) float64 {
		base = base[:fixed]
		copy(left, rest)
		used := 0
		for _, v := range values {
			for _, q := range d.q {
				if used == len(scratch) {
					break
				}
				col := scratch[used]
				floats.MulTo(col, v, power(q))
				if !put(col) {
					continue
				}
				used++
				floats.AddScaled(left, -floats.Dot(col, left), col)
			}
		}
		if used == 0 {
			return math.Inf(1)
		}
		return floats.Dot(left, left) / whole
	}
	type ranked struct {
		left float64
		seed *seed
	}
	best := map[string]ranked{}
	var order []string
	for k := range seeds {
		sd := &seeds[k]
		remains := leaves(sd.values)
		if math.IsInf(remains, 1) {
			continue
		}
		if old, ok := best[sd.form]; !ok || remains < old.left {
			if !ok {
				order = append(order, sd.form)
			}
			best[sd.form] = ranked{remains, sd}
		}
	}
	for _, form := range order {
		if r := best[form]; r.seed.step > 0 {
			sd, remains := r.seed.improved(s.x, r.left, leaves)
			best[form] = ranked{remains, sd}
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(best[a].left, best[b].left) })
	var out []*blend
	// As many with one constant as with more, which come near more easily.
	var taken [mostTheta + 1]int
	for _, form := range order {
		if n := min(2, len(best[form].seed.theta)); taken[n] < perDress {
			taken[n]++
			out = append(out, d.blend(best[form].seed))
		}
	}
	return out
}

// blend returns P+Q*f.
func (d *dress) blend(sd *seed) *blend {
	b := &blend{theta: slices.Clone(sd.theta), pieces: slices.Clone(sd.pieces)}
	for _, p := range d.p {
		b.cols = append(b.cols, column{pow: p})
	}
	if d.log {
		b.cols = append(b.cols, column{log: true})
	}
	for _, out := range sd.outs {
		for _, q := range d.q {
			b.cols = append(b.cols, column{pow: q, pieces: []int{out}})
		}
	}
	b.coef = make([]float64, len(b.cols))
	return b
}
