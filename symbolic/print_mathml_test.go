package symbolic

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kansym/kansym/library"
)

func TestMathML(t *testing.T) {
	x := "<mi>x</mi>"
	for formula, want := range map[string]string{
		"x":        "<mrow>" + x + "</mrow>",
		"x_max":    "<mrow><msub><mi>x</mi><mi>max</mi></msub></mrow>",
		"omega1":   "<mrow><msub><mi>ω</mi><mn>1</mn></msub></mrow>",
		"Omega":    `<mrow><mi mathvariant="normal">Ω</mi></mrow>`,
		"_a":       "<mrow><mi>_a</mi></mrow>",
		"x^2":      "<mrow><msup><mrow>" + x + "</mrow><mrow><mn>2</mn></mrow></msup></mrow>",
		"(x+1)^2":  `<mrow><msup><mrow><mrow><mo>(</mo><mrow>` + x + `<mo form="infix">+</mo><mn>1</mn></mrow><mo>)</mo></mrow></mrow><mrow><mn>2</mn></mrow></msup></mrow>`,
		"x-y":      `<mrow>` + x + `</mrow><mrow><mo form="infix">&#x2212;</mo><mi>y</mi></mrow>`,
		"-x":       `<mrow><mrow><mo form="prefix">&#x2212;</mo>` + x + `</mrow></mrow>`,
		"x/2":      "<mrow><mfrac><mrow>" + x + "</mrow><mrow><mn>2</mn></mrow></mfrac></mrow>",
		"2*x":      `<mrow><mrow><mn>2</mn><mo>&#x2062;</mo><mspace width="0.17em"/>` + x + `</mrow></mrow>`,
		"x*2.5e-7": `<mrow><mrow>` + x + `<mo>&#xB7;</mo><mrow><mn>2.5</mn><mo>&#xB7;</mo><msup><mn>10</mn><mrow><mo form="prefix">&#x2212;</mo><mn>7</mn></mrow></msup></mrow></mrow></mrow>`,
		"sqrt(x)":  "<mrow><msqrt>" + x + "</msqrt></mrow>",
		"exp(x)":   "<mrow><msup><mi>e</mi><mrow>" + x + "</mrow></msup></mrow>",
		"log(pi)":  "<mrow><mrow><mi>ln</mi><mo>&#x2061;</mo><mrow><mo>(</mo><mi>&#x3C0;</mi><mo>)</mo></mrow></mrow></mrow>",
		"abs(x)":   `<mrow><mrow><mo fence="true" form="prefix">|</mo>` + x + `<mo fence="true" form="postfix">|</mo></mrow></mrow>`,
		"1e21":     "<mrow><mrow><msup><mn>10</mn><mrow><mn>21</mn></mrow></msup></mrow></mrow>",
	} {
		e, err := Parse(formula, ParseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(e.MathMLTerms(0), "")
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", formula, got, want)
		}
		if all := e.Format(library.LangMathML); all != "<mrow>"+want+"</mrow>" {
			t.Errorf("%s: Format is not the terms in a row: %s", formula, all)
		}
	}
}

func TestMathMLDigits(t *testing.T) {
	e, err := Parse("1.23456789*x", ParseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := e.FormatDigits(library.LangMathML, 3); !strings.Contains(got, "<mn>1.23</mn>") {
		t.Error(got)
	}
}

// Names of variables and functions are text, whatever they hold.
func TestMathMLEscapes(t *testing.T) {
	hostile := `<img src=x>&"`
	f := &library.Func{Name: hostile, Formula: "x", Callable: true, Value: math.Sin}
	for _, e := range []*Expr{Var(hostile), Var("a_" + hostile), Var("_" + hostile), Call(f, Var("x"))} {
		got := e.Format(library.LangMathML)
		if strings.Contains(got, "<img") {
			t.Errorf("not escaped: %s", got)
		}
		checkMathML(t, got)
	}
}

// Every formula is well-formed XML of the elements that MathML Core has, and
// scripts and fractions have their two parts.
func TestMathMLWellFormed(t *testing.T) {
	g := exprGen{vars: []string{"x", "theta_0", "a1", "_"}, calls: []string{"sin", "exp", "log", "abs", "cbrt", "sign", "erf"}}
	rapid.Check(t, func(t *rapid.T) {
		e := g.draw(t, 4)
		checkMathML(t, e.Format(library.LangMathML))
	})
	for _, v := range []float64{math.NaN(), math.Inf(1)} {
		checkMathML(t, Float(v).Format(library.LangMathML))
	}
}

type reporter interface {
	Fatalf(format string, args ...any)
}

func checkMathML(t reporter, text string) {
	parts := map[string]int{"mfrac": 2, "msup": 2, "msub": 2, "mroot": 2}
	known := map[string]bool{"mrow": true, "mi": true, "mn": true, "mo": true, "mspace": true, "msqrt": true}
	type open struct {
		name     string
		children int
	}
	var stack []open
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			if !known[name] && parts[name] == 0 {
				t.Fatalf("element %s in %s", name, text)
			}
			if len(stack) > 0 {
				stack[len(stack)-1].children++
			}
			stack = append(stack, open{name: name})
		case xml.EndElement:
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if want := parts[top.name]; want != 0 && top.children != want {
				t.Fatalf("%s with %d parts in %s", top.name, top.children, text)
			}
		}
	}
}
