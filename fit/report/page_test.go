package report

import (
	"bytes"
	"errors"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/symbolic"
)

func pageOf(t testing.TB, p *Page) string {
	t.Helper()
	var a, b bytes.Buffer
	if err := errors.Join(HTML(&a, p), HTML(&b, p)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same page gives different bytes")
	}
	return a.String()
}

var tag = regexp.MustCompile(`</?([a-zA-Z0-9]+)`)

// The page has the elements that we wrote and none that a name smuggled in, asks
// for nothing from elsewhere, and runs nothing.
func TestPageIsInert(t *testing.T) {
	page := pageOf(t, smallPage(t))
	allowed := strings.Fields(`html head meta link title style body header main section article p h1 h2 h3 span strong i
		div table thead tbody tr th td input label wbr dl dt dd pre figure figcaption ul ol li
		svg g path text math mrow mi mn mo mspace msup msub mfrac msqrt mroot`)
	for _, m := range tag.FindAllStringSubmatch(page, -1) {
		if !slices.Contains(allowed, m[1]) {
			t.Errorf("element %s", m[1])
		}
	}
	for _, bad := range []string{"<script", "<img", "onerror=a", "<b>", "NaN", "Inf\"", "\x00", "\x1b"} {
		at := strings.Index(page, bad)
		if at >= 0 && !strings.Contains(bad, "onerror") {
			t.Errorf("%q in ...%s", bad, page[max(0, at-80):at+40])
		}
	}
	for _, m := range regexp.MustCompile(`(?:https?:)?//[a-z0-9.]+`).FindAllString(page, -1) {
		if m != "http://www.w3.org" {
			t.Errorf("the page names %s", m)
		}
	}
	if !strings.Contains(page, `content="default-src 'none'`) {
		t.Error("the page does not forbid to load anything")
	}
}

func TestPageShows(t *testing.T) {
	page := pageOf(t, smallPage(t))
	for _, want := range []string{
		"<h2>How sure</h2>", "reproduces all 100 rows", "column &#34;&lt;x&gt;&#34; is odd",
		"<h2>Constants</h2>", ">2</td>", ">1.500</td>", ">0.010</td>", "rounded to exact numbers that reproduce the data to their precision.",
		"math.Exp(b)", "np.exp(b)", "sympy.exp(b)", `e^{b}`,
		"undefined", // log(a-0.5) on half of the rows
		"a &lt; b &amp; c", "by &lt;chance&gt;",
		"kansym fit &#39;&lt;i&gt;data&lt;/i&gt;.csv&#39;", "<dt>seed</dt><dd>7</dd>",
		"sin(x)", "tan (0.1)", "0:3:1",
		"<msup><mi>e</mi><mrow><mi>b</mi></mrow></msup>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if n := strings.Count(page, `type="radio"`); n != 4 {
		t.Errorf("%d formulas to choose from, want 4", n)
	}
	if n := strings.Count(page, " checked>"); n != 1 {
		t.Errorf("%d formulas chosen", n)
	}
}

// A search that was stopped decides nothing, and what is long then is called an
// approximation, on the page and in the terminal.
func TestStoppedSearch(t *testing.T) {
	tests := map[string]struct {
		stopped, exact        bool
		complexity, decimals  int
		decisive, approximate bool
	}{
		"complete":        {complexity: 60, decimals: 9, decisive: true},
		"stopped, short":  {stopped: true, complexity: 39, decimals: 6},
		"stopped, long":   {stopped: true, complexity: 40, decimals: 2, approximate: true},
		"many constants":  {stopped: true, complexity: 20, decimals: 7, approximate: true},
		"stopped, exact":  {stopped: true, exact: true, complexity: 60, decimals: 9},
		"short, complete": {complexity: 5, decimals: 1, decisive: true},
	}
	for name, tt := range tests {
		p := smallPage(t)
		best := p.Result.Best
		p.Result.Interrupted, best.Exact, best.Complexity = tt.stopped, tt.exact, tt.complexity
		best.DescriptionLength = 100
		// Rounded constants are none that were fitted.
		best.Constants = append(make([]fit.Constant, tt.decimals), fit.Constant{Value: 2, Snapped: "2"})
		var b bytes.Buffer
		if err := Text(&b, p.Result, Options{}); err != nil {
			t.Fatal(err)
		}
		sure := strings.Join(p.howSure(), "\n")
		if got := strings.Contains(sure, "decisive"); got != tt.decisive {
			t.Errorf("%s: decisive is %v in\n%s", name, got, sure)
		}
		for _, text := range []string{sure, b.String()} {
			if got := strings.Contains(text, "It is a good approximation, probably not the law."); got != tt.approximate {
				t.Errorf("%s: an approximation is %v in\n%s", name, got, text)
			}
		}
	}
}

