package table

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestStrays(t *testing.T) {
	tests := []struct {
		name   string
		draw   func(*rand.Rand) float64
		value  []float64
		absurd bool
	}{
		{"1e300", uniform(1, 5), []float64{1e300}, true},
		{"-1e300", uniform(1, 5), []float64{-1e300}, true},
		{"the largest number", normal(0, 1), []float64{math.MaxFloat64}, true},
		{"both largest numbers", normal(0, 1), []float64{-math.MaxFloat64, math.MaxFloat64}, true},
		{"1e12 in a range", uniform(0, 1), []float64{1e12}, true},
		{"three sizes", uniform(-1, 1), []float64{1e300, 1e200, -1e12}, true},
		{"in a column over decades", lognormal(2), []float64{1e60}, true},
		{"-999 once", uniform(1, 5), []float64{-999}, false},
		{"a point left out", uniform(1, 5), []float64{31415}, false},
		{"beside an offset", normal(1e6, 1e-3), []float64{1e6 + 5}, false},
		{"beside rounding", func(rng *rand.Rand) float64 { return 1 + 1e-14*rng.Float64() }, []float64{2}, false},
	}
	for _, tt := range tests {
		for seed := range uint64(20) {
			for _, n := range []int{100, 1000} {
				rng := rand.New(rand.NewPCG(seed, 8))
				col := make([]float64, n)
				for i := range col {
					col[i] = tt.draw(rng)
				}
				want := map[int]float64{}
				for _, v := range tt.value {
					r := rng.IntN(n)
					for want[r] != 0 {
						r = rng.IntN(n)
					}
					col[r], want[r] = v, v
				}
				got := strays(col)
				if len(got) != len(want) {
					t.Errorf("%s, %d rows, seed %d: got %v, want %v", tt.name, n, seed, got, want)
				}
				for _, s := range got {
					if want[s.row] != s.value || s.absurd != tt.absurd {
						t.Errorf("%s, %d rows, seed %d: got %v, want %v", tt.name, n, seed, got, want)
					}
				}
			}
		}
	}
}

// No number is absurd beside others that are measured, chosen or computed, of
// whatever law.
func TestNoStrays(t *testing.T) {
	law := func(f func(x float64) float64) func(*rand.Rand) float64 {
		return func(rng *rand.Rand) float64 { return f(rng.Float64()) }
	}
	tests := []struct {
		name string
		draw func(*rand.Rand) float64
		warn int // of the draws below, at most
	}{
		{"uniform", uniform(-1000, 1000), 0},
		{"normal", normal(0, 1), 0},
		{"lognormal", lognormal(4), 0},
		{"Cauchy", func(rng *rand.Rand) float64 { return rng.NormFloat64() / rng.NormFloat64() }, 1},
		{"over sixty decades", func(rng *rand.Rand) float64 { return math.Pow(10, 60*rng.Float64()-30) }, 0},
		{"an exponential", law(func(x float64) float64 { return math.Exp(300 * x) }), 0},
		{"a hyperbolic sine", law(func(x float64) float64 { return math.Sinh(200*x - 100) }), 0},
		{"a pole", law(func(x float64) float64 { return 1 / (x - 0.5) }), 1},
		{"a pole of high order", law(func(x float64) float64 { return math.Pow(x, -12) }), 1},
		{"a tangent", law(func(x float64) float64 { return math.Tan(10 * x) }), 1},
		{"a power", law(func(x float64) float64 { return math.Pow(x, 30) }), 0},
		{"zeros and one", func(rng *rand.Rand) float64 { return math.Floor(rng.Float64() * 1.02) }, 0},
		{"levels", levels(0, 1, 1e10), 0},
		{"pulses", func(rng *rand.Rand) float64 { return 1e9 * math.Exp(-1e4*math.Pow(rng.Float64()-0.5, 2)) }, 0},
	}
	for _, tt := range tests {
		warned := 0
		for seed := range uint64(100) {
			for _, n := range []int{15, 30, 300} {
				rng := rand.New(rand.NewPCG(seed, uint64(n)))
				col := make([]float64, n)
				for i := range col {
					col[i] = tt.draw(rng)
				}
				for _, s := range strays(col) {
					warned++
					if s.absurd {
						t.Errorf("%s, %d rows, seed %d: %v", tt.name, n, seed, s.value)
					}
				}
			}
		}
		if warned > tt.warn {
			t.Errorf("%s: %d warnings", tt.name, warned)
		}
	}
}

// Of few rows none is left out, but what is absurd is warned of.
func TestFewStrays(t *testing.T) {
	for _, tt := range []struct {
		col  []float64
		want int // strays
	}{
		{[]float64{1, 2, 1e300, 4}, 0},
		{[]float64{1, 2, 3, 1e300, 4}, 1},
		{[]float64{1, 2, 3, -1e300, 4, 5, 6, 7, 8, 9, 10, 11}, 1},
		{[]float64{1, 2, 3, 1e4, 4, 5, 6, 7, 8, 9, 10, 11}, 0},
		{[]float64{0, 0, 0, 0, 0, 1}, 0},
		{[]float64{1, 1, 2, 2, 2, 1e9}, 0},
		{[]float64{1, 10, 1e3, 1e6, 1e12, 1e24}, 0},
		{[]float64{57909227, 108209475, 149598262, 227943824, 778340821, 1426666422}, 0},
	} {
		got := strays(tt.col)
		if len(got) != tt.want || len(got) > 0 && got[0].absurd {
			t.Errorf("%v: %v, want %d", tt.col, got, tt.want)
		}
	}
}

