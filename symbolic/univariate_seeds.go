package symbolic

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/kansym/kansym/library"
)

// A seed is a piece of a blend at one start, or the sine and cosine of one
// frequency, with its values at the coarse points.
type seed struct {
	form   string
	theta  []float64
	pieces []piece
	outs   []int // the pieces that columns are made of
	values [][]float64
	step   float64 // between starts where there is one constant only, else 0
}

// evaluate writes the values at x and scales them to size 1. It reports whether
// they are finite.
func (sd *seed) evaluate(x []float64) bool {
	b := blend{theta: sd.theta, pieces: sd.pieces}
	var v [mostPieces]float64
	for i, x := range x {
		b.values(x, &v)
		for k, out := range sd.outs {
			sd.values[k][i] = v[out]
		}
	}
	for _, col := range sd.values {
		most := 0.0
		for _, v := range col {
			most = math.Max(most, math.Abs(v))
		}
		if !(most > 0) || !isFinite(most) || floats.HasNaN(col) {
			return false
		}
		floats.Scale(1/most, col)
	}
	return true
}

// improved looks between the neighbouring starts for a constant that leaves
// less, by golden section.
func (sd *seed) improved(x []float64, left float64, leaves func([][]float64) float64) (*seed, float64) {
	best := *sd
	trial := *sd
	trial.values = newColumns(len(x), len(sd.outs))
	at := func(c float64) float64 {
		trial.theta = []float64{c}
		if !trial.evaluate(x) {
			return math.Inf(1)
		}
		v := leaves(trial.values)
		if v < left {
			left, best.theta = v, trial.theta
		}
		return v
	}
	const golden, steps = 0.6180339887498949, 10
	lo, hi := sd.theta[0]-sd.step, sd.theta[0]+sd.step
	a, b := hi-golden*(hi-lo), lo+golden*(hi-lo)
	fa, fb := at(a), at(b)
	for range steps {
		if fa < fb {
			hi, b, fb = b, a, fa
			a = hi - golden*(hi-lo)
			fa = at(a)
		} else {
			lo, a, fa = a, b, fb
			b = lo + golden*(hi-lo)
			fb = at(b)
		}
	}
	return &best, left
}

