package report

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot"
	"pgregory.net/rapid"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/compare"
)

// comparison is a result with every kind of line.
func comparison() *compare.Result {
	return &compare.Result{
		Version: 1, Target: "E", Rows: 1000, RowsTrain: 600, RowsValidation: 150, RowsHeldout: 250, Seed: 1, Seconds: 12.34, Spread: 2,
		Variables: []fit.Variable{{Name: "m", Column: "m"}, {Name: "v", Column: "v (m/s)"}},
		Models: []*compare.Model{
			{
				Kind: compare.KAN, Shape: []int{2, 1}, Grid: 4, Parameters: 14, RMSEValidation: 0.02, RMSEHeldout: 0.021, Relative: 0.0105, Starts: 1, Steps: 16, Seconds: 0.0031, Status: "converged",
				Formula: &compare.Formula{Expression: "m^2+v", Complexity: 5, RMSEHeldout: 0.0199, Good: true},
			},
			{Kind: compare.KAN, Shape: []int{2, 5, 1}, Grid: 4, Parameters: 105, RMSEValidation: 1e-4, RMSEHeldout: 1.5e-4, Relative: 7.5e-5, Starts: 7, Steps: 170, Seconds: 0.17, SeeGrid: 24},
			{
				Kind: compare.KAN, Shape: []int{2, 5, 1}, Grid: 24, Parameters: 405, RMSEValidation: 1e-6, RMSEHeldout: 1.24e-6, Relative: 6.2e-7, Starts: 7, Steps: 350, Seconds: 1.234,
				Formula: &compare.Formula{Expression: "m^2", Complexity: 3, RMSEHeldout: 0.3},
			},
			{Kind: compare.KAN, Shape: []int{2, 9, 1}, Grid: 4, Parameters: 189, RMSEValidation: 1e-3, RMSEHeldout: 1e-3, Relative: 5e-4, Starts: 7, Steps: 20, Seconds: 3.6, Stopped: true, Unnamed: "27 curves"},
			{Kind: compare.MLP, Shape: []int{2, 2, 1}, Parameters: 9, RMSEValidation: 0.1, RMSEHeldout: 0.11, Relative: 0.055, Starts: 7, Steps: 176, Seconds: 0.0123},
			{Kind: compare.MLP, Shape: []int{2, 20, 20, 1}, Parameters: 501, RMSEValidation: 2e-5, RMSEHeldout: 2.51e-5, Relative: 1.255e-5, Starts: 7, Steps: 350, Seconds: 10.5},
		},
		Search:  &compare.Search{Expression: "m*v^2/2", Complexity: 6, Exact: true, RMSEHeldout: 1e-16, Relative: 5e-17, Seconds: 0.5, Stopped: true},
		Rewrite: &compare.Rewrite{Shape: []int{2, 5, 1}, Units: 100, Parameters: 900, Difference: 1e-13},
		Claims: []compare.Claim{
			{Claim: "more accurate per parameter", Verdict: "partly", Figures: "some figures."},
			{Claim: "slower to train", Verdict: "no", Figures: "other figures."},
		},
		Warnings: []string{"1 of 6 networks was stopped"}, Interrupted: true,
	}
}

func TestComparison(t *testing.T) {
	var b bytes.Buffer
	if err := Comparison(&b, comparison(), Options{Source: "data.csv", Weights: "w"}); err != nil {
		t.Fatal(err)
	}
	golden(t, "comparison.txt", b.Bytes())
	b.Reset()
	if err := ComparisonJSON(&b, comparison()); err != nil {
		t.Fatal(err)
	}
	golden(t, "comparison.json", b.Bytes())
	var back compare.Result
	if err := json.Unmarshal(b.Bytes(), &back); err != nil || len(back.Models) != 6 || back.Models[2].Formula.RMSEHeldout != 0.3 {
		t.Errorf("%v, %+v", err, back)
	}
}

