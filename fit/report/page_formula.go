package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

type constantView struct{ Name, Value, Error, Fitted, Where string }

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
	v.Constants = p.viewConstants()
	for _, k := range v.Constants {
		v.Where = v.Where || k.Where != ""
		if k.Fitted != "" {
			v.Snapped = fmt.Sprintf("Constants that have a value under fitted as were rounded to exact numbers %s.", roundingRule(r.Best))
		}
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

// breakable cuts the text of a formula before its operators, but not in numbers
// such as 1e-07.
func breakable(text string) []string {
	var out []string
	start := 0
	for i := 1; i < len(text); i++ {
		if strings.IndexByte("+-*/", text[i]) >= 0 && strings.IndexByte("+-*/(^", text[i-1]) < 0 && !inNumber(text[:i]) {
			out = append(out, text[start:i])
			start = i
		}
	}
	return append(out, text[start:])
}

// viewConstants describes the constants of the chosen formula as the terminal does:
// decimals have the signs that stand in the formula beside them, or those of their
// names. Terms of 0 do not show in the formula and are left out.
func (p *Page) viewConstants() []constantView {
	c := p.Result.Best
	var decimals []fit.Constant
	for _, k := range c.Constants {
		if k.Snapped == "" {
			decimals = append(decimals, k)
		}
	}
	_, where := places(c, decimals)
	names := p.Constants
	if len(names) != len(decimals) {
		names = nil
	}
	var out []constantView
	at := 0 // among the decimals
	for _, k := range c.Constants {
		v := constantView{}
		if k.Snapped == "" {
			v.Where = where[at]
			if names != nil {
				v.Name = names[at].Text
			}
			switch {
			case v.Name != "" && v.Name != given:
				if names[at].Negated {
					k.Value = -k.Value
				}
			case v.Where != "":
				k.Value = math.Abs(k.Value)
			}
			at++
		} else if !rounded(k) {
			continue
		}
		out = append(out, v.measured(k))
	}
	return out
}

// measured fills in the value of a constant and how well it is known.
func (v constantView) measured(k fit.Constant) constantView {
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
		v.Value, v.Fitted = k.Snapped, fitted
	}
	return v
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
		case margin >= 10 && r.Interrupted:
			out = append(out, fmt.Sprintf("The next best formula of those tried, %s, takes %.0f bits more to describe the data by.",
				cut(brief(next.Expression), 80), margin))
		case margin >= 10:
			out = append(out, fmt.Sprintf("The next best formula, %s, takes %.0f bits more to describe the data by: decisive, if description lengths are read as logarithms of odds.",
				cut(brief(next.Expression), 80), margin))
		case margin >= 0:
			out = append(out, fmt.Sprintf("Another formula, %s, takes only %.1f bits more to describe the data by. The data hardly tell the two apart.",
				cut(brief(next.Expression), 80), margin))
		}
	}
	switch {
	case r.Doubt != "":
		out = append(out, "Note: "+r.Doubt+".")
	case approximate(r):
		out = append(out, "It is "+approximation+".")
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
