package symbolic

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/kansym/kansym/kan"
)

// neutral makes constants neutral where that costs nothing.
func (s *settling) neutral(ctx context.Context) {
	// Edges that say nothing first: they have no constants worth a trial.
	for i, k := range s.knobs {
		if k.what == 'c' {
			s.try(ctx, change{i, 0})
		}
	}
	// All shifts and offsets at once, then one kind, then one by one: with all
	// of them a fit has too many ways to be the same.
	for _, kinds := range []string{"bd", "b", "d"} {
		var all []change
		for i, k := range s.knobs {
			if strings.IndexByte(kinds, k.what) >= 0 && !s.held[i] {
				all = append(all, change{i, 0})
			}
		}
		if len(all) > 1 {
			s.try(ctx, all...)
		}
	}
	for _, what := range []byte{'b', 'd'} {
		for i, k := range s.knobs {
			if k.what == what {
				s.try(ctx, change{i, 0})
			}
		}
	}
	s.mergePowers()
	const near = 0.1 // of an exponent
	for i, k := range s.knobs {
		if k.what == 'p' {
			s.try(ctx, change{i, simpleExponent(s.values[i], near)})
		}
	}
	for _, what := range []byte{'a', 'c'} {
		for i, k := range s.knobs {
			if k.what == what {
				s.try(ctx, change{i, math.Copysign(1, s.values[i]) / s.unit(k)})
			}
		}
	}
}

// unit is the factor between a constant and what it is in units of the data.
func (s *settling) unit(k knob) float64 {
	last := len(s.net.Layers) - 1
	switch {
	case k.what == 'a' && k.p.layer == 0:
		return s.net.InputScale[k.p.from]
	case k.what == 'c' && k.p.layer == last && (s.net.Layers[last].Ops[0] == kan.Sum || k.p.from == s.firstFactor()):
		return s.net.OutputScale
	}
	return 1
}

// firstFactor is the node whose edge to the output takes the scale of the
// target, where the output is a product.
func (s *settling) firstFactor() int {
	layer := s.net.Layers[len(s.net.Layers)-1]
	for i := range layer.In {
		if layer.Edge(i, 0).Active() {
			return i
		}
	}
	return 0
}

// settleIter bounds the steps after a constant was changed.
const settleIter = 60

// A change is a value for a knob.
type change struct {
	knob  int
	value float64
}

// try gives knobs values for good if the others make up for it.
func (s *settling) try(ctx context.Context, changes ...change) {
	if ctx.Err() != nil {
		return
	}
	before, rms, held := slices.Clone(s.values), s.rms, slices.Clone(s.held)
	for _, c := range changes {
		if s.held[c.knob] {
			if len(changes) == 1 {
				return
			}
			continue
		}
		s.compensate(c)
		s.values[c.knob], s.held[c.knob] = c.value, true
		if k := s.knobs[c.knob]; k.what == 'c' && c.value == 0 {
			// What is left of the edge is d.
			for _, what := range []byte{'a', 'b', 'p'} {
				if i := s.knob(k.p, what); i >= 0 {
					s.held[i] = true
				}
			}
		}
	}
	s.fit(ctx, settleIter)
	n := float64(len(s.data.Y))
	if s.rms <= s.floor || 2*n*math.Log(s.rms/rms) <= math.Log(n) {
		return
	}
	s.values, s.rms, s.held = before, rms, held
	s.store(s.values)
}

// knob returns the index of a constant of an edge, -1 if it has none.
func (s *settling) knob(p place, what byte) int {
	for i, k := range s.knobs {
		if k.p == p && k.what == what {
			return i
		}
	}
	return -1
}

// value returns a constant of an edge.
func (s *settling) value(p place, what byte) float64 { return s.values[s.knob(p, what)] }

