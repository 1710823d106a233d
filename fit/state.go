package fit

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// state is what the stages share.
type state struct {
	opt     Options
	threads int
	start   time.Time
	library *library.Set

	data    parts
	domains map[string]symbolic.Interval
	scale   float64 // root mean square of the target about its mean, training rows

	unit float64 // of the target in data, see unitOf

	front    *front
	warnings []string

	// A reduced problem shares the front of the root, which assesses what lift
	// makes of its formulas. columns are the inputs of a reduced problem in
	// terms of those of the root.
	root    *state
	parent  *state // nil for the root
	dead    bool   // shown to be no reduction
	depth   int
	lift    func(*symbolic.Expr) *symbolic.Expr
	columns []*symbolic.Expr
	factor  *symbolic.Expr // of the target
	steps   []string       // how the reduced problem came about, in words
	key     string         // of columns and factor
	visited map[string]bool

	net  *trained   // the network of least held-out error so far
	flat []*trained // the networks of one layer of curves, best first
	tree *grownTree // see grown

	trained     map[int][]*view // networks of all inputs by width, see views
	unseenKnown float64         // see unseen; 0 for not known
	unseenLogs  float64         // likewise, of the logarithm of the target
	merged      bool            // whether merges were tried out
	divided     bool            // whether parts were looked for
	indexed     bool            // whether longer formulas were looked up by their values
	reached     float64         // share of the variance of the root's target that its networks leave

	// judged is the candidate that settled was last asked about, and white what
	// it found.
	judged   *scored
	searched bool // whether the search in the only input is over
	white    bool

	// assessed has the forms that earlier batches of tasks proposed. Within a
	// batch forms are assessed as often as they come, so that the outcome does
	// not depend on which task is first.
	assessed map[uint64]bool

	tolerance float64 // root mean square error that the values of a part may have, see divisions
	goal      float64 // at which the search for the part ends

	postponed map[int][]*scored // by class of length, see postpone

	beside sync.Once     // of moved
	moved  symbolic.Data // the training rows with inputs next to theirs, see abrupt

	mu    sync.Mutex
	stage string
}

func newState(d parts, opt Options) *state {
	s := &state{opt: opt, data: d, unit: 1, start: time.Now(), front: newFront(), assessed: map[uint64]bool{}, postponed: map[int][]*scored{}, reached: 1}
	s.root, s.factor, s.visited = s, symbolic.Int(1), map[string]bool{}
	s.lift = func(e *symbolic.Expr) *symbolic.Expr { return e }
	s.threads = opt.Threads
	if s.threads <= 0 {
		s.threads = runtime.NumCPU()
	}
	s.library = opt.Library
	if s.library == nil {
		s.library = library.DefaultSet()
	}
	s.domains = symbolic.IntervalsOf(d.train)
	s.scale = spread(d.train.Y, d.train.W)
	return s
}

// floor is the error, relative to the spread of the target, below which
// formulas are not told apart: rounding in the evaluation of the formula and
// in the file's decimals makes up the rest.
const floor = 1e-13

// exactError is the relative error below which a formula counts as the law
// itself. A true formula with its constants fitted reaches 1e-13 to 1e-16, and
// wrong ones stop between 1e-3 and 1e-6.
const exactError = 1e-11

// With more than mostLawConstants free constants a smooth function of a narrow
// range is approximated to nearly that error, and only rounding is good enough.
const (
	mostLawConstants = 6
	manyExactError   = 1e-13
)