func TestDropStrays(t *testing.T) {
	var b strings.Builder
	b.WriteString("x,y\n")
	for r := range 60 {
		x := 0.1 * float64(r+1)
		y := 2*x + 1
		switch r {
		case 17:
			y = 1e300
		case 40:
			x = -77777
		}
		fmt.Fprintf(&b, "%.6g,%.6g\n", x, y)
	}
	tab := mustRead(t, b.String(), Options{})
	want := []string{
		`the value -77777 of column "x" in line 42 is far from all others: if that is a mistake, correct or remove it`,
		`the value 1e+300 of column "y" in line 19 is so far from all others that no fit would see them beside it: left out; correct it, or keep such rows with --missing keep-sentinels`,
	}
	if tab.Rows() != 59 || !slices.Equal(tab.Warnings, want) {
		t.Errorf("%d rows, warnings %q", tab.Rows(), tab.Warnings)
	}
	for r, y := range tab.Y() {
		if x := tab.Cols[0][r]; x > 0 && math.Abs(y-2*x-1) > 1e-9 {
			t.Errorf("row %d is %g, %g", r, x, y)
		}
	}
	if kept := mustRead(t, b.String(), Options{Missing: MissingKeepSentinels}); kept.Rows() != 60 || len(kept.Warnings) > 0 {
		t.Errorf("%d rows are kept, warnings %q", kept.Rows(), kept.Warnings)
	}
	_, err := Read(strings.NewReader(b.String()), "data.csv", Options{Missing: MissingError})
	var bad *Error
	if !errors.As(err, &bad) || bad.Line != 19 || bad.Column != "y" || !strings.Contains(bad.Hint, "--missing drop") {
		t.Errorf("got %v", err)
	}
	// Lines of sentinels are those of the file, whatever was left out before.
	both := strings.Replace(b.String(), "\n5,11\n", "\n-999,11\n", 1)
	both = strings.Replace(both, "\n5.1,11.2\n", "\n-999,11.2\n", 1)
	both = strings.Replace(both, "\n5.2,11.4\n", "\n-999,11.4\n", 1)
	both = strings.Replace(both, "-77777", "4.1", 1)
	tab = mustRead(t, both, Options{})
	if tab.Rows() != 56 || len(tab.Sentinels) != 2 || tab.Sentinels[0] != (Sentinel{"y", 1e300, 1, 19}) || tab.Sentinels[1] != (Sentinel{"x", -999, 3, 51}) {
		t.Errorf("%d rows, sentinels %v, warnings %q", tab.Rows(), tab.Sentinels, tab.Warnings)
	}
}

// What is known of the data of a model holds whatever the other rows are.
func TestScreenKnown(t *testing.T) {
	nan := math.NaN()
	names := []string{"x", "y"}
	cols := [][]float64{{1, -999, 3, 4, 5, 6}, {2, 3, nan, -999, 9999, 7}}
	opt := ScreenOptions{Source: "d.csv", Known: []Sentinel{{Column: "x", Value: -999}, {Column: "y", Value: 9999}, {Column: "z", Value: 1}}, Line: func(r int) int { return r + 2 }}
	s, err := Screen(names, cols, opt)
	if err != nil {
		t.Fatal(err)
	}
	if want := []bool{false, true, false, false, true, false}; !slices.Equal(s.Left, want) {
		t.Errorf("left out %v, want %v", s.Left, want)
	}
	if want := []Sentinel{{"x", -999, 1, 3}, {"y", 9999, 1, 6}}; !slices.Equal(s.Sentinels, want) || len(s.Warnings) != 2 {
		t.Errorf("got %v, want %v; %q", s.Sentinels, want, s.Warnings)
	}
	opt.Missing = MissingKeepSentinels
	if s, err := Screen(names, cols, opt); err != nil || s.Left != nil || len(s.Warnings) > 0 {
		t.Errorf("got %+v, %v", s, err)
	}
	opt.Missing = MissingError
	var bad *Error
	if _, err := Screen(names, cols, opt); !errors.As(err, &bad) || bad.Line != 3 || bad.Column != "x" {
		t.Errorf("got %v", err)
	}
	// Numbers that are not there are no numbers of the column.
	rng := rand.New(rand.NewPCG(1, 1))
	long := make([]float64, 200)
	for r := range long {
		switch {
		case r%3 == 0:
			long[r] = nan
		case r%20 == 1:
			long[r] = -999
		default:
			long[r] = rng.Float64()
		}
	}
	s, err = Screen(names[:1], [][]float64{long}, ScreenOptions{Line: func(r int) int { return r + 2 }})
	if err != nil {
		t.Fatal(err)
	}
	for r, v := range long {
		if s.Left[r] != (v == -999) {
			t.Errorf("row %d of %v: left out %v", r, v, s.Left[r])
		}
	}

	// A table whose header has other names than the model knows.
	tab := mustRead(t, "flow rate,y\n1,2\n2,3\n3,5\n-1,8\n5,9\n6,11\n", Options{Known: []Sentinel{{Column: "flow_rate", Value: -1}}})
	if tab.Rows() != 5 {
		t.Errorf("%d rows, warnings %q", tab.Rows(), tab.Warnings)
	}
}
