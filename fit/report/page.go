package report

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// Page is what HTML shows.
type Page struct {
	// Result has the formulas, of which each must have its Expr. Without a Best
	// the page is about the network alone.
	Result *fit.Result

	// Table is the data, whose inputs are the variables of the formulas.
	Table *table.Table

	// Heldout tells the rows of Table that nothing was fitted to; nil if that is
	// unknown.
	Heldout []bool

	// Network is drawn; nil for none. Its Cols are taken from Table.
	Network *Network

	// Constants are the names of the constants of the chosen formula, if they
	// have any.
	Constants []Name

	// Command is the command line that made the page, and Version the version of
	// the program, for those who want to repeat it.
	Command, Version string
}

var (
	//go:embed page.html.tmpl
	pageText string
	//go:embed page.css
	pageStyle string
)

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// HTML writes the page as one file that needs nothing else: no script, no font,
// no picture from elsewhere. The same page gives the same bytes; the seconds that
// the search took are left out for that reason. The error says what does not fit
// together, or is w's.
func HTML(w io.Writer, p *Page) error {
	v, err := p.view()
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, v); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// pageView is the page as the template needs it: text, and pictures and formulas
// that are HTML already.
type pageView struct {
	Title, Target, Source, Subject string
	Style                          template.CSS

	Formula   []template.HTML // terms; nil without a formula
	Size      string          // see fontSize
	Sure      []string
	Warnings  []string
	Constants []constantView
	Snapped   bool // some constant was replaced by an exact number

	Front       []formulaView
	FrontWide   *frontView
	FrontNarrow *frontView

	Rows     *keyedPictures // of a network without a formula
	Inputs   *keyedPictures
	DrawNote string

	Networks    []networkView
	NetworkNote string
	Edges       []edgeRowView

	Structure, Found []string
	Columns          []columnView
	DataLine         string
	Missing          string
	Command, Version string
	Facts            []factView
}

type constantView struct{ Name, Value, Error, Fitted string }

type factView struct{ Name, Value string }

// formulaView is a formula of the front.
type formulaView struct {
	ID                          int
	Best                        bool
	Complexity, Held, Train, R2 string
	Bits, Text                  string
	Pieces                      []string // of Text, between which lines can be broken
	Size                        string   // see fontSize
	Formula                     []template.HTML
	Summary                     string
	Pictures                    keyedPictures
	Exports                     []exportView
}

// keyedPictures are pictures that share a key.
type keyedPictures struct {
	Key      template.HTML
	Pictures []template.HTML
}

type exportView struct{ Language, Text string }

// frontView is a picture of the front with places to click.
type frontView struct {
	Picture template.HTML
	Spots   []spotView
}

type spotView struct {
	ID        int
	Left, Top string // percent
	Text      string
}

type edgeRowView struct {
	Place, From, To, Formula, RMSE, R2, Share, Others string
	Picture                                           template.HTML
}

type columnView struct {
	Name, Column, Role         string
	Min, Median, Mean, SD, Max string
	Picture                    template.HTML
}

// exportLanguages are the notations in which a formula can be taken along.
var exportLanguages = []struct {
	language library.Language
	title    string
}{
	{library.LangExpr, "expr-lang, as kansym reads it"},
	{library.LangLaTeX, "LaTeX"},
	{library.LangSymPy, "Python with SymPy"},
	{library.LangPy, "Python with NumPy"},
	{library.LangGo, "Go"},
	{library.LangC, "C"},
}

func inline(p *Picture) template.HTML { return template.HTML(p.svg(false)) } //nolint:gosec // text in it is escaped

// mathDigits is how many digits decimals have in formulas that are typeset.
const mathDigits = 6

// typeset returns the terms of a formula, each as a math element between which
// lines can be broken; the first begins with "target =".
func typeset(target string, e *symbolic.Expr) []template.HTML {
	var out []template.HTML
	for _, t := range equation(target, e) {
		out = append(out, template.HTML(`<math display="inline" displaystyle="true">`+t+`</math>`)) //nolint:gosec // names are escaped
	}
	return out
}