// assess fits the free constants of e to the training rows and measures it. It
// returns nil when the formula cannot be used: undefined on some row, larger
// than allowed, or seen before.
func (s *state) assess(ctx context.Context, e *symbolic.Expr) *scored {
	// Decimals in a proposal are starting values, whoever fixed them.
	e = symbolic.Simplify(e.Map(func(n *symbolic.Expr) *symbolic.Expr {
		if n.Kind() == symbolic.KindFloat {
			return symbolic.Free(n.Const())
		}
		return n
	}), symbolic.SimplifyOptions{Domains: s.domains})
	key := e.Shape()
	if s.assessed[key] {
		return nil
	}
	if p := len(e.FreeValues()); p > 0 && 2*p > len(s.data.train.Y) {
		return nil
	}
	f, err := symbolic.Refit(ctx, e, s.data.search, symbolic.RefitOptions{})
	if err != nil {
		return nil
	}
	if len(s.data.train.Y) > len(s.data.search.Y) {
		if s.dominated(f) {
			return nil
		}
		if f, err = symbolic.Refit(ctx, f.Expr, s.data.train, symbolic.RefitOptions{}); err != nil {
			return nil
		}
	}
	c := s.measure(f)
	if c == nil {
		return nil
	}
	if c.exact {
		c = s.polish(ctx, c)
	}
	c.key = key
	if s.opt.MaxComplexity > 0 && c.complexity > s.opt.MaxComplexity {
		return nil
	}
	// Nobody reads what is longer, unless it is the law.
	const readable = 100
	if !c.exact && c.complexity > readable {
		return nil
	}
	return c
}

// dominated reports whether a formula fitted to the rows for trying hypotheses is so
// much worse than a simpler one on the front that the other rows cannot change
// that, nor polishing, which saves a few nodes. Rows that do not belong to the others
// may be what makes it look bad.
func (s *state) dominated(f symbolic.Fit) bool {
	const luck, saved, hopeless = 6, 4, 200
	d := s.data.search
	size := f.Expr.Complexity() - saved
	for _, o := range s.front.list {
		if o.complexity > size {
			break
		}
		least := f.RMSE * f.RMSE / (1 + luck*math.Sqrt(2/float64(len(d.Y))))
		if bits := float64(len(s.data.train.Y)) / 2 * math.Log2(least/o.error()); bits > hopeless {
			left, ok := leftover(f.Expr, d)
			return ok && !heavyTailed(left)
		}
	}
	return false
}

// measure computes errors, size and description length of a fitted formula. It is
// nil if the formula is undefined on some row or jumps next to one.
func (s *state) measure(f symbolic.Fit) *scored {
	c := s.measureAny(f)
	if c == nil || s.abrupt(f.Expr) {
		return nil
	}
	return c
}

// measureAny is measure for a formula that may jump.
func (s *state) measureAny(f symbolic.Fit) *scored {
	c := &scored{expr: f.Expr, fit: f}
	var ok bool
	if c.trainMSE, ok = errorOn(f.Expr, s.data.train); !ok {
		return nil
	}
	c.heldMSE = c.trainMSE
	if len(s.data.held.Y) > 0 {
		if c.heldMSE, ok = errorOn(f.Expr, s.data.held); !ok {
			return nil
		}
	}
	c.rowsHeld = len(s.data.held.Y)
	c.complexity = f.Expr.Complexity()
	limit := exactError
	if len(f.Expr.FreeValues()) > mostLawConstants {
		limit = manyExactError
	}
	c.exact = math.Sqrt(max(c.trainMSE, c.heldMSE)) <= limit*s.scale && followsRows(f.Expr, s.data.train)
	c.affine = affine(f.Expr)
	c.bits = s.describe(c)
	return c
}

// affine reports whether e is written as a polynomial of at most first degree.
func affine(e *symbolic.Expr) bool {
	switch e.Kind() {
	case symbolic.KindVar:
		return true
	case symbolic.KindAdd:
		for _, a := range e.Args() {
			if !affine(a) {
				return false
			}
		}
		return true
	case symbolic.KindMul:
		var inputs []*symbolic.Expr
		for _, a := range e.Args() {
			if len(a.Vars()) > 0 {
				inputs = append(inputs, a)
			}
		}
		return len(inputs) == 0 || len(inputs) == 1 && affine(inputs[0])
	}
	return len(e.Vars()) == 0
}

