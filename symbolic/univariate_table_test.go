package symbolic

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/kansym/kansym/library"
)

// univariateTable has formulas of many fields, with constants that are not
// round: formula, range of x. Nothing in the search knows any of them.
const univariateTable = `
sqrt(x*tanh(x))                                   0.1  4
sqrt(3.1*x*tanh(0.7*x))                           0.1  5
3/x^2*(x/tanh(x)-1)                               0.3  8
2.4/x^2*(0.8*x/tanh(0.8*x)-1)                     0.5  9
3*(x+1)-sqrt((3*x+1)*(x+3))                       0.1  5
2.2*x+0.7-sqrt(1.3*x^2+0.4*x+2.5)                 -3   3
sin(x^3)*cos(x^2)-1                               -1   1
sin(1.3*x^2)*cos(0.8*x^3)+0.4                     -1.5 1.5
x^3+x^2+x+sin(x)                                  -2   2
0.7*x^3-1.2*x^2+0.3*x+1.9*sin(2.3*x)              -3   3
exp(-x)*x^3*cos(x)*sin(x)*(cos(x)*sin(x)^2-1)     0.05 10
2.3*x*exp(-0.7*x)*sin(1.9*x+0.4)                  0    8
4.7/(1+2.9*exp(-1.3*x))+0.6                       -3   5
2.7*exp(-0.4*x)+1.3*exp(-2.2*x)                   0    6
2.7*exp(-0.4*x)-1.3*exp(-2.2*x)+0.8               0    6
x^1.3*exp(-0.6*x^1.7)                             0.1  3
2.1*x^0.7*exp(-1.1*x^0.6)                         0.1  6
log(1+2.3*x^1.7)                                  0.1  4
1.9*log(1+0.37*x^2.6)                             0.1  4
2.7*x/(1.4+x)+0.31*x                              0.1  8
3.3*x^1.8/(2.1+x^1.8)                             0.1  5
(1.2+0.8*x)^1.7*exp(-0.9*x)                       0    6
(2.2+0.8*x)^0.7*exp(0.31*x)                       0    4
2.9*0.6^2/((x-1.3)^2+0.6^2)+0.45                  -2   5
1.7*exp(-(x-0.8)^2/(2*0.6^2))+0.3*x               -2   4
0.4*x^2-1.3*x+0.9*sin(3.1*x+0.5)                  -3   3
1.4*sin(2.1*x)*sin(5.3*x)                         0    5
1.4*sin(2.1*x+0.3)*cos(3.7*x+0.9)+0.2             0    5
tanh(1.7*x)/x                                     0.2  5
0.7*sin(1.3*x)+1.9*cos(2.9*x+0.4)                 0    8
sin(2.7*x)/x                                      0.3  9
(sin(1.7*x)/(1.7*x))^2                            0.2  6
1.6*x*log(2.3*x)-0.7*x^2                          0.2  4
x^2*log(x)+0.8*x                                  0.2  3
2.6*(exp(-2*0.9*(x-1.2))-2*exp(-0.9*(x-1.2)))     0.3  4
4*0.8*((1.1/x)^12-(1.1/x)^6)                      1    2.5
1.7*exp(-1.9*x)-2.3/x^6                           1    3
x^3/(exp(1.4*x)-1)                                0.2  6
x^4*exp(x)/(exp(x)-1)^2                           0.2  8
1/tanh(1.3*x)-1/(1.3*x)                           0.2  6
0.61*exp(17.3*x/(238+x))                          -20  50
sqrt(1.7+0.6*sin(2.2*x))                          0    6
exp(-0.3*x)*(1.4*cos(2.6*x)+0.8*sin(2.6*x))       0    8
1.9*exp(-0.27*x)*cos(3.3*x+0.7)-0.5               0    9
1.2*x*exp(-0.8*x^2)                               -2   2
(0.7+1.2*x)*exp(-0.8*x)+0.35                      0    6
2.4*(1-exp(-0.6*x))^3                             0.1  6
2.4*(1-0.7*exp(-0.6*x))^2.3                       0.1  6
5.2*exp(-2.3*exp(-0.8*x))                         -1   6
5.2*exp(-2.3*exp(-0.8*x))+0.7                     -1   6
1.3*(1-exp(-(x/1.8)^1.6))                         0.1  5
0.83/(1+(x/1.7)^2)^1.5                            -4   4
2.2/(x+0.7)^2-1.1/(x+0.7)                         0    4
1.3*x/sqrt(1+0.7*x^2)                             -3   3
1.9*atan(1.4*x-0.6)+0.3*x                         -3   3
0.8*x-1.7*tanh(0.9*x)                             -4   4
1.2*tanh(1.6*x)+0.25*x^2                          -3   3
1.3*sqrt(x)-0.8*log(x+0.6)                        0.1  6
2.3/(1+exp(-1.2*(x-1.1)))-0.37*x                  -3   5
cos(x)*sqrt(1+0.8*cos(x)^2)                       0    5
log(2.3+1.7*cos(1.3*x))                           0    6
exp(0.8*sin(1.9*x))+0.3*x                         0    5
x*sin(x)+cos(2*x)                                 -4   4
(1.4*x^2+0.3)*sin(2.1*x)                          -3   3
sin(x)+0.6*sin(2*x)+0.2*sin(3*x)                  0    7
x+1.2*sin(x)^2                                    -4   4
0.5*x^2+cos(3.1*x)*exp(-0.4*x)                    0    5
asin(0.62*sin(x))                                 0    3
acos(0.4+0.5*cos(x))                              0    3
atan(1.3*tan(0.4*x))                              0    3
sqrt(x^2+1.7)-x                                   0    4
1/(0.7*x+sqrt(1+x))                               0    6
(sqrt(1+1.3*x)-1)/x                               0.1  6
x/(1-exp(-1.6*x))                                 0.2  5
1.1*log(1+exp(2.1*(x-0.9)))                       -2   4
1.9*cosh(0.6*x)-0.7*x                             -3   3
0.4*x^2.3+1.1*x^0.8                               0.1  4
1.3*x^1.4/(1+0.6*x+0.2*x^2)                       0.1  6
exp(-0.9*x)/(1+0.7*x^2)                           0    4
(1+0.7*x)/(1+1.3*x)*exp(-0.4*x)                   0    6
sin(2.1*x+0.7*x^2)                                -2   3
1.6*sin(1.2*x+0.9*sin(2.3*x))                     0    5
x^2*exp(-x)+0.6*x                                 0    6
1/x+0.7*exp(-1.3*x)                               0.3  5
sqrt((1.3+x)*(0.4+2*x))+0.7*x                     0    5
exp(-1.2/x)*x^1.5                                 0.2  5
2.3*x^1.6*exp(-1.7/x)+0.4                         0.2  5
x^0.33*(1+0.7*x)                                  0.1  5
erf(1.3*x-0.4)+0.3*x                              -2   3
`

