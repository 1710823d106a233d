package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"

	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/symbolic"
)

// comparison is the data without predictions.
func (p *Page) comparison() *Prediction {
	t := p.Table
	d := &Prediction{
		Target: t.Columns[t.Target], Cols: t.InputCols(), Y: t.Y(),
		Predicted: make([]float64, t.Rows()), Heldout: p.Heldout,
	}
	for _, i := range t.Inputs() {
		d.Inputs = append(d.Inputs, t.Columns[i])
	}
	return d
}

// compare predicts the target by a formula.
func (p *Page) compare(e *symbolic.Expr) (*Prediction, error) {
	return CompareFormula(e, p.Table, p.Heldout)
}

// CompareFormula predicts the target of a table by a formula over the names of
// its columns. heldout tells the rows that nothing was fitted to; nil if that is
// unknown. The error names a variable that the table does not have.
func CompareFormula(e *symbolic.Expr, t *table.Table, heldout []bool) (*Prediction, error) {
	d := (&Page{Table: t, Heldout: heldout}).comparison()
	program, err := symbolic.Compile(e, t.InputNames())
	if err != nil {
		return nil, err
	}
	newEvaluation(program).eval(d.Predicted, d.Cols)
	return d, nil
}

// CompareNetwork is CompareFormula for a network, whose inputs must be among the
// columns.
func CompareNetwork(n *Network, t *table.Table, heldout []bool) (*Prediction, error) {
	d := (&Page{Table: t, Heldout: heldout}).comparison()
	cols, err := inputsOf(n, t)
	if err != nil {
		return nil, err
	}
	n.Net.Predict(d.Predicted, cols)
	for r, v := range d.Predicted {
		if !isFinite(v) {
			d.Predicted[r] = math.NaN()
		}
	}
	return d, nil
}

// inputsOf returns the columns of a table that are the inputs of a network.
func inputsOf(n *Network, t *table.Table) ([][]float64, error) {
	var cols [][]float64
	for _, name := range n.Net.Inputs {
		i := slices.Index(t.Names, name)
		if i < 0 || i == t.Target {
			return nil, fmt.Errorf("the network has the input %s, which is no column of the table", name)
		}
		cols = append(cols, t.Cols[i])
	}
	return cols, nil
}

// summary says how the predictions of all rows are.
func (d *Prediction) summary() string {
	worst, sse, n := 0.0, 0.0, 0
	for r := range d.Y {
		if e := d.residual(r); isFinite(e) {
			worst = math.Max(worst, math.Abs(e))
			sse += e * e
			n++
		}
	}
	if n == 0 {
		return "The formula is undefined on every row."
	}
	s := fmt.Sprintf("Over %s the root mean square of the residuals is %s and the largest %s.",
		count(n, "row"), number(math.Sqrt(sse/float64(n))), number(worst))
	if lost := len(d.Y) - n; lost > 0 {
		s += fmt.Sprintf(" On %s the formula is undefined.", count(lost, "row"))
	}
	return s
}

// pair is predicted against true, and the residuals.
func (d *Prediction) pair() keyedPictures {
	name := clean(d.Target)
	return keyedPictures{
		Key: inline(legendPicture(d.rowsLegend())),
		Pictures: []template.HTML{
			inline(d.panelPicture(d.predictedPanel(), "Predicted "+name+" against "+name, panelWidth, panelHeight)),
			inline(d.panelPicture(d.residualPanel(), "Residual against predicted "+name, panelWidth, panelHeight)),
		},
	}
}