// equation is "target =" and the terms of e in MathML.
func equation(target string, e *symbolic.Expr) []string {
	terms := e.MathMLTerms(mathDigits)
	terms[0] = symbolic.Var(target).Format(library.LangMathML) + "<mo>=</mo>" + terms[0]
	return terms
}

// fontSize is a length of CSS at which the widest term of an equation fits into
// its container, which is 100cqi wide.
func fontSize(target string, e *symbolic.Expr) string {
	widest := 1.0
	for _, t := range equation(target, e) {
		widest = math.Max(widest, mathWidth(t))
	}
	return fmt.Sprintf("%.2fcqi", 100/widest)
}

func (p *Page) view() (*pageView, error) {
	r, t := p.Result, p.Table
	if r == nil || t == nil {
		return nil, errors.New("a page needs a result and its table")
	}
	if p.Heldout != nil && len(p.Heldout) != t.Rows() {
		return nil, fmt.Errorf("%d rows in the table and %d marks of those held out", t.Rows(), len(p.Heldout))
	}
	v := &pageView{
		Target: clean(t.Columns[t.Target]), Source: clean(t.Source), Style: template.CSS(pageStyle), //nolint:gosec // our own
		Warnings: r.Warnings, Structure: structure(r), Found: r.Found,
		Command: p.Command, Version: p.Version,
	}
	v.Subject = "A formula for "
	if r.Best == nil {
		v.Subject = "A network for "
	}
	v.Title = v.Subject + v.Target
	if err := p.viewFormulas(v); err != nil {
		return nil, err
	}
	if err := p.viewNetwork(v); err != nil {
		return nil, err
	}
	p.viewFit(v)
	p.viewData(v)
	return v, nil
}

// viewFormulas fills in the chosen formula, its constants and the front.
func (p *Page) viewFormulas(v *pageView) error {
	r := p.Result
	if r.Best == nil {
		return nil
	}
	front := r.Front
	if !slices.Contains(front, r.Best) {
		front = append(slices.Clone(front), r.Best)
	}
	for i, c := range front {
		f, err := p.viewFormula(i, c)
		if err != nil {
			return err
		}
		v.Front = append(v.Front, f)
		if c == r.Best {
			v.Formula, v.Size = f.Formula, f.Size
		}
	}
	v.Sure = p.howSure()
	for i, k := range r.Best.Constants {
		v.Constants = append(v.Constants, p.viewConstant(i, k)...)
		v.Snapped = v.Snapped || k.Snapped != ""
	}
	if len(front) < 2 {
		return nil
	}
	for _, size := range []struct {
		to            **frontView
		width, height vg.Length
	}{{&v.FrontWide, 500, 270}, {&v.FrontNarrow, 262, 235}} {
		f, err := newFrontPlot(front, r.Best, "", size.width, size.height, false)
		if err != nil {
			return err
		}
		*size.to = &frontView{Picture: inline(f.picture())}
		for i, s := range f.spots() {
			(*size.to).Spots = append((*size.to).Spots, spotView{
				ID: i, Left: strconv.FormatFloat(100*s.x, 'f', 2, 64), Top: strconv.FormatFloat(100*s.y, 'f', 2, 64),
				Text: v.Front[i].Text,
			})
		}
	}
	return nil
}

// viewFormula evaluates one formula and draws its residuals.
func (p *Page) viewFormula(i int, c *fit.Candidate) (formulaView, error) {
	f := formulaView{
		ID: i, Best: c == p.Result.Best, Complexity: strconv.Itoa(c.Complexity),
		Held: number(c.RMSEHeldout), Train: number(c.RMSETrain), R2: r2(c.R2Heldout),
		Bits: fmt.Sprintf("%.1f", c.DescriptionLength), Text: brief(c.Expression),
	}
	f.Pieces = breakable(f.Text)
	if c.Expr == nil {
		return f, fmt.Errorf("the formula %s was not parsed", c.Expression)
	}
	f.Formula, f.Size = typeset(p.target(), c.Expr), fontSize(p.target(), c.Expr)
	for _, l := range exportLanguages {
		f.Exports = append(f.Exports, exportView{l.title, c.Expr.Format(l.language)})
	}
	d, err := p.compare(c.Expr)
	if err != nil {
		return f, err
	}
	f.Summary = d.summary()
	if d.finite() > 0 {
		const most = 250
		d = d.thin(most)
		f.Pictures = d.pair()
	}
	return f, nil
}

