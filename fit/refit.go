package fit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/kansym/kansym/symbolic"
)

// refitOnly fits the constants of the caller's formula.
func (s *state) refitOnly(ctx context.Context) error {
	e := s.inSearch()
	for _, v := range e.Vars() {
		if !slices.Contains(s.data.train.Names, v) {
			return fmt.Errorf("fit: the formula uses %q, which is not an input column", v)
		}
	}
	opt := symbolic.RefitOptions{Starts: 8, Seed: s.opt.Seed}
	f, err := symbolic.Refit(ctx, e, s.data.train, opt)
	var c *scored
	if err == nil {
		c = s.measureAny(f)
	}
	// The domain of log(x+b) begins where b says.
	if c == nil && (err == nil || errors.Is(err, symbolic.ErrUndefined)) {
		for _, start := range s.definedStarts(ctx) {
			g, gerr := symbolic.Refit(ctx, start, s.data.train, symbolic.RefitOptions{})
			if gerr != nil {
				continue
			}
			if n := s.measureAny(g); n != nil && (c == nil || n.trainMSE < c.trainMSE) {
				f, c, err = g, n, nil
			}
		}
	}
	switch {
	case err != nil && !errors.Is(err, symbolic.ErrUndefined):
		return fmt.Errorf("%w: %w", ErrNoAnswer, err)
	case err != nil:
		return fmt.Errorf("%w: %s", ErrNoAnswer, "the formula "+s.whereUndefined(e, false, s.data.train))
	case c == nil:
		return fmt.Errorf("%w: fitted to the training rows the formula is %s, which %s", ErrNoAnswer, f.Expr, s.whereUndefined(f.Expr, true, s.data.all))
	}
	if len(f.Redundant) > 0 {
		s.warnings = append(s.warnings, "the data do not tell all constants of the formula apart; those without a standard error were kept where they were")
	}
	// The formula is the user's: its constants are fitted and its form kept.
	c.polished = true
	s.front.add(c)
	return nil
}

// definedStarts draws constants of all sizes and signs for the caller's formula
// and returns those of the least errors among the draws for which it is defined on
// every row.
func (s *state) definedStarts(ctx context.Context) []*symbolic.Expr {
	const draws, most = 2000, 8
	e := s.inSearch()
	p := len(e.FreeValues())
	if p == 0 {
		return nil
	}
	type start struct {
		e   *symbolic.Expr
		mse float64
	}
	var list []start
	rng := rand.New(rand.NewPCG(s.opt.Seed, 0xdef))
	for range draws {
		if ctx.Err() != nil {
			break
		}
		drawn := e.WithFree(s.drawConstants(rng, p))
		mse, ok := errorOn(drawn, s.data.search)
		if !ok {
			continue
		}
		if _, ok := errorOn(drawn, s.data.all); !ok {
			continue
		}
		list = append(list, start{drawn, mse})
	}
	slices.SortStableFunc(list, func(a, b start) int {
		switch {
		case a.mse < b.mse:
			return -1
		case a.mse > b.mse:
			return 1
		}
		return 0
	})
	var out []*symbolic.Expr
	for _, l := range list[:min(len(list), most)] {
		out = append(out, l.e)
	}
	return out
}

// drawConstants draws p constants of either sign, from a thousandth to ten times
// the largest input, but at least to ten.
func (s *state) drawConstants(rng *rand.Rand, p int) []*symbolic.Expr {
	const smaller, larger = 3, 1 // powers of ten
	largest := 1.0
	for _, col := range s.data.search.Cols {
		lo, hi := bounds(col)
		largest = max(largest, -lo, hi)
	}
	out := make([]*symbolic.Expr, p)
	for i := range out {
		v := math.Pow(10, -smaller+rng.Float64()*(smaller+larger+math.Log10(largest)))
		if rng.IntN(2) == 0 {
			v = -v
		}
		out[i] = symbolic.Free(v)
	}
	return out
}

// whereUndefined says, in words for an error, on which rows of d e is undefined
// with its constants as they are and, if they are not fitted, as drawn.
func (s *state) whereUndefined(e *symbolic.Expr, fitted bool, d symbolic.Data) string {
	const draws = 30
	d = head(d, searchRows)
	p := len(e.FreeValues())
	if fitted {
		p = 0
	}
	always := undefinedRows(e, d)
	rng := rand.New(rand.NewPCG(s.opt.Seed, 0xdef1))
	for range min(p, 1) * draws {
		drawn := undefinedRows(e.WithFree(s.drawConstants(rng, p)), d)
		for r := range always {
			always[r] = always[r] && drawn[r]
		}
	}
	rows, first := 0, -1
	for r, no := range always {
		if no {
			rows++
			if first < 0 {
				first = r
			}
		}
	}
	const leave = "leave such rows out, or change the formula"
	with := ""
	if p > 0 {
		with = ", whatever was tried for its constants"
	}
	if first < 0 {
		return "is undefined, or too large for a number, on some of the rows" + with + "; write decimals near the right values for the constants, from which to start"
	}
	var at []string
	for i, name := range d.Names {
		if slices.Contains(e.Vars(), name) {
			at = append(at, fmt.Sprintf("%s = %.6g", name, d.Cols[i][first]))
		}
	}
	return fmt.Sprintf("is undefined, or too large for a number, on %d of %d rows, such as that of %s%s; %s", rows, len(d.Y), enumerate(at), with, leave)
}

// undefinedRows tells the rows on which e is not a finite number.
func undefinedRows(e *symbolic.Expr, d symbolic.Data) []bool {
	out := make([]bool, len(d.Y))
	p, err := symbolic.Compile(e, d.Names)
	if err != nil {
		return out
	}
	ws, value := p.NewWorkspace(), make([]float64, 1)
	for r := range out {
		out[r] = !p.Eval(ws, value, d.Rows(r, r+1).Cols, p.Params()) || !finite(value[0])
	}
	return out
}
