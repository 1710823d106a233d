package symbolic

import "math"

// QuarterTurns lists formulas that have the value of e: each writes one sine or
// cosine that has a decimal for a phase by the same function or its partner with the
// phase moved by a multiple of a quarter turn to within half a turn of 0. Of
// sin(2.7*x+1.9707963267948967) one is cos(2.7*x+0.4), up to rounding. The new phase
// is a free constant. Phases are terms of the argument or, as in sin(a*(x+b)), of a
// sum of two that is multiplied by a number.
func QuarterTurns(e *Expr) []*Expr {
	var out []*Expr
	seen := map[uint64]bool{}
	e.Walk(func(n *Expr) bool {
		if n.kind != KindCall || !isBuiltin(n.fn) || n.fn.Name != "sin" && n.fn.Name != "cos" || seen[n.hash] {
			return true
		}
		rest, phase, ok := phaseOf(n.args[0])
		if !ok {
			return true
		}
		seen[n.hash] = true
		for quarters := range 4 {
			moved := math.Remainder(phase-float64(quarters)*math.Pi/2, 2*math.Pi)
			if moved == phase {
				continue
			}
			turned := turnedCall(n.fn.Name, quarters, Add(rest, Free(moved)))
			out = append(out, e.Map(func(m *Expr) *Expr {
				if m.Equal(n) {
					return turned
				}
				return m
			}))
		}
		return true
	})
	return out
}

// turnedCall is the sine or cosine of u plus a number of quarter turns.
func turnedCall(name string, quarters int, u *Expr) *Expr {
	if name == "cos" {
		quarters++ // cos(u) = sin(u+pi/2)
	}
	name = "sin"
	if quarters%2 == 1 {
		name = "cos"
	}
	f, ok := builtinFunc(name)
	if !ok {
		panic("symbolic: the library lacks " + name)
	}
	if quarters&3 >= 2 {
		return Neg(Call(f, u))
	}
	return Call(f, u)
}

// phaseOf takes the decimal out of the argument of a wave.
func phaseOf(u *Expr) (rest *Expr, phase float64, ok bool) {
	if u.kind == KindMul {
		factor, free := 1.0, false
		var sum *Expr
		for _, a := range u.args {
			switch {
			case a.IsConst():
				factor *= a.v
				free = free || a.free
			case a.kind == KindAdd && len(a.args) == 2 && sum == nil:
				sum = a
			default:
				return nil, 0, false
			}
		}
		if sum == nil {
			return nil, 0, false
		}
		rest, phase, ok = phaseOf(sum)
		number := Float(factor)
		if free {
			number = Free(factor)
		}
		return Mul(number, rest), factor * phase, ok
	}
	if u.kind != KindAdd {
		return nil, 0, false
	}
	var others []*Expr
	for _, t := range u.args {
		if t.kind == KindFloat {
			phase += t.v
			ok = true
		} else {
			others = append(others, t)
		}
	}
	return Add(others...), phase, ok && len(others) > 0
}