// tableRows draws the rows of entry number i.
func tableRows(t testing.TB, formula string, lo, hi float64, rows int, noise float64, seed uint64) (x, y, clean []float64) {
	t.Helper()
	e, err := Parse(formula, ParseOptions{Vars: []string{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	x = randomPoints(lo, hi, rows, seed)
	clean = mapped(x, func(v float64) float64 { return evalExpr(e, v) })
	s := newSample(x, clean, nil, 0)
	rng := rand.New(rand.NewPCG(seed, 11))
	y = mapped(clean, func(v float64) float64 { return v + noise*s.sd*rng.NormFloat64() })
	return x, y, clean
}

// refitted fits the constants of the formulas and returns the one of least
// error, and that relative to the spread of y.
func refitted(list []*Expr, x, y []float64) (best *Expr, relative float64) {
	relative = math.Inf(1)
	d := Data{Names: []string{"x"}, Cols: [][]float64{x}, Y: y}
	for _, e := range list {
		f, err := Refit(context.Background(), e, d, RefitOptions{NoCov: true})
		if err != nil {
			continue
		}
		if r := f.RMSE / newSample(x, y, nil, 0).sd; r < relative {
			best, relative = f.Expr, r
		}
	}
	return best, relative
}

// runTable counts the formulas of the table that are found, of every which
// entries the first.
func runTable(t testing.TB, table string, every int) (found, total int) {
	for i, line := range strings.Split(strings.TrimSpace(table), "\n") {
		if i%every != 0 {
			continue
		}
		var formula string
		var lo, hi float64
		if _, err := fmt.Sscan(line, &formula, &lo, &hi); err != nil {
			t.Fatal(err)
		}
		x, y, _ := tableRows(t, formula, lo, hi, 300, 0, uint64(i))
		got := MatchUnivariate(context.Background(), x, y, nil, "x", library.DefaultSet(), MatchOptions{})
		total++
		if best, r := refitted(got, x, y); r < 1e-11 {
			found++
		} else {
			t.Logf("missed %s: %v leaves %.1e", formula, best, r)
		}
	}
	return found, total
}

func TestMatchUnivariateTable(t *testing.T) {
	t.Parallel()
	// One in four: the whole is a benchmark.
	if found, total := runTable(t, univariateTable, 4); found < total-1 {
		t.Errorf("found %d of %d", found, total)
	}
}

// BenchmarkMatchUnivariateTable reports the shares of the table and of random
// formulas that are found.
func BenchmarkMatchUnivariateTable(b *testing.B) {
	for _, t := range []struct{ name, table string }{{"laws", univariateTable}, {"random", randomTable(60, 1)}} {
		b.Run(t.name, func(b *testing.B) {
			for b.Loop() {
				found, total := runTable(b, t.table, 1)
				b.ReportMetric(100*float64(found)/float64(total), "%found")
			}
		})
	}
}

func TestMatchUnivariateNoise(t *testing.T) {
	t.Parallel()
	const noise = 0.01
	good, total := 0, 0
	for i, line := range strings.Split(strings.TrimSpace(univariateTable), "\n") {
		if i%11 != 0 {
			continue
		}
		var formula string
		var lo, hi float64
		if _, err := fmt.Sscan(line, &formula, &lo, &hi); err != nil {
			t.Fatal(err)
		}
		x, y, clean := tableRows(t, formula, lo, hi, 500, noise, uint64(i))
		d := Data{Names: []string{"x"}, Cols: [][]float64{x}, Y: y}
		bits, truth := math.Inf(1), math.Inf(1)
		for _, e := range MatchUnivariate(context.Background(), x, y, nil, "x", library.DefaultSet(), MatchOptions{}) {
			f, err := Refit(context.Background(), e, d, RefitOptions{NoCov: true})
			if err != nil {
				continue
			}
			if b := DescriptionLength(f.Expr, f.SSE, len(x), 1e-13, 1); b < bits {
				bits, truth = b, relativeError(f.Expr, x, clean)
			}
		}
		total++
		// A law of p constants fitted to n rows is off by about
		// noise*sqrt(p/n), here an eighth of the noise.
		if truth < noise/4 {
			good++
		} else {
			t.Logf("%s: off by %.1e", formula, truth)
		}
	}
	if good < total-1 {
		t.Errorf("%d of %d follow the law through the noise", good, total)
	}
}
