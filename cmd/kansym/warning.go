package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/symbolic"
)

// warn writes a warning to standard error; an empty one is none.
func (p *program) warn(quiet bool, text string) {
	if text != "" && !quiet {
		fmt.Fprintf(p.stderr, "kansym: %s\n", strings.Join(wrapText("warning: "+text, textWidth-len("kansym: ")), "\n"))
	}
}

// What is worth a warning. Errors below tinyError of the target's spread are
// those of rounding, which may well grow tenfold.
const (
	muchLarger = 10
	tinyError  = 1e-6
)

// toldErrors are the root mean square errors that a model or a result tells of.
type toldErrors struct{ train, heldout float64 }

// toldBy returns the errors of a network's summary, nil if there is none.
func toldBy(s *kan.Summary) *toldErrors {
	if s == nil {
		return nil
	}
	return &toldErrors{s.RMSETrain, s.RMSEHeldout}
}

// disagreement warns of a model whose error on data is far larger than the one that
// it tells of, nil if of none: the model was edited, or the data are others. relative
// is the error by the spread of the target.
func disagreement(model, data string, told *toldErrors, rmse, relative float64) string {
	if told == nil || !(relative > tinyError) {
		return ""
	}
	said := math.Max(told.heldout, told.train)
	if !(rmse > muchLarger*said) {
		return ""
	}
	return fmt.Sprintf("on %s the RMSE of %s is %s, but the model tells of %s; it was changed since, or these are other data or more rows than it was made from",
		data, model, symbolic.TableNumber(rmse), symbolic.TableNumber(said))
}

// disagreementOf is disagreement for predictions of a column; rows without one do not
// count.
func disagreementOf(model, data string, told *toldErrors, predicted, y []float64) string {
	var a, b []float64
	for r, v := range predicted {
		if d := v - y[r]; !math.IsNaN(d) && !math.IsInf(d, 0) {
			a, b = append(a, v), append(b, y[r])
		}
	}
	if len(b) == 0 {
		return ""
	}
	d := differences(a, b)
	return disagreement(model, data, told, d.rmse, d.rmse/deviation(b))
}

// worsening warns of a step after which a network is far from its data.
func worsening(from string, version int, before, after *kan.Summary) string {
	if !(after.HeldRelative > tinyError) || !(after.RMSEHeldout > muchLarger*before.RMSEHeldout) {
		return ""
	}
	return fmt.Sprintf("the RMSE on held-out rows grew from %s to %s; kansym rewind %s %d goes back",
		symbolic.TableNumber(before.RMSEHeldout), symbolic.TableNumber(after.RMSEHeldout), quoteWord(from), version)
}
