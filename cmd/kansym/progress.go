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
	bar    *progressbar.ProgressBar
	start  time.Time
	budget time.Duration
	room   int    // characters for the text
	text   string // as drawn last

	done chan struct{}
	once sync.Once
	wg   sync.WaitGroup

	mu     sync.Mutex
	latest fit.Progress
}

// startProgress draws on w, which is a terminal columns wide.
func startProgress(w io.Writer, columns int, budget time.Duration) *progress {
	const barWidth = 20
	p := &progress{start: time.Now(), budget: budget, done: make(chan struct{})}
	// Beside the text are the bar, its brackets and blanks, and the percentage.
	p.room = max(columns-barWidth-12, 20)
	p.bar = progressbar.NewOptions64(budget.Milliseconds(),
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionSetWidth(barWidth),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetTheme(progressbar.ThemeASCII),
	)
	p.wg.Go(func() {
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-p.done:
				return
			case <-tick.C:
				p.draw()
			}
		}
	})
	return p
}

func (p *progress) draw() {
	p.mu.Lock()
	latest := p.latest
	p.mu.Unlock()
	elapsed := min(time.Since(p.start), p.budget-time.Millisecond)
	text := fmt.Sprintf("%.0f of %.0f s, %s", elapsed.Seconds(), p.budget.Seconds(), latest.Stage)
	if b := latest.Best; b != nil {
		text += fmt.Sprintf(", best RMSE %.3g", b.RMSEHeldout)
	}
	if r := []rune(text); len(r) > p.room {
		text = string(r[:p.room-3]) + "..."
	}
	if text != p.text {
		p.text = text
		p.bar.Describe(text)
	}
	// A terminal that went away is no reason to stop the search.
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
