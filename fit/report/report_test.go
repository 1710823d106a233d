package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

var update = flag.Bool("update", false, "write the golden files")

// results are one result of every kind, with numbers as a run gives them.
func results(t *testing.T) map[string]*fit.Result {
	t.Helper()
	exact := &fit.Candidate{
		Expression: "m/sqrt(1-(v/c)^2)", LaTeX: `\frac{m}{\sqrt{1-\left(\frac{v}{c}\right)^{2}}}`, Complexity: 10, Exact: true,
		R2Train: 1, R2Heldout: 1, RMSETrain: 1.2e-15, RMSEHeldout: 1.7e-15, DescriptionLength: 41.23,
		Constants: []fit.Constant{
			{Value: 0.5000000001, StdErr: 3.1e-9, Snapped: "1/2"},
			{Value: 0.9999999999, StdErr: 3e-9, Snapped: "1"},
			{Value: 1, Snapped: "1"},
		},
	}
	line := &fit.Candidate{
		Expression: "1.0235876*m+0.1893012*v", LaTeX: `1.0235876\,m+0.1893012\,v`, Complexity: 7,
		R2Train: 0.9312, R2Heldout: 0.9287331, RMSETrain: 0.2931, RMSEHeldout: 0.30412, DescriptionLength: 10234.5,
		Constants: []fit.Constant{{Value: 1.0235876, StdErr: 0.0012}, {Value: 0.1893012, StdErr: 0.00071}},
	}
	noisy := &fit.Candidate{
		Expression: "2.3698713*exp(-0.8096*x)", LaTeX: `2.3698713\,e^{-0.8096\,x}`, Complexity: 7,
		R2Train: 0.99951, R2Heldout: 0.99948, RMSETrain: 0.01011, RMSEHeldout: 0.01024, DescriptionLength: 812.04,
		Constants: []fit.Constant{{Value: 2.3698713, StdErr: 0.00112}, {Value: -0.80961, StdErr: 7.3e-4}},
	}
	return map[string]*fit.Result{
		"exact": {
			Version: 1, Target: "E", Rows: 1000, RowsUsed: 750, RowsHeldout: 250, Seed: 1, Seconds: 0.02512,
			Variables: []fit.Variable{{Name: "m", Column: "m"}, {Name: "v", Column: "v (m/s)"}, {Name: "c", Column: "c"}},
			Sentinels: []table.Sentinel{},
			Best:      exact, Front: []*fit.Candidate{line, exact},
			Network: &fit.NetworkInfo{Shape: []int{3, 2, 1}, RMSEHeldout: 1.4e-5, Edges: []symbolic.EdgeRow{
				{
					Layer: 0, From: 0, To: 0, Name: "log", A: 1, B: 0, C: 1, D: 0, RMSE: 1.1e-6, R2: 1,
					Alternatives: []symbolic.Match{{Func: function(t, "sqrt"), A: 1, C: 2, D: -1, RMSE: 0.0123, R2: 0.9981}},
				},
				{
					Layer: 0, From: 1, To: 0, Name: "x^0.25410201634229235", A: 1, C: 0.5, RMSE: 0.0002, R2: 0.99995,
					Alternatives: []symbolic.Match{{Func: library.Power(-0.123456789), A: 1, C: 2, D: -1, RMSE: 0.012, R2: 0.9}},
				},
				{Layer: 0, From: 2, To: 0, Name: "spline", R2: 1},
				{Layer: 1, From: 0, To: 0, Name: "exp", A: 1, B: 0, C: 1, D: 0, RMSE: 2.5e-6, R2: 1},
			}},
			Structure: []string{"v and c enter only as v/c"},
			Found:     []string{"by sums of short formulas for 1/y"},
			Warnings:  []string{`column "v (m/s)" is called v in formulas`},
		},
		"noisy": {
			Version: 1, Target: "y", Rows: 400, RowsUsed: 300, RowsHeldout: 100, Seed: 7, Seconds: 12.02, Interrupted: true,
			Variables: []fit.Variable{{Name: "x", Column: "x"}},
			Sentinels: []table.Sentinel{{Column: "x", Value: -999, Rows: 3, FirstLine: 7}},
			Best:      noisy, Front: []*fit.Candidate{noisy},
			Structure: []string{}, Warnings: []string{}, Noise: fit.NoiseInfo{Estimate: 0.01},
		},
	}
}

func function(t testing.TB, name string) *library.Func {
	t.Helper()
	f, ok := library.Lookup(name)
	if !ok {
		t.Fatalf("the library has no %s", name)
	}
	return f
}

// golden compares got with a file under testdata and writes what it got beside
// it where they differ.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

func TestText(t *testing.T) {
	for name, r := range results(t) {
		var b bytes.Buffer
		if err := Text(&b, r, Options{Source: name + ".csv"}); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".txt", b.Bytes())
		for i, l := range strings.Split(b.String(), "\n") {
			if strings.TrimRight(l, " ") != l {
				t.Errorf("%s: line %d ends in blanks: %q", name, i+1, l)
			}
		}
	}
}

// A network that is much worse than the formula is called so.
func TestNetworkMuchWorse(t *testing.T) {
	for _, tt := range []struct {
		network, formula, spread float64
		want                     bool
	}{
		{0.031, 0.01, 1, true},
		{0.029, 0.01, 1, false}, // less than three times the error
		{0.009, 1e-9, 1, false}, // less than 1% of the spread
		{0.011, 0, 1, true},
		{0.5, 0.01, 0, false}, // the spread is not known
	} {
		r := results(t)["exact"]
		r.Network.RMSEHeldout, r.Best.RMSEHeldout = tt.network, tt.formula
		if got := NetworkMuchWorse(r, tt.spread); got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
		var b bytes.Buffer
		if err := Text(&b, r, Options{Spread: tt.spread}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), " (much worse than the formula); edge layer:from:to"); got != tt.want {
			t.Errorf("%+v: %v in\n%s", tt, got, &b)
		}
	}
}