func TestComparisonPlotFormats(t *testing.T) {
	for format, magic := range map[string]string{"svg": "<?xml", "png": "\x89PNG", "pdf": "%PDF"} {
		var b bytes.Buffer
		if err := ComparisonPlot(&b, comparison(), format); err != nil || !bytes.HasPrefix(b.Bytes(), []byte(magic)) || b.Len() < 2000 {
			t.Errorf("%s: %v, %d bytes", format, err, b.Len())
		}
		var again bytes.Buffer
		if err := ComparisonPlot(&again, comparison(), format); err != nil {
			t.Error(err)
		}
		if format != "pdf" && !bytes.Equal(b.Bytes(), again.Bytes()) { // a PDF has its date in it
			t.Errorf("%s: a second picture differs", format)
		}
	}
	if err := ComparisonPlot(&bytes.Buffer{}, comparison(), "gif2"); err == nil {
		t.Error("an unknown format was written")
	}
	if err := ComparisonPlot(&bytes.Buffer{}, &compare.Result{}, "svg"); err == nil {
		t.Error("nothing was drawn")
	}
}

// Whatever the errors and sizes, zero among them, there is a picture and all
// networks lie within its axes.
func TestComparisonPlotGuards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.SampledFrom([]float64{0, 1e-320, 1e-300, 1e-17, 1e-5, 0.01, 1, 1.0001, 1e7, 1e300})
		r := &compare.Result{Target: "y", Spread: max(size.Draw(t, "spread"), 1e-300)}
		for range rapid.IntRange(1, 6).Draw(t, "networks") {
			m := &compare.Model{Kind: rapid.SampledFrom([]compare.Kind{compare.KAN, compare.MLP}).Draw(t, "kind"), Shape: []int{1, 3, 1}}
			m.Parameters = rapid.IntRange(0, 5000).Draw(t, "parameters")
			m.RMSEHeldout = size.Draw(t, "error")
			m.RMSEValidation = m.RMSEHeldout
			r.Models = append(r.Models, m)
		}
		if rapid.Bool().Draw(t, "formula") {
			r.Search = &compare.Search{Parameters: rapid.IntRange(0, 20000).Draw(t, "constants"), RMSEHeldout: size.Draw(t, "formula's error")}
		}
		p, _, err := comparisonPlot(r)
		if err != nil {
			t.Fatal(err)
		}
		if !(p.X.Min > 0 && p.X.Max > p.X.Min && p.Y.Min > 0 && p.Y.Max > p.Y.Min) || math.IsInf(p.Y.Max, 0) {
			t.Fatalf("axes from %v to %v and from %v to %v", p.X.Min, p.X.Max, p.Y.Min, p.Y.Max)
		}
		for _, m := range r.Models {
			at := comparisonPoint(r, m)
			if at.X < p.X.Min || at.X > p.X.Max || at.Y < p.Y.Min || at.Y > p.Y.Max {
				t.Fatalf("%v is outside", at)
			}
		}
		if err := ComparisonPlot(&bytes.Buffer{}, r, "svg"); err != nil {
			t.Fatal(err)
		}
	})
}

// Ticks lie on the axis in order, and at least two have labels, or else the
// scale could not be read.
func TestDecades(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo := math.Pow(10, rapid.Float64Range(-200, 200).Draw(t, "lo"))
		hi := lo * math.Pow(10, rapid.OneOf(rapid.Float64Range(0.05, 2), rapid.Float64Range(2, 60)).Draw(t, "decades"))
		ticks := decades{}.Ticks(lo, hi)
		labels := 0
		for i, k := range ticks {
			if i > 0 && k.Value <= ticks[i-1].Value || k.Label != "" && (k.Value < lo || k.Value > hi) {
				t.Fatalf("ticks %v on %v to %v", ticks, lo, hi)
			}
			if k.Label != "" {
				labels++
			}
		}
		if labels < 2 || labels > 12 {
			t.Fatalf("%d labels on %v to %v: %v", labels, lo, hi, ticks)
		}
	})
	for _, c := range []struct {
		lo, hi float64
		labels []string
	}{
		{0.5, 20000, []string{"1", "10", "100", "1000", "10000"}},
		{1e-6, 1e-2, []string{"1e-6", "1e-5", "1e-4", "0.001", "0.01"}},
		{0.15, 2, []string{"0.2", "0.5", "1", "2"}},
		{-1, 5, nil},
	} {
		var got []string
		for _, k := range (decades{}).Ticks(c.lo, c.hi) {
			if k.Label != "" {
				got = append(got, k.Label)
			}
		}
		if !slices.Equal(got, c.labels) {
			t.Errorf("%v to %v: labels %v, want %v", c.lo, c.hi, got, c.labels)
		}
	}
	var _ plot.Ticker = decades{}
}
