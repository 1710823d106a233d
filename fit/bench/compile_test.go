package bench

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/kansym/kansym/symbolic"
)

// Every law of the suites becomes a network with the values of the law, and the
// network becomes a formula that is equal to the law and no longer.
func TestCompileNetwork(t *testing.T) {
	const (
		rows = 300
		// Rounding of some tens of operations is 1e-14; the differences in
		// I.13.12 and I.29.16 lose further digits.
		tolerance = 1e-9
		bloat     = 1.5
	)
	for _, suite := range Suites() {
		problems, err := Open(suite)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			t.Run(p.ID, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(7, hash(p.ID)))
				draw := func() symbolic.Data {
					cols, y, err := p.sample(rng, p.Vars, rows)
					if err != nil {
						t.Fatal(err)
					}
					return symbolic.Data{Names: p.Names(), Cols: cols, Y: y}
				}
				data, fresh := draw(), draw()
				net, err := symbolic.CompileNetwork(p.Expr(), data)
				if err != nil {
					t.Fatal(err)
				}
				got := make([]float64, rows)
				check := func(what string, d symbolic.Data) {
					for r, want := range d.Y {
						if !(math.Abs(got[r]-want) <= tolerance*math.Abs(want)) {
							t.Fatalf("%s: %v, want %v", what, got[r], want)
						}
					}
				}
				net.Predict(got, data.Cols)
				check("network", data)
				net.Predict(got, fresh.Cols)
				check("network on fresh points", fresh)

				back, err := symbolic.FromNetwork(net, nil)
				if err != nil {
					t.Fatal(err)
				}
				opt := symbolic.SimplifyOptions{Domains: symbolic.IntervalsOf(data)}
				back = symbolic.Simplify(back, opt)
				program, err := symbolic.Compile(back, fresh.Names)
				if err != nil {
					t.Fatal(err)
				}
				program.Eval(program.NewWorkspace(), got, fresh.Cols, nil)
				check(back.String(), fresh)
				truth := symbolic.Simplify(p.Expr(), opt)
				if float64(back.Complexity()) > bloat*float64(truth.Complexity()) {
					t.Errorf("%s has %d nodes, %s has %d", back, back.Complexity(), truth, truth.Complexity())
				}
			})
		}
	}
}
