package fit

import (
	"math"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// feature is a column that a linear combination may use.
type feature struct {
	expr   *symbolic.Expr
	values []float64
	// logOf is the input column whose log|x| this is, or -1.
	logOf int
}

// dictionary is a list of features, simplest first.
type dictionary struct {
	name     string
	features []feature
}

func (d dictionary) columns() [][]float64 {
	cols := make([][]float64, len(d.features))
	for i, f := range d.features {
		cols[i] = f.values
	}
	return cols
}

// exponents lists the exponents that monomials of a dictionary may use.
type exponents struct {
	name   string
	powers []*symbolic.Expr // ascending size; without zero
	degree float64          // bound on the sum of |exponents|
	active int              // bound on the number of variables in a monomial
}

func intPowers(ps ...int64) []*symbolic.Expr {
	var es []*symbolic.Expr
	for _, p := range ps {
		es = append(es, symbolic.Int(p))
	}
	return es
}

// monomialDictionaries returns dictionaries of monomials over d, smallest
// first, each with at most limit features.
func monomialDictionaries(d symbolic.Data, limit int) []dictionary {
	specs := []exponents{
		{"linear", intPowers(1), 1, 1},
		{"quadratic", intPowers(1, 2), 2, 2},
		{"cubic", intPowers(1, 2, 3), 3, 3},
		{"multilinear", intPowers(1), 4, 4},
		{"Laurent of degree 2", intPowers(1, -1, 2, -2), 2, 2},
		{"quartic", intPowers(1, 2, 3, 4), 4, 4},
		{"Laurent of degree 4", intPowers(1, -1, 2, -2), 4, 4},
		{"Laurent with roots", append(intPowers(1, -1, 2, -2), symbolic.Rat(1, 2), symbolic.Rat(-1, 2), symbolic.Rat(3, 2), symbolic.Rat(-3, 2)), 4, 2},
		{"sextic", intPowers(1, 2, 3, 4, 5, 6), 6, 6},
		{"degree 9", intPowers(1, 2, 3, 4, 5, 6, 7, 8, 9), 9, 9},
	}
	var out []dictionary
	seen := map[int]bool{}
	for _, s := range specs {
		fs := monomials(d, s, limit)
		// Sizes identify the nested lists well enough to skip repeats such as
		// quadratic and multilinear in one variable.
		if fs == nil || seen[len(fs)] {
			continue
		}
		seen[len(fs)] = true
		out = append(out, dictionary{name: s.name, features: fs})
	}
	return out
}

// monomials enumerates the products of powers within the bounds of s. It
// returns nil when there are more than limit of them.
func monomials(d symbolic.Data, s exponents, limit int) []feature {
	n := len(d.Y)
	ones := make([]float64, n)
	for i := range ones {
		ones[i] = 1
	}
	list := []feature{{expr: symbolic.Int(1), values: ones, logOf: -1}}
	type partial struct {
		f      feature
		degree float64
		active int
	}
	level := []partial{{f: list[0]}}
	for v, col := range d.Cols {
		x := symbolic.Var(d.Names[v])
		var powers [][]float64
		for _, p := range s.powers {
			powers = append(powers, powColumn(col, p.Const()))
		}
		grown := level
		for _, base := range level {
			if base.active == s.active {
				continue
			}
			for k, p := range s.powers {
				degree := base.degree + math.Abs(p.Const())
				if degree > s.degree || powers[k] == nil {
					continue
				}
				values := make([]float64, n)
				for i := range values {
					values[i] = base.f.values[i] * powers[k][i]
				}
				if !usable(values) {
					continue
				}
				f := feature{expr: symbolic.Mul(base.f.expr, power(x, p)), values: values, logOf: -1}
				if base.active == 0 {
					f.expr = power(x, p)
				}
				grown = append(grown, partial{f, degree, base.active + 1})
				if len(grown) > limit {
					return nil
				}
			}
		}
		level = grown
	}
	list = list[:0]
	for _, p := range level {
		list = append(list, p.f)
	}
	return list
}

func power(x, p *symbolic.Expr) *symbolic.Expr {
	if p.IsInt(1) {
		return x
	}
	return symbolic.Pow(x, p)
}

// powColumn returns col^p, nil where that is not finite for some row.
func powColumn(col []float64, p float64) []float64 {
	out := make([]float64, len(col))
	for i, x := range col {
		out[i] = math.Pow(x, p)
	}
	if !usable(out) {
		return nil
	}
	return out
}

// usable reports whether a column is finite, not all zero, and small enough to
// be squared.
func usable(v []float64) bool {
	any := false
	for _, x := range v {
		if !(math.Abs(x) < 1e120) {
			return false
		}
		any = any || math.Abs(x) > 1e-120
	}
	return any
}

// logs returns the features log|x| of every input without zeros.
func logs(d symbolic.Data) []feature {
	log, _ := library.Lookup("log")
	abs, _ := library.Lookup("abs")
	var out []feature
	for v, col := range d.Cols {
		values := make([]float64, len(col))
		for i, x := range col {
			values[i] = math.Log(math.Abs(x))
		}
		if !usable(values) {
			continue
		}
		arg := symbolic.Var(d.Names[v])
		if lo, _ := bounds(col); lo < 0 {
			arg = symbolic.Call(abs, arg)
		}
		out = append(out, feature{expr: symbolic.Call(log, arg), values: values, logOf: v})
	}
	return out
}

// unaryDictionary multiplies each elementary function of each variable by the
// monomials up to degree two in all variables.
func unaryDictionary(d symbolic.Data, names []string, limit int) []feature {
	quad := monomials(d, exponents{"", intPowers(1, 2), 2, 2}, limit)
	if quad == nil {
		quad = monomials(d, exponents{"", intPowers(1), 1, 1}, limit)
	}
	out := append([]feature(nil), quad...)
	for v, col := range d.Cols {
		for _, name := range names {
			f, ok := library.Lookup(name)
			if !ok {
				continue
			}
			values := make([]float64, len(col))
			for i, x := range col {
				values[i] = f.Value(x)
			}
			if !usable(values) {
				continue
			}
			u := symbolic.Call(f, symbolic.Var(d.Names[v]))
			for _, m := range quad {
				prod := make([]float64, len(col))
				for i := range prod {
					prod[i] = values[i] * m.values[i]
				}
				e := u
				if !m.expr.IsInt(1) {
					e = symbolic.Mul(m.expr, u)
				}
				if usable(prod) {
					out = append(out, feature{expr: e, values: prod, logOf: -1})
				}
				if len(out) > limit {
					return out
				}
			}
		}
	}
	return out
}

// simpleArguments lists polynomials of one or two variables with coefficients of
// one, as arguments of functions.
func simpleArguments(names []string) []*symbolic.Expr {
	one := symbolic.Int(1)
	var out []*symbolic.Expr
	for _, name := range names {
		x := symbolic.Var(name)
		square := symbolic.Pow(x, symbolic.Int(2))
		out = append(out, x, square, symbolic.Mul(symbolic.Int(2), x),
			symbolic.Add(x, one), symbolic.Sub(x, one),
			symbolic.Add(square, x), symbolic.Sub(square, x), symbolic.Add(square, one))
	}
	for i, a := range names {
		for _, b := range names[i+1:] {
			x, y := symbolic.Var(a), symbolic.Var(b)
			square := func(e *symbolic.Expr) *symbolic.Expr { return symbolic.Pow(e, symbolic.Int(2)) }
			out = append(out, symbolic.Mul(x, y), symbolic.Add(x, y), symbolic.Sub(x, y), symbolic.Div(x, y),
				symbolic.Add(square(x), square(y)), symbolic.Sub(square(x), square(y)),
				symbolic.Add(square(x), y), symbolic.Add(x, square(y)))
			for _, p := range []int64{-1, 1} {
				for _, q := range []int64{-1, 1} {
					out = append(out, symbolic.Mul(symbolic.Add(x, symbolic.Int(p)), symbolic.Add(y, symbolic.Int(q))))
				}
			}
		}
	}
	return out
}

// composedDictionary has functions of simple polynomials next to the monomials
// up to degree two.
func composedDictionary(d symbolic.Data, limit int) []feature {
	const mostInputs = 3
	if len(d.Names) > mostInputs {
		return nil
	}
	out := append([]feature(nil), monomials(d, exponents{"", intPowers(1, 2), 2, 2}, limit)...)
	for _, arg := range simpleArguments(d.Names) {
		u, ok := column(arg, d)
		if !ok {
			continue
		}
		for _, name := range []string{"sin", "cos", "exp", "log", "sqrt"} {
			f, ok := library.Lookup(name)
			if !ok {
				continue
			}
			if values := mapped(u, f.Value); usable(values) && len(out) < limit {
				out = append(out, feature{expr: symbolic.Call(f, arg), values: values, logOf: -1})
			}
		}
	}
	return out
}
