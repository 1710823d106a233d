package search

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/kansym/kansym/symbolic"
)

// EvolveOptions bound and steer Evolve.
type EvolveOptions struct {
	Largest int    // bound on the complexity of a formula
	Work    int64  // node-rows to spend, derivatives included
	Threads int    // how many formulas are fitted side by side; 0 means 1
	Seed    uint64 // of the mutations

	// Domains are the ranges of the inputs, from symbolic.IntervalsOf.
	Domains map[string]symbolic.Interval
}

const (
	// perComplexity is how many formulas of each complexity live. Few of each
	// keep short ones alive beside the better long ones, which is what keeps
	// the search from growing formulas without need (the Pareto archive of
	// Smits & Kotanchek, Genetic Programming Theory and Practice II, 2005).
	perComplexity = 6
	// brood is how many children are fitted before the archive is changed. It
	// does not depend on the number of threads, and so neither does the
	// outcome.
	brood = 64
	// mostConstants bounds the free constants of a formula.
	mostConstants = 10
)

// individual is a fitted formula.
type individual struct {
	expr       *symbolic.Expr
	complexity int
	residual   float64
	hash       uint64
}

// Evolve improves the seeds by mutation, crossover and refitted constants until
// the work is spent, nothing has been gained for half of the way or ctx is done,
// and returns the formulas that no shorter one
// equals, shortest first. Only inputs of d occur in the seeds.
func Evolve(ctx context.Context, d symbolic.Data, seeds []*symbolic.Expr, opt EvolveOptions) []Candidate {
	variance := meanSquareAboutMean(d)
	if !(variance > 0) || opt.Largest < 1 {
		return nil
	}
	e := &evolution{
		d: d, opt: opt, variance: variance,
		rng:     rand.New(rand.NewPCG(opt.Seed, 0xe701)),
		known:   map[uint64]bool{},
		archive: make([][]individual, opt.Largest+1),
	}
	for _, c := range d.Cols {
		sum := 0.0
		for _, v := range c {
			sum += v * v / float64(len(c))
		}
		if sum == 0 {
			sum = 1
		}
		e.scale = append(e.scale, math.Sqrt(sum))
	}
	e.breed(ctx, seeds)
	e.breed(ctx, e.leaves())
	for e.work < opt.Work && !e.stale() && ctx.Err() == nil {
		children := make([]*symbolic.Expr, 0, brood)
		for range 4 * brood {
			if c := e.child(); c != nil && len(children) < brood {
				children = append(children, c)
			}
		}
		if len(children) == 0 || !e.breed(ctx, children) {
			break
		}
	}
	var out []Candidate
	least := math.Inf(1)
	for _, list := range e.archive {
		if len(list) > 0 && list[0].residual < 0.995*least {
			least = list[0].residual
			out = append(out, Candidate{list[0].expr, least, list[0].complexity})
		}
	}
	return out
}

type evolution struct {
	d        symbolic.Data
	opt      EvolveOptions
	variance float64
	rng      *rand.Rand
	known    map[uint64]bool
	archive  [][]individual // by complexity, each best first
	scale    []float64      // of each input: the root of its mean square
	work     int64

	shortest float64 // description length of the best formula so far
	gained   int64   // work when it last became shorter
}

func meanSquareAboutMean(d symbolic.Data) float64 {
	mean, total := 0.0, 0.0
	for i, y := range d.Y {
		mean += weight(d.W, i) * y
		total += weight(d.W, i)
	}
	mean /= total
	sum := 0.0
	for i, y := range d.Y {
		sum += weight(d.W, i) * (y - mean) * (y - mean)
	}
	return sum / total
}

func weight(w []float64, i int) float64 {
	if w == nil {
		return 1
	}
	return w[i]
}

// leaves are the straight lines through single inputs.
func (e *evolution) leaves() []*symbolic.Expr {
	var out []*symbolic.Expr
	for _, n := range e.d.Names {
		out = append(out, symbolic.Add(symbolic.Free(0), symbolic.Mul(symbolic.Free(1), symbolic.Var(n))))
	}
	return out
}