var operator = regexp.MustCompile(`[^-+*/(e^][-+*/]`)

// breakable cuts the text of a formula before its operators, but not in numbers
// such as 1e-07.
func breakable(text string) []string {
	var out []string
	start := 0
	for _, m := range operator.FindAllStringIndex(text, -1) {
		at := m[1] - 1
		out = append(out, text[start:at])
		start = at
	}
	return append(out, text[start:])
}

// target is the identifier of the target.
func (p *Page) target() string { return p.Table.Names[p.Table.Target] }

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

// viewConstant describes a constant of the chosen formula; factors of 1 and terms
// of 0 do not show in it and are left out.
func (p *Page) viewConstant(i int, k fit.Constant) []constantView {
	v := constantView{}
	if names := p.Constants; len(names) == len(p.Result.Best.Constants) {
		v.Name = names[i].Text
		if names[i].Negated {
			k.Value = -k.Value
		}
	}
	fitted, stderr, found := strings.Cut(withError(k.Value, k.StdErr), " ± ")
	if strings.HasPrefix(fitted, "(") { // (6.674 ± 0.002)e-11
		fitted, stderr, found = withError(k.Value, k.StdErr), "", false
	}
	if !found {
		stderr = "not fitted"
		if k.StdErr > 0 {
			stderr = number(k.StdErr)
		}
	}
	v.Value, v.Error = fitted, stderr
	if k.Snapped != "" {
		if k.StdErr <= 0 || k.Snapped == "0" || k.Snapped == "1" || k.Snapped == "-1" {
			return nil
		}
		v.Value, v.Fitted = k.Snapped, fitted
	}
	return []constantView{v}
}

// howSure says in sentences what speaks for the chosen formula.
func (p *Page) howSure() []string {
	r, c := p.Result, p.Result.Best
	var out []string
	if c.Expr != nil && len(c.Expr.Vars()) == 0 {
		out = append(out, fmt.Sprintf("No formula of the inputs was found that predicts %s better than a constant.", r.Target))
	}
	switch {
	case r.RowsHeldout == 0:
		out = append(out, fmt.Sprintf("On the %s of these data its error is RMSE\u00a0%s%s, R²\u00a0%s. Whether it was fitted to them is not known here.",
			count(r.Rows, "row"), number(c.RMSEHeldout), share(c.R2Heldout), r2(c.R2Heldout)))
	case c.Exact:
		out = append(out, fmt.Sprintf("It reproduces all %s that were held out, which no fit saw, to the precision of the numbers (RMSE\u00a0%s).",
			count(r.RowsHeldout, "row"), number(c.RMSEHeldout)))
	default:
		out = append(out, fmt.Sprintf("On the %s that were held out, which no fit saw, its error is RMSE\u00a0%s%s, R²\u00a0%s; on those that it was fitted to, RMSE\u00a0%s.",
			count(r.RowsHeldout, "row"), number(c.RMSEHeldout), share(c.R2Heldout), r2(c.R2Heldout), number(c.RMSETrain)))
	}
	if next := runnerUp(r.Front, c); next != nil {
		switch margin := next.DescriptionLength - c.DescriptionLength; {
		case margin >= 10:
			out = append(out, fmt.Sprintf("The next best formula, %s, takes %.0f bits more to describe the data by: decisive, if description lengths are read as logarithms of odds.",
				cut(brief(next.Expression), 80), margin))
		case margin >= 0:
			out = append(out, fmt.Sprintf("Another formula, %s, takes only %.1f bits more to describe the data by. The data hardly tell the two apart.",
				cut(brief(next.Expression), 80), margin))
		}
	}
	if r.Interrupted {
		out = append(out, "The search was stopped before it was complete; a longer one may find a better formula.")
	}
	return out
}