// seeds returns the pieces that are dressed, at all their starts.
func (u *univariate) seeds() []seed {
	var list []seed
	add := func(form string, step float64, theta []float64, outs []int, pieces ...piece) {
		sd := seed{form: form, theta: theta, pieces: pieces, outs: outs, step: step, values: newColumns(len(u.coarse.s.x), len(outs))}
		if sd.evaluate(u.coarse.s.x) {
			list = append(list, sd)
		}
	}
	x := u.s.x
	lo, hi := x[0], x[len(x)-1]

	// Functions of x, and of some of its powers.
	for _, pow := range [...]float64{1, 2, 0.5, -1, 3} {
		from, to := ordered(raised(lo, pow), raised(hi, pow))
		if pow == 2 && lo < 0 && hi > 0 {
			from = 0
		}
		if !isFinite(from) || !isFinite(to) || pow == -1 && lo*hi <= 0 {
			continue
		}
		limit := 40
		if pow != 1 {
			limit = 12
		}
		prefix := formatFloat(pow) + ":"
		for _, f := range u.set.Funcs() {
			switch {
			case f.Name == "1" || f.Name == "x" || isRealPower(f) || f.Name == "cos" || f.Name == "abs" && pow != 1 || f.IsPower && f.Exponent == math.Trunc(f.Exponent) && f.Exponent > 0:
				continue
			case f.Name == "sin":
				for k := 1; k <= mostWaves; k++ {
					w := (u.slowest() + float64(k)) / (to - from)
					add(prefix+"wave"+formatFloat(math.Round(math.Sqrt(float64(k)))), 1/(to-from), []float64{w}, []int{0, 1}, u.wave(pow, 0, 1)...)
				}
				continue
			}
			links := startLinks(f, from, to, scaleOf(from, to), u.scan.zeros)
			for _, l := range spreadLinks(links, limit) {
				if l.freeA || l.freeB {
					theta, p := pieceOf(l)
					p.pow = pow
					add(prefix+f.Name, 0, theta, []int{0}, p)
				}
			}
			// Without a shift there is a scale only, which is cheap to scan closely.
			if !f.IsPower && f.Name != "log" {
				for _, a := range scales(f, from, to) {
					add(prefix+f.Name+" at 0", 0.2*math.Abs(a), []float64{a}, []int{0}, piece{f: f, of: none, pow: pow, mult: 1, b: none, p: none})
				}
			}
		}
	}
	u.chainSeeds(add)
	if lo < 0 {
		return list
	}
	u.lawSeeds(add)
	if log, ok := u.set.Lookup("log"); ok {
		add("log at 0", 0, nil, []int{0}, piece{f: log, of: none, pow: 1, mult: 1, a: none, b: none, p: none})
	}
	// Powers with an exponent of their own, and functions of such.
	for _, p := range [...]float64{-2.4, -1.3, -0.6, 0.3, 0.6, 1.3, 1.7, 2.4, 3.3} {
		power := piece{of: none, pow: 1, mult: 1, a: none, b: none, p: 0}
		add("x^p", 0.4, []float64{p}, []int{0}, power)
		top := math.Pow(math.Max(math.Abs(lo), math.Abs(hi)), math.Abs(p))
		if p < 0 {
			top = math.Pow(lo, p)
		}
		for _, size := range [...]float64{0.3, 1, 3, 10} {
			for _, name := range [...]string{"exp", "log", "sqrt", "1/x", "1/sqrt", "sin"} {
				f, ok := u.outerFunc(name)
				if !ok {
					continue
				}
				outer := piece{f: f, of: 0, mult: 1, a: 1, b: none, p: none}
				switch name {
				case "exp", "sin":
				default:
					outer.a, outer.b = none, 1
					add(name+"(x^p+b)", 0, []float64{p, top / size}, []int{1}, power, outer)
					continue
				}
				add(name+"(a*x^p)", 0, []float64{p, size / top}, []int{1}, power, outer)
				if name == "exp" {
					add(name+"(a*x^p)", 0, []float64{p, -size / top}, []int{1}, power, outer)
				}
			}
		}
	}
	return list
}

// scales returns close values of a for which f(a*u) is defined for u between lo
// and hi.
func scales(f *library.Func, lo, hi float64) []float64 {
	var out []float64
	for k := -14.0; k <= 20; k++ {
		a := math.Exp2(k/4) / math.Max(math.Abs(lo), math.Abs(hi))
		for _, a := range [...]float64{a, -a} {
			if f.Domain.Covers(ordered(a*lo, a*hi)) {
				out = append(out, a)
			}
		}
	}
	return out
}

// mostWaves is the number of radians that the fastest wave goes through, beyond
// those of slowest.
const mostWaves = 80

// slowest returns the number of radians that the slowest wave goes through if the
// curve swings faster than mostWaves, so that its own frequency is among those
// tried.
func (u *univariate) slowest() float64 {
	if radians := math.Pi * float64(u.scan.zeros); radians > mostWaves {
		return math.Floor(radians - mostWaves/4)
	}
	return 0
}

// wave is the sine and cosine of multiple times the constant number at.
func (u *univariate) wave(pow float64, at int, multiple float64) []piece {
	sin, _ := library.Lookup("sin")
	cos, _ := library.Lookup("cos")
	return []piece{
		{f: sin, of: none, pow: pow, mult: multiple, a: at, b: none, p: none},
		{f: cos, of: none, pow: pow, mult: multiple, a: at, b: none, p: none},
	}
}

// pieceOf returns a link as a piece with its constants.
func pieceOf(l link) (theta []float64, p piece) {
	p = piece{f: l.f, of: none, pow: 1, mult: l.a, a: none, b: none, p: none}
	if l.freeA {
		p.mult, p.a = 1, len(theta)
		theta = append(theta, l.a)
	}
	if l.freeB {
		p.b = len(theta)
		theta = append(theta, l.b)
	}
	return theta, p
}

type addSeed func(form string, step float64, theta []float64, outs []int, pieces ...piece)

