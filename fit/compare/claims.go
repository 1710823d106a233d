package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Best returns the network of a kind with the least validation error among
// those that were trained to the end, if any was, and nil if there is none:
// choosing by the held-out rows would make their errors too small.
func (r *Result) Best(kind Kind) *Model { return r.bestUpTo(kind, math.MaxInt) }

// bestUpTo is Best among the networks of at most so many parameters.
func (r *Result) bestUpTo(kind Kind, parameters int) *Model {
	var best *Model
	for _, m := range r.of(kind) {
		if m.Parameters <= parameters && (best == nil || m.RMSEValidation < best.RMSEValidation) {
			best = m
		}
	}
	return best
}

// Envelope returns the networks of a kind that have a smaller validation error
// than all smaller ones, smallest first.
func (r *Result) Envelope(kind Kind) []*Model {
	var out []*Model
	for _, m := range r.of(kind) {
		if best := r.bestUpTo(kind, m.Parameters); best == m {
			out = append(out, m)
		}
	}
	return out
}

// of lists the networks of a kind, smallest first. Those that the time stopped
// say more about the machine than about the kind and are left out, unless
// there are no others.
func (r *Result) of(kind Kind) []*Model {
	var out, stopped []*Model
	for _, m := range r.Models {
		switch {
		case m.Kind != kind:
		case m.Stopped:
			stopped = append(stopped, m)
		default:
			out = append(out, m)
		}
	}
	if len(out) == 0 {
		out = stopped
	}
	slices.SortStableFunc(out, func(a, b *Model) int { return cmp.Compare(a.Parameters, b.Parameters) })
	return out
}

// The verdicts.
const (
	yes       = "yes"
	no        = "no"
	partly    = "partly"
	mostly    = "mostly"
	mostlyNot = "mostly not"
	same      = "no difference"
	unknown   = "not checked"
)

// alike is the factor within which errors or seconds count as no difference.
const alike = 1.1

// often is how many times as often as the other one kind must win to do so
// mostly.
const often = 3

// claims checks what is said about KANs.
func (r *Result) claims() []Claim {
	return []Claim{r.accuracy(), r.interpretability(), r.speed(), r.rewriting()}
}

// floor is the error, relative to the spread, below which errors are rounding.
const floor = 1e-15

// accuracy compares the best networks of at most as many parameters, at every
// size at which both kinds have one.
func (r *Result) accuracy() Claim {
	c := Claim{Claim: "more accurate per parameter", Verdict: unknown, Figures: "networks of both kinds are needed."}
	kans, mlps := r.of(KAN), r.of(MLP)
	if len(kans) == 0 || len(mlps) == 0 {
		return c
	}
	least := max(kans[0].Parameters, mlps[0].Parameters)
	sizes := []int{least}
	for _, m := range slices.Concat(kans, mlps) {
		if m.Parameters > least {
			sizes = append(sizes, m.Parameters)
		}
	}
	slices.Sort(sizes)
	sizes = slices.Compact(sizes)
	wins, losses, logs := 0, 0, 0.0
	for _, p := range sizes {
		k, m := r.bestUpTo(KAN, p), r.bestUpTo(MLP, p)
		ratio := math.Max(m.RMSEHeldout, floor*r.Spread) / math.Max(k.RMSEHeldout, floor*r.Spread)
		logs += math.Log(ratio)
		switch {
		case ratio > alike:
			wins++
		case ratio < 1/alike:
			losses++
		}
	}
	mean := math.Exp(logs / float64(len(sizes)))
	how := fmt.Sprintf("%s times smaller", digits(mean))
	switch {
	case losses > 0 && wins >= often*losses && mean > alike:
		c.Verdict = mostly
	case wins > 0 && losses >= often*wins && mean < 1/alike:
		c.Verdict = mostlyNot
	case wins > 0 && losses > 0:
		c.Verdict = partly
	case mean > alike:
		c.Verdict = yes
	case mean < 1/alike:
		c.Verdict = no
	default:
		c.Verdict = same
	}
	if mean < 1 {
		how = fmt.Sprintf("%s times greater", digits(1/mean))
	}
	k, m := r.Best(KAN), r.Best(MLP)
	c.Figures = fmt.Sprintf("at %s from %d to %d parameters, the best KAN of at most that size has the smaller error at %d and the greater at %d, in the geometric mean %s than the best MLP; the best of all are the KAN %s with %s and RMSE %s and the MLP %s with %d and %s.",
		count(len(sizes), "size"), sizes[0], sizes[len(sizes)-1], wins, losses, how,
		ShapeText(k.Shape), count(k.Parameters, "parameter"), digits(k.RMSEHeldout), ShapeText(m.Shape), m.Parameters, digits(m.RMSEHeldout))
	return c
}

