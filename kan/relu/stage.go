package relu

import (
	"math"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/bspline"
)

// stage is the rewriting of the curves of one layer of a KAN.
type stage struct {
	*builder
	in     []value // what the curves are applied to
	first  []unit  // of the first layer that is written
	second []unit  // of the second one; empty with plain ReLUs
	grids  map[gridKey]*gridUnits
	pairs  map[pairKey]int // where r(z) and r(-z) of named curves stand
	passed map[int]int     // units of the first layer that pass through the second
}

type gridKey struct {
	from int
	grid bspline.Grid
}

// gridUnits are the units of one grid: in the first layer r(u-k/pieces) from
// 0 up to N, and r(-u); in the second one r, r^2 and r^3 of v_j.
type gridUnits struct {
	below, ramps int // first of its kind in the first layer
	powers       int // first in the second layer
	down, up     int // r(-u) and r(u-N) in the second layer
}

type pairKey struct {
	from int
	a, b float64
	act  Activation
}

// prepare adds the units that an edge needs, whose name, if it has one, was checked.
func (s *stage) prepare(from int, e *kan.Edge) {
	if e.Kind == kan.Named {
		act, _ := namedActivation(e)
		if act == "" {
			return // a constant
		}
		key := pairKey{from, e.A, e.B, act}
		if _, ok := s.pairs[key]; !ok {
			s.pairs[key] = len(s.first)
			z := combine(e.B, part{e.A, s.in[from]})
			s.first = append(s.first, unit{z, act}, unit{combine(0, part{-1, z}), act})
		}
		return
	}
	key := gridKey{from, e.Spline.Grid}
	if s.grids[key] != nil {
		return
	}
	g := &gridUnits{below: len(s.first)}
	s.grids[key] = g
	inv := float64(key.grid.N) / (key.grid.Hi - key.grid.Lo)
	u := combine(-key.grid.Lo*inv, part{inv, s.in[from]})
	s.first = append(s.first, unit{combine(0, part{-1, u}), ReLU})
	g.ramps = len(s.first)
	k := max(s.pieces, 1)
	for j := range key.grid.N*k + 1 {
		s.first = append(s.first, unit{combine(-float64(j)/float64(k), part{1, u}), ReLU})
	}
}

// namedActivation returns with which activation a pair of units makes up a named
// curve, "" for a constant.
func namedActivation(e *kan.Edge) (act Activation, ok bool) {
	switch {
	case e.Func.Name == "1":
		return "", true
	case e.Func.Name == "abs" || e.Func.IsPower && e.Func.Exponent == 1:
		return ReLU, true
	case e.Func.IsPower && e.Func.Exponent == 2:
		return ReLU2, true
	case e.Func.IsPower && e.Func.Exponent == 3:
		return ReLU3, true
	}
	return "", false
}

// write emits the one or two layers of the stage.
func (s *stage) write() error {
	if len(s.first) == 0 {
		// Only constants; an empty layer would be no layer.
		s.first = append(s.first, unit{value{}, ReLU})
	}
	if err := s.emit(s.first); err != nil {
		return err
	}
	if s.pieces > 0 || len(s.grids) == 0 {
		return nil
	}
	s.passed = map[int]int{}
	pass := func(k int) int {
		at := len(s.second)
		s.second = append(s.second, unit{value{terms: []term{{k, 1}}}, ReLU})
		s.passed[k] = at
		return at
	}
	for k := 0; k < len(s.first); k++ { // in the order of the first layer
		for key, g := range s.grids {
			if g.below != k {
				continue
			}
			g.down = pass(g.below)
			g.powers = len(s.second)
			for j := range key.grid.N {
				v := value{terms: []term{{g.ramps + j, 1}, {g.ramps + j + 1, -1}}}
				s.second = append(s.second, unit{v, ReLU}, unit{v, ReLU2}, unit{v, ReLU3})
			}
			g.up = pass(g.ramps + key.grid.N)
		}
	}
	for k := 0; k < len(s.first); k++ {
		for _, at := range s.pairs {
			if at == k { // all values of the pair are positive and pass
				pass(at)
				pass(at + 1)
			}
		}
	}
	return s.emit(s.second)
}

// at is where a unit of the first layer is now.
func (s *stage) at(k int) int {
	if s.passed != nil {
		return s.passed[k]
	}
	return k
}

// edge returns the value of an edge that was prepared and written.
func (s *stage) edge(from int, e *kan.Edge) value {
	if e.Kind == kan.Named {
		return s.named(from, e)
	}
	sp := e.Spline
	g := s.grids[gridKey{from, sp.Grid}]
	v := value{bias: cubic(sp, 0)[0]}
	slope, bend := steepest(sp)
	inv := float64(sp.N) / (sp.Hi - sp.Lo)
	v.bound = slope * inv * s.in[from].bound
	first, last := cubic(sp, 0), cubic(sp, sp.N-1)
	end := last[1] + 2*last[2] + 3*last[3]
	if s.pieces == 0 {
		v.terms = append(v.terms, term{g.down, -first[1]})
		for j := range sp.N {
			p := cubic(sp, j)
			for k := range 3 {
				v.terms = append(v.terms, term{g.powers + 3*j + k, p[k+1]})
			}
		}
		v.terms = append(v.terms, term{g.up, end})
		return v
	}
	// The chords of the pieces, each a change of slope where it begins.
	k := s.pieces
	v.bound += bend / (8 * float64(k) * float64(k))
	v.terms = append(v.terms, term{g.below, -first[1]})
	before := 0.0
	for j := range sp.N * k {
		p, t := cubic(sp, j/k), float64(j%k)/float64(k)
		next := float64(j%k+1) / float64(k)
		chord := (at(p, next) - at(p, t)) * float64(k)
		v.terms = append(v.terms, term{g.ramps + j, chord - before})
		before = chord
	}
	v.terms = append(v.terms, term{g.ramps + sp.N*k, end - before})
	return v
}

func at(p [4]float64, t float64) float64 { return p[0] + t*(p[1]+t*(p[2]+t*p[3])) }

// steepest returns the largest sizes of the first and second derivative of a
// spline by the place in intervals. Both hold for its chords too.
func steepest(s *bspline.Spline) (slope, bend float64) {
	for j := range s.N {
		p := cubic(s, j)
		d := func(t float64) float64 { return math.Abs(p[1] + t*(2*p[2]+t*3*p[3])) }
		slope = max(slope, d(0), d(1))
		// Where the second derivative vanishes the first one is largest.
		if t := -p[2] / (3 * p[3]); t > 0 && t < 1 {
			slope = max(slope, d(t))
		}
		bend = max(bend, math.Abs(2*p[2]), math.Abs(2*p[2]+6*p[3]))
	}
	return slope, bend
}

// named returns the value of a named edge.
func (s *stage) named(from int, e *kan.Edge) value {
	act, _ := namedActivation(e)
	if act == "" {
		return value{bias: e.C + e.D}
	}
	k := s.pairs[pairKey{from, e.A, e.B, act}]
	odd := e.C
	if act != ReLU2 && e.Func.Name != "abs" {
		odd = -e.C
	}
	return value{
		terms: []term{{s.at(k), e.C}, {s.at(k + 1), odd}},
		bias:  e.D,
		// Only ReLU comes with an error in its argument.
		bound: math.Abs(e.C*e.A) * s.in[from].bound,
	}
}
