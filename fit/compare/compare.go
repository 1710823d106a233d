// Package compare trains Kolmogorov-Arnold networks and multilayer perceptrons
// of several sizes on the same rows, looks for formulas, and checks on these
// data what is claimed for the former: that they are more accurate for their
// parameters, that they can be read, that they take longer to train, and that
// they can be rewritten as perceptrons (Z. Liu et al., KAN: Kolmogorov-Arnold
// Networks, 2024).
//
// What is compared is the networks and nothing else. Both kinds are fitted to
// the same rows by the same loop of Levenberg-Marquardt steps with the same
// rules of starting and stopping, and see the same validation rows; the
// held-out rows, those that fit.Run judges formulas by, are used for the
// errors alone. Networks are trained one at a time on one thread, so that
// their seconds can be compared.
package compare

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// ErrNothing is returned by Run, wrapped with the reason, when nothing can be
// trained.
var ErrNothing = errors.New("compare: nothing to compare")

// Options steer Run. The zero value is useful.
type Options struct {
	// Time bounds the work; 0 means 60 seconds. Networks get the first half of
	// it and share that out evenly, what one leaves going to those after it;
	// the names of their curves get what is left of the first three quarters,
	// shared out in the same way, and the search for a formula the rest.
	Time time.Duration

	// Seed drives the split, which is that of fit.Run, and the starts.
	Seed uint64

	// Threads is how many fits the search for a formula runs at once; 0 means
	// runtime.NumCPU. Networks are trained on one.
	Threads int

	// RowsUsed bounds how many rows are fitted; 0 means 10000.
	RowsUsed int

	// Library is the set of functions that curves are named by; nil means
	// library.DefaultSet.
	Library *library.Set

	// Progress, if not nil, is told in words what is being done.
	Progress func(stage string)
}

// Run compares networks on the target of t. When ctx is done it returns what
// was finished so far, with Interrupted set; the error is then nil. The error
// wraps ErrNothing when the target is constant on the training rows or its
// values are too far apart for squares. Without bounds of time that come to
// bear, the result but for the seconds is the same for the same seed.
func Run(ctx context.Context, t *table.Table, opt Options) (r *Result, err error) {
	if opt.Time <= 0 {
		opt.Time = 60 * time.Second
	}
	if opt.Library == nil {
		opt.Library = library.DefaultSet()
	}
	if opt.Progress == nil {
		opt.Progress = func(string) {}
	}
	train, held := fit.Split(t, fit.Options{Seed: opt.Seed, RowsUsed: opt.RowsUsed})
	spread := spreadOf(train)
	name := t.Names[t.Target]
	switch {
	case len(held.Y) == 0:
		return nil, fmt.Errorf("%w: no row is left to judge by; add rows", ErrNothing)
	case math.IsInf(spread, 0) || math.IsNaN(spread):
		return nil, fmt.Errorf("%w: the values of %s are too far apart for squares; express it in other units", ErrNothing, name)
	case spread == 0:
		return nil, fmt.Errorf("%w: column %s is constant on the training rows", ErrNothing, name)
	}
	c := &comparison{
		opt: opt, start: time.Now(), train: train, held: held, spread: spread,
		data: kan.Data{Names: train.Names, Cols: train.Cols, Y: train.Y, W: train.W}.HoldOut(opt.Seed),
	}
	c.result = &Result{
		Version: 1, Target: name, Rows: t.Rows(), RowsTrain: len(c.data.Y), RowsValidation: len(c.data.HeldY),
		RowsHeldout: len(held.Y), Shared: len(train.Y) == len(c.data.Y), Spread: spread, Seed: opt.Seed, Models: []*Model{}, Warnings: []string{},
	}
	for i, n := range t.Names {
		if i != t.Target {
			c.result.Variables = append(c.result.Variables, fit.Variable{Name: n, Column: t.Columns[i]})
		}
	}
	c.trainAll(ctx)
	c.nameAll(ctx)
	c.rewrite(ctx)
	c.search(ctx, t)
	c.result.Interrupted = ctx.Err() != nil
	c.result.Seconds = time.Since(c.start).Seconds()
	c.result.Claims = c.result.claims()
	return c.result, nil
}

// The shares of the budget at whose end networks must be trained and named.
const (
	trainedBy = 0.5
	namedBy   = 0.75
)

// comparison is the state of a run.
type comparison struct {
	opt    Options
	start  time.Time
	train  symbolic.Data // what formulas are fitted to
	held   symbolic.Data // what everything is judged by
	spread float64       // of the target over train
	data   kan.Data      // train, with validation rows set apart
	result *Result
	nets   []*kan.Network // of result.Models, nil for perceptrons
}

// search looks for a formula as fit.Run does.
func (c *comparison) search(ctx context.Context, t *table.Table) {
	left := c.opt.Time - time.Since(c.start)
	if ctx.Err() != nil || left <= 0 {
		return
	}
	c.opt.Progress("search for a formula")
	begin := time.Now()
	r, err := fit.Run(ctx, t, fit.Options{
		Time: left, Seed: c.opt.Seed, Threads: c.opt.Threads, RowsUsed: c.opt.RowsUsed,
		Library: c.opt.Library, NoNetwork: true,
	})
	if err != nil || r.Best == nil || ctx.Err() != nil {
		return
	}
	c.result.Search = &Search{
		Expression: r.Best.Expression, Complexity: r.Best.Complexity, Parameters: len(r.Best.Expr.FreeValues()),
		Exact: r.Best.Exact, RMSEHeldout: r.Best.RMSEHeldout, Relative: r.Best.RMSEHeldout / c.spread,
		Seconds: time.Since(begin).Seconds(), Stopped: r.Interrupted,
	}
}

// rootMeanSquare is the weighted error of predictions, +Inf if one is not
// finite.
func rootMeanSquare(predicted []float64, d symbolic.Data) float64 {
	sum, weight := 0.0, 0.0
	for r, p := range predicted {
		w := 1.0
		if d.W != nil {
			w = d.W[r]
		}
		sum += w * (p - d.Y[r]) * (p - d.Y[r])
		weight += w
	}
	switch {
	case weight == 0:
		return 0
	case math.IsNaN(sum):
		return math.Inf(1)
	}
	return math.Sqrt(sum / weight)
}

// spreadOf is the weighted standard deviation of the target.
func spreadOf(d symbolic.Data) float64 {
	sum, weight := 0.0, 0.0
	for r, y := range d.Y {
		w := 1.0
		if d.W != nil {
			w = d.W[r]
		}
		sum += w * y
		weight += w
	}
	mean := make([]float64, len(d.Y))
	for r := range mean {
		mean[r] = sum / weight
	}
	return rootMeanSquare(mean, d)
}