// What speaks against a formula stands on the page and in the terminal.
func TestDoubt(t *testing.T) {
	p := smallPage(t)
	p.Result.Doubt = "the network is 4.6 times better than this formula: it is probably not the law"
	var b bytes.Buffer
	if err := Text(&b, p.Result, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{strings.Join(p.howSure(), "\n"), b.String()} {
		if !strings.Contains(text, "Note: "+p.Result.Doubt+".") {
			t.Errorf("no doubt in\n%s", text)
		}
	}
}

// Constants have the signs of the formula and what stands around them, and those
// that became a factor of -1 are listed, though the formula does not show it.
func TestPageConstants(t *testing.T) {
	x := symbolic.Var("x")
	p := smallPage(t)
	c := p.Result.Best
	c.Expr = symbolic.Mul(symbolic.Free(2.5), symbolic.Call(function(t, "exp"), symbolic.Mul(symbolic.Free(-0.81), x)))
	c.Constants = []fit.Constant{
		{Value: 2.5, StdErr: 0.01}, {Value: -0.81, StdErr: 0.02},
		{Value: -1.0003, StdErr: 0.0004, Snapped: "-1"}, {Value: 0.0003, StdErr: 0.0004, Snapped: "0"},
	}
	want := []constantView{
		{Value: "2.500", Error: "0.010", Where: "_*exp(-0.81*x)"},
		{Value: "0.810", Error: "0.020", Where: "exp(-_*x)"},
		{Value: "-1", Fitted: "-1.00030", Error: "0.00040"},
	}
	if diff := cmp.Diff(want, p.viewConstants()); diff != "" {
		t.Error(diff)
	}
	// Names have the sign that the user gave them.
	p.Constants = []Name{{Text: "size", Negated: true}, {Text: "rate"}}
	want[0].Name, want[0].Value = "size", "-2.500"
	want[1].Name, want[1].Value = "rate", "-0.810"
	if diff := cmp.Diff(want, p.viewConstants()); diff != "" {
		t.Error(diff)
	}
}

// Ids and the labels that point to them agree.
func TestPageIDs(t *testing.T) {
	page := pageOf(t, smallPage(t))
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("id %s stands twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(` for="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if !ids[m[1]] {
			t.Errorf("a label is for %s, which is not there", m[1])
		}
	}
}

// Pages of one formula, of a network alone, and of a formula alone.
func TestPageParts(t *testing.T) {
	p := smallPage(t)
	p.Result.Front = []*fit.Candidate{p.Result.Best}
	page := pageOf(t, p)
	if strings.Contains(page, `type="radio"`) || !strings.Contains(page, "math.Exp(b)") {
		t.Error("one formula is not to be chosen, but to be taken along")
	}
	p = smallPage(t)
	p.Network = nil
	if strings.Contains(pageOf(t, p), "Its edges") {
		t.Error("edges without a network")
	}
	p = smallPage(t)
	p.Result.Best, p.Result.Front, p.Heldout = nil, nil, nil
	page = pageOf(t, p)
	if !strings.Contains(page, "A network for") || !strings.Contains(page, "Its edges") || strings.Contains(page, "How to take") {
		t.Error("the page of a network lacks it")
	}
}

func TestPageErrors(t *testing.T) {
	for name, change := range map[string]func(p *Page){
		"no result":     func(p *Page) { p.Result = nil },
		"no table":      func(p *Page) { p.Table = nil },
		"marks":         func(p *Page) { p.Heldout = p.Heldout[1:] },
		"other columns": func(p *Page) { p.Table.Names[0] = "other" },
		"not parsed":    func(p *Page) { p.Result.Front[0].Expr = nil },
	} {
		p := smallPage(t)
		change(p)
		var b bytes.Buffer
		if err := HTML(&b, p); err == nil || b.Len() > 0 {
			t.Errorf("%s: error %v, %d bytes written", name, err, b.Len())
		}
	}
	if err := HTML(brokenWriter{}, smallPage(t)); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("%v", err)
	}
}

