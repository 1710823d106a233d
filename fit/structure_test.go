package fit

import (
	"slices"
	"testing"

	"github.com/kansym/kansym/symbolic"
)

func TestStructure(t *testing.T) {
	tests := []struct {
		formula string
		want    []string
	}{
		{"exp(-a*b)", []string{"a and b enter only as a*b", "c is not used by the formula"}},
		{"exp(-2.5*a*b)", []string{"a and b enter only as a*b", "c is not used by the formula"}},
		{"sin(3*a/b)+c", []string{"the target is a sum of functions that share no input: one of a and b and one of c", "a and b enter only as a/b"}},
		{"c*exp(-(a-b)^2/2)", []string{"the target is a product of functions that share no input: one of a and b and one of c", "a and b enter only as a-b"}},
		{"log(c)+sqrt(1-a*b^2)", []string{"the target is a sum of functions that share no input: one of a and b and one of c", "a and b enter only as a*b^2"}},
		{"c*cos(-a-b)", []string{"the target is a product of functions that share no input: one of a and b and one of c", "a and b enter only as a+b"}},
		{"a*exp(1.5*a+b)", []string{"c is not used by the formula"}},
	}
	e, err := symbolic.Parse("c*exp(-a*b)", symbolic.ParseOptions{Vars: []string{"a", "b", "c"}})
	if err != nil {
		t.Fatal(err)
	}
	// What only follows the data says nothing about them.
	want := []string{"the formula is a product of functions that share no input: one of a and b and one of c", "in the formula a and b enter only as a*b"}
	if got := structure(e, []string{"a", "b", "c"}, false); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, tt := range tests {
		e, err := symbolic.Parse(tt.formula, symbolic.ParseOptions{Vars: []string{"a", "b", "c"}, FreeNumbers: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := structure(e, []string{"a", "b", "c"}, true); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.formula, got, tt.want)
		}
	}
}
