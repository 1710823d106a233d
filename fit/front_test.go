package fit

import (
	"testing"

	"github.com/kansym/kansym/symbolic"
)

// What polishing shortens takes the place of what it was made from, though it has
// more nodes; nothing else does, and what polishing lengthens does not.
func TestFrontPolish(t *testing.T) {
	x := symbolic.Var("x")
	rough, exact := symbolic.Pow(x, symbolic.Free(0.6666)), symbolic.Pow(x, symbolic.Rat(2, 3))
	decimal := &scored{expr: rough, complexity: 12, bits: 100, trainMSE: 1}
	for _, k := range []struct {
		name     string
		polished *scored
		best     int // complexity
		size     int
	}{
		{"shorter", &scored{expr: exact, complexity: 14, bits: 95, trainMSE: 1.001}, 14, 1},
		{"longer in bits", &scored{expr: exact, complexity: 14, bits: 101, trainMSE: 0.999}, 12, 2},
		{"no better", &scored{expr: exact, complexity: 14, bits: 101, trainMSE: 1.001}, 12, 1},
		{"smaller", &scored{expr: exact, complexity: 10, bits: 90, trainMSE: 1.001}, 10, 1},
	} {
		f := newFront()
		f.add(decimal)
		f.polish(decimal, k.polished)
		if got := f.best(); got.complexity != k.best || len(f.list) != k.size {
			t.Errorf("%s: %d formulas, the best of complexity %d; want %d and %d", k.name, len(f.list), got.complexity, k.size, k.best)
		}
	}
	f := newFront()
	f.add(decimal)
	f.polish(decimal, &scored{expr: exact, complexity: 14, bits: 95, trainMSE: 1.001})
	if f.add(&scored{expr: rough, complexity: 12, bits: 99, trainMSE: 1}) {
		t.Error("what was polished away comes back")
	}
	// Another way to the same: what polishing makes is there already.
	f = newFront()
	f.add(&scored{expr: exact, complexity: 14, bits: 95, trainMSE: 1.001})
	f.add(decimal)
	f.polish(decimal, &scored{expr: exact, complexity: 14, bits: 95, trainMSE: 1.001})
	if len(f.list) != 1 || f.best().expr != exact {
		t.Errorf("%d formulas, the best %s", len(f.list), f.best().expr)
	}
	f = newFront()
	f.add(decimal)
	f.add(&scored{expr: exact, complexity: 14, bits: 95, trainMSE: 1})
	if f.best() != decimal {
		t.Error("a formula of its own, hardly shorter, takes the place of a simpler one")
	}
}