func TestBreakable(t *testing.T) {
	for text, want := range map[string][]string{
		"x":            {"x"},
		"a*b-1e-07/c":  {"a", "*b", "-1e-07", "/c"},
		"x^-2+exp(-y)": {"x^-2", "+exp(-y)"},
		"(a+b)*(c-d)":  {"(a", "+b)", "*(c", "-d)"},
		"2.5*x2-x1":    {"2.5", "*x2", "-x1"},
		"rate*t-2e+20": {"rate", "*t", "-2e+20"},
	} {
		got := breakable(text)
		if strings.Join(got, "") != text {
			t.Errorf("%s becomes %q", text, got)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestMathWidth(t *testing.T) {
	narrow, wide := mathWidth("<mi>x</mi>"), mathWidth("<mi>x</mi><mo>+</mo><mi>y</mi>")
	over := mathWidth("<mfrac><mrow><mi>x</mi><mo>+</mo><mi>y</mi></mrow><mi>z</mi></mfrac>")
	if !(narrow < wide && wide < over && over < wide+1) {
		t.Errorf("x %v, x+y %v, (x+y)/z %v", narrow, wide, over)
	}
	if mathWidth("<mo>&#x2062;</mo>") != 0 {
		t.Error("an invisible sign is wide")
	}
	if w := mathWidth("<mi>x"); w < 5 {
		t.Errorf("text that is not well formed: %v", w)
	}
}

// What JSON writes, Read reads.
func TestRead(t *testing.T) {
	r := results(t)["exact"]
	var b bytes.Buffer
	if err := JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	back, err := Read(&b, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range back.Front {
		if c.Expr == nil || c.Expr.String() != r.Front[i].Expression {
			t.Errorf("formula %d: %v", i, c.Expr)
		}
		c.Expr = nil
	}
	if back.Best != back.Front[1] {
		t.Error("the best formula is not the one of the front")
	}
	names := cmp.Transformer("names", func(m symbolic.Match) [3]any { return [3]any{m.Func.Name, m.RMSE, m.R2} })
	want := *r
	want.Network.Edges[2].Alternatives, want.Network.Edges[3].Alternatives = []symbolic.Match{}, []symbolic.Match{}
	if diff := cmp.Diff(&want, back, names); diff != "" {
		t.Error(diff)
	}
}

func TestReadErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "cut off",
		"{":                       "cut off",
		"{}":                      "no result of kansym fit --json",
		`{"version":1}`:           "no result of kansym fit --json",
		`{"version":9,"best":{}}`: "newer kansym (version 9",
		`{"version":1,"best":{}}`: "read result: ",
		`{"version":1,"rows":-1,"best":{"expression":"1"}}`:                                               "negative",
		`{"version":1,"best":{"expression":"x+1"}}`:                                                       "x",
		`{"version":1,"variables":[{"name":"x"}],"best":{"expression":"x"},"front":[null]}`:               "missing",
		`{"version":1,"variables":[{"name":"x"}],"best":{"expression":"x"},"front":[{"expression":"("}]}`: "read result: ",
	} {
		if _, err := Read(strings.NewReader(text), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// Standard errors at the minimum are those that Refit gives.
func TestDescribe(t *testing.T) {
	data := tableOf([]string{"x", "y"}, []string{"x", "y"}, 200, func(x []float64) float64 { return 2*math.Exp(-1.5*x[0]) + 0.01*math.Sin(1000*x[0]) })
	e, err := symbolic.Parse("1.9*exp(-1.4*x)", symbolic.ParseOptions{FreeNumbers: true})
	if err != nil {
		t.Fatal(err)
	}
	f, err := symbolic.Refit(t.Context(), e, symbolic.Data{Names: []string{"x"}, Cols: data.InputCols(), Y: data.Y()}, symbolic.RefitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Describe(f.Expr, data)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Constants) != 2 {
		t.Fatalf("constants %v", c.Constants)
	}
	for i, k := range c.Constants {
		// Both solve the same equations by other factorisations.
		if want := f.StdErr[i]; math.Abs(k.StdErr-want) > 1e-6*want || k.Value != f.Expr.FreeValues()[i] {
			t.Errorf("constant %d: %v ± %v, want ± %v", i, k.Value, k.StdErr, want)
		}
	}
	if math.Abs(c.RMSEHeldout-f.RMSE) > 1e-12 {
		t.Errorf("RMSE %v, want %v", c.RMSEHeldout, f.RMSE)
	}
	// Two constants of which only the product matters are not determined.
	e, err = symbolic.Parse("1.5*(2.5*x)", symbolic.ParseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if c, err = Describe(e, data); err != nil {
		t.Fatal(err)
	}
	for _, k := range c.Constants {
		if len(c.Constants) > 1 && k.StdErr != 0 {
			t.Errorf("a constant that nothing determines: ± %v", k.StdErr)
		}
	}
	if _, err := Describe(symbolic.Var("z"), data); err == nil {
		t.Error("a formula of a column that is not there")
	}
}
