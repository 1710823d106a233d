package fit

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/symbolic"
)

// drawn are rows of n inputs between 1 and 3 and a law of them with noise relative to
// its spread.
func drawn(rows, n int, noise float64, law func(x []float64) float64) symbolic.Data {
	rng := rand.New(rand.NewPCG(1, 2))
	d := symbolic.Data{Cols: newColumns(n, rows), Y: make([]float64, rows)}
	x := make([]float64, n)
	for r := range rows {
		for i := range x {
			x[i] = 1 + 2*rng.Float64()
			d.Cols[i][r] = x[i]
		}
		d.Y[r] = law(x)
	}
	s := spread(d.Y, nil)
	for r := range d.Y {
		d.Y[r] += noise * s * rng.NormFloat64()
	}
	return d
}

// checked runs both checks and returns the verdicts by statement.
func checked(t *testing.T, net *kan.Network, d symbolic.Data, opt CheckOptions) (map[string]Verdict, []string) {
	t.Helper()
	verdicts := map[string]Verdict{}
	var notes []string
	for _, check := range []func(context.Context, *kan.Network, symbolic.Data, CheckOptions) (*CheckReport, error){CheckSymmetry, CheckSeparability} {
		r, err := check(context.Background(), net, d, opt)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Properties {
			if !finite(p.Residual) || !finite(p.Limit) || p.Residual < 0 || p.Limit <= 0 {
				t.Errorf("%s: residual %v, limit %v", p.Statement, p.Residual, p.Limit)
			}
			verdicts[p.Statement] = p.Verdict
		}
		notes = append(notes, r.Notes...)
	}
	return verdicts, notes
}

