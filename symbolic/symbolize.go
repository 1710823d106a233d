package symbolic

import (
	"context"
	"fmt"
	"math"
	"sort"
	"time"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
)

// SymbolizeOptions steer Symbolize. The zero value is useful.
type SymbolizeOptions struct {
	// Name steers the search for names that fit together.
	Name NameOptions

	// Loss is the factor by which the held-out error may grow for the sake of
	// names; 0 means 1.1.
	Loss float64

	// KeepFixed leaves the constants of Fixed edges as they are.
	KeepFixed bool
}

// SymbolizeReport says what Symbolize did.
type SymbolizeReport struct {
	// Left are the edges that stayed splines as no name keeps the fit.
	Left []kan.EdgeID
	// Edges has a row for every edge, with what else came near its curve. Where
	// naming turned a hidden node into another power of what it was, or a sum
	// into a product, curves are those of the network after that change.
	Edges []EdgeRow
	// Before and After are the held-out errors, in units of the target.
	Before, After float64
	// Formula is set if a formula was found that describes the target as well
	// as the network, but some of whose edges are formulas of more than one
	// function, which an edge cannot carry: those edges are among Left.
	Formula *Expr
	// Interrupted tells that ctx ended the work.
	Interrupted bool
}

// Symbolize returns the network with names on all of its edges, chosen in
// context by NameNetwork on the training rows of data and with constants that
// Settle has brought into order. If no choice of names keeps the held-out error,
// edges are named one at a time, each with the rest refitted, and those stay
// splines for which no name of the set (nil: the default) does. Edges that are
// named keep their names, but their constants, also of Fixed ones, are fitted
// again with all others.
//
// net is left alone. The error is not nil when the network or the data are not
// usable. When ctx ends, what was reached so far is returned.
func Symbolize(ctx context.Context, net *kan.Network, data kan.Data, set *library.Set, opt SymbolizeOptions) (*kan.Network, SymbolizeReport, error) {
	if opt.Loss <= 0 {
		opt.Loss = 1.1
	}
	before, err := net.Summarize(data, 0)
	if err != nil {
		return nil, SymbolizeReport{}, fmt.Errorf("symbolize: %w", err)
	}
	s := &symbolizing{data: data, set: set, opt: opt, net: net.Clone(), held: before.RMSEHeldout}
	s.limit = opt.Loss * before.RMSEHeldout
	s.report.Before = before.RMSEHeldout
	s.report.Edges, err = DescribeEdges(ctx, net, trainingRows(data), set)
	if err != nil {
		return nil, SymbolizeReport{}, fmt.Errorf("symbolize: %w", err)
	}
	fixed := map[kan.EdgeID]bool{}
	for _, id := range s.net.EdgeIDs() {
		if e, _ := s.net.EdgeAt(id); e.Kind == kan.Named && e.Fixed && !opt.KeepFixed {
			// All constants are fitted together in the end.
			e.Fixed, fixed[id] = false, true
		}
	}
	if !s.together(ctx) {
		s.oneByOne(ctx)
	}
	s.finish(fixed)
	inFinalGauge(ctx, net, s.net, trainingRows(data), set, s.report.Edges)
	s.report.Interrupted = ctx.Err() != nil
	return s.net, s.report, nil
}

// A symbolizing is the state of one call of Symbolize.
type symbolizing struct {
	data  kan.Data
	set   *library.Set
	opt   SymbolizeOptions
	limit float64 // held-out error that a network with names may have

	net    *kan.Network
	held   float64
	report SymbolizeReport
}

func trainingRows(d kan.Data) kan.Data {
	d.HeldCols, d.HeldY, d.HeldW = nil, nil, nil
	return d
}

// together names all edges at once.
func (s *symbolizing) together(ctx context.Context) bool {
	if !hasSplines(s.net) {
		return s.take(ctx, s.net)
	}
	// Half of the time is left for naming edges one by one.
	search := ctx
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		search, cancel = context.WithTimeout(ctx, time.Until(end)/2)
		defer cancel()
	}
	named, err := NameNetwork(search, s.net, trainingRows(s.data), nil, s.set, s.opt.Name)
	if err != nil {
		return false // no names give a finite formula
	}
	for _, n := range named {
		if hasSplines(n.Net) {
			if s.report.Formula == nil && s.formulaError(n.Expr) <= s.limit {
				s.report.Formula = s.polished(ctx, n.Expr)
			}
			continue
		}
		if n.RMSE > hopeless*s.limit {
			continue
		}
		if s.take(ctx, n.Net) {
			s.report.Edges, s.report.Formula = n.Edges, nil
			return true
		}
	}
	return false
}

// hopeless is how many times the error that names may have is too much to be worth
// settling: constants that were fitted before do not gain that much by being
// fitted again, which takes longest where names are wrong.
const hopeless = 50

// take makes a network of named edges the result if it keeps the fit.
func (s *symbolizing) take(ctx context.Context, net *kan.Network) bool {
	settled, err := settle(ctx, net, trainingRows(s.data), func(fitted *kan.Network) bool {
		// Constants that become neutral hardly lower the error.
		const much = 3
		sum, err := fitted.Summarize(s.data, 0)
		return err == nil && sum.RMSEHeldout <= much*s.limit
	})
	if err != nil {
		return false
	}
	sum, err := settled.Summarize(s.data, 0)
	if err != nil || sum.RMSEHeldout > s.limit {
		return false
	}
	s.keep(settled, sum.RMSEHeldout)
	return true
}