// chainSeeds adds functions of an exponential or of an oscillation, and
// exponentials times functions with a pole or an end.
func (u *univariate) chainSeeds(add addSeed) {
	x := u.s.x
	lo, hi := x[0], x[len(x)-1]
	width := hi - lo
	exp, _ := library.Lookup("exp")
	sin, _ := library.Lookup("sin")
	cos, _ := library.Lookup("cos")
	ends := [...]string{"log", "sqrt", "1/x", "1/sqrt"}
	for _, k := range [...]float64{0.5, 1, 2, 3, 4.5, 7, 10} {
		for _, a := range [...]float64{k / width, -k / width} {
			growth := piece{f: exp, of: none, pow: 1, mult: 1, a: 0, b: none, p: none}
			from, to := ordered(math.Exp(a*lo), math.Exp(a*hi))
			for _, name := range ends {
				f, ok := u.outerFunc(name)
				if !ok {
					continue
				}
				outer := piece{f: f, of: 0, mult: 1, a: none, b: 1, p: none}
				for _, gap := range [...]float64{0.05, 0.3, 1, 3} {
					if from+gap*(to-from) > 0 {
						add(name+"(exp+b)", 0, []float64{a, gap*(to-from) - from}, []int{1}, growth, outer)
					}
					down := outer
					down.mult = -1
					add(name+"(b-exp)", 0, []float64{a, gap*(to-from) + to}, []int{1}, growth, down)
				}
				shifted := piece{f: f, of: none, pow: 1, mult: 1, a: none, b: 1, p: none}
				for _, gap := range [...]float64{0.05, 0.2, 0.6, 2} {
					mirror := shifted
					mirror.mult = -1
					add("exp*"+name, 0, []float64{a, gap*width - lo}, []int{2}, growth, shifted, productOf(0, 1))
					add("exp*"+name+" left", 0, []float64{a, gap*width + hi}, []int{2}, growth, mirror, productOf(0, 1))
				}
			}
		}
	}
	for k := 1 + u.slowest(); k <= mostWaves/2+u.slowest(); k++ {
		for i, wave := range [...]*library.Func{sin, cos} {
			inner := piece{f: wave, of: none, pow: 1, mult: 1, a: 0, b: none, p: none}
			tag := string(rune('0'+i)) + formatFloat(math.Round(math.Sqrt(k)))
			for _, a := range [...]float64{0.3, 0.8, 2} {
				for _, a := range [...]float64{a, -a} {
					add("exp(wave)"+tag, 0, []float64{k / width, a}, []int{1}, inner, piece{f: exp, of: 0, mult: 1, a: 1, b: none, p: none})
				}
			}
			for _, name := range ends {
				if f, ok := u.outerFunc(name); ok {
					for _, b := range [...]float64{1.1, 1.6, 3} {
						for _, b := range [...]float64{b, -b} {
							add(name+"(wave)"+tag, 0, []float64{k / width, b}, []int{1}, inner,
								piece{f: f, of: 0, mult: math.Copysign(1, b), a: none, b: 1, p: none})
						}
					}
				}
			}
		}
	}
}

// lawSeeds adds x^p*exp(a*x^q) with a free p, for positive x.
func (u *univariate) lawSeeds(add addSeed) {
	x := u.s.x
	lo, hi := x[0], x[len(x)-1]
	exp, _ := library.Lookup("exp")
	for _, q := range [...]float64{1, -1, 2, 0.5} {
		top := math.Max(raised(lo, q), raised(hi, q))
		if !isFinite(top) {
			continue
		}
		for _, p := range [...]float64{-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5} {
			for _, k := range [...]float64{0.6, 1.5, 3, 6, 12} {
				for _, a := range [...]float64{k / top, -k / top} {
					add("x^p*exp"+formatFloat(q), 0, []float64{a, p}, []int{2},
						piece{f: exp, of: none, pow: q, mult: 1, a: 0, b: none, p: none},
						piece{of: none, pow: 1, mult: 1, a: none, b: none, p: 1}, productOf(0, 1))
				}
			}
		}
	}
}