// breed fits formulas side by side and puts them into the archive in their
// order. It reports whether any was new.
func (e *evolution) breed(ctx context.Context, list []*symbolic.Expr) bool {
	fresh := make([]individual, 0, len(list))
	for _, x := range list {
		x = symbolic.Simplify(x, symbolic.SimplifyOptions{Domains: e.opt.Domains})
		in := individual{expr: x, complexity: x.Complexity(), hash: x.Shape()}
		if in.complexity > e.opt.Largest || e.known[in.hash] || len(x.FreeValues()) > mostConstants || len(x.Vars()) == 0 {
			continue
		}
		e.known[in.hash] = true
		fresh = append(fresh, in)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	work := make([]int64, len(fresh))
	for range max(1, e.opt.Threads) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(fresh) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				work[i] = e.fit(ctx, &fresh[i])
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		// Which were fitted depends on the machine.
		return false
	}
	for i, in := range fresh {
		e.work += work[i]
		if in.residual < 1 {
			e.keep(in)
		}
	}
	return len(fresh) > 0
}

// fit refits an individual, first on few rows: most children are worse than
// what there is, which few rows show.
func (e *evolution) fit(ctx context.Context, in *individual) (work int64) {
	in.residual = math.Inf(1)
	opt := symbolic.RefitOptions{MaxIter: 12, Tol: 1e-6, NoCov: true}
	attempt := func(d symbolic.Data) bool {
		f, err := symbolic.Refit(ctx, in.expr, d, opt)
		// A step evaluates the formula and its derivatives.
		work += int64(f.Iter+1) * int64(in.complexity) * int64(len(d.Y)) * 3
		if err != nil || math.IsInf(f.RMSE, 0) || math.IsNaN(f.RMSE) {
			return false
		}
		in.expr, in.residual = f.Expr, f.RMSE*f.RMSE/e.variance
		return true
	}
	const few = 100
	if len(e.d.Y) > 2*few {
		if !attempt(e.d.Rows(0, few)) {
			in.residual = math.Inf(1)
			return work
		}
		if list := e.archive[in.complexity]; len(list) == perComplexity && in.residual > 2*list[perComplexity-1].residual {
			in.residual = math.Inf(1)
			return work
		}
		opt.MaxIter = 6
	}
	if !attempt(e.d) {
		in.residual = math.Inf(1)
	}
	return work
}

func (e *evolution) keep(in individual) {
	list := e.archive[in.complexity]
	at, _ := slices.BinarySearchFunc(list, in, func(a, b individual) int { return cmp.Compare(a.residual, b.residual) })
	if at < perComplexity {
		list = slices.Insert(list, at, in)
		e.archive[in.complexity] = list[:min(len(list), perComplexity)]
	}
}

// stale reports whether the best formula has been the same for half of the work
// done, and for a tenth of all that may be done. What is better is measured by a
// description length, as otherwise longer formulas gain something for ever where
// rows are few.
func (e *evolution) stale() bool {
	const perNode = 1.5 // nats: one of some five symbols each
	length := math.Inf(1)
	for complexity, list := range e.archive {
		if len(list) > 0 {
			length = min(length, float64(len(e.d.Y))/2*math.Log(list[0].residual+1e-30)+perNode*float64(complexity))
		}
	}
	if length < e.shortest-1 || e.gained == 0 {
		e.shortest, e.gained = length, e.work
	}
	return e.work-e.gained > max(e.opt.Work/10, e.gained)
}

// pick draws a formula: a complexity first, so that all lengths are worked on,
// and preferably one on the front.
func (e *evolution) pick() *symbolic.Expr {
	for range 100 {
		list := e.archive[e.rng.IntN(len(e.archive))]
		if len(list) > 0 {
			return list[min(e.rng.IntN(len(list)), e.rng.IntN(len(list)))].expr
		}
	}
	return nil
}

// child draws a changed formula, nil where the draw led nowhere.
func (e *evolution) child() *symbolic.Expr {
	x := e.pick()
	if x == nil {
		return nil
	}
	for range 1 + e.rng.IntN(2) {
		x = e.mutate(x)
	}
	return x
}

