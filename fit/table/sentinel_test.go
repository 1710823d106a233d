package table

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// columns of n numbers by what they are.
func uniform(lo, hi float64) func(*rand.Rand) float64 {
	return func(rng *rand.Rand) float64 { return lo + (hi-lo)*rng.Float64() }
}

func whole(lo, hi int) func(*rand.Rand) float64 {
	return func(rng *rand.Rand) float64 { return float64(lo + rng.IntN(hi-lo+1)) }
}

func lognormal(sigma float64) func(*rand.Rand) float64 {
	return func(rng *rand.Rand) float64 { return math.Exp(sigma * rng.NormFloat64()) }
}

func normal(mean, sd float64) func(*rand.Rand) float64 {
	return func(rng *rand.Rand) float64 { return mean + sd*rng.NormFloat64() }
}

func levels(v ...float64) func(*rand.Rand) float64 {
	return func(rng *rand.Rand) float64 { return v[rng.IntN(len(v))] }
}

func TestSentinels(t *testing.T) {
	tests := []struct {
		name  string
		draw  func(*rand.Rand) float64
		value []float64 // that take the place of a share of the rows
		share float64
	}{
		{"-999 in a range", uniform(1, 5), []float64{-999}, 0.02},
		{"9999 in a range", uniform(1, 5), []float64{9999}, 0.02},
		{"-999.25 in a well log", normal(60, 20), []float64{-999.25}, 0.2},
		{"99.9 in a range", uniform(-5, 5), []float64{99.9}, 0.02},
		{"-1 in a positive column", uniform(1, 5), []float64{-1}, 0.02},
		{"-1 in a wide positive column", uniform(0, 100), []float64{-1}, 0.02},
		{"-9 in a column over decades", lognormal(3), []float64{-9}, 0.02},
		{"-999 in a positive column that is wider", uniform(0, 5000), []float64{-999}, 0.02},
		{"9999 in a heavy tail", lognormal(1.5), []float64{9999}, 0.02},
		{"-999 in whole numbers", whole(0, 10), []float64{-999}, 0.02},
		{"-999 in many whole numbers", whole(-100, 100), []float64{-999}, 0.02},
		{"-9999 in two values", levels(0, 1), []float64{-9999}, 0.02},
		{"-32768 of an instrument", normal(0, 300), []float64{-32768}, 0.02},
		{"fill value of netCDF", normal(280, 10), []float64{9.9692099683868690e36}, 0.02},
		{"1e30", normal(280, 10), []float64{1e30}, 0.02},
		{"two at once", uniform(0, 1), []float64{-9999, 9999}, 0.04},
		{"-99 and -999", normal(10, 3), []float64{-99, -999}, 0.04},
		{"-500, which no one else uses", uniform(1, 5), []float64{-500}, 0.02},
		{"12345, which no one else uses", whole(0, 400), []float64{12345}, 0.04},
	}
	for _, tt := range tests {
		for seed := range uint64(20) {
			for _, n := range []int{200, 1000} {
				rng := rand.New(rand.NewPCG(seed, 7))
				col := make([]float64, n)
				placed := map[float64]bool{}
				for i := range col {
					col[i] = tt.draw(rng)
					if i < int(tt.share*float64(n)) {
						col[i] = tt.value[i%len(tt.value)]
						placed[col[i]] = true
					}
				}
				got, _ := sentinels(col)
				slices.Sort(got)
				want := slices.Sorted(slices.Values(tt.value))
				if !slices.Equal(got, want) {
					t.Errorf("%s, %d rows, seed %d: got %v, want %v", tt.name, n, seed, got, want)
				}
			}
		}
	}
}

// TestHonestColumns holds that no number of a column is taken for a missing one
// when all are measured or chosen.
func TestHonestColumns(t *testing.T) {
	pareto := func(rng *rand.Rand) float64 { return math.Pow(1-rng.Float64(), -2) }
	tests := []struct {
		name string
		draw func(*rand.Rand) float64
	}{
		{"two values", levels(-1, 1)},
		{"two values far apart", levels(1, 99)},
		{"mostly one of two values", levels(0, 0, 0, 0, 0, 0, 0, 0, 0, 99)},
		{"three signs", levels(-1, 0, 1)},
		{"charges", levels(-1, 0, 1, 2, 3)},
		{"percentiles", levels(1, 50, 99)},
		{"doses over decades", levels(0, 1, 10, 100, 1000, 9999)},
		{"doses and a control", levels(0, 50, 60, 70, 80, 90, 99)},
		{"many doses and a control", levels(0, 0, 0, 0, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71)},
		{"nines", levels(9, 99, 999, 9999)},
		{"digits", whole(-9, 9)},
		{"below a hundred", whole(0, 99)},
		{"one to 999", whole(1, 999)},
		{"counts with -1", whole(-1, 30)},
		{"uniform", uniform(-1000, 1000)},
		{"normal", normal(0, 1)},
		{"lognormal", lognormal(4)},
		{"Cauchy", func(rng *rand.Rand) float64 { return rng.NormFloat64() / rng.NormFloat64() }},
		{"Pareto", pareto},
		{"whole Pareto", func(rng *rand.Rand) float64 { return math.Floor(pareto(rng)) }},
		{"over sixty decades", func(rng *rand.Rand) float64 { return math.Pow(10, 60*rng.Float64()-30) }},
		{"rounded over decades", func(rng *rand.Rand) float64 { return math.Pow(10, math.Round(6*rng.Float64())) }},
		{"cut off at 99", func(rng *rand.Rand) float64 { return min(99, 60+20*rng.NormFloat64()) }},
		{"cut off at -1", func(rng *rand.Rand) float64 { return max(-1, rng.NormFloat64()) }},
		{"zero or more", func(rng *rand.Rand) float64 { return max(0, rng.NormFloat64()) }},
		{"a switch", func(rng *rand.Rand) float64 {
			if rng.IntN(4) == 0 {
				return 40
			}
			return rng.Float64()
		}},
	}
	for _, tt := range tests {
		for seed := range uint64(30) {
			for _, n := range []int{10, 50, 200, 1000} {
				rng := rand.New(rand.NewPCG(seed, uint64(n)))
				col := make([]float64, n)
				for i := range col {
					col[i] = tt.draw(rng)
				}
				if got, _ := sentinels(col); len(got) > 0 {
					t.Errorf("%s, %d rows, seed %d: %v is taken for a missing number", tt.name, n, seed, got)
				}
				col[n/2] = -99999
				if got, _ := sentinels(col); len(got) > 0 {
					t.Errorf("%s with an outlier, %d rows, seed %d: %v is taken for a missing number", tt.name, n, seed, got)
				}
			}
		}
	}
}

