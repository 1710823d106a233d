package fit

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

// parallel calls work for 0 to n-1 on the run's threads. Each call writes to
// its own place, so that the outcome does not depend on their order.
func (s *state) parallel(n int, work func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(s.threads, n) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				func() {
					defer s.guard("a network")
					work(i)
				}()
			}
		})
	}
	wg.Wait()
}

// guard turns a panic in a piece of work into a warning: the rest of the search
// still has an answer to give.
func (s *state) guard(work string) {
	if v := recover(); v != nil {
		s.root.mu.Lock()
		defer s.root.mu.Unlock()
		text := fmt.Sprintf("a fault in kansym while trying %s, which was left out; please report it: %v", work, v)
		if !slices.Contains(s.root.warnings, text) {
			s.root.warnings = append(s.root.warnings, text)
		}
		slices.Sort(s.root.warnings)
	}
}
