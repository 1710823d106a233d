package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/kansym/kansym/fit"
)

// terminal returns the file behind a stream if it is a terminal, else nil.
func terminal(stream any) *os.File {
	if f, ok := stream.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}

// width returns the width of the terminal behind w, 0 if it is none.
func width(w io.Writer) int {
	f := terminal(w)
	if f == nil {
		return 0
	}
	n, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return n
}

// progress shows a bar of the time budget with what is being tried and the
// error of the best formula so far. It redraws by itself between reports.
type progress struct {
	bar  *progressbar.ProgressBar
	done chan struct{}
	once sync.Once
	wg   sync.WaitGroup

	mu     sync.Mutex
	latest fit.Progress
}

// startProgress draws on w, which is a terminal.
func startProgress(w io.Writer, budget time.Duration) *progress {
	start := time.Now()
	p := &progress{done: make(chan struct{})}
	p.bar = progressbar.NewOptions64(budget.Milliseconds(),
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionSetWidth(20),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetTheme(progressbar.ThemeASCII),
	)
	p.wg.Add(1)
	go func() {
		defer p.wg.Done()
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-p.done:
				return
			case <-tick.C:
				p.draw(min(time.Since(start), budget-time.Millisecond))
			}
		}
	}()
	return p
}

func (p *progress) draw(elapsed time.Duration) {
	p.mu.Lock()
	latest := p.latest
	p.mu.Unlock()
	text := latest.Stage
	if b := latest.Best; b != nil {
		text = fmt.Sprintf("%s, best RMSE %.3g", text, b.RMSEHeldout)
	}
	// A terminal that went away is no reason to stop the search.
	p.bar.Describe(text)
	_ = p.bar.Set64(elapsed.Milliseconds())
}

// report takes what the search says.
func (p *progress) report(s fit.Progress) {
	p.mu.Lock()
	p.latest = s
	p.mu.Unlock()
}

// stop removes the bar. It may be called on a nil progress and more than once.
func (p *progress) stop() {
	if p == nil {
		return
	}
	p.once.Do(func() {
		close(p.done)
		p.wg.Wait()
		_ = p.bar.Clear()
	})
}
