package fit

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// result writes the state down for the caller.
func (s *state) result(t *table.Table) *Result {
	r := &Result{
		Version:     1,
		Target:      t.Names[t.Target],
		Rows:        t.Rows(),
		RowsUsed:    len(s.data.train.Y),
		RowsHeldout: len(s.data.all.Y),
		Seed:        s.opt.Seed,
		Structure:   []string{},
		Warnings:    append([]string{}, s.warnings...),
	}
	for i, n := range t.Names {
		if i != t.Target {
			r.Variables = append(r.Variables, Variable{Name: n, Column: t.Columns[i]})
		}
	}
	r.Sentinels = append([]table.Sentinel{}, t.Sentinels...)
	best := s.front.best()
	for _, c := range s.front.worthwhile(best) {
		k := s.candidate(c)
		r.Front = append(r.Front, k)
		if c == best {
			r.Best = k
		}
	}
	r.Noise.Estimate = s.noise() * s.unit
	r.Doubt = s.doubt(best)
	// The weights of a network have no unit of their own to put this one into.
	if s.net != nil && s.unit == 1 {
		r.Net = s.net.net
		r.Network = &NetworkInfo{Shape: r.Net.Shape(), RMSEHeldout: math.Sqrt(s.net.mse), Edges: []symbolic.EdgeRow{}}
		// The curves of a network that does not fit mean nothing.
		const fits = 0.1
		if r.Network.RMSEHeldout < fits*s.scale {
			r.Network.Edges = append(r.Network.Edges, EdgesInDataUnits(r.Net, s.net.edges)...)
		}
	}
	r.Found = append([]string{}, best.found...)
	// What leaves nothing but noise is as good as exact.
	law := best.exact || best == s.judged && s.white && r.Doubt == ""
	r.Structure = append(r.Structure, structure(best.expr, s.data.train.Names, law)...)
	if best.heldMSE > 4*best.trainMSE && !best.exact && len(s.data.held.Y) > 10 {
		r.Warnings = append(r.Warnings, "the held-out error is more than twice the training error: more rows would help")
	}
	if few := len(s.data.all.Y); few < 2 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("held-out rows: %d, which is a weak test: more rows would help", few))
	}
	r.Seconds = time.Since(s.start).Seconds()
	return r
}

// EdgesInDataUnits returns the rows of edges of a network, as package symbolic
// gives them, for inputs and a target as they are, without the powers of two
// that the network scales them by. rows is left alone.
func EdgesInDataUnits(net *kan.Network, rows []symbolic.EdgeRow) []symbolic.EdgeRow {
	out := slices.Clone(rows)
	last := len(net.Layers) - 1
	scaled := false
	for i := range out {
		row := &out[i]
		in, result := 1.0, 1.0
		if row.Layer == 0 {
			in = net.InputScale[row.From]
		}
		// Of the factors of a product one takes the scale of the target.
		if product := net.Layers[last].Ops[0] == kan.Product; row.Layer == last && !(product && scaled) {
			result, scaled = net.OutputScale, true
		}
		row.A *= in
		row.C *= result
		row.D *= result
		row.RMSE *= result
		row.Alternatives = slices.Clone(row.Alternatives)
		for k := range row.Alternatives {
			m := &row.Alternatives[k]
			m.A *= in
			m.C *= result
			m.D *= result
			m.RMSE *= result
		}
	}
	return out
}

// candidate describes a formula with its errors on every row of each part.
func (s *state) candidate(c *scored) *Candidate {
	searched := c // of the formula in the unit of the search
	if d, ok := s.inData(c); ok {
		c = d
	}
	k := &Candidate{
		Expression:        c.expr.Format(library.LangExpr),
		LaTeX:             c.expr.Format(library.LangLaTeX),
		Complexity:        c.complexity,
		Exact:             c.exact,
		RMSETrain:         math.Sqrt(searched.trainMSE),
		RMSEHeldout:       math.Sqrt(searched.heldMSE),
		DescriptionLength: c.bits,
		Expr:              c.expr,
		Constants:         []Constant{},
	}
	if mse, ok := errorOn(searched.expr, s.data.all); ok && len(s.data.all.Y) > 0 {
		k.RMSEHeldout = math.Sqrt(mse)
	}
	k.R2Train = r2(k.RMSETrain, s.scale)
	// About the mean of the held-out rows themselves no constant is above 0.
	k.R2Heldout = r2(k.RMSEHeldout, spread(s.data.all.Y, s.data.all.W))
	if k.R2Heldout == 0 && c.exact {
		k.R2Heldout = 1 // a single row, or equal ones
	}
	k.RMSETrain *= s.unit
	k.RMSEHeldout *= s.unit
	free := 0
	c.expr.Walk(func(n *symbolic.Expr) bool {
		if n.Kind() == symbolic.KindFloat {
			v := Constant{Value: n.Const()}
			if !n.IsFree() {
				// Others of the formula leave it undetermined.
				k.Constants = append(k.Constants, v)
				return true
			}
			if free < len(c.fit.StdErr) && finite(c.fit.StdErr[free]) {
				v.StdErr = c.fit.StdErr[free]
			}
			free++
			k.Constants = append(k.Constants, v)
		}
		return true
	})
	walked := slices.Clone(k.Constants)
	for i, at := range c.expr.DecimalOrder() {
		k.Constants[i] = walked[at]
	}
	for _, n := range c.snaps {
		k.Constants = append(k.Constants, Constant{Value: n.Value, StdErr: n.StdErr, Snapped: n.Form})
	}
	return k
}

// r2 is 1 - error^2/spread^2; 0 where the target does not vary.
func r2(rmse, spread float64) float64 {
	if spread == 0 || !finite(spread) {
		return 0
	}
	return 1 - (rmse/spread)*(rmse/spread)
}

// String is the formula with its held-out error, for messages.
func (c *Candidate) String() string {
	return fmt.Sprintf("%s (held-out RMSE %.3g)", c.Expression, c.RMSEHeldout)
}
