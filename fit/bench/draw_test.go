package bench

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kansym/kansym/fit/table"
)

func draw(t *testing.T, p *Problem, d Drawing) *table.Table {
	t.Helper()
	data, err := p.Draw(d)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// inRange tells whether a column fills a range: within it, and near both ends.
func inRange(col []float64, low, high float64) bool {
	margin := 0.02 * (high - low)
	least, most := slices.Min(col), slices.Max(col)
	return least >= low && least < low+margin && most <= high && most > high-margin
}

func TestDraw(t *testing.T) {
	p := problem(t, "a*b", `[{"name":"a","low":-2,"high":3},{"name":"b","low":1,"high":1000,"log":true}]`)
	data := draw(t, p, Drawing{Seed: 1})
	if data.Rows() != DefaultRows {
		t.Errorf("%d rows", data.Rows())
	}
	if want := []string{"a", "b", "y"}; !slices.Equal(data.Names, want) || data.Target != 2 {
		t.Errorf("columns %v, target %d", data.Names, data.Target)
	}
	a, b, y := data.Cols[0], data.Cols[1], data.Cols[2]
	if !inRange(a, -2, 3) || !inRange(b, 1, 1000) {
		t.Errorf("ranges %v to %v and %v to %v", slices.Min(a), slices.Max(a), slices.Min(b), slices.Max(b))
	}
	// Evenly over the logarithm is half below the geometric mean; six standard
	// deviations of the share are 0.07.
	if share := shareBelow(b, math.Sqrt(1000)); math.Abs(share-0.5) > 0.07 {
		t.Errorf("%v of b is in the lower half of the logarithm", share)
	}
	if share := shareBelow(a, 0.5); math.Abs(share-0.5) > 0.07 {
		t.Errorf("%v of a is in the lower half", share)
	}
	for i := range y {
		if y[i] != a[i]*b[i] {
			t.Fatalf("row %d: %v*%v is not %v", i, a[i], b[i], y[i])
		}
	}
	if again := draw(t, p, Drawing{Seed: 1}); !reflect.DeepEqual(data, again) {
		t.Error("the same seed gives other data")
	}
	if other := draw(t, p, Drawing{Seed: 2}); other.Cols[0][0] == a[0] {
		t.Error("another seed gives the same data")
	}
	q := *p
	q.ID, q.Rows = "another", 50
	other := draw(t, &q, Drawing{Seed: 1})
	if other.Rows() != 50 || other.Cols[0][0] == a[0] {
		t.Errorf("%d rows, %v", other.Rows(), other.Cols[0][0])
	}
	if n := draw(t, &q, Drawing{Rows: 70}).Rows(); n != 70 {
		t.Errorf("%d rows for 70", n)
	}
}

func shareBelow(col []float64, at float64) float64 {
	n := 0
	for _, v := range col {
		if v < at {
			n++
		}
	}
	return float64(n) / float64(len(col))
}

func TestDrawDecade(t *testing.T) {
	p := problem(t, "a+b", `[{"name":"a","low":1,"high":3},{"name":"b","low":0,"high":3}]`)
	data := draw(t, p, Drawing{Decade: true})
	a, b := data.Cols[0], data.Cols[1]
	if low, high := 2/math.Sqrt(10), 2*math.Sqrt(10); !inRange(a, low, high) {
		t.Errorf("a from %v to %v, want %v to %v", slices.Min(a), slices.Max(a), low, high)
	}
	if share := shareBelow(a, 2); math.Abs(share-0.5) > 0.07 {
		t.Errorf("%v of a is below the middle", share)
	}
	if !inRange(b, 0, 3) {
		t.Errorf("b from %v to %v, want its range", slices.Min(b), slices.Max(b))
	}
}

func TestDrawNoise(t *testing.T) {
	p := problem(t, "100+a", `[{"name":"a","low":-1,"high":1}]`)
	for _, noise := range []float64{0.001, 0.1} {
		data := draw(t, p, Drawing{Noise: noise})
		var sum, squares float64
		for i, y := range data.Cols[1] {
			d := y - (100 + data.Cols[0][i])
			sum += d
			squares += d * d
		}
		n := float64(data.Rows())
		// The RMS of the target is 100. Of 2000 rows the standard deviation is
		// known to 1.6%, the mean to 2.2% of it.
		want := 100 * noise
		if got := math.Sqrt(squares / n); math.Abs(got/want-1) > 0.08 {
			t.Errorf("noise %v: standard deviation %v, want %v", noise, got, want)
		}
		if mean := sum / n; math.Abs(mean) > 0.11*want {
			t.Errorf("noise %v: mean %v", noise, mean)
		}
		clean := draw(t, p, Drawing{})
		if !slices.Equal(clean.Cols[0], data.Cols[0]) {
			t.Error("noise changes the inputs")
		}
	}
}

func TestDrawIrrelevant(t *testing.T) {
	p := problem(t, "a+extra2+y", `[{"name":"a","low":5,"high":6},{"name":"extra2","low":1,"high":2},{"name":"y","low":1,"high":2}]`)
	data := draw(t, p, Drawing{Irrelevant: 4})
	if want := []string{"a", "extra2", "y", "extra1", "extra2_", "extra3", "extra4", "y_"}; !slices.Equal(data.Names, want) {
		t.Errorf("columns %v, want %v", data.Names, want)
	}
	if !inRange(data.Cols[3], 5, 6) || !inRange(data.Cols[4], 1, 2) || !inRange(data.Cols[6], 5, 6) {
		t.Error("an irrelevant input has not the range of a relevant one")
	}
	without := draw(t, p, Drawing{})
	if !slices.Equal(without.Cols[3], data.Cols[data.Target]) {
		t.Error("irrelevant inputs change the target")
	}
	for i, y := range data.Cols[data.Target] {
		if want := data.Cols[0][i] + data.Cols[1][i] + data.Cols[2][i]; math.Abs(y-want) > 1e-12 {
			t.Fatalf("row %d: %v, want %v", i, y, want)
		}
	}
}

// Rows outside the domain are drawn again, so that all rows are there.
func TestDrawDomain(t *testing.T) {
	p := problem(t, "sqrt(a-0.9)", `[{"name":"a","low":-1,"high":1}]`)
	data := draw(t, p, Drawing{Rows: 500})
	if data.Rows() != 500 || slices.Min(data.Cols[0]) < 0.9 {
		t.Errorf("%d rows from %v", data.Rows(), slices.Min(data.Cols[0]))
	}
	for i, y := range data.Cols[1] {
		if y != math.Sqrt(data.Cols[0][i]-0.9) {
			t.Fatalf("row %d: %v at %v", i, y, data.Cols[0][i])
		}
	}
	p = problem(t, "sqrt(-1-a^2)", `[{"name":"a","low":-1,"high":1}]`)
	if _, err := p.Draw(Drawing{Rows: 20}); err == nil || !strings.Contains(err.Error(), "p: sqrt(-1-a^2) is hardly ever finite on its ranges") {
		t.Errorf("error %v", err)
	}
}
