package symbolic

import (
	"math"

	"github.com/kansym/kansym/kan"
)

// NetworkFormula is FromNetwork, simplified, with constants written as what they
// are to the last bit: whole numbers, and simple fractions of pi. It is meant for
// networks that Settle has brought into order. Errors are those of FromNetwork.
func NetworkFormula(net *kan.Network, names []string) (*Expr, error) {
	e, err := FromNetwork(net, names)
	if err != nil {
		return nil, err
	}
	return Simplify(exactConstants(e), SimplifyOptions{}), nil
}

// exactConstants replaces decimals by the exact numbers that they equal.
func exactConstants(e *Expr) *Expr {
	return e.Map(func(e *Expr) *Expr {
		if e.Kind() != KindFloat {
			return e
		}
		const largest = 1 << 20
		v := e.Const()
		if v == math.Trunc(v) && math.Abs(v) <= largest {
			return Int(int64(v))
		}
		if p, q, ok := fractionOfPi(v, 1e-15); ok {
			return Mul(Rat(p, q), Pi())
		}
		return e
	})
}

// fractionOfPi finds p and q with v = p/q*pi but for a relative error of tol, q
// being at most 6 and p at most 12.
func fractionOfPi(v, tol float64) (p, q int64, ok bool) {
	for _, q := range []int64{1, 2, 3, 4, 6} {
		p := math.Round(v / math.Pi * float64(q))
		if p == 0 || math.Abs(p) > 12 {
			continue
		}
		if math.Abs(v-piTimes(int64(p), q)) <= tol*math.Abs(v) {
			return int64(p), q, true
		}
	}
	return 0, 0, false
}

func piTimes(p, q int64) float64 { return float64(p) * math.Pi / float64(q) }
