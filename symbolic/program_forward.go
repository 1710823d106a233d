package symbolic

import "math"

// setScalars computes everything that does not depend on a variable.
func (p *Program) setScalars(ws *Workspace, params []float64) {
	if params == nil {
		params = p.start
	}
	for i := range p.code {
		switch in := &p.code[i]; in.op {
		case opConst:
			ws.s[i] = in.c
		case opParam:
			ws.s[i] = params[in.a]
		}
	}
	for _, i := range p.scalar {
		in := &p.code[i]
		a, b := ws.s[in.a], ws.s[in.b]
		switch in.op {
		case opAdd:
			a += b
		case opSub:
			a -= b
		case opMul:
			a *= b
		case opDiv:
			a /= b
		case opNeg:
			a = -a
		case opSqrt:
			a = math.Sqrt(a)
		case opPow:
			a = math.Pow(a, b)
		case opCall:
			a = in.fn.Value(a)
		}
		ws.s[i] = a
	}
}

// forward computes the block of rows that begins at lo into out, whose length
// is that of the block.
func (p *Program) forward(ws *Workspace, out []float64, cols [][]float64, lo int) {
	n := len(out)
	for k, i := range p.varOf {
		if i >= 0 {
			ws.v[i] = cols[k][lo : lo+n]
		}
	}
	for _, i := range p.vector {
		dst := ws.buf[i][:n]
		if i == p.root {
			dst = out
		}
		ws.v[i] = dst
		p.block(ws, dst, &p.code[i])
	}
	switch {
	case !p.isVec[p.root]:
		for i := range out {
			out[i] = ws.s[p.root]
		}
	case p.code[p.root].op == opVar:
		copy(out, ws.v[p.root])
	}
}

// block runs one instruction over a block.
func (p *Program) block(ws *Workspace, dst []float64, in *instr) {
	va, vb := p.isVec[in.a], p.isVec[in.b]
	var a, b []float64
	if va {
		a = ws.v[in.a][:len(dst)]
	}
	if vb {
		b = ws.v[in.b][:len(dst)]
	}
	s, t := ws.s[in.a], ws.s[in.b]
	switch in.op {
	case opAdd:
		if !vb {
			for i := range dst {
				dst[i] = a[i] + t
			}
			return
		}
		for i := range dst {
			dst[i] = a[i] + b[i]
		}
	case opMul:
		if !vb {
			for i := range dst {
				dst[i] = a[i] * t
			}
			return
		}
		for i := range dst {
			dst[i] = a[i] * b[i]
		}
	case opSub:
		switch {
		case !vb:
			for i := range dst {
				dst[i] = a[i] - t
			}
		case !va:
			for i := range dst {
				dst[i] = s - b[i]
			}
		default:
			for i := range dst {
				dst[i] = a[i] - b[i]
			}
		}
	case opDiv:
		switch {
		case !vb:
			for i := range dst {
				dst[i] = a[i] / t
			}
		case !va:
			for i := range dst {
				dst[i] = s / b[i]
			}
		default:
			for i := range dst {
				dst[i] = a[i] / b[i]
			}
		}
	case opNeg:
		for i := range dst {
			dst[i] = -a[i]
		}
	case opSqrt:
		for i := range dst {
			dst[i] = math.Sqrt(a[i])
		}
	case opPow:
		switch {
		case !vb:
			for i := range dst {
				dst[i] = math.Pow(a[i], t)
			}
		case !va:
			for i := range dst {
				dst[i] = math.Pow(s, b[i])
			}
		default:
			for i := range dst {
				dst[i] = math.Pow(a[i], b[i])
			}
		}
	case opCall:
		call(dst, a, in)
	}
}

func call(dst, a []float64, in *instr) {
	switch in.fast {
	case fastSin:
		for i := range dst {
			dst[i] = math.Sin(a[i])
		}
	case fastCos:
		for i := range dst {
			dst[i] = math.Cos(a[i])
		}
	case fastExp:
		for i := range dst {
			dst[i] = math.Exp(a[i])
		}
	case fastLog:
		for i := range dst {
			dst[i] = math.Log(a[i])
		}
	case fastTanh:
		for i := range dst {
			dst[i] = math.Tanh(a[i])
		}
	case fastAbs:
		for i := range dst {
			dst[i] = math.Abs(a[i])
		}
	case fastSqrt:
		for i := range dst {
			dst[i] = math.Sqrt(a[i])
		}
	default:
		f := in.fn.Value
		for i := range dst {
			dst[i] = f(a[i])
		}
	}
}
