package fit

import (
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
				work(i)
			}
		})
	}
	wg.Wait()
}