// holding lists the statements that hold, sorted.
func holding(verdicts map[string]Verdict) []string {
	var out []string
	for s, v := range verdicts {
		if v == Holds {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

// On networks trained on clean rows what holds is what the law says, all of it
// and nothing else.
func TestCheckTrained(t *testing.T) {
	for _, c := range []struct {
		name  string
		n     int
		law   func(x []float64) float64
		shape []int
		want  []string
	}{
		{"product and square", 3, func(x []float64) float64 { return x[0]*x[1] + x[2]*x[2] }, []int{3, 4, 1}, []string{
			"x1 and x2 act only as x1*x2",
			"x1 and x3 add up", "x2 and x3 add up",
			"y = a(x1,x2) + b(x1,x2)*h(x3)", "y = a(x1,x3) + b(x1,x3)*h(x2)", "y = a(x2,x3) + b(x2,x3)*h(x1)",
			"y = g(x1,x2) + h(x3)",
			"y(s^2*x1, s*x3) = s^2*y", "y(s^2*x2, s*x3) = s^2*y",
		}},
		{"square of a sum times the third", 3, func(x []float64) float64 { return math.Pow(x[0]+x[1], 2) * x[2] }, []int{3, 4, 1}, []string{
			"x1 and x2 act only as x1+x2",
			"x1 and x3 multiply", "x2 and x3 multiply",
			"y = a(x1,x2) + b(x1,x2)*h(x3)",
			"y = g(x1,x2) * h(x3)",
			"y(s^2*x1, s^2*x2, s*x3) = s^5*y",
		}},
		{"two of the inputs of three times two", 3, func(x []float64) float64 { z := x[0] - 2*x[1]; return math.Sin(z) + x[2]*z }, []int{3, 4, 1}, []string{
			"x1 and x2 act only as x1-2*x2",
			"y = a(x1,x2) + b(x1,x2)*h(x3)",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := drawn(600, c.n, 0, c.law)
			net, report, err := kan.Train(context.Background(), c.shape, kan.Data{Cols: d.Cols, Y: d.Y}, kan.TrainOptions{Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			verdicts, _ := checked(t, net, d, CheckOptions{Error: report.HeldRelative})
			if diff := cmp.Diff(c.want, holding(verdicts)); diff != "" {
				t.Errorf("with an error of %.1e (- want, + got):\n%s", report.HeldRelative, diff)
			}
		})
	}
}

// With 1% noise what holds is still found; with 10% nothing is claimed.
func TestCheckNoise(t *testing.T) {
	law := func(x []float64) float64 { return x[0]*x[1] + x[2]*x[2] }
	for noise, want := range map[float64]Verdict{0.01: Holds, 0.1: CannotTell} {
		d := drawn(600, 3, noise, law)
		net, report, err := kan.Train(context.Background(), []int{3, 4, 1}, kan.Data{Cols: d.Cols, Y: d.Y}, kan.TrainOptions{Seed: 1, Curvature: -1})
		if err != nil {
			t.Fatal(err)
		}
		verdicts, notes := checked(t, net, d, CheckOptions{Error: report.HeldRelative})
		for _, s := range []string{"x1 and x2 act only as x1*x2", "x1 and x3 add up", "x2 and x3 add up"} {
			if verdicts[s] != want {
				t.Errorf("noise %v: %s: %v", noise, s, verdicts[s])
			}
		}
		if noise == 0.1 {
			if got := holding(verdicts); len(got) > 0 {
				t.Errorf("noise %v: %q hold", noise, got)
			}
			if len(notes) == 0 || !strings.Contains(notes[0], "cannot show that anything holds") {
				t.Errorf("noise %v: notes %q", noise, notes)
			}
		} else if verdicts["x1 and x2 add up"] != DoesNotHold {
			t.Errorf("noise %v: x1 and x2 add up: %v", noise, verdicts["x1 and x2 add up"])
		}
	}
}

// compileLaw makes an exact network of a formula over x1, x2, ...
func compileLaw(t *testing.T, formula string, d symbolic.Data, names ...string) (*kan.Network, symbolic.Data) {
	t.Helper()
	d.Names = names
	e, err := symbolic.Parse(formula, symbolic.ParseOptions{Vars: names})
	if err != nil {
		t.Fatal(err)
	}
	net, err := symbolic.CompileNetwork(e, d)
	if err != nil {
		t.Fatal(err)
	}
	d.Y = make([]float64, len(d.Cols[0]))
	net.Predict(d.Y, d.Cols)
	return net, d
}

// Exact networks leave no doubt about anything, also where the target is large
// against its spread or changes its sign, and with few rows.
func TestCheckExact(t *testing.T) {
	for formula, want := range map[string][]string{
		"m/sqrt(1-(v/c/9)^2)": {
			"m and c multiply", "m and v multiply", "v and c act only as v/c",
			"y = a(v,c) + b(v,c)*h(m)", "y = g(m) * h(v,c)", "y(s*m) = s*y", "y(s*v, s*c) = y",
		},
		"1000+m+v^2": {
			"m and v add up",
			"y = a(m) + b(m)*h(v)", "y = a(v) + b(v)*h(m)", "y = g(m) + h(v)", "y does not depend on c",
		},
		"(m-2)*sin(4*v)*c": {
			"m and c multiply", "m and v multiply", "v and c multiply",
			"y = a(m,c) + b(m,c)*h(v)", "y = a(m,v) + b(m,v)*h(c)", "y = a(v,c) + b(v,c)*h(m)",
			"y = g(m) * h(v) * u(c)", "y(s*c) = s*y",
		},
		"sin(m+2*v)*c+exp(c)": {"m and v act only as m+2*v"},
	} {
		t.Run(formula, func(t *testing.T) {
			net, d := compileLaw(t, formula, drawn(120, 3, 0, func([]float64) float64 { return 0 }), "m", "v", "c")
			verdicts, notes := checked(t, net, d, CheckOptions{})
			if diff := cmp.Diff(want, holding(verdicts)); diff != "" {
				t.Errorf("(- want, + got):\n%s", diff)
			}
			for s, v := range verdicts {
				if v == CannotTell {
					t.Errorf("%s: cannot tell", s)
				}
			}
			if len(notes) > 0 {
				t.Errorf("notes %q", notes)
			}
		})
	}
}

// Rows with correlated inputs are not mixed.
func TestCheckCorrelated(t *testing.T) {
	d := drawn(300, 2, 0, func([]float64) float64 { return 0 })
	for r, x := range d.Cols[0] {
		d.Cols[1][r] = x + 0.1*d.Cols[1][r]
	}
	net, d := compileLaw(t, "a^2+sin(b)", d, "a", "b")
	verdicts, notes := checked(t, net, d, CheckOptions{})
	if got, want := verdicts["a and b add up"], Holds; got != want {
		t.Errorf("a and b add up: %v", got)
	}
	if got, want := verdicts["a and b multiply"], DoesNotHold; got != want {
		t.Errorf("a and b multiply: %v", got)
	}
	if !slices.ContainsFunc(notes, func(n string) bool { return strings.Contains(n, "are correlated (0.99)") }) {
		t.Errorf("notes %q", notes)
	}
}

func TestCheckRefuses(t *testing.T) {
	ctx := context.Background()
	d := drawn(50, 2, 0, func([]float64) float64 { return 0 })
	net, d := compileLaw(t, "a*b", d, "a", "b")
	noTarget := symbolic.Data{Cols: d.Cols}
	if _, err := CheckSymmetry(ctx, net, noTarget, CheckOptions{}); !errors.Is(err, ErrUnknownError) {
		t.Errorf("no target: %v", err)
	}
	if _, err := CheckSeparability(ctx, net, noTarget, CheckOptions{Error: 1e-3}); err != nil {
		t.Errorf("no target but an error: %v", err)
	}
	flat, flatData := compileLaw(t, "a-a+3", d, "a", "b")
	nan := symbolic.Data{Cols: [][]float64{slices.Repeat([]float64{-1}, 50), d.Cols[1]}, Y: d.Y}
	root, _ := compileLaw(t, "sqrt(a)*b", d, "a", "b")
	for _, c := range []struct {
		net  *kan.Network
		d    symbolic.Data
		want string
	}{
		{net, symbolic.Data{Cols: d.Cols[:1], Y: d.Y}, "check symmetry: data of 1 columns for a network of 2 inputs"},
		{net, symbolic.Data{Cols: d.Cols, Y: d.Y[:9]}, "check symmetry: columns of different lengths"},
		{net, d.Rows(0, 9), "check symmetry: the network and its derivatives are finite on 9 rows; the tests need 10"},
		{flat, flatData, "check symmetry: the network has the same value on all rows, so there is nothing to test"},
		{root, nan, "check symmetry: the network and its derivatives are finite on 0 rows; the tests need 10"},
		{&kan.Network{}, d, "check symmetry: kan: network without layers"},
	} {
		if _, err := CheckSymmetry(ctx, c.net, c.d, CheckOptions{}); err == nil || err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	for _, check := range []func(context.Context, *kan.Network, symbolic.Data, CheckOptions) (*CheckReport, error){CheckSymmetry, CheckSeparability} {
		if _, err := check(ended, net, d, CheckOptions{}); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	}
}

// A column that does not vary is noted, rows that are not finite are left out,
// and more rows than asked for are not used.
func TestCheckRows(t *testing.T) {
	d := drawn(400, 3, 0, func([]float64) float64 { return 0 })
	net, d := compileLaw(t, "a*b*c", d, "a", "b", "c")
	for r := range d.Cols[2] {
		d.Cols[2][r] = 2
	}
	d.Cols[0][7] = math.Inf(1)
	net.Predict(d.Y, d.Cols)
	d.Y[7] = 1
	r, err := CheckSymmetry(context.Background(), net, d, CheckOptions{Rows: 400})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"the network or its derivatives are not finite on 1 of 400 rows, which were left out",
		"c is 2 on all rows, so nothing is said about it",
	}
	if diff := cmp.Diff(want, r.Notes); diff != "" || r.Rows != 399 {
		t.Errorf("%d rows (- want, + got):\n%s", r.Rows, diff)
	}
	if r, err = CheckSymmetry(context.Background(), net, d, CheckOptions{Rows: 100}); err != nil || r.Rows > 100 {
		t.Errorf("%v rows, %v", r, err)
	}
}
