package symbolic

import (
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// TestPrintedDecimals holds that the text is what Format prints and that the
// digits at each place are those of the constant it is said to be.
func TestPrintedDecimals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := exprGen{vars: []string{"x", "y", "z"}, free: true, calls: everyCall()}.draw(t, 5)
		text, at := e.PrintedDecimals()
		if text != e.String() {
			t.Fatalf("got %s, want %s", text, e)
		}
		var values []float64
		e.Walk(func(n *Expr) bool {
			if n.Kind() == KindFloat {
				values = append(values, n.Const())
			}
			return true
		})
		seen := map[int]bool{}
		last := 0
		for _, d := range at {
			v, err := strconv.ParseFloat(text[d.Begin:d.End], 64)
			if err != nil || v != math.Abs(values[d.Index]) {
				t.Fatalf("%s: %q at %d is not %v", text, text[d.Begin:d.End], d.Begin, values[d.Index])
			}
			if d.Begin < last {
				t.Fatalf("%s: places are not in order", text)
			}
			last = d.End
			seen[d.Index] = true
		}
		for i, v := range values {
			if isFinite(v) && !seen[i] {
				t.Fatalf("%s: constant %d, %v, was not found", text, i, v)
			}
		}
	})
}

func TestPrintedDecimalsOrder(t *testing.T) {
	e := Add(Mul(Free(-3), Var("x")), Free(2), Pow(Var("y"), Free(-2)), Pow(Var("z"), Int(2)))
	text, at := e.PrintedDecimals()
	if text != "2-3*x+1/y^2+z^2" {
		t.Fatal(text)
	}
	want := []PrintedDecimal{{1, 0, 1}, {0, 2, 3}, {2, 10, 11}}
	for i, d := range at {
		if i >= len(want) || d != want[i] {
			t.Errorf("place %d is %v, want %v", i, d, want)
		}
	}
	if len(at) != len(want) {
		t.Errorf("%d places", len(at))
	}
}
