package fit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/symbolic"
)

// ErrNoAnswer is returned by Run when not even a constant could be fitted.
var ErrNoAnswer = errors.New("fit: no formula could be fitted")

// defaultTime is the budget when Options.Time is zero.
const defaultTime = 60 * time.Second

// stage is a step of the recovery: it offers candidates to the front and
// reports whether the run can end.
type stage struct {
	name string
	run  func(*state, context.Context) (certain bool)
	late bool // what comes after it is hardly ever needed
}

const (
	univariateStage = "functions of one variable"
	shortStage      = "short formulas"
)

// stages is the recovery, top to bottom.
var stages = slices.Concat([]stage{
	{"constants and straight lines", (*state).baselines, false},
	{"power laws", (*state).powerLaws, false},
	{"polynomials and rationals", (*state).sparseLaws, false},
	{univariateStage, (*state).univariate, false},
	{"formulas by their values", (*state).hashedExpressions, false},
	{"needless inputs", (*state).screenedInputs, false},
	{shortStage, (*state).expressions, false},
}, networkStages(), []stage{
	{"dense network", (*state).denseNetwork, true},
	{"longer approximations", (*state).approximations, true},
	{"mutations", (*state).mutations, true},
})

// networkStages are those of the whole problem and of reduced ones alike, from the
// first that rests on networks.
func networkStages() []stage {
	return []stage{
		{"symmetries", (*state).reductions, true},
		{"longer formulas by their values", (*state).longerHashedExpressions, true},
		{"parts", (*state).divisions, true},
		{"one variable at heart", (*state).heart, true},
		{"networks of one layer", (*state).flatNetworks, true},
		{"merged inputs", (*state).merges, true},
		{"longer formulas", (*state).longerExpressions, true},
		{"small networks", (*state).treeNetworks, true},
	}
}

// Run finds formulas for the target of t. It returns the best answer found
// when the budget ends or ctx is done, with Interrupted set; the error is
// ErrNoAnswer, wrapped with the reason, when there is none: with that of ctx where
// ctx was done before there was any. t, which must not be nil, is not changed.
func Run(ctx context.Context, t *table.Table, opt Options) (r *Result, err error) {
	defer func() {
		if v := recover(); v != nil {
			r, err = nil, fmt.Errorf("fit: a fault in kansym, please report it with the data: %v", v)
		}
	}()
	if t == nil {
		return nil, errors.New("fit: no table to fit to: the table given is nil")
	}
	if opt.Time <= 0 {
		opt.Time = defaultTime
	}
	d := split(t, opt)
	unit := unitOf(d.train.Y)
	if unit != 1 {
		d.rescale(unit)
	}
	s := newState(d, opt)
	s.unit = unit
	if s.scale == 0 || !finite(s.scale) {
		if lo, hi := bounds(t.Y()); lo < hi && (!finite(s.scale) || slices.Max(d.train.Y) > slices.Min(d.train.Y)) {
			return nil, s.outOfRange(t)
		}
		return nil, fmt.Errorf("%w: column %s of %s is constant on the training rows", ErrNoAnswer, t.Columns[t.Target], t.Source)
	}
	budget, cancel := context.WithTimeout(ctx, opt.Time-reserve(opt.Time))
	defer cancel()

	if opt.Refit != nil {
		if err := s.refitOnly(budget); err != nil {
			return nil, err
		}
	} else {
		s.recover(budget)
		s.sketch(budget)
	}
	// A stopped search still deserves round constants: polishing what is on
	// the front is quick and has the reserve of the budget to itself.
	finish, cancelFinish := context.WithTimeout(context.WithoutCancel(ctx), reserve(opt.Time))
	defer cancelFinish()
	s.polishFront(finish)

	if len(s.front.list) == 0 {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("%w: %w before the first", ErrNoAnswer, err)
		}
		if budget.Err() != nil {
			return nil, fmt.Errorf("%w: the time was over before the first", ErrNoAnswer)
		}
		return nil, fmt.Errorf("%w: every formula tried was undefined on some row", ErrNoAnswer)
	}
	if err := s.representable(t); err != nil {
		return nil, err
	}
	r = s.result(t)
	r.Interrupted = budget.Err() != nil
	return r, nil
}

// reserve is the part of the budget kept for polishing and printing.
func reserve(budget time.Duration) time.Duration {
	return min(budget/10, 3*time.Second)
}

// recover works through the stages. An exact formula in which a variable
// occurs twice may be a long way of writing a shorter one (x^2-2*x*y+y^2), so
// one more stage that succeeds is waited for before it is believed.
func (s *state) recover(ctx context.Context) {
	for _, st := range stages {
		if ctx.Err() != nil {
			return
		}
		s.say(st.name)
		s.trace("%s", st.name)
		s.report()
		known := s.front.exact() != nil
		if st.run(s, ctx) {
			return
		}
		if st.name == univariateStage && len(s.data.search.Names) == 1 {
			s.searched = true
		}
		if s.settled(ctx, st.late) {
			return
		}
		if known && s.front.exact() != nil && st.name == "symmetries" {
			return
		}
	}
}

// polishFront snaps and simplifies what is on the front.
func (s *state) polishFront(ctx context.Context) {
	s.say("polishing")
	var tasks []*scored
	tasks = append(tasks, s.front.list...)
	polished := make([]*scored, len(tasks))
	s.parallel(len(tasks), func(i int) { polished[i] = s.polish(ctx, tasks[i]) })
	for i, c := range polished {
		if c.polished && (s.opt.MaxComplexity == 0 || c.complexity <= s.opt.MaxComplexity) {
			s.front.polish(tasks[i], c)
		}
	}
}

// baselines offers the mean and the linear model: what anything else must
// beat.
func (s *state) baselines(ctx context.Context) bool {
	mean := symbolic.Free(0)
	terms := []*symbolic.Expr{symbolic.Free(0)}
	tasks := []task{{"the mean", func(context.Context) []*symbolic.Expr { return []*symbolic.Expr{mean} }}}
	for _, n := range s.data.train.Names {
		line := symbolic.Add(symbolic.Free(0), symbolic.Mul(symbolic.Free(1), symbolic.Var(n)))
		same := symbolic.Var(n)
		tasks = append(tasks, task{n + " itself", func(context.Context) []*symbolic.Expr { return []*symbolic.Expr{same} }})
		tasks = append(tasks, task{"a line in " + n, func(context.Context) []*symbolic.Expr { return []*symbolic.Expr{line} }})
		terms = append(terms, symbolic.Mul(symbolic.Free(1), symbolic.Var(n)))
	}
	if len(terms) > 2 {
		plane := symbolic.Add(terms...)
		tasks = append(tasks, task{"a plane", func(context.Context) []*symbolic.Expr { return []*symbolic.Expr{plane} }})
	}
	return s.try(ctx, tasks)
}

// noise estimates the standard deviation of the noise in the target: nothing
// when a formula is exact, otherwise the least held-out error of anything that
// was fitted.
func (s *state) noise() float64 {
	least := math.Inf(1)
	for _, c := range s.front.list {
		if c.exact {
			return 0
		}
		least = min(least, c.error())
	}
	if s.net != nil {
		least = min(least, s.net.mse)
	}
	if math.IsInf(least, 1) {
		return 0
	}
	return math.Sqrt(least)
}
