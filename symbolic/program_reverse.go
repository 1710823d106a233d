package symbolic

import "math"

// makeAdjoints allocates the memory of the sweep back on its first use.
func (ws *Workspace) makeAdjoints() {
	if ws.abuf != nil {
		return
	}
	ws.abuf = make([][]float64, len(ws.prog.code))
	for i, in := range ws.prog.code {
		if in.op > opVar {
			ws.abuf[i] = make([]float64, blockRows)
		}
	}
}

// reverse adds the derivatives of the block just computed by the leaves, whose
// entries in ws.adj the caller has set to zeroed memory. need marks the
// instructions that depend on a leaf asked for.
func (p *Program) reverse(ws *Workspace, need []bool, n int) {
	if !need[p.root] {
		return
	}
	for i := range p.code {
		if need[i] && p.code[i].op > opVar {
			ws.adj[i] = ws.abuf[i][:n]
			clear(ws.adj[i])
		}
	}
	g := ws.adj[p.root]
	for i := range g {
		g[i] = 1
	}
	for i := len(p.code) - 1; i >= 0; i-- {
		in := &p.code[i]
		if in.op <= opVar || !need[i] {
			continue
		}
		g := ws.adj[i]
		if need[in.a] {
			s, v := p.partialA(ws, int32(i), n)
			accumulate(ws.adj[in.a], g, s, v)
		}
		if in.op < opNeg || in.op == opPow {
			if need[in.b] {
				s, v := p.partialB(ws, int32(i), n)
				accumulate(ws.adj[in.b], g, s, v)
			}
		}
	}
}

// accumulate adds g times v, or times s if v is nil, to dst.
func accumulate(dst, g []float64, s float64, v []float64) {
	g = g[:len(dst)]
	switch {
	case v != nil:
		v = v[:len(dst)]
		for i := range dst {
			dst[i] += g[i] * v[i]
		}
	case s == 1:
		for i := range dst {
			dst[i] += g[i]
		}
	default:
		for i := range dst {
			dst[i] += g[i] * s
		}
	}
}

// value returns the value of an instruction as a scalar or a block.
func (p *Program) value(ws *Workspace, i int32) (float64, []float64) {
	if p.isVec[i] {
		return 0, ws.v[i]
	}
	return ws.s[i], nil
}

// partialA returns the derivative of instruction i by its first operand, a
// scalar or, if it is not nil, a block.
func (p *Program) partialA(ws *Workspace, i int32, n int) (float64, []float64) {
	in := &p.code[i]
	switch in.op {
	case opNeg:
		return -1, nil
	case opMul:
		return p.value(ws, in.b)
	case opDiv:
		if !p.isVec[in.b] {
			return 1 / ws.s[in.b], nil
		}
		d := ws.tmp[:n]
		for k, b := range ws.v[in.b][:n] {
			d[k] = 1 / b
		}
		return 0, d
	case opSqrt:
		if !p.isVec[i] {
			return 0.5 / ws.s[i], nil
		}
		d := ws.tmp[:n]
		for k, r := range ws.v[i][:n] {
			d[k] = 0.5 / r
		}
		return 0, d
	case opPow:
		return p.powByBase(ws, i, n)
	case opCall:
		return p.callDerivative(ws, i, n)
	}
	return 1, nil // sums and differences
}

// partialB returns the derivative of instruction i by its second operand.
func (p *Program) partialB(ws *Workspace, i int32, n int) (float64, []float64) {
	in := &p.code[i]
	switch in.op {
	case opSub:
		return -1, nil
	case opMul:
		return p.value(ws, in.a)
	case opDiv:
		if !p.isVec[i] {
			return -ws.s[i] / ws.s[in.b], nil
		}
		d := ws.tmp[:n]
		q := ws.v[i][:n]
		if !p.isVec[in.b] {
			b := ws.s[in.b]
			for k := range d {
				d[k] = -q[k] / b
			}
			return 0, d
		}
		b := ws.v[in.b][:n]
		for k := range d {
			d[k] = -q[k] / b[k]
		}
		return 0, d
	case opPow:
		return p.powByExponent(ws, i, n)
	}
	return 1, nil
}

func (p *Program) powByBase(ws *Workspace, i int32, n int) (float64, []float64) {
	in := &p.code[i]
	one := func(v, a, b float64) float64 {
		if a == 0 || v == 0 || math.IsInf(v, 0) {
			return b * math.Pow(a, b-1)
		}
		return b * v / a
	}
	s, t := ws.s[in.a], ws.s[in.b]
	if !p.isVec[i] {
		return one(ws.s[i], s, t), nil
	}
	d, v := ws.tmp[:n], ws.v[i][:n]
	_, a := p.value(ws, in.a)
	_, b := p.value(ws, in.b)
	for k := range d {
		if a != nil {
			s = a[k]
		}
		if b != nil {
			t = b[k]
		}
		d[k] = one(v[k], s, t)
	}
	return 0, d
}

func (p *Program) powByExponent(ws *Workspace, i int32, n int) (float64, []float64) {
	in := &p.code[i]
	one := func(v, a float64) float64 {
		if a <= 0 {
			return 0 // 0^b does not depend on b; for a < 0 there is no derivative
		}
		return v * math.Log(a)
	}
	s := ws.s[in.a]
	if !p.isVec[i] {
		return one(ws.s[i], s), nil
	}
	d, v := ws.tmp[:n], ws.v[i][:n]
	_, a := p.value(ws, in.a)
	for k := range d {
		if a != nil {
			s = a[k]
		}
		d[k] = one(v[k], s)
	}
	return 0, d
}

func (p *Program) callDerivative(ws *Workspace, i int32, n int) (float64, []float64) {
	in := &p.code[i]
	if !p.isVec[i] {
		_, df, _ := in.fn.Derivatives(ws.s[in.a])
		return df, nil
	}
	d, v, a := ws.tmp[:n], ws.v[i][:n], ws.v[in.a][:n]
	switch in.fast {
	case fastSin:
		for k := range d {
			d[k] = math.Cos(a[k])
		}
	case fastCos:
		for k := range d {
			d[k] = -math.Sin(a[k])
		}
	case fastExp:
		return 0, v
	case fastLog:
		for k := range d {
			d[k] = 1 / a[k]
		}
	case fastTanh:
		// 1-tanh^2 cancels where tanh is near 1.
		for k := range d {
			c := math.Cosh(a[k])
			d[k] = 1 / (c * c)
		}
	case fastSqrt:
		for k := range d {
			d[k] = 0.5 / v[k]
		}
	default:
		f := in.fn.Derivatives
		for k := range d {
			_, d[k], _ = f(a[k])
		}
	}
	return 0, d
}
