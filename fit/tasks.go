package fit

import (
	"context"
	"slices"
	"sync"

	"github.com/kansym/kansym/symbolic"
)

// task is a unit of work: a hypothesis that proposes formulas. It must depend
// on nothing but the data it was made from.
type task struct {
	name string
	run  func(ctx context.Context) []*symbolic.Expr
}

// runTasks works through tasks side by side and returns what each proposed,
// assessed, in the order of tasks. done tells that an outcome makes the later
// tasks needless: those are cancelled, and whatever they had found is dropped,
// so the outcome is the same for any number of threads.
func (s *state) runTasks(ctx context.Context, tasks []task, done func([]*scored) bool) [][]*scored {
	out := make([][]*scored, len(tasks))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cancels := make([]context.CancelFunc, len(tasks))
	contexts := make([]context.Context, len(tasks))
	for i := range tasks {
		contexts[i], cancels[i] = context.WithCancel(ctx)
		defer cancels[i]()
	}

	var mu sync.Mutex
	next, stop := 0, len(tasks)
	var wg sync.WaitGroup
	for range min(s.threads, len(tasks)) {
		wg.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				ended := i >= stop || ctx.Err() != nil
				mu.Unlock()
				if ended {
					return
				}
				found := s.attempt(contexts[i], tasks[i])
				mu.Lock()
				out[i] = found
				if i < stop && done != nil && done(found) {
					stop = i + 1
					for _, c := range cancels[stop:] {
						c()
					}
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return out[:stop]
}

// attempt runs one task and assesses its proposals.
func (s *state) attempt(ctx context.Context, t task) (out []*scored) {
	s.say(t.name)
	defer s.guard(t.name)
	for _, e := range t.run(ctx) {
		e = s.lift(e)
		c := s.root.approximation(e)
		if c == nil {
			c = s.root.assess(ctx, e)
		}
		if c == nil {
			continue
		}
		if !c.later {
			if b := s.root.besideOutliers(ctx, c); b != nil {
				c = b
			}
		}
		c.found = append(slices.Clone(s.steps), "by "+t.name)
		out = append(out, c)
	}
	return out
}

// try runs a batch of tasks and puts their formulas on the front. It reports
// whether the run can end: an exact formula was found that nothing shorter is
// likely to equal.
func (s *state) try(ctx context.Context, tasks []task) (certain bool) {
	results := s.runTasks(ctx, tasks, func(found []*scored) bool {
		for _, c := range found {
			if (c.exact || c.beside) && s.minimal(c.expr) {
				return true
			}
		}
		return false
	})
	for _, found := range results {
		for _, c := range found {
			if c.later {
				s.root.postpone(c)
				continue
			}
			if c.beside {
				if s.front.exact() != nil {
					continue
				}
				s.root.leaveOut(c.expr)
				m := s.root.measure(c.fit)
				if m == nil {
					continue
				}
				m.found = c.found
				c = s.root.polish(ctx, m)
			}
			s.root.assessed[c.key] = true
			s.front.add(c)
			certain = certain || c.exact && s.minimal(c.expr)
		}
	}
	s.report()
	return certain
}

// minimal reports whether no variable occurs twice: a formula so short that a
// shorter equal one is not worth looking for.
func (s *state) minimal(e *symbolic.Expr) bool {
	for _, n := range occurrences(e) {
		if n > 1 {
			return false
		}
	}
	return true
}
