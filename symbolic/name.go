package symbolic

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sort"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
)

// NameOptions steer NameNetwork. The zero value is useful.
type NameOptions struct {
	// Keep is how many named networks to return at most; 0 means 3.
	Keep int

	// Candidates is how many functions are considered for an edge; 0 means 5.
	Candidates int

	// Beam is how many partly named networks are followed at once; 0 means 3.
	Beam int

	// Rows bounds the rows that curves are sampled on and networks refitted
	// on while names are chosen, evenly spread over the data; 0 means 400. The
	// final constants are fitted on all rows.
	Rows int

	// MaxIter bounds the steps by which the rest of a network is refitted when
	// an edge gets its name; 0 means 10.
	MaxIter int
}

func (o NameOptions) withDefaults() NameOptions {
	set := func(v *int, standard int) {
		if *v <= 0 {
			*v = standard
		}
	}
	set(&o.Keep, 3)
	set(&o.Candidates, 5)
	set(&o.Beam, 3)
	set(&o.Rows, 400)
	set(&o.MaxIter, 10)
	return o
}

// Named is a network with a function's name on every edge, and its formula.
type Named struct {
	// Net has named edges, with the constants that naming ended with. An edge
	// that only a formula of several functions describes is still a spline in
	// it, and a sum may have become a product.
	Net *kan.Network

	// Expr is the simplified formula of Net, its constants fitted to all rows.
	Expr *Expr

	// RMSE is the weighted root mean square error of Expr on all rows, in
	// units of the target.
	RMSE float64

	// Bits is the description length of the target by Expr, by which results
	// are ranked.
	Bits float64

	// Edges has a row for every edge that is there.
	Edges []EdgeRow

	// What the edges were chosen from, and the formulas among it.
	choices  map[place][]choice
	formulas map[place]*Expr
}

// edgeDigits is the number of digits of the constants of a formula that stands
// in place of a name.
const edgeDigits = 4

// NameNetwork puts a name of the set to every spline of a trained network and
// returns the best networks and formulas found, best first. Edges that are named
// and Fixed stay as they are; others that are named are refitted. names are the
// variables of the formula (nil: net.Inputs), data the rows the network was
// trained on, held-out rows included if there are any. net is not changed.
//
// Every edge's curve is matched where the data are, each point weighed by what
// it contributes to the output. Names are then chosen in context, never edge by
// edge: first whole combinations of good matches, in the order of their
// joint description length, are turned into formulas and refitted on raw data,
// which ends the work when one is exact; else a beam search names one edge at a
// time, refits what is left of the splines around it, and goes on from the
// networks of least description length.
//
// The scale and shift of a hidden node are free, and so are those of matches
// c*f(a*x+b)+d. What is left of the choice of a gauge is between a sum and a
// product: where both are possible, the curves of the other one are tried too,
// as the powers of a product or a root of 1-v^2 among them have names that their
// logarithms have not. An edge that no single function describes may get a
// formula of MatchUnivariate.
//
// It returns an error when the network or the data are not usable, or when no
// combination of names gives a finite formula; what was found before ctx ended
// is returned without one.
func NameNetwork(ctx context.Context, net *kan.Network, data kan.Data, names []string, set *library.Set, opt NameOptions) ([]Named, error) {
	n, err := newNaming(net, data, names, set, opt)
	if err != nil {
		return nil, fmt.Errorf("name network: %w", err)
	}
	n.matchEdges(ctx)
	for _, search := range []func(context.Context){n.plain, n.gauges, n.composed, n.beam} {
		if search(ctx); n.exact() || ctx.Err() != nil {
			break
		}
	}
	if len(n.found) == 0 {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("name network: %w", err)
		}
		return nil, errors.New("name network: no names give a formula that is finite on the data")
	}
	return n.results(), nil
}

// A place is where an edge is in a network.
type place struct{ layer, from, to int }

func (p place) in(net *kan.Network) *kan.Edge { return net.Layers[p.layer].Edge(p.from, p.to) }

