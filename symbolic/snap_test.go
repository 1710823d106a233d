package symbolic

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// polish is what becomes of a template: refit, redundancy, snapping.
func polish(t *testing.T, text string, d Data) (Fit, []SnapNote) {
	t.Helper()
	ctx := context.Background()
	f, err := Refit(ctx, template(t, text), d, RefitOptions{Starts: 8})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	e, err := RemoveRedundant(ctx, f.Expr, d)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if f, err = Refit(ctx, e, d, RefitOptions{}); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return Snap(ctx, f, d, SnapOptions{})
}

// Constants of exact data become what they are.
func TestSnapExact(t *testing.T) {
	for _, c := range []struct{ template, law, want string }{
		{"a*x*y/z^2", "x*y/(4*pi*z^2)", "x*y/(4*pi*z^2)"},
		{"a*x^p*y^q*z^r", "x*y/(4*pi*z^2)", "x*y/(4*pi*z^2)"},
		{"a*exp(b*x^2)", "exp(-x^2/2)/sqrt(2*pi)", "exp(-x^2/2)/sqrt(2*pi)"},
		{"a*exp(b*x)+c", "2.37*exp(-0.81*x)", "2.37*exp(-0.81*x)"},
		{"a*x^p+b*y^q", "x^2.5+3*y^(1/3)", "x^2.5+3*y^(1/3)"},
		{"a*sin(b*x+c)+d", "2*sin(3*x)", "2*sin(3*x)"},
		{"a*sqrt(b*x+c*y)", "sqrt(x+y)", "sqrt(x+y)"},
		{"a*x/(b+c*y)", "x/(1+y)", "x/(y+1)"},
		{"a*x+b*y+c*z+d", "8.314*x-y/2", "8.314*x-y/2"},
		{"a*(x-b*y)^2", "(x-y)^2", "(x-y)^2"},
		{"a*x", "6.674e-11*x", "6.674e-11*x"},
		{"a*x", "299792458*x", "299792458*x"},
		{"a*x^p", "4/3*pi*x^3", "4*pi*x^3/3"},
		{"a*x^3+b", "sqrt(2)*x^3+pi^2/6", "sqrt(2)*x^3+pi^2/6"},
		{"a*x*y", "sqrt(3)/2*x*y", "sqrt(3)*x*y/2"},
		{"exp(a*x+b*y+c)", "exp(x-y)", "exp(x-y)"},
	} {
		d := sampleLaw(t, c.law, 400, 0.5, 3, 0, 11)
		f, notes := polish(t, c.template, d)
		if got := f.Expr.String(); got != c.want {
			t.Errorf("%s: %s, want %s (notes %v)", c.template, got, c.want, notes)
		}
		if rel := f.RMSE / rootMeanSquare(d.Y); !(rel < 1e-14) {
			t.Errorf("%s: relative RMSE %.2g after snapping", c.template, rel)
		}
	}
}

// With noise integers are found, terms without effect go, and numbers that are
// no simple form keep their decimals and standard errors.
func TestSnapNoisy(t *testing.T) {
	for _, c := range []struct {
		template, law string
		noise         float64
		free          int
		want          string
	}{
		{"a*x^p*y^q", "2*x^2/y", 0.01, 0, "2*x^2/y"},
		{"a*sqrt(b*x+c*y)", "sqrt(x+y)", 0.01, 0, "sqrt(x+y)"},
		{"a*(x-b*y)^2", "(x-y)^2", 0.1, 0, "(x-y)^2"},
		{"a*sin(b*x+c)+d", "2*sin(pi*x)", 0.01, 0, "2*sin(pi*x)"},
		{"a*exp(b*x)+c", "2.37*exp(-0.81*x)", 0.01, 2, ""},
		{"a*exp(b*x)+c", "2.37*exp(-0.81*x)", 1e-7, 0, "2.37*exp(-0.81*x)"},
		{"a*x+b*y+c*z+d", "2.374*x-1.482*y", 0.01, 2, ""},
	} {
		d := sampleLaw(t, c.law, 1000, 0.5, 3, c.noise, 12)
		f, notes := polish(t, c.template, d)
		if got := f.Expr.String(); c.want != "" && got != c.want {
			t.Errorf("%s: %s, want %s (notes %v)", c.template, got, c.want, notes)
		}
		if n := len(f.Expr.FreeValues()); n != c.free || len(f.StdErr) != c.free {
			t.Errorf("%s: %s has %d free constants and %d standard errors, want %d", c.template, f.Expr, n, len(f.StdErr), c.free)
		}
	}
}