// polished is a formula with its constants fitted to the training rows and made
// round where that explains the data.
func (s *symbolizing) polished(ctx context.Context, e *Expr) *Expr {
	d := Data{Names: s.net.Inputs, Cols: s.data.Cols, Y: s.data.Y, W: s.data.W}
	if short, err := RemoveRedundant(ctx, e, d); err == nil {
		e = short
	}
	fit, err := Refit(ctx, e, d, RefitOptions{})
	if err != nil {
		return e
	}
	snapped, _ := Snap(ctx, fit, d, SnapOptions{})
	return Simplify(snapped.Expr, SimplifyOptions{Domains: IntervalsOf(d)})
}

// formulaError is the error of a formula on the held-out rows.
func (s *symbolizing) formulaError(e *Expr) float64 {
	cols, y, w := s.data.HeldCols, s.data.HeldY, s.data.HeldW
	if len(y) == 0 {
		cols, y, w = s.data.Cols, s.data.Y, s.data.W
	}
	p, err := Compile(e, s.net.Inputs)
	if err != nil {
		return math.Inf(1)
	}
	pred := make([]float64, len(y))
	if !p.Eval(p.NewWorkspace(), pred, cols, e.FreeValues()) {
		return math.Inf(1)
	}
	ss, total := 0.0, 0.0
	for r, v := range pred {
		weight := 1.0
		if w != nil {
			weight = w[r]
		}
		ss += weight * (v - y[r]) * (v - y[r])
		total += weight
	}
	if rms := math.Sqrt(ss / total); isFinite(rms) {
		return rms
	}
	return math.Inf(1)
}

// oneByOne names one edge after the other, the one with the best match first,
// as long as the fit is kept.
func (s *symbolizing) oneByOne(ctx context.Context) {
	type try struct {
		id   kan.EdgeID
		left float64 // of the curve's variance by the best match
	}
	var tries []try
	for _, row := range s.report.Edges {
		id := kan.EdgeID{Layer: row.Layer, From: row.From, To: row.To}
		if e, err := s.net.EdgeAt(id); err == nil && e.Kind == kan.Spline {
			tries = append(tries, try{id, 1 - row.R2})
		}
	}
	sort.SliceStable(tries, func(i, j int) bool { return tries[i].left < tries[j].left })
	named := 0
	for _, t := range tries {
		if ctx.Err() != nil {
			return
		}
		if s.nameOne(ctx, t.id) {
			named++
		}
	}
	// With some names settled the others may now be found together.
	if named > 0 && ctx.Err() == nil {
		s.together(ctx)
	}
}

// namesTried is how many functions are tried on an edge at most.
const namesTried = 4

// nameOne gives an edge the simplest name that keeps the fit, and reports
// whether there is one. The straight line is always tried: a curve before or
// behind the edge may take over what bends it.
func (s *symbolizing) nameOne(ctx context.Context, id kan.EdgeID) bool {
	matches, err := matchEdgeAt(ctx, s.net, s.data, id, s.set, namesTried)
	if err != nil {
		return false
	}
	line := library.Power(1)
	tries := []*library.Func{line}
	sort.SliceStable(matches, func(i, j int) bool { return linkBits(matches[i]) < linkBits(matches[j]) })
	for _, m := range matches {
		if m.Func != line {
			tries = append(tries, m.Func)
		}
	}
	for _, f := range tries {
		if ctx.Err() != nil {
			return false
		}
		named, _, err := callEdge(ctx, s.net, s.data, id, f)
		if err != nil {
			continue
		}
		if sum, err := named.Summarize(s.data, 0); err == nil && sum.RMSEHeldout <= s.limit {
			s.keep(named, sum.RMSEHeldout)
			return true
		}
	}
	return false
}

// linkBits is the description length of a match's function, with the bits by
// which constants have to be known better that are larger than the curve and
// cancel: part of a tanh far out is no simple name for exp.
func linkBits(m Match) float64 {
	l := link{f: m.Func, a: m.A, b: m.B}
	bits := l.bits()
	sd := m.RMSE / math.Sqrt(math.Max(1-m.R2, 1e-300))
	if over := 2 * math.Log2(math.Abs(m.D)/(2*sd)); over > 0 && isFinite(over) {
		bits += over
	}
	return bits
}

// keep makes net the one to go on from. What was gained is not given away
// again.
func (s *symbolizing) keep(net *kan.Network, held float64) {
	s.net, s.held = net, held
	s.limit = math.Min(s.limit, s.opt.Loss*held)
}

// finish brings the report and the marks of edges up to date.
func (s *symbolizing) finish(fixed map[kan.EdgeID]bool) {
	rows := map[kan.EdgeID]EdgeRow{}
	for _, r := range s.report.Edges {
		rows[kan.EdgeID{Layer: r.Layer, From: r.From, To: r.To}] = r
	}
	s.report.Edges = nil
	for _, id := range s.net.EdgeIDs() {
		e, _ := s.net.EdgeAt(id)
		e.Fixed = e.Fixed || fixed[id] && e.Kind == kan.Named
		r := rows[id]
		r.Layer, r.From, r.To = id.Layer, id.From, id.To
		if e.Kind == kan.Spline {
			s.report.Left = append(s.report.Left, id)
			r.Name, r.A, r.B, r.C, r.D = "spline", 0, 0, 0, 0
		} else {
			r.Name, r.A, r.B, r.C, r.D = e.Func.Name, e.A, e.B, e.C, e.D
		}
		s.report.Edges = append(s.report.Edges, r)
	}
	s.report.After = s.held
}