// followsRows reports whether e is close to the target row by row. Where the
// target spans many decades its largest values alone make up its spread, and a
// formula of those is not the law.
func followsRows(e *symbolic.Expr, d symbolic.Data) bool {
	values, ok := column(e, d)
	if !ok {
		return false
	}
	// Cancellation leaves few digits on some rows of a true law, never on many.
	const near, most = 1e-5, 0.9
	// Next to a zero, such as those of max(0, x), what rounding leaves is large.
	zero := exactError * spread(d.Y, d.W)
	follows := 0
	for i, y := range d.Y {
		if off := math.Abs(values[i] - y); off <= near*math.Abs(y) || y == 0 && off <= zero {
			follows++
		}
	}
	return float64(follows) >= most*float64(len(d.Y))
}

// describe returns the description length of a candidate in bits.
func (s *state) describe(c *scored) float64 {
	n := len(s.data.train.Y) + len(s.data.held.Y)
	return symbolic.DescriptionLength(c.expr, c.error()*float64(n), n, floor*s.scale, len(s.data.train.Names))
}

// polish removes redundant constants, snaps the others and keeps what has the
// shorter description.
func (s *state) polish(ctx context.Context, c *scored) (best *scored) {
	if c.polished {
		return c
	}
	defer func() { best.found = c.found }()
	best = c
	best.polished = true
	f := c.fit
	if e, err := symbolic.RemoveRedundant(ctx, c.expr, s.data.train); err == nil && !e.Equal(c.expr) {
		e = symbolic.Simplify(e, symbolic.SimplifyOptions{Domains: s.domains})
		if g, err := symbolic.Refit(ctx, e, s.data.train, symbolic.RefitOptions{}); err == nil {
			if n := s.measure(g); n != nil && n.bits <= best.bits {
				n.polished = true
				best, f = n, g
			}
		}
	}
	if n := s.dropTerms(ctx, best); n != best {
		best, f = n, n.fit
	}
	if n := s.tie(ctx, best); n != best {
		best, f = n, n.fit
	}
	snapped, notes := symbolic.Snap(ctx, f, s.data.train, symbolic.SnapOptions{Domains: s.domains})
	if n := s.measure(snapped); n != nil && n.bits <= best.bits && (n.exact || !best.exact) {
		n.polished = true
		n.snaps = notes
		best = n
	}
	best = s.turnWaves(ctx, best)
	// Signs that only the data tell: |t-u*x/c^2| where t is the larger.
	if e := symbolic.Simplify(best.expr, symbolic.SimplifyOptions{Domains: s.domains, Rows: &s.data.train}); !e.Equal(best.expr) {
		if g, err := symbolic.Refit(ctx, e, s.data.train, symbolic.RefitOptions{}); err == nil {
			if n := s.measure(g); n != nil && n.bits <= best.bits {
				n.polished, n.snaps = true, best.snaps
				best = n
			}
		}
	}
	best = s.shorten(ctx, best)
	if best.exact && s.undetermined(best.expr, s.data.train) {
		best.exact, best.undetermined = false, true
	}
	return best
}

// dropTerms leaves out terms of sums and straightens functions, one at a time,
// as long as that makes the description shorter: the 1e-12 that cos(x)+1e-12
// fits to rounding, the logarithm in 1e-12*(log(x)+1e12), the arcsine in
// 1e6*asin(1e-6*x).
func (s *state) dropTerms(ctx context.Context, c *scored) *scored {
	best := c
	for changed := true; changed && ctx.Err() == nil; {
		changed = false
		for _, e := range append(withoutTerm(best.expr), straightened(best.expr)...) {
			e = symbolic.Simplify(e, symbolic.SimplifyOptions{Domains: s.domains})
			f, err := symbolic.Refit(ctx, e, s.data.search, symbolic.RefitOptions{MaxIter: 30})
			if err != nil || f.RMSE > 1.5*math.Sqrt(best.trainMSE)+exactError*s.scale {
				continue
			}
			if f, err = symbolic.Refit(ctx, f.Expr, s.data.train, symbolic.RefitOptions{}); err != nil {
				continue
			}
			if n := s.measure(f); n != nil && n.bits < best.bits && (n.exact || !best.exact) {
				n.polished = true
				best, changed = n, true
				break
			}
		}
	}
	return best
}