// mutate changes one place of x.
func (e *evolution) mutate(x *symbolic.Expr) *symbolic.Expr {
	at := e.rng.IntN(count(x))
	return replaceAt(x, &at, func(n *symbolic.Expr) *symbolic.Expr {
		switch e.rng.IntN(10) {
		case 0: // another subformula, of a formula that does well
			if other := e.pick(); other != nil {
				k := e.rng.IntN(count(other))
				return nodeAt(other, &k)
			}
		case 1: // a small new one
			return e.small()
		case 2: // a part of it
			if a := n.Args(); len(a) > 0 {
				return a[e.rng.IntN(len(a))]
			}
		case 3: // a function of it
			return e.function(symbolic.Mul(symbolic.Free(1), n))
		case 4:
			return e.function(n)
		case 5: // one term more
			return symbolic.Add(n, symbolic.Mul(symbolic.Free(0.1), e.small()))
		case 6: // one factor more
			return symbolic.Mul(n, e.small())
		case 7:
			return symbolic.Div(n, symbolic.Add(symbolic.Free(1), symbolic.Mul(symbolic.Free(0.1), e.small())))
		case 8: // one argument less
			if a := n.Args(); len(a) > 1 && (n.Kind() == symbolic.KindAdd || n.Kind() == symbolic.KindMul) {
				rest := slices.Clone(a)
				k := e.rng.IntN(len(rest))
				rest = slices.Delete(rest, k, k+1)
				if n.Kind() == symbolic.KindAdd {
					return symbolic.Add(rest...)
				}
				return symbolic.Mul(rest...)
			}
		case 9: // a constant where there was none, none where there was one
			if n.IsConst() {
				return symbolic.Int(1)
			}
			return symbolic.Add(n, symbolic.Free(0))
		}
		return n
	})
}

// small draws an input or a simple formula of inputs.
func (e *evolution) small() *symbolic.Expr {
	v := func() *symbolic.Expr { return symbolic.Var(e.d.Names[e.rng.IntN(len(e.d.Names))]) }
	// unit is an input in units of its own, where the constants of functions
	// start well.
	unit := func() *symbolic.Expr {
		i := e.rng.IntN(len(e.d.Names))
		return symbolic.Mul(symbolic.Free(1/e.scale[i]), symbolic.Var(e.d.Names[i]))
	}
	switch e.rng.IntN(7) {
	case 0:
		return symbolic.Mul(v(), v())
	case 1:
		return symbolic.Div(v(), v())
	case 2:
		return e.function(v())
	case 3:
		return e.function(unit())
	case 4:
		return symbolic.Add(unit(), unit())
	}
	return v()
}

func (e *evolution) function(x *symbolic.Expr) *symbolic.Expr {
	switch e.rng.IntN(8) {
	case 0:
		return symbolic.Pow(x, symbolic.Int(2))
	case 1:
		return symbolic.Pow(x, symbolic.Int(-1))
	case 2:
		return symbolic.Sqrt(x)
	case 3:
		return symbolic.Call(fnExp, x)
	case 4:
		return symbolic.Call(fnLog, x)
	case 5:
		return symbolic.Call(fnSin, x)
	case 6:
		return symbolic.Pow(x, symbolic.Free(1.5))
	default:
		return symbolic.Call(fnTanh, x)
	}
}

// count is the number of nodes of the tree.
func count(x *symbolic.Expr) int {
	n := 0
	x.Walk(func(*symbolic.Expr) bool { n++; return true })
	return n
}

// nodeAt is the node with the given place in a walk from the root.
func nodeAt(x *symbolic.Expr, at *int) *symbolic.Expr {
	var out *symbolic.Expr
	x.Walk(func(n *symbolic.Expr) bool {
		if *at == 0 {
			out = n
		}
		*at--
		return true
	})
	return out
}

// replaceAt changes the node with the given place in a walk from the root.
func replaceAt(x *symbolic.Expr, at *int, change func(*symbolic.Expr) *symbolic.Expr) *symbolic.Expr {
	if *at == 0 {
		*at = -1
		return change(x)
	}
	*at--
	args := x.Args()
	if *at < 0 || len(args) == 0 {
		return x
	}
	next := make([]*symbolic.Expr, len(args))
	for i, a := range args {
		if next[i] = a; *at >= 0 {
			next[i] = replaceAt(a, at, change)
		}
	}
	switch x.Kind() {
	case symbolic.KindAdd:
		return symbolic.Add(next...)
	case symbolic.KindMul:
		return symbolic.Mul(next...)
	case symbolic.KindPow:
		return symbolic.Pow(next[0], next[1])
	case symbolic.KindCall:
		return symbolic.Call(x.Func(), next[0])
	}
	return x
}