// Constants that are nothing special are rarely taken for something: of 100
// random ones in noise of 10% to 0.001%, at most 10 are snapped.
func TestSnapFalsePositives(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 1))
	snapped := 0
	for rep := range 100 {
		a := 0.1 * math.Pow(100, rng.Float64())
		noise := math.Pow(10, -1-float64(rep%5))
		d := sampleLaw(t, fmt.Sprintf("%.15g*exp(-x/2)", a), 200, 0, 4, noise, uint64(1000+rep))
		f, err := Refit(context.Background(), template(t, "a*exp(-x/2)"), d, RefitOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if _, notes := Snap(context.Background(), f, d, SnapOptions{}); len(notes) > 0 {
			snapped++
		}
	}
	t.Logf("%d of 100 arbitrary constants were snapped", snapped)
	if snapped > 10 {
		t.Errorf("%d of 100 arbitrary constants were snapped", snapped)
	}
}

// A fraction costs as much for an exponent below a fraction bar as above it.
func TestBitsOfExponents(t *testing.T) {
	above, below := template(t, "x^(2/3)*y^3"), template(t, "y^3/x^(2/3)")
	if a, b := above.Bits(2), below.Bits(2); math.Abs(a-b) > 2 { // a sign
		t.Errorf("%s has %.1f bits, %s %.1f", above, a, below, b)
	}
}