// runnerUp is the formula of least description length but the best.
func runnerUp(front []*fit.Candidate, best *fit.Candidate) *fit.Candidate {
	var next *fit.Candidate
	for _, c := range front {
		if c != best && (next == nil || c.DescriptionLength < next.DescriptionLength) {
			next = c
		}
	}
	return next
}

// viewNetwork draws the network and its edges.
func (p *Page) viewNetwork(v *pageView) error {
	if p.Network == nil {
		return nil
	}
	n := *p.Network
	cols, err := inputsOf(&n, p.Table)
	if err != nil {
		return err
	}
	n.Cols, n.Inputs, n.Target = cols, nil, p.Table.Columns[p.Table.Target]
	for _, name := range n.Net.Inputs {
		n.Inputs = append(n.Inputs, p.Table.Columns[slices.Index(p.Table.Names, name)])
	}
	curves, err := n.curves()
	if err != nil {
		return err
	}
	picture, err := NetworkPicture(&n)
	if err != nil {
		return err
	}
	narrow := layOut(&n, curves, narrowGap, narrowName).picture()
	v.Networks = []networkView{viewPicture("wide", picture, 0.85), viewPicture("narrow", narrow, 0.78)}
	v.NetworkNote = fmt.Sprintf("Network [%s] with %s and %s.", joinInts(n.Net.Shape()), count(len(curves), "edge"), count(n.Net.NumParams(), "parameter"))
	if info := p.Result.Network; info != nil && info.RMSEHeldout > 0 {
		v.NetworkNote = fmt.Sprintf("%s Held-out RMSE %s.", v.NetworkNote, number(info.RMSEHeldout))
	}
	if p.Result.Best != nil {
		v.NetworkNote += " The constants of the formula were fitted to the data, not to these curves."
	}
	for i := range curves {
		c := &curves[i]
		row := edgeRowView{
			Place: c.place(), From: n.nodeName(c.layer, c.from), To: n.nodeName(c.layer+1, c.to),
			Share: percent(c.share), Formula: "a spline, not named", Picture: inline(curvePicture(c)),
		}
		if c.layer == len(n.Net.Layers)-1 {
			row.To = clean(n.Target)
		}
		if c.named != nil {
			row.Formula = brief(c.name)
			if e := n.expression(c); e != nil {
				row.Formula = e.FormatDigits(library.LangText, 4)
			}
		}
		if c.compared {
			row.RMSE, row.R2 = number(c.rmse), r2(c.r2)
		}
		var others []string
		for _, m := range c.alternatives {
			others = append(others, fmt.Sprintf("%s (%s)", brief(m.Func.Name), number(m.RMSE)))
		}
		row.Others = strings.Join(others, ", ")
		v.Edges = append(v.Edges, row)
	}
	return nil
}

// networkView is a picture for screens of a kind.
type networkView struct {
	Class        string
	Picture      template.HTML
	Width, Least int // points; below Least it is scrolled rather than made smaller
}

// viewPicture is a picture that is legible down to a share of its size.
func viewPicture(class string, p *Picture, legible float64) networkView {
	return networkView{class, inline(p), int(p.Width), int(p.Width * legible)}
}

// curvePicture is the curve of an edge alone.
func curvePicture(c *edgeCurve) *Picture {
	const width, height = 62, 32
	return &Picture{Width: width, Height: height, Title: "Edge " + c.place() + ", " + plainForm(c), draw: func(dc draw.Canvas) {
		drawCurve(dc, dc.Rectangle, c, 1)
	}}
}