// withoutTerm lists the formulas that have one term less than e in one sum.
func withoutTerm(e *symbolic.Expr) []*symbolic.Expr {
	var out []*symbolic.Expr
	e.Walk(func(sum *symbolic.Expr) bool {
		if sum.Kind() != symbolic.KindAdd {
			return true
		}
		terms := sum.Args()
		for i := range terms {
			rest := slices.Delete(slices.Clone(terms), i, i+1)
			out = append(out, e.Map(func(n *symbolic.Expr) *symbolic.Expr {
				if n.Kind() == symbolic.KindAdd && n.Equal(sum) {
					return symbolic.Add(rest...)
				}
				return n
			}))
		}
		return true
	})
	return out
}

// straightened lists the formulas in which one function of variables gave way
// to a straight line in its argument.
func straightened(e *symbolic.Expr) []*symbolic.Expr {
	var out []*symbolic.Expr
	e.Walk(func(call *symbolic.Expr) bool {
		curved := call.Kind() == symbolic.KindCall ||
			call.Kind() == symbolic.KindPow && call.Args()[0].Kind() == symbolic.KindAdd && call.Args()[1].IsConst()
		if !curved || len(call.FreeValues()) == 0 {
			return true
		}
		out = append(out, e.Map(func(n *symbolic.Expr) *symbolic.Expr {
			if n.Equal(call) {
				return symbolic.Add(symbolic.Free(0), symbolic.Mul(symbolic.Free(1), n.Args()[0]))
			}
			return n
		}))
		return true
	})
	return out
}

// errorOn evaluates e on all rows of d.
func errorOn(e *symbolic.Expr, d symbolic.Data) (mse float64, ok bool) {
	p, err := symbolic.Compile(e, d.Names)
	if err != nil {
		return math.Inf(1), false
	}
	out := make([]float64, len(d.Y))
	if !p.Eval(p.NewWorkspace(), out, d.Cols, p.Params()) {
		return math.Inf(1), false
	}
	return meanSquare(out, d.Y, d.W)
}

// spread is the weighted standard deviation.
func spread(y, w []float64) float64 {
	mean, weight := 0.0, 0.0
	for i, v := range y {
		wi := weightAt(w, i)
		mean += wi * v
		weight += wi
	}
	if weight == 0 {
		return 0
	}
	mean /= weight
	sum := 0.0
	for i, v := range y {
		sum += weightAt(w, i) * (v - mean) * (v - mean)
	}
	return math.Sqrt(sum / weight)
}

func weightAt(w []float64, i int) float64 {
	if w == nil {
		return 1
	}
	return w[i]
}

// rootsOf are the square roots of the weights of n rows, by which residuals are
// multiplied.
func rootsOf(w []float64, n int) []float64 {
	root := make([]float64, n)
	for i := range root {
		root[i] = math.Sqrt(weightAt(w, i))
	}
	return root
}

// say tells a waiting person what is being tried.
func (s *state) say(stage string) {
	s.root.mu.Lock()
	s.root.stage = stage
	s.root.mu.Unlock()
}

// trace writes a line to Options.Trace, indented by how many reductions led to s.
func (s *state) trace(format string, args ...any) {
	if s.opt.Trace != nil {
		fmt.Fprintf(s.opt.Trace, "%6.2f %*s"+format+"\n", append([]any{time.Since(s.root.start).Seconds(), 2 * s.depth, ""}, args...)...)
	}
}

// report calls Options.Progress with the best formula so far.
func (s *state) report() {
	s = s.root
	if s.opt.Progress == nil {
		return
	}
	s.mu.Lock()
	p := Progress{Stage: s.stage, Elapsed: time.Since(s.start), Budget: s.opt.Time}
	s.mu.Unlock()
	if b := s.front.best(); b != nil {
		p.Best = s.candidate(b)
	}
	s.opt.Progress(p)
}
