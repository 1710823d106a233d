package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// Options say how a suite is run. The zero value runs every problem once,
// without noise, as kansym fit would; only the network that fit trains to
// describe a formula that is certain is left out.
type Options struct {
	Drawing // its Seed is that of the first repetition

	Seeds   int           // repetitions of every problem; 0 means 1
	Time    time.Duration // for one problem; 0 means 60 seconds
	Jobs    int           // problems at once; 0 means 1
	Threads int           // of one problem; 0 means all

	Library *library.Set

	Trace io.Writer // of fit.Options; lines of several jobs mix

	// Progress, if not nil, is called after each problem, in the order in which
	// they end, from one goroutine at a time.
	Progress func(done, total int, o Outcome)
}

// Outcome is what became of one problem with one seed.
type Outcome struct {
	Problem *Problem
	Seed    uint64
	Verdict

	Seconds    float64
	Exact      bool // what the answer claims of itself
	Formula    string
	Expr       *symbolic.Expr // Formula over the names of the problem's variables
	Complexity int
	Heldout    float64 // RMSE of the answer on held-out rows over the RMS of the target

	// Err is not nil if there was no answer.
	Err error
}

// Run runs problems and returns an outcome for each problem and seed, problems
// in their order, seeds ascending. When ctx ends, the outcomes so far are
// returned with its error.
func Run(ctx context.Context, problems []*Problem, opt Options) ([]Outcome, error) {
	seeds := max(opt.Seeds, 1)
	total := len(problems) * seeds
	out := make([]Outcome, total)
	done := make([]bool, total)
	next, ended := 0, 0
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range min(max(opt.Jobs, 1), max(total, 1)) {
		wg.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= total || ctx.Err() != nil {
					return
				}
				o := runOne(ctx, problems[i/seeds], opt, opt.Seed+uint64(i%seeds))
				if ctx.Err() != nil {
					return // cut short: its answer says nothing
				}
				mu.Lock()
				out[i], done[i] = o, true
				ended++
				if opt.Progress != nil {
					opt.Progress(ended, total, o)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	i := 0
	out = slices.DeleteFunc(out, func(Outcome) bool { i++; return !done[i-1] })
	return out, ctx.Err()
}

func runOne(ctx context.Context, p *Problem, opt Options, seed uint64) (o Outcome) {
	o = Outcome{Problem: p, Seed: seed, Verdict: Verdict{Error: math.Inf(1)}}
	// A fault that one problem brings to light must not lose the others.
	defer func() {
		if v := recover(); v != nil {
			o.Verdict = Verdict{Error: math.Inf(1), Cause: "internal error"}
			o.Err = fmt.Errorf("%s: internal error: %v", p.ID, v)
		}
	}()
	d := opt.Drawing
	d.Seed = seed
	t, err := p.Draw(d)
	if err != nil {
		o.Err, o.Cause = err, "no data"
		return o
	}
	start := time.Now()
	r, err := fit.Run(ctx, t, fit.Options{Time: opt.Time, Seed: seed, Threads: opt.Threads, Library: opt.Library, NoNetwork: true, Trace: opt.Trace})
	o.Seconds = time.Since(start).Seconds()
	if err != nil {
		o.Err, o.Cause = err, "no answer"
		if !errors.Is(err, fit.ErrNoAnswer) {
			o.Err = fmt.Errorf("%s: %w", p.ID, err)
		}
		return o
	}
	o.Exact, o.Formula, o.Expr, o.Complexity = r.Best.Exact, r.Best.Expression, r.Best.Expr, r.Best.Complexity
	if size := rms(t.Cols[t.Target]); size > 0 {
		o.Heldout = r.Best.RMSEHeldout / size
	}
	o.Verdict = p.Judge(r.Best.Expr, opt.Noise, seed)
	if !o.Solved && r.Interrupted {
		o.Cause += ", time over"
	}
	return o
}

// Summary counts outcomes.
type Summary struct {
	Runs, Solved int
	// MedianSeconds and MaxSeconds are over all runs, solved or not.
	MedianSeconds, MaxSeconds float64
	// MedianComplexity is over the answers.
	MedianComplexity float64
}

// Summarize counts outcomes.
func Summarize(outcomes []Outcome) Summary {
	s := Summary{Runs: len(outcomes)}
	var seconds, sizes []float64
	for _, o := range outcomes {
		if o.Solved {
			s.Solved++
		}
		seconds = append(seconds, o.Seconds)
		s.MaxSeconds = max(s.MaxSeconds, o.Seconds)
		if o.Err == nil {
			sizes = append(sizes, float64(o.Complexity))
		}
	}
	s.MedianSeconds, s.MedianComplexity = median(seconds), median(sizes)
	return s
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}
