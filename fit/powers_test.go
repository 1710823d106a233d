package fit

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/kansym/kansym/symbolic"
)

// powerTable has laws of one variable in which a power with an exponent of its own
// or an exponential stands inside another function: formula, with constants drawn
// from the ranges in brackets, range of x, rows, noise as a share of the spread.
const powerTable = `
exp(-[0.05,0.4]*x^[1.3,2.6])                             0.1  8   500  0.05
exp(-[0.2,0.8]*x^[0.4,0.8])                              0.1  8   500  0.03
[2,5]*exp(-[0.3,0.9]*x^[0.5,0.7])                        0.05 10  800  0.02
[2,5]*exp(-[0.1,0.4]*x^[1.2,1.8])                        0.1  6   500  0.02
1/([2,6]/x^[2.3,3.3]+1)                                  0.1  6   400  0.01
1/([2,6]/x^[2.3,3.3]+1)                                  0.1  6   3000 0.01
[3,9]/([2,6]/x^[2.3,3.3]+1)                              0.1  6   400  0.02
[3,9]/([2,6]/x^[1.2,1.8]+1)                              0.1  8   400  0.02
1/([0.1,0.6]*x^[1.7,2.7]+1)                              0.1  8   500  0.02
[2,4]/([0.5,2]*x^[0.6,0.9]+1)                            0.1  8   500  0.02
1/([0.5,2]*x^[1.2,1.8]+1)                                0.1  6   500  0.02
1-exp(-(x/[1.5,3])^[1.3,2.7])                            0.1  6   500  0.02
1-exp(-(x/[1.5,3])^[2.2,3.6])                            0.1  6   300  0.04
[2,5]*(1-exp(-(x/[1.5,3])^[1.3,1.8]))                    0.1  6   500  0.02
[2,5]*(1-1/(1+(x/[1.2,2.4])^[1.3,2.7]))                  0.1  6   500  0.02
1/(1+(x/[1.2,2.5])^-[2.2,3.7])                           0.1  6   600  0.02
(x+[0.5,2])^[1.3,2.6]+[0.5,3]                            0    5   500  0.02
[0.5,2]*(x+[0.5,2])^-[1.2,2.6]+[0.3,1]                   0    5   500  0.01
[3,6]*exp(-[2,4]*exp(-[0.5,1]*x))                        0    8   300  0.03
[3,6]*exp(-[2,4]*exp(-[0.5,1]*x))                        0    8   300  0.05
[3,6]/(1+[5,20]*exp(-[0.7,1.5]*x))                       0    8   300  0.03
1/(1+exp([2,4]-[0.7,1.5]*x))                             0    8   500  0.05
x^[1.2,2.7]*exp(-[0.5,1.2]*x)                            0.1  8   500  0.02
[1,3]*x^[0.6,1.4]*exp(-[0.4,0.9]*x)                      0.1  8   500  0.03
log([0.5,2]*x^[1.2,2.7]+[1,2])                           0.1  6   500  0.02
log([0.5,2]*x^[1.2,2.7]+1)                               0.1  6   500  0.02
[1,3]*log([0.5,2]*x^[1.2,2.7]+1)                         0.1  6   500  0.02
sqrt([0.5,2]*x^[1.2,2.7]+[1,3])                          0.1  5   500  0.01
tanh([0.1,0.5]*x^[1.3,1.8])                              0.1  6   500  0.02
[2,4]*tanh([0.3,0.8]*x^[0.6,0.8])                        0.1  6   500  0.01
1/(1+[0.3,1]*x^2)^[1.2,2.3]                              0.1  5   500  0.01
1/(1+([0.5,1]*x)^[1.7,2.3])^[0.4,0.7]                    0.1  10  600  0.01
sin([0.5,1]*x^[1.3,1.8])                                 0.1  5   500  0.05
exp([0.2,0.5]*x^[0.6,0.8])-1                             0.1  6   500  0.02
[2,4]*exp(-[1,3]/x^[1.3,2.2])                            0.1  6   500  0.02
[1,3]*exp(-[0.2,0.7]*x^[1.3,2.4])+[0.3,1]                0.1  6   500  0.02
[2,4]*x^[0.3,0.7]-[0.5,2]                                0.1  6   500  0.03
[1,3]*x^[0.3,0.8]+[0.2,0.8]*x                            0.1  6   500  0.01
1/([0.5,2]*x^[1.2,1.8]+[0.5,2])                          0.1  6   500  0.02
1/sqrt([0.5,2]*x^[1.2,2.7]+[0.5,2])                      0.1  6   500  0.01
`

var bracket = regexp.MustCompile(`\[([^,]*),([^]]*)\]`)

// drawnLaw draws the constants of an entry of the table.
func drawnLaw(t testing.TB, line string, seed uint64) (l law, rows int, noise float64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 17))
	var formula string
	var lo, hi float64
	if _, err := fmt.Sscan(line, &formula, &lo, &hi, &rows, &noise); err != nil {
		t.Fatal(err)
	}
	formula = bracket.ReplaceAllStringFunc(formula, func(s string) string {
		var a, b float64
		if _, err := fmt.Sscanf(s, "[%g,%g]", &a, &b); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%.3g", a+(b-a)*rng.Float64())
	})
	return makeLaw(formula, "x", lo, hi), rows, noise
}

// foundPowers counts the laws of the table that the stages up to the search in one
// variable find, of every which entries the first: their answer is described as
// briefly as the law, or what a search takes for that, and is no longer.
func foundPowers(t testing.TB, every int) (found, total int) {
	for i, line := range strings.Split(strings.TrimSpace(powerTable), "\n") {
		if i%every != 0 {
			continue
		}
		l, rows, noise := drawnLaw(t, line, uint64(i))
		clean := l.draw(t, rows, 0, uint64(i))
		data := l.draw(t, rows, noise*spread(clean.Cols[clean.Target], nil), uint64(i))
		opt := Options{Seed: 1, NoNetwork: true, Threads: 1}
		s := newState(split(data, opt), opt)
		for _, st := range stages {
			if st.run(s, t.Context()) || s.settled(t.Context(), false) || st.name == "functions of one variable" {
				break
			}
		}
		s.polishFront(t.Context())
		best := s.front.best()
		e, err := symbolic.Parse(l.formula, symbolic.ParseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		opt.Refit = e.Map(func(n *symbolic.Expr) *symbolic.Expr {
			if n.Kind() == symbolic.KindFloat {
				return symbolic.Free(n.Const())
			}
			return n
		})
		truth, err := Run(t.Context(), data, opt)
		if err != nil {
			t.Fatal(err)
		}
		total++
		if best.bits <= truth.Best.DescriptionLength+decisive && best.complexity <= truth.Best.Complexity+1 {
			found++
		} else {
			t.Logf("%s: got %s, by %.0f bits longer", l.formula, best.expr, best.bits-truth.Best.DescriptionLength)
		}
	}
	return found, total
}

// Laws with a power of its own inside of a function are found in noise.
func TestPowersInNoise(t *testing.T) {
	t.Parallel()
	// A few of them: the whole is a benchmark. In one, x^2.05 with a shift and an
	// offset, several formulas do about as well as the law.
	if found, total := foundPowers(t, 8); found < total-1 {
		t.Errorf("found %d of %d", found, total)
	}
}

// BenchmarkPowersInNoise reports the share of the table that is found.
func BenchmarkPowersInNoise(b *testing.B) {
	for b.Loop() {
		found, total := foundPowers(b, 1)
		b.ReportMetric(100*float64(found)/float64(total), "%found")
	}
}