// interpretability counts the KANs that were named.
func (r *Result) interpretability() Claim {
	c := Claim{Claim: "interpretable", Verdict: unknown, Figures: "no KAN was trained."}
	kans := r.of(KAN)
	if len(kans) == 0 {
		return c
	}
	found, shapes, untried := 0, 0, 0
	var closest *Model
	for _, m := range kans {
		if r.finest(m) != m {
			continue
		}
		shapes++
		if m.Unnamed == interrupted {
			c.Figures = "the curves of the KANs were not named."
			return c
		}
		if m.Unnamed == noTime {
			untried++
		}
		if m.Formula == nil || !m.Formula.Good {
			continue
		}
		found++
		if closest == nil || m.Formula.RMSEHeldout < closest.Formula.RMSEHeldout {
			closest = m
		}
	}
	figures := fmt.Sprintf("naming the curves made of %d of %s a formula with at most %d times the network's held-out error", found, count(shapes, "KAN"), good)
	switch {
	case found == shapes:
		c.Verdict = yes
	case found > 0:
		c.Verdict = partly
	case untried > 0:
		c.Verdict = unknown
	default:
		c.Verdict = no
	}
	if untried > 0 {
		figures += fmt.Sprintf(" (for %d there was no time)", untried)
	}
	if closest != nil {
		figures += fmt.Sprintf(", the closest from %s, of size %d with RMSE %s", ShapeText(closest.Shape), closest.Formula.Complexity, digits(closest.Formula.RMSEHeldout))
	}
	if s := r.Search; s != nil {
		figures += fmt.Sprintf("; the search for a formula found one of size %d with RMSE %s", s.Complexity, digits(s.RMSEHeldout))
	}
	c.Figures = figures + "; an MLP has no curves to name."
	return c
}

// Why networks were not named, where that says nothing about them: the user
// ended the work, or the time was over.
const (
	interrupted = "interrupted"
	noTime      = "no time"
)

// speed compares the seconds of each KAN with those of an MLP of as many
// parameters, interpolated between the MLPs of sizes around it in logarithms.
func (r *Result) speed() Claim {
	c := Claim{Claim: "slower to train", Verdict: unknown, Figures: "networks of both kinds and of overlapping sizes are needed."}
	kans, mlps := r.of(KAN), r.of(MLP)
	logs, compared := 0.0, 0
	least, most := math.MaxInt, 0
	for _, k := range kans {
		if s, ok := secondsAt(mlps, k.Parameters); ok && s > 0 && k.Seconds > 0 {
			logs += math.Log(k.Seconds / s)
			compared++
			least, most = min(least, k.Parameters), max(most, k.Parameters)
		}
	}
	if compared == 0 {
		return c
	}
	ratio := math.Exp(logs / float64(compared))
	how := fmt.Sprintf("%s times as long as", digits(ratio))
	switch {
	case ratio > alike:
		c.Verdict = yes
	case ratio < 1/alike:
		c.Verdict = no
	default:
		c.Verdict = same
	}
	total := func(models []*Model) (seconds float64, steps int) {
		for _, m := range models {
			seconds += m.Seconds
			steps += m.Steps
		}
		return seconds, steps
	}
	ks, kn := total(kans)
	ms, mn := total(mlps)
	c.Figures = fmt.Sprintf("%s of %s trained %s MLPs of as many parameters (in the geometric mean, seconds of MLPs interpolated); all %s took %s s for %d steps, all %s %s s for %d.",
		count(compared, "KAN"), sizeRange(least, most), how, count(len(kans), "KAN"), digits(ks), kn, count(len(mlps), "MLP"), digits(ms), mn)
	return c
}

// secondsAt is the time that a network of so many parameters would take; ok is
// false outside the sizes that were trained.
func secondsAt(models []*Model, parameters int) (s float64, ok bool) {
	for i, b := range models {
		if b.Parameters < parameters {
			continue
		}
		if b.Parameters == parameters {
			return b.Seconds, true
		}
		if i == 0 {
			return 0, false
		}
		a := models[i-1]
		t := math.Log(float64(parameters)/float64(a.Parameters)) / math.Log(float64(b.Parameters)/float64(a.Parameters))
		return math.Exp((1-t)*math.Log(a.Seconds) + t*math.Log(b.Seconds)), true
	}
	return 0, false
}

// equal is the difference, relative to the spread, up to which two networks
// are the same but for rounding.
const equal = 1e-9

// rewriting reports how near the best KAN and its perceptron are.
func (r *Result) rewriting() Claim {
	c := Claim{Claim: "rewritable as an MLP", Verdict: unknown, Figures: "no KAN was rewritten."}
	w := r.Rewrite
	if w == nil {
		return c
	}
	c.Verdict = yes
	if w.Difference > equal {
		c.Verdict = no
	}
	parameters := 0
	if k := r.Best(KAN); k != nil {
		parameters = k.Parameters
	}
	c.Figures = fmt.Sprintf("the best KAN, %s with %d parameters, is a perceptron of %d rectified linear, squared and cubed units with %d weights; on %s the two differ by at most %s of the spread.",
		ShapeText(w.Shape), parameters, w.Units, w.Parameters, count(r.RowsTrain+r.RowsHeldout+r.apart(), "row"), digits(w.Difference))
	return c
}

// apart is the number of validation rows that are not fitted.
func (r *Result) apart() int {
	if r.Shared {
		return 0
	}
	return r.RowsValidation
}

func sizeRange(a, b int) string {
	if a == b {
		return count(a, "parameter")
	}
	return fmt.Sprintf("%d to %d parameters", a, b)
}

// digits writes a number to three digits.
func digits(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }

func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