// A naming is the state of one call of NameNetwork.
type naming struct {
	net   *kan.Network
	names []string
	set   *library.Set
	opt   NameOptions

	all     Data     // every row
	some    Data     // the rows that choices are made on
	train   kan.Data // some, for refitting networks
	sd      float64  // of the target
	floor   float64  // error that counts as zero
	domains map[string]Interval

	splines []place           // edges to be named
	matches map[place][]Match // in net
	found   []Named
	seen    map[uint64]bool
	fits    fitter
}

func newNaming(net *kan.Network, data kan.Data, names []string, set *library.Set, opt NameOptions) (*naming, error) {
	if err := net.Check(); err != nil {
		return nil, err
	}
	if err := data.Check(); err != nil {
		return nil, err
	}
	if names == nil {
		names = net.Inputs
	}
	if len(names) != len(net.Inputs) || len(data.Cols) != len(names) {
		return nil, fmt.Errorf("%d names and %d columns for %d inputs", len(names), len(data.Cols), len(net.Inputs))
	}
	if set == nil {
		set = library.DefaultSet()
	}
	n := &naming{net: net, names: names, set: set, opt: opt.withDefaults(), seen: map[uint64]bool{},
		matches: map[place][]Match{}}
	n.all = Data{Names: names, Cols: data.Cols, Y: data.Y, W: data.W}
	if len(data.HeldY) > 0 {
		n.all = withHeld(n.all, data)
	}
	n.some = thinData(n.all, n.opt.Rows)
	n.train = kan.Data{Cols: n.some.Cols, Y: n.some.Y, W: n.some.W}
	n.domains = IntervalsOf(n.all)
	size := 0.0
	n.sd, size = spreadOf(n.all)
	n.floor = math.Hypot(relativeFloor*n.sd, 4e-16*size)
	for l, layer := range net.Layers {
		for k, e := range layer.Edges {
			if e.Kind == kan.Spline {
				n.splines = append(n.splines, place{l, k % layer.In, k / layer.In})
			}
		}
	}
	return n, nil
}

// withHeld appends the held-out rows of data.
func withHeld(d Data, data kan.Data) Data {
	out := Data{Names: d.Names, Y: append(append([]float64(nil), d.Y...), data.HeldY...)}
	for i, c := range d.Cols {
		out.Cols = append(out.Cols, append(append([]float64(nil), c...), data.HeldCols[i]...))
	}
	if d.W == nil && data.HeldW == nil {
		return out
	}
	ones := func(w []float64, n int) []float64 {
		if w != nil {
			return w
		}
		w = make([]float64, n)
		for i := range w {
			w[i] = 1
		}
		return w
	}
	out.W = append(append([]float64(nil), ones(d.W, len(d.Y))...), ones(data.HeldW, len(data.HeldY))...)
	return out
}

// thinData returns at most n rows, evenly spread.
func thinData(d Data, n int) Data {
	total := len(d.Y)
	if total <= n {
		return d
	}
	pick := func(col []float64) []float64 {
		if col == nil {
			return nil
		}
		out := make([]float64, n)
		for k := range out {
			out[k] = col[k*total/n]
		}
		return out
	}
	t := Data{Names: d.Names, Y: pick(d.Y), W: pick(d.W)}
	for _, c := range d.Cols {
		t.Cols = append(t.Cols, pick(c))
	}
	return t
}

// spreadOf returns the weighted standard deviation and the largest size of the
// target.
func spreadOf(d Data) (sd, size float64) {
	s := &sample{y: d.Y}
	if d.W != nil {
		s.rw = make([]float64, len(d.W))
		for i, w := range d.W {
			s.rw[i] = math.Sqrt(w)
		}
	}
	s.measure(0)
	return s.sd, s.size
}

// exact reports whether a formula was found that reproduces all rows to
// rounding.
func (n *naming) exact() bool {
	for _, f := range n.found {
		if f.RMSE <= 100*n.floor {
			return true
		}
	}
	return false
}

// results returns the best formulas with their tables.
func (n *naming) results() []Named {
	sort.SliceStable(n.found, func(i, j int) bool { return n.found[i].Bits < n.found[j].Bits })
	out := n.found[:min(len(n.found), n.opt.Keep)]
	for i := range out {
		out[i].Edges = n.rows(out[i].Net, out[i].choices, out[i].formulas)
	}
	return out
}