func TestNames(t *testing.T) {
	var b bytes.Buffer
	opt := Options{Constants: []Name{{Text: "amplitude"}, {Text: "rate", Negated: true}}}
	if err := Text(&b, results(t)["noisy"], opt); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\n name       value      standard error  where\n",
		"\n amplitude  2.3698713  0.0011          _*exp(-0.81*x)\n",
		"\n rate       0.8096     0.00073         exp(-_*x)\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, &b)
		}
	}
}

func TestJSON(t *testing.T) {
	for name, r := range results(t) {
		var b, again bytes.Buffer
		if err := errors.Join(JSON(&b, r), JSON(&again, r)); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".json", b.Bytes())
		if !bytes.Equal(b.Bytes(), again.Bytes()) {
			t.Errorf("%s: two encodings differ", name)
		}
		var back fit.Result
		if err := json.Unmarshal(b.Bytes(), &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r.Best, back.Best); diff != "" {
			t.Errorf("%s: the formula is read back otherwise:\n%s", name, diff)
		}
	}
}

// Numbers that JSON cannot hold become null, wherever they are.
func TestJSONFinite(t *testing.T) {
	r := results(t)["exact"]
	r.Best.RMSETrain = math.NaN()
	r.Network.RMSEHeldout = math.Inf(1)
	r.Network.Edges[0].R2 = math.Inf(-1)
	r.Network.Edges[0].Alternatives[0].RMSE = math.NaN()
	var b bytes.Buffer
	if err := JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(b.Bytes()) || bytes.Count(b.Bytes(), []byte(": null")) != 5 {
		t.Errorf("want five nulls (the best formula stands twice) in\n%s", b.Bytes())
	}
}

// A result with nothing in it has every field that a program may ask for.
func TestJSONEmpty(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, &fit.Result{}); err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b.Bytes(), &m); err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{
		"version", "target", "rows", "rows_used", "rows_heldout", "seed", "seconds", "variables",
		"best", "front", "structure", "found", "noise", "warnings", "interrupted",
	} {
		if _, ok := m[k]; !ok {
			t.Errorf("%s is missing", k)
		}
	}
	for _, k := range []string{"variables", "front", "structure", "found", "warnings"} {
		if _, ok := m[k].([]any); !ok {
			t.Errorf("%s is %v, not an array", k, m[k])
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriteError(t *testing.T) {
	r := results(t)["exact"]
	if err := Text(brokenWriter{}, r, Options{}); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("Text: %v", err)
	}
	if err := JSON(brokenWriter{}, r); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("JSON: %v", err)
	}
}

func TestWidth(t *testing.T) {
	r := results(t)["exact"]
	r.Front[0].Expression = strings.Repeat("x+", 200) + "x|y"
	var b bytes.Buffer
	if err := FrontTable(&b, r.Front, r.Best, 100); err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(b.String()) {
		if n := len([]rune(strings.TrimRight(l, "\n"))); n > 100 {
			t.Errorf("%d characters in %q", n, l)
		}
	}
	b.Reset()
	if err := FrontTable(&b, r.Front, r.Best, 0); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), r.Front[0].Expression) {
		t.Errorf("a formula was cut without need:\n%s", b.String())
	}
}

func TestBrief(t *testing.T) {
	for formula, want := range map[string]string{
		"1.0235876123*m+0.1893*v": "1.02359*m+0.1893*v",
		"x2*1.5e-07/3":            "x2*1.5e-07/3",
		"a^-0.30000000000000004":  "a^-0.3",
		"2.99792458e+08*t":        "2.99792e+08*t",
	} {
		if got := brief(formula); got != want {
			t.Errorf("brief(%q) = %q, want %q", formula, got, want)
		}
	}
}

func TestWithError(t *testing.T) {
	tests := []struct {
		v, se float64
		want  string
	}{
		{2.3698713, 0.00112, "2.3699 ± 0.0011"},
		{-0.80961, 7.3e-4, "-0.80961 ± 0.00073"},
		{0.5, 0.00996, "0.500 ± 0.010"},
		{1234567.89, 1234, "1234600 ± 1200"},
		{12345678.9, 1234, "(1.23457 ± 0.00012)e+07"},
		{12345.678, 12, "12346 ± 12"},
		{6.674e-11, 2e-15, "(6.67400 ± 0.00020)e-11"},
		{6.674e-11, 2e-22, "6.674000000000e-11 ± 2e-22"},
		{2.37, 1e-12, "2.3700000000000 ± 1e-12"},
		{1, 1e-16, "1 ± 1e-16"},
		{math.Nextafter(0.3, 1), 1e-17, "0.30000000000000004 ± 1e-17"},
		{0.001, 0.5, "0.00 ± 0.50"},
		{1e-13, 2e-12, "(0.1 ± 2.0)e-12"},
		{0, 0.25, "0.00 ± 0.25"},
		{3, 0, "3"},
		{3, math.NaN(), "3"},
		{3, math.Inf(1), "3"},
		{1e300, 1e280, "1e+300 ± 1e+280"},
		{5e-324, 5e-324, "4.94e-324 ± 4.9e-324"},
	}
	for _, tt := range tests {
		if got := withError(tt.v, tt.se); got != tt.want {
			t.Errorf("withError(%g, %g) = %q, want %q", tt.v, tt.se, got, tt.want)
		}
	}
}
