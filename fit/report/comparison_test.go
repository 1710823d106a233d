package report

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
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
			{Claim: "more accurate per parameter", Verdict: "partly", Figures: "some figures, of which there are so many that they take more than one line of eighty characters."},
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
		c, err := newComparisonPlot(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range []axis{c.x, c.y} {
			if !(a.hi > a.lo) || !isFinite(a.hi-a.lo) {
				t.Fatalf("an axis from %v to %v", a.lo, a.hi)
			}
		}
		for _, m := range r.Models {
			x, y := c.place(r, m)
			if !(x >= c.x.lo && x <= c.x.hi && y >= c.y.lo && y <= c.y.hi) {
				t.Fatalf("%v, %v is outside", x, y)
			}
		}
		if err := ComparisonPlot(&bytes.Buffer{}, r, "svg"); err != nil {
			t.Fatal(err)
		}
	})
}

// Whatever the axis, ticks lie on it in order, and at least two have labels, or
// else the scale could not be read.
func TestRatioAxis(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo := math.Pow(10, rapid.Float64Range(-150, 150).Draw(t, "lo"))
		hi := lo * math.Pow(10, rapid.OneOf(rapid.Float64Range(0, 2), rapid.Float64Range(2, 60)).Draw(t, "decades"))
		a := ratioAxis([]float64{hi, lo}, 0.12)
		labels := map[string]bool{}
		for _, k := range a.ticks(a.lo, a.hi, 5) {
			if k.Value < a.lo-1e-9 || k.Value > a.hi+1e-9 {
				t.Fatalf("a tick at %v on %v to %v", k.Value, a.lo, a.hi)
			}
			if labels[k.Label] && k.Label != "" {
				t.Fatalf("the label %s twice on %v to %v", k.Label, lo, hi)
			}
			labels[k.Label] = true
		}
		delete(labels, "")
		if len(labels) < 2 || len(labels) > 12 {
			t.Fatalf("labels %v on %v to %v", labels, lo, hi)
		}
	})
	for _, c := range []struct {
		lo, hi float64
		labels string
	}{
		{1, 10000, "1 10 100 1000 10^4"},
		{0.0089, 0.0094, "0.0080 0.0085 0.0090 0.0095 0.0100 0.0105"},
		{2e-7, 4e-7, "2.0×10^\u22127 2.5×10^\u22127 3.0×10^\u22127 3.5×10^\u22127 4.0×10^\u22127"},
		{1e-6, 2e-5, "10^\u22126 10^\u22125"},
		{30, 400, "100 50 200 500"},
	} {
		if got := tickLabels(ratioAxis([]float64{c.lo, c.hi}, 0.12), 5); got != c.labels {
			t.Errorf("%v to %v: labels %s, want %s", c.lo, c.hi, got, c.labels)
		}
	}
}

// No name lies over a mark, a line, another name, or the edge, and where there is
// room all are there.
func TestPointNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := &compare.Result{Target: "y", Spread: 1}
		for i := range rapid.IntRange(1, 12).Draw(t, "networks") {
			e := math.Pow(10, rapid.Float64Range(-6, 0).Draw(t, "error"))
			r.Models = append(r.Models, &compare.Model{
				Kind: []compare.Kind{compare.KAN, compare.MLP}[i%2], Shape: []int{2, 10, 10, 1}[:2+i%3],
				Parameters: rapid.IntRange(5, 500).Draw(t, "parameters"), RMSEHeldout: e, RMSEValidation: e,
			})
		}
		c, err := newComparisonPlot(r)
		if err != nil {
			t.Fatal(err)
		}
		dc := draw.NewCanvas(nil, comparisonWidth, comparisonHeight)
		names := c.names
		boxes := names.place(dc, c.plot)
		for i, b := range boxes {
			if b.Max.X <= b.Min.X {
				continue
			}
			for _, m := range names.points {
				for _, at := range m.on(dc, c.plot) {
					if at.X > b.Min.X && at.X < b.Max.X && at.Y > b.Min.Y && at.Y < b.Max.Y {
						t.Fatalf("%s lies over a point", names.names[i].text)
					}
				}
			}
			for _, m := range names.lines {
				pts := m.on(dc, c.plot)
				for k := 1; k < len(pts); k++ {
					for s := range 101 {
						f := vg.Length(s) / 100
						at := vg.Point{X: pts[k-1].X*(1-f) + pts[k].X*f, Y: pts[k-1].Y*(1-f) + pts[k].Y*f}
						if at.X > b.Min.X && at.X < b.Max.X && at.Y > b.Min.Y && at.Y < b.Max.Y {
							t.Fatalf("%s lies over a line", names.names[i].text)
						}
					}
				}
			}
		}
		if len(r.Models) == 1 && boxes[0].Max.X <= boxes[0].Min.X {
			t.Fatal("a single point has no name")
		}
	})
}