// compensate moves what a change takes out of a scale into constants that are
// free to take it up, where that is exact: the way there may be too long for a
// fit.
func (s *settling) compensate(c change) {
	k := s.knobs[c.knob]
	ratio := s.values[c.knob] / c.value
	if !isFinite(ratio) || !(ratio > 0) {
		return
	}
	layer := s.net.Layers[k.p.layer]
	e := k.p.in(s.net)
	switch {
	case k.what == 'a' && e.Func.IsPower && s.value(k.p, 'b') == 0:
		p := e.Func.Exponent
		if i := s.knob(k.p, 'p'); i >= 0 {
			p = s.values[i]
		}
		s.scale(k.p, 'c', math.Pow(ratio, p))
	case k.what == 'c' && layer.Ops[k.p.to] == kan.Product && s.value(k.p, 'd') == 0:
		if s.scaleAfter(k.p, ratio) {
			return
		}
		for from := range layer.In {
			if o := (place{k.p.layer, from, k.p.to}); from != k.p.from && o.in(s.net).Active() && s.scale(o, 'c', ratio) {
				s.values[s.knob(o, 'd')] *= ratio
				return
			}
		}
	}
}

// scale multiplies a constant of an edge unless it is held.
func (s *settling) scale(p place, what byte, by float64) bool {
	i := s.knob(p, what)
	if i < 0 || s.held[i] || !isFinite(s.values[i]*by) {
		return false
	}
	s.values[i] *= by
	return true
}

// scaleAfter multiplies the scales of all edges that leave the node behind an
// edge, if none of them is held.
func (s *settling) scaleAfter(p place, by float64) bool {
	edges := s.after(p)
	for _, o := range edges {
		if i := s.knob(o, 'a'); i < 0 || s.held[i] || !isFinite(s.values[i]*by) {
			return false
		}
	}
	for _, o := range edges {
		s.scale(o, 'a', by)
	}
	return len(edges) > 0
}

// after lists the edges that leave the node behind an edge.
func (s *settling) after(p place) []place {
	var out []place
	if p.layer+1 < len(s.net.Layers) {
		for to := range s.net.Layers[p.layer+1].Out {
			if o := (place{p.layer + 1, p.to, to}); o.in(s.net).Active() {
				out = append(out, o)
			}
		}
	}
	return out
}

// mergePowers turns the power of a product of powers into a product of powers
// where factors are positive, which is exact. Training settles on any exponent
// for such a node.
func (s *settling) mergePowers() {
	for l := 0; l+1 < len(s.net.Layers); l++ {
		for j := range s.net.Layers[l].Out {
			if s.net.Layers[l].Ops[j] == kan.Product {
				s.mergePower(l, j)
			}
		}
	}
}

func (s *settling) mergePower(l, j int) {
	layer := s.net.Layers[l]
	var factors []place
	for i := range layer.In {
		p := place{l, i, j}
		if e := p.in(s.net); e.Active() {
			if !s.plainPower(p) || s.value(p, 'd') != 0 {
				return
			}
			factors = append(factors, p)
		}
	}
	if len(factors) == 0 {
		return
	}
	after := s.after(factors[0])
	if len(after) != 1 || !s.plainPower(after[0]) {
		return
	}
	out := after[0]
	outer := out.in(s.net).Func.Exponent
	size := s.value(out, 'a')
	for _, p := range factors {
		size *= s.value(p, 'c')
	}
	if outer == 1 || !(size > 0) || !isFinite(math.Pow(size, outer)) {
		return
	}
	s.values[s.knob(out, 'c')] *= math.Pow(size, outer)
	s.values[s.knob(out, 'a')] = 1
	s.setExponent(out, 1)
	for _, p := range factors {
		s.values[s.knob(p, 'c')] = 1
		s.setExponent(p, p.in(s.net).Func.Exponent*outer)
	}
	s.store(s.values)
}

// plainPower reports whether an edge is c*(a*x)^p+d, none of it held but what is
// zero, and with a positive a*x on all rows where that matters.
func (s *settling) plainPower(p place) bool {
	e := p.in(s.net)
	if !e.Func.IsPower || e.Fixed || s.value(p, 'b') != 0 || s.held[s.knob(p, 'a')] || s.held[s.knob(p, 'c')] {
		return false
	}
	for _, v := range traceOf(s.net, s.data.Cols).values[p.layer][p.from] {
		if !(e.A*v > 0) {
			return false
		}
	}
	return true
}

// setExponent gives an edge a power with an exponent that may be fitted.
func (s *settling) setExponent(p place, exponent float64) {
	i := s.knob(p, 'p')
	if i < 0 {
		s.knobs = append(s.knobs, knob{p, 'p'})
		s.values, s.held = append(s.values, 0), append(s.held, false)
		i = len(s.knobs) - 1
	}
	s.values[i], s.held[i] = exponent, exponent == 1
}