// A number that is nearly as long as what the data know of a constant is taken where
// the fitted value is next to it: within a standard error in two of three samples. A third is asked for.
func TestSnapNear(t *testing.T) {
	for _, c := range []struct {
		law, template, want string
		noise               float64
	}{
		{"sqrt(2)*x", "a*x", "sqrt(2)*x", 0.004},
		{"10*exp(0.46017*x)", "a*exp(0.46017*x)", "10*exp(0.46017*x)", 0.045},
	} {
		near := 0
		const samples = 30
		for seed := range uint64(samples) {
			d := sampleLaw(t, c.law, 100, 0.5, 3, c.noise, 500+seed)
			f, err := Refit(context.Background(), template(t, c.template), d, RefitOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if f, _ = Snap(context.Background(), f, d, SnapOptions{}); f.Expr.Equal(template(t, c.want)) || f.Expr.String() == c.want {
				near++
			}
		}
		t.Logf("%d of %d samples of %s", near, samples, c.law)
		if near < samples/3 {
			t.Errorf("%d of %d samples of %s were recognized", near, samples, c.law)
		}
	}
}

func TestSimplestFraction(t *testing.T) {
	for _, c := range []struct {
		x, tol float64
		want   string
	}{
		{0.5, 1e-12, "0.5"},
		{2.0 / 3, 1e-12, "2/3"},
		{3.0000001, 1e-6, "3"},
		{0.3333, 1e-3, "1/3"},
		{355.0 / 113, 1e-12, "355/113"},
		{math.Pi, 1e-12, ""},
		{0, 1e-12, ""},
		{math.Inf(1), 1, ""},
		{1e-9, 1e-15, ""},
	} {
		got := ""
		if r, ok := simplestFraction(c.x, c.tol); ok {
			got = r.String()
		}
		if got != c.want {
			t.Errorf("%v within %g: %q, want %q", c.x, c.tol, got, c.want)
		}
	}
}

// What the data do not determine is fixed, and the fit stays as good.
func TestRemoveRedundant(t *testing.T) {
	for _, c := range []struct {
		template, law string
		free          int
	}{
		{"a*b*x", "3*x", 1},
		{"a*exp(b*x+c)", "2*exp(-x/3)", 2},
		{"a*log(b*x)+c", "2*log(x)+1.7", 2},
		{"a*(b*x+c*y)^2", "(x+2.3*y)^2", 2},
		{"(a*x+b)/(c*x+d)", "(x+1.3)/(2.1*x+0.7)", 3},
		{"a*x+b*y", "1.3*x+2.1*y", 2},
		{"a*sin(x)+b*cos(x+c)", "sin(x+0.4)", 2},
	} {
		d := sampleLaw(t, c.law, 200, 0.5, 3, 0, 14)
		e, err := RemoveRedundant(context.Background(), template(t, c.template), d)
		if err != nil {
			t.Errorf("%s: %v", c.template, err)
			continue
		}
		f, err := Refit(context.Background(), e, d, RefitOptions{})
		if err != nil {
			t.Errorf("%s: %v", c.template, err)
			continue
		}
		if n := len(e.FreeValues()); n != c.free || f.RMSE > 1e-13*rootMeanSquare(d.Y) || f.Cov == nil {
			t.Errorf("%s: %s with %d free constants, want %d; RMSE %.2g; covariance known: %v", c.template, e, n, c.free, f.RMSE, f.Cov != nil)
		}
	}
}

func TestDescriptionLength(t *testing.T) {
	x := mustParse(t, "x")
	if b := DescriptionLength(x, 0, 100, 1e-13, 2); math.Abs(b-x.Bits(2)) > 1e-12 {
		t.Errorf("an exact formula takes %v bits, its structure %v", b, x.Bits(2))
	}
	// Halving the error of n rows saves n bits.
	if d := DescriptionLength(x, 4, 100, 1e-13, 2) - DescriptionLength(x, 1, 100, 1e-13, 2); math.Abs(d-100) > 1e-9 {
		t.Errorf("twice the error costs %v bits, want 100", d)
	}
	// Below the floor nothing is saved.
	if a, b := DescriptionLength(x, 1e-40, 100, 1e-13, 2), DescriptionLength(x, 1e-30, 100, 1e-13, 2); a != b {
		t.Errorf("below the floor: %v and %v bits", a, b)
	}
	for _, sse := range []float64{math.NaN(), math.Inf(1), -1} {
		if b := DescriptionLength(x, sse, 100, 1e-13, 2); !math.IsInf(b, 1) {
			t.Errorf("sse %v takes %v bits, want +Inf", sse, b)
		}
	}
	if b := DescriptionLength(x, 0, 100, 0, 2); math.IsInf(b, 0) || math.IsNaN(b) {
		t.Errorf("no error and no floor takes %v bits", b)
	}
	// Simpler constants take fewer bits.
	order := []string{"x", "2*x", "x/3", "2*x/3", "2.37*x", "2.3714*x", "2.3714286*x"}
	for i := 1; i < len(order); i++ {
		if a, b := mustParse(t, order[i-1]).Bits(2), mustParse(t, order[i]).Bits(2); !(a < b) {
			t.Errorf("%s takes %v bits, %s %v", order[i-1], a, order[i], b)
		}
	}
}

func ExampleSnap() {
	x := []float64{-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2}
	d := Data{Names: []string{"x"}, Cols: [][]float64{x}, Y: make([]float64, len(x))}
	for i := range x {
		d.Y[i] = math.Exp(-x[i]*x[i]/2) / math.Sqrt(2*math.Pi)
	}
	e, _ := Parse("a*exp(b*x^2)", ParseOptions{Vars: d.Names, Params: true})
	f, _ := Refit(context.Background(), e, d, RefitOptions{Starts: 8})
	g, _ := Snap(context.Background(), f, d, SnapOptions{})
	fmt.Println(g.Expr)
	// Output: exp(-x^2/2)/sqrt(2*pi)
}