// rows returns the table of the edges of a named network, with errors against
// the curves that its names were chosen for.
func (n *naming) rows(named *kan.Network, of map[place][]choice, formulas map[place]*Expr) []EdgeRow {
	var rows []EdgeRow
	for l, layer := range named.Layers {
		for to := range layer.Out {
			for from := range layer.In {
				e := layer.Edge(from, to)
				if !e.Active() {
					continue
				}
				row := EdgeRow{Layer: l, From: from, To: to, Name: "spline", R2: 1, Alternatives: []Match{}}
				formula := formulas[place{l, from, to}]
				switch {
				case formula != nil:
					row.Name, row.A, row.C = formula.FormatDigits(library.LangExpr, edgeDigits), 1, 1
				case e.Kind == kan.Named:
					row.Name, row.A, row.B, row.C, row.D = e.Func.Name, e.A, e.B, e.C, e.D
				}
				for _, c := range of[place{l, from, to}] {
					switch {
					case c.formula != nil && c.formula == formula, c.formula == nil && c.match.Func.Name == row.Name:
						row.RMSE, row.R2 = c.match.RMSE, c.match.R2
					case c.formula == nil:
						row.Alternatives = append(row.Alternatives, c.match)
					}
				}
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// offer turns a network of named edges, and of splines with formulas, into a
// formula, refits it, and keeps what is new; of is what edges were chosen from. It returns the formula's error on
// the rows of choice, +Inf where it is not finite.
func (n *naming) offer(ctx context.Context, net *kan.Network, of map[place][]choice, formulas map[place]*Expr) float64 {
	e, err := formulaOf(net, n.names, formulas)
	if err != nil {
		return math.Inf(1)
	}
	e = Simplify(n.mergeExponents(Simplify(e, SimplifyOptions{Domains: n.domains})), SimplifyOptions{Domains: n.domains})
	key := StructureKey(e)
	if n.seen[key] {
		return math.Inf(1)
	}
	quick, err := Refit(ctx, e, n.some, RefitOptions{MaxIter: 60, Tol: 1e-9, NoCov: true})
	if err != nil || !isFinite(quick.RMSE) {
		return math.Inf(1)
	}
	n.seen[key] = true
	// Another fit is worth it when this one is among the best so far.
	if len(n.found) >= n.opt.Keep {
		sort.SliceStable(n.found, func(i, j int) bool { return n.found[i].Bits < n.found[j].Bits })
		if worst := n.found[n.opt.Keep-1]; quick.RMSE > 3*worst.RMSE+n.floor {
			return quick.RMSE
		}
	}
	fit, err := Refit(ctx, quick.Expr, n.all, RefitOptions{NoCov: true})
	if err != nil || !isFinite(fit.RMSE) {
		return quick.RMSE
	}
	n.found = append(n.found, Named{
		Net: net.Clone(), Expr: fit.Expr, RMSE: fit.RMSE, choices: of, formulas: formulas,
		Bits: DescriptionLength(fit.Expr, fit.RMSE*fit.RMSE*float64(len(n.all.Y)), len(n.all.Y), n.floor, len(n.names)),
	})
	return quick.RMSE
}

// mergeExponents turns (x^p*y^q)^r with fitted exponents and positive x and y
// into x^p*y^q. A product node that a power follows leaves one exponent too
// many, which no simplification without a fit may take out.
func (n *naming) mergeExponents(e *Expr) *Expr {
	s := &simplifier{domains: n.domains}
	return e.Map(func(e *Expr) *Expr {
		if e.Kind() != KindPow || !e.Args()[1].IsFree() || e.Args()[0].Kind() != KindMul {
			return e
		}
		r := e.Args()[1].Const()
		var factors []*Expr
		for _, f := range e.Args()[0].Args() {
			switch {
			case f.IsFree() && f.Const() > 0:
				factors = append(factors, Free(math.Pow(f.Const(), r)))
			case f.Kind() == KindPow && f.Args()[1].IsFree() && s.rangeOf(f.Args()[0]).positive():
				factors = append(factors, Pow(f.Args()[0], Free(f.Args()[1].Const()*r)))
			default:
				return e
			}
		}
		return Mul(factors...)
	})
}
