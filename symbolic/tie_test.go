package symbolic

import (
	"context"
	"testing"
)

// Constants that the data show to be equal become one.
func TestTie(t *testing.T) {
	for _, c := range []struct {
		template, law string
		noise         float64
		want          string
		free          int
	}{
		{"a*log(x)+b*log(y)+c*z", "z+log(x/y)/log(10)", 0, "z+log(x/y)/log(10)", 0},
		{"a*log(x)+b*log(y)+c", "0.31472612*log(x/y)+0.7321", 1e-3, "", 2},
		{"a*x+b*y", "1.2374189*(x+y)", 1e-3, "", 1},
		{"a*x+b*y+c*z", "1.2374189*(x+y-z)", 1e-4, "", 1},
		{"a*x+b*y", "1.2374189*x+1.2399187*y", 1e-4, "", 2},
		{"a*x+b*y", "1.2374189*(2*x-y)", 1e-3, "", 1},
		{"x*exp(a*y+b*z)", "x*exp(0.7324891*(y-z))", 1e-3, "", 1},
		{"sin(a*x)*sin(b*x)", "sin(x)^2", 0, "sin(x)^2", 0},
		{"sin(a*x)*sin(b*x)*c", "sin(1.2345678*x)^2", 0, "sin(1.2345678*x)^2", 0},
		{"exp(a*x+b*y/(c+z))", "10^(x-y/(2.5+z))", 0, "10^(x-y/(z+2.5))", 0},
		{"x*exp(a*y/z)", "x*exp(-y/(8.314*z))", 0, "x*exp(-y/(8.314*z))", 0},
		{"x*(exp(a*y/z)-1)", "x*(exp(y/(0.2585*z))-1)", 0, "x*(exp(y/(0.2585*z))-1)", 0},
		{"x*exp(a*y)", "x*2^y", 0, "2^y*x", 0},
	} {
		d := sampleLaw(t, c.law, 400, 0.5, 3, c.noise, 21)
		ctx := context.Background()
		f, err := Refit(ctx, template(t, c.template), d, RefitOptions{Starts: 8})
		if err != nil {
			t.Fatalf("%s: %v", c.template, err)
		}
		f = Tie(ctx, f, d, SnapOptions{})
		f, notes := Snap(ctx, f, d, SnapOptions{})
		f.Expr = Shorten(f.Expr, SimplifyOptions{Domains: IntervalsOf(d)})
		if got := f.Expr.String(); c.want != "" && got != c.want {
			t.Errorf("%s for %s: %s, want %s (notes %v)", c.template, c.law, got, c.want, notes)
		}
		if n := len(f.Expr.FreeValues()); n != c.free {
			t.Errorf("%s for %s: %s has %d free constants, want %d (notes %v)", c.template, c.law, f.Expr, n, c.free, notes)
		}
	}
}