func sentinelFile(rows int) string {
	var b strings.Builder
	b.WriteString("x,note,y\n")
	for i := range rows {
		x, y := fmt.Sprint(1+float64(i*37%101)/25), fmt.Sprint(float64(i*53%97)/10)
		switch {
		case i%50 == 20:
			x = "-999"
		case i%50 == 40:
			y = "9999"
		}
		if i == 5 {
			b.WriteString("\n") // lines are not rows
		}
		fmt.Fprintf(&b, "%s,a,%s\n", x, y)
	}
	return b.String()
}

func TestDropSentinels(t *testing.T) {
	text := sentinelFile(400)
	tab := mustRead(t, text, Options{Exclude: []string{"note"}})
	if tab.Rows() != 384 || len(tab.Cols[0]) != 384 || slices.Contains(tab.Cols[0], -999) || slices.Contains(tab.Cols[1], 9999) {
		t.Errorf("%d rows are left", tab.Rows())
	}
	want := []Sentinel{{"x", -999, 8, 23}, {"y", 9999, 8, 43}}
	if !slices.Equal(tab.Sentinels, want) {
		t.Errorf("got %v, want %v", tab.Sentinels, want)
	}
	if w := `the value -999 of column "x" in 8 rows (the first in line 23) is far from all others and seems to stand for a missing number: left out; to keep such rows use --missing keep-sentinels`; !slices.Contains(tab.Warnings, w) {
		t.Errorf("the warnings are %q", tab.Warnings)
	}
	kept := mustRead(t, text, Options{Exclude: []string{"note"}, Missing: MissingKeepSentinels})
	if kept.Rows() != 400 || len(kept.Warnings) > 0 || kept.Sentinels != nil {
		t.Errorf("%d rows are kept, with the warnings %q", kept.Rows(), kept.Warnings)
	}
	_, err := read(t, text, Options{Exclude: []string{"note"}, Missing: MissingError})
	if e := new(Error); !errors.As(err, &e) || e.Line != 23 || e.Column != "x" {
		t.Errorf("the error is %v", err)
	}
	// Rows of which most would go stay, with a warning.
	var b strings.Builder
	b.WriteString("a,b,c,y\n")
	for i := range 60 {
		row := []string{fmt.Sprint(i), fmt.Sprint(i * i), fmt.Sprint(i % 7 * i), fmt.Sprint(2 * i)}
		if i%4 < 3 {
			row[i%4] = "-999999"
		}
		fmt.Fprintln(&b, strings.Join(row, ","))
	}
	most := mustRead(t, b.String(), Options{})
	if most.Rows() != 60 || len(most.Warnings) != 3 || !strings.HasSuffix(most.Warnings[0], ": if so, remove these rows") {
		t.Errorf("%d rows, %q", most.Rows(), most.Warnings)
	}
}

func TestIsCode(t *testing.T) {
	for v, want := range map[float64]bool{
		-1: true, -9: true, 99: true, -99: true, 99.9: true, 999.99: true, -999: true, 9999999999: true, 88: false, 888: true, -777: true, 77: false,
		-999.25: true, 32767: true, 1e20: true, -1e37: true, math.MaxFloat32: true, -math.MaxFloat64: true, 9.96921e36: true,
		0: false, 1: false, 9: false, 98: false, 989: false, 1999: false, 9990: true, 999999999999: false, 99.95: false, 0.999: false, 666: false, 2e25: false, 1e19: false, 5e-324: false,
	} {
		if got := isCode(v); got != want {
			t.Errorf("%g: %v", v, got)
		}
	}
}

func TestSuspects(t *testing.T) {
	col := make([]float64, 200)
	for i := range col {
		col[i] = 290 + float64(i)/10
	}
	col[3], col[50], col[120] = 0, 0, 0
	if codes, suspects := sentinels(col); len(codes) > 0 || !slices.Equal(suspects, []float64{0}) {
		t.Errorf("got %v and %v", codes, suspects)
	}
}

// TestLineList holds that lines are given back as they were added.
func TestLineList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.SliceOfN(rapid.IntRange(1, 3), 1, 50).Draw(t, "steps")
		var l lineList
		var want []int
		line := 1
		for _, s := range steps {
			line += s
			want = append(want, line)
			l.add(line)
		}
		for r, w := range want {
			if got := l.line(r); got != w {
				t.Fatalf("row %d is in line %d, not %d", r, got, w)
			}
		}
	})
}
