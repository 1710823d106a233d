package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/symbolic"
)

func TestPlaces(t *testing.T) {
	tests := []struct {
		formula string
		want    []string
	}{
		{"2.5*exp(-0.81*x)+1.75", []string{"_*exp(-0.81*x)..", "exp(-_*x)", "..+_"}},
		{"1/(0.0537187*x*y-0.145538*log(x)+0.499661)^2", []string{"(_*x*y..)", "(..-_*log(x)..)", "(..+_)"}},
		{"slope-3.5*x^1.25", []string{"..-_*x^1.25", "..-3.5*x^_"}},
		{"1.5e-05*x+sin(2.5e+20*y-0.5)", []string{"_*x..", "sin(_*y..)", "sin(..-_)"}},
		{"y+1.23456789*exp(sin(x)+cos(y))*sin(x*y+cos(x-y))*x", []string{"..+_*exp(..)*sin(..)*x"}},
		{"x^2+1/y^0.75", []string{"..+1/y^_"}},
		{"x+y", []string{}},
	}
	for _, tt := range tests {
		e, err := symbolic.Parse(tt.formula, symbolic.ParseOptions{Vars: []string{"x", "y", "slope"}, FreeNumbers: true})
		if err != nil {
			t.Fatal(err)
		}
		if e.String() != tt.formula {
			t.Fatalf("%s is printed as %s", tt.formula, e)
		}
		if _, got := places(&fit.Candidate{Expr: e}, make([]fit.Constant, len(tt.want))); len(got) != len(tt.want) || !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.formula, got, tt.want)
		}
	}
}

func TestConstants(t *testing.T) {
	e, err := symbolic.Parse("2*x-0.5*exp(x)", symbolic.ParseOptions{Vars: []string{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	e = symbolic.Add(e, symbolic.Free(3))
	c := &fit.Candidate{Expr: e, Constants: []fit.Constant{
		{Value: -0.5}, {Value: 3, StdErr: 1e-17},
		{Value: 1.9998, StdErr: 0.0004, Snapped: "2"}, {Value: 2, StdErr: 1e-17, Snapped: "2"}, {Value: -1.0003, StdErr: 0.0004, Snapped: "-1"},
		{Value: 0.0003, StdErr: 0.0004, Snapped: "0"}, {Value: 1, Snapped: "1"},
	}}
	var b bytes.Buffer
	if err := writeConstants(&b, c, Options{}); err != nil {
		t.Fatal(err)
	}
	want := `
Constants, in the order of the formula:
 value  standard error  where
 0.5    -               ..-_*exp(x)..
 3      rounding        ..+_

Rounded to exact numbers within 4 standard errors (more with few rows), where that does not lengthen the description: 2 (fitted as 1.99980 ± 0.00040) and -1 (fitted as -1.00030 ± 0.00040).
`
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, strings.TrimSpace(want))
	}
}

// TestNameConstants holds that names follow their constants to where these are
// printed.
func TestNameConstants(t *testing.T) {
	x := symbolic.Var("x")
	e := symbolic.Add(symbolic.Mul(symbolic.Free(-3), x), symbolic.Free(2), symbolic.Mul(symbolic.Float(0.25), symbolic.Pow(x, symbolic.Int(2))))
	if e.String() != "2-3*x+0.25*x^2" {
		t.Fatal(e)
	}
	got := NameConstants(e, []Name{{Text: "slope"}, {Text: "offset"}})
	if want := []Name{{Text: "offset"}, {Text: "slope"}, {Text: "(given)"}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := NameConstants(e, []Name{{Text: "slope"}}); got != nil {
		t.Errorf("too few names give %v", got)
	}
}
