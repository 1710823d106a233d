package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/kansym/kansym/symbolic"
)

// Verdict is how an answer compares to the truth.
type Verdict struct {
	Solved bool
	// Error is the largest of the errors inside and outside the ranges, as a
	// share of the spread of the truth, after the best added or multiplied
	// constant; +Inf if the answer is not finite where the truth is.
	Error float64
	// Cause says why an answer is not a solution, in a few words.
	Cause string
}

// judging
const (
	judgeRows = 400
	// tolerance without noise: an answer equals the truth but for rounding and
	// for constants given to seven digits.
	exactTolerance = 1e-6
	// sizeFactor bounds the nodes of an answer by those of the truth.
	sizeFactor = 3

	farOff = "nothing near it"
)

// Judge compares an answer to the problem's formula. An answer is a solution if
// it equals the formula, or does so after one constant was added or
// multiplied, to 1e-6 of its spread, on fresh points within the ranges and on
// points up to half a range outside of them (where the formula is defined), and
// if it has at most three times its nodes. For data with noise the tolerance is
// max(1e-3, noise/100), and the answer is read as it stands or with its
// constants rounded to three decimals.
func (p *Problem) Judge(answer *symbolic.Expr, noise float64, seed uint64) Verdict {
	tolerance := exactTolerance
	if noise > 0 {
		tolerance = max(1e-3, noise/100)
	}
	best := p.compare(answer, tolerance, seed)
	if noise > 0 && !best.Solved {
		if v := p.compare(rounded(answer, 3), tolerance, seed); v.Error < best.Error {
			best = v
		}
	}
	if truth := p.expr.Complexity(); best.Solved && answer.Complexity() > sizeFactor*truth {
		best.Solved = false
		best.Cause = fmt.Sprintf("%d nodes for %d", answer.Complexity(), truth)
	}
	return best
}

func (p *Problem) compare(answer *symbolic.Expr, tolerance float64, seed uint64) Verdict {
	f, err := rowwise(answer, p.Names())
	if err != nil {
		return Verdict{Error: math.Inf(1), Cause: "uses an input the law does not have"}
	}
	g, err := rowwise(p.expr, p.Names())
	if err != nil {
		return Verdict{Error: math.Inf(1), Cause: err.Error()}
	}
	rng := rand.New(rand.NewPCG(seed, hash(p.ID)^0x1d9e))
	inside, ok := p.points(rng, 0, f, g)
	if !ok {
		return Verdict{Error: math.Inf(1), Cause: "undefined within the ranges"}
	}
	outside, ok := p.points(rng, 0.5, f, g)
	if !ok {
		return Verdict{Error: math.Inf(1), Cause: "undefined outside the ranges"}
	}
	// The constant is fitted inside and must hold outside.
	size := inside.spread()
	best := Verdict{Error: math.Inf(1), Cause: farOff}
	for _, mend := range inside.mends() {
		in, out := inside.error(mend, size), outside.error(mend, size)
		e := max(in, out)
		if !(e < best.Error) {
			continue
		}
		best = Verdict{Solved: e <= tolerance, Error: e}
		switch {
		case in > 0.1:
			best.Cause = farOff
		case in > tolerance:
			best.Cause = "another formula"
		case out > tolerance:
			best.Cause = "differs outside the ranges"
		}
	}
	return best
}

// pairs are values of the answer and of the truth.
type pairs struct{ answer, truth []float64 }

// points evaluates both at points of the ranges, widened by a share of their
// width to both sides; not ok if the answer is not finite where the truth is.
func (p *Problem) points(rng *rand.Rand, widen float64, answer, truth func([]float64) float64) (pairs, bool) {
	var out pairs
	row := make([]float64, len(p.Vars))
	bad := 0
	for range 20 * judgeRows {
		if len(out.truth) == judgeRows {
			break
		}
		for i, v := range p.Vars {
			if widen > 0 {
				w := widen * (v.High - v.Low)
				v.Low, v.High, v.Log = v.Low-w, v.High+w, false
			}
			row[i] = v.draw(rng)
		}
		t := truth(row)
		if math.IsNaN(t) || math.IsInf(t, 0) {
			continue
		}
		a := answer(row)
		if math.IsNaN(a) || math.IsInf(a, 0) {
			bad++
			continue
		}
		out.answer = append(out.answer, a)
		out.truth = append(out.truth, t)
	}
	// A pole of equal formulas may be hit by one of them only.
	return out, len(out.truth) > 0 && bad <= judgeRows/100
}

// mend is a constant added to and one multiplied with an answer.
type mend struct{ add, times float64 }

// mends returns no change, the best sum and the best factor.
func (p pairs) mends() []mend {
	var sum, at, aa float64
	for i, a := range p.answer {
		sum += p.truth[i] - a
		at += a * p.truth[i]
		aa += a * a
	}
	out := []mend{{0, 1}, {sum / float64(len(p.answer)), 1}}
	if c := at / aa; aa > 0 && c != 0 && !math.IsInf(c, 0) {
		out = append(out, mend{0, c})
	}
	return out
}

// error is the root mean square of the differences, each as a share of the
// spread inside the ranges and the value itself together. The largest of each
// hundred do not count: next to a pole rounding decides. It is +Inf if too many
// cannot be told.
func (p pairs) error(m mend, size float64) float64 {
	shares := make([]float64, len(p.truth))
	for i, t := range p.truth {
		d := math.Abs(m.times*p.answer[i] + m.add - t)
		if d > 0 {
			d /= size + math.Abs(t)
		}
		if math.IsNaN(d) {
			d = math.Inf(1)
		}
		shares[i] = d
	}
	slices.Sort(shares)
	shares = shares[:len(shares)-len(shares)/100]
	return rms(shares)
}

func (p pairs) spread() float64 {
	mean := 0.0
	for _, t := range p.truth {
		mean += t
	}
	mean /= float64(len(p.truth))
	sum := 0.0
	for _, t := range p.truth {
		sum += (t - mean) * (t - mean)
	}
	return math.Sqrt(sum / float64(len(p.truth)))
}

// rounded rounds the decimals of e.
func rounded(e *symbolic.Expr, decimals int) *symbolic.Expr {
	return e.Map(func(n *symbolic.Expr) *symbolic.Expr {
		if n.Kind() != symbolic.KindFloat {
			return n
		}
		v, err := strconv.ParseFloat(strconv.FormatFloat(n.Const(), 'f', decimals, 64), 64)
		if err != nil || v == 0 {
			return n
		}
		return symbolic.Float(v)
	})
}