// viewFit draws the target and its prediction against each input.
func (p *Page) viewFit(v *pageView) {
	var d *Prediction
	var err error
	switch {
	case p.Result.Best != nil:
		d, err = p.compare(p.Result.Best.Expr)
	case p.Network != nil:
		d, err = CompareNetwork(p.Network, p.Table, p.Heldout)
	default:
		return
	}
	if err != nil || d.finite() == 0 {
		return
	}
	if p.Result.Best == nil {
		v.Sure = []string{strings.ReplaceAll(d.summary(), "the formula", "the network")}
	}
	const most = 350
	all := len(d.Y)
	d = d.thin(most)
	if p.Result.Best == nil {
		pair := d.pair()
		v.Rows = &pair
	}
	v.DrawNote = d.note(all)
	v.Inputs = &keyedPictures{Key: inline(legendPicture(append(d.inputsLegend(), d.rowsLegend()...)))}
	for i := range min(len(d.Cols), maxInputPanels) {
		v.Inputs.Pictures = append(v.Inputs.Pictures, inline(d.inputPicture(i, 252, 215)))
	}
}

// viewData describes the columns and what the page was made from.
func (p *Page) viewData(v *pageView) {
	t, r := p.Table, p.Result
	v.DataLine = t.Describe()
	for i, name := range t.Names {
		role := "input"
		if i == t.Target {
			role = "target"
		}
		v.Columns = append(v.Columns, viewColumn(name, clean(t.Columns[i]), role, t.Cols[i]))
	}
	if m := t.Missing; m.Rows > 0 {
		v.Missing = fmt.Sprintf("%s left out because a number is missing in %s.", count(m.Rows, "row"), joinWords(m.Columns))
	}
	if p.Version != "" {
		v.Facts = append(v.Facts, factView{"kansym", p.Version})
	}
	v.Facts = append(v.Facts, factView{"data", fmt.Sprintf("%s, %s, %s", v.Source, count(t.Rows(), "row"), count(len(t.Names), "column"))})
	if r.RowsHeldout > 0 {
		v.Facts = append(v.Facts,
			factView{"seed", strconv.FormatUint(r.Seed, 10)},
			factView{"rows fitted to", strconv.Itoa(r.RowsUsed)},
			factView{"rows held out", strconv.Itoa(r.RowsHeldout)})
	}
	if t.Weights != nil {
		v.Facts = append(v.Facts, factView{"rows weighted by", clean(t.WeightsColumn)})
	}
}

func viewColumn(name, column, role string, values []float64) columnView {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	n := len(sorted)
	median := sorted[n/2]
	if n%2 == 0 {
		median = sorted[n/2-1]/2 + sorted[n/2]/2
	}
	// Divided first, so that the sum of large numbers is finite.
	mean, size := 0.0, math.Max(math.Abs(sorted[0]), math.Abs(sorted[n-1]))
	for _, x := range values {
		mean += x / float64(n)
	}
	sd := 0.0
	if size > 0 {
		for _, x := range values {
			d := x/size - mean/size
			sd += d * d / float64(n)
		}
		sd = math.Sqrt(sd) * size
	}
	short := func(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
	return columnView{
		Name: name, Column: column, Role: role,
		Min: short(sorted[0]), Median: short(median), Mean: short(mean), SD: short(sd), Max: short(sorted[n-1]),
		Picture: inline(histogram(column, values)),
	}
}

// histogram shows how the values of a column are spread.
func histogram(name string, values []float64) *Picture {
	const bins, width, height = 24, 84, 20
	lo, hi := span([][]float64{values})
	var n [bins]int
	for _, v := range values {
		k := bins / 2
		if hi > lo {
			k = min(int(bins*((v/2-lo/2)/(hi/2-lo/2))), bins-1)
		}
		n[max(k, 0)]++
	}
	most := slices.Max(n[:])
	return &Picture{Width: width, Height: height, Title: "Distribution of " + name, draw: func(dc draw.Canvas) {
		var path vg.Path
		for i, k := range n {
			if k == 0 {
				continue
			}
			x0, x1 := dc.X(float64(i)/bins), dc.X(float64(i+1)/bins)-0.6
			y1 := max(dc.Y(float64(k)/float64(most)), dc.Min.Y+0.8)
			path.Move(vg.Point{X: x0, Y: dc.Min.Y})
			path.Line(vg.Point{X: x1, Y: dc.Min.Y})
			path.Line(vg.Point{X: x1, Y: y1})
			path.Line(vg.Point{X: x0, Y: y1})
			path.Close()
		}
		dc.SetColor(quiet)
		dc.Fill(path)
	}}
}
