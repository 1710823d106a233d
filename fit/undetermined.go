package fit

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/kansym/kansym/symbolic"
)

// A steep enough curve is as good as a step or a kink where no row tells the two
// apart: 1/(exp(16000*(2-x))+1) reproduces a step at 2 to the last digit if the rows
// nearest to 2 are a hundredth away. How steep it is the data do not know, so that it
// is not the law.

// undetermined reports whether constants of a formula that is exact on the rows of d
// can be changed visibly with no change on any row but one between rows.
func (s *state) undetermined(e *symbolic.Expr, d symbolic.Data) bool {
	var between symbolic.Data
	var as []float64
	for _, changed := range withOtherConstants(e) {
		if mse, ok := errorOn(changed, d); !ok || !(math.Sqrt(mse) <= exactError*s.scale) {
			continue
		}
		if between.Y == nil {
			between = betweenRows(d)
			var ok bool
			if as, ok = column(e, between); !ok {
				return false
			}
		}
		// A constant too many changes the formula nowhere.
		values, ok := column(changed, between)
		if !ok {
			continue
		}
		const visible = 1e-9 // rounding is far below it
		for i, v := range values {
			if math.Abs(v-as[i]) > visible*s.scale {
				return true
			}
		}
	}
	return false
}

// withOtherConstants lists formulas like e in which one number is another, or all
// large ones are: where a curve is steep and where it is so go by two numbers
// together, as in exp(10000-5000*x).
func withOtherConstants(e *symbolic.Expr) []*symbolic.Expr {
	const share, large = 0.1, 10
	change := func(which func(k int, v float64) bool) *symbolic.Expr {
		k := 0
		return e.Map(func(n *symbolic.Expr) *symbolic.Expr {
			if n.Kind() != symbolic.KindFloat && n.Kind() != symbolic.KindRational {
				return n
			}
			k++
			if v := n.Const(); which(k, v) {
				return symbolic.Float(v * (1 + share))
			}
			return n
		})
	}
	count := 0
	change(func(k int, _ float64) bool { count = k; return false })
	out := []*symbolic.Expr{change(func(_ int, v float64) bool { return math.Abs(v) >= large })}
	for i := 1; i <= count; i++ {
		out = append(out, change(func(k int, v float64) bool { return k == i && v != 0 }))
	}
	return out
}

// betweenRows makes points between the rows of d: on a line all along it, otherwise
// in the middle of pairs. Their target is 0.
func betweenRows(d symbolic.Data) symbolic.Data {
	const points, fewest, pairs = 40000, 4, 4000
	out := symbolic.Data{Names: d.Names, Cols: make([][]float64, len(d.Cols))}
	if len(d.Cols) == 1 {
		x := slices.Clone(d.Cols[0])
		slices.Sort(x)
		each := max(fewest, points/max(len(x), 1))
		for i := 1; i < len(x); i++ {
			for k := 1; k < each; k++ {
				out.Cols[0] = append(out.Cols[0], x[i-1]+(x[i]-x[i-1])*float64(k)/float64(each))
			}
		}
	} else {
		rng := rand.New(rand.NewPCG(uint64(len(d.Y)), 0xbe))
		for range pairs {
			i, j := rng.IntN(len(d.Y)), rng.IntN(len(d.Y))
			for k, c := range d.Cols {
				out.Cols[k] = append(out.Cols[k], (c[i]+c[j])/2)
			}
		}
	}
	out.Y = make([]float64, len(out.Cols[0]))
	return out
}
