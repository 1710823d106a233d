package fit

import (
	"strings"
	"testing"
	"time"

	"github.com/kansym/kansym/fit/table"
)

// levels makes a table of one input x on [0, 5] and a target of the given values.
func levels(t testing.TB, rows int, level func(x float64) float64) *table.Table {
	tab := makeLaw("x", "x", 0., 5.).draw(t, rows, 0, 3)
	for i, x := range tab.Cols[0] {
		tab.Cols[1][i] = level(x)
	}
	return tab
}

// A target of two values is not a line that was rounded.
func TestTwoLevels(t *testing.T) {
	tab := levels(t, 300, func(x float64) float64 {
		if x > 2 {
			return 1
		}
		return 0
	})
	r, err := Run(t.Context(), tab, Options{Time: 20 * time.Second, Seed: 1, NoNetwork: true})
	if err != nil {
		t.Fatal(err)
	}
	// A line leaves half of the spread.
	if r.Best.R2Heldout < 0.95 {
		t.Errorf("%s, R^2 %.3g", r.Best, r.Best.R2Heldout)
	}
}

// A law whose values were rounded to one of many levels ends the search, as before.
func TestManyLevels(t *testing.T) {
	tab := makeLaw("v^2/(2*d)", "v", 1., 10., "d", 1., 5.).draw(t, 400, 0, 2)
	for i, y := range tab.Cols[2] {
		tab.Cols[2][i] = float64(int(y + 0.5))
	}
	r, err := Run(t.Context(), tab, Options{Time: time.Hour, Seed: 1, NoNetwork: true})
	if err != nil {
		t.Fatal(err)
	}
	if r.Best.Complexity > 8 || r.Interrupted || r.Doubt != "" {
		t.Errorf("%s, doubt %q", r.Best, r.Doubt)
	}
}

// A formula that the network is far better than is called doubtful, and a law in
// noise is not.
func TestDoubt(t *testing.T) {
	l := makeLaw("3*exp(-x)+x", "x", 0., 5.)
	short, err := Run(t.Context(), l.draw(t, 400, 0.02, 1), Options{Time: 3 * time.Second, Seed: 1, MaxComplexity: 3})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(short.Doubt, "the network is ") {
		t.Errorf("doubt about %s: %q", short.Best, short.Doubt)
	}
	law, err := Run(t.Context(), l.draw(t, 400, 0.02, 1), Options{Time: 4 * time.Second, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if law.Doubt != "" {
		t.Errorf("doubt about %s: %q", law.Best, law.Doubt)
	}
}

func TestSeveralTimes(t *testing.T) {
	for n, want := range map[float64]string{1.52: "1.5", 4.639: "4.6", 12.3: "12", 99.96: "100", 123.4: "123", 5e7: "over a million"} {
		if got := severalTimes(n); got != want {
			t.Errorf("severalTimes(%v) = %s, want %s", n, got, want)
		}
	}
}
